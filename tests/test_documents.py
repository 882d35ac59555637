"""Publisher, year and kind of a document, also where its cover, its captions or all its headings are lost."""

import re

import pytest

from founding import parse_texts, text_of

WHO = {
    "000": ("焦作市人民政府电子政务管理中心(焦作市云计算服务中心)", 2023, "unit_budget"),
    "001": ("焦作市政务服务和大数据管理局", 2023, "department_budget"),
    "002": ("大同市云冈区人民政府办公室(部门)", 2023, "department_budget"),
    "003": ("昌吉回族自治州人民政府电子政务办公室", 2023, "department_budget"),
    "004": ("吉林市政务信息中心", 2022, "unit_budget"),
}
FIRST_CHAPTER = 30
CAPTION = re.compile("单位名称|部门名称|编制单位|编制部")


def described(text: str) -> tuple[str | None, int | None, str]:
    return parse_texts({"d": text}).documents.select("publisher_name", "fiscal_year", "document_kind").row(0)


def from_first_table(text: str) -> list[str]:
    lines = text.split("\n")
    first = next(number for number, line in enumerate(lines) if "\t" in line)
    return lines[max(first - 8, 0) :]


@pytest.mark.parametrize("name", WHO)
def test_a_lost_cover_is_no_loss(name):
    assert described("\n".join(text_of(name).split("\n")[FIRST_CHAPTER:])) == WHO[name]


@pytest.mark.parametrize("name", WHO)
def test_tables_alone_tell_who_when_and_what(name):
    assert described("\n".join(from_first_table(text_of(name)))) == WHO[name]


@pytest.mark.parametrize("name", ["000", "001", "002", "004"])
def test_tables_without_captions_do_so_too(name):
    """003 names its publisher in captions only; its headings have a short form of the name."""
    assert described("\n".join(line for line in from_first_table(text_of(name)) if not CAPTION.search(line))) == WHO[name]


@pytest.mark.parametrize(("name", "publisher"), [("000", WHO["000"][0]), ("001", "政务服务和大数据局"), ("004", WHO["004"][0])])
def test_rows_name_the_publisher_where_nothing_else_is_left(name, publisher):
    rows = [line if "\t" in line else "" for line in text_of(name).split("\n")]

    assert described("\n".join(rows))[0] == publisher


def test_years_over_the_columns_are_the_last_resort():
    rows = "科目编码\t科目名称\t2022年执行数\t2023年预算数\n201\t一般公共服务支出\t3.00\t4.00\n"

    assert described(rows)[1] == 2023


@pytest.mark.parametrize(
    "captions",
    [
        "部门：某市财政局\t\t2022年度\t金额单位：万元",
        "编制单位：某市财政局 2022年度 单位：万元",
        "2022年度\n部门：某市财政局\t\t\t单位：万元",
    ],
)
def test_forms_print_the_year_beside_the_name_or_above_it(captions):
    rows = f"收入支出决算总表\n公开01表\n{captions}\n项目\t决算数\t项目\t决算数\n本年收入合计\t4.00\t本年支出合计\t4.00\n"
    document = parse_texts({"d": rows}).documents.select("publisher_name", "fiscal_year", "document_kind", "document_title")

    assert document.row(0) == ("某市财政局", 2022, "department_final_accounts", "某市财政局2022年部门决算")


def test_columns_of_final_accounts_make_final_accounts():
    rows = (
        "一、本单位支出决算\n\n科目编码\t科目名称\t年初预算数\t决算数\n201\t一般公共服务支出\t3.00\t4.00\n\n本单位支出决算数为4.00万元。\n"
    )

    assert described(rows)[2] == "unit_final_accounts"


def test_nothing_is_made_up_of_contents_lists_and_heads_of_tables():
    text = "一、本部门职责.....1\n二、机构设置.....2\n\n三、2023年预算收支\n\n收入\t支出\n项目\t2023年预算数\n合计\t4.00\n"

    assert described(text)[0] is None
