"""Cells whose print was damaged on the way and can be put right: two figures in one cell, one figure in two cells, figures with their
unit beside them, and figures that cannot be read at all.

Every repair keeps the printed text in the cell, gives the amount its name, and is counted with its table. Repairs inside one
figure (1。60, full-width digits, a figure broken by a space) are made in figures.py, shifted rows in rows.py.
"""

import polars as pl

from yusuan.parsing.text import also

PLAIN = r"-?(?:\d{1,3}(?:,\d{3})+|\d+)\.\d{1,2}"
# 4.00 3.00 with anything blank between, or 4.003.00: two decimals end a figure.
APART = rf"^\s*({PLAIN})\s+({PLAIN})\s*$"
TOGETHER = r"^\s*(-?(?:\d{1,3}(?:,\d{3})+|\d+)\.\d{2})(-?(?:\d{1,3}(?:,\d{3})+|\d+)\.\d{2})\s*$"
# What is no figure by itself, but is one together with the cell beside it: .00 after 5, 1,2 before 34.56.
PIECE = r"^\.\d{1,2}$|^-?\d[\d,]*[.,]$|^-?\d{1,3}(?:,\d{3})*,\d{1,2}$"
MONEY = r"^¥?(?P<figure>-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)(?P<unit>亿元|万元|千元|元)?$"
# Shares, ranges and references are no amounts.
NO_AMOUNT = r"%$|％$|^\d{4}年|^[-—–/.…]+$"
MOST_SHOWN = 5


def damage() -> list[pl.Expr]:
    """Whether a cell that is no figure may be two (is_glued), and whether it prints a unit or a sign of money (has_unit)."""
    text, squashed = (pl.when(pl.col("number").is_null()).then(name) for name in ("text", "squashed"))
    two_points, money = text.str.count_matches(".", literal=True) == 2, squashed.str.contains("元$|^¥")
    return [two_points.fill_null(False).alias("is_glued"), money.fill_null(False).alias("has_unit")]


def split_glued(body: pl.DataFrame, prints: pl.DataFrame, columns: pl.DataFrame) -> pl.DataFrame:
    """Two figures that stand in one cell beside a blank amount column: the second belongs there (repair `glued_numbers`).

    `body` has body cells (cell, tid, row, column, printed_column, number, repair, is_glued), `prints` the text of each cell; `columns`
    the meaning of columns (tid, column, kind, panel).
    """
    first = pl.coalesce(pl.col("text").str.extract(APART, 1), pl.col("text").str.extract(TOGETHER, 1))
    second = pl.coalesce(pl.col("text").str.extract(APART, 2), pl.col("text").str.extract(TOGETHER, 2))
    glued = body.filter("is_glued")
    if glued.is_empty():
        return body
    glued = glued.with_columns(prints["text"].gather(glued["cell"])).with_columns(first=first, second=second)
    glued = glued.filter(pl.col("second").is_not_null())
    if glued.is_empty():
        return body
    amounts = columns.filter(pl.col("kind") == "amount").sort("tid", "panel", "column")
    amounts = amounts.select("tid", "column", beside=pl.col("column").shift(-1).over("tid", "panel"))
    glued = glued.join(amounts, on=["tid", "column"]).filter(pl.col("beside").is_not_null())
    taken = body.select("tid", "row", beside="column")
    glued = glued.join(taken, on=["tid", "row", "beside"], how="anti")
    named = glued.with_columns(repair=also(pl.col("repair"), pl.lit("glued_numbers")))
    left = named.with_columns(number=pl.col("first")).select(body.columns)
    right = named.with_columns(number=pl.col("second"), column=pl.col("beside"), printed_column=pl.col("beside")).select(body.columns)
    rest = body.join(glued.select("tid", "row", "column"), on=["tid", "row", "column"], how="anti", maintain_order="left")
    return pl.concat([rest, left, right]).sort("tid", "row", "column", maintain_order=True)


