"""Nothing that leaves the pipeline names the people who filled in a form: warehouse, exports, report, command output, logs."""

import re
import zipfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

from page_documents import PERSON, PHONE
from test_privacy import RAW, personal_values
from yusuan.cli import app
from yusuan.settings import Settings
from yusuan.warehouse.query import snapshot

# Not inside a longer number, and not inside a hash, whose digits fall by chance.
MOBILE = re.compile(r"(?<![0-9a-f])1[3-9]\d{9}(?![0-9a-f])")
NAMES = sorted({*personal_values(), PERSON, PHONE})


def leaks(text: str) -> list[str]:
    return [*MOBILE.findall(text), *(name for name in NAMES if re.search(rf"(?<![0-9a-f.]){re.escape(name)}(?![0-9a-f])", text))]


def contents(path: Path) -> str:
    """Text of a file; an Excel file is a ZIP of texts."""
    if path.suffix == ".xlsx":
        with zipfile.ZipFile(path) as archive:
            return "\n".join(archive.read(name).decode(errors="replace") for name in archive.namelist())
    return path.read_text(encoding="utf-8", errors="replace")


def ask(settings: Settings, *arguments: str) -> str:
    result = CliRunner().invoke(app, [*arguments, "--home", str(settings.home)])
    assert result.exit_code == 0, result.output
    return result.output


def test_the_search_for_leaks_finds_what_was_published():
    raw = "\n".join(path.read_text(encoding="utf-8") for path in RAW.glob("*.txt"))

    assert len(leaks(raw)) >= 5
    assert leaks(f"联系电话：{PHONE}") == [PHONE, PHONE]
    assert leaks("6d13812345678a") == []


def test_no_column_of_the_warehouse_names_anybody(explored: Settings):
    with snapshot(explored) as connection:
        tables = connection.execute(
            "select table_schema, table_name from information_schema.tables where table_schema <> 'main'"
        ).fetchall()
        assert len(tables) > 20
        for schema, table in tables:
            rows = connection.execute(f'select * from {schema}."{table}"').fetchall()
            assert leaks("\n".join(str(value) for row in rows for value in row if isinstance(value, str))) == [], table


@pytest.mark.parametrize("format", ["csv", "xlsx", "datapackage"])
def test_no_export_names_anybody(explored: Settings, tmp_path: Path, format: str):
    ask(explored, "export", "--format", format, "--out", str(tmp_path / "out"), "--table", "marts.budget_amounts")

    written = [path for path in (tmp_path / "out").rglob("*") if path.is_file()]
    assert written
    for path in written:
        assert leaks(contents(path)) == [], path.name


def test_neither_the_report_nor_the_checklist_names_anybody(explored: Settings, tmp_path: Path):
    page, form = tmp_path / "report.html", tmp_path / "form.xlsx"

    ask(explored, "report", "--out", str(page), "--checklist", str(form))

    assert leaks(contents(page)) == [] and leaks(contents(form)) == []
    assert len(contents(page)) > 1000


@pytest.mark.parametrize(
    "command", [["check", "--json"], ["status", "--json"], ["search", "联系"], ["query", "select text from staging.lines"]]
)
def test_no_command_prints_anybody_s_name(explored: Settings, command: list[str]):
    assert leaks(ask(explored, *command)) == []


def test_no_log_or_note_of_the_pipeline_names_anybody(explored: Settings):
    noted = [
        path
        for path in explored.home.rglob("*")
        if path.is_file()
        and explored.landing not in path.parents
        and path.suffix in (".json", ".log", ".txt", ".md", ".html", ".csv", ".yaml")
    ]
    assert noted
    for path in noted:
        assert leaks(contents(path)) == [], path.name
