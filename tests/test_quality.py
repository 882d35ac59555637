"""Findings and checks on small built databases: each check passes on a sound one and fails on one that breaks it."""

import re
import shutil
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import pytest

from built import Built, build
from staging_factory import Staging, unit_and_department
from yusuan.quality import CheckResult, QualityResult, acknowledgements, load_checks, run
from yusuan.quality.catalogue import generated, load_catalogue
from yusuan.quality.gx import validate
from yusuan.settings import Settings, YusuanError, project_files

CHECKS = {check.id: check for check in load_checks(project_files("expectations"))}
CATALOGUE = load_catalogue(project_files("expectations"))

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
    "documents.never_applied": "update quality.outcomes set outcome = 'not_applicable', reason = 'none'",
    "documents.additive_total": "update marts.budget_amounts_additive set amount_yuan = 1 where document_id = 'unit'",
    "structure.outcome_lost": "delete from quality.outcomes where document_id = 'unit' and check_id = 'prose.sum'",
    "structure.unknown_check": "update quality.findings set check_id = 'nobody.knows' where document_id = 'unit'",
    # The expectations of the suite findings differ by the id of their check only.
    "column_sum.total": "update quality.findings set severity = 'error' where document_id = 'unit'",
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
        ("row_sum.measure", "source_error", "error", 1),
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
    assert message == "目录列出的表未见：“九、三公经费表”，在同一公开的另一文件中（行18）。"


def test_what_rounding_explains_is_no_error(faulty: Built) -> None:
    told = "select verdict, severity from quality.findings where document_id = 'unit' and check_id = 'column_sum.total'"

    assert faulty.rows(told) == [("rounding", "info")]


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

    assert message == "目录列出的表未见：“二、收入总表”（行17）。"
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
    assert [result.id for result in checked.checks if not result.success] == ["documents.never_applied"]
    assert checked.publishable


def test_a_check_that_found_nothing_to_look_at_says_so(checked: QualityResult) -> None:
    applied = {result.id: result.applied for result in checked.checks}

    assert applied["column_sum.total"]
    assert not applied["agency_sum.rows"]
    assert all(applied[id_] for id_, check in CHECKS.items() if check.suite == "structure")


@dataclass(frozen=True)
class Life:
    """What a finding went through: seen, gone, and back again, when a person had acknowledged it."""

    gone: list[tuple]
    back: Built
    checked: QualityResult


@pytest.fixture(scope="module")
def life(faulty: Built, tmp_path_factory: pytest.TempPathFactory) -> Life:
    home, own = tmp_path_factory.mktemp("life") / "home", tmp_path_factory.mktemp("own")
    shutil.copytree(faulty.settings.home, home)
    settings = replace(faulty.settings, home=home, own=own)
    run(settings, "found", with_data_docs=False)
    gone = build(unit_and_department(), home, "run")
    run(gone.settings, "gone", with_data_docs=False)
    closed = gone.rows("select distinct closed_at is not null, run_count from quality.finding_history")
    ((fingerprint,),) = faulty.rows("select fingerprint from quality.findings where check_id = 'row_sum.measure' and severity = 'error'")
    (own / "acknowledged.csv").write_text(f"fingerprint,who,when,why\n{fingerprint},李,2026-02-01,原件如此\n", encoding="utf-8")
    acknowledgements.write(settings)
    back = build(faulty_staging(), home, "run")
    return Life(closed, back, run(back.settings, "back", with_data_docs=False))


def test_a_finding_that_is_gone_is_closed_and_one_that_comes_back_is_reopened(life: Life) -> None:
    assert life.gone == [(True, 1)]
    assert life.back.rows("select distinct state, reopened_at is not null from quality.findings where severity <> 'info'") == [
        ("reopened", True)
    ]
    assert life.back.rows("select distinct closed_at, run_count, reopened_at is not null from quality.finding_history") == [(None, 2, True)]


def test_a_finding_that_no_build_saw_before_is_new(faulty: Built) -> None:
    assert faulty.rows("select distinct state from quality.findings where severity <> 'info'") == [("new",)]


def test_an_acknowledged_finding_stays_visible_and_fails_no_check(life: Life) -> None:
    told = "check_id, acknowledged_by, acknowledged_on::varchar, acknowledged_why, severity"

    assert life.back.rows(f"select {told} from quality.findings where acknowledged") == [
        ("row_sum.measure", "李", "2026-02-01", "原件如此", "error")
    ]
    assert next(result for result in life.checked.checks if result.id == "row_sum.measure").success


