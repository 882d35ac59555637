"""Grids that hold several tables one below the other, each with its title in a row of the grid, are parted at these rows.

Which statement a title names, and what goes on with what, is decided in tables.py.
"""

import polars as pl

from yusuan.parsing.line_texts import place_of_line
from yusuan.parsing.tables import CAPTION_CELL, LONGEST_TITLE, PROSE_END, statement_of_title, title_words
from yusuan.parsing.text import grid_of, place_of_row


def parted(cells: pl.DataFrame, lines: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Prepared cells and lines, with a grid of its own for what stands below each title inside a grid; rows count from 1 in each."""
    starts = _starts(cells)
    if starts.is_empty():
        return cells, lines
    above, since = _passed(cells, starts, pl.col("place"))
    start = starts[above]
    top = pl.when(since > 0, start["grid"] == cells["grid"]).then(start["row"] - 1).otherwise(0)
    cells = cells.with_columns(pl.col("grid") + since.cast(pl.Int32), pl.col("row") - top.cast(pl.Int32))
    _, since = _passed(lines, starts, place_of_line())
    return cells.with_columns(place=place_of_row()), lines.with_columns(pl.col("grid") + since.cast(pl.Int32))


def _passed(frame: pl.DataFrame, starts: pl.DataFrame, place: pl.Expr) -> tuple[pl.Series, pl.Series]:
    """For each row of a frame the start above it, and how many starts stand above it in its document."""
    places = starts.select(place).to_series()
    at = places.search_sorted(frame.select(place).to_series(), side="right").cast(pl.Int64)
    others = starts["document_id"].search_sorted(frame["document_id"], side="left").cast(pl.Int64)
    return (at - 1).clip(0), at - others


def _starts(cells: pl.DataFrame) -> pl.DataFrame:
    """document_id, grid, row, line, place of the rows that hold nothing but a title, below figures of the same grid. A number of the
    table (公开02表) right above it belongs to it."""
    texts = cells.select("text_id", "squashed")[cells["text_id"].arg_unique()]
    short = texts.filter(
        pl.col("squashed").str.len_chars().is_between(4, LONGEST_TITLE),
        pl.col("squashed").str.contains("表", literal=True),
        ~pl.col("squashed").str.contains(PROSE_END),
    )
    told = short.with_columns(statement=statement_of_title(title_words(pl.col("squashed"))))
    # The title of a goal form heads one project among others in its grid.
    told = told.filter(pl.col("statement").is_not_null(), ~pl.col("statement").str.ends_with("_performance"))
    numbers = short.filter(pl.col("squashed").str.contains(CAPTION_CELL))["text_id"].implode()
    keys = ["document_id", "grid", "row", "line", "place"]
    likely = cells.select(*keys, "text_id").filter(pl.col("text_id").is_in(told["text_id"].implode()))
    if likely.is_empty():
        return likely.drop("text_id")
    within = cells.select(*keys, "text_id", "number", whole=grid_of(pl.col("place")))
    within = within.filter(pl.col("whole").is_in(likely.select(grid_of(pl.col("place"))).to_series().unique().implode()))
    rows = within.group_by("place").agg(
        pl.col("whole", "document_id", "grid", "row").first(), pl.col("line").min(), size=pl.len(),
        figured=pl.col("number").str.contains(".", literal=True).any(), title=pl.col("text_id").is_in(told["text_id"].implode()).any(),
        numbered=pl.col("text_id").is_in(numbers).any(),
    ).sort("place")  # fmt: skip
    lone, in_next = pl.col("size") == 1, pl.col("whole") == pl.col("whole").shift(-1)
    # A title at the end of a grid is that of the next one, as it stands.
    heads = (pl.col("size") > 1).cum_max(reverse=True).over("whole")
    title = lone & pl.col("title") & heads & pl.col("figured").fill_null(False).cum_max().over("whole")
    number = lone & pl.col("numbered") & in_next & title.shift(-1, fill_value=False)
    return rows.filter(number | (title & ~number.shift(1, fill_value=False))).select(keys)
