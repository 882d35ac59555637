"""What a snapshot says about itself: its tables and views with their columns, types and descriptions, read from DuckDB."""

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from yusuan.warehouse.schema import Column

# What analysts take away; staging is there to look up where a number comes from.
EXPORTED = ("marts", "quality")
# Facts are for joins; what analysts open has other names.
FACTS = "fct_"
SCHEMAS = ("staging", *EXPORTED, "reference")


@dataclass(frozen=True)
class Relation:
    """A table or view as people find it."""

    schema: str
    name: str
    description: str
    columns: tuple[Column, ...]

    @property
    def qualified(self) -> str:
        return f'{self.schema}."{self.name}"'

    @property
    def column_names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)


def relations(connection: duckdb.DuckDBPyConnection, schemas: Sequence[str], database: str | None = None) -> list[Relation]:
    """Tables and views of the schemas in the order of their names; of the connection's own database unless another is named."""
    placed = "database_name = coalesce(?, current_database()) and list_contains(?, schema_name)"
    found = connection.execute(
        f"""
        select schema_name, table_name, coalesce(comment, '') from duckdb_tables() where {placed}
        union all
        select schema_name, view_name, coalesce(comment, '') from duckdb_views() where {placed} and not internal
        order by all
        """,
        [database, list(schemas)] * 2,
    ).fetchall()
    columns: dict[tuple[str, str], list[Column]] = {}
    for schema, relation, *column in connection.execute(
        f"""
        select schema_name, table_name, column_name, data_type, coalesce(comment, '') from duckdb_columns()
        where {placed} order by schema_name, table_name, column_index
        """,
        [database, list(schemas)],
    ).fetchall():
        columns.setdefault((schema, relation), []).append(Column(*column))
    return [Relation(schema, name, comment, tuple(columns[schema, name])) for schema, name, comment in found]
