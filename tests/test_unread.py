"""A number that looks like an amount and is read by nobody is told of with its place, wherever it stands; what is read is not."""

import polars as pl
import pytest

from founding import parse_founding, parse_texts
from yusuan.parsing import Parsed

TITLE = "某市某局\n2023年度部门预算\n\n"
TABLE = (
    "2023年部门支出预算表\n\n单位：万元\n科目编码\t科目名称\t合计\t基本支出\t项目支出\n\t合计\t9.00\t6.00\t3.00\n"
    "201\t一般公共服务支出\t5.00\t2.00\t3.00\n208\t社会保障和就业支出\t4.00\t4.00\t\n\n"
)
FORM = (
    "项目名称\t\t{name}\t\t\n主管部门\t\t某局\t实施单位\t{agency}\n项目资金（万元）\t{label}\t{money}\t\t\n"
    "\t其中：财政拨款\t{money}\t\t\n年度绩效目标\t做好工作。\t\t\t\n绩效指标\t一级指标\t二级指标\t三级指标\t指标值\n"
    "\t产出指标\t数量指标\t采购数量\t=3.5个\n\t满意度指标\t服务对象满意度\t公众满意度\t≥90%\n"
)
FORM_TITLE = "2023年项目支出绩效目标表\n\n"
FIRST = FORM.format(name="甲项目", agency="甲单位", label="年度资金总额", money="12.50")
SECOND = FORM.format(name="乙项目", agency="乙单位", label="年度资金总额", money="7.25")
RATES = TABLE.replace("项目支出\n", "项目支出\t增长率\n").replace("3.00\n", "3.00\t12.50\n").replace("4.00\t\n", "4.00\t\t8.75\n")
UNREAD = {
    "form with a label that nobody knows": (FORM_TITLE + FORM.format(name="甲", agency="乙", label="全年用款", money="12.50"), 8, "12.50"),
    "table without a title, in whole yuan": ("附：\n\n名称\t数额\n甲单位\t1110000\n乙单位\t2220000\n", 7, "1110000、2220000"),
    "table without a title, with separators": ("附：\n\n名称\t数\n甲单位\t1,110,000\n乙单位\t20\n", 7, "1,110,000"),
    "line of figures below a table": (TABLE + "合计 9.00 6.00 3.00\n", 12, "合计 9.00 6.00 3.00"),
    "figures that a page draws without a blank between them": (TABLE + "合计9.006.003.00\n", 12, "合计9.006.003.00"),
    "rows of figures left in one cell": (
        TABLE.replace("208\t社会保障和就业支出\t", "208\t社会保障和就业支出 5.00 2.00 3.00 206 科学技术支出 1.00\t"),
        10,
        "社会保障和就业支出 5.00 2.00 3.00 206 科学技术支出 1.00",
    ),
    "two figures printed one over the other": (
        TABLE.replace("\t项目支出\n", "\t项目支出\t备注\n").replace("3.00\n", "3.00\t099.677,\n", 1),
        8,
        "099.677,",
    ),
    "figure behind a label": (TABLE.replace("208\t社会保障和就业支出", "208\t社会保障和就业支出 4.00"), 10, "社会保障和就业支出 4.00"),
}
READ = {
    "table": TABLE,
    "form": FORM_TITLE + FIRST,
    "two forms": FORM_TITLE + FIRST + SECOND,
    "sentence": "一、说明\n\n2023年支出预算10.50万元，比上年增加1.20万元，增长12.90%。\n",
    "threshold": "一、说明\n\n单价100万元（含）以上设备0台（套），单位价值50万元以上设备0台。\n",
    "rates": RATES,
    "date": TABLE.replace("\t项目支出\n", "\t项目支出\t备注\n").replace("3.00\n", "3.00\t2023.12.31\n", 1),
}


@pytest.fixture(scope="module")
def parsed() -> Parsed:
    return parse_texts({name: TITLE + text for name, text in READ.items()} | {name: TITLE + text for name, (text, *_) in UNREAD.items()})


@pytest.mark.parametrize("name", UNREAD)
def test_a_number_that_nobody_reads_is_told_of(parsed: Parsed, name: str):
    _, line, text = UNREAD[name]

    notices = parsed.notices.filter(document_id=name, kind="unread_number")

    assert notices.select("line", "text").rows() == [(line, text)]


@pytest.mark.parametrize("name", READ)
def test_what_is_read_is_not_told_of(parsed: Parsed, name: str):
    assert parsed.notices.filter(document_id=name, kind="unread_number").is_empty()


def test_each_form_of_a_grid_has_its_own_project_and_money(parsed: Parsed):
    totals = parsed.amounts.filter(pl.col("document_id") == "two forms", pl.col("row_kind") == "total")
    sums = parsed.identities.filter(pl.col("document_id") == "two forms", pl.col("check_id") == "item_sum.form")
    targets = parsed.targets.filter(pl.col("document_id") == "two forms").group_by("project_name").agg(pl.col("form_money_yuan").unique())

    printed = totals.select("project_name", "agency_name", "amount_printed").rows()
    assert printed == [("甲项目", "甲单位", "12.50"), ("乙项目", "乙单位", "7.25")]
    assert sums["verdict"].to_list() == ["holds", "holds"]
    assert {name: [int(value) for value in money] for name, money in targets.iter_rows()} == {"甲项目": [125000], "乙项目": [72500]}


def test_the_founding_texts_leave_only_a_second_column_of_values_unread():
    """003 prints for some indicators what the budget standard is, beside the target."""
    notices = parse_founding().notices.filter(pl.col("kind") == "unread_number")

    assert set(notices["document_id"]) == {"003"}
    assert sorted(notices["text"]) == ["10万元、5万元", "27万元、13万元", "8万元、26万元、56万元"]
