"""Wide tables that are printed in halves, left and right, each a grid of its own: the right half becomes further columns of the left one.

Parts of a table that stand one below the other are joined in tables.py.
"""

import polars as pl

from yusuan.parsing.line_texts import LineTexts
from yusuan.parsing.tables import CONTINUED, ONLY_UNIT, free_lines, without_furniture
from yusuan.parsing.text import grid_of, place_of_row

FEWEST_ROWS = 2
GRID = "whole_grid"


def joined_halves(cells: pl.DataFrame, lines: pl.DataFrame, texts: LineTexts) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Prepared cells and lines, with right halves in the grids of their left ones. Labels that a right half repeats are left out.

    A grid is the right half of the one before it where nothing is printed between them, both have equally many rows, below the headers it
    holds figures and no label but those of the left half, and its headings are others.
    """
    halves = _halves(cells, lines, texts)
    if halves.is_empty():
        return cells, lines
    cells = cells.with_columns(grid_of(pl.col("place")).alias(GRID)).join(halves, on=GRID, how="left", maintain_order="left")
    right = pl.col("left_grid").is_not_null()
    cells = cells.filter(~(right & (pl.col("column") <= pl.col("labels"))).fill_null(False))
    cells = cells.with_columns(
        pl.coalesce("left_grid", "grid").alias("grid"),
        pl.when(right).then(pl.col("column") + pl.col("width") - pl.col("labels")).otherwise("column").alias("column"),
    )
    # A row is one row again, though it is printed on two lines.
    cells = cells.drop(GRID, "left_grid", "labels", "width", "right_grid", "half_document").with_columns(place=place_of_row())
    owner = halves.select(document_id="half_document", grid="right_grid", left_grid="left_grid")
    lines = lines.join(owner, on=["document_id", "grid"], how="left", maintain_order="left")
    lines = lines.with_columns(pl.coalesce("left_grid", "grid").alias("grid")).drop("left_grid")
    return cells.sort("place", "column", maintain_order=True), lines


def _halves(cells: pl.DataFrame, lines: pl.DataFrame, texts: LineTexts) -> pl.DataFrame:
    """GRID of each right half, half_document, right_grid, left_grid, width of the left half, and how many columns of labels it repeats."""
    # Cells of a grid stand together, the last row at their end: nothing is grouped to know how high a grid is.
    runs = cells.select(grid_of(pl.col("place")).rle().alias("runs")).unnest("runs")
    ends = runs["len"].cast(pl.Int64).cum_sum()
    grids = cells.select("document_id", "grid", last_line="line", height=pl.col("row") + pl.col("row_span") - 1)[ends - 1]
    grids = grids.with_columns(runs["value"].alias(GRID), first_line=cells["line"].gather(ends - runs["len"].cast(pl.Int64)))
    before = {f"left_{name}": pl.col(name).shift(1).over("document_id") for name in (GRID, "grid", "height", "last_line")}
    pairs = grids.with_columns(**before)
    pairs = pairs.filter(pl.col("height") == pl.col("left_height"), pl.col("height") >= FEWEST_ROWS)
    # A third part stands beside the second one, which is no left half by then.
    pairs = pairs.filter(~pl.col(f"left_{GRID}").is_in(pairs[GRID].implode()))
    pairs = _with_nothing_between(pairs, lines, texts)
    if pairs.is_empty():
        return pairs.select(GRID)
    asked = pl.concat([pairs[GRID], pairs[f"left_{GRID}"]]).unique().implode()
    some = cells.select("row", "column", "column_span", "text_id", "number", grid_of(pl.col("place")).alias(GRID))
    some = some.filter(pl.col(GRID).is_in(asked)).with_columns(figure=pl.col("number").str.contains(r"[.,]").fill_null(False))
    width = some.group_by(GRID).agg(width=(pl.col("column") + pl.col("column_span") - 1).max())
    body = some.filter("figure").group_by(GRID).agg(body=pl.col("row").min(), figures=pl.col("column").min())
    some = some.join(body, on=GRID)
    labels, cell = some.filter(pl.col("row") >= pl.col("body"), ~pl.col("figure")), pl.struct("row", "column", "text_id")
    labels = labels.group_by(GRID).agg(labelled=cell, last=pl.col("column").max())
    above = cell.filter(pl.col("row") < pl.col("body"))
    told = some.group_by(GRID).agg(pl.col("body").first(), labels=pl.col("figures").first() - 1, headings=above)
    told = told.join(labels, on=GRID, how="left").join(width, on=GRID)
    pairs = pairs.join(told, on=GRID).join(told.select(pl.all().name.prefix("left_")), on=f"left_{GRID}")
    none = pl.col("last").is_null()
    again = (pl.col("labelled") == pl.col("left_labelled")) & (pl.col("last") <= pl.col("labels"))
    same_body = (pl.col("body") == pl.col("left_body")) & (pl.col("body") > 1) & (pl.col("headings") != pl.col("left_headings"))
    pairs = pairs.filter(same_body, none | again.fill_null(False))
    return pairs.select(
        GRID, "left_grid", half_document="document_id", right_grid="grid", width="left_width",
        labels=pl.when(none).then(0).otherwise("labels").cast(pl.Int32),
    )  # fmt: skip


def _with_nothing_between(pairs: pl.DataFrame, lines: pl.DataFrame, texts: LineTexts) -> pl.DataFrame:
    some = lines.filter(pl.col("document_id").is_in(pairs["document_id"].unique().implode()))
    free = without_furniture(free_lines(some, texts))
    free = free.filter(~pl.col("squashed").str.contains(CONTINUED), ~pl.col("squashed").str.contains(ONLY_UNIT))
    ends = pairs.select(GRID, "document_id", "left_last_line", "first_line")
    told = free.join(ends, on="document_id").filter(pl.col("line") > pl.col("left_last_line"), pl.col("line") < pl.col("first_line"))
    return pairs.filter(~pl.col(GRID).is_in(told[GRID].unique().implode()))
