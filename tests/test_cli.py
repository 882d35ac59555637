"""The command line: fast to start, one sentence for every error, and output that people and machines can read."""

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from yusuan.cli import main
from yusuan.tabulate import table, width

HEAVY = {"dagster", "dagster_dbt", "dbt", "great_expectations", "polars", "pyarrow", "pandas", "sqlalchemy", "duckdb"}
ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}


def imported_by(statements: str) -> set[str]:
    """Heavy packages in a fresh interpreter after these statements."""
    code = f"{statements}\nimport sys; print(chr(10) + ' '.join(name for name in sys.modules if '.' not in name))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=ENVIRONMENT)
    return HEAVY & set(done.stdout.splitlines()[-1].split())


def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *arguments: str) -> tuple[int, str, str]:
    monkeypatch.setattr(sys, "argv", ["yusuan", *arguments])
    code = 0
    try:
        main()
    except SystemExit as exit_:
        code = int(exit_.code or 0)
    captured = capsys.readouterr()
    return code, captured.out, captured.err


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A HOME whose snapshot has one small table."""
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as connection:
        connection.execute("create schema marts")
        connection.execute(
            "create table marts.agency as select * from (values ('焦作市', 11590000.50::decimal(20, 2), 2023), ('吉林', null, 2022)) "
            "as agency (name, amount_yuan, fiscal_year)"
        )
    return tmp_path


def test_importing_the_package_imports_nothing_heavy():
    assert imported_by("import yusuan") == set()


def test_help_imports_nothing_heavy():
    assert (
        imported_by("import sys; sys.argv = ['yusuan', '--help']\nfrom yusuan.cli import main\ntry: main()\nexcept SystemExit: pass")
        == set()
    )


def test_seeing_that_nothing_changed_imports_neither_dagster_nor_dbt_nor_polars():
    assert imported_by("import yusuan.build") == {"duckdb"}


@pytest.mark.parametrize("command", ["build", "check", "status", "query", "search", "cite", "explore", "ui"])
def test_every_command_has_help(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, command: str):
    code, out, _ = run(capsys, monkeypatch, command, "--help")

    assert code == 0 and "--home" in out


@pytest.mark.parametrize("command", [["check"], ["status"], ["query", "select 1"], ["search", "政务云"], ["cite", "0123456789"]])
def test_without_a_snapshot_a_sentence_says_what_to_do(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, command: list[str]
):
    code, out, err = run(capsys, monkeypatch, *command, "--home", str(tmp_path))

    assert (code, out, err.count("\n")) == (1, "", 1)
    assert "run yusuan build first" in err


def test_a_build_without_raw_files_says_so_in_a_sentence(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    code, _, err = run(capsys, monkeypatch, "build", "--raw", str(tmp_path / "none"), "--home", str(tmp_path / "home"))

    assert code == 1
    assert err.startswith("yusuan: there is no directory") and err.count("\n") == 1


@pytest.mark.parametrize("sql", ["select * from no_such_table", "selec 1", "drop table marts.agency", "", "delete from marts.agency"])
def test_a_statement_that_cannot_be_run_is_told_in_a_sentence(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, home: Path, sql: str
):
    code, out, err = run(capsys, monkeypatch, "query", sql, "--home", str(home))

    assert (code, out, err.count("\n")) == (1, "", 1)


@pytest.mark.parametrize(
    "sql",
    [
        "copy marts.agency to 'out.csv'",
        "export database 'out'",
        "attach 'other.duckdb' as other",
        "install json",
        "load json",
        "set threads = 1",
        "pragma memory_limit = '1GB'",
        "checkpoint",
        "create temp table copied as from marts.agency",
        "insert into marts.agency from marts.agency",
        "begin",
        "select 1; select 2",
        "from read_text('/etc/hostname')",
        "from read_csv('/etc/passwd')",
        "from glob('/*')",
        "from read_blob('./../*')",
    ],
)
def test_a_query_neither_writes_nor_reads_anything_but_the_snapshot(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, home: Path, sql: str
):
    monkeypatch.chdir(home)
    before = {path: path.stat().st_mtime_ns for path in home.rglob("*")}

    code, out, err = run(capsys, monkeypatch, "query", sql, "--home", str(home))

    assert (code, out, err.count("\n")) == (1, "", 1)
    assert {path: path.stat().st_mtime_ns for path in home.rglob("*")} == before


@pytest.mark.parametrize(
    "sql", ["describe marts.agency", "summarize marts.agency", "show all tables", "explain select 1", "select 1 -- all;"]
)
def test_statements_that_look_but_do_not_touch_are_allowed(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, home: Path, sql: str
):
    code, out, _ = run(capsys, monkeypatch, "query", sql, "--home", str(home))

    assert code == 0 and out


def test_a_variable_of_the_process_is_no_table(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, home: Path):
    code, _, err = run(capsys, monkeypatch, "query", "from sql", "--home", str(home))

    assert code == 1 and "sql does not exist" in err


def test_a_snapshot_that_is_no_database_is_told_in_a_sentence(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    (tmp_path / "warehouse.duckdb").write_text("not a database" * 100)

    code, _, err = run(capsys, monkeypatch, "query", "select 1", "--home", str(tmp_path))

    assert (code, err.count("\n")) == (1, 1) and "build again" in err


def test_published_text_cannot_steer_the_terminal():
    assert "\x1b" not in table(["甲"], [["a\x1b[31mb\tc\r\n"]], [False])


def test_numbers_stand_on_the_right_and_chinese_is_two_columns_wide(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, home: Path
):
    _, out, _ = run(capsys, monkeypatch, "query", "from marts.agency", "--home", str(home))

    assert out.splitlines() == [
        "name      amount_yuan  fiscal_year",
        "------  -------------  -----------",
        "焦作市  11,590,000.50         2023",
        "吉林                          2022",
        "(2 rows)",
    ]


def test_full_width_and_combining_characters_are_measured():
    assert (width("１２３万"), width("abc"), width("e\u0301")) == (8, 3, 1)
    assert table(["甲"], [], [False]).splitlines()[-1] == "(0 rows)"


def test_a_query_can_be_printed_for_machines(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, home: Path):
    _, as_json, _ = run(capsys, monkeypatch, "query", "from marts.agency", "--home", str(home), "--format", "json")
    _, as_csv, _ = run(capsys, monkeypatch, "query", "from marts.agency", "--home", str(home), "--format", "csv")

    assert json.loads(as_json)[0] == {"name": "焦作市", "amount_yuan": 11590000.5, "fiscal_year": 2023}
    assert next(csv.DictReader(io.StringIO(as_csv))) == {"name": "焦作市", "amount_yuan": "11590000.50", "fiscal_year": "2023"}


def test_a_query_can_be_written_as_parquet(home: Path, tmp_path: Path):
    target = tmp_path / "agency.parquet"
    with target.open("wb") as out:
        command = [sys.executable, "-m", "yusuan.cli", "query", "from marts.agency", "--home", str(home), "--format", "parquet"]
        subprocess.run(command, stdout=out, check=True, env=ENVIRONMENT)

    assert duckdb.sql(f"select sum(amount_yuan)::varchar from '{target}'").fetchall() == [("11590000.50",)]


def test_a_reader_of_the_output_may_stop_early(home: Path):
    command = f"{sys.executable} -m yusuan.cli query 'select * from range(200000)' --format csv --home {home} | head -1"

    done = subprocess.run(["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True, env=ENVIRONMENT, check=False)

    assert done.stdout == "range\n"
    assert "Traceback" not in done.stderr
