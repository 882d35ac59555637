"""The staging schema and loading: one transaction a batch, the same rows for the same input, nothing lost on a change of schema."""

from dataclasses import replace
from datetime import datetime

import duckdb
import polars as pl
import pytest

from yusuan.landing.register import Entry
from yusuan.settings import Settings, YusuanError
from yusuan.warehouse import load
from yusuan.warehouse.schema import ALL, PARSED


def entry(document: str, status: str = "landed") -> Entry:
    return Entry(document, f"{document}.txt", f"{document}.txt", None, "text/plain", 1, "utf-8", datetime(2026, 1, 1), status)


def rows_of(document: str, amount: str = "1592.14") -> dict[str, pl.DataFrame]:
    frames = {table.name: pl.DataFrame() for table in PARSED}
    frames["documents"] = pl.DataFrame({"document_id": [document], "parser_version": ["p"]})
    frames["amounts"] = pl.DataFrame({"document_id": [document], "amount_id": ["a"], "amount_yuan": [amount]}).with_columns(
        pl.col("amount_yuan").cast(pl.Decimal(20, 2))
    )
    return frames


def count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    return connection.table(f"staging.{table}").shape[0]


def test_every_table_and_column_is_described_in_the_database(settings: Settings):
    with load.working(settings) as connection:
        undescribed = connection.execute(
            "select table_name from duckdb_tables() where comment is null union all select column_name from duckdb_columns() "
            "where schema_name = 'staging' and comment is null"
        ).fetchall()
        columns = connection.execute("select count(*) from duckdb_columns() where schema_name = 'staging'").fetchone()

    assert undescribed == []
    assert columns == (sum(len(table.columns) for table in ALL),)


def test_the_register_comes_back_as_it_was_written(settings: Settings):
    register = {"one": entry("one"), "two": entry("two", "quarantined")}

    with load.working(settings) as connection:
        load.write_register(connection, register)

        assert load.read_register(connection) == register


def test_loading_twice_gives_the_same_rows(settings: Settings):
    with load.working(settings) as connection:
        load.write_register(connection, {"one": entry("one")})
        for _ in range(2):
            load.replace_documents(connection, rows_of("one"), ["one"], "r")

        assert connection.execute("select document_id, amount_yuan::varchar from staging.amounts").fetchall() == [("one", "1592.14")]


def test_a_batch_that_fails_leaves_the_earlier_rows(settings: Settings):
    broken = rows_of("one", "2.00") | {"lines": pl.DataFrame({"document_id": ["one"], "no_such_column": [1]})}

    with load.working(settings) as connection:
        load.write_register(connection, {"one": entry("one")})
        load.replace_documents(connection, rows_of("one"), ["one"], "r")
        with pytest.raises(duckdb.Error):
            load.replace_documents(connection, broken, ["one"], "r")

        assert connection.execute("select amount_yuan::varchar from staging.amounts").fetchall() == [("1592.14",)]


def test_documents_are_due_until_they_are_loaded_and_again_with_another_version(settings: Settings):
    with load.working(settings) as connection:
        load.write_register(connection, {"one": entry("one"), "two": entry("two", "quarantined")})
        before = load.due(connection, "r", "p", full=False)
        load.replace_documents(connection, rows_of("one"), ["one"], "r")

        assert [row.document_id for row in before] == ["one"]
        assert load.due(connection, "r", "p", full=False) == []
        assert len(load.due(connection, "r2", "p", full=False)) == len(load.due(connection, "r", "p2", full=False)) == 1
        assert len(load.due(connection, "r", "p", full=True)) == 1


@pytest.mark.parametrize("status", ["withdrawn", "quarantined"])
def test_rows_of_a_document_that_no_longer_stands_leave_the_warehouse(settings: Settings, status: str):
    with load.working(settings) as connection:
        load.write_register(connection, {"one": entry("one")})
        load.replace_documents(connection, rows_of("one"), ["one"], "r")
        load.write_register(connection, {"one": entry("one", status)})

        assert count(connection, "amounts") == count(connection, "documents") == 0


def test_rows_of_an_earlier_version_stay_and_are_read_again_like_those_of_the_one_that_stands(settings: Settings):
    with load.working(settings) as connection:
        load.write_register(connection, {"one": entry("one")})
        load.replace_documents(connection, rows_of("one"), ["one"], "r")
        load.write_register(connection, {"one": replace(entry("one", "superseded"), reader_version="r")})

        assert count(connection, "amounts") == 1
        assert load.due(connection, "r", "p", full=False) == []
        assert [row.document_id for row in load.due(connection, "r2", "p", full=False)] == ["one"]


def test_an_earlier_version_that_cannot_be_read_is_asked_once_and_stays_superseded(settings: Settings):
    with load.working(settings) as connection:
        load.write_register(connection, {"one": entry("one", "superseded")})
        load.quarantine(connection, {"one": "解析时出错。"})

        assert load.read_register(connection)["one"].status == "superseded"
        assert load.due(connection, "r", "p", full=True) == []


def test_a_document_that_cannot_be_parsed_is_quarantined_with_its_reason(settings: Settings):
    with load.working(settings) as connection:
        load.write_register(connection, {"one": entry("one")})
        load.quarantine(connection, {"one": "解析时出错。"})

        assert [(row.status, row.reason) for row in load.read_register(connection).values()] == [("quarantined", "解析时出错。")]


def test_only_the_latest_outcome_of_a_step_is_kept(settings: Settings):
    outcome = pl.DataFrame({"document_id": ["one"], "step": ["opened"], "status": ["failed"]})

    with load.working(settings) as connection:
        load.replace_outcomes(connection, outcome)
        load.replace_outcomes(connection, outcome.with_columns(status=pl.lit("ok")))

        assert connection.execute("select document_id, step, status from staging.outcomes").fetchall() == [("one", "opened", "ok")]


def test_after_a_change_of_schema_the_register_stays_and_every_document_is_read_again(settings: Settings):
    with load.working(settings) as connection:
        load.write_register(connection, {"one": entry("one")})
        load.replace_documents(connection, rows_of("one"), ["one"], "r")
        connection.execute("create schema marts")
        connection.execute("create view marts.reading_it as select * from staging.amounts")
        connection.execute("alter table staging.amounts drop column repair")

    with load.working(settings) as connection:
        assert [row.document_id for row in load.due(connection, "r", "p", full=False)] == ["one"]
        assert load.read_register(connection)["one"].landed_at == datetime(2026, 1, 1)
        assert count(connection, "documents") == 0


def test_a_working_file_that_another_program_has_open_is_told_in_a_sentence(settings: Settings, monkeypatch: pytest.MonkeyPatch):
    def locked(_: str) -> None:
        raise duckdb.IOException("IO Error: Could not set lock on file")

    monkeypatch.setattr(duckdb, "connect", locked)

    with pytest.raises(YusuanError, match="close it"), load.working(settings):
        pass
