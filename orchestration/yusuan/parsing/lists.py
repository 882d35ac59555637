"""The body of a table as lists of rows: cells in their columns, panels below each other, labels that hold for several rows."""

import polars as pl

from yusuan.parsing.text import also
from yusuan.parsing.totals import TOTAL, part_totals

ROW = ["tid", "row"]
PANEL_ROW = ["tid", "panel", "row"]


def move_cells(body: pl.DataFrame, shifts: pl.DataFrame | None) -> pl.DataFrame:
    """Body cells with the column that they belong to (`shifts`: tid, row, column, to); moved ones carry the repair `shifted_cells`.

    `printed_column` keeps the column that a cell is printed in.
    """
    body = body.with_columns(printed_column=pl.col("column"), repair=pl.col("number_repair"))
    if shifts is None or shifts.is_empty():
        return body
    body = body.join(shifts, on=[*ROW, "column"], how="left", maintain_order="left")
    moved = pl.when(pl.col("to").is_not_null()).then(pl.lit("shifted_cells"))
    return body.with_columns(column=pl.coalesce("to", "column"), repair=also(pl.col("repair"), moved)).drop("to")


def fold_panels(body: pl.DataFrame, prints: pl.DataFrame, columns: pl.DataFrame, tables: pl.DataFrame) -> pl.DataFrame:
    """One list that is set in two columns of the page is read as one list again.

    Panels side by side are two sides (收入 | 支出), or one list broken in the middle (301 … | 302 …). The second has panels
    of equal build and at most one total in all of them; its later panels are put below the first, keeping the printed
    place of every cell in printed_row and printed_column.
    """
    body = body.with_columns(printed_row=pl.col("row"))
    build = columns.filter(pl.col("kind") == "amount").group_by("tid", "panel").agg(build=pl.len())
    several = build.group_by("tid").agg(panels=pl.col("panel").max(), builds=pl.col("build").n_unique())
    one_sided = tables.filter(pl.col("two_sided").is_null()).select("tid")
    folded = several.filter(pl.col("panels") > 1, pl.col("builds") == 1).join(one_sided, on="tid", how="semi").select("tid")
    if folded.is_empty():
        return body
    whole = pl.col("bare").str.contains(TOTAL) & ~pl.col("bare").is_in(part_totals()["term"].implode())
    labels = body.select("tid", "panel", "row", "is_amount", "cell").filter(
        ~pl.col("is_amount"), pl.col("tid").is_in(folded["tid"].implode())
    )
    labels = labels.with_columns(prints["bare"].gather(labels["cell"]))
    totals = labels.filter(whole).select("tid", "panel", "row").unique().group_by("tid").agg(totals=pl.len())
    folded = folded.join(totals, on="tid", how="left").filter(pl.col("totals").fill_null(0) <= 1).select("tid")
    if folded.is_empty():
        return body
    places = columns.filter(pl.col("panel").is_not_null()).join(folded, on="tid", how="semi").select("tid", "panel", "column")
    places = places.sort("tid", "panel", "column").with_columns(place=pl.int_range(pl.len()).over("tid", "panel"))
    first = places.filter(pl.col("panel") == 1).select("tid", "place", onto="column")
    moves = places.filter(pl.col("panel") > 1).join(first, on=["tid", "place"]).select("tid", "column", "onto")
    height = body.group_by("tid").agg(height=pl.col("row").max())
    body = body.join(moves, on=["tid", "column"], how="left", maintain_order="left").join(
        height, on="tid", how="left", maintain_order="left"
    )
    moved = pl.col("onto").is_not_null()
    return body.with_columns(
        row=pl.when(moved).then(pl.col("row") + (pl.col("panel") - 1) * pl.col("height")).otherwise(pl.col("row")).cast(pl.Int32),
        column=pl.coalesce("onto", "column"),
        panel=pl.when(moved).then(1).otherwise(pl.col("panel")).cast(pl.Int32),
    ).drop("onto", "height")


def carry_labels(cells: pl.DataFrame, columns: pl.DataFrame) -> pl.DataFrame:
    """A label merged over the label columns of several panels (支出合计) labels the row in each of them.

    Where the format kept the merge, its width tells; where it did not, amounts without a label stand right of a label
    without amounts.
    """
    others = columns.filter(pl.col("kind") == "label").select("tid", "panel", "column", "meant")
    others = others.unique(["tid", "panel"], keep="first", maintain_order=True)
    if others.height == others["tid"].n_unique():
        return cells
    amounts, label = pl.col("is_amount") & pl.col("number").is_not_null(), ~pl.col("is_amount") & pl.col("number").is_null()
    several = others.filter(pl.len().over("tid") > 1)["tid"].unique()
    # Few tables have several panels, and of their cells this is asked; the copies are made of whole cells.
    some = cells.select(*PANEL_ROW, "column", "column_span", "is_amount", "number").with_row_index("nth")
    some = some.filter(pl.col("tid").is_in(several.implode()))
    held = some.group_by(PANEL_ROW).agg(amounts=amounts.any(), labels=(~pl.col("is_amount")).any())
    bare = held.filter("amounts", ~pl.col("labels")).select("tid", "row", panel_other="panel")
    idle = held.filter("labels", ~pl.col("amounts")).select("tid", "row", "panel")
    lent = idle.join(bare, on=ROW).filter(pl.col("panel_other") == pl.col("panel") + 1)
    rest = [name for name in others.columns if name not in ("tid", "panel")]
    others = others.rename({"panel": "panel_other", **{name: f"{name}_other" for name in rest}})
    wide = some.filter(label, pl.col("column_span") > 1).join(others, on="tid").filter(
        pl.col("panel_other") != pl.col("panel"), pl.col("column_other") > pl.col("column"),
        pl.col("column_other") < pl.col("column") + pl.col("column_span"),
    )  # fmt: skip
    narrow = some.filter(label).join(lent, on=PANEL_ROW).join(others, on=["tid", "panel_other"])
    copies = pl.concat([wide.select(narrow.columns), narrow]).unique(
        [*ROW, "panel_other", "column_other"], keep="first", maintain_order=True
    )
    if copies.is_empty():
        return cells
    theirs = copies.select(panel="panel_other", column="column_other", meant="meant_other")
    moved = cells[copies["nth"]].with_columns(theirs)
    return pl.concat([cells, moved]).sort("tid", "row", "column")


def with_lines(cells: pl.DataFrame) -> pl.DataFrame:
    """Cells with `list_row`: the rows of all panels are numbered in the order of PANEL_ROW."""
    # One integer for three keys is grouped and joined in a third of the time. Cells of one row stand together.
    keys = cells.select(pl.col("tid").cast(pl.UInt64) * 2**40 + pl.col("panel").cast(pl.UInt64) * 2**32 + pl.col("row")).to_series()
    rows = keys.rle().struct.field("value")
    return cells.with_columns(list_row=rows.unique().sort().search_sorted(rows).gather(keys.rle_id()))
