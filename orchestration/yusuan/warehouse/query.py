"""Reads the published snapshot, and only reads it."""

from pathlib import Path

import duckdb

from yusuan.settings import Settings, YusuanError

# Nothing but the snapshot: no other file, no variable of this process, and no statement can change that again.
READ_ONLY: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": "false",
    "python_enable_replacements": "false",
    "lock_configuration": "true",
}
# SELECT covers from, with, values, table, describe, show and summarize; pivot is parsed as MULTI.
READING = {"SELECT", "EXPLAIN", "MULTI"}


def snapshot(settings: Settings) -> duckdb.DuckDBPyConnection:
    """A read-only connection to the published snapshot; queries cannot touch other files through it."""
    file = published_file(settings)
    try:
        return duckdb.connect(str(file), read_only=True, config=READ_ONLY)
    except duckdb.Error as error:
        raise YusuanError(f"{settings.published} cannot be opened, build again or roll back: {_sentence(error)}") from None


def published_file(settings: Settings) -> Path:
    """The file that the published name leads to now. The name leads to another one after the next publish, and DuckDB would give a
    program that has the old one open the old one again."""
    if not settings.published.exists():
        raise YusuanError(f"there is no published snapshot in {settings.home}: run yusuan build first, or name another --home")
    return settings.published.resolve()


def select(connection: duckdb.DuckDBPyConnection, sql: str) -> duckdb.DuckDBPyRelation:
    """The rows of one statement that only reads; DuckDB's own words, in one sentence, for one that it cannot run."""
    try:
        statements = connection.extract_statements(sql)
        if len(statements) != 1:
            raise YusuanError(f"{len(statements)} statements were given: give one, for example select * from marts.dim_document")
        if statements[0].type.name not in READING:
            raise YusuanError("the published snapshot is read-only: use select, from, with, describe, show, summarize, pivot or explain")
        relation = connection.sql(sql)
        if relation is None:
            raise YusuanError("this statement returns no rows: ask for some with a select")
        return relation.materialize()
    except duckdb.Error as error:
        raise YusuanError(_sentence(error)) from None


def _sentence(error: duckdb.Error) -> str:
    return " ".join(str(error).split())
