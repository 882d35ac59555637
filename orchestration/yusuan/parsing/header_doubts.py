"""Signs, once all amounts have their labels, that the headings of a table were not read as they are meant.

Two figures of one row have the same labels only where a heading says nothing more than that it is a total: 合计 beside the 小计 of a
group that has no name in the vocabulary. And of several panels each is of one side. Where a heading is lost, the column goes on with the
one before it, or names rows that nobody says what they are. Where a text shows columns by white only, its reader tells which headings may
stand over other columns.
"""

import polars as pl

from yusuan.parsing.text import printed
from yusuan.parsing.vocabulary import load

# What a figure has from its column.
MEANING = ["panel", "measure", "fund_source", "side", "period", "item", "column_of_which", "purpose", "scheme", "unit"]
# Below this the reader was not sure where a heading or a label stands.
UNSURE = 0.6
LONGEST_CODE = 7


def doubted(tables: pl.DataFrame, columns: pl.DataFrame, figures: pl.DataFrame, placed: pl.DataFrame) -> pl.DataFrame:
    """`tables` (tid, header_lost, unsure) where those with such a sign are unsure; a lost header is told of by itself.

    `columns` has tid, column, kind, role, path, heading, own and MEANING; `figures` tid, row, printed_column, is_form, statement,
    project_name and codes; `placed` are the cells of tables, of which those without a box were placed by the white around them.
    """
    headed = tables.filter(~pl.col("header_lost")).select("tid")
    meant = columns.filter(pl.col("kind") == "amount", pl.col("path").is_not_null()).join(headed, on="tid", how="semi")
    places = figures.select("tid", "row", column="printed_column")
    # Where only white shows the columns of a form, nothing tells whose values stand beside its labels.
    unsure = (pl.col("confidence") < UNSURE) | (pl.col("is_form") & pl.col("confidence").is_not_null())
    by_white = placed.filter(unsure, pl.col("x0").is_null(), pl.col("number").is_null())
    # No list of codes has longer ones than 2010301, and an indicator form is of a project.
    code = pl.col("economic_code", "classification_code").str.len_chars() > LONGEST_CODE
    nameless = pl.col("is_form") & (pl.col("statement") == "project_performance") & pl.col("project_name").is_null()
    unlike = figures.filter(pl.any_horizontal(code) | nameless)
    unheaded = (_headings_lost(meant, places), _nameless(columns, headed, places))
    told = (frame.select("tid").unique() for frame in (by_white, unlike))
    signs = pl.concat([_twins(meant, places), _two_sides(meant, places), *unheaded, *told])
    return tables.with_columns(unsure=pl.col("unsure").fill_null(False) | pl.col("tid").is_in(signs["tid"].implode()))


def _twins(meant: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    """tid of the tables of which a row has figures in two columns that mean the same. Headings that mean totals may differ by words."""
    last = printed(pl.col("path").list.last())
    total = pl.when(last.is_in(load("row_terms")["term"].implode())).then(pl.col("path").list.join("\t"))
    item = pl.when(pl.col("role") == "item").then(pl.col("heading"))
    meant = meant.with_columns(item=item, total=total).with_row_index("first")
    alike = meant.select("tid", "column", alike=pl.col("first").min().over("tid", *MEANING, "total"))
    alike = alike.filter(pl.len().over("alike") > 1)
    placed = places.join(alike, on=["tid", "column"])
    return placed.filter(pl.len().over("tid", "row", "alike") > 1).select("tid").unique()


def _two_sides(meant: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    """tid of the tables with several panels of which one has figures of revenue and of expenditure."""
    several = meant.filter(pl.col("panel").max().over("tid") > 1, pl.col("side").is_not_null())
    both = several.filter(pl.col("side").n_unique().over("tid", "panel") > 1).select("tid", "column", "panel", "side")
    filled = places.join(both, on=["tid", "column"]).unique(["tid", "panel", "side"])
    return filled.filter(pl.len().over("tid", "panel") > 1).select("tid").unique()


def _headings_lost(meant: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    """tid of the tables with figures in a column that has no heading of its own, beside figures in the column of the heading before it.

    A text whose columns are aligned may show the figures right of their headings, but not those of the last column alone.
    """
    meant = meant.join(meant.filter(~pl.col("own")), on="tid", how="semi")
    filled = places.join(meant, on="tid", how="semi").select("tid", "column").unique().with_columns(filled=pl.lit(True))
    every = meant.join(filled, on=["tid", "column"], how="left").sort("tid", "column")
    same = (pl.col("path") == pl.col("path").shift(1)) & (pl.col("column") - pl.col("column").shift(1) == 1)
    every = every.with_columns(bare=same.over("tid") & pl.col("filled") & ~pl.col("own"), before=pl.col("filled").shift(1).over("tid"))
    last = (pl.col("column") == pl.col("column").filter("filled").max().over("tid")) & (pl.col("bare").sum().over("tid") == 1)
    return every.filter("bare", pl.col("before").fill_null(False) | last).select("tid").unique()


def _nameless(columns: pl.DataFrame, headed: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    """tid of the tables in which a column of names has no heading: whether they are agencies, projects or items nobody says."""
    names = columns.filter(pl.col("kind") == "label", pl.col("role").is_in(["name", "label"]), pl.col("path").is_null())
    return names.join(headed, on="tid", how="semi").join(places, on="tid", how="semi").select("tid").unique()
