"""Comparisons across documents, years and reference lists, on one small database: each check with a good and a bad case."""

from decimal import Decimal

import pytest

from built import Built, build
from staging_factory import Staging, key

CENTER = "某市电子政务管理中心"
GOOD, BAD = "good", "bad"


def comparable() -> Staging:
    """A sound and a faulty disclosure for every check; the faulty ones are of another government, so that they do not mix."""
    staging = Staging()
    for case, division in ((GOOD, "410800"), (BAD, "410700")):
        _department_and_unit(staging, case, division)
        _two_years(staging, case, division)
        _projects(staging, case, division)
    return staging


def _department_and_unit(staging: Staging, case: str, division: str) -> None:
    place = {"division_code": division}
    staging.document(f"{case} department", document_kind="department_budget", publisher_name="某市某局", **place)
    staging.table(f"{case} department", 1, "expenditure_summary", "2023年支出表")
    center = {"agency_name": CENTER, "agency_source": "row", "line_item": CENTER}
    office = {"agency_name": "某市某局机关", "agency_source": "row", "line_item": "某市某局机关"}
    total = {"row_kind": "total", "is_leaf": False, "line_item": "合计"}
    staging.amount(f"{case} department", 1, 1, "9.00", **total)
    staging.amount(f"{case} department", 1, 2, "5.00", **center)
    staging.amount(f"{case} department", 1, 3, "4.00", **office)
    staging.amount(
        f"{case} department",
        1,
        4,
        "5.00",
        agency_name=CENTER,
        agency_source="rollup",
        classification_code="2010301",
        code_source="printed",
        line_item="行政运行" if case == GOOD else "公务员医疗补助",
    )
    staging.table(f"{case} department", 2, "project_expenditure", "2023年项目表")
    staging.amount(f"{case} department", 2, 1, "1.00", project_name="退休人员年度健康休养费", agency_name=CENTER, agency_source="row")
    for publisher, printed in ((CENTER, "5.00" if case == GOOD else "5.20"), ("某市某局机关", "4.00")):
        unit = f"{case} {publisher}"
        staging.document(unit, document_kind="unit_budget", publisher_name=publisher, **place)
        staging.table(unit, 1, "expenditure_summary", "2023年支出表")
        staging.amount(unit, 1, 1, printed, **total)
    staging.table(f"{case} {CENTER}", 2, "project_expenditure", "2023年项目表")
    name = "退休人员年度健康休养费" if case == GOOD else "退休人员年度健康体检费"
    staging.amount(f"{case} {CENTER}", 2, 1, "1.00", project_name=name)


def _two_years(staging: Staging, case: str, division: str) -> None:
    for year, printed in ((2022, "90.00"), (2023, "100.00")):
        document = f"{case} {year}"
        staging.document(document, document_kind="department_budget", publisher_name="某市档案局", fiscal_year=year, division_code=division)
        staging.table(document, 1, "revenue_expenditure_summary", f"{year}年收支总表")
        staging.amount(document, 1, 1, printed, row_kind="total", is_leaf=False, measure="amount", line_item="支出总计")
    change = "10.00" if case == GOOD else "15.00"
    level, changed = (_claim(staging, f"{case} 2023", "expenditure_total", value, line) for line, value in ((5, "100.00"), (6, change)))
    identity = key(case, "change")
    staging.rows["identities"].append(
        {
            "identity_id": identity,
            "document_id": f"{case} 2023",
            "check_id": "prose.change",
            "family": "prose",
            "subject": "支出总计",
            "expected_yuan": 1,
            "actual_yuan": 1,
            "residual_yuan": 0,
            "tolerance_yuan": 1,
            "verdict": "holds",
            "term_count": 2,
            "places": "行5",
        }
    )
    for role, claim, amount in (("first", changed, change), ("second", level, "100.00")):
        staging.rows["identity_terms"].append(
            {
                "identity_id": identity,
                "document_id": f"{case} 2023",
                "amount_id": claim,
                "role": role,
                "line": 5,
                "amount_yuan": Decimal(amount) * 10_000,
                "label": "支出总计",
            }
        )


