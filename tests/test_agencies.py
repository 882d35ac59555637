"""The agencies that a document names: publisher and its code, the department above it, the units below it."""

import polars as pl
import pytest

from founding import parse_founding, parse_texts
from yusuan.parsing import Parsed

COVER = "某市测试局\n2023年度部门预算\n\n"
TABLE = "2023年部门支出预算表\n\n单位：万元\n单位代码\t单位名称（项目）\t合计\n"


@pytest.fixture(scope="module")
def parsed() -> Parsed:
    return parse_founding()


def agencies(parsed: Parsed, document: str, role: str) -> list[tuple[str, str | None]]:
    some = parsed.agencies.filter(pl.col("document_id") == document, pl.col("role") == role, pl.col("same_as").is_null())
    return some.select("agency_name", "agency_code").sort("agency_name").rows()


def one(text: str) -> Parsed:
    return parse_texts({"d": COVER + text})


@pytest.mark.parametrize(
    ("document", "code"),
    [("000", "122201"), ("001", "122"), ("002", "003"), ("003", None), ("004", None)],
)
def test_a_publisher_has_the_code_that_its_document_prints(parsed: Parsed, document, code):
    printed = parsed.documents.filter(pl.col("document_id") == document)["publisher_code"].to_list()

    assert printed == [code]


def test_a_department_names_the_units_of_its_budget_with_their_codes(parsed: Parsed):
    units = agencies(parsed, "001", "unit")

    assert units == [
        ("焦作市人民政府电子政务管理中心(焦作市云计算服务中心)", "122201"),
        ("焦作市外来投资服务中心", "122301"),
        ("焦作市政务服务和大数据管理局本级", "122101"),
    ]


def test_a_short_form_with_the_publishers_code_is_another_spelling_of_it(parsed: Parsed):
    spelled = parsed.agencies.filter(pl.col("agency_name") == "政务服务和大数据局").row(0, named=True)

    assert (spelled["agency_code"], spelled["same_as"]) == ("122", "焦作市政务服务和大数据管理局")


def test_the_department_above_stands_beside_its_label_in_a_form(parsed: Parsed):
    above = agencies(parsed, "004", "parent")

    assert above == [("吉林市政务服务和数字化建设管理局", "333")]


def test_the_publisher_has_the_department_above_it_as_parent(parsed: Parsed):
    parents = parsed.agencies.filter(pl.col("document_id") == "004", pl.col("role") == "publisher")["parent_name"].to_list()

    assert parents == ["吉林市政务服务和数字化建设管理局"]


@pytest.mark.parametrize(
    "sentence",
    [
        "纳入本部门2023年部门预算编制范围的预算单位共计三家，具体包括：某市测试局本级、某市甲中心和某市乙服务和管理站。",
        "本部门下属单位包括：某市测试局本级、某市甲中心、某市乙服务和管理站。",
        "预算单位构成：\n\n1.某市测试局本级；\n\n2.某市甲中心；\n\n3.某市乙服务和管理站。",
        "下设某市测试局本级、某市甲中心和某市乙服务和管理站3个二级机构。",
        "纳入编制范围的单位包括：\n\n序号\t单位名称\t备注\n1\t某市测试局本级\t\n2\t某市甲中心\t不单列\n3\t某市乙服务和管理站\t",
    ],
)
def test_units_are_found_in_sentences_lists_and_tables(sentence):
    parsed = one(f"一、主要职能\n\n职能。\n\n二、预算单位构成\n\n{sentence}\n\n第二部分 说明\n")

    assert agencies(parsed, "d", "unit") == [("某市乙服务和管理站", None), ("某市测试局本级", None), ("某市甲中心", None)]


def test_offices_inside_an_agency_are_no_units():
    parsed = one("二、机构设置情况\n\n某市测试局无下属预算单位，下设四个科室，分别是：综合科、宣传科、技术科、应用推进科。\n\n第二部分\n")

    assert agencies(parsed, "d", "unit") == []


