"""Where a performance grid prints its indicators: header rows, what each column holds, and which columns belong together.

A grid may hold several forms, each with a header of its own, and a form several panels side by side (实施期 | 年度, or one for each kind of
indicator). What the rows below say is read in goal_rows.py.
"""

from dataclasses import dataclass

import polars as pl

from yusuan.parsing.vocabulary import load

# The headers of all tables are numbered through, in reading order: one integer to join by.
BLOCK = "block"
# Columns that make a row a header of indicators, if it has two of them.
HEADING_ROLES = ["level_1", "level_2", "name", "value", "operator", "unit", "weight"]
# What goes with a column of targets.
BESIDE_TARGETS = ["name", "level_1", "level_2", "operator", "unit"]
# How many rows above the header the two periods, or the kinds of indicators, may stand.
PERIOD_DISTANCE = 3


@dataclass(frozen=True)
class GoalColumns:
    """`blocks`: tid, block, first and last header row, end (the row before the next header).

    `slots`: block, column, role (level_1, level_2, name, value, operator, unit, weight, project, project_code, agency,
    sidebar, other).
    `panels`: block, panel, period, heading (kind of indicator printed above the panel) and the columns of its
    slots: at_value, at_name, at_level_1, at_level_2, at_operator, at_unit.
    """

    blocks: pl.DataFrame
    slots: pl.DataFrame
    panels: pl.DataFrame


def goal_columns(cells: pl.DataFrame, texts: pl.DataFrame) -> GoalColumns:
    """`cells`: tid, row (in the table), column and text_id of tables; `texts`: text_id and bare of their texts."""
    said = _said(texts)
    headers = _header_rows(cells, said)
    lowest = _lowest(cells.join(headers, on=["tid", "row"]).join(said, on="text_id", how="left"))
    # Without a column of targets it is some other grid.
    told = lowest.filter(pl.col("role") == "value")[BLOCK].unique().implode()
    slots = _with_names(lowest.filter(pl.col(BLOCK).is_in(told)))
    blocks = headers.group_by("tid", BLOCK, maintain_order=True).agg(first=pl.col("row").min(), last=pl.col("row").max())
    blocks = blocks.with_columns(end=(pl.col("first").shift(-1) - 1).over("tid")).filter(pl.col(BLOCK).is_in(told))
    panels = _periods(_panels(slots), _above(cells, said, blocks))
    return GoalColumns(blocks, slots.select(BLOCK, "column", "role"), panels)


def _said(texts: pl.DataFrame) -> pl.DataFrame:
    """text_id, role, said_period, above_period and heading of the texts that have one of them."""
    bare = pl.col("bare")
    said = texts.select(
        "text_id", role=_role(bare, "role"), said_period=_role(bare, "period"), above_period=_above_period(bare), heading=_level(bare)
    )
    return said.filter(pl.any_horizontal(pl.exclude("text_id").is_not_null()))


def _role(bare: pl.Expr, what: str) -> pl.Expr:
    """What the heading's wording in vocabulary/goal_headings.csv says; a remark in brackets at its end (分值（90）) may be left out."""
    short = bare.str.replace(r"\([^()]*\)$", "")
    rows = load("goal_headings").select("pattern", what).drop_nulls().rows()
    return pl.coalesce(pl.when(text.str.contains(pattern)).then(pl.lit(meaning)) for text in (bare, short) for pattern, meaning in rows)


def _above_period(bare: pl.Expr) -> pl.Expr:
    periods = load("goal_periods").select("pattern", "period").rows()
    return pl.coalesce(pl.when(bare.str.contains(pattern)).then(pl.lit(period)) for pattern, period in periods)


def _level(bare: pl.Expr) -> pl.Expr:
    """The text, where it is a level that a panel may have as its heading."""
    return pl.when(bare.is_in(load("goal_levels").filter(pl.col("level") == "1")["term"].implode())).then(bare)


