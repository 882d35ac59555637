"""Columns that stand beside the money of a table: counts and ordinals, changes and rates, the budget after its adjustments."""

from decimal import Decimal

import polars as pl
import pytest

from founding import parse_texts
from yusuan.parsing import Parsed

HEAD = "某市某局\n2024年度部门预算\n\n"
PURCHASES = (
    f"{HEAD}政府采购预算表\n单位：万元\n序号\t采购项目名称\t采购品目\t数量\t金额\n\t合计\t\t\t186.00\n"
    "1\t信息化建设\t计算机\t12\t100.00\n2\t河道治理\t工程\t3\t86.00\n"
)
CHANGES = "增减额\t增减（+/-）\t比上年增减\t增减%"
YEARS = (
    f"{HEAD}一般公共预算支出表\n单位：万元\n科目编码\t科目名称\t上年预算数\t本年预算数\t{CHANGES}\n"
    "\t合计\t90.00\t100.00\t10.00\t10.00\t10.00\t11.11\n"
    "201\t一般公共服务支出\t50.00\t70.00\t20.00\t20.00\t20.00\t40.00\n"
    "208\t社会保障和就业支出\t40.00\t30.00\t-10.00\t-10.00\t-10.00\t-25.00\n"
)


def told(parsed: Parsed) -> list[str]:
    return parsed.notices["kind"].to_list()


def test_counts_and_ordinals_are_no_misplaced_figures():
    parsed = parse_texts({"d": PURCHASES})

    assert told(parsed) == []
    assert parsed.amounts["amount_printed"].to_list() == ["186.00", "100.00", "86.00"]


def test_money_in_a_column_of_counts_is_told_of():
    text = PURCHASES.replace("合计\t\t\t186.00", "合计\t\t186.00\t")

    assert "shifted_row" in told(parse_texts({"d": text}))


def test_changes_and_rates_are_neither_amounts_nor_reported_as_unread():
    parsed = parse_texts({"d": YEARS})

    assert told(parsed) == []
    periods = parsed.amounts.group_by("period").agg(pl.col("amount_yuan").filter(pl.col("row_kind") == "total").first())
    assert dict(periods.rows()) == {"last_year": Decimal(900_000), "this_year": Decimal(1_000_000)}


@pytest.mark.parametrize("heading", CHANGES.split("\t"))
def test_figures_under_a_heading_that_says_no_change_are_told_of(heading: str):
    text = YEARS.replace(heading, "依据", 1)

    assert told(parse_texts({"d": text})) == ["unread_number"]


def final_accounts(columns: str) -> Parsed:
    return parse_texts(
        {
            "d": "某市某局\n2023年度部门决算\n\n一般公共预算财政拨款支出决算表\n单位：万元\n"
            f"科目编码\t科目名称\t{columns}\n\t合计\t90.00\t95.00\t94.00\n"
            "201\t一般公共服务支出\t50.00\t52.00\t51.00\n208\t社会保障和就业支出\t40.00\t43.00\t43.00\n"
        }
    )


@pytest.mark.parametrize("budgets", ["年初预算数\t调整预算数", "预算数\t调整后预算数", "年初预算数\t全年预算数", "年初预算\t调整预算"])
def test_the_budget_after_its_adjustments_is_kept_apart_from_that_of_the_start_of_the_year(budgets: str):
    amounts = final_accounts(f"{budgets}\t决算数").amounts

    totals = amounts.filter(pl.col("row_kind") == "total").select("period", "amount_yuan").rows()
    assert totals == [("budget", 900_000), ("whole_period", 950_000), ("final_accounts", 940_000)]


def test_the_budget_after_its_adjustments_is_the_budget_where_no_other_stands_beside_it():
    amounts = final_accounts("上年决算数\t全年预算数\t决算数").amounts

    assert amounts["period"].to_list() == ["last_year", "budget", "final_accounts"] * 3


