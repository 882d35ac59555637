"""Publishing: the snapshot is replaced as a whole, readers are never disturbed, and a crash leaves the old one."""

import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from yusuan.settings import Settings, YusuanError
from yusuan.warehouse import load
from yusuan.warehouse import publish as module
from yusuan.warehouse.publish import publish
from yusuan.warehouse.query import select, snapshot

# DuckDB writes the storage version into its file header.
STORAGE_OF_1_0 = 64
STATEMENTS = (
    *(f"create schema {schema}" for schema in ("marts", "quality", "intermediate")),
    "create table intermediate.hidden as select 7 as answer",
    "create table marts.fct as select 1 as amount_id, 10.50::decimal(20, 2) as amount_yuan",
    "comment on table marts.fct is '一行一笔金额，不可直接求和'",
    "comment on column marts.fct.amount_yuan is '元'",
    "create view marts.z_front as select * from working.marts.fct",
    "comment on view marts.z_front is '入口'",
    "create view marts.a_on_front as select amount_id from marts.z_front",
    "create view quality.on_hidden as select answer from intermediate.hidden",
)


@pytest.fixture
def built(settings: Settings) -> Settings:
    """A working file with a little of everything that dbt makes."""
    with load.working(settings) as connection:
        for statement in STATEMENTS:
            connection.execute(statement)
    return settings


def change(settings: Settings) -> None:
    with duckdb.connect(str(settings.working)) as connection:
        connection.execute("update marts.fct set amount_yuan = 99")


def amount(connection: duckdb.DuckDBPyConnection) -> str:
    return str(connection.execute("select amount_yuan from marts.z_front").fetchall()[0][0])


def test_people_get_staging_marts_and_quality_and_nothing_in_between(built: Settings):
    rows = publish(built)

    with snapshot(built) as connection:
        schemas = {name for (name,) in connection.execute("select distinct schema_name from duckdb_tables() where not internal").fetchall()}
        assert schemas == {"staging", "marts", "quality"}
        assert connection.execute("select * from quality.on_hidden").fetchall() == [(7,)]
        assert connection.execute("select * from marts.a_on_front").fetchall() == [(1,)]
    assert rows["marts.fct"] == 1


def test_descriptions_go_with_the_tables(built: Settings):
    publish(built)

    with snapshot(built) as connection:
        assert connection.execute("select comment from duckdb_tables() where table_name = 'fct'").fetchall() == [
            ("一行一笔金额，不可直接求和",)
        ]
        assert connection.execute("select comment from duckdb_views() where view_name = 'z_front'").fetchall() == [("入口",)]
        assert connection.execute(
            "select comment from duckdb_columns() where table_name = 'fct' and column_name = 'amount_yuan'"
        ).fetchall() == [("元",)]


def test_the_snapshot_can_be_opened_under_another_name_and_by_older_duckdb(built: Settings, tmp_path: Path):
    publish(built)
    moved = built.published.rename(tmp_path / "elsewhere.duckdb")

    with duckdb.connect(str(moved), read_only=True) as connection:
        assert amount(connection) == "10.50"
    assert int.from_bytes(moved.read_bytes()[12:20], "little") == STORAGE_OF_1_0


def test_a_reader_that_is_in_the_middle_of_the_old_snapshot_finishes_with_it(built: Settings):
    publish(built)
    with snapshot(built) as reader:
        assert amount(reader) == "10.50"
        change(built)

        publish(built)

        assert amount(reader) == "10.50"
    with snapshot(built) as later:
        assert amount(later) == "99.00"


def test_a_build_that_is_killed_before_the_swap_leaves_the_old_snapshot(built: Settings):
    publish(built)
    change(built)
    killed = """
import os, signal, sys
from pathlib import Path
from yusuan.settings import Settings
from yusuan.warehouse import publish
publish.swap = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
publish.publish(Settings.load(raw=sys.argv[1], home=sys.argv[2]))
"""
    search = os.pathsep.join(path for path in sys.path if path)

    done = subprocess.run([sys.executable, "-c", killed, built.raw, built.home], env={**os.environ, "PYTHONPATH": search}, check=False)

    assert done.returncode == -9
    with snapshot(built) as connection:
        assert amount(connection) == "10.50"
    publish(built)
    assert [path.name for path in built.home.glob(".warehouse.duckdb*")] == []


def test_a_snapshot_that_cannot_be_written_leaves_the_old_one_and_no_rubbish(built: Settings, monkeypatch: pytest.MonkeyPatch):
    publish(built)

    def full_disk(*_: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(module, "_copy_comments", full_disk)
    with pytest.raises(OSError, match="no space"):
        publish(built)

    with snapshot(built) as connection:
        assert amount(connection) == "10.50"
    assert [path.name for path in built.home.glob(".warehouse.duckdb*")] == []


def test_analysts_cannot_write_or_reach_other_files(built: Settings):
    publish(built)

    with snapshot(built) as connection:
        for sql in ("delete from marts.fct", "create table marts.mine as select 1", "select * from read_csv('/etc/passwd')"):
            with pytest.raises(YusuanError):
                select(connection, sql)


def test_without_a_snapshot_the_reader_is_told_what_to_do(settings: Settings):
    with pytest.raises(YusuanError, match="run yusuan build first"):
        snapshot(settings)