def _header_rows(cells: pl.DataFrame, said: pl.DataFrame) -> pl.DataFrame:
    """Rows with two headings of indicators; adjacent ones are one header (block)."""
    headings = said.filter(pl.col("role").is_in(HEADING_ROLES))["text_id"].implode()
    hits = cells.filter(pl.col("text_id").is_in(headings)).group_by("tid", "row").agg(hits=pl.len())
    rows = hits.filter(pl.col("hits") >= 2).sort("tid", "row")
    opens = (pl.col("row") - pl.col("row").shift(1).over("tid") > 1).fill_null(True)
    return rows.select("tid", "row", block=opens.cum_sum())


def _lowest(headings: pl.DataFrame) -> pl.DataFrame:
    """The lowest heading of each column of a header."""
    headings = headings.sort(BLOCK, "column", "row").with_columns(role=pl.col("role").fill_null("other"))
    # A heading over several others (目标值 over 符号 | 值 | 单位) is not a column of its own below them.
    lowest = headings.unique([BLOCK, "column"], keep="last", maintain_order=True)
    return lowest.select(BLOCK, "column", "role", "said_period")


def _with_names(slots: pl.DataFrame) -> pl.DataFrame:
    """Where no heading says that names stand below it, they stand left of the targets, if need be in the column of the second level."""
    named = pl.col(BLOCK).is_in(slots.filter(pl.col("role") == "name")[BLOCK].unique().implode())
    rest, slots = slots.filter(named), slots.filter(~named)
    if slots.is_empty():
        return rest
    before = pl.col("column") < pl.col("column").filter(pl.col("role") == "value").min().over(BLOCK)
    for roles in (["other", "sidebar"], ["level_2"]):
        fits = before & ~(pl.col("role") == "name").any().over(BLOCK) & pl.col("role").is_in(roles)
        # A sidebar stands left of the levels, names stand right of them.
        fits = fits & (pl.col("column") >= pl.col("column").filter(pl.col("role").is_in(["level_1", "level_2"])).max().over(BLOCK))
        last = fits & (pl.col("column") == pl.col("column").filter(fits).max().over(BLOCK))
        slots = slots.with_columns(role=pl.when(last).then(pl.lit("name")).otherwise(pl.col("role")))
    return pl.concat([rest, slots]).sort(BLOCK, "column")


def _panels(slots: pl.DataFrame) -> pl.DataFrame:
    """One panel for each column of targets, with the other columns that go with it."""
    values = slots.filter(pl.col("role") == "value").select(BLOCK, "said_period", at_value="column")
    panels = values.with_columns(panel=pl.int_range(1, pl.len() + 1, dtype=pl.Int32).over(BLOCK))
    found = slots.filter(pl.col("role").is_in(BESIDE_TARGETS)).select(BLOCK, "role", at="column")
    found = found.with_columns(nth=pl.int_range(1, pl.len() + 1).over(BLOCK, "role"), count=pl.len().over(BLOCK, "role"))
    pairs = panels.select(BLOCK, "panel", "at_value", panels=pl.len().over(BLOCK)).join(found, on=BLOCK)
    pairs = pairs.filter((pl.col("count") != pl.col("panels")) | (pl.col("nth") == pl.col("panel")))
    # A name stands left of its target, as far as anything does; else the nearest does.
    right = (pl.col("at") > pl.col("at_value")) & ~pl.col("role").is_in(["operator", "unit"])
    pairs = pairs.sort(right.cast(pl.Int8), (pl.col("at") - pl.col("at_value")).abs(), maintain_order=True)
    chosen = pairs.group_by(BLOCK, "panel").agg(
        pl.col("at").filter(pl.col("role") == role).first().alias(f"at_{role}") for role in BESIDE_TARGETS
    )
    return panels.join(chosen, on=[BLOCK, "panel"], how="left", maintain_order="left")


def _above(cells: pl.DataFrame, said: pl.DataFrame, blocks: pl.DataFrame) -> pl.DataFrame:
    """Cells right above a header: names of periods and kinds of indicators, with their distance from it."""
    names = said.select("text_id", "heading", period="above_period").filter(pl.any_horizontal(pl.col("heading", "period").is_not_null()))
    above = cells.join(names, on="text_id").join(blocks.select("tid", BLOCK, "first"), on="tid")
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
