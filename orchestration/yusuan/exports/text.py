"""Tables as CSV: exact numbers, one file a table; for Excel with the byte order mark without which it takes UTF-8 for something else."""

import codecs
import shutil
from collections.abc import Iterable
from pathlib import Path

import duckdb

from yusuan.exports.headers import selection
from yusuan.warehouse.catalog import Relation
from yusuan.warehouse.schema import literal


def write(connection: duckdb.DuckDBPyConnection, relations: Iterable[Relation], directory: Path, chinese: bool = False) -> None:
    for relation in relations:
        file = directory / f"{relation.name}.csv"
        unmarked = file.with_suffix(".unmarked")
        write_query(connection, selection(relation, chinese), unmarked)
        # DuckDB has no option for the mark.
        with unmarked.open("rb") as rows, file.open("wb") as out:
            out.write(codecs.BOM_UTF8)
            shutil.copyfileobj(rows, out)
        unmarked.unlink()


def write_query(connection: duckdb.DuckDBPyConnection, query: str, file: Path) -> None:
    """Plain UTF-8."""
    connection.execute(f"copy ({query}) to {literal(str(file))} (format csv, header true)")
