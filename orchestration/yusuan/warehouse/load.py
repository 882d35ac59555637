"""Writes frames into the staging schema through Arrow: rows of a document are replaced together, in one transaction.

Reads the register back for landing. Which documents are due, and what the frames say, is decided elsewhere.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import astuple, fields

import duckdb
import polars as pl

from yusuan.landing.register import Entry
from yusuan.settings import Settings, YusuanError
from yusuan.warehouse.schema import CORRECTIONS, OUTCOMES, PARSED, REGISTER, Table, ensure, transaction

COLUMNS = tuple(field.name for field in fields(Entry))


@contextmanager
def working(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """The working file, open for writing with its schema in place, and closed again so that dbt can have it."""
    settings.working.parent.mkdir(parents=True, exist_ok=True)
    try:
        connection = duckdb.connect(str(settings.working))
    except duckdb.IOException as error:
        if "lock" not in str(error).lower():
            raise
        raise YusuanError(f"another program has {settings.working} open: close it (analysts read {settings.published.name})") from error
    with connection:
        ensure(connection)
        yield connection


def read_register(connection: duckdb.DuckDBPyConnection) -> dict[str, Entry]:
    rows = connection.execute(f"select {', '.join(COLUMNS)} from {REGISTER.qualified}").fetchall()
    return {row[0]: Entry(*row) for row in rows}


def write_register(connection: duckdb.DuckDBPyConnection, register: Mapping[str, Entry]) -> None:
    """The register as settled; rows of documents that are gone leave the parsed tables with the same stroke. Those of superseded
    documents stay: they are the history."""
    rows = [astuple(register[document]) for document in sorted(register)]
    frame = _typed(pl.DataFrame(rows, schema=list(COLUMNS), orient="row", infer_schema_length=None))
    with transaction(connection):
        connection.execute(f"delete from {REGISTER.qualified}")
        _insert(connection, REGISTER, frame)
        kept = f"select document_id from {REGISTER.qualified} where status in ('landed', 'superseded')"
        for table in PARSED:
            connection.execute(f"delete from {table.qualified} where document_id not in ({kept})")


def _typed(frame: pl.DataFrame) -> pl.DataFrame:
    """A column without any value has no type of its own; as text it can become whatever the table says."""
    return frame.with_columns(pl.col(pl.Null).cast(pl.Utf8))


def due(connection: duckdb.DuckDBPyConnection, reader_version: str, parser_version: str, full: bool) -> list[Entry]:
    """Documents whose rows are missing or come from other versions, all of them with `full`: those that stand, and earlier versions of
    them that can be read."""
    rows = connection.execute(
        f"""
        select {", ".join(f"register.{name}" for name in COLUMNS)}
        from {REGISTER.qualified} as register
        left join staging.documents as documents using (document_id)
        where
            (register.status = 'landed' or register.status = 'superseded' and register.reason is null)
            and (? or register.reader_version is distinct from ? or documents.parser_version is distinct from ?)
        order by register.relative_path
        """,
        [full, reader_version, parser_version],
    ).fetchall()
    return [Entry(*row) for row in rows]


def forget_recorrected(connection: duckdb.DuckDBPyConnection, corrections: pl.DataFrame) -> None:
    """Documents that other corrections (document_id, correction_id) name now than their rows were made with are due again."""
    connection.register("now", corrections.to_arrow())
    connection.execute(
        f"""
        update {REGISTER.qualified} set reader_version = null
        where document_id in (
            select coalesce(now.document_id, made.document_id)
            from now
            full join {CORRECTIONS.qualified} as made using (correction_id)
            where now.correction_id is null or made.correction_id is null
        )
        """
    )
    connection.unregister("now")


def replace_documents(
    connection: duckdb.DuckDBPyConnection, frames: Mapping[str, pl.DataFrame], document_ids: Iterable[str], reader_version: str
) -> None:
    """Rows of these documents in every parsed table become those of `frames` (by table name), all or nothing."""
    documents = pl.DataFrame({"document_id": list(document_ids)}, schema={"document_id": pl.Utf8})
    connection.register("replaced", documents.to_arrow())
    with transaction(connection):
        for table in PARSED:
            connection.execute(f"delete from {table.qualified} where document_id in (select document_id from replaced)")
            _insert(connection, table, frames[table.name])
        connection.execute(
            f"update {REGISTER.qualified} set reader_version = ? where document_id in (select document_id from replaced)", [reader_version]
        )
    connection.unregister("replaced")


def quarantine(connection: duckdb.DuckDBPyConnection, reasons: Mapping[str, str]) -> None:
    """Documents that could not be read or parsed: their rows go, the reason stays in the register. A superseded one stays superseded."""
    with transaction(connection):
        for document, reason in reasons.items():
            connection.execute(
                f"""
                update {REGISTER.qualified}
                set status = if(status = 'landed', 'quarantined', status), reason = ?, reader_version = null
                where document_id = ?
                """,
                [reason, document],
            )
            for table in PARSED:
                connection.execute(f"delete from {table.qualified} where document_id = ?", [document])


def replace_outcomes(connection: duckdb.DuckDBPyConnection, outcomes: pl.DataFrame) -> None:
    """The latest outcome of each (document, step)."""
    connection.register("fresh", outcomes.select("document_id", "step").to_arrow())
    with transaction(connection):
        connection.execute(f"delete from {OUTCOMES.qualified} where (document_id, step) in (select document_id, step from fresh)")
        _insert(connection, OUTCOMES, outcomes)
    connection.unregister("fresh")


def _insert(connection: duckdb.DuckDBPyConnection, table: Table, frame: pl.DataFrame) -> None:
    if frame.is_empty():
        return
    connection.register("incoming", frame.to_arrow())
    connection.execute(f"insert into {table.qualified} by name select * from incoming")
    connection.unregister("incoming")
