"""Proof: sums and repeated figures are found in any table, a changed digit is caught, and rounding is told from error."""

import random
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from founding import parse_texts, proofs, text_of
from mutations import judge
from sound_budget import SOUND
from yusuan.parsing import Parsed

PAGE = """某市某局
2023年度部门预算

2023年部门支出预算表

单位：万元

科目编码\t科目名称\t合计\t基本支出\t项目支出
{rows}
"""
ITEM_CODES = ["2010301", "2010302", "2010350", "2050803", "2080501", "2080505"]
centimes = st.integers(min_value=0, max_value=10**7)


def money(hundredths: int) -> str:
    return f"{Decimal(hundredths).scaleb(-2):,.2f}"


def table(items: dict[str, tuple[int, int]], total_first: bool = True) -> str:
    """A coded table of basic and project expenditure with classes, sections and a total that are right."""
    rows = []
    for code in sorted({prefix for item in items for prefix in (item[:3], item[:5], item)}):
        under = [pair for item, pair in items.items() if item.startswith(code)]
        basic, project = sum(a for a, _ in under), sum(b for _, b in under)
        rows.append((code, f"名称{code}", basic, project))
    total = ("", "合计", sum(a for a, _ in items.values()), sum(b for _, b in items.values()))
    rows = [total, *rows] if total_first else [*rows, total]
    return PAGE.format(rows="\n".join("\t".join([c, n, money(a + b), money(a), money(b)]) for c, n, a, b in rows))


def contradicted(parsed: Parsed) -> pl.DataFrame:
    return parsed.identities.filter(pl.col("verdict") == "contradicted")


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(items=st.dictionaries(st.sampled_from(ITEM_CODES), st.tuples(centimes, centimes), min_size=1), total_first=st.booleans())
def test_a_table_whose_sums_are_right_is_proved_throughout(items: dict[str, tuple[int, int]], total_first: bool):
    parsed = parse_texts({"d": table(items, total_first)})

    assert contradicted(parsed).is_empty()
    assert set(proofs(parsed)["proof"]) == {"proved"}
    leaves = parsed.amounts.filter(pl.col("is_leaf"), pl.col("measure") == "total")["amount_yuan"].sum()
    assert leaves == Decimal(sum(a + b for a, b in items.values())) * 100


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    items=st.dictionaries(st.sampled_from(ITEM_CODES), st.tuples(centimes, centimes), min_size=2),
    change=st.integers(min_value=100, max_value=10**6),
    which=st.randoms(use_true_random=False),
)
def test_an_item_that_is_off_contradicts_a_sum_that_names_its_line(items: dict[str, tuple[int, int]], change: int, which: random.Random):
    text = table(items)
    lines = text.splitlines()
    code = which.choice(sorted(items))
    number = next(k for k, line in enumerate(lines) if line.startswith(code))
    cells = lines[number].split("\t")
    cells[3] = money(items[code][0] + change)
    lines[number] = "\t".join(cells)

    parsed = parse_texts({"d": "\n".join(lines)})

    blamed = contradicted(parsed).join(parsed.identity_terms, on="identity_id").filter(pl.col("line") == number + 1)
    assert not blamed.is_empty()


def test_a_sum_that_differs_by_half_units_is_rounding():
    rows = "\t合计\t1.1\t0.5\t0.5\n201\t一般公共服务支出\t1.1\t0.5\t0.5"

    parsed = parse_texts({"d": PAGE.format(rows=rows)})

    sums = parsed.identities.filter(pl.col("check_id") == "row_sum.measure")
    assert set(sums["verdict"]) == {"rounding"}
    assert set(sums["tolerance_yuan"]) == {Decimal("1500.000000")}


def test_columns_that_are_no_split_of_the_total_give_no_sums():
    """Two of three columns of a split would contradict every row; then they are not one split."""
    rows = "\t合计\t9.00\t2.00\t3.00\n201\t一般公共服务支出\t9.00\t2.00\t3.00"

    parsed = parse_texts({"d": PAGE.format(rows=rows)})

    assert parsed.identities.filter(pl.col("check_id") == "row_sum.measure").is_empty()


@pytest.mark.parametrize("name", ["000", "001", "002", "003", "004"])
def test_a_changed_digit_of_a_proved_amount_is_always_noticed(name: str):
    """Beyond the smallest tolerance of the amount's identities (and what they were off by before) a contradiction
    names its line; within it, nothing that held to the
    cent still does. tests/benchmarks/mutations.py does the same to every amount."""
    _, judged = judge(text_of(name), count=40, seed=20231121, only_proved=True)

    missed = [m.mutant for m in judged if m.room is not None and m.change > m.room and not m.caught]
    silent = [m.mutant for m in judged if m.tolerance is not None and m.change <= m.tolerance and not m.seen]
    assert len(judged) == 40
    assert [(m.line, m.printed, m.changed) for m in missed] == []
    assert [(m.line, m.printed, m.changed) for m in silent] == []


@pytest.mark.parametrize(("total", "verdict"), [("6.00", "holds"), ("11.00", "holds"), ("8.00", "contradicted")])
def test_meetings_and_training_count_in_the_total_of_the_three_public_items_or_stand_beside_it(total: str, verdict: str):
    text = SOUND.replace("3.公务接待费\t1.00", "3.公务接待费\t1.00\n会议费\t2.00\n培训费\t3.00").replace("合计\t6.00", f"合计\t{total}")
    found = parse_texts({"d": text}).identities.filter(statement="three_public", check_id="column_sum.total")

    assert found["verdict"].to_list() == [verdict]


def test_a_row_that_lost_its_label_is_not_held_against_the_total():
    text = SOUND.replace("30101\t基本工资\t15.00\t15.00\t0.00", "\t\t15.00\t15.00\t0.00")
    failed = parse_texts({"d": text}).identities.filter(verdict="contradicted")

    assert set(failed["check_id"]) == {"code_hierarchy.economic"}
