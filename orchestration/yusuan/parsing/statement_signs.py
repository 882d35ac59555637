"""Which statement a table without a title is, by what its headings and rows say (vocabulary/statement_signs.csv, statement_rules.csv).

Expenditure by function looks alike in several statements; among these the order of the tables decides, which is the same
everywhere: all expenditure stands before the summary of appropriations, that of the general budget behind it, then that of funds.
"""

import polars as pl

from yusuan.parsing.text import once_for_each
from yusuan.parsing.vocabulary import load

TABLE = ["document_id", "table"]
ALIKE = ["expenditure_summary", "general_budget_expenditure", "government_fund_expenditure", "state_capital"]


def by_signs(cells: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """TABLE, by_signs, signs: the statement of the first rule whose signs a table shows, and these signs."""
    signs = load("statement_signs")
    marks = {f"sign_{k}": pl.col("bare").str.contains(pattern) for k, pattern in enumerate(signs["pattern"])}
    placed = cells.select("place", "bare").join(rows.select("document_id", "place", "table", "header"), on="place")
    placed = once_for_each(placed, ["bare"], **marks)
    where = {"header": pl.col("header"), "body": ~pl.col("header"), "any": pl.lit(True)}
    found = placed.group_by(TABLE).agg(
        ((pl.col(f"sign_{k}") & where[place]).sum() >= int(least)).alias(sign)
        for k, (sign, place, least) in enumerate(signs.select("sign", "place", "least").iter_rows())
    )
    rules = load("statement_rules")
    matched = [
        (pl.all_horizontal(needed.split("+")) & (~pl.any_horizontal(without.split("+")) if without else pl.lit(True)), statement, needed)
        for statement, needed, without in rules.select("statement", "signs", "without").iter_rows()
    ]
    return found.select(
        *TABLE,
        by_signs=pl.coalesce(pl.when(match).then(pl.lit(statement)) for match, statement, _ in matched),
        signs=pl.coalesce(pl.when(match).then(pl.lit(needed)) for match, _, needed in matched),
    )


def in_order(tables: pl.DataFrame) -> pl.DataFrame:
    """`tables` (in reading order, with title_statement and by_signs) with by_signs of the tables that look alike told by their order."""
    known = pl.col("title_statement")
    seen = pl.coalesce(known, "by_signs")
    alike = known.is_null() & (pl.col("by_signs") == ALIKE[0]).fill_null(False)
    summary = (seen == "appropriation_summary").fill_null(False)
    behind = summary.cast(pl.Int8).cum_max().shift(1, fill_value=0).over("document_id") == 1
    has_summary = summary.any().over("document_id")
    # The statements of the family that titles have not given away already, in their usual order.
    first_named = {name: (known == name).fill_null(False).any().over("document_id") for name in ALIKE}
    tables = tables.with_columns(
        alike=alike, behind=behind | (~has_summary & first_named[ALIKE[0]]), **{f"has_{n}": e for n, e in first_named.items()}
    )
    late = pl.col("behind").cast(pl.Int8).fill_null(0)
    nth = pl.col("alike").cum_sum().over("document_id", "behind") - 1
    open_names = pl.concat_list(
        pl.when(~pl.col(f"has_{name}") & ((late == 0) | (name != ALIKE[0])) & ((late == 1) | (name == ALIKE[0]) | ~has_summary)).then(
            pl.lit(name)
        )
        for name in ALIKE
    ).list.drop_nulls()
    told = open_names.list.get(nth, null_on_oob=True)
    return tables.with_columns(by_signs=pl.when("alike").then(told).otherwise(pl.col("by_signs"))).drop(
        "alike", "behind", *(f"has_{name}" for name in ALIKE)
    )
