"""All amounts of a batch: those of columns and those of forms, with what their documents tell of them."""

import polars as pl

from yusuan.parsing import staged
from yusuan.parsing.amounts import additive_leaves, breakdowns, in_ticks, named, names_in_document, printed_at
from yusuan.parsing.forms import form_amounts
from yusuan.parsing.keys import digest
from yusuan.parsing.proven import Proven
from yusuan.parsing.row_agencies import lost_agencies
from yusuan.parsing.units import named_units

OF_PLACE = ["page", "line", "x0", "y0", "x1", "y1", "confidence"]
# What has told all that it has to tell is left behind.
USED_UP = [
    "scheme", "name_scheme", "code", "agency", "project", "project_group", "category", "name", "plain_name", "item", "printed_elsewhere",
    "reference_name", "number_repair", "common_unit", "table_unit", "unit",
]  # fmt: skip


def of_columns(read: Proven) -> pl.DataFrame:
    """Amounts of columnar tables. What one table of a document tells of another is told here."""
    figures = names_in_document(named(read.figures, lost_agencies(read.labels)))
    return breakdowns(additive_leaves(figures)).with_columns(is_form=pl.lit(False))


def in_place(figures: pl.DataFrame, placed: pl.DataFrame) -> pl.DataFrame:
    """Amounts with the place in which they are printed, and as they are printed."""
    figures = figures.hstack(placed.select(*OF_PLACE, "text", "squashed")[figures["cell"]])
    return figures.with_columns(amount_printed=staged.printed_amount()).drop("text", "squashed")


def of_forms(placed: pl.DataFrame, tables: pl.DataFrame) -> pl.DataFrame:
    """Amounts of performance-goal forms, with the columns of `of_columns` as far as a form has them."""
    cells = placed.with_row_index("cell").filter("is_form")
    figures = form_amounts(cells.select("cell", "tid", "row", "column", "text", "text_id", "squashed", "bare", "number"))
    figures = figures.hstack(placed.select("document_id", "table", "column", "number_repair")[figures["cell"]])
    of_table = tables.select("tid", "statement", "breakdown", "common_unit", table_unit="unit")
    figures = figures.join(of_table, on="tid", how="left", maintain_order="left")
    figures = figures.with_columns(*named_units())
    figures = in_ticks(figures)
    total = pl.col("row_kind") == "total"
    parts = (~total & (pl.col("ticks").is_not_null())).any().over("tid", "form", "period")
    return figures.with_columns(
        side=pl.lit("expenditure"), measure=pl.lit("total"), project_name="project", agency_name="agency",
        agency_source=pl.when(pl.col("agency").is_not_null()).then(pl.lit("row")).otherwise(pl.lit("publisher")),
        is_form=pl.lit(True), is_total=total, is_leaf=~total | ~parts, panel="form", repair="number_repair", printed_column="column",
        printed_row="row",
    )  # fmt: skip


def together(columnar: pl.DataFrame, forms: pl.DataFrame, placed: pl.DataFrame, described: pl.DataFrame, ids: pl.DataFrame) -> pl.DataFrame:
    """All amounts of columnar tables and of forms: keys, publisher as the last resort for the agency, and the second printing of a row."""
    figures = pl.concat([frame.drop(USED_UP, strict=False) for frame in (columnar, forms)], how="diagonal_relaxed", rechunk=True)
    # Amounts are wide: their order is found in a few columns, and each of them is copied once.
    figures = in_place(figures[figures.select(printed_at().arg_sort()).to_series()], placed).drop("cell")
    figures = figures.join(described.select("document_id", publisher="publisher_name"), on="document_id", how="left", maintain_order="left")
    figures = figures.with_columns(fingerprint=ids["document_id"].gather(figures["document_id"]))
    figures = figures.with_columns(amount_id=digest("fingerprint", "table", "printed_row", "printed_column"))
    # A form on two pages prints its money on both; the same project, item and money in one document is one figure.
    same = ["document_id", "statement", "agency_name", "project_name", "line_item", "fund_source", "period", "ticks"]
    again = (
        figures.select(same)
        .with_row_index("at")
        .filter(pl.col("statement") == "project_performance", pl.col("project_name").is_not_null(), pl.col("ticks") != 0)
    )
    printings = again.select("at", occurrence=pl.int_range(1, pl.len() + 1, dtype=pl.Int32).over(same))
    once = pl.Series([1], dtype=pl.Int32).new_from_index(0, figures.height)
    figures = figures.with_columns(once.scatter(printings["at"], printings["occurrence"]).alias("occurrence"))
    breakdown = pl.when(pl.col("purpose").fill_null(False)).then(pl.lit("purpose")).otherwise(pl.col("breakdown"))
    return figures.with_columns(
        doc=pl.col("document_id"),
        occurrence=pl.when(pl.col("again_of").is_not_null()).then(2).otherwise(pl.col("occurrence")).cast(pl.Int32),
        agency_name=pl.coalesce("agency_name", "publisher"),
        breakdown=breakdown,
        label=pl.coalesce("line_item", "project_name", "agency_name"),
        is_form=pl.col("is_form").fill_null(False),
        is_repeat=pl.col("is_repeat").fill_null(False),
        is_agency=pl.col("is_agency").fill_null(False),
        of_which=pl.col("of_which").fill_null(False),
    )
