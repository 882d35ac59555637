"""Publishing: a snapshot is replaced as a whole, readers are never disturbed, a crash leaves the old one, and old ones can be had back."""

import hashlib
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from yusuan.settings import Settings, YusuanError
from yusuan.warehouse import load, snapshots
from yusuan.warehouse import publish as module
from yusuan.warehouse.publish import publish
from yusuan.warehouse.query import select, snapshot

# DuckDB writes the storage version into its file header.
STORAGE_OF_1_0 = 64
PATH = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
# What the Fiscal Data Package is made from.
CONSOLIDATED = """
amount_id amount_yuan document_id document_title document_kind file_name source_url publisher_name agency_code agency_name province_name
division_code division_name classification_code classification_name economic_code economic_name government_economic_code
government_economic_name project_code project_name project_category line_item side statement breakdown measure fund_source period page
line proof table_number row_number column_number
""".split()  # noqa: SIM905
STATEMENTS = (
    *(f"create schema {schema}" for schema in ("marts", "quality", "intermediate")),
    "create table intermediate.hidden as select 7 as answer",
    "create table marts.fct as select 1 as amount_id, 10.50::decimal(20, 2) as amount_yuan, 2023 as fiscal_year",
    "insert into marts.fct values (2, 3.25, 2024), (3, 4, null)",
    "comment on table marts.fct is '一行一笔金额，不可直接求和'",
    "comment on column marts.fct.amount_yuan is '元 | 两位小数'",
    "create table marts.empty as select * from marts.fct limit 0",
    f"create table marts.budget_amounts_consolidated ({', '.join(f'{name} varchar' for name in CONSOLIDATED)}, fiscal_year integer)",
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


def change(settings: Settings, amount_yuan: int = 99) -> None:
    with duckdb.connect(str(settings.working)) as connection:
        connection.execute("update marts.fct set amount_yuan = ? where amount_id = 1", [amount_yuan])


def amount(connection: duckdb.DuckDBPyConnection) -> str:
    return str(connection.execute("select amount_yuan from marts.z_front where amount_id = 1").fetchall()[0][0])


def published_amount(settings: Settings) -> str:
    with snapshot(settings) as connection:
        return amount(connection)


def leftovers(settings: Settings) -> list[str]:
    return [path.name for path in (*settings.home.glob(".*"), *settings.snapshots.glob(".*")) if path.name != ".lock"]


def test_people_get_staging_marts_and_quality_and_nothing_in_between(built: Settings):
    made = publish(built)

    with snapshot(built) as connection:
        schemas = {name for (name,) in connection.execute("select distinct schema_name from duckdb_tables() where not internal").fetchall()}
        assert schemas == {"staging", "marts", "quality"}
        assert connection.execute("select max(金额), max(预算年度) from 预算.z_front").fetchall() == [(Decimal("10.50"), 2024)]
        assert connection.execute("select * from quality.on_hidden").fetchall() == [(7,)]
        assert connection.execute("select * from marts.a_on_front order by 1").fetchall() == [(1,), (2,), (3,)]
    assert made.rows["marts.fct"] == 3


def test_descriptions_go_with_the_tables(built: Settings):
    publish(built)

    with snapshot(built) as connection:
        assert connection.execute("select comment from duckdb_tables() where table_name = 'fct'").fetchall() == [
            ("一行一笔金额，不可直接求和",)
        ]
        assert connection.execute("select comment from duckdb_views() where view_name = 'z_front' order by schema_name").fetchall() == [
            ("入口",),
            ("marts.z_front: 入口",),
        ]
        assert connection.execute(
            "select comment from duckdb_columns() where table_name = 'fct' and column_name = 'amount_yuan'"
        ).fetchall() == [("元 | 两位小数",)]


def test_the_snapshot_can_be_opened_under_another_name_and_by_older_duckdb(built: Settings, tmp_path: Path):
    publish(built)
    moved = Path(shutil.copy(built.published, tmp_path / "elsewhere.duckdb"))

    with duckdb.connect(str(moved), read_only=True) as connection:
        assert amount(connection) == "10.50"
        tags = connection.execute("select tags['storage_version'] from duckdb_databases() where database_name = 'elsewhere'").fetchone()
    assert int.from_bytes(moved.read_bytes()[12:20], "little") == STORAGE_OF_1_0
    assert tags and tags[0].startswith("v1.0.0")


def test_parquet_beside_the_file_has_the_same_rows_and_types_in_parts_by_year(built: Settings):
    publish(built)
    parquet = built.current / "parquet"

    assert {path.parent.name for path in (parquet / "marts" / "fct").rglob("*.parquet")} == {
        "fiscal_year=2023",
        "fiscal_year=2024",
        "fiscal_year=__HIVE_DEFAULT_PARTITION__",
    }
    with snapshot(built) as connection, duckdb.connect() as reader:
        for table in ("marts.fct", "marts.empty", "marts.z_front", "quality.on_hidden"):
            files = f"read_parquet('{parquet / table.replace('.', '/')}/**/*.parquet', hive_partitioning = false)"
            expected, found = connection.sql(f"from {table} order by all"), reader.sql(f"from {files} order by all")
            assert (found.columns, found.types, found.fetchall()) == (expected.columns, expected.types, expected.fetchall())


def test_the_dictionary_and_the_checksums_are_about_what_lies_there(built: Settings):
    publish(built)

    dictionary = (built.current / "data_dictionary.md").read_text(encoding="utf-8")
    assert "## marts.fct\n\n一行一笔金额，不可直接求和\n" in dictionary
    assert "| `amount_yuan` | DECIMAL(20,2) | 元 &#124; 两位小数 |" in dictionary
    listed = dict(reversed(line.split("  ", 1)) for line in (built.current / "SHA256SUMS").read_text(encoding="utf-8").splitlines())
    there = {path.relative_to(built.current).as_posix() for path in built.current.rglob("*") if path.is_file()}
    assert listed.keys() == there - {"SHA256SUMS"}
    assert listed["warehouse.duckdb"] == hashlib.sha256(built.published.read_bytes()).hexdigest()


def test_a_reader_that_is_in_the_middle_of_the_old_snapshot_finishes_with_it(built: Settings):
    publish(built)
    with snapshot(built) as reader:
        assert amount(reader) == "10.50"
        change(built)

        publish(built)

        assert amount(reader) == "10.50"
        assert published_amount(built) == "99.00"


def test_another_program_reads_its_snapshot_through_ten_publishes(built: Settings):
    reading = """
import sys, duckdb
with duckdb.connect(sys.argv[1], read_only=True) as connection:
    for _ in sys.stdin:
        print(connection.execute("select sum(amount_yuan) from marts.z_front").fetchone()[0], flush=True)
"""
    few = replace(built, keep_snapshots=2)
    publish(few)
    with subprocess.Popen(
        [sys.executable, "-c", reading, few.published], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=PATH
    ) as reader:
        assert reader.stdin and reader.stdout
        answers = []
        for number in range(11):
            reader.stdin.write("again\n")
            reader.stdin.flush()
            answers.append(reader.stdout.readline().strip())
            if number < 10:
                change(few, number)
                publish(few)
        reader.stdin.close()

    assert (reader.returncode, answers) == (0, ["17.75"] * 11)
    assert published_amount(few) == "9.00"


# Counts events of these kinds; the process dies just before one of them.
KILLED = """
import os, signal, sys
from yusuan.settings import Settings
from yusuan.warehouse.publish import publish
kinds, left = sys.argv[3].split(), int(sys.argv[4])
def die(event, _):
    global left
    if event in kinds:
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(die)
publish(Settings.load(raw=sys.argv[1], home=sys.argv[2]))
"""


WRITING, PUTTING_IN_PLACE = "os.mkdir", "os.rename os.symlink shutil.rmtree"


@pytest.mark.parametrize(("kinds", "number"), [(WRITING, 0), (WRITING, 4), *((PUTTING_IN_PLACE, number) for number in range(6))])
def test_a_build_that_is_killed_leaves_a_whole_snapshot_and_the_next_one_repairs(built: Settings, kinds: str, number: int):
    publish(built)
    change(built)

    done = subprocess.run([sys.executable, "-c", KILLED, built.raw, built.home, kinds, str(number)], env=PATH, check=False)

    assert done.returncode == -9
    assert published_amount(built) in {"10.50", "99.00"}
    assert snapshots.damage(built.current) == []
    assert built.published.resolve() == built.current.resolve() / "warehouse.duckdb"
    change(built, 5)
    publish(built)
    assert published_amount(built) == "5.00"
    assert leftovers(built) == []


def test_a_snapshot_that_cannot_be_written_leaves_the_old_one_and_no_rubbish(built: Settings, monkeypatch: pytest.MonkeyPatch):
    publish(built)

    def full_disk(*_: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(module, "_copy_comments", full_disk)
    with pytest.raises(OSError, match="no space"):
        publish(built)

    assert published_amount(built) == "10.50"
    assert leftovers(built) == []


def test_the_last_snapshots_are_kept_and_older_ones_dropped(built: Settings):
    made = [publish(replace(built, keep_snapshots=3)) for _ in range(5)]

    assert snapshots.kept(built) == made[:1:-1]
    assert snapshots.current(built) == made[-1]
    assert sorted(path.name for path in built.snapshots.iterdir()) == [each.id for each in made[2:]]


def test_a_rollback_restores_every_row_and_byte(built: Settings):
    first = publish(built)
    before = {path.name: path.read_bytes() for path in built.current.iterdir() if path.is_file()}
    change(built)
    publish(built)
    assert published_amount(built) == "99.00"

    snapshots.roll_back(built, "previous")

    assert snapshots.current(built) == first
    assert published_amount(built) == "10.50"
    assert {path.name: path.read_bytes() for path in built.current.iterdir() if path.is_file()} == before


def test_the_snapshot_that_was_gone_back_to_is_not_dropped(built: Settings):
    few = replace(built, keep_snapshots=2)
    first, _ = publish(few), publish(few)
    snapshots.roll_back(few, first.id)

    snapshots.drop_old(replace(few, keep_snapshots=1))

    assert published_amount(few) == "10.50"
    assert first in snapshots.kept(few)


def test_a_damaged_snapshot_is_not_published_again(built: Settings):
    first = publish(built)
    publish(built)
    (built.snapshots / first.id / "data_dictionary.md").write_text("broken")

    with pytest.raises(YusuanError, match=r"is damaged \(data_dictionary.md\)"):
        snapshots.roll_back(built, first.id)

    assert snapshots.current(built) != first


@pytest.mark.parametrize("name", ["previous", "2", "nothing", ""])
def test_a_snapshot_that_cannot_be_told_is_asked_for_again(built: Settings, name: str):
    publish(built)
    if name == "2":
        publish(built)

    with pytest.raises(YusuanError, match=r"no snapshot before|beginning of several|none of the snapshots"):
        snapshots.find(built, name)


def test_a_home_that_was_copied_without_its_links_is_published_to_again(built: Settings, tmp_path: Path):
    first = publish(built)
    copied = replace(built, home=Path(shutil.copytree(built.home, tmp_path / "copied")))
    assert copied.current.is_dir() and not copied.current.is_symlink()
    change(copied)

    publish(copied)

    assert published_amount(copied) == "99.00"
    assert snapshots.roll_back(copied, "previous") == first


def test_analysts_cannot_write_or_reach_other_files(built: Settings):
    publish(built)

    with snapshot(built) as connection:
        for sql in ("delete from marts.fct", "create table marts.mine as select 1", "select * from read_csv('/etc/passwd')"):
            with pytest.raises(YusuanError):
                select(connection, sql)


def test_without_a_snapshot_the_reader_is_told_what_to_do(settings: Settings):
    with pytest.raises(YusuanError, match="run yusuan build first"):
        snapshot(settings)
