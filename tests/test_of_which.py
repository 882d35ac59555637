"""Lists that 其中 opens: a whole split where they print money, no split where they print nothing but zeros."""

from decimal import Decimal

import polars as pl
import pytest

from founding import parse_texts, proofs
from yusuan.parsing import Parsed


def summary(*parts: str) -> Parsed:
    """单位资金 of 20.00 with the figures of the rows below it, the first of which says 其中."""
    first, *rest = [f"{name}\t{part}\t\t\n" for name, part in zip(("事业收入", "经营收入", "其他收入"), parts, strict=True)]
    return parse_texts(
        {
            "d": "某市某局\n2024年度部门预算\n\n2024年收支预算总表\n单位：万元\n收入\t\t支出\t\n项目\t预算数\t项目\t预算数\n"
            "一、一般公共预算拨款\t80.00\t一、一般公共服务支出\t60.00\n二、单位资金\t20.00\t二、社会保障和就业支出\t40.00\n"
            f"其中：{first}{''.join(rest)}收入总计\t100.00\t支出总计\t100.00\n"
        }
    )


def verdicts_of_the_whole(parsed: Parsed) -> list[str]:
    return parsed.identities.filter(pl.col("subject").str.contains("单位资金"))["verdict"].to_list()


def test_parts_that_are_all_zero_neither_contradict_nor_prove_their_whole():
    parsed = summary("0.00", "0.00", "0.00")

    assert verdicts_of_the_whole(parsed) == []
    assert parsed.identities["verdict"].unique().to_list() == ["holds"]
    zeros = proofs(parsed).filter(pl.col("line_item").str.contains("事业收入|经营收入|其他收入"))
    assert zeros["proof"].to_list() == ["unproved"] * 3


@pytest.mark.parametrize(
    ("parts", "verdict"),
    [(("12.00", "5.00", "3.00"), "holds"), (("12.00", "5.00", "0.00"), "contradicted"), (("0", "0", "9.00"), "contradicted")],
)
def test_parts_that_print_money_are_held_against_their_whole(parts: tuple[str, ...], verdict: str):
    assert verdicts_of_the_whole(summary(*parts)) == [verdict]


@pytest.mark.parametrize("parts", [("0.00", "0.00", "0.00"), ("12.00", "5.00", "3.00")])
def test_what_may_be_added_up_is_the_whole_with_and_without_money_in_its_parts(parts: tuple[str, ...]):
    leaves = summary(*parts).amounts.filter("is_leaf", pl.col("side") == "revenue")

    assert leaves["amount_yuan"].sum() == Decimal(1_000_000)


def test_zeros_below_a_row_without_the_word_are_a_split_and_contradict():
    text = (
        "某市某局\n2024年度部门预算\n\n2024年支出预算表\n单位：万元\n科目编码\t科目名称\t合计\n\t合计\t5.00\n201\t一般公共服务支出\t5.00\n"
    )

    parsed = parse_texts({"d": f"{text}20103\t政府办公厅（室）及相关机构事务\t0.00\n20132\t组织事务\t0.00\n"})

    assert parsed.identities.filter(pl.col("check_id") == "code_hierarchy.classification")["verdict"].to_list() == ["contradicted"]