def test_a_list_in_another_section_names_no_units():
    parsed = one("二、机构设置情况\n\n设三个科。\n\n三、重点工作\n\n本部门下属单位包括：某市甲中心、某市乙站。\n")

    assert agencies(parsed, "d", "unit") == []


def test_the_place_of_a_listed_unit_is_the_line_that_prints_it():
    parsed = one("二、预算单位构成\n\n预算单位构成：\n\n1.某市测试局本级；\n\n2.某市甲中心。\n")

    lines = dict(parsed.agencies.filter(pl.col("source") == "list").select("agency_name", "line").rows())
    assert lines == {"某市测试局本级": 8, "某市甲中心": 10}


@pytest.mark.parametrize(
    ("document", "line", "agency"),
    [
        ("001", 46, "焦作市政务服务和大数据管理局"),
        ("001", 50, "焦作市外来投资服务中心"),
        ("001", 52, "焦作市人民政府电子政务管理中心(焦作市云计算服务中心)"),
        ("002", 777, "大同市云冈区公共事务服务中心"),
        ("003", 10, "昌吉回族自治州人民政府电子政务办公室"),
    ],
)
def test_a_headcount_belongs_to_the_agency_named_last_before_it(parsed: Parsed, document, line, agency):
    of_line = parsed.claims.filter(pl.col("document_id") == document, pl.col("line") == line, pl.col("agency_name").is_not_null())

    assert set(of_line["agency_name"]) == {agency}


def test_a_claim_about_money_belongs_to_no_single_agency(parsed: Parsed):
    assert (
        parsed.claims.filter(pl.col("kind") != "count")["agency_name"].null_count()
        == parsed.claims.filter(pl.col("kind") != "count").height
    )


def test_a_table_that_says_what_kind_of_unit_each_is_needs_no_heading():
    rows = "1\t某市测试中心\t事业单位\n2\t某市信息中心\t事业单位\n"

    listed = one(f"一、基本情况\n\n序号\t单位名称\t单位性质\n{rows}\n二、说明\n\n无。\n")
    plain = one(f"一、基本情况\n\n序号\t单位名称\t备注\n{rows}\n二、说明\n\n无。\n")

    assert agencies(listed, "d", "unit") == [("某市信息中心", None), ("某市测试中心", None)]
    assert agencies(plain, "d", "unit") == []


def test_the_year_may_stand_before_the_name_on_the_cover():
    text = "2023年度海南省测试局部门决算\n\n纳入海南省测试局2023年度部门决算编制范围的单位共2个，包括：海南省测试局本级、海南省甲中心。\n"
    parsed = parse_texts({"d": text})

    assert parsed.documents.select("publisher_name", "fiscal_year").rows() == [("海南省测试局", 2023)]
    assert parsed.claims.select("claim", "value").rows() == [("sub_unit_count", 2)]


def test_offices_named_behind_the_units_are_no_units():
    parsed = one("二、部门预算单位构成\n\n本部门无下属单位，部门预算为本级预算，内设机构包括：立案庭、政治部、执行局、综合办公室。\n")

    assert agencies(parsed, "d", "unit") == []


def test_a_list_of_units_may_print_their_codes():
    parsed = one("二、预算单位构成\n\n单位代码\t单位名称\t单位类型\n173001\t某市甲中心\t行政单位\n173003\t某市乙馆\t事业单位\n")

    assert agencies(parsed, "d", "unit") == [("某市乙馆", "173003"), ("某市甲中心", "173001")]


def test_the_publisher_without_its_province_is_the_publisher():
    form = (
        "项目支出绩效目标表\n\n项目名称\t某项目\n实施单位\t西宁市某小学\n资金总额\t12.00\n一级指标\t三级指标\t指标值\n产出指标\t人数\t4人\n"
    )
    parsed = parse_texts({"d": f"青海省西宁市某小学2024年单位预算\n\n单位：万元\n\n{form}"})

    assert agencies(parsed, "d", "unit") == []
    assert agencies(parsed, "d", "publisher") == [("青海省西宁市某小学", None)]