def join_split(placed: pl.DataFrame) -> pl.DataFrame:
    """One figure that stands in two cells side by side is put together in the first of them (repair `split_number`).

    Only where one of the pieces is no figure by itself. `placed` has cells of tables (tid, row, column, text, squashed, bare, number,
    number_repair); that the cells right of them stand one column off is decided by the sums (row_shifts.py).
    """
    piece = pl.col("number").is_null() & pl.col("squashed").str.contains(PIECE)
    rows = placed.filter(piece).select("tid", "row").unique()
    if rows.is_empty():
        return placed
    some = placed.join(rows, on=["tid", "row"], how="semi").sort("tid", "row", "column").with_columns(piece=piece.fill_null(False))
    after = {name: pl.col(name).shift(-1).over("tid", "row") for name in ("text", "squashed", "column", "piece")}
    whole = pl.col("squashed") + after["squashed"]
    joins = (after["column"] == pl.col("column") + 1) & (pl.col("piece") | after["piece"]) & whole.str.contains(f"^{PLAIN}$")
    some = some.with_columns(joins=joins.fill_null(False), whole=whole, both=pl.col("text") + " " + after["text"])
    texts = placed.select(pl.col("text_id").max() + 1).item()
    some = some.with_columns(taken=pl.col("joins").shift(1, fill_value=False).over("tid", "row")).filter(~pl.col("taken"))
    some = some.with_columns(
        pl.when("joins").then("both").otherwise("text").alias("text"),
        *(pl.when("joins").then("whole").otherwise(name).alias(name) for name in ("squashed", "bare", "number")),
        # What is put together is a text of its own.
        pl.when("joins").then(texts + pl.int_range(pl.len())).otherwise("text_id").cast(pl.UInt32).alias("text_id"),
        pl.when("joins").then(pl.lit("split_number")).otherwise("number_repair").alias("number_repair"),
    )
    rest = placed.join(rows, on=["tid", "row"], how="anti", maintain_order="left")
    return pl.concat([rest, some.select(placed.columns)])


def read_units(body: pl.DataFrame, prints: pl.DataFrame) -> pl.DataFrame:
    """Figures of amount columns that print their own unit or sign (5.00万元, ¥5.00) are read in it (repair `unit_in_cell`), own_unit.

    `body` has body cells with cell, is_amount, number, repair and has_unit, `prints` the squashed text of each cell.
    """
    beside = pl.col("is_amount") & pl.col("has_unit")
    cells = body.filter(beside)["cell"].unique()
    if cells.is_empty():
        return body.with_columns(own_unit=pl.lit(None, dtype=pl.Utf8))
    parts = pl.col("squashed").str.extract_groups(MONEY)
    money = pl.DataFrame([cells, prints["squashed"].gather(cells)])
    money = money.select("cell", figure=parts.struct.field("figure"), own=parts.struct.field("unit"))
    body = body.join(money, on="cell", how="left", maintain_order="left")
    figure, own = (pl.when(beside).then(name) for name in ("figure", "own"))
    return body.with_columns(
        number=pl.coalesce(figure, "number"),
        own_unit=own,
        repair=also(pl.col("repair"), pl.when(figure.is_not_null()).then(pl.lit("unit_in_cell"))),
    ).drop("figure", "own")


def unread_amounts(placed: pl.DataFrame, columns: pl.DataFrame, figures: pl.DataFrame, tables: pl.DataFrame) -> pl.DataFrame:
    """One notice for each table whose amount columns hold digits that are no figure: they are in no amount and in no sum."""
    body = placed.filter(~pl.col("header"), ~pl.col("caption"), ~pl.col("index"), ~pl.col("is_form"), pl.col("number").is_null())
    body = body.filter(pl.col("squashed").str.contains(r"\d"), ~pl.col("squashed").str.contains(NO_AMOUNT))
    body = body.join(columns.filter(pl.col("kind") == "amount").select("tid", "column"), on=["tid", "column"], how="semi")
    body = body.join(figures.select("tid", row="printed_row", column="printed_column"), on=["tid", "row", "column"], how="anti")
    statements = tables.select("tid", "statement", "table")
    return (
        body.sort("tid", "row", "column")
        .group_by("tid", maintain_order=True)
        .agg(pl.col("document_id", "line", "page").first(), text=pl.col("text").head(MOST_SHOWN).str.join("、"), count=pl.len())
        .join(statements, on="tid")
        .select(
            "document_id", "statement", "line", "page", "text", kind=pl.lit("unread_amount"), table_number=pl.col("table"),
            message=pl.format("金额栏中有{}处不是数，未计入：{}", "count", "text"),
        )
    )  # fmt: skip
