"""Plain text: tab-separated table rows, one-cell-per-line word conversions, and the prose between them.

The whole batch is split into lines and cells by Polars. Only the merged header rows of one-cell-per-line documents need a
look at their neighbours, because such a conversion prints a merged cell once and loses its width.
"""

from collections.abc import Iterator
from itertools import pairwise

import polars as pl

from yusuan.reading.aligned_text import FIGURES_APART, GAP_BEFORE_FIGURE, spaces_to_tabs
from yusuan.reading.delimited_text import FIGURE_BETWEEN_COMMAS, commas_to_tabs, pipes_to_tabs
from yusuan.reading.frames import CELLS_SCHEMA, LINES_SCHEMA, conform
from yusuan.reading.page_print import are_page_prints, read_page_prints

TABS = pl.col("text").str.count_matches("\t", literal=True)
# A row of dashes under a header is markup of a conversion, not print.
RULE_ROW = r"^[\s|:\-]*-{2,}[\s|:\-]*$"
# What a text has that may be delimited by pipes, or drawn.
PIPED = r"[│┃｜║|]|[+┌├└┏┣┗╔╠╚][-=+:─━═┬┼┴┳╋┻╦╬╩┐┤┘┓┫┛╗╣╝]"
# What a text has whose cells may stand apart by spaces, as the patterns of aligned_text.py tell for certain.
LIKE_GAP, LIKE_FIGURES_APART = r"  -?\d|\x{3000} *-?\d", r"\d -?[\d,]+\.\d"
# What a text has whose cells commas delimit, and what is counted in such a text.
LIKE_COMMAS = r",\"?-?[\d,]+\.\d+\"?(?:,|\n)"
# A label is short; a title, a caption, a sentence and a page number are none.
LABEL = (2, 30)
NO_LABEL = r"表(?:[（(][^）)]*[）)])?$|(?:单位|部门|名称|日期|说明)[^:：]*[:：]|[。；，]|^[-—\s\d第页共/]+$"
MOST_LABELS = 5
FIGURE = r"\t-?[\d,]+\.\d+(?:\t|$)"
# So many rows that all end with a tab do so by a rule.
FEWEST_ROWS = 10
# A document whose table lines are mostly "tab, one cell" prints one cell per line.
CELL_PER_LINE_SHARE = 0.8
GRID = ["document_id", "grid"]


