"""Headings that do not tell columns apart are doubted; headings that say of two columns that they are totals are not."""

import os
import subprocess
import sys

import polars as pl

from founding import parse_texts

TAKEN_APART = "import sys; from yusuan.parsing.header_shapes import taken_apart; print(taken_apart(tuple(sys.argv[1:])))"
JOINED_HEADINGS = [
    "国有资本经营预算收入项目收入科目编码", "国有资本经营预算收入项目科目名称", "国有资本经营预算收入国有资本经营收入预算",
    "国有资本经营预算支出科目编码", "国有资本经营预算支出科目名称", "国有资本经营预算支出合计", "国有资本经营预算支出基本支出",
    "国有资本经营预算支出项目支出",
]  # fmt: skip
COVER = "某市统计局\n2024年度部门预算\n\n{title}\n\n单位：万元\n\n"


def doubted(title: str, table: str) -> bool:
    parsed = parse_texts({"one": COVER.format(title=title) + table})
    assert parsed.amounts.height
    return "ambiguous_header" in parsed.notices["kind"].to_list()


def test_two_figures_of_a_row_under_one_heading_are_doubted():
    rows = "合计\t30.00\t20.00\t{}10.00\n2010501\t行政运行\t30.00\t20.00\t{}10.00\n"
    header = "科目编码\t科目名称\t合计\t一般公共预算\t{}事业收入\n"

    assert not doubted("部门收入预算总表", header.format("") + "\t" + rows.format("", ""))
    assert doubted("部门收入预算总表", header.format("事业收入\t") + "\t" + rows.format("4.00\t", "4.00\t"))


def test_figures_of_different_rows_under_one_heading_are_not_doubted():
    header = "科目编码\t科目名称\t合计\t一般公共预算\t事业收入\t事业收入\n"
    rows = "\t合计\t30.00\t30.00\n2010501\t行政运行\t10.00\t\t10.00\n2010502\t一般行政管理事务\t20.00\t\t\t20.00\n"

    assert not doubted("部门收入预算总表", header + rows)


def test_the_total_of_a_group_beside_the_total_of_all_is_not_doubted():
    header = "单位代码\t单位名称\t合计\t本年收入\t\t\t上年结转结余\n\t\t\t小计\t一般公共预算\t事业收入\t小计\n"
    rows = "\t合计\t33.00\t30.00\t20.00\t10.00\t3.00\n122\t某市统计局\t33.00\t30.00\t20.00\t10.00\t3.00\n"

    assert not doubted("部门收入总表", header + rows)


SIDES = "项目\t合计\t功能分类\t合计\t一般公共预算\t政府性基金预算\t国有资本经营预算\n"
SIDES += "一般公共预算\t30.00\t201 一般公共服务支出\t20.00\t20.00\t\t\n政府性基金预算\t\t205 教育支出\t10.00\t10.00\t\t\n"
SIDES += "收入总计\t30.00\t支出总计\t30.00\t30.00\t\t\n"


def test_a_panel_of_two_sides_is_put_straight_and_told_of():
    over_the_middle = "财政拨款收入\t\t\t\t财政拨款支出\t\t\n"
    straight, moved = (
        parse_texts({"one": COVER.format(title="财政拨款收支总表") + over + SIDES})
        for over in ("财政拨款收入\t\t财政拨款支出\t\t\t\t\n", over_the_middle)
    )
    labels = ["side", "classification_code", "line_item", "fund_source", "amount_yuan"]

    assert moved.amounts.select(labels).equals(straight.amounts.select(labels))
    assert straight.notices.filter(pl.col("table_number").is_not_null()).is_empty()
    assert moved.notices.filter(pl.col("table_number").is_not_null())["kind"].to_list() == ["shifted_header"]


def test_a_panel_of_two_sides_that_no_reading_puts_straight_is_doubted():
    assert doubted("财政拨款收支总表", "财政拨款收入\t\t\t财政拨款收入\t财政拨款支出\t\t\n" + SIDES)


def test_figures_below_no_heading_of_their_own_are_doubted():
    """The heading of the last column is cut off; no row has figures in both columns."""
    rows = "2010501\t行政运行\t30.00\t30.00\n2010502\t一般行政管理事务\t10.00\t\t10.00\n"

    assert not doubted("部门支出预算总表", "科目编码\t科目名称\t合计\t基本支出\t项目支出\n" + rows)
    assert doubted("部门支出预算总表", "科目编码\t科目名称\t合计\t基本支出\t\n" + rows)


def test_names_below_no_heading_are_doubted():
    rows = "办公楼维修\t30.00\t30.00\n统计普查\t10.00\t10.00\n"

    assert not doubted("部门项目支出表", "项目名称\t合计\t一般公共预算\n" + rows)
    assert doubted("部门项目支出表", "\t合计\t一般公共预算\n" + rows)


def test_a_lone_heading_of_a_table_is_not_its_title():
    """Of the upper headings the second is cut off: the first stands alone in its row."""
    rows = "科目编码\t科目名称\t合计\n30201\t办公费\t5.50\n30211\t差旅费\t0.56\n"
    parsed = parse_texts({"one": COVER.format(title="机关运行经费") + "部门预算支出经济分类科目\t\t\n" + rows})

    assert parsed.tables["statement"].to_list() == ["operating_expense"]


def test_names_below_a_heading_of_money_are_doubted():
    """The first two headings are lost and all others stand two columns to the left: nothing tells them from a table of their own."""
    rows = "公务接待费\t30.00\t30.00\n公务用车购置及运行费\t10.00\t10.00\n"

    assert not doubted("“三公”经费预算表", "项目\t合计\t一般公共预算\n" + rows)
    assert doubted("“三公”经费预算表", "一般公共预算\t政府性基金预算\t国有资本经营预算\n" + rows)


def test_headings_written_together_are_taken_apart_alike_in_every_run():
    said = set()
    for seed in range(6):
        environment = {**os.environ, "PYTHONHASHSEED": str(seed)}
        command = [sys.executable, "-c", TAKEN_APART, *JOINED_HEADINGS]
        said.add(subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout)
    assert len(said) == 1 and "国有资本经营预算" in said.pop()
