"""Agencies, codes and projects of the real disclosures: what is one, what is not, and what is above what."""

from typing import Any

from yusuan.settings import Settings
from yusuan.summary import Summary
from yusuan.warehouse.query import snapshot

UNIT = "焦作市人民政府电子政务管理中心(焦作市云计算服务中心)"
DEPARTMENT = "焦作市政务服务和大数据管理局"


def rows(settings: Settings, query: str) -> list[tuple[Any, ...]]:
    with snapshot(settings) as connection:
        return connection.execute(query).fetchall()


def test_a_unit_and_its_department_that_publish_both_are_child_and_parent(published: tuple[Settings, Summary]):
    settings, _ = published

    assert rows(
        settings,
        f"""
        select unit.agency_level, department.agency_name, department.agency_level
        from marts.dim_agency as unit inner join marts.dim_agency as department on department.agency_key = unit.parent_agency_key
        where unit.agency_name = '{UNIT}'
        """,
    ) == [("unit", DEPARTMENT, "department")]


def test_the_consolidated_view_counts_the_money_of_a_unit_once(published: tuple[Settings, Summary]):
    settings, _ = published
    spent = "sum(amount_yuan) filter (where statement = 'expenditure_summary' and measure = 'total')"
    of_both = f"where publisher_name in ('{UNIT}', '{DEPARTMENT}')"

    (additive,) = rows(settings, f"select {spent} from marts.budget_amounts_additive {of_both}")
    (consolidated,) = rows(settings, f"select {spent} from marts.budget_amounts_consolidated {of_both}")

    assert additive[0] == 10743300 + 1741500
    assert consolidated[0] == 10743300


def test_a_department_its_own_office_and_its_short_form_are_one_agency_with_the_rules_that_joined_them(published: tuple[Settings, Summary]):
    settings, _ = published

    spellings = dict(rows(settings, f"select spelling, joined_by from marts.agency_spellings where agency_name = '{DEPARTMENT}'"))

    assert spellings == {DEPARTMENT: "preferred", f"{DEPARTMENT}本级": "qualifier", "政务服务和大数据局": "same_document"}
    codes = f"select agency_code, agency_codes from marts.dim_agency where agency_name = '{DEPARTMENT}'"
    assert rows(settings, codes) == [("122", "122、122101")]


def test_agencies_of_similar_names_stay_apart(published: tuple[Settings, Summary]):
    settings, _ = published

    assert rows(settings, "select agency_name from marts.dim_agency where agency_name like '大同市云冈区政府信息%' order by 1") == [
        ("大同市云冈区政府信息中心",),
        ("大同市云冈区政府信息网络中心",),
    ]


def test_a_department_that_only_its_unit_names_is_above_it(published: tuple[Settings, Summary]):
    settings, _ = published

    assert rows(settings, "select parent_agency_name, parent_evidence from marts.dim_agency where agency_name = '吉林市政务信息中心'") == [
        ("吉林市政务服务和数字化建设管理局", "named_in_text")
    ]


def test_a_project_is_one_row_for_the_documents_of_its_unit_and_of_the_department(published: tuple[Settings, Summary]):
    settings, _ = published

    assert rows(
        settings,
        """
        select projects.document_count, agencies.agency_name
        from marts.dim_project as projects inner join marts.dim_agency as agencies on agencies.agency_key = projects.agency_key
        where projects.project_name = '网络及网站建设维护'
        """,
    ) == [(2, UNIT)]


def test_a_project_is_one_row_over_the_years(published_with_pdf: Settings):
    assert rows(
        published_with_pdf,
        "select first_fiscal_year, last_fiscal_year, year_count from marts.dim_project where project_name = '全国人代会江苏代表团工作经费'",
    ) == [(2017, 2019, 3)]


def test_one_agency_over_three_years_keeps_its_units(published_with_pdf: Settings):
    units = rows(
        published_with_pdf,
        "select agency_name from marts.dim_agency where parent_agency_name = '江苏省人大常委会办公厅' and spelling_count > 1",
    )

    assert units == [("江苏省人大常委会办公厅信息中心",)]


def test_every_level_of_a_code_is_named_and_a_renamed_class_is_linked(published: tuple[Settings, Summary]):
    settings, _ = published

    assert rows(
        settings,
        """
        select class_name, group_name, item_name, cofog_division from marts.dim_classification_code
        where classification_code = '2101101'
        """,
    ) == [("卫生健康支出", "行政事业单位医疗", "行政单位医疗", "07")]
    assert rows(
        settings,
        """
        select classification_name, valid_from_year, valid_to_year, previous_name, next_name from marts.dim_classification_code
        where classification_code = '210' and valid_from_year >= 2014 order by valid_from_year
        """,
    ) == [
        ("医疗卫生与计划生育支出", 2014, 2018, "医疗卫生", "卫生健康支出"),
        ("卫生健康支出", 2019, None, "医疗卫生与计划生育支出", None),
    ]


def test_both_files_of_a_disclosure_are_current(published_with_pdf: Settings):
    files = rows(
        published_with_pdf,
        """
        select file_name from marts.dim_document
        where disclosure_id in (select disclosure_id from marts.dim_document where file_name like 'JS_npc_office_2019%TABLES%')
        order by 1
        """,
    )

    assert [name for (name,) in files] == ["JS_npc_office_2019_dept_budget.NARRATIVE.pdf", "JS_npc_office_2019_dept_budget.TABLES.pdf"]
    assert rows(published_with_pdf, "select count(*) > 100 from marts.budget_amounts where file_name like 'JS_npc_office_2019%'") == [
        (True,)
    ]
