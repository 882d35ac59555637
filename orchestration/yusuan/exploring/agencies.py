"""What agencies publish about themselves: headline figures, what the money is for, three-public items, projects; year beside year.

An agency here is one that publishes documents; its figures are those of its documents, its units' money included where they print it.
"""

from functools import cache
from importlib import resources

import polars as pl

from yusuan.exploring.published import Published

LIST = """
    select
        agencies.agency_key,
        agencies.agency_name,
        coalesce(divisions.province_name, '') as province_name,
        count(*) as documents,
        min(documents.fiscal_year) as first_year,
        max(documents.fiscal_year) as last_year
    from marts.dim_agency as agencies
    inner join marts.dim_document as documents
        on documents.publisher_agency_key = agencies.agency_key
    left join marts.dim_division as divisions
        on divisions.division_code = agencies.division_code
    group by all
    order by agencies.agency_name, agencies.agency_key
"""

COLUMNS = """
    amounts.document_id,
    documents.publisher_agency_key as agency_key,
    documents.publisher_name,
    documents.fiscal_year,
    documents.document_kind,
    amounts.statement,
    amounts.side,
    amounts.breakdown,
    amounts.classification_code,
    amounts.classification_name,
    amounts.economic_code,
    amounts.economic_name,
    amounts.project_name,
    amounts.line_item,
    amounts.row_kind,
    amounts.measure,
    amounts.fund_source,
    amounts.period,
    amounts.is_leaf,
    amounts.table_number,
    amounts.row_number,
    amounts.amount_yuan,
    amounts.amount_id,
    amounts.proof
"""
AMOUNTS = f"""
    select {COLUMNS}
    from marts.fct_budget_amount as amounts
    inner join marts.dim_document as documents
        on documents.document_id = amounts.document_id
    where documents.publisher_agency_key = $agency and amounts.period <> 'whole_period'
"""
TOTALS = f"""
    select {COLUMNS}
    from marts.fct_budget_amount as amounts
    inner join marts.dim_document as documents
        on documents.document_id = amounts.document_id
    where amounts.row_kind = 'total' and amounts.period <> 'whole_period' and amounts.statement in (select unnest($statements))
"""

CLASSES = """
    select class_code, first(class_name order by last_year desc nulls last, class_name) as class_name
    from (
        select class_code, class_name, valid_to_year as last_year from marts.dim_classification_code
        union all
        select class_code, class_name, valid_to_year from marts.dim_economic_code where scheme = 'department'
    )
    where class_name is not null
    group by class_code
"""

# A figure over all sources says more than one over some of them.
SOURCES = ("all", "financial", "general_public")
# Where each breakdown is printed, the widest table first.
FUNCTION_TABLES = ("expenditure_summary", "general_budget_expenditure", "appropriation_expenditure", "revenue_expenditure_summary")
ECONOMIC_TABLES = (
    "expenditure_by_economic",
    "general_budget_basic_by_economic",
    "appropriation_basic_by_economic",
    "general_budget_basic_detail",
)
PROJECT_TABLES = ("project_expenditure", "general_budget_project_by_economic", "project_performance")


@cache
def metrics() -> pl.DataFrame:
    """headlines.csv: which printed totals are a headline figure, the preferred ones first (rank)."""
    text = resources.files(__package__).joinpath("headlines.csv").read_bytes()
    return pl.read_csv(text, schema_overrides={"rank": pl.Int32})


def metric_names() -> list[str]:
    return metrics()["metric"].unique(maintain_order=True).to_list()


def publishers(published: Published) -> pl.DataFrame:
    """agency_key, agency_name, province_name, documents, first_year, last_year."""
    return published.frame(LIST)


def amounts(published: Published, agency: str) -> pl.DataFrame:
    """Every amount of the agency's documents, with the column of the page that it belongs to."""
    return _with_column(published.frame(AMOUNTS, {"agency": agency}))


def class_names(published: Published) -> dict[str, str]:
    """Latest names of functional (201) and departmental economic (301) classes: their codes do not overlap."""
    return dict(published.frame(CLASSES).rows())


def totals(published: Published) -> pl.DataFrame:
    """The printed totals of all agencies that a headline figure can be, with their columns."""
    return _with_column(published.frame(TOTALS, {"statements": metrics()["statement"].unique().to_list()}))


def _with_column(frame: pl.DataFrame) -> pl.DataFrame:
    """`column`: year and stage, for example 2023.budget; a comparison column of the year before is 2022.budget_before."""
    stage = pl.when(pl.col("document_kind").str.ends_with("final_accounts")).then(pl.lit("final")).otherwise(pl.lit("budget"))
    before = pl.col("period") == "last_year"
    return frame.with_columns(
        column=pl.format(
            "{}.{}{}",
            pl.col("fiscal_year").fill_null(0) - before.cast(pl.Int32),
            stage,
            pl.when(before)
            .then(pl.lit("_before"))
            .when((stage == "final") & (pl.col("period") == "budget"))
            .then(pl.lit("_budget"))
            .otherwise(pl.lit("")),
        ),
        # A department's document before that of the unit of the same name.
        order=pl.col("document_kind").str.starts_with("unit").fill_null(True).cast(pl.Int32),
        source=_preference("fund_source", SOURCES),
    )


def _preference(column: str, names: tuple[str, ...]) -> pl.Expr:
    return pl.col(column).replace_strict({name: place for place, name in enumerate(names)}, default=len(names), return_dtype=pl.Int32)


