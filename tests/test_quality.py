"""Findings and checks on small built databases: each check passes on a sound one and fails on one that breaks it."""

import re
import shutil
from pathlib import Path

import duckdb
import pytest

from built import Built, build
from staging_factory import Staging, unit_and_department
from yusuan.quality import CheckResult, QualityResult, load_checks, run
from yusuan.quality.gx import validate
from yusuan.settings import Settings, project_files

CHECKS = {check.id: check for check in load_checks(project_files("expectations"))}
FAMILIES = [check.family for check in CHECKS.values() if check.suite == "totals"]

# What breaks each check, as a stroke of SQL on a database on which it passes.
VIOLATIONS = {
    "structure.lost_document": "delete from staging.documents where document_id = 'unit'",
    "structure.nothing_parsed": "update marts.dim_document set amount_count = 0",
    "structure.duplicate_amount": "insert into staging.amounts from staging.amounts limit 1",
    "structure.orphan_amount": "delete from staging.tables where document_id = 'department' and table_number = 2",
    "structure.amount_without_unit": "update staging.amounts set unit_printed = null where document_id = 'unit' and row_number = 2",
    "structure.amount_altered": "update staging.amounts set amount_yuan = amount_yuan * 10 where document_id = 'unit' and row_number = 2",
    "structure.marts_complete": "delete from marts.fct_budget_amount where document_id = 'unit' and row_number = 2",
    "structure.front_door_key": "insert into marts.fct_budget_amount from marts.fct_budget_amount limit 1",
    "structure.term_without_amount": "delete from staging.amounts where document_id = 'unit' and row_number = 2",
    "structure.verdict_follows_tolerance": "update staging.identities set verdict = 'holds'",
    "structure.finding_lost": "delete from quality.findings where document_id = 'unit'",
    "documents.without_tables": "update marts.dim_document set table_count = 0 where document_id = 'unit'",
    "documents.unlabelled": "update marts.dim_document set fiscal_year = null where document_id = 'unit'",
    "documents.amount_without_meaning": "update marts.fct_budget_amount set measure = null where document_id = 'unit'",
    "documents.notices": "update quality.findings set family = 'structure', severity = 'warning' where document_id = 'unit'",
    "documents.additive_total": "update marts.fct_budget_amount set amount_yuan = 1 where document_id = 'unit' and row_number = 2",
    **{f"totals.{family}": f"update staging.identities set family = '{family}', verdict = 'contradicted'" for family in FAMILIES},
}


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Built:
    return build(unit_and_department(), tmp_path_factory.mktemp("sound"))


@pytest.fixture(scope="module")
def checked(sound: Built) -> QualityResult:
    return run(sound.settings, "first run")


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Built:
    return build(faulty_staging(), tmp_path_factory.mktemp("faulty"))


def faulty_staging(document_id: str = "faulty") -> Staging:
    """A document with one of each: a wrong column total, a wrong row, two places that disagree, a damaged table, what is absent."""
    staging = unit_and_department()
    staging.document(document_id, document_kind="unit_budget", publisher_name="图书馆")
    staging.table(document_id, 1, "expenditure_summary", "2023年支出总表")
    total = staging.amount(document_id, 1, 1, "30.00", row_kind="total", is_leaf=False)
    parts = [staging.amount(document_id, 1, 2, "10.00"), staging.amount(document_id, 1, 3, "21.50")]
    staging.identity("column_sum.total", total, parts, subject="合计 total/all")
    staging.identity("row_sum.measure", total, parts[:1], subject="第一行")
    staging.table(document_id, 2, "general_budget_expenditure", "2023年一般公共预算支出表")
    elsewhere = staging.amount(document_id, 2, 1, "29.00", fund_source="general_public")
    staging.identity(
        "same_figure.expenditure_total", total, [elsewhere], subject="支出合计 total", other_statement="general_budget_expenditure"
    )
    staging.table(document_id, 3, "project_expenditure", "2023年项目支出表", damage_count=1)
    torn = staging.amount(document_id, 3, 1, "5.00", row_kind="total", is_leaf=False, breakdown="project")
    left = staging.amount(document_id, 3, 2, "4.00", breakdown="project")
    staging.identity("column_sum.total", torn, [left], subject="合计")
    staging.notice(document_id, "missing_table", statement="revenue_summary", line=17, text="二、收入总表")
    staging.document("tables", disclosure_id=f"disclosure of {document_id}", document_kind="unit_budget", publisher_name="图书馆")
    staging.table("tables", 1, "three_public", "2023年三公经费表")
    staging.notice(document_id, "missing_table", statement="three_public", line=18, text="九、三公经费表")
    staging.notice(document_id, "empty_table", table_number=4, statement="three_public", line=90, text="本表无数据")
    return staging


