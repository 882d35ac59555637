"""Corrections that a person wrote down: what was read wrongly at one place is read as it should be, before sums are looked at.

A correction holds only as long as the place still reads what its `printed` says; otherwise it is stale and told of. What is
corrected keeps its printed text and says repair = correction. The file itself is read in yusuan.corrections.
"""

import polars as pl

from yusuan.parsing.amounts import ticks_columns
from yusuan.parsing.keys import digest
from yusuan.parsing.text import squash

REPAIR = "correction"
# What can be corrected, and its name inside parsing. A label may be corrected for a whole row.
AMOUNT, UNIT = "amount", "unit"
LABELS = {
    **{name: name for name in ("line_item", "agency_code", "agency_name", "project_code", "project_name", "project_category")},
    **{name: name for name in ("classification_code", "classification_name", "economic_code", "economic_name")},
    "government_economic_code": "government_code",
    "government_economic_name": "government_name",
}
FIELDS = (AMOUNT, UNIT, *LABELS)
# document is the beginning of the sha256, or the base name of the file; column_number is null for a whole row.
SCHEMA = {
    **dict.fromkeys(("document", "place", "field", "printed", "corrected", "who", "why"), pl.Utf8),
    **dict.fromkeys(("table_number", "row_number", "column_number"), pl.Int32),
}
SHORTEST_ID = 8


def matching(corrections: pl.DataFrame, documents: pl.DataFrame) -> pl.DataFrame:
    """The corrections of each document, by document_id, with a correction_id and `replaced`. `documents` has document_id, file_name
    and, where it is known, `formerly`: the ids of the documents whose place it took, divided by blanks. A correction of one of those
    is a correction of other bytes (replaced): it is never applied and always told of."""
    if "formerly" not in documents.columns:
        documents = documents.with_columns(formerly=pl.lit(None, pl.Utf8))
    names = documents.select("document_id", "file_name", "formerly")
    by_name = names.join(corrections.with_columns(file_name="document"), on="file_name")
    prefixes = corrections.with_columns(prefix=pl.col("document").str.to_lowercase()).filter(
        pl.col("prefix").str.contains(rf"^[0-9a-f]{{{SHORTEST_ID},64}}$")
    )
    meant = names.join(prefixes, how="cross")
    by_id = meant.filter(pl.col("document_id").str.starts_with(pl.col("prefix")))
    was = meant.filter((" " + pl.col("formerly")).str.contains(" " + pl.col("prefix"), literal=True))
    found = ((by_name, False), (by_id, False), (was, True))
    both = pl.concat([frame.select("document_id", *SCHEMA, replaced=pl.lit(replaced)) for frame, replaced in found])
    return both.unique(["document_id", "place", "field"], keep="first", maintain_order=True).with_columns(
        correction_id=digest("document_id", "place", "field", "printed", "corrected", "who", "why")
    )


def correct(figures: pl.DataFrame, corrections: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(figures, corrections): amounts as corrected, and the corrections with a status, applied or stale.

    `figures` has amount_printed, which stays as it is.
    """
    applied = [pl.Series("correction_id", [], dtype=pl.Utf8)]
    for field in corrections["field"].unique(maintain_order=True):
        figures, ids = _corrected(figures, corrections.filter(pl.col("field") == field, ~pl.col("replaced")), field)
        applied.append(ids)
    status = pl.when(pl.col("correction_id").is_in(pl.concat(applied).implode())).then(pl.lit("applied")).otherwise(pl.lit("stale"))
    figures = figures.with_columns(label=pl.coalesce("line_item", "project_name", "agency_name"))
    return figures, corrections.with_columns(status=status)


def _corrected(figures: pl.DataFrame, some: pl.DataFrame, field: str) -> tuple[pl.DataFrame, pl.Series]:
    """Figures with one field corrected, and the ids of the corrections that found what they name."""
    columns = figures.columns
    current = {AMOUNT: "amount_printed", UNIT: "unit_printed"}.get(field) or LABELS[field]
    row, cell = ["document_id", "table", "printed_row"], ["document_id", "table", "printed_row", "printed_column"]
    named = some.rename({"table_number": "table", "row_number": "printed_row", "column_number": "printed_column"})
    whole_rows = named.filter(pl.col("printed_column").is_null()).select(*row, expected="printed", instead="corrected", by="correction_id")
    single = named.filter(pl.col("printed_column").is_not_null()).select(
        *cell, expected1="printed", instead1="corrected", by1="correction_id"
    )
    joined = figures.join(whole_rows, on=row, how="left", maintain_order="left").join(single, on=cell, how="left", maintain_order="left")
    joined = joined.with_columns(pl.coalesce(f"{name}1", name).alias(name) for name in ("expected", "instead", "by"))
    holds = (squash(pl.col(current).fill_null("")) == squash(pl.col("expected").fill_null(""))) & pl.col("by").is_not_null()
    joined = joined.with_columns(holds=holds)
    found = joined.filter("holds")["by"].unique()
    if field in LABELS:
        changed = [pl.when("holds").then("instead").otherwise(current).alias(current)]
    else:
        number = squash(pl.col("instead")) if field == AMOUNT else pl.col("number")
        unit = pl.col("instead") if field == UNIT else pl.col("unit_printed")
        values = {"number": number, "unit_printed": unit}
        values |= {value.meta.output_name(): value for value in ticks_columns(number, unit)}
        changed = [pl.when("holds").then(value).otherwise(name).alias(name) for name, value in values.items()]
    joined = joined.with_columns(*changed, repair=pl.when("holds").then(pl.lit(REPAIR)).otherwise("repair"))
    return joined.select(columns), found


def notices_of(corrections: pl.DataFrame, figures: pl.DataFrame) -> pl.DataFrame:
    """Each correction as a notice: that it was applied is information, that it is stale needs a person."""
    some = figures.select("document_id", "statement", "line", "page", table_number="table", row_number="printed_row")
    some = some.filter(pl.col("document_id").is_in(corrections["document_id"].unique().implode()))
    places = some.unique(["document_id", "table_number", "row_number"], keep="first", maintain_order=True)
    told = corrections.join(places, on=["document_id", "table_number", "row_number"], how="left", maintain_order="left")
    named = pl.format("{}的{}", "place", "field")
    applied = pl.format("{}按人工更正由“{}”改为“{}”（{}：{}）", named, "printed", "corrected", "who", "why")
    stale = pl.format("人工更正已不适用：{}现在不是“{}”，请核对 corrections.csv（{}：{}）", named, "printed", "who", "why")
    replaced = pl.format(
        "人工更正所指的文件已被本文件替换，更正未执行：{}“{}”，请对照本文件后修改 corrections.csv（{}：{}）", named, "printed", "who", "why"
    )
    is_applied = pl.col("status") == "applied"
    return told.select(
        "document_id",
        "table_number",
        "statement",
        "line",
        "page",
        kind=pl.when(is_applied).then(pl.lit("correction_applied")).otherwise(pl.lit("correction_stale")),
        text=pl.format("{} {}", "place", "field"),
        message=pl.when(is_applied).then(applied).when("replaced").then(replaced).otherwise(stale),
    )


def examined_of(corrections: pl.DataFrame) -> pl.DataFrame:
    """Every correction is looked at by both checks."""
    checks = pl.DataFrame({"check_id": ["structure.correction_applied", "structure.correction_stale"]})
    counted = corrections.group_by("document_id").agg(instances=pl.len().cast(pl.Int32))
    return counted.join(checks, how="cross").select("document_id", "check_id", "instances")