def _claim(staging: Staging, document: str, claim: str, value: str, line: int, **more: object) -> str:
    row = {
        "claim_id": key(document, line),
        "document_id": document,
        "claim": claim,
        "subject": claim,
        "kind": "amount",
        "value": value,
        "unit": "万元",
        "value_yuan": Decimal(value) * 10_000,
        "value_printed": value,
        "line": line,
        "sentence": f"句{line}",
        **more,
    }
    staging.rows["claims"].append(row)
    return str(row["claim_id"])


def _projects(staging: Staging, case: str, division: str) -> None:
    document = f"{case} projects"
    staging.document(document, document_kind="department_budget", publisher_name="某市体育局", division_code=division)
    staging.table(document, 1, "project_expenditure", "2023年项目支出表")
    name = "某市政府信息网络中心"
    for row, (project, printed) in enumerate((("网站维护", "4.00"), ("云平台", "6.00")), start=1):
        staging.amount(document, 1, row, printed, project_name=project, agency_name=name, agency_source="row", breakdown="project")
    staging.table(document, 2, "project_performance", "绩效目标表")
    form = "4.00" if case == GOOD else "4.50"
    agency = name if case == GOOD else "某市政府信息中心"
    staging.amount(document, 2, 1, form, project_name="网站维护", agency_name=agency, agency_source="row", row_kind="total")
    count = "2" if case == GOOD else "3"
    _claim(staging, document, "project_count", count, 7, kind="count", unit="个", value_yuan=None, sentence="项目若干")
    _claim(staging, document, "project_expenditure", "10.00", 8, sentence="项目若干")
    staging.rows["targets"].append(
        {
            "target_id": key(document, "target"),
            "document_id": document,
            "table_number": 2,
            "row_number": 3,
            "column_number": 1,
            "part": 1,
            "line": 210,
            "project_name": "网站维护",
            "level_1": "成本指标",
            "indicator_name": "维护成本",
            "operator": "≤",
            "value": 4 if case == GOOD else 15,
            "unit": "万元",
            "target_printed": "≤4万元",
            "period": "this_year",
            "form_money_yuan": 40_000,
        }
    )
    staging.table(document, 3, "revenue_summary", "2023年收入表")
    total = staging.amount(document, 3, 1, "10.00", row_kind="total", is_leaf=False, side="revenue")
    twice = staging.amount(document, 3, 2, "10.00" if case == GOOD else "100000.00", row_kind="total", is_leaf=False, side="revenue")
    staging.identity("same_figure.revenue_total", total, [twice], subject="合计")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    return build(comparable(), tmp_path_factory.mktemp("comparisons"))


CHECKS = {
    "unit_department.same_figure": CENTER,
    "unit_department.sum": "department",
    "year_on_year.prose": "2023",
    "performance.project_money": "projects",
    "performance.cost_target": "projects",
    "prose_rows.project_count": "projects",
    "plausibility.scale": "projects",
    "code_name.reference": "department",
    "code_name.agency_spelling": "projects",
    "code_name.unit_department_spelling": CENTER,
}


@pytest.mark.parametrize("check_id", CHECKS)
def test_every_comparison_holds_on_the_sound_case_and_finds_the_faulty_one(built: Built, check_id: str) -> None:
    outcomes = dict(built.rows(f"select document_id, outcome from quality.outcomes where check_id = '{check_id}'"))

    assert outcomes[f"{GOOD} {CHECKS[check_id]}"] == "holds"
    assert outcomes[f"{BAD} {CHECKS[check_id]}"] == "finding"


def test_a_comparison_is_an_outcome_of_both_documents_and_names_the_other(built: Built) -> None:
    ((other, expected, actual),) = built.rows(
        "select other_document_id, expected_yuan, actual_yuan from quality.findings"
        " where check_id = 'unit_department.same_figure' and severity <> 'info'"
    )
    ((outcome,),) = built.rows(
        f"select outcome from quality.outcomes where check_id = 'unit_department.same_figure' and document_id = '{BAD} department'"
    )

    assert (other, expected, actual, outcome) == (f"{BAD} department", Decimal("50000.00"), Decimal("52000.00"), "finding")


def test_a_document_without_a_counterpart_says_so(built: Built) -> None:
    told = built.rows(
        "select distinct outcome, reason from quality.outcomes where check_id = 'unit_department.sum' and document_id like '% 2022'"
    )

    assert told == [("not_applicable", "没有收录可以对照的部门公开或单位公开。")]