def findings(built: Built, columns: str) -> list[tuple]:
    return built.rows(f"select {columns} from quality.findings where publisher_name = '图书馆' order by all")


def violated(built: Built, check_id: str, directory: Path) -> CheckResult:
    """The result of one check on a copy of a database that has been broken."""
    database = Path(shutil.copy(built.settings.working, directory / "working.duckdb"))
    with duckdb.connect(str(database)) as con:
        con.execute(VIOLATIONS[check_id])
    return validate(database, [CHECKS[check_id]])[0]


def test_contradictions_become_findings_about_the_source_or_about_the_text(faulty: Built) -> None:
    assert findings(faulty, "check_id, verdict, severity, table_number") == [
        ("column_sum.total", "damaged_text", "warning", 3),
        ("column_sum.total", "source_error", "error", 1),
        ("row_sum.measure", "source_error", "warning", 1),
        ("same_figure.expenditure_total", "source_error", "error", 1),
        ("structure.empty_table", "not_applicable", "info", 4),
        ("structure.missing_table", "holds", "info", None),
        ("structure.missing_table", "missing", "warning", None),
    ]


def test_a_table_that_stands_in_another_file_of_the_disclosure_is_not_missing(faulty: Built) -> None:
    ((message, verdict),) = faulty.rows(
        "select message, verdict from quality.findings where statement = 'three_public' and places = '行18'"
    )

    assert verdict == "holds"
    assert message == "目录列出的表未见：九、三公经费表，在同一公开的另一文件中（行18）。"


def test_what_rounding_explains_is_no_error(faulty: Built) -> None:
    assert faulty.rows("select verdict, severity from quality.findings where document_id = 'unit'") == [("rounding", "info")]


def test_a_message_names_both_figures_the_difference_and_the_places(faulty: Built) -> None:
    messages = dict(findings(faulty, "check_id || table_number, message"))

    assert messages["column_sum.total1"] == (
        "《2023年支出总表》“合计”（合计，全部资金）列合计：印的合计30万元，各行相加31.5万元，相差1.5万元，超出四舍五入的范围，请核对并更正"
        "（行101、行102、行103）。"
    )
    assert messages["same_figure.expenditure_total1"].startswith(
        "《2023年支出总表》与《2023年一般公共预算支出表》“支出合计”（合计）同一数字：前一处30万元，后一处29万元"
    )
    assert "请先对照原件" in messages["column_sum.total3"]


def test_a_missing_table_is_said_with_its_place(faulty: Built) -> None:
    ((message, english, places),) = faulty.rows(
        "select message, message_en, places from quality.findings where check_id = 'structure.missing_table' and verdict = 'missing'"
    )

    assert message == "目录列出的表未见：二、收入总表（行17）。"
    assert english == "A table that the contents list promises is not in the document (二、收入总表, 行17)"
    assert places == "行17"


def test_an_amount_of_a_failing_identity_is_contradicted_although_others_hold(faulty: Built) -> None:
    proofs = faulty.rows("select table_number, row_number, proof from marts.budget_amounts where document_id = 'faulty' order by all")

    assert proofs == [
        (1, 1, "contradicted"),
        (1, 2, "contradicted"),
        (1, 3, "contradicted"),
        (2, 1, "contradicted"),
        (3, 1, "contradicted"),
        (3, 2, "contradicted"),
    ]


