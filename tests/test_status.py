"""`yusuan status`: every document with every step, also those that never got far, with their proof and reasons."""

import json
import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest

from yusuan import intake, listing, outcomes, parsing
from yusuan.landing import land
from yusuan.progress import Progress
from yusuan.settings import Settings
from yusuan.warehouse import load
from yusuan.warehouse.schema import STEPS

TWO_FILES = ("JS_npc_office_2019_dept_budget.NARRATIVE.pdf", "JS_npc_office_2019_dept_budget.TABLES.pdf")


def work(settings: Settings) -> None:
    """Lands and takes in as the job does, without the models."""
    with load.working(settings) as connection:
        landing = land(settings, load.read_register(connection), {})
        load.write_register(connection, landing.register)
        load.replace_outcomes(connection, outcomes.of_landing(landing.register.values(), "run"))
        due = load.due(connection, intake.rows_version(), parsing.PARSER_VERSION, settings.full)
        intake.take_in(settings, connection, due, Progress(), "run")
        connection.execute("create schema if not exists marts")
        connection.execute(
            "create or replace table marts.budget_amounts as select document_id, case row_number() over () % 4 "
            "when 0 then 'unproved' when 1 then 'contradicted' else 'proved' end as proof from staging.amounts"
        )


def told(settings: Settings) -> dict[str, dict[str, Any]]:
    with duckdb.connect(str(settings.working), read_only=True) as connection:
        return {row["file"]: row for row in json.loads(listing.documents(connection, as_json=True))}


@pytest.fixture
def worked(settings: Settings) -> Settings:
    (settings.raw / "broken.bin").write_bytes(bytes(range(256)) * 8)
    (settings.raw / "cut.pdf").write_bytes(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    (settings.raw / "prose.txt").write_text("某市2024年部门预算公开\n没有表格。\n", encoding="utf-8")
    work(settings)
    return settings


def steps(row: dict[str, Any]) -> list[str]:
    return [row["steps"][step]["status"] for step in STEPS]


def test_every_document_has_every_step(worked: Settings):
    rows = told(worked)

    assert len(rows) == 8
    assert all(tuple(row["steps"]) == STEPS for row in rows.values())
    founding = next(row for name, row in rows.items() if name.startswith("000"))
    assert steps(founding) == ["ok"] * 5 and founding["steps"]["opened"]["seconds"] > 0
    assert founding["steps"]["amounts_parsed"]["count"] == founding["amounts"] > 0


def test_a_document_that_failed_says_where_and_why(worked: Settings):
    rows = told(worked)

    assert steps(rows["broken.bin"]) == ["failed"] + ["not_reached"] * 4
    assert steps(rows["cut.pdf"]) == ["ok", "failed"] + ["not_reached"] * 3
    for name, step in (("broken.bin", "landed"), ("cut.pdf", "opened")):
        assert rows[name]["status"] == "quarantined"
        assert rows[name]["steps"][step]["reason"] == rows[name]["reason"] is not None


def test_a_document_without_tables_is_empty_and_not_failed(worked: Settings):
    row = told(worked)["prose.txt"]

    assert (row["status"], steps(row)) == ("landed", ["ok", "ok", "empty", "empty", "empty"])
    assert row["proved_share"] is None


def test_the_shares_of_proof_are_told(worked: Settings):
    row = next(row for name, row in told(worked).items() if name.startswith("000"))

    assert row["proved"] + row["unproved"] + row["contradicted"] == row["amounts"]
    assert row["proved_share"] == pytest.approx(row["proved"] / row["amounts"], abs=1e-4)


def test_a_document_that_fails_later_loses_what_it_had_reached(worked: Settings, monkeypatch: pytest.MonkeyPatch):
    def fails(*_: object) -> None:
        raise ValueError("this breaks it")

    monkeypatch.setattr(parsing, "parse", fails)
    work(Settings(worked.raw, worked.home, full=True))

    row = next(row for name, row in told(worked).items() if name.startswith("000"))
    assert steps(row) == ["ok", "ok", "failed", "not_reached", "not_reached"]


def test_the_text_has_a_line_a_document(worked: Settings):
    with duckdb.connect(str(worked.working), read_only=True) as connection:
        text = listing.documents(connection, as_json=False)

    lines = {line.split()[0]: line for line in text.splitlines() if line}
    assert lines["broken.bin"].split()[1:3] == ["quarantined", "failed"]
    assert "%" in next(line for name, line in lines.items() if name.startswith("000"))


def test_prose_and_tables_in_two_files_are_one_disclosure_and_every_amount_names_its_own_file(tmp_path: Path, shared: Path):
    raw = tmp_path / "raw"
    raw.mkdir()
    for name in TWO_FILES:
        shutil.copy(shared / "pdf" / name, raw)
    settings = Settings.load(raw=raw, home=tmp_path / "home")

    work(settings)

    with duckdb.connect(str(settings.working), read_only=True) as connection:
        disclosures = connection.execute(
            "select count(*), count(distinct disclosure_id), any_value(fiscal_year), count(distinct publisher_name) from staging.documents"
        ).fetchall()
        files = connection.execute(
            "select file_name, count(*) from staging.amounts join staging.register using (document_id) group by 1"
        ).fetchall()
    assert disclosures == [(2, 1, 2019, 1)]
    assert [name for name, count in files if count > 100] == [TWO_FILES[1]]