def test_every_mistake_in_the_acknowledgements_is_named(tmp_path: Path) -> None:
    path = tmp_path / "acknowledged.csv"
    path.write_text("fingerprint,who,when,why\nabc,,2026-02-01,x\nabd,李,yesterday,x\n", encoding="utf-8")

    with pytest.raises(YusuanError, match="line 2 has no who; line 3 has yesterday where a day like 2026-02-01 belongs"):
        acknowledgements.read(path)


def test_every_check_has_an_outcome_on_every_document_and_says_why_it_does_not_apply(faulty: Built) -> None:
    told = dict(faulty.rows("select check_id, outcome from quality.outcomes where document_id = 'faulty'"))

    assert set(told) == {check.id for check in CATALOGUE}
    assert (told["column_sum.total"], told["structure.missing_table"], told["prose.sum"]) == ("finding", "finding", "not_applicable")
    assert faulty.rows("select count(*) from quality.outcomes where (reason is null) = (outcome = 'not_applicable')") == [(0,)]
    assert faulty.rows("select reason from quality.outcomes where document_id = 'faulty' and check_id = 'prose.sum'") == [
        ("文字中没有可以验算的数。",)
    ]


def test_data_docs_are_written_under_home(sound: Built, checked: QualityResult) -> None:
    assert checked.data_docs is not None
    assert checked.data_docs.is_relative_to(sound.settings.home)
    assert "structure" in checked.data_docs.read_text(encoding="utf-8")


def test_results_and_their_history_are_kept_in_the_working_database(sound: Built, checked: QualityResult) -> None:
    kept = sound.rows(
        "select count(*), sum((not success)::int), count(distinct check_id) from quality.validation_results where run_id = 'first run'"
    )

    assert kept == [(len(CHECKS), 1, len(CHECKS))]


@pytest.mark.parametrize("check_id", sorted(VIOLATIONS))
def test_every_check_fails_on_what_it_forbids(sound: Built, check_id: str, tmp_path: Path) -> None:
    result = violated(sound, check_id, tmp_path)

    assert not result.success
    assert result.blocking == (CHECKS[check_id].suite == "structure")
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
        "column_sum.total",
        "documents.additive_total",
        "documents.never_applied",
        "row_sum.measure",
        "same_figure.expenditure_total",
        "structure.missing_table",
    ]


def test_a_check_that_cannot_be_run_is_an_error(sound: Built, tmp_path: Path) -> None:
    database = Path(shutil.copy(sound.settings.working, tmp_path / "working.duckdb"))
    with duckdb.connect(str(database)) as con:
        con.execute("alter table quality.findings rename column message to sentence")

    with pytest.raises(RuntimeError, match=r"column_sum\.total: .*message"):
        validate(database, list(CHECKS.values()))


def test_every_suite_check_can_be_broken_by_a_test() -> None:
    others = {id_ for id_, check in CHECKS.items() if check.suite != "findings"}

    assert others <= set(VIOLATIONS)


def test_every_check_of_the_catalogue_is_an_expectation() -> None:
    assert [check.id for check in CHECKS.values() if check.suite == "findings"] == [check.id for check in CATALOGUE]


def test_documentation_and_seed_are_in_step_with_the_catalogue() -> None:
    made = generated(project_files("expectations"), project_files("dbt_project"))

    assert [path.name for path, text in made.items() if path.read_text(encoding="utf-8") != text] == []


def test_all_mistakes_of_a_catalogue_are_named_at_once(tmp_path: Path) -> None:
    (tmp_path / "catalogue").mkdir()
    (tmp_path / "catalogue" / "a.yml").write_text(
        "kind: identity\nseverity: error\ntolerance: none\nfamilies:\n"
        "  - family: f\n    name: {zh: 甲, en: a}\n    absent: {zh: 无, en: none}\n"
        "    checks:\n      - {id: f.x, version: 1, zh: 甲}\n      - {id: g.y, version: 1, zh: 甲, en: a, related: [f.z]}\n",
        encoding="utf-8",
    )

    with pytest.raises(ValueError, match=r"f\.x has no en; g\.y does not begin with its family f; g\.y is related to f\.z"):
        load_catalogue(tmp_path)


def test_a_mistake_in_a_suite_is_named(tmp_path: Path) -> None:
    (tmp_path / "suite.yml").write_text(
        "suite: s\nblocking: true\nseverity: error\ntable: a.b\nchecks:\n  - {id: x, version: 1, zh: 甲, en: a, unexpected: select 1}\n",
        encoding="utf-8",
    )

    with pytest.raises(ValueError, match=re.escape("suite.yml: x has no population")):
        load_checks(tmp_path)


def test_the_settings_know_the_suites() -> None:
    assert load_checks(Settings.load().expectations) == tuple(CHECKS.values())
