"""Printed amounts are exact integers of 1/10000 yuan, whatever the unit and the printed decimals."""

from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yusuan.parsing.amounts import ticks_columns
from yusuan.parsing.figures import UNIT_YUAN, number_columns, yuan
from yusuan.parsing.text import squash


def numbers(*texts: str) -> pl.DataFrame:
    frame = pl.DataFrame({"text": list(texts)}).with_columns(squashed=squash(pl.col("text")))
    return frame.with_columns(*number_columns(pl.col("squashed"), pl.col("text")))


def in_yuan(text: str, unit: str) -> Decimal | None:
    frame = numbers(text).with_columns(unit=pl.lit(unit)).with_columns(*ticks_columns(pl.col("number"), pl.col("unit")))
    return frame.select(yuan(pl.col("ticks"))).item()


@given(
    cents=st.integers(min_value=-4_000_000, max_value=4_000_000),
    places=st.integers(min_value=0, max_value=2),
    unit=st.sampled_from(sorted(UNIT_YUAN)),
    commas=st.booleans(),
)
def test_any_printed_amount_comes_back_in_yuan_to_the_cent(cents: int, places: int, unit: str, commas: bool):
    value = Decimal(cents).scaleb(-places)
    printed = f"{value:,.{places}f}" if commas else f"{value:.{places}f}"

    assert in_yuan(printed, unit) == value * Decimal(10) ** UNIT_YUAN[unit]


@pytest.mark.parametrize("text", ["", "—", "201.", "1,23.00", "12.5%", "≤15", "2023年", "(1)", "1.2.3", "41080022000000053196000"])
def test_what_is_no_amount_is_none(text: str):
    assert numbers(text)["number"].item() is None


@pytest.mark.parametrize(
    ("text", "number", "repair"),
    [
        ("1。60", "1.60", "mistyped_point"),
        ("１，２３４．５０", "1,234.50", "full_width_digits"),
        (" 8.40　", "8.40", None),
        ("−3.00", "-3.00", None),
        ("0", "0", None),
    ],
)
def test_a_repair_is_named(text: str, number: str, repair: str | None):
    row = numbers(text).row(0, named=True)

    assert (row["number"], row["number_repair"]) == (number, repair)


def test_the_quantum_is_one_unit_of_the_last_printed_place():
    frame = numbers("174.15", "1346.7", "180,000").with_columns(unit=pl.Series(["万元", "万元", "元"]))

    quanta = frame.with_columns(*ticks_columns(pl.col("number"), pl.col("unit"))).select(yuan(pl.col("quantum")))

    assert quanta.to_series().to_list() == [Decimal("100.00"), Decimal("1000.00"), Decimal("1.00")]


def test_an_amount_without_a_unit_has_no_yuan():
    frame = numbers("1.00").with_columns(unit=pl.lit(None, dtype=pl.Utf8))

    assert frame.with_columns(*ticks_columns(pl.col("number"), pl.col("unit")))["ticks"].item() is None


def test_an_amount_that_64_bits_cannot_hold_is_null_and_not_wrapped():
    assert in_yuan("999999999999999", "亿元") is None
