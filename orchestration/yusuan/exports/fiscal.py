"""A Fiscal Data Package (specs.frictionlessdata.io, version 0.3): datapackage.json and one table of amounts as CSV.

The rows are those of budget_amounts_consolidated: leaves, and no money of a unit twice. Numbered exclusions:
1. Amounts of another year than the document's (period last_year, whole_period): they have no place on the time axis.
2. Amounts whose document or side is not known: they have no phase or no direction.

Phase: budgets are published when the people's congress has approved them, so their amounts are approved; those of final accounts are
executed, except the column of the budget beside them.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

import duckdb

from yusuan.exports.text import write_query

DESCRIPTOR = "datapackage.json"
RESOURCE = "amounts"
DIRECTORY = "fiscal"
CURRENCY = "CNY"
DIRECTIONS = ("expenditure", "revenue")
PHASES = ("approved", "executed")
KEY = "amount_id"

# Columns in printed order: name, SQL, type of the Table Schema. Measures follow.
_COLUMNS = (
    (KEY, KEY, "string"),
    ("document_id", "document_id", "string"),
    ("document_title", "document_title", "string"),
    ("document_kind", "document_kind", "string"),
    ("file_name", "file_name", "string"),
    ("source_url", "source_url", "string"),
    ("fiscal_year", "fiscal_year", "integer"),
    ("publisher_name", "publisher_name", "string"),
    ("agency_code", "agency_code", "string"),
    ("agency_name", "agency_name", "string"),
    ("province_name", "province_name", "string"),
    ("division_code", "division_code", "string"),
    ("division_name", "division_name", "string"),
    ("function_class_code", "substr(classification_code, 1, 3)", "string"),
    ("function_group_code", "substr(classification_code, 1, 5)", "string"),
    ("function_code", "classification_code", "string"),
    ("function_name", "classification_name", "string"),
    ("economic_class_code", "substr(economic_code, 1, 3)", "string"),
    ("economic_code", "economic_code", "string"),
    ("economic_name", "economic_name", "string"),
    ("government_economic_class_code", "substr(government_economic_code, 1, 3)", "string"),
    ("government_economic_code", "government_economic_code", "string"),
    ("government_economic_name", "government_economic_name", "string"),
    ("project_code", "project_code", "string"),
    ("project_name", "project_name", "string"),
    ("project_category", "project_category", "string"),
    ("line_item", "line_item", "string"),
    ("statement", "statement", "string"),
    ("breakdown", "breakdown", "string"),
    ("measure", "measure", "string"),
    ("fund_source", "fund_source", "string"),
    ("period", "period", "string"),
    ("page", "page", "integer"),
    ("line", "line", "integer"),
    ("proof", "proof", "string"),
)
_QUERY = """
with phased as (
    select
        *,
        case
            when document_kind like '%_final_accounts' and period in ('this_year', 'final_accounts') then 'executed'
            when document_kind like '%_final_accounts' and period = 'budget' then 'approved'
            when document_kind like '%_budget' and period in ('this_year', 'budget') then 'approved'
        end as phase
    from marts.budget_amounts_consolidated
)
select {columns}
from phased
where phase is not null and side is not null and fiscal_year is not null
order by fiscal_year, document_id, table_number, row_number, column_number
"""
DESCRIPTION = """\
Amounts printed in published budgets and final accounts of Chinese government agencies, in yuan. Every row is a leaf of a printed
table: add amounts only within one statement, breakdown, measure and fund_source (dimension slice), because a disclosure prints the
same money in several tables. Left out are comparison columns of other years and amounts whose phase or direction is not known; the
Parquet files have all."""


def write(connection: duckdb.DuckDBPyConnection, directory: Path) -> None:
    """Writes datapackage.json and its table below the directory."""
    (directory / DIRECTORY).mkdir()
    file = directory / DIRECTORY / f"{RESOURCE}.csv"
    measures = [
        (f"{direction}_{phase}", f"case when side = '{direction}' and phase = '{phase}' then amount_yuan end", "number")
        for direction in DIRECTIONS
        for phase in PHASES
    ]
    columns = ", ".join(f"{sql} as {name}" for name, sql, _ in (*_COLUMNS, *measures))
    write_query(connection, _QUERY.format(columns=columns), file)
    descriptions = dict(
        connection.execute(
            "select column_name, comment from duckdb_columns() where schema_name = 'marts' and table_name = 'budget_amounts_consolidated'"
        ).fetchall()
    )
    fields = [_field(name, type_, descriptions.get(sql)) for name, sql, type_ in (*_COLUMNS, *measures)]
    years = connection.execute(f"select min(fiscal_year), max(fiscal_year) from ({_QUERY.format(columns='*')})").fetchone() or (None, None)
    descriptor = _descriptor(file, fields, years)
    (directory / DESCRIPTOR).write_text(json.dumps(descriptor, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def _field(name: str, type_: str, description: str | None) -> dict[str, Any]:
    field: dict[str, Any] = {"name": name, "type": type_}
    if description:
        field["description"] = description
    if name == KEY:
        field["constraints"] = {"required": True, "unique": True}
    return field


def _descriptor(file: Path, fields: list[dict[str, Any]], years: tuple[int | None, ...]) -> dict[str, Any]:
    first, last = years
    period = {"fiscalPeriod": {"start": f"{first}-01-01", "end": f"{last}-12-31"}} if first else {}
    return {
        # The profile's own schema asks for this name: a fiscal data package is a tabular one with a model.
        "profile": "tabular-data-package",
        "name": "yusuan",
        "title": "预算公开: published budgets and final accounts of Chinese government agencies",
        "description": " ".join(DESCRIPTION.split()),
        "countryCode": "CN",
        "granularity": "aggregated",
        **period,
        "resources": [
            {
                "profile": "tabular-data-resource",
                "name": RESOURCE,
                "path": f"{DIRECTORY}/{file.name}",
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "bytes": file.stat().st_size,
                "hash": f"sha256:{_sha256(file)}",
                "dialect": {"delimiter": ",", "doubleQuote": True},
                "schema": {"fields": fields, "missingValues": [""], "primaryKey": KEY},
            }
        ],
        "model": {"measures": _measures(), "dimensions": _dimensions()},
    }


def _sha256(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _measures() -> dict[str, Any]:
    return {
        f"{direction}_{phase}": {
            "source": f"{direction}_{phase}",
            "resource": RESOURCE,
            "currency": CURRENCY,
            "factor": 1,
            "direction": direction,
            "phase": phase,
        }
        for direction in DIRECTIONS
        for phase in PHASES
    }


def _dimensions() -> dict[str, Any]:
    return {
        "date": _dimension("datetime", "fiscal_year"),
        "publisher": _dimension("entity", "publisher_name", classification="administrative"),
        "agency": _dimension(
            "entity", "agency_code", "agency_name", labels={"agency_name": "agency_code"}, classification="administrative"
        ),
        "location": _dimension("location", "division_code", "division_name", "province_name", labels={"division_name": "division_code"}),
        "function": _dimension(
            "classification",
            "function_code",
            "function_class_code",
            "function_group_code",
            "function_name",
            labels={"function_name": "function_code"},
            parents={"function_group_code": "function_class_code", "function_code": "function_group_code"},
            classification="functional",
        ),
        "economic": _dimension(
            "classification",
            "economic_code",
            "economic_class_code",
            "economic_name",
            labels={"economic_name": "economic_code"},
            parents={"economic_code": "economic_class_code"},
            classification="economic",
        ),
        "government_economic": _dimension(
            "classification",
            "government_economic_code",
            "government_economic_class_code",
            "government_economic_name",
            labels={"government_economic_name": "government_economic_code"},
            parents={"government_economic_code": "government_economic_class_code"},
            classification="economic",
        ),
        "project": _dimension("activity", "project_name", "project_code", "project_category"),
        "slice": _dimension("other", "statement", "breakdown", "measure", "fund_source", "period", keys=5),
        "item": _dimension("other", "line_item"),
        "document": _dimension("fact", "document_id", "document_title", "document_kind", "file_name", "source_url"),
        "amount": _dimension("fact", KEY, "page", "line", "proof"),
    }


def _dimension(
    type_: str,
    *columns: str,
    keys: int = 1,
    labels: dict[str, str] | None = None,
    parents: dict[str, str] | None = None,
    classification: str | None = None,
) -> dict[str, Any]:
    """Attributes that are named as their columns; the first `keys` of them are the key."""
    attributes = {column: {"source": column, "resource": RESOURCE} for column in columns}
    for kind, links in (("labelfor", labels), ("parent", parents)):
        for column, target in (links or {}).items():
            attributes[column][kind] = target
    dimension: dict[str, Any] = {"dimensionType": type_, "primaryKey": list(columns[:keys]), "attributes": attributes}
    if classification:
        dimension["classificationType"] = classification
    return dimension
