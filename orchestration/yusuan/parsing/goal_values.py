"""What an indicator asks for: comparison, number and unit out of a printed value (≥90%, 不少于70个, 有效提升).

Only the grammar of one value. Where values stand in a form is decided in goal_columns.py and goal_rows.py.
"""

import re
from functools import cache

import polars as pl

from yusuan.parsing.vocabulary import load

QUALITATIVE = "qualitative"
EXACT = "="
# Longer words after a number without a comparison are a sentence that begins with a number, not its unit.
LONGEST_PLAIN_UNIT = 8
# In a cell that might as well hold a name only a short unit makes the number a target.
LONGEST_SURE_UNIT = 3
# 12月底, 2023年: a point in time is not a quantity.
POINT_IN_TIME = r"^月(?:底|末|初|份|前|上旬|中旬|下旬|中)*$|^年[末底初]|^号$|^月底前$"
CALENDAR_YEAR = r"^(?:19|20)\d{2}$"
NUMBER = r"-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
# m2 and km2 are how ㎡ and ㎢ are folded.
UNIT = r"(?:[kc]?m[23]|[^\d<>=≥≤,。;]{0,12}?)(?:/\d{0,4}[^\d<>=≥≤,。;]{1,8}?)?"
SIGN = r">=|<=|≥|≤|>|<|="


def folded(squashed: pl.Expr) -> pl.Expr:
    """A squashed value without the markup of a conversion ($\\geq 90\\%$ is ≥90%)."""
    return (
        squashed.str.replace_all("$", "", literal=True)
        .str.replace_all(r"\\(?:geqslant|geqq|geq|ge)", "≥")
        .str.replace_all(r"\\(?:leqslant|leqq|leq|le)", "≤")
        .str.replace_all(r"\\([%_#&])", "${1}")
    )


def with_values(texts: pl.DataFrame) -> pl.DataFrame:
    """`texts` (folded) with operator, value (DECIMAL(20,4)) and unit. Words, dates and ranges are `qualitative`."""
    value = pl.col("folded")
    texts = texts.with_columns(parts=value.str.strip_chars_end("。;,").str.extract_groups(_grammar())).unnest("parts")
    before, number, unit, after = (pl.col(name) for name in ("before", "number", "printed_unit", "after"))
    compared = (before != "") | (after != "")
    dated = unit.str.contains(POINT_IN_TIME) | (number.str.contains(CALENDAR_YEAR) & unit.str.starts_with("年"))
    long = ~compared & (unit.str.len_chars() > LONGEST_PLAIN_UNIT)
    amount = pl.when(~dated & ~long).then(number.str.replace_all(",", "").cast(pl.Decimal(20, 4), strict=False))
    meaning = {row["word"]: row["operator"] for row in load("goal_operators").iter_rows(named=True)}
    said = pl.coalesce(pl.when(part != "").then(part) for part in (before, after)).replace_strict(
        meaning, default=None, return_dtype=pl.Utf8
    )
    known = pl.col("value").is_not_null()
    return texts.with_columns(value=amount).with_columns(
        operator=pl.when(known).then(pl.coalesce(said, pl.lit(EXACT))).when(value != "").then(pl.lit(QUALITATIVE)),
        unit=pl.when(known & (unit != "")).then(unit),
    ).drop("before", "number", "printed_unit", "after")  # fmt: skip


def is_sure(value: pl.Expr) -> pl.Expr:
    """Whether a folded text can only be a target: beside it stand operator and unit (with_values). 12345热线接通率 might be a name."""
    signed = value.str.contains(f"^(?:{SIGN})")
    sure = signed | (pl.col("operator") != EXACT) | pl.col("unit").str.contains("%", literal=True)
    short = pl.col("unit").str.len_chars() <= LONGEST_SURE_UNIT
    several = signed & (value.str.count_matches(SIGN) >= 2)
    return ((pl.col("value").is_not_null() & (sure | short)) | several).fill_null(False)


def several_values(targets: pl.DataFrame, cell: str) -> pl.DataFrame:
    """A cell that prints several comparisons (≥99% ≥90%) as one row for each, numbered in `part`; `folded` is the value's text, and `cell`
    names the column that numbers the cells."""
    targets = targets.with_columns(part=pl.lit(1, dtype=pl.Int32))
    double = targets.filter(
        pl.col("folded").str.count_matches(SIGN) >= 2, pl.col("value").is_null(), pl.col("folded").str.contains(f"^(?:{SIGN})")
    )
    if double.is_empty():
        return targets
    pieces = (
        double.with_columns(folded=pl.col("folded").str.replace_all(f"({SIGN})", "\n${1}").str.strip_chars("\n").str.split("\n"))
        .explode("folded")
        .drop("value", "operator", "unit")
        .pipe(with_values)
        .filter(pl.col("value").is_not_null().all().over(cell))
        .with_columns(part=pl.int_range(1, pl.len() + 1, dtype=pl.Int32).over(cell))
    )
    rest = targets.join(pieces, on=cell, how="anti", maintain_order="left")
    return pl.concat([rest, pieces.select(targets.columns)])


@cache
def _grammar() -> str:
    words = load("goal_operators")
    before, after = (
        "|".join(re.escape(word) for word in sorted(words.filter(pl.col("place") == place)["word"], key=len, reverse=True))
        for place in ("before", "after")
    )
    return f"^(?P<before>(?:{before})?)(?:达到|完成)?(?P<number>{NUMBER})(?P<printed_unit>{UNIT})(?P<after>(?:{after})?)$"