def read_texts(documents: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Cells and lines (CELLS_SCHEMA, LINES_SCHEMA) of a frame of texts with columns document_id, text (decoded)."""
    pages = are_page_prints(documents["text"])
    if not pages.any():
        return _read_rows(documents)
    rows, prints = _read_rows(documents.filter(~pages)), read_page_prints(documents.filter(pages))
    order = pl.col("document_id").replace_strict(documents["document_id"], range(documents.height), return_dtype=pl.UInt32)
    cells, lines = (pl.concat(parts).sort(order, maintain_order=True) for parts in zip(rows, prints, strict=True))
    return cells, lines


def _read_rows(documents: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The same of texts that print a row on a line, or a cell."""
    # Documents as small integers until the end: everything below groups by document, and 64 hex digits are slow to compare.
    names = documents["document_id"]
    texts = documents.select(
        pl.col("text").str.replace_all(r"\r\n?|\x0b|\x0c", "\n").str.replace_all("\u00a0", " ", literal=True)
    ).to_series()  # fmt: skip
    lines = (
        pl.DataFrame({"text": texts.str.split("\n")})
        .select(
            pl.int_range(pl.len(), dtype=pl.UInt32).alias("document_id"),
            "text",
            line=pl.int_ranges(1, pl.col("text").list.len() + 1, dtype=pl.Int32),
        )
        .explode("text", "line")
        .with_columns(tabs=TABS)
        .pipe(_without_closing_tabs, texts)
        .pipe(_with_tabs, texts)
        .pipe(_lone_first_cells)
        .with_columns(
            lone=(pl.col("tabs") == 1) & pl.col("text").str.starts_with("\t"),
            rule=(pl.col("tabs") > 0) & pl.col("text").str.contains(RULE_ROW),
        )
        .with_columns(tabular=(pl.col("tabs") > 0) & ~pl.col("rule"))
    )
    counts = lines.group_by("document_id").agg(pl.col("lone", "tabular").sum())
    cell_per_line = counts.filter(pl.col("lone") > CELL_PER_LINE_SHARE * pl.col("tabular"))["document_id"].implode()
    stacked = pl.col("document_id").is_in(cell_per_line)
    row_cells, row_lines = _tab_rows(lines.filter(~stacked))
    stack_cells, stack_lines = _stacked_rows(lines.filter(stacked))
    cells = pl.concat([_named(row_cells, names, CELLS_SCHEMA), _named(stack_cells, names, CELLS_SCHEMA)])
    return cells, pl.concat([_named(row_lines, names, LINES_SCHEMA), _named(stack_lines, names, LINES_SCHEMA)])


def _of_documents(lines: pl.DataFrame, told: pl.Expr) -> pl.Series:
    """What the lines of each document tell, in the order of the documents, each of which has a line."""
    return lines.group_by("document_id", maintain_order=True).agg(told=told)["told"]


def _nth(first: pl.Expr) -> pl.Expr:
    """Rows counted from the last `first` on; they stand in order, so that no window is needed."""
    at = pl.int_range(pl.len(), dtype=pl.Int32)
    return at - pl.when(first).then(at).forward_fill() + 1


def _since(first: pl.Expr, starts: pl.Expr) -> pl.Expr:
    """How many `starts` there have been from the last `first` on."""
    count = starts.cum_sum().cast(pl.Int32)
    return count - pl.when(first).then(count - starts.cast(pl.Int32)).forward_fill()


def _changes(*keys: str) -> pl.Expr:
    """Whether a row differs in one of these from the row before it."""
    return pl.any_horizontal(pl.col(key).ne_missing(pl.col(key).shift(1)) for key in keys)


def _named(frame: pl.DataFrame, names: pl.Series, schema: dict[str, pl.DataType | type[pl.DataType]]) -> pl.DataFrame:
    return conform(frame.with_columns(document_id=names.gather(frame["document_id"])), schema)


def _without_closing_tabs(lines: pl.DataFrame, texts: pl.Series) -> pl.DataFrame:
    """Where a tab stands behind every cell, the last one of each row is taken away: it opens no column."""
    behind = texts.str.count_matches("\t\n", literal=True) + texts.str.ends_with("\t")
    every = (behind == _of_documents(lines, (pl.col("tabs") > 0).sum())) & (behind >= FEWEST_ROWS)
    if not every.any():
        return lines
    closing = pl.col("text").str.ends_with("\t") & every.gather(lines["document_id"])
    return lines.with_columns(
        text=pl.when(closing).then(pl.col("text").str.strip_suffix("\t")).otherwise("text"), tabs=pl.col("tabs") - closing.cast(pl.UInt32)
    )


def _with_tabs(lines: pl.DataFrame, texts: pl.Series) -> pl.DataFrame:
    """`lines` with tabs between the cells of rows, also in documents that delimit them by pipes, by commas or by spaces.

    A glance at each whole text tells which may be such documents: there are few of them.
    """
    rows = _of_documents(lines, (pl.col("tabs") > 0).sum())
    text = pl.col("text")
    marks = texts.to_frame("text").select(
        piped=text.str.contains(PIPED),
        gaps=pl.when(text.str.contains(LIKE_GAP)).then(text).str.count_matches(GAP_BEFORE_FIGURE) > rows,
        commas=pl.when(text.str.contains(LIKE_COMMAS)).then(text).str.count_matches(FIGURE_BETWEEN_COMMAS) > rows,
        single=pl.when(text.str.contains(LIKE_FIGURES_APART)).then(text).str.count_matches(f"(?m){FIGURES_APART}") > 2 * rows,
    )
    other = marks.select(pl.any_horizontal(pl.all()).fill_null(False)).to_series()
    if not other.any():
        return lines
    others = other.gather(lines["document_id"])
    tabbed = lines.filter(others).drop("tabs").pipe(pipes_to_tabs).pipe(commas_to_tabs).pipe(spaces_to_tabs).with_columns(tabs=TABS)
    return pl.concat([lines.filter(~others), tabbed.select(lines.columns)]).sort("document_id", "line")


def _lone_first_cells(lines: pl.DataFrame) -> pl.DataFrame:
    """Rows that lost their tabs because all their cells but the first are blank get one back: short labels right between two rows of
    several cells, the one below them with a figure or a blank first cell, as no header has."""
    text, tabbed = pl.col("text"), pl.col("tabs") > 0
    bare = ~tabbed & text.str.len_chars().is_between(*LABEL)
    if not lines.select((bare & tabbed.shift(1)).any()).item():
        return lines
    lines = lines.with_columns(label=bare & ~pl.when(bare).then(text).str.contains(NO_LABEL).fill_null(True))
    row = pl.when(~pl.col("label")).then(pl.int_range(pl.len(), dtype=pl.UInt32))
    labels = lines.select("label", "document_id", "line", above=row.forward_fill(), below=row.backward_fill(), at=pl.int_range(pl.len()))
    labels = labels.filter("label")
    above, below = (lines.select("document_id", "line", "tabs", "text")[labels[side]] for side in ("above", "below"))
    near = (above["tabs"] > 0) & (above["document_id"] == labels["document_id"]) & (labels["line"] - above["line"] <= MOST_LABELS)
    figured = below.select((text.str.contains(FIGURE) | text.str.starts_with("\t")) & tabbed).to_series()
    lost = labels.filter(near & figured & (below["document_id"] == labels["document_id"]))["at"]
    is_lost = pl.int_range(pl.len()).is_in(lost.implode())
    return lines.drop("label").with_columns(
        text=pl.when(is_lost).then(text + "\t").otherwise(text), tabs=pl.col("tabs") + is_lost.cast(pl.UInt32)
    )


def _tab_rows(lines: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Documents that print a table row on a line; a run of such lines is a grid."""
    lines = _number_grids(lines)
    cells = (
        lines.filter("tabular")
        .select("document_id", "grid", "line", pl.col("text").str.split("\t"), row=_nth(_changes("document_id", "grid")))
        .with_columns(column=pl.int_ranges(1, pl.col("text").list.len() + 1, dtype=pl.Int32))
        .explode("text", "column")
        .with_columns(pl.col("text").str.strip_chars())
        .filter(pl.col("text") != "")
        .with_columns(row_span=pl.lit(1), column_span=pl.lit(1))
    )
    return cells, lines


def _number_grids(lines: pl.DataFrame) -> pl.DataFrame:
    def before(name: str, steps: int) -> pl.Expr:
        same = pl.col("document_id") == pl.col("document_id").shift(steps)
        return pl.col(name).shift(steps, fill_value=False) & same

    lines = lines.with_columns(before("tabular", k).alias(f"before_{k}") for k in (1, 2, 3))
    # A rule below the first row is inside of the grid; one further down is the end of a page.
    inside = pl.col("rule") & pl.col("before_1") & ~pl.col("before_2")
    starts = pl.col("tabular") & ~pl.col("before_1") & ~(before("rule", 1) & pl.col("before_2") & ~pl.col("before_3"))
    grid = pl.when(pl.col("tabular") | inside).then(_since(_changes("document_id"), pl.col("starts")))
    return lines.with_columns(starts=starts).with_columns(grid=grid)


def _stacked_rows(lines: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Documents that print a cell on a line, a blank line after each row, and a line break inside a cell as it comes."""
    if lines.is_empty():
        return lines, lines
    lines = lines.with_columns(pl.col("text").str.strip_chars().alias("own"))
    lines = lines.with_columns(blank=(pl.col("tabs") == 0) & (pl.col("own") == ""))
    before, after = lines["lone"].shift(2, fill_value=False), lines["lone"].shift(-1, fill_value=False)
    # A cell that is broken over two paragraphs: cell, blank line, the rest of it, and the next cell at once.
    rest = ~pl.col("lone") & ~pl.col("blank") & before & after & pl.col("blank").shift(1, fill_value=False)
    lines = lines.with_columns(rest=rest)
    # The blank line inside such a cell neither ends a row nor a grid.
    inside = pl.col("blank") & pl.col("rest").shift(-1, fill_value=False)
    ends_grid = (~pl.col("lone") & ~pl.col("blank") & ~pl.col("rest")) | (pl.col("blank") & pl.col("blank").shift(1, fill_value=False))
    lines = lines.with_row_index("at").with_columns(area=ends_grid.cum_sum(), row_break=(pl.col("blank") & ~inside).cum_sum())
    parts = lines.filter(pl.col("lone") | pl.col("rest")).select("at", "document_id", "line", "own", "rest", "area", "row_break")
    of_document, of_grid = _changes("document_id"), _changes("document_id", "area")
    of_row = _changes("document_id", "area", "row_break")
    parts = parts.with_columns(grid=_since(of_document, of_grid), row=_since(of_grid, of_row))
    # A rest goes with the cell before it; two never follow each other.
    own = pl.col("own")
    goes_with_cell = pl.col("rest") & (pl.col("document_id") == pl.col("document_id").shift(1))
    has_rest = goes_with_cell.shift(-1, fill_value=False)
    cells = (
        parts.with_columns(text=pl.when(has_rest).then(own + own.shift(-1)).otherwise(own))
        .filter(~goes_with_cell.fill_null(False))
        .select("document_id", "grid", "row", "line", "text")
        .with_columns(column=_nth(_changes("document_id", "grid", "row")), row_span=pl.lit(1), column_span=pl.lit(1))
    )
    cells = _spread_merged_headers(*_whole_rows(cells, _widths(cells)))
    numbered = lines.join(parts.select("at", "grid"), on="at", how="left", maintain_order="left")
    # An outer blank cell is not print, but it kept its column until here.
    return cells.filter(pl.col("text") != ""), numbered


def _widths(cells: pl.DataFrame) -> pl.DataFrame:
    """document_id, grid, row, width: how many cells each row has; usual: how many the rows of its grid have; first_full: the first row
    that has so many, which is the last of the header."""
    widths = cells.group_by(*GRID, "row", maintain_order=True).agg(pl.len().cast(pl.Int32).alias("width"))
    # The usual width, not the largest: a stray blank cell at the end of one row is common.
    usual = widths.group_by(GRID, maintain_order=True).agg(pl.col("width").mode().max().alias("usual"))
    widths = widths.join(usual, on=GRID, maintain_order="left")
    full = widths.filter(pl.col("width") >= pl.col("usual")).group_by(GRID, maintain_order=True).agg(first_full=pl.col("row").min())
    return widths.join(full, on=GRID, how="left", maintain_order="left")


def _whole_rows(cells: pl.DataFrame, widths: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows below the header that a blank line behind a cell broke in two are one again: two rows, both too short, with as many cells
    together as a row has, between two rows that are not."""
    short = (pl.col("width") < pl.col("usual")) & (pl.col("row") > pl.col("first_full"))
    widths = widths.with_columns(short=short, first=_changes(*GRID))
    same, follows = ~pl.col("first"), ~pl.col("first").shift(-1, fill_value=True)
    pair = pl.col("short") & pl.col("short").shift(1) & (pl.col("width") + pl.col("width").shift(1) == pl.col("usual"))
    alone = ~(pl.col("short").shift(2) & ~pl.col("first").shift(1)).fill_null(False) & ~(pl.col("short").shift(-1) & follows).fill_null(
        False
    )
    widths = widths.with_columns(joins=(same & pair & alone).fill_null(False))
    if not widths["joins"].any():
        return cells, widths
    joined = pl.col("joins").cast(pl.Int32)
    before = joined.cum_sum() - pl.when("first").then(joined.cum_sum()).forward_fill()
    widths = widths.with_columns(to=pl.col("row") - before, behind=pl.when("joins").then(pl.col("width").shift(1)).otherwise(0))
    cells = cells.join(widths.select(*GRID, "row", "to", "behind"), on=[*GRID, "row"], maintain_order="left")
    cells = cells.with_columns(row=pl.col("to"), column=pl.col("column") + pl.col("behind")).drop("to", "behind")
    return cells, _widths(cells)


def _spread_merged_headers(cells: pl.DataFrame, widths: pl.DataFrame) -> pl.DataFrame:
    """Gives the cells of short header rows their columns: a merged cell was printed once, whatever its width."""
    keys = GRID
    # A header of one row has nothing above it to be spread.
    full = widths.filter(pl.col("first_full") > 1).select(*keys, "first_full").unique(maintain_order=True)
    headed = cells.join(full, on=keys, maintain_order="left")
    head, body = headed.filter(pl.col("row") <= pl.col("first_full")), headed.filter(pl.col("row") > pl.col("first_full"))
    text = pl.col("text")
    number = text.str.contains(r"^[\s\d.,。]*\d[\s\d.,。]*$") & text.str.contains(r"[.。]|^0$")
    labels = (
        body.filter(text.str.strip_chars() != "")
        .group_by(*keys, "column")
        .agg(share=number.mean())
        .filter(pl.col("share") < 0.5)
        .group_by(keys)
        .agg(labels=pl.col("column").sort())
    )
    headers = (
        head.group_by(*keys, "row", maintain_order=True)
        .agg("text")
        .group_by(keys, maintain_order=True)
        .agg("text")
        .join(labels, on=keys, how="left")
        .with_columns(pl.col("labels").fill_null([]))
    )
    # Documents made from one template have one header, which is looked at once.
    spans: dict[str, list[tuple[int, int, int, int]]] = {}
    moves: list[tuple[int, int, int, int, int, int]] = []
    for document, grid, rows, label_columns in headers.iter_rows():
        shape = repr((rows, label_columns))
        if shape not in spans:
            spans[shape] = list(_spans_of(rows, set(label_columns)))
        moves += [(document, grid, *span) for span in spans[shape]]
    schema = {"document_id": pl.UInt32, "grid": pl.Int32, "row": pl.Int32, "column": pl.Int32, "to": pl.Int32, "span": pl.Int32}
    moved = pl.DataFrame(moves, schema=schema, orient="row")
    return (
        cells.join(moved, on=[*keys, "row", "column"], how="left", maintain_order="left")
        .with_columns(column=pl.coalesce("to", "column"), column_span=pl.coalesce("span", "column_span"))
        .drop("to", "span")
    )


def _spans_of(rows: list[list[str]], labels: set[int]) -> Iterator[tuple[int, int, int, int]]:
    """(row, cell, column, width) of the merged cells above the first full row, from below, as far up as the rows below tell."""
    below, spans = rows[-1], [(column, 1) for column in range(1, len(rows[-1]) + 1)]
    for depth in range(len(rows) - 2, -1, -1):
        above = _spans_over(len(rows[depth]), below, spans, labels)
        if above is None:
            return
        yield from ((depth + 1, cell, *span) for cell, span in enumerate(above, start=1))
        below, spans = rows[depth], above


def _spans_over(count: int, below: list[str], spans: list[tuple[int, int]], labels: set[int]) -> list[tuple[int, int]] | None:
    """The (column, width) of `count` merged cells over the row below, or None when the row below does not tell.

    A blank cell below is the foot of a vertical merge and stands alone; cells with text share a parent. Where that does
    not give the count, a parent may also end where label columns give way to amount columns, or the other way round.
    """
    for splits in (lambda a, b: False, lambda a, b: a not in labels and b in labels, lambda a, b: (a in labels) != (b in labels)):
        groups: list[list[tuple[int, int]]] = []
        for (previous, here), text_before, text in zip(pairwise([(0, 0), *spans]), ["", *below], below, strict=False):
            alone = not text.strip() or not text_before.strip()
            if not groups or alone or splits(previous[0], here[0]):
                groups.append([])
            groups[-1].append(here)
        if len(groups) == count:
            return [(group[0][0], group[-1][0] + group[-1][1] - group[0][0]) for group in groups]
    return None
