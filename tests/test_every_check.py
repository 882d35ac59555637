"""Every check of the catalogue holds on a small sound budget and speaks on one that differs from it in one place; all of them are read,
parsed and judged as an inspection does it."""

from pathlib import Path

import pytest

from sound_budget import ADDED, FAULTY, SOUND, Change
from yusuan.inspection import inspected
from yusuan.quality.catalogue import load_catalogue
from yusuan.settings import Settings, project_files
from yusuan.summary import Summary
from yusuan.warehouse.query import snapshot

TESTS = Path(__file__).parent
# What needs more than one small budget, and where it has its good and its bad case.
ELSEWHERE = {
    "unit_department.same_figure": "test_comparisons.py",
    "unit_department.sum": "test_comparisons.py",
    "year_on_year.prose": "test_comparisons.py",
    "code_name.agency_spelling": "test_comparisons.py",
    "code_name.unit_department_spelling": "test_comparisons.py",
    "structure.correction_applied": "test_corrections.py",
    "structure.correction_stale": "test_corrections.py",
    "structure.unsure_amounts": "test_unsure_amounts.py",
}
# Headers that are lost beyond repair are in the founding texts; one that two readings fit equally is in no document at hand.
FOUNDING, UNSEEN = {"structure.headless_table"}, {"structure.ambiguous_header"}
CASES = {check: ([], bad) for check, bad in FAULTY.items()} | ADDED
Heard = dict[tuple[str, str], tuple[str, int]]


def changed(changes: list[Change]) -> str:
    text = SOUND
    for before, after in changes:
        assert before in text, before
        text = text.replace(before, after)
    return text


@pytest.fixture(scope="module")
def heard(tmp_path_factory: pytest.TempPathFactory) -> Heard:
    """(file, check): the outcome, and how many findings there are, remarks included."""
    directory = tmp_path_factory.mktemp("budgets")
    for check, (good, bad) in CASES.items():
        for case, changes in (("good", good), ("bad", bad)):
            # The same bytes would be one document.
            remark = f"\n三、{check} {case}：是指本例。\n"
            (directory / f"{check} {case}.txt").write_text(changed(changes) + remark, encoding="utf-8")
    with inspected(sorted(directory.iterdir())) as inspection:
        assert inspection.unreadable == {}
        rows = inspection.connection.execute(
            """
            select outcomes.file_name, outcomes.check_id, outcomes.outcome, count(findings.check_id)
            from quality.outcomes as outcomes
            left join quality.findings as findings
                on findings.document_id = outcomes.document_id
                and findings.check_id = outcomes.check_id
                and findings.verdict not in ('holds', 'rounding')
            group by all
            """
        ).fetchall()
    return {(file, check): (outcome, count) for file, check, outcome, count in rows}


@pytest.mark.parametrize("check", CASES)
def test_a_check_holds_on_the_sound_budget_and_speaks_on_the_faulty_one(heard: Heard, check: str) -> None:
    good, bad = heard[f"{check} good.txt", check], heard[f"{check} bad.txt", check]

    assert good[1] == 0 and bad[1] > 0
    # That a table is empty is a fact and no finding: without one there is nothing to hold.
    assert good[0] == ("not_applicable" if check == "structure.empty_table" else "holds")


def test_every_check_of_the_catalogue_has_a_good_and_a_bad_case() -> None:
    known = {definition.id for definition in load_catalogue(project_files("expectations"))}

    assert set(CASES) | set(ELSEWHERE) | FOUNDING | UNSEEN == known
    assert len(CASES) + len(ELSEWHERE) + len(FOUNDING | UNSEEN) == len(known)
    for check, file in ELSEWHERE.items():
        assert check.split(".")[1] in (TESTS / file).read_text(encoding="utf-8")


@pytest.mark.parametrize("check", sorted(FOUNDING | UNSEEN))
def test_the_founding_texts_have_both_cases_of_what_a_small_text_cannot_show(published: tuple[Settings, Summary], check: str) -> None:
    with snapshot(published[0]) as connection:
        outcomes = connection.execute("select distinct outcome from quality.outcomes where check_id = ?", [check]).fetchall()

    assert {outcome for (outcome,) in outcomes} == ({"holds"} if check in UNSEEN else {"holds", "finding"})
