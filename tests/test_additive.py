"""What may be added up equals what is printed: across statements, formats and years."""

from decimal import Decimal
from typing import Any

import pytest

from yusuan.settings import Settings
from yusuan.summary import Summary
from yusuan.warehouse.query import snapshot

# Where the sums of the documents themselves do not hold; each is a finding.
CONTRADICTED = {
    ("001_2d610ba8f08dc01a.txt", "general_budget_basic_detail"),
    ("003_7c6b1039110dc643.txt", "general_budget_project_by_economic"),
    ("CENTRAL_swu_southwest_univ_2023_dept_budget.pdf", "revenue_summary"),
}
# Each printed grand total, and what budget_amounts_additive gives for its group.
AGAINST_PRINTED_TOTALS = """
    with totals as (
        select document_id, file_name, statement, side, measure, fund_source, period,
            max(amount_yuan) as total, sum(amount_yuan) as together
        from marts.budget_amounts
        where row_kind = 'total' and occurrence = 1 and statement <> 'project_performance'
        group by all
    ),
    sums as (
        select document_id, statement, side, measure, fund_source, period, breakdown, sum(amount_yuan) as total,
            sum(quantum_yuan) / 2 + max(quantum_yuan) / 2 as tolerance
        from marts.budget_amounts_additive
        inner join (select amount_id, quantum_yuan from marts.fct_budget_amount) using (amount_id)
        group by all
    )
    select totals.file_name, totals.statement
    from totals left join sums using (document_id, statement, side, measure, fund_source, period)
    where sums.total is null
        or least(abs(sums.total - totals.total), abs(sums.total - totals.together)) > sums.tolerance
"""


def rows(settings: Settings, query: str) -> list[tuple[Any, ...]]:
    with snapshot(settings) as connection:
        return connection.execute(query).fetchall()


def test_the_additive_rows_of_every_group_add_up_to_its_printed_total(published: tuple[Settings, Summary]):
    settings, _ = published
    (compared,) = rows(settings, "select count(*) from marts.budget_amounts where row_kind = 'total' and occurrence = 1")

    assert compared[0] > 100
    assert set(rows(settings, AGAINST_PRINTED_TOTALS)) == {each for each in CONTRADICTED if each[0].endswith(".txt")}


def test_so_they_do_in_the_published_pdfs_of_other_years_and_formats(published_with_pdf: Settings):
    assert set(rows(published_with_pdf, AGAINST_PRINTED_TOTALS)) == CONTRADICTED


@pytest.mark.parametrize(("verdict", "expected"), [("differs", set()), ("contradicted", CONTRADICTED)])
def test_the_check_of_the_additive_rows_names_what_differs(published_with_pdf: Settings, verdict: str, expected: set[tuple[str, str]]):
    found = rows(
        published_with_pdf,
        f"""
        select distinct file_name, statement from quality.additive_totals
        where verdict = '{verdict}' and abs(difference_yuan) > tolerance_yuan
        """,
    )

    assert set(found) == expected


def test_a_revenue_total_counts_once_where_only_its_sources_have_rows(published: tuple[Settings, Summary]):
    settings, _ = published

    assert rows(
        settings,
        """
        select line_item, amount_yuan from marts.budget_amounts_additive
        where file_name like '000%' and statement = 'revenue_expenditure_summary' and side = 'revenue' and fund_source = 'all'
        """,
    ) == [("收入总计", Decimal("1741500.00"))]


def test_headline_figures_say_where_they_come_from_and_whether_they_are_proved(published: tuple[Settings, Summary]):
    settings, _ = published

    (figures,) = rows(
        settings,
        """
        select total_expenditure_yuan, total_expenditure_source, total_expenditure_proof, personnel_yuan, three_public_yuan, includes_units
        from marts.agency_year where file_name like '001%' and is_publisher
        """,
    )
    assert figures == (Decimal("10743300.00"), figures[1], "proved", Decimal("8302300.00"), Decimal("131000.00"), True)
    assert figures[1].startswith("expenditure_summary 行")


def test_meetings_and_training_are_no_part_of_the_headline_figure_of_the_three_public_items(published_with_pdf: Settings):
    figures = rows(
        published_with_pdf,
        """
        select fiscal_year, amount_yuan, evidence from marts.headline_figures
        where figure = 'three_public' and file_name like 'JS_npc%' order by 1
        """,
    )

    assert figures == [(year, Decimal(yuan), "printed_row") for year, yuan in ((2017, 8336000), (2018, 8336000), (2019, 7676000))]


def test_every_headline_figure_with_a_place_is_the_amount_that_is_printed_there(published_with_pdf: Settings):
    wrong = rows(
        published_with_pdf,
        """
        select figures.* from marts.headline_figures as figures
        left join marts.fct_budget_amount as amounts using (amount_id)
        where figures.amount_id is not null and figures.amount_yuan is distinct from amounts.amount_yuan
        """,
    )

    assert wrong == []
    assert rows(published_with_pdf, "select count(*) > 80 from marts.headline_figures where amount_id is not null") == [(True,)]


def test_projects_of_a_list_add_up_to_the_project_expenditure(published: tuple[Settings, Summary]):
    settings, _ = published

    sums = rows(
        settings,
        """
        select left(file_name, 3), sum(amount_yuan) = max(project_expenditure_yuan)
        from marts.project_list inner join marts.agency_year using (document_id, file_name)
        where is_publisher and statement = 'project_expenditure' group by 1 order by 1
        """,
    )

    assert sums == [("000", True), ("001", True), ("002", True), ("004", True)]


def test_a_department_over_three_years_is_compared_with_the_year_before(published_with_pdf: Settings):
    assert rows(
        published_with_pdf,
        """
        select fiscal_year, previous_amount_yuan, amount_yuan, change_percent from marts.year_on_year
        where agency_name = '江苏省人大常委会办公厅' and figure = 'total_expenditure' order by 1
        """,
    ) == [
        (2018, Decimal("136490700.00"), Decimal("158974400.00"), Decimal("16.47")),
        (2019, Decimal("158974400.00"), Decimal("183303700.00"), Decimal("15.30")),
    ]


def test_the_coverage_of_a_disclosure_tells_empty_and_missing_statements_apart(published: tuple[Settings, Summary]):
    settings, _ = published

    coverage = dict(rows(settings, "select statement, status from marts.coverage_matrix where publisher_name = '吉林市政务信息中心'"))

    assert coverage["expenditure_summary"] == "present"
    assert {statement for statement, status in coverage.items() if status == "promised_but_absent"} == {"revenue_summary", "state_capital"}
    assert {statement for statement, status in coverage.items() if status == "printed_empty"} == {"government_fund_expenditure"}
    assert len(coverage) == 21


def test_a_blank_template_is_printed_empty(published_with_pdf: Settings):
    assert rows(
        published_with_pdf,
        "select distinct status from marts.coverage_matrix where publisher_name = '上海市XX局' and status <> 'not_promised'",
    ) == [("printed_empty",)]


def test_the_end_of_a_table_on_the_next_page_is_no_empty_table(published_with_pdf: Settings):
    """Page 10 of the budget of 2017 begins with the blank rows of the revenue table of page 9."""
    assert rows(
        published_with_pdf,
        """select distinct tables.first_page from staging.tables
        inner join marts.dim_document as documents on documents.document_id = tables.document_id
        where documents.fiscal_year = 2017 and tables.is_empty""",
    ) == [(15,)]
