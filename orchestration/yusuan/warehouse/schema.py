"""The staging schema, once: every table and column with its type and meaning. DDL, loading and documentation come from here.

Analysts' tables are dbt's business; here are only the tables that landing, reading and parsing fill.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import duckdb

SCHEMA = "staging"


@dataclass(frozen=True)
class Column:
    name: str
    type: str
    description: str


@dataclass(frozen=True)
class Table:
    """`grain` says in one sentence what one row is."""

    name: str
    grain: str
    columns: tuple[Column, ...]

    @property
    def qualified(self) -> str:
        return f"{SCHEMA}.{self.name}"

    @property
    def ddl(self) -> str:
        # Quoted, because "at" is a keyword.
        columns = ", ".join(f'"{column.name}" {column.type}' for column in self.columns)
        return f"create table {self.qualified} ({columns})"


def _columns(*rows: tuple[str, str, str]) -> tuple[Column, ...]:
    return tuple(Column(*row) for row in rows)


DOCUMENT = ("document_id", "varchar", "sha256 of the document's bytes, in hex")
BOX = (
    ("x0", "float", "left edge in points from the left of the page; null where the format has no geometry"),
    ("y0", "float", "upper edge in points from the top of the page"),
    ("x1", "float", "right edge in points"),
    ("y1", "float", "lower edge in points"),
)
CONFIDENCE = ("confidence", "float", "certainty of text recognition from 0 to 1; null where the text is printed, not recognised")
PAGE = ("page", "integer", "page from 1 (sheet number of a spreadsheet); null where the format has no pages")
LINE = ("line", "integer", "line from 1 in the text that the reader saw")
TABLE_NUMBER = ("table_number", "integer", "number of the table in the document, from 1, in printed order")

REGISTER = Table(
    "register",
    "One row per document that was ever in raw/.",
    _columns(
        DOCUMENT,
        ("file_name", "varchar", "base name of the file"),
        ("relative_path", "varchar", "path below raw/, with forward slashes"),
        ("source_url", "varchar", "where it was published, if the manifest says so"),
        ("media_type", "varchar", "kind of file, found from its content"),
        ("bytes", "bigint", "size of the file"),
        ("encoding", "varchar", "codec of a text; null for other formats"),
        ("landed_at", "timestamp", "when these bytes were first seen, UTC"),
        ("status", "varchar", "landed, quarantined, superseded or withdrawn"),
        ("reason", "varchar", "one sentence: why it is quarantined or withdrawn, and what to do"),
        ("reader_version", "varchar", "versions of readers and parser that its rows come from; null while it is unread"),
        ("publisher_hint", "varchar", "publisher according to raw/manifest.csv"),
        ("retrieved_on", "date", "day of retrieval according to raw/manifest.csv"),
        ("published_on", "date", "day of publication according to raw/manifest.csv"),
        ("approved_on", "date", "day of the finance bureau's approval (批复) according to raw/manifest.csv"),
        ("source_note", "varchar", "note on the source from raw/manifest.csv"),
        ("superseded_by", "varchar", "document_id that took its place"),
        ("superseded_at", "timestamp", "when that was first seen, UTC"),
    ),
)

DOCUMENTS = Table(
    "documents",
    "One row per parsed document.",
    _columns(
        DOCUMENT,
        ("disclosure_id", "varchar", "hash of publisher, fiscal year and kind: the disclosure that this file belongs to"),
        ("document_title", "varchar", "title on the cover"),
        ("document_kind", "varchar", "department_budget, unit_budget, department_final_accounts or unit_final_accounts"),
        ("fiscal_year", "integer", "year of the budget or of the accounts"),
        ("publisher_name", "varchar", "agency that publishes the document"),
        ("publisher_code", "varchar", "code of the publisher, where the document prints it"),
        ("division_code", "varchar", "GB/T 2260 code of the publishing government"),
        ("division_name", "varchar", "name of the publishing government's division"),
        ("province_name", "varchar", "province of the division"),
        ("page_count", "integer", "pages; null where the format has none"),
        ("line_count", "integer", "lines that the reader saw"),
        ("parser_version", "varchar", "version of the parser that the rows come from"),
    ),
)

TABLES = Table(
    "tables",
    "One row per printed table of a document, empty tables included.",
    _columns(
        DOCUMENT,
        TABLE_NUMBER,
        ("statement", "varchar", "statement id of the contract, for example expenditure_summary"),
        ("title", "varchar", "title as printed above the table"),
        ("title_line", "integer", "line of the title"),
        ("contents_title", "varchar", "title of the same table in the contents list"),
        ("unit", "varchar", "unit of money as printed"),
        ("first_line", "integer", "first line of the table"),
        ("last_line", "integer", "last line of the table"),
        ("first_page", "integer", "first page of the table"),
        ("last_page", "integer", "last page of the table"),
        ("row_count", "integer", "rows"),
        ("column_count", "integer", "columns"),
        ("is_empty", "boolean", "published without figures"),
        ("empty_note", "varchar", "the note that says why it is empty"),
        ("statement_score", "double", "how sure the recognition of the statement is"),
        ("statement_reason", "varchar", "what the statement was recognised by"),
        ("header_lost", "boolean", "the conversion lost the header"),
        (
            "reading",
            "varchar",
            "how a doubtful header was read: mended, as_printed, one_to_the_right, one_to_the_left or rebuilt; null without doubt",
        ),
        (
            "reading_margin",
            "integer",
            "by how many sums along rows that reading is better than the next best; negative where a better one makes sums fail",
        ),
        ("damage_count", "integer", "cells that the conversion lost or shifted"),
        ("damage_note", "varchar", "what is damaged"),
    ),
)

CELLS = Table(
    "cells",
    "One row per non-empty cell of a table.",
    _columns(
        DOCUMENT,
        TABLE_NUMBER,
        ("grid", "integer", "physical grid in the document, from 1; a table may go on over several"),
        PAGE,
        LINE,
        ("row_number", "integer", "row in the table, from 1"),
        ("column_number", "integer", "column in the table, from 1"),
        ("row_span", "integer", "rows that a merged cell covers"),
        ("column_span", "integer", "columns that a merged cell covers"),
        ("text", "varchar", "printed text; personal data are masked"),
        ("role", "varchar", "what the cell is in its table: header, label, code, amount and so on"),
        *BOX,
        CONFIDENCE,
    ),
)

LINES = Table(
    "lines",
    "One row per line of a document as the reader saw it.",
    _columns(
        DOCUMENT,
        LINE,
        PAGE,
        ("table_number", "integer", "table that the line belongs to; null outside of tables"),
        ("grid", "integer", "physical grid that the line is a row of"),
        ("text", "varchar", "printed text; cells of a row are joined by tabs; personal data are masked"),
        *BOX,
    ),
)

AMOUNTS = Table(
    "amounts",
    "One row per amount printed in an amount column of a money table. Holds totals, subtotals and details: never sum it unfiltered.",
    _columns(
        ("amount_id", "varchar", "hash of document, table, row and column"),
        DOCUMENT,
        TABLE_NUMBER,
        ("row_number", "integer", "row in the table, from 1"),
        ("column_number", "integer", "column in the table, from 1"),
        PAGE,
        LINE,
        ("statement", "varchar", "statement id of the contract"),
        ("side", "varchar", "revenue or expenditure"),
        ("agency_code", "varchar", "code of the agency that the money belongs to"),
        ("agency_name", "varchar", "agency that the money belongs to"),
        ("agency_source", "varchar", "where the agency is from: the row, a roll-up row above, or the publisher"),
        ("classification_code", "varchar", "functional classification, digits joined"),
        ("classification_name", "varchar", "name of the functional classification"),
        ("economic_code", "varchar", "departmental economic classification"),
        ("economic_name", "varchar", "name of the departmental economic classification"),
        ("government_economic_code", "varchar", "government economic classification"),
        ("government_economic_name", "varchar", "name of the government economic classification"),
        ("code_source", "varchar", "whether the code is printed or found by its name"),
        ("project_code", "varchar", "code of the project"),
        ("project_name", "varchar", "name of the project"),
        ("project_category", "varchar", "category of the project"),
        ("line_item", "varchar", "printed row label without white space"),
        ("row_kind", "varchar", "total, subtotal or detail"),
        ("measure", "varchar", "what the column measures, as a path: basic/personnel/wages"),
        ("fund_source", "varchar", "where the money comes from"),
        ("period", "varchar", "this_year, last_year, whole_period (实施期; 全年预算数 beside 年初预算数), budget or final_accounts"),
        ("breakdown", "varchar", "by what the rows split the money: function, purpose, economic, project, item or none"),
        ("occurrence", "integer", "1 for the first printing of a row, 2 and more for rows printed again"),
        ("is_leaf", "boolean", "true where summing is safe within one statement, side, breakdown, measure, fund source and period"),
        ("amount_yuan", "decimal(20,2)", "the amount in yuan"),
        ("quantum_yuan", "decimal(20,6)", "one unit of the last printed place, in yuan"),
        ("amount_printed", "varchar", "the amount as printed"),
        ("unit_printed", "varchar", "the unit as printed"),
        ("decimals_printed", "integer", "printed decimals"),
        ("repair", "varchar", "name of the repair, null for nearly all amounts"),
        CONFIDENCE,
        *BOX,
    ),
)

IDENTITIES = Table(
    "identities",
    "One row per accounting identity that was found in a document: a sum with its total, or one figure printed twice.",
    _columns(
        ("identity_id", "varchar", "hash of what the identity is about"),
        DOCUMENT,
        ("check_id", "varchar", "check, for example column_sum.total"),
        ("family", "varchar", "family of the check, for example column_sum"),
        TABLE_NUMBER,
        ("statement", "varchar", "statement of the total or of the first figure"),
        ("other_statement", "varchar", "statement of the second figure"),
        ("subject", "varchar", "what is summed or compared, in words"),
        ("expected_yuan", "decimal(20,2)", "printed total, or first figure"),
        ("actual_yuan", "decimal(20,2)", "sum of the parts, or second figure"),
        ("residual_yuan", "decimal(20,2)", "actual less expected"),
        ("tolerance_yuan", "decimal(20,6)", "what rounding can explain"),
        ("verdict", "varchar", "holds, rounding or contradicted"),
        ("term_count", "integer", "figures that take part"),
        ("places", "varchar", "lines or pages of all figures"),
    ),
)

IDENTITY_TERMS = Table(
    "identity_terms",
    "One row per figure of an identity.",
    _columns(
        ("identity_id", "varchar", "the identity"),
        DOCUMENT,
        ("amount_id", "varchar", "the amount"),
        ("role", "varchar", "total, part, first or second"),
        LINE,
        PAGE,
        ("amount_yuan", "decimal(20,2)", "the amount in yuan"),
        ("label", "varchar", "the row label of the amount"),
    ),
)

CLAIMS = Table(
    "claims",
    "One row per amount, share, change or count that a sentence of a document states.",
    _columns(
        ("claim_id", "varchar", "hash of document, line and place in the line"),
        DOCUMENT,
        ("section", "varchar", "path of headings above the sentence"),
        ("claim", "varchar", "what is claimed, for example basic_expenditure, function_share or vehicle_count"),
        ("subject", "varchar", "what the figure is about, in the words of the text"),
        ("kind", "varchar", "amount, share, change_amount, change_percent or count"),
        ("value", "decimal(20,6)", "the printed number, negative for a decrease"),
        ("sign", "varchar", "+ or - of a change; null where the text names no direction"),
        ("unit", "varchar", "unit as printed: 元, 万元, %, 人, 辆 and so on"),
        ("value_yuan", "decimal(20,2)", "the amount in yuan; null for shares and counts"),
        (
            "period",
            "varchar",
            "of an amount: this_year, last_year, or budget and final_accounts where the words say so; else null",
        ),
        ("compared_with", "varchar", "what a change is measured against: 上年, 2022年 and so on"),
        ("value_printed", "varchar", "the number as printed"),
        ("agency_name", "varchar", "agency that a headcount or a number of vehicles belongs to; null for other claims"),
        LINE,
        PAGE,
        ("sentence", "varchar", "the sentence, white space removed; personal data are masked"),
    ),
)

AGENCIES = Table(
    "agencies",
    "One row per agency that a document names, by its name without white space and width of brackets.",
    _columns(
        ("agency_id", "varchar", "hash of document and name"),
        DOCUMENT,
        ("agency_name", "varchar", "the agency's name as its best source prints it, width of brackets aside"),
        ("agency_code", "varchar", "budget code of the agency (122201, 105236); null where the document prints none"),
        (
            "code_rule",
            "varchar",
            "beside_name (printed beside the name) or covers_all (heads the publisher's rows, and all other codes begin with it)",
        ),
        ("role", "varchar", "publisher, parent (the department above the publisher) or unit (below it, or named on a row)"),
        ("parent_name", "varchar", "the agency above: the publisher of a department's document for its units, 主管部门 for a publisher"),
        ("same_as", "varchar", "the name in this document that this one is another spelling of; null for most"),
        (
            "source",
            "varchar",
            "where name and place are taken from: publisher, list (prose), list_table, label (主管部门 and the like) or row",
        ),
        ("mentions", "integer", "how often it is printed there and beside amounts"),
        TABLE_NUMBER,
        LINE,
        PAGE,
    ),
)

TARGETS = Table(
    "targets",
    "One row per target that a performance grid prints for an indicator; a cell with two comparisons is two rows.",
    _columns(
        ("target_id", "varchar", "hash of document, place of the target's cell and part"),
        DOCUMENT,
        TABLE_NUMBER,
        ("row_number", "integer", "row in the table, from 1"),
        ("column_number", "integer", "column of the target's cell, from 1"),
        ("part", "integer", "which comparison of the cell, from 1: ≥99% ≥90% are two"),
        PAGE,
        LINE,
        ("agency_name", "varchar", "agency of the form or row; the publisher where none is printed"),
        ("project_code", "varchar", "code of the project, as printed"),
        ("project_name", "varchar", "project of the form or row; null for the goals of a whole department"),
        ("level_1", "varchar", "一级指标: 产出指标, 效益指标 and so on, merged cells filled down"),
        ("level_2", "varchar", "二级指标: 数量指标 and so on; null where the grid has none"),
        ("indicator_name", "varchar", "三级指标, white space removed"),
        ("operator", "varchar", "≥, ≤, =, >, < or qualitative; a number without a comparison is ="),
        ("value", "decimal(20,4)", "the number asked for, in its unit; null for words, dates and ranges"),
        ("unit", "varchar", "unit as printed: %, 个, 万元, 小时/工作日; null where none is"),
        ("target_printed", "varchar", "the target's cell as printed"),
        ("period", "varchar", "this_year (年度) or whole_period (实施期)"),
        ("form_money_yuan", "decimal(20,2)", "资金总额 of the form or project in that period, in yuan"),
        ("repair", "varchar", "shifted_cells, joined_pieces, name_above (a target without a name takes the one above) or null"),
    ),
)

NOTICES = Table(
    "notices",
    "One row per structural fact that becomes a finding without arithmetic.",
    _columns(
        DOCUMENT,
        ("notice_id", "varchar", "hash of what the notice is about"),
        ("kind", "varchar", "what is noticed: the second part of the check's id, for example missing_table or wrong_year"),
        TABLE_NUMBER,
        ("statement", "varchar", "statement that the notice is about"),
        LINE,
        PAGE,
        ("text", "varchar", "the printed text"),
        ("message", "varchar", "one sentence for people"),
    ),
)

EXAMINED = Table(
    "examined",
    "One row per document and check that had something to look at and counts no identities: how many places it looked at.",
    _columns(
        DOCUMENT,
        ("check_id", "varchar", "check of the catalogue, for example wording.template_text"),
        ("instances", "integer", "places that were looked at, 1 and more"),
    ),
)

CORRECTIONS = Table(
    "corrections",
    "One row per document and correction of expectations/corrections.csv that names it, applied or stale.",
    _columns(
        ("correction_id", "varchar", "hash of the document and of all that the correction says"),
        DOCUMENT,
        ("place", "varchar", "table, row and column, as T3R5C4; a label without a column is corrected in the whole row"),
        TABLE_NUMBER,
        ("row_number", "integer", "row in the table, from 1"),
        ("column_number", "integer", "column in the table, from 1; null for a whole row"),
        ("field", "varchar", "what is corrected: amount, unit or a label"),
        ("printed", "varchar", "what was read there"),
        ("corrected", "varchar", "what a person says stands there"),
        ("who", "varchar", "who says so"),
        ("why", "varchar", "why"),
        ("status", "varchar", "applied, or stale where something else is read there now"),
    ),
)

# Of a document, in order.
STEPS = ("landed", "opened", "tables_found", "statements_recognised", "amounts_parsed")
OUTCOMES = Table(
    "outcomes",
    "One row per document and step, reached or not: what came of it when the document was last worked on.",
    _columns(
        DOCUMENT,
        ("step", "varchar", f"{', '.join(STEPS[:-1])} or {STEPS[-1]}"),
        ("status", "varchar", "ok, empty, failed, or not_reached after a step that failed"),
        ("count", "bigint", "bytes, lines, tables, recognised tables or amounts"),
        ("reason", "varchar", "why it failed, and what to do"),
        ("seconds", "double", "time of opening; beside amounts_parsed the document's share of its batch's parsing; else null"),
        ("run_id", "varchar", "Dagster run"),
        ("at", "timestamp", "when, UTC"),
    ),
)

ACQUISITIONS = Table(
    "acquisitions",
    "One row per address and time that a source of raw/sources.yml was asked for it; rows are added and never changed.",
    _columns(
        ("acquisition_id", "varchar", "hash of source, address and time"),
        ("source", "varchar", "name of the source in raw/sources.yml"),
        ("kind", "varchar", "folder, urls or bucket"),
        ("url", "varchar", "address of the file, of the bucket whose list could not be had, or the folder"),
        ("relative_path", "varchar", "where the file is kept below HOME, and its path in the register; null for a folder"),
        ("started_at", "timestamp", "when, UTC"),
        ("seconds", "double", "time that it took, pauses between tries included"),
        ("attempts", "integer", "how often it was tried"),
        ("http_status", "integer", "last status of the server; 304 says that nothing changed; null when nothing was asked or answered"),
        ("bytes", "bigint", "size of the file"),
        ("changed", "boolean", "whether the bytes are others than before, the first ones included; null when it failed"),
        ("document_id", "varchar", "sha256 of the bytes, in hex"),
        ("etag", "varchar", "what the server calls these bytes; of a folder, a hash over names, sizes and times"),
        ("last_modified", "varchar", "when the bytes last changed, as the server prints it"),
        ("error", "varchar", "one sentence: why it failed, and what to do"),
        ("run_id", "varchar", "Dagster run"),
    ),
)

# What parsing writes: rows of a document are replaced together.
PARSED: tuple[Table, ...] = (
    DOCUMENTS,
    TABLES,
    CELLS,
    LINES,
    AMOUNTS,
    IDENTITIES,
    IDENTITY_TERMS,
    CLAIMS,
    AGENCIES,
    TARGETS,
    NOTICES,
    CORRECTIONS,
    EXAMINED,
)
ALL: tuple[Table, ...] = (REGISTER, *PARSED, OUTCOMES, ACQUISITIONS)
# These cannot be made again from the documents.
KEPT = (REGISTER, ACQUISITIONS)


def ensure(connection: duckdb.DuckDBPyConnection) -> None:
    """Creates what is missing. Where an older version left other columns, register and acquisitions keep what both have and the
    parsed rows are dropped: every document is then read again."""
    connection.execute(f"create schema if not exists {SCHEMA}")
    found = _found_columns(connection)
    changed = [table for table in ALL if found.get(table.name) != [(column.name, column.type) for column in table.columns]]
    if not changed:
        return
    outdated = any(table.name in found for table in changed)
    with transaction(connection):
        for table in ALL if outdated else changed:
            _create(connection, table, kept=[name for name, _ in found.get(table.name, [])])
        if outdated:
            connection.execute(f"update {REGISTER.qualified} set reader_version = null")


def _found_columns(connection: duckdb.DuckDBPyConnection) -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {}
    rows = connection.execute(
        "select table_name, column_name, lower(data_type) from duckdb_columns() where schema_name = ? order by table_name, column_index",
        [SCHEMA],
    ).fetchall()
    for table, column, kind in rows:
        found.setdefault(table, []).append((column, kind))
    return found


def _create(connection: duckdb.DuckDBPyConnection, table: Table, kept: list[str]) -> None:
    names = [column.name for column in table.columns if column.name in kept]
    keep_rows = bool(names) and table in KEPT
    if keep_rows:
        connection.execute(f"create temp table old_{table.name} as select {', '.join(names)} from {table.qualified}")
    # Views of an earlier dbt build do not stand in the way: DuckDB binds them when they are read.
    connection.execute(f"drop table if exists {table.qualified}")
    connection.execute(table.ddl)
    connection.execute(f"comment on table {table.qualified} is {literal(table.grain)}")
    for column in table.columns:
        connection.execute(f'comment on column {table.qualified}."{column.name}" is {literal(column.description)}')
    if keep_rows:
        connection.execute(f"insert into {table.qualified} by name select * from old_{table.name}")
        connection.execute(f"drop table old_{table.name}")


def literal(text: str) -> str:
    """The text as an SQL string, for the few statements that take no parameters."""
    return "'" + text.replace("'", "''") + "'"


@contextmanager
def transaction(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """All statements inside, or none."""
    connection.begin()
    try:
        yield
    except BaseException:
        connection.rollback()
        raise
    connection.commit()
