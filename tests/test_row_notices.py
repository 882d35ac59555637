"""Notices of single rows, and names that sentences list: what is wrong is found in its line, what is right is left alone."""

import pytest

from founding import parse_founding, parse_texts
from yusuan.parsing import Parsed

HEAD = "某市某局\n2023年度部门预算\n\n"
CODES = (
    "2023年部门支出预算表\n\n单位：万元\n科目编码\t科目名称\t合计\n\t合计\t9.00\n{}\n2010301\t行政运行\t4.00\n"
    "2010302\t一般行政管理事务\t5.00\n"
)
ITEMS = (
    "2023年一般公共预算基本支出表\n\n单位：万元\n科目编码\t科目名称\t合计\t人员经费\t公用经费\n\t合计\t9.00\t5.00\t4.00\n"
    "30101\t基本工资\t5.00\t5.00\t\n30201\t办公费\t3.00\t\t3.00\n30228\t工会经费\t1.00\t\t1.00\n\n"
)
EMPTY = "2023年政府性基金预算支出表\n\n单位：万元\n科目编码\t科目名称\t合计\t基本支出\t项目支出\n\t\t\t\t\n\n"
PROJECTS = "2023年项目支出表\n\n单位：万元\n项目名称\t合计\n合计\t9.00\n政务云租赁\t4.00\n网站维护经费\t5.00\n\n"
TEXTS = {
    "listed items differ": HEAD
    + ITEMS
    + "一、说明\n\n人员经费5.00万元，主要包括：基本工资、津贴补贴；公用经费4.00万元，主要包括：办公费。\n",
    "listed items agree": HEAD
    + ITEMS
    + "一、说明\n\n人员经费5.00万元，主要包括：基本工资；公用经费4.00万元，主要包括：办公费、工会经费等。\n",
    "items are listed twice": "一、说明\n\n人员经费5.00万元。主要包括：基本工资、奖金、退休费、奖金。\n",
    "items are listed once": "一、说明\n\n人员经费5.00万元，主要包括：基本工资、奖金、退休费、奖励金。\n",
    "items are defined": HEAD + ITEMS + "一、名词解释\n\n公用经费：指单位的日常支出，主要包括：办公费、会议费、培训费。\n",
    "project is not in the table": HEAD + PROJECTS + "一、绩效\n\n本部门对网站维护、视频会议系统项目开展绩效目标评价。\n",
    "projects are in the table": HEAD + PROJECTS + "一、绩效\n\n本部门对网站维护、政务云租赁费项目开展绩效目标评价。\n",
    "code is missing": HEAD + CODES.format("201\t一般公共服务支出\t9.00\n\t一般公共服务支出\t9.00"),
    "codes are there": HEAD + CODES.format("201\t一般公共服务支出\t9.00\n20103\t政府办公厅（室）及相关机构事务\t9.00"),
    "amount is negative": HEAD + CODES.format("").replace("4.00", "-4.00"),
    "share is more than all": HEAD + "一、说明\n\n支出合计10万元，其中：基本支出5万元，占150%。\n",
    "empty without a note": HEAD + EMPTY,
    "empty with a note": HEAD + EMPTY + "注：本单位没有政府性基金预算支出，故本表为空表。\n\n",
    "share is a share": HEAD + "一、说明\n\n支出合计10万元，其中：基本支出5万元，占50%。支出决算12万元，完成预算的120%。\n",
}
# document: kinds that must be told, and kinds that must not.
EXPECTED = {
    "listed items differ": ({"listed_items"}, set()),
    "listed items agree": (set(), {"listed_items"}),
    "items are listed twice": ({"listed_items"}, set()),
    "items are listed once": (set(), {"listed_items"}),
    "items are defined": (set(), {"listed_items"}),
    "project is not in the table": ({"named_project"}, set()),
    "projects are in the table": (set(), {"named_project"}),
    "code is missing": ({"missing_code"}, set()),
    "codes are there": (set(), {"missing_code", "negative", "unlabelled_row"}),
    "amount is negative": ({"negative"}, set()),
    "share is more than all": ({"share_over_100"}, set()),
    "empty without a note": ({"empty_without_note"}, set()),
    "empty with a note": (set(), {"empty_without_note"}),
    "share is a share": (set(), {"share_over_100"}),
}


@pytest.fixture(scope="module")
def parsed() -> Parsed:
    return parse_texts(TEXTS)


@pytest.mark.parametrize("document", TEXTS)
def test_what_is_wrong_is_told_and_what_is_right_is_not(parsed: Parsed, document: str) -> None:
    told = set(parsed.notices.filter(document_id=document)["kind"])
    expected, forbidden = EXPECTED[document]

    assert expected <= told
    assert not forbidden & told


def test_lists_are_held_against_the_rows_both_ways(parsed: Parsed) -> None:
    messages = parsed.notices.filter(document_id="listed items differ", kind="listed_items")["message"].to_list()

    assert any("文字列出而基本支出表中没有：津贴补贴" in message for message in messages)
    assert any("基本支出表中有而文字未列：工会经费" in message for message in messages)


def test_what_is_said_twice_in_one_line_is_one_notice() -> None:
    line = "一、说明\n\n支出合计10万元，其中：基本支出5万元，占150%；项目支出5万元，占150%；其他支出5万元，占200%。\n"
    notices = parse_texts({"twice": HEAD + line}).notices

    assert notices["notice_id"].is_unique().all()
    assert notices.filter(kind="share_over_100").height == 2


def test_what_careful_readers_found_in_rows_and_lists_of_the_founding_texts_is_found() -> None:
    found = {(row["document_id"], row["kind"], row["line"]) for row in parse_founding().notices.iter_rows(named=True)}

    assert {("000", "listed_items", 83), ("000", "named_project", 119), ("000", "broken_rows", 315), ("000", "broken_rows", 385)} <= found
    assert {("002", "missing_form", 502), ("002", "repeated_form", 654)} <= found
    assert {("004", "missing_code", line) for line in (189, 193, 196, 199)} | {("004", "unlabelled_row", 213)} <= found
    assert {("000", "shifted_header", 206), ("000", "shifted_header", 247), ("001", "shifted_header", 225)} <= found
    assert {document for document, kind, _ in found if kind == "shifted_header"} == {"000", "001"}


@pytest.mark.parametrize(("row", "broken"), [("\t\t三、债务付息支出\t", []), ("\t\t付息支出\t", [8])])
def test_a_heading_without_amounts_below_a_page_break_is_a_row_and_no_piece_of_one(row: str, broken: list[int]) -> None:
    table = "收入\t\t支出\t\n项目\t金额\t项目\t金额\n一、收入\t9.00\t一、教育支出\t9.00\n\t\t二、债务还本支出\t\n"
    text = f"单位：万元\n{table}\n\n{row}\n收入总计\t9.00\t支出总计\t9.00\n"

    assert parse_texts({"page": text}).notices.filter(kind="broken_rows")["line"].to_list() == broken
