"""Grids that go on over a page break, joined into one: a pure function on the shared frames.

Two grids are one table when the second comes first on the next page, has the same column edges, and nothing but page furniture
(page numbers, running heads, the table's own title repeated) stands between. What the joined table means is not asked here.
"""

import re
from dataclasses import dataclass, field

import polars as pl

SAME_EDGE = 3.0
RUNNING_HEAD_PAGES = 3  # A line at one height on this many pages is a running head.
HEIGHT_STEP = 6.0
PAGE_NUMBER = re.compile(r"[-—–－·.\s第共页/\d]*")
NUMBER = r"^[-−(（]?[\d,，.]*\d[\d,，.]*%?[)）]?$"
ITEM = re.compile(r"[一二三四五六七八九十]+、|[(（][一二三四五六七八九十\d]+[)）]|\d+[.、]\D|其中|合|总|小计|注")
FIGURED = 0.8  # Where this share of the rows has a figure, a row without one was cut off by the page break.


@dataclass(slots=True)
class _Grid:
    """One grid: its place, its lines, its cells (by row and column); `rows` grows as others are joined to it."""

    document_id: str
    number: int
    page: int
    first_line: int
    last_line: int
    rows: int
    columns: int
    sides: tuple[float, float]
    cells: list[dict] = field(default_factory=list)
    heading: tuple[str, ...] = ()


