"""Tables and views as Parquet, a directory each; in parts by fiscal_year where there is such a column.

The column stays in the files, so that a part says by itself what it is: SCHEMA/NAME/**/*.parquet has all rows and all columns.
"""

from collections.abc import Iterable
from pathlib import Path

import duckdb

from yusuan.warehouse.catalog import Relation
from yusuan.warehouse.schema import literal

PARTITION = "fiscal_year"
OPTIONS = "format parquet, compression zstd"


def write(connection: duckdb.DuckDBPyConnection, relations: Iterable[Relation], directory: Path) -> None:
    for relation in relations:
        target = directory / relation.schema / relation.name
        target.mkdir(parents=True)
        if PARTITION in relation.column_names and _has_rows(connection, relation):
            place, options = target, f"{OPTIONS}, partition_by ({PARTITION}), write_partition_columns true, overwrite_or_ignore true"
        else:
            # A table without rows has no parts, and its columns must be seen all the same.
            place, options = target / f"{relation.name}.parquet", OPTIONS
        connection.execute(f"copy (from {relation.qualified}) to {literal(str(place))} ({options})")


def _has_rows(connection: duckdb.DuckDBPyConnection, relation: Relation) -> bool:
    return connection.execute(f"select 1 from {relation.qualified} limit 1").fetchone() is not None
