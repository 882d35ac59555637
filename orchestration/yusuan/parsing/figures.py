"""Printed amounts as exact integers. Money is never a float: the unit inside parsing is the tick, 1/10000 yuan.

A tick is fine enough for yuan with four decimals, and a sum of ticks in 64 bits is exact up to 9e14 yuan.
"""

import polars as pl

TICKS_PER_YUAN = 10_000
UNIT_YUAN = {"元": 0, "千元": 3, "万元": 4, "亿元": 8}

# What one unit of a printed place may be worth in ticks, by its exponent.
POWERS_OF_TEN = {exponent: 10**exponent for exponent in range(13)}

AMOUNT = r"^-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?$"
# A separator that was mistyped: 1。60, 3，731，95 is left alone because its meaning is not certain.
MISTYPED_POINT = r"^(-?[\d,]*\d)[。·、](\d{1,2})$"
FULL_WIDTH_DIGIT = r"[０-９．，－]"
# A figure broken by a blank or over two lines of its cell: 1,234 .56, 12345.6 7.
BROKEN = r"[\d.,]\s+[\d.,]"
# Longer digit strings are codes (a project code has 18 to 21 digits), not money.
MOST_DIGITS = 15


def number_columns(squashed: pl.Expr, text: pl.Expr) -> list[pl.Expr]:
    """Columns number (canonical digits, sign, comma, point; null when the text is no number) and number_repair."""
    folded = squashed.str.replace(r"^[−–](\d)", "-$1")
    mended = folded.str.replace(MISTYPED_POINT, "$1.$2")
    mistyped = mended != folded
    number = pl.when(mended.str.contains(AMOUNT) & (mended.str.len_chars() <= MOST_DIGITS + 6)).then(mended)
    repair = (
        pl.when(number.is_null())
        .then(None)
        .when(mistyped)
        .then(pl.lit("mistyped_point"))
        .when(text.str.contains(FULL_WIDTH_DIGIT))
        .then(pl.lit("full_width_digits"))
        .when(text.str.contains(BROKEN))
        .then(pl.lit("split_number"))
    )
    return [number.alias("number"), repair.alias("number_repair")]


def digits(number: pl.Expr) -> pl.Expr:
    """All digits of a canonical number as a signed integer: 1,592.14 is 159214."""
    return number.str.replace_all(",", "", literal=True).str.replace(".", "", literal=True).cast(pl.Int64, strict=False)


def decimals(number: pl.Expr) -> pl.Expr:
    """How many decimals are printed."""
    behind = number.str.len_bytes().cast(pl.Int32) - number.str.find(".", literal=True).cast(pl.Int32) - 1
    return behind.fill_null(0)


def quantum(unit: pl.Expr, decimals: pl.Expr) -> pl.Expr:
    """One unit of the last printed place, in ticks; null when it is finer than a tick or the unit is unknown."""
    exponent = unit.replace_strict(UNIT_YUAN, default=None, return_dtype=pl.Int32) + 4 - decimals
    return exponent.replace_strict(POWERS_OF_TEN, default=None, return_dtype=pl.Int64)


def yuan(ticks: pl.Expr, scale: int = 2) -> pl.Expr:
    """Ticks as DECIMAL(20, scale) yuan, rounded half away from zero where the scale is coarser than a tick."""
    step = 10 ** (4 - scale)
    whole = (ticks.abs() + step // 2) // step * ticks.sign()
    return (whole.cast(pl.Decimal(38, scale)) * pl.lit(f"{10**-scale:.{scale}f}").cast(pl.Decimal(38, scale))).cast(pl.Decimal(20, scale))
