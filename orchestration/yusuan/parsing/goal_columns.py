"""Where a performance grid prints its indicators: header rows, what each column holds, and which columns belong together.

A grid may hold several forms, each with a header of its own, and a form several panels side by side (实施期 | 年度, or one for each kind of
indicator). What the rows below say is read in goal_rows.py.
"""

from dataclasses import dataclass

import polars as pl

from yusuan.parsing.text import once_for_each
from yusuan.parsing.vocabulary import load

TABLE = ["document_id", "table"]
# The headers of all tables are numbered through, in reading order: one integer to join by.
BLOCK = "block"
# Columns that make a row a header of indicators, if it has two of them.
HEADING_ROLES = ["level_1", "level_2", "name", "value", "operator", "unit", "weight"]
# How many rows above the header the two periods, or the kinds of indicators, may stand.
PERIOD_DISTANCE = 3


@dataclass(frozen=True)
class GoalColumns:
    """`blocks`: document_id, table, block, first and last header row, end (the row before the next header).

    `slots`: block, column, role (level_1, level_2, name, value, operator, unit, weight, project, project_code, agency,
    sidebar, other).
    `panels`: block, panel, period, heading (kind of indicator printed above the panel) and the columns of its
    slots: at_value, at_name, at_level_1, at_level_2, at_operator, at_unit.
    """

    blocks: pl.DataFrame
    slots: pl.DataFrame
    panels: pl.DataFrame


def goal_columns(cells: pl.DataFrame) -> GoalColumns:
    """`cells`: prepared cells of tables with table and row (the row in the table)."""
    cells = once_for_each(
        cells.select(*TABLE, "row", "column", "bare"), ["bare"],
        role=_role(pl.col("bare"), "role"), said_period=_role(pl.col("bare"), "period"), above_period=_above_period(pl.col("bare")),
        heading=_level(pl.col("bare")),
    )  # fmt: skip
    headers = _header_rows(cells)
    slots = _slots(cells.join(headers, on=[*TABLE, "row"]))
    # Without a column of targets it is some other grid.
    told = slots.filter(pl.col("role") == "value").select(BLOCK).unique()
    blocks = headers.group_by(*TABLE, BLOCK, maintain_order=True).agg(first=pl.col("row").min(), last=pl.col("row").max())
    blocks = blocks.with_columns(end=(pl.col("first").shift(-1) - 1).over(TABLE)).join(told, on=BLOCK, how="semi", maintain_order="left")
    slots = slots.join(told, on=BLOCK, how="semi", maintain_order="left")
    panels = _panels(slots)
    panels = _periods(panels, _above(cells, blocks))
    return GoalColumns(blocks, slots.select(BLOCK, "column", "role"), panels)


def _role(bare: pl.Expr, what: str) -> pl.Expr:
    """What the heading's wording in vocabulary/goal_headings.csv says; a remark in brackets at its end (分值（90）) may be left out."""
    short = bare.str.replace(r"\([^()]*\)$", "")
    rows = load("goal_headings").select("pattern", what).rows()
    return pl.coalesce(
        pl.when(text.str.contains(pattern)).then(pl.lit(meaning, pl.Utf8)) for text in (bare, short) for pattern, meaning in rows
    )


def _above_period(bare: pl.Expr) -> pl.Expr:
    periods = load("goal_periods").select("pattern", "period").rows()
    return pl.coalesce(pl.when(bare.str.contains(pattern)).then(pl.lit(period)) for pattern, period in periods)


def _level(bare: pl.Expr) -> pl.Expr:
    """The text, where it is a level that a panel may have as its heading."""
    return pl.when(bare.is_in(load("goal_levels").filter(pl.col("level") == "1")["term"].implode())).then(bare)


def _header_rows(cells: pl.DataFrame) -> pl.DataFrame:
    """Rows with two headings of indicators; adjacent ones are one header (block)."""
    hits = cells.select(*TABLE, "row", "role").filter(pl.col("role").is_in(HEADING_ROLES)).group_by(*TABLE, "row").agg(hits=pl.len())
    rows = hits.filter(pl.col("hits") >= 2).sort(*TABLE, "row")
    opens = (pl.col("row") - pl.col("row").shift(1).over(TABLE) > 1).fill_null(True)
    return rows.select(*TABLE, "row", block=opens.cum_sum())


def _slots(headings: pl.DataFrame) -> pl.DataFrame:
    """The lowest heading of each column of a header."""
    headings = headings.sort(BLOCK, "column", "row").with_columns(role=pl.col("role").fill_null("other"))
    # A heading over several others (目标值 over 符号 | 值 | 单位) is not a column of its own below them.
    lowest = headings.unique([BLOCK, "column"], keep="last", maintain_order=True)
    return _with_names(lowest.select(BLOCK, "column", "role", "said_period").sort(BLOCK, "column"))