def headlines(frame: pl.DataFrame) -> pl.DataFrame:
    """One row for agency, column and metric: agency_key, publisher_name, column, metric, amount_yuan, amount_id, proof. Of several
    printed totals the first of headlines.csv counts, over all sources where that is printed."""
    wanted = metrics().rename({"line_item": "pattern"})
    found = frame.filter(pl.col("row_kind") == "total").join(wanted, on=["statement", "side", "measure"], how="inner")
    return (
        found.filter(pl.col("pattern").is_null() | pl.col("line_item").str.contains(pl.col("pattern")))
        .sort("rank", "order", "source", pl.col("amount_yuan").abs(), "amount_id", descending=[False, False, False, True, False])
        .group_by("agency_key", "column", "metric", maintain_order=True)
        .agg(pl.col("publisher_name", "amount_yuan", "amount_id", "proof").first())
    )


def by_function(frame: pl.DataFrame) -> pl.DataFrame:
    """Leaves of the functional classification: column, class_code, code, name, amount_yuan, amount_id (comma-separated
    where several printed figures are added up)."""
    return _breakdown(frame, FUNCTION_TABLES, "function", "classification")


def by_economic(frame: pl.DataFrame) -> pl.DataFrame:
    """The same by the departmental economic classification."""
    return _breakdown(frame, ECONOMIC_TABLES, None, "economic")


def _breakdown(frame: pl.DataFrame, tables: tuple[str, ...], breakdown: str | None, scheme: str) -> pl.DataFrame:
    rows = frame.filter("is_leaf", pl.col(f"{scheme}_code").is_not_null(), pl.col("side") == "expenditure")
    if breakdown:
        rows = rows.filter(pl.col("breakdown") == breakdown)
    return _summed(_best_table(rows, tables), pl.col(f"{scheme}_code").str.head(3), f"{scheme}_code", f"{scheme}_name")


def _best_table(rows: pl.DataFrame, tables: tuple[str, ...]) -> pl.DataFrame:
    """The rows of one table, measure and source a column: two of them would count the same money twice."""
    kept = rows.filter(pl.col("statement").is_in(tables), pl.col("measure").is_in(("total", "amount")))
    choice = kept.select("column", "document_id", "statement", "measure", "fund_source", "order", "source").unique()
    best = (
        choice.sort(
            _preference("statement", tables), "order", "source", "measure", "document_id", descending=[False, False, False, True, False]
        )
        .group_by("column", maintain_order=True)
        .first()
    )
    return kept.join(best, on=["column", "document_id", "statement", "measure", "fund_source"], how="semi")


def _summed(rows: pl.DataFrame, class_code: pl.Expr, code: str, name: str) -> pl.DataFrame:
    return (
        rows.with_columns(class_code=class_code)
        .sort("amount_yuan", "amount_id", descending=[True, False])
        .group_by("column", "class_code", code=pl.col(code), name=pl.coalesce(name, code), maintain_order=True)
        .agg(pl.col("amount_yuan").sum(), _ids())
        .sort("column", "amount_yuan", "code", descending=[False, True, False])
    )


def _ids() -> pl.Expr:
    """The amounts that a sum is made of, the largest first: the way back leads to all of them."""
    return pl.col("amount_id").str.join(",")


def three_public(frame: pl.DataFrame) -> pl.DataFrame:
    """The three-public items in printed order: column, name, amount_yuan, amount_id."""
    rows = frame.filter(pl.col("statement") == "three_public", pl.col("line_item").is_not_null())
    rows = _best_table(rows, ("three_public",))
    # The number of a row and a leading sign differ from year to year; the item is the same.
    name = pl.col("line_item").str.replace(r"^(?:其中[:：]|[（(]?[一二三四五六\d]+[)）、.．]|[①-⑩])+", "")
    return (
        rows.sort("table_number", "row_number")
        .group_by("column", name=name, maintain_order=True)
        .agg(pl.col("amount_yuan", "amount_id").first())
    )


def projects(frame: pl.DataFrame) -> pl.DataFrame:
    """Projects by size: column, name, amount_yuan (all lines of the project in the best table), amount_id (of each line)."""
    rows = frame.filter("is_leaf", pl.col("project_name").is_not_null())
    return _summed(_best_table(rows, PROJECT_TABLES), pl.lit(""), "project_name", "project_name").drop("class_code", "code")


def columns(frame: pl.DataFrame) -> list[str]:
    """The columns in the order of years; the printed figure of the year before only where that year has no document of its own."""
    present = set(frame["column"].unique())
    return sorted(each for each in present if each.removesuffix("_before") == each or each.removesuffix("_before") not in present)


def fullest(rows: pl.DataFrame, metric: str) -> str:
    """The column in which most agencies print the figure, the latest of several: where a comparison begins."""
    found = rows.filter(pl.col("metric") == metric).group_by("column").len().sort("len", "column", descending=True)
    return found["column"][0] if len(found) else ""


def side_by_side(rows: pl.DataFrame, key: str, order: list[str]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Two frames of the same shape, `key` and one column for each of `order`: the amounts in yuan and their amount_ids."""
    shaped = [
        rows.filter(pl.col("column").is_in(order)).pivot(on="column", index=key, values=value, aggregate_function="first")
        for value in ("amount_yuan", "amount_id")
    ]
    kinds: tuple[pl.DataType, pl.DataType] = (pl.Decimal(38, 2), pl.String())
    return tuple(  # type: ignore[return-value]
        frame.select(key, *(pl.col(name) if name in frame.columns else pl.lit(None, dtype=kind).alias(name) for name in order))
        for frame, kind in zip(shaped, kinds, strict=True)
    )
