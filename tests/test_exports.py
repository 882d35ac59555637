"""What people take away: every row, typed, under headers that they can read, in files that other programs open."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from decimal import Decimal
from importlib.resources import files
from pathlib import Path

import duckdb
import openpyxl
import pytest
from frictionless import Package, system
from jsonschema import Draft4Validator
from typer.testing import CliRunner

from yusuan.cli import app
from yusuan.exports import fiscal, workbook
from yusuan.settings import Settings
from yusuan.summary import Summary
from yusuan.warehouse import chinese
from yusuan.warehouse.catalog import EXPORTED, SCHEMAS, Relation, relations
from yusuan.warehouse.query import snapshot
from yusuan.warehouse.schema import Column

PROFILE = Path(__file__).parent / "fiscal_data_package" / "profile.json"
Export = Callable[..., Path]


@pytest.fixture
def settings(published: tuple[Settings, Summary]) -> Settings:
    return published[0]


@pytest.fixture
def export(settings: Settings, tmp_path: Path) -> Export:
    def run(*arguments: str) -> Path:
        result = CliRunner().invoke(app, ["export", "--out", str(tmp_path / "out"), "--home", str(settings.home), *arguments])
        assert result.exit_code == 0, result.output
        return tmp_path / "out"

    return run


def rows(settings: Settings, query: str) -> list[tuple]:
    with snapshot(settings) as connection:
        return connection.execute(query).fetchall()


def test_every_published_table_and_column_is_described(settings: Settings):
    with snapshot(settings) as connection:
        found = relations(connection, (*SCHEMAS, chinese.SCHEMA))

    undescribed = [f"{each.schema}.{each.name}" for each in found if not each.description]
    undescribed += [f"{each.schema}.{each.name}.{column.name}" for each in found for column in each.columns if not column.description]
    assert len(found) > 40
    assert undescribed == []


def test_every_table_and_column_of_analysts_has_a_chinese_name_of_its_own(settings: Settings):
    with snapshot(settings) as connection:
        found = relations(connection, EXPORTED)
        shown = [each for each in relations(connection, [chinese.SCHEMA])]

    assert chinese.missing(found) == set()
    assert all(name.isascii() is False for each in shown for name in (each.name, *each.column_names))
    assert {each.name for each in shown} >= {"预算金额", "可加总金额", "合并金额", "文件", "检查发现"}


def test_the_chinese_views_show_the_same_rows(settings: Settings):
    total = "select sum(amount_yuan), count(distinct agency_name) from marts.budget_amounts_additive where measure = 'total'"
    in_chinese = "select sum(金额), count(distinct 单位名称) from 预算.可加总金额 where 指标口径 = 'total'"

    assert rows(settings, in_chinese) == rows(settings, total)
    assert rows(settings, "select count(*) from marts.budget_amounts") == rows(settings, "select count(*) from 预算.预算金额")


def test_parquet_beside_the_snapshot_has_every_row_of_every_mart(settings: Settings):
    differing = []
    with duckdb.connect(str(settings.published.resolve()), read_only=True) as connection:
        found = relations(connection, EXPORTED)
        for relation in found:
            place = f"{settings.current}/parquet/{relation.schema}/{relation.name}/**/*.parquet"
            kept = f"from read_parquet('{place}', hive_partitioning = false)"
            query = f"(from {relation.qualified} except all {kept}) union all ({kept} except all from {relation.qualified}) limit 1"
            described = [(name, kind) for name, kind, *_ in connection.execute(f"describe {kept}").fetchall()]
            if connection.execute(query).fetchall() or described != [(column.name, column.type) for column in relation.columns]:
                differing.append(relation.qualified)

    assert len(found) > 15
    assert differing == []


def test_marts_with_a_fiscal_year_are_in_parts_by_year(settings: Settings):
    parts = {path.parent.name for path in (settings.current / "parquet" / "marts" / "budget_amounts").rglob("*.parquet")}

    assert parts == {f"fiscal_year={year}" for (year,) in rows(settings, "select distinct fiscal_year from marts.budget_amounts")}


def test_the_data_package_is_a_fiscal_data_package(settings: Settings):
    descriptor = json.loads((settings.current / "datapackage.json").read_text(encoding="utf-8"))

    errors = list(Draft4Validator(json.loads(PROFILE.read_text(encoding="utf-8"))).iter_errors(descriptor))
    assert errors == []
    measures = {(each["direction"], each["phase"], each["currency"]) for each in descriptor["model"]["measures"].values()}
    assert measures == {(side, phase, "CNY") for side in ("revenue", "expenditure") for phase in ("approved", "executed")}
    kinds = {each.get("classificationType") for each in descriptor["model"]["dimensions"].values()}
    assert kinds >= {"functional", "economic", "administrative"}
    fields = {field["name"] for field in descriptor["resources"][0]["schema"]["fields"]}
    for dimension in descriptor["model"]["dimensions"].values():
        assert {attribute["source"] for attribute in dimension["attributes"].values()} <= fields
        assert set(dimension["primaryKey"]) <= dimension["attributes"].keys()
        for attribute in dimension["attributes"].values():
            assert {attribute.get("labelfor"), attribute.get("parent")} - {None} <= dimension["attributes"].keys()


def test_the_resources_of_the_data_package_are_as_it_says(export: Export):
    out = export("--format", "datapackage")

    with system.use_context(trusted=True):
        report = Package(str(out / "datapackage.json")).validate()

    assert report.valid, report.flatten(["message"])[:3]
    assert report.tasks[0].stats["rows"] > 500


def test_the_measures_of_the_data_package_add_up_to_what_the_marts_say(settings: Settings):
    where = "statement = 'expenditure_summary' and measure = 'total' and fund_source = 'all'"
    file = settings.current / "fiscal" / "amounts.csv"
    found = duckdb.sql(
        f"select fiscal_year, sum(expenditure_approved), count(revenue_approved) from '{file}' where {where} group by 1 order by 1"
    )
    expected = rows(
        settings, f"select fiscal_year, sum(amount_yuan), 0 from marts.budget_amounts_consolidated where {where} group by 1 order by 1"
    )

    assert [(year, Decimal(str(total)), count) for year, total, count in found.fetchall()] == expected


def test_direction_and_phase_follow_side_kind_and_period(tmp_path: Path):
    wanted = [sql for _, sql, _ in fiscal._COLUMNS if sql.isidentifier()] + ["table_number", "row_number", "column_number"]
    cases = [
        ("expenditure", "unit_budget", "this_year", 1),
        ("revenue", "department_budget", "this_year", 2),
        ("expenditure", "unit_final_accounts", "this_year", 4),
        ("revenue", "department_final_accounts", "final_accounts", 8),
        ("expenditure", "department_final_accounts", "budget", 16),
        ("expenditure", "department_budget", "last_year", 32),
        ("expenditure", "department_budget", "whole_period", 64),
        ("expenditure", None, "this_year", 128),
        (None, "unit_budget", "this_year", 256),
    ]
    with duckdb.connect() as connection:
        connection.execute("create schema marts")
        connection.execute("create table cases (side varchar, document_kind varchar, period varchar, amount_yuan decimal(20, 2))")
        connection.executemany("insert into cases values (?, ?, ?, ?)", cases)
        others = ", ".join(f"null::varchar as {name}" for name in wanted if name not in ("document_kind", "period", "fiscal_year"))
        connection.execute(f"create table marts.budget_amounts_consolidated as select *, 2024 as fiscal_year, {others} from cases")

        fiscal.write(connection, tmp_path)

    measures = ", ".join(f"sum({side}_{phase})::integer" for side in fiscal.DIRECTIONS for phase in fiscal.PHASES)
    assert duckdb.sql(f"select {measures} from '{tmp_path}/fiscal/amounts.csv'").fetchall() == [(1 + 16, 4, 2, 8)]


def test_csv_opens_in_excel_and_keeps_every_digit(export: Export, settings: Settings):
    out = export("--format", "csv", "--table", "budget_amounts", "--chinese")

    content = (out / "budget_amounts.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf" + "文件编号,文件名,".encode())
    assert sorted(path.name for path in out.iterdir()) == ["budget_amounts.csv"]
    read = duckdb.sql(
        f"select 金额编号, 金额::varchar, 原文金额 from read_csv('{out}/budget_amounts.csv', all_varchar = true) order by all"
    ).fetchall()
    assert read == rows(settings, "select amount_id, amount_yuan::varchar, amount_printed from marts.budget_amounts order by all")


def test_a_workbook_is_typed_has_a_frozen_header_and_says_what_its_columns_are(export: Export, settings: Settings):
    out = export("--format", "xlsx", "--table", "marts.budget_amounts")

    sheet = openpyxl.load_workbook(out / "budget_amounts.xlsx").worksheets[0]
    header = {cell.value: cell for cell in sheet[1]}
    first = {name: sheet.cell(2, cell.column) for name, cell in header.items()}
    assert sheet.freeze_panes == "A2" and sheet.auto_filter.ref
    assert "The amount in yuan." in header["amount_yuan"].comment.text
    assert (first["amount_yuan"].data_type, first["amount_yuan"].number_format) == ("n", "#,##0.00")
    assert (first["fiscal_year"].data_type, first["fiscal_year"].number_format) == ("n", "General")
    assert (first["amount_printed"].data_type, first["classification_code"].data_type) == (
        "s",
        "s" if first["classification_code"].value else "n",
    )
    amounts = [
        row[0] for row in sheet.iter_rows(2, min_col=header["amount_yuan"].column, max_col=header["amount_yuan"].column, values_only=True)
    ]
    assert sum(Decimal(str(value)) for value in amounts) == rows(settings, "select sum(amount_yuan) from marts.budget_amounts")[0][0]


def test_text_that_looks_like_a_formula_stays_text_and_long_tables_go_on_on_the_next_sheet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(workbook, "SHEET_ROWS", 2)
    with duckdb.connect() as connection:
        connection.execute("create table t as select unnest(['=1+1', 'https://example.org', '007']) as a, unnest([1.50, null, 2.25]) as b")
        workbook.write(connection, [Relation("main", "t", "", (Column("a", "VARCHAR", ""), Column("b", "DECIMAL(3,2)", "")))], tmp_path)

    sheets = openpyxl.load_workbook(tmp_path / "t.xlsx").worksheets
    assert [[[cell.value for cell in row] for row in sheet.iter_rows(2)] for sheet in sheets] == [
        [["=1+1", 1.5], ["https://example.org", None]],
        [["007", 2.25]],
    ]
    assert sheets[0]["A2"].data_type == "s" and sheets[0]["A3"].hyperlink is None


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_opens_a_workbook_with_numbers_as_numbers(export: Export, settings: Settings, tmp_path: Path):
    out = export("--format", "xlsx", "--table", "dim_document", "--chinese")

    command = [
        "soffice",
        f"-env:UserInstallation=file://{tmp_path}/profile",
        "--headless",
        "--convert-to",
        "fods",
        "--outdir",
        str(tmp_path),
    ]
    subprocess.run([*command, str(out / "dim_document.xlsx")], check=True, capture_output=True, env=os.environ, timeout=120)

    opened = (tmp_path / "dim_document.fods").read_text(encoding="utf-8")
    [(bytes_, name)] = rows(settings, "select bytes, file_name from marts.dim_document order by bytes limit 1")
    assert f'office:value-type="float" office:value="{bytes_}"' in opened
    assert name in opened and "文件编号" in opened and "预算年度" in opened


def test_the_names_of_an_unknown_table_or_format_are_told(settings: Settings, tmp_path: Path):
    arguments = ["export", "--out", str(tmp_path / "out"), "--home", str(settings.home)]

    table = CliRunner().invoke(app, [*arguments, "--format", "csv", "--table", "nothing"])
    format_ = CliRunner().invoke(app, [*arguments, "--format", "doc"])

    assert "there is no table nothing: there are " in str(table.exception)
    assert format_.exit_code == 2 and "doc is no format" in format_.output
    assert list((tmp_path / "out").iterdir()) == []


def test_parquet_that_is_there_already_is_not_replaced(export: Export, settings: Settings):
    out = export("--format", "parquet", "--table", "dim_division")

    again = CliRunner().invoke(app, ["export", "--format", "parquet", "--out", str(out), "--home", str(settings.home)])

    assert "is there already" in str(again.exception)
    assert [path.name for path in (out / "marts").iterdir()] == ["dim_division"]


def test_chinese_names_are_unique():
    lines = files("yusuan.warehouse").joinpath("names_zh.csv").read_text(encoding="utf-8").splitlines()[1:]
    for kind in (chinese.TABLE, chinese.COLUMN):
        names = [line.split(",")[2] for line in lines if line.startswith(f"{kind},")]
        assert len(names) == len(set(names)) > 20


def test_the_documentation_is_written_on_request_and_loads_nothing_from_outside(settings: Settings, tmp_path: Path):
    result = CliRunner().invoke(app, ["docs", "--out", str(tmp_path), "--home", str(settings.home)])

    assert result.exit_code == 0, result.output
    page = (tmp_path / "models.html").read_text(encoding="utf-8")
    assert "The analysts' front door" in page and "## marts.budget_amounts" in (tmp_path / "data_dictionary.md").read_text(encoding="utf-8")
    assert re.findall(r"<(?:script|link|img|iframe)[^>]+(?:https?:)?//[^>]+>|@import", page) == []
    # dbt's page asks for its tracker only where this is true.
    assert '"send_anonymous_usage_stats": false' in page
