"""Tables and views as Parquet, a directory each; in parts by fiscal_year where there is such a column.

The column stays in the files, so that a part says by itself what it is: SCHEMA/NAME/**/*.parquet has all rows and all columns.
"""

from collections.abc import Iterable
from pathlib import Path

import duckdb

from yusuan.warehouse.catalog import Relation
from yusuan.warehouse.schema import literal

PARTITION = "fiscal_year"
# As DuckDB, Spark and Hive name the part without a value.
NO_VALUE = "__HIVE_DEFAULT_PARTITION__"


def write(connection: duckdb.DuckDBPyConnection, relations: Iterable[Relation], directory: Path) -> None:
    for relation in relations:
        target = directory / relation.schema / relation.name
        target.mkdir(parents=True)
        # A table without rows has no parts, and its columns must be seen all the same.
        if PARTITION not in relation.column_names or not (values := _values(connection, relation)):
            _copy(connection, f"from {relation.qualified}", target / f"{relation.name}.parquet")
            continue
        # A part at a time: DuckDB 2.0's partition_by has been seen waiting for itself for ever on a busy machine.
        for value in values:
            part = target / f"{PARTITION}={NO_VALUE if value is None else value}"
            part.mkdir()
            condition = "is null" if value is None else f"= {value}"
            _copy(connection, f"from {relation.qualified} where {PARTITION} {condition}", part / f"{relation.name}.parquet")


def _values(connection: duckdb.DuckDBPyConnection, relation: Relation) -> list[int | None]:
    query = f"select distinct {PARTITION}::integer as part from {relation.qualified} order by part nulls last"
    return [value for (value,) in connection.execute(query).fetchall()]


def _copy(connection: duckdb.DuckDBPyConnection, query: str, file: Path) -> None:
    connection.execute(f"copy ({query}) to {literal(str(file))} (format parquet, compression zstd)")
