"""Reads the published snapshot, and only reads it."""

import duckdb

from yusuan.settings import Settings, YusuanError


def snapshot(settings: Settings) -> duckdb.DuckDBPyConnection:
    """A read-only connection to the published snapshot; queries cannot touch other files through it."""
    if not settings.published.exists():
        raise YusuanError(f"there is no published snapshot in {settings.home}: run yusuan build first, or name another --home")
    return duckdb.connect(str(settings.published), read_only=True, config={"enable_external_access": "false"})


def select(connection: duckdb.DuckDBPyConnection, sql: str) -> duckdb.DuckDBPyRelation:
    """The rows of one statement that only reads; DuckDB's own words, in one sentence, for one that it cannot run."""
    try:
        relation = connection.sql(sql)
        if relation is None:
            raise YusuanError("this statement returns no rows: the published snapshot is read-only, ask it a select")
        return relation.materialize()
    except duckdb.Error as error:
        raise YusuanError(" ".join(str(error).split())) from None
