"""The examples in explorer/examples answer what they ask, on the founding disclosures."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest
from typer.testing import CliRunner

from yusuan.cli import app
from yusuan.settings import Settings
from yusuan.summary import Summary
from yusuan.warehouse.query import select, snapshot

Published = tuple[Settings, Summary]
EXAMPLES = Path(__file__).resolve().parents[1] / "explorer" / "examples"
CHANGJI, JIAOZUO = "昌吉回族自治州人民政府电子政务办公室", "焦作市政务服务和大数据管理局"


def answer(published: Published, name: str) -> list[dict[str, Any]]:
    with snapshot(published[0]) as connection:
        found: duckdb.DuckDBPyRelation = select(connection, (EXAMPLES / f"{name}.sql").read_text(encoding="utf-8"))
        return [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]


def test_government_clouds_and_who_pays_for_them(published: Published):
    rows = answer(published, "government_cloud")

    assert (rows[0]["publisher_name"], rows[0]["project_name"], rows[0]["amount_wan"]) == (CHANGJI, "政务云平台机房存储扩容项目", 570)


def test_the_share_of_personnel(published: Published):
    rows = {row["publisher_name"]: row for row in answer(published, "personnel_share")}

    assert len(rows) == 5
    assert (rows[JIAOZUO]["personnel_wan"], rows[JIAOZUO]["basic_wan"], rows[JIAOZUO]["personnel_percent"]) == (830.23, 914.44, 90.8)


def test_the_three_public_items_of_each_publisher(published: Published):
    rows = [row for row in answer(published, "three_public_items") if row["publisher_name"] == JIAOZUO]

    assert [(row["row_kind"], row["amount_wan"]) for row in rows] == [("total", 13.1), ("subtotal", 7.1), ("detail", 7.1), ("detail", 6)]


def test_the_largest_classes_count_no_money_twice(published: Published):
    rows = {(row["fiscal_year"], row["class_name"]): row for row in answer(published, "largest_classes")}

    # 焦作's centre is inside its department: three publishers of 2023, not four.
    assert rows[2023, "一般公共服务支出"]["publishers"] == 3
    assert sum(row["amount_wan"] for (year, _), row in rows.items() if year == 2023) == pytest.approx(2068.18 + 1592.15 + 1074.33)


def test_contradictions_with_both_figures(published: Published):
    rows = answer(published, "contradictions")

    assert (1920.33, 1928.73) in {(row["expected_wan"], row["actual_wan"]) for row in rows if row["publisher_name"] == CHANGJI}
    with_both = [row for row in rows if row["expected_wan"] is not None and row["actual_wan"] is not None]
    assert all(row["difference_wan"] == pytest.approx(row["actual_wan"] - row["expected_wan"]) for row in with_both)


def test_how_far_each_disclosure_is_proved(published: Published):
    rows = answer(published, "trust")

    assert sum(row["amounts"] for row in rows) == published[1].amounts
    assert sum(row["proved"] for row in rows) == published[1].proof["proved"]


def test_where_a_number_is_printed_word_for_word(published: Published):
    rows = answer(published, "where_printed")

    assert rows and all(row["amount_printed"] in row["text"] for row in rows)


def test_budget_beside_accounts_has_one_row_a_publisher_and_year(published: Published):
    rows = {row["publisher_name"]: row for row in answer(published, "budget_and_accounts")}

    assert (rows[CHANGJI]["budget_wan"], rows[CHANGJI]["accounts_wan"]) == (2068.18, None)


def test_every_example_is_tested_and_asks_its_question_in_both_languages():
    named = Path(__file__).read_text(encoding="utf-8")
    for path in EXAMPLES.glob("*.sql"):
        assert f'"{path.stem}"' in named
        first = path.read_text(encoding="utf-8").splitlines()[0]
        assert first.startswith("-- ") and "?" in first and first.endswith("？")


def test_a_file_can_be_asked_through_standard_input(published: Published):
    text = (EXAMPLES / "trust.sql").read_text(encoding="utf-8")

    result = CliRunner().invoke(app, ["query", "-", "--home", str(published[0].home)], input=text)

    assert result.exit_code == 0 and "proved_percent" in result.output


def test_the_notebook_runs_through(published: Published):
    pytest.importorskip("marimo")
    pytest.importorskip("altair")
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
        "YUSUAN_HOME": str(published[0].home),
    }

    done = subprocess.run([sys.executable, EXAMPLES / "notebook.py"], env=environment, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")