def stitch(cells: pl.DataFrame, lines: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The frames with continued grids joined under the number of the first; every cell keeps its page, line and box.

    Header rows printed again are dropped, a merged cell goes on over the break, and the rest of a row cut by the break is appended
    to the row above; the lines of such rows leave the grid.
    """
    grids = _grids(cells, lines)
    if len(grids) < 2:
        return cells, lines
    between = _between(lines)
    joined: list[dict] = []
    gone: list[tuple[str, int]] = []
    number: list[tuple[str, int, int]] = []
    open_grid, last_page, last_line = grids[0], grids[0].page, grids[0].last_line
    for grid in grids[1:]:
        follows = grid.document_id == open_grid.document_id and grid.page == last_page + 1
        if follows and _continues(open_grid, grid, between.get(grid.document_id, []), last_line) and _aligned(open_grid, grid):
            open_grid.columns = max(open_grid.columns, grid.columns)
            gone += [(grid.document_id, grid.first_line + row) for row in _append(open_grid, grid)]
            number.append((grid.document_id, grid.number, open_grid.number))
        else:
            joined += open_grid.cells
            open_grid = grid
        last_page, last_line = grid.page, grid.last_line
    joined += open_grid.cells
    if not number:
        return cells, lines
    merged = pl.DataFrame(joined, schema=cells.schema)
    renamed = pl.DataFrame(
        number, schema={"document_id": pl.Utf8, "grid": lines.schema["grid"], "first": lines.schema["grid"]}, orient="row"
    )
    dropped = pl.DataFrame(gone, schema={"document_id": pl.Utf8, "line": lines.schema["line"]}, orient="row").with_columns(gone=True)
    kept = (
        lines.join(renamed, on=["document_id", "grid"], how="left", maintain_order="left")
        .join(dropped, on=["document_id", "line"], how="left", maintain_order="left")
        .with_columns(grid=pl.when(pl.col("gone").is_null()).then(pl.coalesce("first", "grid")))
        .drop("first", "gone")
    )
    return merged, kept


def _grids(cells: pl.DataFrame, lines: pl.DataFrame) -> list[_Grid]:
    """All grids in reading order, with their cells."""
    found = (
        lines.filter(pl.col("grid").is_not_null())
        .group_by("document_id", "grid", maintain_order=True)
        .agg(
            pl.first("page"),
            first=pl.min("line"),
            last=pl.max("line"),
            rows=pl.len(),
            columns=pl.col("text").str.count_matches("\t", literal=True).max() + 1,
            x0=pl.min("x0"),
            x1=pl.max("x1"),
        )
    )
    parts = cells.partition_by("document_id", "grid", as_dict=True, maintain_order=True)
    heading: dict[tuple[str, int | None], list[tuple[int, str]]] = {}
    for document_id, page, line, text in lines.filter(pl.col("grid").is_null()).select("document_id", "page", "line", "text").iter_rows():
        heading.setdefault((document_id, page), []).append((line, text))
    grids = []
    for document_id, number, page, first, last, rows, columns, x0, x1 in found.iter_rows():
        part = parts.get((document_id, number))
        above = tuple(text for line, text in heading.get((document_id, page), []) if line < first)
        grids.append(
            _Grid(
                document_id,
                number,
                page or 0,
                first,
                last,
                rows,
                columns,
                (x0 or 0.0, x1 or 0.0),
                part.to_dicts() if part is not None else [],
                above,
            )
        )
    return grids


def _between(lines: pl.DataFrame) -> dict[str, list[tuple[int, str, bool]]]:
    """Per document: lines outside grids as (line, text, whether it is a running head)."""
    loose = lines.filter(pl.col("grid").is_null()).with_columns(
        running=pl.col("page").n_unique().over("document_id", "text", (pl.col("y0") / HEIGHT_STEP).round()) >= RUNNING_HEAD_PAGES
    )
    found: dict[str, list[tuple[int, str, bool]]] = {}
    for document_id, line, text, running in loose.select("document_id", "line", "text", "running").iter_rows():
        found.setdefault(document_id, []).append((line, text, bool(running)))
    return found


def _aligned(one: _Grid, other: _Grid) -> bool:
    """Have the grids the same column edges? A grid may lack some, because the few rows of its page have wider merged cells: its columns
    then get the numbers of the other's."""
    if any(abs(a - b) > SAME_EDGE for a, b in zip(one.sides, other.sides, strict=True)):
        return False
    fine, coarse = (one, other) if one.columns >= other.columns else (other, one)
    known, few = _edges(fine), _edges(coarse)
    if one.columns == other.columns:
        match = {column: column for column in few}
    else:
        match = {column: min(known, key=lambda place: abs(known[place] - at)) for column, at in few.items()}
    if len(set(match.values())) < len(match) or any(
        abs(known[match[column]] - at) > SAME_EDGE for column, at in few.items() if match[column] in known
    ):
        return False
    if one.columns != other.columns:
        for cell in coarse.cells:
            stop = match[cell["column"] + cell["column_span"]]
            cell["column"] = match[cell["column"]]
            cell["column_span"] = stop - cell["column"]
    return True


def _edges(grid: _Grid) -> dict[int, float]:
    """Where the columns begin, as far as cells with text show it."""
    known = {1: grid.sides[0], grid.columns + 1: grid.sides[1]}
    for cell in grid.cells:
        if cell["x0"] is not None:
            known[cell["column"]] = cell["x0"]
            known[cell["column"] + cell["column_span"]] = cell["x1"]
    return known


def _continues(one: _Grid, other: _Grid, loose: list[tuple[int, str, bool]], last_line: int) -> bool:
    """Nothing but furniture stands between, or the other grid repeats the title of the first."""
    texts = [text for line, text, running in loose if last_line < line < other.first_line and not (running or PAGE_NUMBER.fullmatch(text))]
    own = [text for text in one.heading if not PAGE_NUMBER.fullmatch(text)]
    return not texts or (bool(own) and texts == own[-len(texts) :] and _repeated(one, other) > 0)


def _signature(grid: _Grid, row: int) -> list[tuple[int, int, int, str]]:
    cells = (cell for cell in grid.cells if cell["row"] == row)
    return sorted((cell["column"], cell["row_span"], cell["column_span"], "".join(cell["text"].split())) for cell in cells)


def _repeated(one: _Grid, other: _Grid) -> int:
    """How many header rows are printed again at the top of the other grid."""
    count = 0
    while count < min(one.rows, other.rows) and _signature(one, count + 1) == _signature(other, count + 1) != []:
        count += 1
    while count and any(cell["row"] <= count < cell["row"] + cell["row_span"] - 1 for cell in other.cells):
        count -= 1
    return count


def _append(one: _Grid, other: _Grid) -> list[int]:
    """Puts the rows of the other grid under the first; returns the rows (from 0) of the other that are no rows of the table."""
    header = _repeated(one, other)
    cut = _cut(one, other, header)
    skipped = header + cut
    below: dict[int, int] = {}
    for cell in other.cells:
        if cell["row"] > header:
            below[cell["column"]] = min(cell["row"], below.get(cell["column"], cell["row"]))
    foot = {cell["column"]: cell for cell in one.cells if cell["row"] + cell["row_span"] - 1 == one.rows}
    if cut:
        for rest in [cell for cell in other.cells if cell["row"] == header + 1]:
            whole = foot[rest["column"]]
            whole["text"] += rest["text"]
            whole["row_span"] += rest["row_span"] - 1
    for column, cell in foot.items():
        # A merged cell goes on as far as its column is empty on the next page.
        empty = below.get(column, other.rows + 1) - 1 - skipped
        if empty > 0 and cell["row_span"] > 1 and not (cut and below.get(column) == header + 1):
            cell["row_span"] += empty
    for cell in other.cells:
        if cell["row"] > skipped:
            one.cells.append({**cell, "grid": one.number, "row": cell["row"] - skipped + one.rows})
    one.rows += other.rows - skipped
    return list(range(skipped))


def _cut(one: _Grid, other: _Grid, header: int) -> bool:
    """Is the first row under the header the rest of the row above the break? It continues texts and has no figure, where most rows do."""
    first = [cell for cell in other.cells if cell["row"] == header + 1]
    foot = {cell["column"]: cell for cell in one.cells if cell["row"] + cell["row_span"] - 1 == one.rows}
    if not first or other.rows == header:
        return False
    if any(re.match(NUMBER, cell["text"]) or ITEM.match(cell["text"]) or cell["column"] not in foot for cell in first):
        return False
    figured = {cell["row"] for cell in one.cells if re.match(NUMBER, cell["text"])}
    if one.rows not in figured:
        return False
    body = one.rows - min(figured) + 1
    return len(figured) >= FIGURED * body
