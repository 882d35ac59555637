"""收支总表 of four panels (湖南): revenue, and the expenditure by function, by the economic classes of departments and of governments."""

from decimal import Decimal

import polars as pl
import pytest

from founding import parse_texts

PANELS = (
    "某市某局\n2024年度部门预算\n\n收支总表\n单位：万元\n收入\t\t支出\t\t\t\t\t\n"
    "项目\t本年预算\t项目（按功能分类）\t本年预算\t项目（按部门预算经济分类）\t本年预算\t项目（按政府预算经济分类）\t本年预算\n"
    "一、一般公共预算拨款收入\t100.00\t一、一般公共服务支出\t60.00\t一、基本支出\t70.00\t一、机关工资福利支出\t40.00\n"
    "\t\t二、社会保障和就业支出\t40.00\t工资福利支出\t40.00\t二、对事业单位经常性补助\t60.00\n"
    "\t\t\t\t商品和服务支出\t30.00\t\t\n\t\t\t\t二、项目支出\t30.00\t\t\n\t\t\t\t商品和服务支出\t30.00\t\t\n"
    "收入总计\t100.00\t支出总计\t100.00\t支出总计\t100.00\t支出总计\t100.00\n"
)
CODES = ["classification_code", "economic_code", "government_economic_code"]


@pytest.fixture(scope="module")
def amounts() -> pl.DataFrame:
    return parse_texts({"d": PANELS}).amounts.filter(pl.col("side") == "expenditure")


def test_every_panel_has_the_codes_of_its_own_classes(amounts: pl.DataFrame):
    coded = amounts.filter(pl.any_horizontal(pl.col(name).is_not_null() for name in CODES))

    found = coded.sort("column_number", "row_number").select("line_item", *CODES).rows()
    assert found == [
        ("一、一般公共服务支出", "201", None, None),
        ("二、社会保障和就业支出", "208", None, None),
        ("工资福利支出", None, "301", None),
        ("商品和服务支出", None, "302", None),
        ("商品和服务支出", None, "302", None),
        ("一、机关工资福利支出", None, None, "501"),
        ("二、对事业单位经常性补助", None, None, "505"),
    ]


def test_an_economic_class_stands_below_the_kind_of_expenditure_that_it_is_printed_under(amounts: pl.DataFrame):
    kinds = amounts.filter(pl.col("line_item").is_in(["一、基本支出", "二、项目支出"]))

    assert kinds["row_kind"].to_list() == ["subtotal", "subtotal"]


def test_each_split_of_the_expenditure_adds_up_to_it_once(amounts: pl.DataFrame):
    sums = amounts.filter("is_leaf").group_by("breakdown").agg(pl.col("amount_yuan").sum())

    assert dict(sums.rows()) == {"function": Decimal(1_000_000), "economic": Decimal(1_000_000)}


def test_a_total_below_the_names_of_classes_is_not_one_of_them():
    rows = "\t合计\t15.00\n501\t机关工资福利支出\t10.00\n502\t机关商品和服务支出\t5.00\n"
    heads = "政府预算支出经济分类科目编码\t政府预算支出经济分类科目名称\t合计\n"
    parsed = parse_texts({"d": f"某市某局\n2023年度部门预算\n\n支出预算表（按政府预算支出经济分类）\n单位：万元\n{heads}{rows}"})

    assert parsed.amounts.select("line_item", "government_economic_code", "government_economic_name").rows() == [
        ("合计", None, None),
        ("机关工资福利支出", "501", "机关工资福利支出"),
        ("机关商品和服务支出", "502", "机关商品和服务支出"),
    ]
