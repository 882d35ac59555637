"""Every check of the catalogue holds on a small sound budget and speaks on one that differs from it in one place; all of them are read,
parsed and judged as an inspection does it."""

from pathlib import Path

import pytest

from sound_budget import ADDED, FAULTY, SOUND, Change
from yusuan.inspection import inspected
from yusuan.quality.catalogue import load_catalogue
from yusuan.settings import project_files

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
    for number, (check, (good, bad)) in enumerate(CASES.items()):
        for case, changes in (("good", good), ("bad", bad)):
            # Files of one publisher and year are one disclosure, and the same bytes are one document.
            own = f"焦作市{chr(0x6000 + number)}{'甲' if changes is good else '乙'}局"
            (directory / f"{check} {case}.txt").write_text(changed(changes).replace("焦作市统计局", own), encoding="utf-8")
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

    assert set(CASES) | set(ELSEWHERE) == known
    assert len(CASES) + len(ELSEWHERE) == len(known)
    for check, file in ELSEWHERE.items():
        assert check.split(".")[1] in (TESTS / file).read_text(encoding="utf-8")