@pytest.mark.parametrize(
    ("rows", "periods"),
    [
        (("预算数", "决算数"), ("budget", "final_accounts")),
        (("2022年", "2023年"), ("last_year", "this_year")),
        (("上年预算数", "本年预算数"), ("last_year", "this_year")),
        (("2023年年初预算", "2023年决算"), ("budget", "final_accounts")),
    ],
)
def test_rows_that_say_when_are_periods_where_the_headings_are_items(rows: tuple[str, str], periods: tuple[str, str]):
    parsed = parse_texts(
        {
            "d": "某市某局\n2023年度部门决算\n\n财政拨款（含一般公共预算和政府性基金预算）“三公”经费支出表\n单位：万元\n"
            "年度\t“三公”经费总额\t因公出国（境）费\t公务用车购置及运行维护费\t公务接待费\n"
            f"{rows[0]}\t20.50\t5.00\t15.00\t0.50\n{rows[1]}\t18.30\t4.00\t14.00\t0.30\n增减额\t-2.20\t-1.00\t-1.00\t-0.20\n"
        }
    )

    totals = parsed.amounts.filter(pl.col("row_kind") == "total").select("period", "fund_source", "amount_printed").rows()
    assert totals == [(periods[0], "financial", "20.50"), (periods[1], "financial", "18.30")]
    assert parsed.amounts.height == 8
    assert told(parsed) == []


def test_other_expenditure_below_a_fund_is_no_basic_expenditure():
    parsed = parse_texts(
        {
            "d": f"{HEAD}部门整体支出预算表\n单位：万元\n单位名称\t合计\t基本支出\t\t项目支出\t单位资金\t\n"
            "\t\t人员经费\t公用经费\t\t事业支出\t其他支出\n合计\t100.00\t40.00\t20.00\t35.00\t3.00\t2.00\n"
        }
    )

    assert parsed.amounts.filter(pl.col("amount_printed") == "2.00").select("measure", "fund_source").rows() == [("total", "unit_funds")]


def test_other_expenditure_beside_economic_classes_is_basic_expenditure():
    parsed = parse_texts(
        {
            "d": f"{HEAD}部门支出预算表\n单位：万元\n单位名称\t合计\t基本支出\t\t\t项目支出\n"
            "\t\t工资福利支出\t商品和服务支出\t其他支出\t\n合计\t100.00\t40.00\t20.00\t5.00\t35.00\n"
        }
    )

    assert parsed.amounts.filter(pl.col("amount_printed") == "5.00")["measure"].to_list() == ["basic/other"]


def test_a_list_of_purchases_is_read_by_its_prices_and_not_by_the_price_of_one():
    """The header is told although of its headings only these are known; a price of one piece is part of no sum."""
    header = "品名\t数量\t单价\t总价\n"
    rows = "台式计算机\t20\t0.50\t10.00\n打印机\t10\t0.30\t3.00\n合计\t\t\t13.00\n"
    parsed = parse_texts({"d": "某市统计局\n2024年度部门预算\n\n政府采购预算表\n\n单位：万元\n\n" + header + rows})

    assert parsed.amounts.select("line_item", "measure", "amount_printed").rows() == [
        ("台式计算机", "amount", "10.00"), ("打印机", "amount", "3.00"), ("合计", "amount", "13.00"),
    ]  # fmt: skip
    assert parsed.notices.filter(pl.col("table_number").is_not_null()).is_empty()
    assert parsed.identities["verdict"].to_list() == ["holds"]


def test_an_invoice_is_no_list_of_projects():
    rows = "*谷物*稻谷\tA\t吨\t20\t0.50\t10.00\n*谷物*小麦\tB\t吨\t10\t0.30\t3.00\n"
    parsed = parse_texts({"d": HEAD + "单位：元\n\n项目名称\t规格型号\t单位\t数量\t单价\t金额\n" + rows})

    assert parsed.tables["statement"].to_list() == ["other"]
    assert "unknown_table" in told(parsed)
