"""The last step: what parsing found, in the columns of the staging tables (yusuan.warehouse.schema). Nothing is decided here."""

import polars as pl

from yusuan.parsing.figures import yuan
from yusuan.parsing.keys import digest, joint
from yusuan.parsing.line_texts import LineTexts, place_of_line
from yusuan.parsing.notices import empty_notes

BOX = ["x0", "y0", "x1", "y1"]
TABLE_COLUMNS = [
    "document_id", "table_number", "statement", "title", "title_line", "contents_title", "unit", "first_line", "last_line",
    "first_page", "last_page", "row_count", "column_count", "is_empty", "empty_note", "statement_score", "statement_reason",
    "header_lost", "reading", "reading_margin", "damage_count", "damage_note",
]  # fmt: skip
AMOUNT_COLUMNS = [
    "amount_id", "document_id", "table_number", "row_number", "column_number", "page", "line", "statement", "side",
    "agency_code", "agency_name", "agency_source", "classification_code", "classification_name", "economic_code",
    "economic_name", "government_economic_code", "government_economic_name", "code_source", "project_code",
    "project_name", "project_category", "line_item", "row_kind", "measure", "fund_source", "period", "breakdown",
    "occurrence", "is_leaf", "amount_yuan", "quantum_yuan", "amount_printed", "unit_printed", "decimals_printed",
    "repair", "confidence", *BOX,
]  # fmt: skip

CORRECTION_COLUMNS = [
    "correction_id", "document_id", "place", "table_number", "row_number", "column_number", "field", "printed", "corrected", "who", "why",
    "status",
]  # fmt: skip


def documents(described: pl.DataFrame, lines: pl.DataFrame, parser_version: str) -> pl.DataFrame:
    extent = lines.group_by("document_id").agg(page_count=pl.col("page").max(), line_count=pl.len().cast(pl.Int32))
    return described.join(extent, on="document_id", how="left").select(
        "document_id", document_title="document_title", document_kind="document_kind", fiscal_year="fiscal_year",
        publisher_name="publisher_name", publisher_code=pl.lit(None, dtype=pl.Utf8),
        division_code="division_code", division_name="division_name", province_name="province_name", page_count="page_count",
        line_count="line_count", parser_version=pl.lit(parser_version),
    )  # fmt: skip


def with_disclosure(documents: pl.DataFrame) -> pl.DataFrame:
    """A disclosure is (publisher, fiscal year, kind); it may have several files. Who or when unknown: it stands alone."""
    known = pl.col("publisher_name").is_not_null() & pl.col("fiscal_year").is_not_null()
    joint = digest("publisher_name", "fiscal_year", "document_kind")
    disclosure = pl.when(known).then(joint).otherwise(digest("document_id"))
    return documents.select("document_id", disclosure.alias("disclosure_id"), pl.exclude("document_id"))


def finished_tables(tables: pl.DataFrame, rows: pl.DataFrame, figures: pl.DataFrame, lines: pl.DataFrame, texts: LineTexts) -> pl.DataFrame:
    """Tables with what only their amounts and their surroundings tell: emptiness, damage, extent."""
    keys = ["document_id", "table"]
    # A text that lost its pages may have lost rows at their edges; a format with pages shows what stands there.
    # 三十二、债务付息支出 alone is a row without amounts, and no piece of one.
    loose = (pl.col("size") == 1) & pl.col("breaks") & ~pl.col("header") & ~pl.col("listed") & pl.col("page").is_null()
    extent = rows.group_by(keys).agg(row_count=pl.len().cast(pl.Int32), loose=loose.sum(), loose_line=pl.col("line").filter(loose).min())
    filled = figures.group_by(keys).agg(
        amounts=pl.len(),
        repaired=pl.col("repair").str.contains_any(["shifted_cells", "broken_name", "glued_numbers"]).sum(),
        used_unit=pl.col("unit_printed").mode().sort().first(),
        unit_source=pl.col("unit_source").mode().sort().first(),
    )
    tables = (
        tables.join(extent, on=keys, how="left", maintain_order="left")
        .join(filled, on=keys, how="left", maintain_order="left")
        .join(empty_notes(tables, lines, texts), on=keys, how="left", maintain_order="left")
        .with_columns(pl.col("amounts", "repaired", "loose").fill_null(0))
    )
    damage = pl.col("repaired") + pl.col("loose") + pl.col("header_lost").cast(pl.Int32)
    return tables.with_columns(
        table_number=pl.col("table"),
        column_count=pl.col("columns"),
        unit=pl.coalesce("used_unit", "unit"),
        several_units=pl.col("unit").n_unique().over("document_id")
        > pl.col("unit").is_null().any().over("document_id").cast(pl.UInt32) + 1,
        reading_margin=pl.col("margin").cast(pl.Int32),
        is_empty=pl.col("amounts") == 0,
        empty_note=pl.when(pl.col("amounts") == 0).then(pl.col("empty_note")),
        damage_count=damage.cast(pl.Int32),
        damage_note=pl.when(damage > 0).then(
            pl.format("{} repaired amounts, {} loose rows at breaks, header lost: {}", "repaired", "loose", "header_lost")
        ),
    )


