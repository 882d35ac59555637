"""Units of money: mixed in one document, missing, and wrong by a power of ten."""

import re
from decimal import Decimal

import polars as pl
import pytest

from founding import PAGES, parse_texts, text_of
from templates import Books, as_text, cover
from templates_budget import b01, b03, b04, b05, b06
from yusuan.parsing import Parsed

CAPTION = r"单位[:：]\s*万元"


def notices(parsed: Parsed, kind: str, document: str = "d") -> list[str]:
    return parsed.notices.filter(pl.col("document_id") == document, pl.col("kind") == kind)["statement"].to_list()


def budget(unit: str = "万元", caption: str = "单位：元") -> str:
    """Five tables of one budget, the fourth in `unit` and its caption as given where it is in 元."""
    books = Books(seed=5)
    tables = [b01(books), b03(books), b04(books), b05(books), b06(books)]
    tables[3].unit = unit
    return as_text(tables, cover(books, final=False)).replace("单位：元", caption)


def test_tables_in_different_units_agree():
    parsed = parse_texts({"d": budget("元")})

    units = dict(parsed.tables.select("statement", "unit").iter_rows())
    assert (units["general_budget_expenditure"], units["expenditure_summary"]) == ("元", "万元")
    assert "contradicted" not in parsed.identities["verdict"].to_list()
    assert notices(parsed, "unit_disagrees") == []


def test_a_heading_names_the_unit_of_its_own_column():
    rows = "科目编码\t科目名称\t上年执行数（万元）\t金额（元）\n\t合计\t8.00\t90000.00\n201\t一般公共服务支出\t8.00\t90000.00\n"
    parsed = parse_texts({"d": "某市某局\n2023年度部门预算\n\n2023年部门支出预算表\n\n" + rows})

    totals = parsed.amounts.filter(pl.col("row_kind") == "total").sort("column_number")
    assert totals.select("unit_printed", "amount_yuan").rows() == [("万元", Decimal("80000.00")), ("元", Decimal("90000.00"))]


def test_a_table_without_a_unit_takes_the_one_that_its_sums_need_and_says_so():
    parsed = parse_texts({"d": budget("元", caption=""), "printed": budget("元")})

    read = parsed.amounts.filter(pl.col("statement") == "general_budget_expenditure").sort("document_id", "row_number", "column_number")
    inferred, printed = (read.filter(pl.col("document_id") == name)["amount_yuan"].to_list() for name in ("d", "printed"))
    assert inferred == printed
    assert notices(parsed, "unit_missing") == ["general_budget_expenditure"]
    assert notices(parsed, "unit_missing", "printed") == []


@pytest.mark.parametrize("name", ["000", "001", "002", "003", "004"])
def test_a_wrong_unit_over_one_table_is_named(name: str):
    """Every caption of a founding text is changed, one at a time; tables of zeros alone have no scale."""
    text = text_of(name)
    places = list(re.finditer(CAPTION, text))
    changed = {f"{k:02d}": text[: place.start()] + "单位：元" + text[place.end() :] for k, place in enumerate(places)}

    parsed = parse_texts({"right": text} | changed)

    nonzero = parsed.amounts.filter(pl.col("amount_yuan") != 0).select("document_id", "table_number").unique()
    wrong = parsed.tables.filter(pl.col("document_id") != "right", pl.col("unit") == "元").join(
        parsed.tables.filter(pl.col("document_id") == "right", pl.col("unit") == "万元").select("table_number"),
        on="table_number",
        how="semi",
    )
    wrong = wrong.join(nonzero, on=["document_id", "table_number"], how="semi").select("document_id", "table_number")
    told = parsed.notices.filter(pl.col("kind").is_in(["unit_disagrees", "unit_unconfirmed"])).select("document_id", "table_number")
    assert wrong.height >= 5
    assert wrong.join(told, on=["document_id", "table_number"], how="anti").rows() == []
    assert told.filter(pl.col("document_id") == "right").is_empty()


def test_a_wrong_unit_over_all_tables_is_told_by_the_text():
    parsed = parse_texts({"d": re.sub(CAPTION, "单位：元", text_of("000"))})

    assert {"revenue_expenditure_summary", "general_budget_expenditure"} <= set(notices(parsed, "unit_disagrees"))


@pytest.mark.parametrize(("prose", "unit"), [("", "万元"), ("预算共9.00元，其中人员4.00元。\n", "元")])
def test_without_any_unit_that_of_the_text_is_assumed_and_every_table_noticed(prose: str, unit: str):
    parsed = parse_texts({"d": PAGES["summed"].replace("单位：万元", "") + prose})

    assert set(parsed.amounts["unit_printed"]) == {unit}
    assert notices(parsed, "unit_missing") == ["expenditure_summary"]
