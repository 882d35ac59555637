"""The five founding disclosures, read and parsed in memory: what they print, labelled, and proved or contradicted."""

from decimal import Decimal

import polars as pl
import pytest

from founding import parse_founding, proofs
from yusuan.parsing import Parsed


@pytest.fixture(scope="module")
def parsed() -> Parsed:
    return parse_founding()


def amounts(parsed: Parsed, document: str, **labels: str | int) -> pl.DataFrame:
    frame = parsed.amounts.filter(pl.col("document_id") == document)
    return frame.filter(*(pl.col(name) == value for name, value in labels.items()))


def test_every_statement_type_of_the_founding_texts_is_recognised(parsed: Parsed):
    found = set(parsed.tables["statement"])

    assert found == {
        "revenue_expenditure_summary", "revenue_summary", "expenditure_summary", "appropriation_summary", "general_budget_expenditure",
        "general_budget_basic_by_economic", "general_budget_basic_detail", "general_budget_project_by_economic", "three_public",
        "government_fund_revenue", "government_fund_expenditure", "state_capital", "project_expenditure", "project_expenditure_carryover",
        "operating_expense", "department_performance", "project_performance",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("document", "publisher", "year", "kind", "division"),
    [
        ("000", "焦作市人民政府电子政务管理中心(焦作市云计算服务中心)", 2023, "unit_budget", "410800"),
        ("001", "焦作市政务服务和大数据管理局", 2023, "department_budget", "410800"),
        ("002", "大同市云冈区人民政府办公室(部门)", 2023, "department_budget", "140214"),
        ("003", "昌吉回族自治州人民政府电子政务办公室", 2023, "department_budget", "652300"),
        ("004", "吉林市政务信息中心", 2022, "unit_budget", "220200"),
    ],
)
def test_a_document_knows_its_publisher_year_and_kind(parsed: Parsed, document, publisher, year, kind, division):
    row = parsed.documents.filter(pl.col("document_id") == document).row(0, named=True)

    assert (row["publisher_name"], row["fiscal_year"], row["document_kind"], row["division_code"]) == (publisher, year, kind, division)


def test_a_flattened_header_that_slid_to_the_left_is_put_back(parsed: Parsed):
    """001 prints the headings of 人员经费 and 公用经费 over the code columns; 3.00 is 资本性支出 (790.56+39.67+81.21+3.00=914.44)."""
    found = amounts(parsed, "001", statement="general_budget_expenditure", measure="basic/public/capital", row_kind="total")

    assert found["amount_yuan"].to_list() == [Decimal("30000.00")]


def test_a_group_heading_over_the_wrong_leaf_is_put_back(parsed: Parsed):
    found = amounts(parsed, "000", statement="expenditure_summary", measure="project", row_kind="total")

    assert found["amount_yuan"].to_list() == [Decimal("144000.00")]


def test_a_row_that_lost_cells_is_shifted_back_and_says_so(parsed: Parsed):
    found = amounts(parsed, "000", statement="general_budget_basic_detail", line=315)

    assert set(found["project_name"]) == {"退休人员采暖补贴(行政)"}
    assert set(found["repair"]) == {"shifted_cells+broken_name"}
    assert found["fund_source"].to_list() == ["all", "general_public"]


def test_a_mistyped_separator_keeps_its_print_and_names_its_repair(parsed: Parsed):
    row = amounts(parsed, "003", line=228).row(0, named=True)

    assert (row["amount_printed"], row["amount_yuan"], row["repair"]) == ("1。60", Decimal("16000.00"), "mistyped_point")


def test_a_headless_tail_is_its_statement_without_invented_meaning(parsed: Parsed):
    tail = amounts(parsed, "000", statement="appropriation_summary")
    table = parsed.tables.filter(pl.col("document_id") == "000", pl.col("statement") == "appropriation_summary").row(0, named=True)

    assert tail["amount_printed"].to_list() == ["7.46"] * 3
    assert tail["measure"].null_count() == 3
    assert table["header_lost"]
    assert "headless_table" in parsed.notices.filter(pl.col("document_id") == "000")["kind"].to_list()


def test_empty_tables_are_recorded_with_their_note(parsed: Parsed):
    empty = parsed.tables.filter(pl.col("document_id") == "002", pl.col("is_empty"))

    assert empty["statement"].to_list() == [
        "government_fund_revenue", "government_fund_expenditure", "state_capital", "project_expenditure_carryover",
    ]  # fmt: skip
    assert set(empty["empty_note"]) == {"注:本表无数据"}


def test_promised_tables_that_are_absent_are_noticed(parsed: Parsed):
    missing = parsed.notices.filter(pl.col("kind") == "missing_table").group_by("document_id").agg(pl.col("statement").sort())

    found = dict(missing.iter_rows())

    assert found["000"] == ["expenditure_by_economic", "government_fund_expenditure", "revenue_summary", "state_capital"]
    assert found["004"] == ["revenue_summary", "state_capital"]
    assert "002" not in found