def cells_of(printed: pl.DataFrame, columns: pl.DataFrame) -> pl.DataFrame:
    kinds = columns.select("kind", place=joint("tid", "column"))
    kind = printed.select(place=joint("tid", "column")).join(kinds, on="place", how="left", maintain_order="left")["kind"]
    in_table = pl.col("tid").is_not_null()
    role = pl.when(in_table & pl.col("header")).then(pl.lit("header")).otherwise(kind.fill_null("other"))
    return printed.select(
        "document_id", pl.when(in_table).then("table").alias("table_number"), "grid", "page", "line",
        row_number=pl.coalesce(pl.when(in_table).then("row"), "grid_row"), column_number="column", row_span="row_span",
        column_span="column_span", text="text", role=role, x0="x0", y0="y0", x1="x1", y1="y1", confidence="confidence",
    )  # fmt: skip


def lines_of(lines: pl.DataFrame, placed: pl.DataFrame) -> pl.DataFrame:
    place = place_of_line()
    owners = placed.select(place=place, table_number="table")
    # Most cells stand on the line of the cell before them.
    owners = owners.filter(pl.col("place").ne_missing(pl.col("place").shift(1))).unique("place")
    joined = lines.with_columns(place=place).join(owners, on="place", how="left", maintain_order="left")
    return joined.select("document_id", "line", "page", "table_number", "grid", "text", *BOX)


def amounts_of(figures: pl.DataFrame) -> pl.DataFrame:
    return figures.with_columns(
        table_number=pl.col("table"), row_number=pl.col("printed_row"), column_number=pl.col("printed_column"),
        amount_yuan=yuan(pl.col("ticks")), quantum_yuan=yuan(pl.col("quantum"), 4).cast(pl.Decimal(20, 6)),
        government_economic_code=pl.col("government_code"), government_economic_name=pl.col("government_name"),
    ).select(AMOUNT_COLUMNS)  # fmt: skip


def printed_amount() -> pl.Expr:
    """The amount exactly as printed (text, squashed, number); where label and amount share a cell, the amount alone."""
    shared = pl.col("squashed").str.len_chars() > pl.col("number").str.len_chars() + 2
    return pl.when(shared).then("number").otherwise(pl.col("text").str.strip_chars())


def identity_frames(identities: pl.DataFrame, terms: pl.DataFrame, tables: pl.DataFrame) -> dict[str, pl.DataFrame]:
    numbers = tables.select("tid", table_number="table")
    identities = identities.join(numbers, on="tid", how="left", maintain_order="left").with_columns(
        identity_id=digest("check_id", "whole_id", "part_id"), family=pl.col("check_id").str.extract(r"^([^.]+)", 1)
    )
    terms = terms.select("key", "doc", "amount_id", "role", "line", "page", "ticks", "label")
    terms = terms.join(identities.select("key", "identity_id"), on="key")
    tolerance = yuan(pl.col("doubled_tolerance"), 4).cast(pl.Decimal(20, 6)) / 2
    return {
        "identities": identities.select(
            "identity_id", document_id="doc", check_id="check_id", family="family", table_number="table_number", statement="statement",
            other_statement="other_statement", subject="subject", expected_yuan=yuan(pl.col("expected")),
            actual_yuan=yuan(pl.col("actual")), residual_yuan=yuan(pl.col("residual")), tolerance_yuan=tolerance.cast(pl.Decimal(20, 6)),
            verdict="verdict", term_count="term_count", places="places",
        ),
        "identity_terms": terms.select(
            "identity_id", document_id="doc", amount_id="amount_id", role="role", line="line", page="page",
            amount_yuan=yuan(pl.col("ticks")), label="label",
        ),
    }  # fmt: skip


def notices_with_ids(notices: pl.DataFrame) -> pl.DataFrame:
    """The same words twice in one line are one notice."""
    return notices.select(
        "document_id", notice_id=digest("document_id", "kind", "table_number", "statement", "line", "text"), kind="kind",
        table_number="table_number", statement="statement", line="line", page="page", text="text", message="message",
    ).unique("notice_id", keep="first", maintain_order=True)  # fmt: skip
