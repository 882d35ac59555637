"""Tables of a text that prints pages, joined where they go on over a page break.

Every page is laid out anew, so that the edges of columns tell nothing from page to page: the columns of the next page are those of the
first in the same order, as their kinds (codes, names, figures), their headings and their places between the sides of the table agree best.
"""

from collections import Counter
from dataclasses import dataclass

import numpy as np
import polars as pl

from yusuan.reading.continuation import PAGE_NUMBER, RUNNING_HEAD_PAGES
from yusuan.reading.page_doubts import DOUBTED

CODE, FIGURE = r"^\d{2,7}$", r"^[-−]?[\d,]+\.\d+$"
OTHER_KIND, OTHER_HEADING, OTHER_PLACE, LEFT_OUT, UNFILLED = 4.0, 3.0, 4.0, 0.3, 0.6
SAME_HEADER = 0.9  # Share of the characters of a header that come again.


@dataclass(slots=True)
class _Part:
    """The part of a table on one page: cells and headings by column, where each column stands, and its rows without the header."""

    number: int
    document: str
    page: int
    first_line: int
    last_line: int
    levels: int
    rows: int
    kinds: dict[int, str]
    headings: dict[int, str]
    header: list[str]
    places: dict[int, float]


def joined_pages(cells: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """`cells` (document_id, page, levels, grid, row, column, row_span, column_span, line, last_line, text, start, end,
    confidence, in order) with the
    grids that go on joined and all grids numbered within their document; headers printed again are dropped."""
    loose = _loose(cells, lines)
    moved: list[tuple[int, int, int, int, dict[int, int]]] = []
    first: _Part | None = None
    before: _Part | None = None
    rows, torn = 0, []
    for part in (_part(cells) for cells in cells.partition_by("grid", maintain_order=True)):
        follows = bool(first and before and _follows(before, part, loose))
        columns = _columns(first, part) if first and follows and (not part.levels or _repeats(first, part)) else None
        if first and follows and columns is None:
            torn += [first.number, part.number]
        if first is None or columns is None:
            first, rows = part, part.levels + part.rows
            moved.append((part.number, part.number, 0, 0, {}))
        else:
            moved.append((part.number, first.number, part.levels, rows - part.levels, columns))
            rows += part.rows
        before = part
    joined = pl.DataFrame([row[:4] for row in moved], schema=dict.fromkeys(("grid", "into", "dropped", "below"), pl.Int32), orient="row")
    renamed = pl.DataFrame(
        [(part, one, other) for part, _, _, _, columns in moved for one, other in columns.items()],
        schema=dict.fromkeys(("grid", "column", "to"), pl.Int32), orient="row",
    )  # fmt: skip
    # What seems to go on but does not fit may have lost its title, or its columns.
    doubted = pl.when(pl.col("grid").is_in(torn)).then(DOUBTED).otherwise(pl.col("confidence")).cast(pl.Float32)
    whole = cells.with_columns(confidence=doubted).join(joined, on="grid", maintain_order="left").filter(pl.col("row") > pl.col("dropped"))
    whole = whole.join(renamed, on=["grid", "column"], how="left", maintain_order="left").with_columns(
        pl.col("row") + pl.col("below"), pl.coalesce("to", "column").alias("column"), grid="into"
    )
    number = pl.col("grid").rank("dense").over("document_id").cast(pl.Int32)
    return whole.drop("into", "dropped", "below", "to").sort("grid", "row", "column").with_columns(grid=number)


def _part(cells: pl.DataFrame) -> _Part:
    document, page, levels, number = cells.select("document_id", "page", "levels", "grid").row(0)
    first, last, low = cells.select(pl.min("line"), pl.max("last_line"), pl.min("start")).row(0)
    text = pl.col("text")
    head, body = cells.filter(pl.col("row") <= levels), cells.filter(pl.col("row") > levels)
    figure, code = text.str.contains(FIGURE).mean() > 0.5, text.str.contains(CODE).mean() > 0.5
    digits = pl.format("code{}", text.str.len_chars().max().clip(upper_bound=3))
    filled = body.group_by("column").agg(
        kind=pl.when(figure).then(pl.lit("figure")).when(code).then(digits).otherwise(pl.lit("text")),
        place=(pl.when(figure).then(pl.max("end")).otherwise(pl.min("start")) - low),
    )
    # The lowest heading over one column tells where a column is that no row fills.
    leaves = head.filter(pl.col("column_span") == 1).sort("row").group_by("column").agg(
        pl.last("text"), place=((pl.last("start") + pl.last("end")) / 2 - low)
    )  # fmt: skip
    places = dict(leaves.select("column", "place").iter_rows()) | dict(filled.select("column", "place").iter_rows())
    return _Part(
        number, document, page, first, last, levels, body["row"].n_unique(), dict(filled.select("column", "kind").iter_rows()),
        dict(leaves.select("column", "text").iter_rows()), head["text"].to_list(), places,
    )  # fmt: skip


def _loose(cells: pl.DataFrame, lines: pl.DataFrame) -> dict[str, np.ndarray]:
    """Per document the lines with text outside of tables that are neither page numbers nor running heads."""
    inside = cells.select("document_id", line=pl.int_ranges("line", pl.col("last_line") + 1)).explode("line").unique()
    text = pl.col("text").str.replace_all(r"\s", "")
    free = lines.select("document_id", "line", "page", text=text).filter(pl.col("text") != "")
    free = free.join(inside.with_columns(pl.col("line").cast(pl.Int32)), on=["document_id", "line"], how="anti")
    number = pl.col("text").str.contains(f"^{PAGE_NUMBER.pattern}$")
    running = pl.col("page").n_unique().over("document_id", "text") >= RUNNING_HEAD_PAGES
    free = free.filter(~number & ~running)
    return {key[0]: part["line"].to_numpy() for key, part in free.partition_by("document_id", as_dict=True).items()}


def _follows(before: _Part, part: _Part, loose: dict[str, np.ndarray]) -> bool:
    """Whether a part stands on the page after the one before it, nothing between them."""
    if part.document != before.document or part.page != before.page + 1:
        return False
    lines = loose.get(part.document, np.empty(0))
    return not ((lines > before.last_line) & (lines < part.first_line)).any()


def _repeats(one: _Part, other: _Part) -> bool:
    # Cells may be cut otherwise on another page; the characters are the same.
    known, again = Counter("".join(one.header)), Counter("".join(other.header))
    return (known & again).total() >= SAME_HEADER * max(known.total(), again.total())


def _columns(one: _Part, other: _Part) -> dict[int, int] | None:
    """The column of the one part for each of the other, in order, as they agree best; none when there are too few."""
    mine, theirs = sorted(one.places), sorted(other.places)
    if len(theirs) > len(mine):
        return None
    cost = np.full((len(mine) + 1, len(theirs) + 1), np.inf)
    took = np.zeros(cost.shape, dtype=bool)
    cost[0, 0] = 0.0
    for i in range(1, len(mine) + 1):
        for j in range(min(i, len(theirs)) + 1):
            cost[i, j] = cost[i - 1, j] + LEFT_OUT * (mine[i - 1] in one.kinds)
            if j and (matched := cost[i - 1, j - 1] + _apart(one, mine[i - 1], other, theirs[j - 1])) <= cost[i, j]:
                cost[i, j], took[i, j] = matched, True
    found, j = {}, len(theirs)
    for i in range(len(mine), 0, -1):
        if j and took[i, j]:
            found[theirs[j - 1]] = mine[i - 1]
            j -= 1
    return found


def _apart(one: _Part, mine: int, other: _Part, theirs: int) -> float:
    kinds = one.kinds.get(mine), other.kinds.get(theirs)
    headings = one.headings.get(mine), other.headings.get(theirs)
    kind = OTHER_KIND * (None not in kinds and kinds[0] != kinds[1])
    heading = OTHER_HEADING * (None not in headings and headings[0] != headings[1])
    unfilled = UNFILLED * (mine not in one.kinds)
    return kind + heading + unfilled + OTHER_PLACE * abs(one.places[mine] - other.places[theirs]) / max(*one.places.values(), 1)
