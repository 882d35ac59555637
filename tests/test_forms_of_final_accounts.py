"""Forms of final accounts as some provinces publish them: the year in the caption, the year's beginning and end beside what was spent."""

import polars as pl
import pytest

from founding import parse_texts

PANELS = """某市某局
部门决算

一般公共预算财政拨款基本支出决算表
公开06表
部门：某市某局\t\t\t{year}\t\t\t\t\t金额单位：万元
人员经费\t\t\t公用经费\t\t\t\t\t
科目编码\t科目名称\t决算数\t科目编码\t科目名称\t决算数\t科目编码\t科目名称\t决算数
301\t工资福利支出\t80.00\t302\t商品和服务支出\t15.00\t310\t资本性支出\t5.00
30101\t基本工资\t50.00\t30201\t办公费\t10.00\t31002\t办公设备购置\t5.00
30102\t津贴补贴\t30.00\t30202\t印刷费\t5.00\t31003\t专用设备购置\t
人员经费合计\t\t80.00\t公用经费合计\t\t\t\t\t20.00
"""
BEGINNING_AND_END = """某州某局
2023年度部门决算

一般公共预算财政拨款收入支出决算表
金额单位：万元
项目\t\t年初结转和结余\t\t\t本年收入\t\t\t本年支出\t\t\t年末结转和结余\t\t
科目编码\t科目名称\t合计\t基本支出结转\t项目支出结转和结余\t合计\t基本支出\t项目支出\t合计\t基本支出\t项目支出\t合计\t基本支出结转\t项目支出结转和结余
栏次\t\t1\t2\t3\t4\t5\t6\t7\t8\t9\t10\t11\t12
合计\t\t1.00\t0.40\t0.60\t20.00\t12.00\t8.00\t19.00\t12.10\t6.90\t2.00\t0.30\t1.70
201\t一般公共服务支出\t1.00\t0.40\t0.60\t20.00\t12.00\t8.00\t19.00\t12.10\t6.90\t2.00\t0.30\t1.70
"""
OPERATION = """某州某局
2024年度部门决算

财政拨款“三公”经费、行政参公单位机关运行经费情况表
金额单位：万元
项目\t行次\t年初预算数\t全年预算数\t决算统计数
一、“三公”经费支出\t1\t—\t—\t—
（一）支出合计\t2\t10.00\t9.50\t8.60
1．因公出国（境）费\t3\t0.00\t0.00\t0.00
2．公务用车购置及运行维护费\t4\t7.00\t7.00\t6.50
（1）公务用车购置费\t5\t0.00\t0.00\t0.00
（2）公务用车运行维护费\t6\t7.00\t7.00\t6.50
3．公务接待费\t7\t3.00\t2.50\t2.10
（二）相关统计数\t11\t—\t—\t—
4．公务用车保有量（辆）\t15\t—\t—\t3
二、机关运行经费\t22\t—\t—\t35.20
（一）行政单位\t23\t—\t—\t30.20
（二）参照公务员法管理事业单位\t24\t—\t—\t5.00
"""


def test_a_year_in_the_caption_is_no_heading():
    with_year, without = (parse_texts({"d": PANELS.format(year=year)}) for year in ("2022年度", ""))

    labels = ["line_item", "measure", "economic_code", "row_kind", "amount_printed"]
    assert with_year.amounts.select(labels).equals(without.amounts.select(labels))
    assert with_year.documents["fiscal_year"].to_list() == [2022]


def test_what_is_carried_in_and_out_stands_beside_what_was_received_and_spent():
    parsed = parse_texts({"d": BEGINNING_AND_END})

    totals = parsed.amounts.filter(pl.col("row_kind") == "total")
    assert totals["statement"].unique().to_list() == ["general_budget_expenditure"]
    received = [("revenue", "carryover_general"), ("revenue", "general_public")]
    spent = [("expenditure", "general_public"), ("expenditure", "carryover_general")]
    expected = [(*side, measure) for side in [*received, *spent] for measure in ("total", "basic", "project")]
    assert totals.select("side", "fund_source", "measure").rows() == expected
    assert set(parsed.identities["verdict"]) == {"holds"}


def test_operation_below_the_three_public_items_is_a_statement_of_its_own():
    parsed = parse_texts({"d": OPERATION})

    totals = parsed.amounts.filter(pl.col("row_kind") == "total").select("statement", "period", "amount_printed").rows()
    assert totals == [
        ("three_public", "budget", "10.00"),
        ("three_public", "whole_period", "9.50"),
        ("three_public", "final_accounts", "8.60"),
        ("operating_expense", "final_accounts", "35.20"),
    ]
    below = parsed.amounts.filter(pl.col("statement") == "operating_expense", pl.col("row_kind") == "detail")
    assert below["amount_printed"].to_list() == ["30.20", "5.00"]
    assert set(parsed.identities["verdict"]) == {"holds"}


STATISTICS = """某省某厅
2022年度部门决算

一般公共预算财政拨款“三公”经费、会议费、培训费支出决算表
公开09表
单位：万元
“三公”经费\t\t\t\t\t\t会议费\t培训费
合计\t因公出国（境）费\t公务用车购置及运行维护费\t\t\t公务接待费\t\t
\t\t小计\t公务用车购置费\t公务用车运行维护费\t\t\t
{total}\t0.00\t40.00\t0.00\t40.00\t15.00\t30.00\t20.00
相关统计数\t\t\t\t\t\t\t
项目\t\t统计数\t\t项目\t\t统计数\t
因公出国（境）团组数（个）\t\t0\t\t因公出国（境）人次数（人）\t\t0\t
公务用车购置数（辆）\t\t0\t\t公务用车保有量（辆）\t\t12\t
召开会议次数（个）\t\t15\t\t参加会议人次（人）\t\t120\t
"""


@pytest.mark.parametrize(("total", "verdicts"), [("55.00", {"holds"}), ("57.00", {"holds", "contradicted"})])
def test_counts_below_the_items_do_not_disturb_them_and_a_total_of_the_group_is_held_against_the_group(total: str, verdicts: set[str]):
    parsed = parse_texts({"d": STATISTICS.format(total=total)})

    assert parsed.amounts["amount_printed"].to_list() == [total, "0.00", "40.00", "0.00", "40.00", "15.00", "30.00", "20.00"]
    assert set(parsed.identities["verdict"]) == verdicts
    assert parsed.notices.is_empty()
