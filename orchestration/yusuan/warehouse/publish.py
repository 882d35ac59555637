"""Makes a snapshot out of a finished build and publishes it: DuckDB, Parquet beside it, and what describes both.

A reader sees the old snapshot or the new one, never a mixture. Whether a build deserves to be published is decided by the checks
and the gate; which snapshots are kept, by yusuan.warehouse.snapshots.
"""

import os
import re
import shutil
from pathlib import Path

import duckdb

from yusuan.exports import dictionary, fiscal, parquet
from yusuan.settings import Settings
from yusuan.warehouse import chinese, snapshots
from yusuan.warehouse.catalog import EXPORTED, FACTS, SCHEMAS, relations
from yusuan.warehouse.schema import literal
from yusuan.warehouse.snapshots import Snapshot

PARQUET = "parquet"
DICTIONARY = "data_dictionary.md"
# Analysts' tools lag behind: DuckDB 1.x cannot open what 2.0 writes by default.
STORAGE_VERSION = "v1.0.0"


def publish(settings: Settings) -> Snapshot:
    """Writes the snapshot under a name that nobody looks at, and makes it the current one when it is whole."""
    settings.snapshots.mkdir(parents=True, exist_ok=True)
    snapshots.remove_leftovers(settings)
    draft = settings.snapshots / f".draft.{os.getpid()}"
    draft.mkdir()
    try:
        rows = write_snapshot(settings.working, draft / settings.published.name)
        write_companions(draft / settings.published.name, draft)
        snapshot = snapshots.seal(settings, draft, rows)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    snapshots.make_current(settings, snapshot)
    snapshots.drop_old(settings)
    return snapshot


def write_companions(database: Path, directory: Path) -> None:
    """What lies beside the file, made from the file alone: nothing can be in the one and not in the other."""
    with duckdb.connect(str(database), read_only=True) as connection:
        parquet.write(connection, relations(connection, EXPORTED), directory / PARQUET)
        fiscal.write(connection, directory)
        described = dictionary.markdown(relations(connection, (*SCHEMAS, chinese.SCHEMA)))
        (directory / DICTIONARY).write_text(described, encoding="utf-8")


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
        chinese.create_views(connection, [each for each in relations(connection, EXPORTED) if not each.name.startswith(FACTS)])
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