def test_a_finding_keeps_its_fingerprint_and_its_first_day_when_the_file_changes(faulty: Built, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(faulty.settings.home, home)
    first = build(faulty_staging(), home, "run")
    run(first.settings, "first", with_data_docs=False)
    with duckdb.connect(str(first.settings.working)) as con:
        con.execute("update quality.finding_history set first_seen = timestamp '2023-02-03 00:00:00'")
    before = findings(first, "fingerprint")

    second = build(faulty_staging("other bytes"), home, "run")
    run(second.settings, "second", with_data_docs=False)

    assert findings(second, "fingerprint") == before
    assert second.rows("select distinct document_id from quality.findings where publisher_name = '图书馆'") == [("other bytes",)]
    assert second.rows("select distinct first_seen::varchar from quality.findings where severity <> 'info'") == [("2023-02-03 00:00:00",)]
    assert second.rows("select count(*), count(distinct fingerprint) from quality.finding_history") == [(5, 5)]
    assert second.rows("select distinct run_id from quality.validation_results order by 1") == [("first",), ("second",)]


def test_every_check_passes_on_a_sound_database(checked: QualityResult) -> None:
    assert {result.id for result in checked.checks} == set(CHECKS)
    assert [result.id for result in checked.checks if not result.success] == []
    assert checked.publishable


def test_a_check_that_found_nothing_to_look_at_says_so(checked: QualityResult) -> None:
    applied = {result.id: result.applied for result in checked.checks}

    assert applied["totals.column_sum"]
    assert not applied["totals.agency_sum"]
    assert all(applied[id_] for id_ in CHECKS if id_.startswith("structure."))


def test_data_docs_are_written_under_home(sound: Built, checked: QualityResult) -> None:
    assert checked.data_docs is not None
    assert checked.data_docs.is_relative_to(sound.settings.home)
    assert "structure" in checked.data_docs.read_text(encoding="utf-8")


def test_results_and_their_history_are_kept_in_the_working_database(sound: Built, checked: QualityResult) -> None:
    kept = sound.rows(
        "select count(*), bool_and(success), count(distinct check_id) from quality.validation_results where run_id = 'first run'"
    )

    assert kept == [(len(CHECKS), True, len(CHECKS))]


@pytest.mark.parametrize("check_id", sorted(CHECKS))
def test_every_check_fails_on_what_it_forbids(sound: Built, check_id: str, tmp_path: Path) -> None:
    result = violated(sound, check_id, tmp_path)

    assert not result.success
    assert result.blocking == check_id.startswith("structure.")
    assert result.sample_keys and all(result.sample_keys)
    assert all(sample["detail"] for sample in result.samples)


def test_a_blocking_failure_keeps_a_build_from_being_published(sound: Built, tmp_path: Path) -> None:
    blocked = violated(sound, "structure.marts_complete", tmp_path)

    assert not QualityResult("run", (blocked,)).publishable
    assert blocked.samples == ({"key": "unit", "detail": "staged 3, served 2"},)


def test_findings_about_a_source_do_not_block(faulty: Built) -> None:
    result = run(faulty.settings, "faulty", with_data_docs=False)

    assert result.publishable
    assert sorted(check.id for check in result.checks if not check.success) == [
        "documents.additive_total",
        "documents.notices",
        "totals.column_sum",
        "totals.row_sum",
        "totals.same_figure",
    ]


def test_a_check_that_cannot_be_run_is_an_error(sound: Built, tmp_path: Path) -> None:
    database = Path(shutil.copy(sound.settings.working, tmp_path / "working.duckdb"))
    with duckdb.connect(str(database)) as con:
        con.execute("alter table quality.findings rename column message to sentence")

    with pytest.raises(RuntimeError, match=r"documents\.notices: .*message"):
        validate(database, list(CHECKS.values()))


def test_families_of_the_suite_are_those_that_findings_can_be_worded_for() -> None:
    seed = (project_files("dbt_project") / "seeds" / "check_family.csv").read_text(encoding="utf-8")

    assert sorted(FAMILIES) == sorted(line.split(",")[0] for line in seed.splitlines()[1:])


def test_a_mistake_in_a_suite_is_named(tmp_path: Path) -> None:
    (tmp_path / "suite.yml").write_text(
        "suite: s\nblocking: true\ntable: a.b\nchecks:\n  - {id: x, version: 1, zh: 甲, en: a, unexpected: select 1}\n", encoding="utf-8"
    )

    with pytest.raises(ValueError, match=re.escape("suite.yml: x has no population")):
        load_checks(tmp_path)


def test_the_settings_know_the_suites() -> None:
    assert load_checks(Settings.load().expectations) == tuple(CHECKS.values())
