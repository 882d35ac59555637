"""Replaces the published snapshot, as a whole and atomically: a reader sees the old file or the new one, never a mixture.

Whether a build deserves to be published is decided by the checks, not here.
"""

import os
import re
from pathlib import Path

import duckdb

from yusuan.settings import Settings
from yusuan.warehouse.schema import literal

SCHEMAS = ("staging", "marts", "quality")
# Analysts' tools lag behind: DuckDB 1.x cannot open what 2.0 writes by default.
STORAGE_VERSION = "v1.0.0"


def publish(settings: Settings) -> dict[str, int]:
    """Writes the snapshot beside the published one and puts it in its place; rows by table."""
    temporary = settings.home / f".{settings.published.name}.{os.getpid()}.tmp"
    _remove_leftovers(settings.home, settings.published.name)
    try:
        rows = write_snapshot(settings.working, temporary)
        swap(temporary, settings.published)
    finally:
        temporary.unlink(missing_ok=True)
    return rows


def _remove_leftovers(home: Path, name: str) -> None:
    """Files of builds that were killed: only one writer is here at a time, so nobody needs them."""
    for leftover in home.glob(f".{name}.*.tmp*"):
        leftover.unlink(missing_ok=True)


def write_snapshot(working: Path, target: Path) -> dict[str, int]:
    """Copies the schemas that people read, with their comments, into a new file."""
    with duckdb.connect() as connection:
        connection.execute(f"attach {literal(str(working))} as working (read_only)")
        connection.execute(f"attach {literal(str(target))} as snapshot (storage_version {literal(STORAGE_VERSION)})")
        connection.execute("use snapshot")
        for schema in SCHEMAS:
            connection.execute(f"create schema if not exists {schema}")
        rows = {f"{schema}.{table}": _copy_table(connection, schema, table) for schema, table in _relations(connection, "tables")}
        _create_views(connection, _relations(connection, "views"))
        _copy_comments(connection)
        connection.execute("use memory")
        connection.execute("detach snapshot")
    return rows


def _relations(connection: duckdb.DuckDBPyConnection, kind: str) -> list[tuple[str, str]]:
    name = kind.removesuffix("s")
    query = (
        f"select schema_name, {name}_name from duckdb_{kind}() where database_name = 'working' and schema_name in {SCHEMAS} order by all"
    )
    return connection.execute(query).fetchall()


def _copy_table(connection: duckdb.DuckDBPyConnection, schema: str, table: str) -> int:
    copied = connection.execute(f'create table {schema}."{table}" as from working.{schema}."{table}"').fetchone()
    return copied[0] if copied else 0


def _create_views(connection: duckdb.DuckDBPyConnection, pending: list[tuple[str, str]]) -> None:
    """Views again as views, after those that they read; one that reads what stays behind becomes a table."""
    while pending:
        waiting = [view for view in pending if not _try_view(connection, *view)]
        if len(waiting) == len(pending):
            _copy_table(connection, *waiting.pop(0))
        pending = waiting


def _try_view(connection: duckdb.DuckDBPyConnection, schema: str, view: str) -> bool:
    found = connection.execute(
        "select sql from duckdb_views() where database_name = 'working' and schema_name = ? and view_name = ?", [schema, view]
    ).fetchone()
    # The working file's catalog is named in the view's text and is not there in the snapshot.
    statement = re.sub(r'"?\bworking\b"?\.', "", found[0] if found else "")
    try:
        connection.execute(statement)
        connection.execute(f'select 1 from {schema}."{view}" limit 0')
    except (duckdb.CatalogException, duckdb.BinderException):
        connection.execute(f'drop view if exists {schema}."{view}"')
        return False
    return True


def _copy_comments(connection: duckdb.DuckDBPyConnection) -> None:
    views = set(connection.execute("select schema_name, view_name from duckdb_views() where database_name = 'snapshot'").fetchall())
    for kind in ("tables", "views"):
        name = f"{kind.removesuffix('s')}_name"
        for schema, relation, comment in _described(connection, kind, f"schema_name, {name}"):
            kind_here = "view" if (schema, relation) in views else "table"
            connection.execute(f'comment on {kind_here} {schema}."{relation}" is {literal(comment)}')
    for schema, relation, column, comment in _described(connection, "columns", "schema_name, table_name, column_name"):
        connection.execute(f'comment on column {schema}."{relation}"."{column}" is {literal(comment)}')


def _described(connection: duckdb.DuckDBPyConnection, kind: str, names: str) -> list[tuple[str, ...]]:
    where = f"database_name = 'working' and schema_name in {SCHEMAS} and comment <> ''"
    return connection.execute(f"select {names}, comment from duckdb_{kind}() where {where}").fetchall()


def swap(temporary: Path, published: Path) -> None:
    """The bytes reach the disk before the name does; after a crash at any instant the name leads to a whole file."""
    _sync(temporary)
    os.replace(temporary, published)
    _sync(published.parent)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
