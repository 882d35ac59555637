"""Chinese names of tables and columns, and the views of schema 预算 that show the tables of analysts under these names.

The names are data in names_zh.csv, one for each name, whatever tables it stands in; exports take their Chinese headers from there.
"""

import csv
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

import duckdb

from yusuan.warehouse.catalog import Relation
from yusuan.warehouse.schema import literal

SCHEMA = "预算"
TABLE, COLUMN = "table", "column"


def name_of(kind: str, name: str) -> str:
    """The Chinese name, or the name itself where there is none yet."""
    return _names().get((kind, name), name)


def missing(relations: Iterable[Relation]) -> set[tuple[str, str]]:
    """Names of tables and columns that have no Chinese one."""
    used = {pair for each in relations for pair in [(TABLE, each.name), *((COLUMN, name) for name in each.column_names)]}
    return used - _names().keys()


def create_views(connection: duckdb.DuckDBPyConnection, relations: Iterable[Relation]) -> None:
    """A view for each relation in the current database; each column's comment begins with its English name."""
    connection.execute(f"create schema if not exists {SCHEMA}")
    for relation in relations:
        view = f'{SCHEMA}."{name_of(TABLE, relation.name)}"'
        columns = [(column, name_of(COLUMN, column.name)) for column in relation.columns]
        selected = ", ".join(f'"{column.name}" as "{chinese}"' for column, chinese in columns)
        connection.execute(f"create view {view} as select {selected} from {relation.qualified}")
        connection.execute(f"comment on view {view} is {literal(f'{relation.schema}.{relation.name}: {relation.description}')}")
        for column, chinese in columns:
            connection.execute(f'comment on column {view}."{chinese}" is {literal(f"{column.name}: {column.description}")}')


@cache
def _names() -> dict[tuple[str, str], str]:
    text = files(__package__).joinpath("names_zh.csv").read_text(encoding="utf-8")
    return {(row["kind"], row["name"]): row["chinese"] for row in csv.DictReader(text.splitlines())}