def _with_names(slots: pl.DataFrame) -> pl.DataFrame:
    """Where no heading says that names stand below it, they stand left of the targets, if need be in the column of the second level."""
    before = pl.col("column") < pl.col("column").filter(pl.col("role") == "value").min().over(BLOCK)
    nameless = ~(pl.col("role") == "name").any().over(BLOCK) & before
    for roles in (["other", "sidebar"], ["level_2"]):
        fits = nameless & pl.col("role").is_in(roles)
        # A sidebar stands left of the levels, names stand right of them.
        fits = fits & (pl.col("column") >= pl.col("column").filter(pl.col("role").is_in(["level_1", "level_2"])).max().over(BLOCK))
        last = fits & (pl.col("column") == pl.col("column").filter(fits).max().over(BLOCK))
        slots = slots.with_columns(role=pl.when(last).then(pl.lit("name")).otherwise(pl.col("role")))
        nameless = ~(pl.col("role") == "name").any().over(BLOCK) & before
    return slots


def _panels(slots: pl.DataFrame) -> pl.DataFrame:
    """One panel for each column of targets, with the other columns that go with it."""
    values = slots.filter(pl.col("role") == "value").select(BLOCK, "said_period", at_value="column")
    panels = values.with_columns(panel=pl.int_range(1, pl.len() + 1, dtype=pl.Int32).over(BLOCK))
    for role in ("name", "level_1", "level_2", "operator", "unit"):
        found = slots.filter(pl.col("role") == role).select(BLOCK, at="column").with_columns(nth=pl.int_range(1, pl.len() + 1).over(BLOCK))
        pairs = panels.select(BLOCK, "panel", "at_value").join(found, on=BLOCK)
        in_order = pl.col("at").n_unique().over(BLOCK) == pl.col("at_value").n_unique().over(BLOCK)
        pairs = pairs.filter(~in_order | (pl.col("nth") == pl.col("panel")))
        # A name stands left of its target, as far as anything does; else the nearest does.
        right = (pl.col("at") > pl.col("at_value")) & (role not in ("operator", "unit"))
        pairs = pairs.sort(right.cast(pl.Int8), (pl.col("at") - pl.col("at_value")).abs(), maintain_order=True)
        chosen = pairs.unique([BLOCK, "panel"], keep="first", maintain_order=True).select(BLOCK, "panel", pl.col("at").alias(f"at_{role}"))
        panels = panels.join(chosen, on=[BLOCK, "panel"], how="left", maintain_order="left")
    return panels


def _above(cells: pl.DataFrame, blocks: pl.DataFrame) -> pl.DataFrame:
    """Cells right above a header: names of periods and kinds of indicators, with the number of such cells in their row."""
    above = cells.select(*TABLE, "row", "column", "heading", period="above_period")
    above = above.filter(pl.col("period").is_not_null() | pl.col("heading").is_not_null())
    above = above.join(blocks.select(*TABLE, BLOCK, "first"), on=TABLE)
    distance = pl.col("first") - pl.col("row")
    return above.filter(distance.is_between(1, PERIOD_DISTANCE)).with_columns(distance=distance).sort(BLOCK, "distance", "column")


def _periods(panels: pl.DataFrame, above: pl.DataFrame) -> pl.DataFrame:
    """A panel's period is in its heading, or in the labels above, which stand in the order of the panels; else it is the year.

    Its kind of indicator, where the grid has no column for it, is the nearest such name above and to the left.
    """
    labels = above.filter(pl.col("period").is_not_null()).unique([BLOCK, "column"], keep="first", maintain_order=True)
    labels = labels.filter(pl.col("distance") == pl.col("distance").min().over(BLOCK)).with_columns(
        panel=pl.int_range(1, pl.len() + 1, dtype=pl.Int32).over(BLOCK), labels=pl.len().over(BLOCK)
    )
    count = panels.group_by(BLOCK).agg(count=pl.len())
    labels = labels.join(count, on=BLOCK).filter(pl.col("labels") == pl.col("count")).select(BLOCK, "panel", told="period")
    panels = panels.join(labels, on=[BLOCK, "panel"], how="left", maintain_order="left")
    kinds = above.filter(pl.col("heading").is_not_null(), pl.col("distance") == 1).select(BLOCK, "heading", at="column")
    kinds = panels.filter(pl.col("at_level_1").is_null()).select(BLOCK, "panel", "at_name").join(kinds, on=BLOCK)
    kinds = kinds.filter(pl.col("at") <= pl.col("at_name")).sort("at").unique([BLOCK, "panel"], keep="last", maintain_order=True)
    panels = panels.join(kinds.select(BLOCK, "panel", "heading"), on=[BLOCK, "panel"], how="left", maintain_order="left")
    return panels.with_columns(period=pl.coalesce("said_period", "told", pl.lit("this_year"))).drop("said_period", "told")