def test_units_may_differ_within_a_document(parsed: Parsed):
    units = parsed.amounts.filter(pl.col("document_id") == "002").group_by("statement").agg(pl.col("unit_printed").unique())

    assert dict(units.iter_rows())["project_performance"] == ["元"]
    assert dict(units.iter_rows())["project_expenditure"] == ["万元"]


def test_agency_headings_among_projects_are_found_by_their_sums(parsed: Parsed):
    rows = amounts(parsed, "002", statement="project_expenditure", fund_source="all")
    kinds = dict(rows.filter(pl.col("project_name").is_null()).select("agency_name", "row_kind").iter_rows())

    assert kinds == {
        "大同市云冈区人民政府办公室（部门）": "total",
        "大同市云冈区人民政府办公室": "subtotal",
        "大同市云冈区公共事务服务中心": "subtotal",
        "大同市云冈区政府信息网络中心": "subtotal",
    }
    projects = rows.filter(pl.col("project_name").is_not_null())
    assert projects.height == 28
    assert projects.filter(pl.col("line") == 412).select("agency_name", "agency_source").rows() == [
        ("大同市云冈区政府信息网络中心", "rollup")
    ]


def test_rows_whose_agency_was_lost_with_a_page_are_not_the_agency_above(parsed: Parsed):
    """001 lost the page on which its second unit's rows begin; its project table lists the three units in order."""
    rows = amounts(parsed, "001", statement="general_budget_basic_detail", fund_source="all")
    agencies = rows.filter(pl.col("line").is_in([366, 371, 384, 385])).select("line", "agency_name", "agency_source").rows()

    assert agencies == [
        (366, "焦作市政务服务和大数据管理局", "row"),
        (371, "焦作市人民政府电子政务管理中心(焦作市云计算服务中心)", "inferred"),
        (384, "焦作市人民政府电子政务管理中心(焦作市云计算服务中心)", "inferred"),
        (385, "焦作市外来投资服务中心", "row"),
    ]


def test_a_form_that_is_printed_on_two_pages_counts_once(parsed: Parsed):
    twice = amounts(parsed, "002", statement="project_performance", project_name="业务费", period="this_year", row_kind="total")

    assert twice["occurrence"].to_list() == [1, 2]


def test_rounding_is_never_a_contradiction(parsed: Parsed):
    rounded = parsed.identities.filter(pl.col("document_id").is_in(["002", "004"]))

    assert "contradicted" not in set(rounded["verdict"])
    assert rounded.filter(pl.col("verdict") == "rounding").height >= 10


def test_two_amounts_for_one_code_are_contradicted_with_both_places(parsed: Parsed):
    found = parsed.identities.filter(
        pl.col("document_id") == "003", pl.col("check_id") == "same_figure.code_amount", pl.col("verdict") == "contradicted"
    )

    assert dict(found.select("subject", "places").iter_rows()) == {
        "事业运行 total": "行253、行547",
        "其他政府（室）及相关机构事务支出 total": "行270、行555",
    }


def test_nearly_every_amount_takes_part_in_an_identity(parsed: Parsed):
    shares = proofs(parsed)["proof"].value_counts(normalize=True)

    unproved = dict(shares.iter_rows()).get("unproved", 0)

    assert unproved < 0.01


def test_leaves_add_up_to_the_printed_total(parsed: Parsed):
    leaves = parsed.amounts.filter(
        pl.col("statement") == "expenditure_summary", pl.col("measure") == "total", pl.col("is_leaf"), pl.col("occurrence") == 1
    )
    sums = dict(leaves.group_by("document_id").agg(pl.col("amount_yuan").sum()).iter_rows())

    assert sums == {
        "000": Decimal("1741500.00"), "001": Decimal("10743300.00"), "002": Decimal("15921500.00"), "003": Decimal("20681800.00"),
        "004": Decimal("13467000.00"),
    }  # fmt: skip


def test_the_order_of_the_batch_changes_no_key():
    together = parse_founding("000", "004")
    alone = parse_founding("004")

    expected = together.amounts.filter(pl.col("document_id") == "004").sort("amount_id")
    identities = together.identities.filter(pl.col("document_id") == "004").sort("identity_id")

    assert alone.amounts.sort("amount_id").equals(expected)
    assert alone.identities.sort("identity_id").equals(identities)


def test_keys_are_unique(parsed: Parsed):
    assert parsed.amounts["amount_id"].is_unique().all()
    assert parsed.identities["identity_id"].is_unique().all()
    assert parsed.notices["notice_id"].is_unique().all()
