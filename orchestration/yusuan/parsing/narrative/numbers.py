"""The grammar of figures in sentences: digits with a unit, a few counts in Chinese numerals, and what only looks like a figure.

`figures_of` gives one row per figure with the text before and after it. What the figure says is decided in `meaning`. Everything here
depends on nothing but the text, so that a text that many documents share is read once.
"""

import polars as pl

from yusuan.parsing.narrative.runs import behind, carried, running_sum
from yusuan.parsing.narrative.wording import any_of, unit_pattern
from yusuan.parsing.vocabulary import load

NUMBER = r"-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
HAN_DIGITS = "一二三四五六七八九"
HAN_NUMBER = r"[一二两三四五六七八九十百千零〇]{1,9}"
# Marks that stand in no text: before a figure, between number and unit, after a figure, and inside what is not to be read as one.
BEGIN, MIDDLE, END, MUTE, HAN, BARE, COMMA = "\x1e", "\x1d", "\x1f", "\x02", "\x1c", "\x04", "\x05"
MARKS = f"[{MUTE}{HAN}{BARE}]"
# What stands before a figure that is an ordinal, a range or a piece of something longer (a code, a version, a broken number).
BROKEN_BEFORE = r"(?:[0-9A-Za-z.\-~～至][,.]?|第|前|[百千万亿几]|\d。)$"
NO_RATE = "^,?(?:故|所以)?(?:无法|不可比|不能|不适用)"
# Longer digit strings are codes, not figures.
MOST_DIGITS = 15


def figures_of(texts: pl.DataFrame) -> pl.DataFrame:
    """One row per figure: text_id, sentence (a number), its text, before, number, unit, after, begin (offset in the text).

    `texts` have text_id, text, is_cell. `before` is the text since the figure before it in the sentence (or since the beginning),
    `after` the text up to the next one.
    """
    marked = texts.with_columns(text=_marked(pl.col("text"), pl.col("is_cell")))
    sentences = (
        marked.with_columns(pl.col("text").str.replace_all("([。!?]+)", f"${{1}}{END}{END}").str.split(END + END))
        .explode("text", empty_as_null=True, keep_nulls=True)
        .with_columns(sentence=pl.int_range(pl.len()), size=_plain(pl.col("text")).str.len_chars())
        .with_columns(start=running_sum(pl.col("size"), "text_id") - pl.col("size"))
        .filter(pl.col("text").str.contains(BEGIN, literal=True))
    )
    pieces = (
        sentences.with_columns(sentence_text=_plain(pl.col("text")), piece=pl.col("text").str.split(END))
        .drop("text")
        .explode("piece", empty_as_null=True, keep_nulls=True)
        .with_columns(pl.col("piece").str.splitn(BEGIN, 2).struct.rename_fields(["before", "figure"]))
        .unnest("piece")
        .with_columns(
            pl.col("before").str.replace_all(MARKS, ""),
            pl.col("figure").str.splitn(MIDDLE, 2).struct.rename_fields(["number", "unit"]),
        )
        .unnest("figure")
        .with_columns(begin=pl.col("before").str.len_chars())
    )
    printed_unit = pl.when(pl.col("unit") != BARE).then(pl.col("unit").str.len_chars()).fill_null(0)
    pieces = pieces.with_columns(size=pl.col("begin") + pl.col("number").str.len_chars().fill_null(0) + printed_unit)
    pieces = pieces.with_columns(
        begin=pl.col("start") + running_sum(pl.col("size"), "sentence") - pl.col("size") + pl.col("begin"),
        after=behind("before", "sentence").fill_null(""),
    )
    figures = pieces.filter(pl.col("number").is_not_null()).drop("size")
    # 年初预算数为0，无法计算完成率: says why there is no rate, after the budget was stated.
    figures = figures.filter(~((pl.col("unit") == BARE) & pl.col("after").str.contains(NO_RATE)))
    figures = figures.with_columns(
        broken=pl.col("before").str.contains(BROKEN_BEFORE) | (pl.col("number").str.count_matches(r"\d") > MOST_DIGITS)
    )
    return _valued(figures).filter(~pl.col("broken")).drop("broken")


def may_hold_figures(text: pl.Expr) -> pl.Expr:
    """Whether it is worth while to look for figures in a text."""
    return text.str.contains(rf"\d(?:{unit_pattern()}|[,;。、)]|$)|{_han_count()}")


def _marked(text: pl.Expr, is_cell: pl.Expr) -> pl.Expr:
    """The text with marks around its figures. Thresholds (50万元以上) lose their look first; cells of forms count in digits only."""
    units = unit_pattern()
    text = text.str.replace_all(r"(\d)。(\d{1,2}(?:万元|亿元|元|%))", "${1}.${2}")
    text = text.str.replace_all(rf"({NUMBER})({units}(?:\(含\))?以[上下内外])", f"${{1}}{MUTE}${{2}}")
    # 年初预算为9,500.00万元 is no bare 9: the comma inside a number ends none.
    counted = text.str.replace_all(_han_count(), f"${{1}}{HAN}${{2}}").str.replace_all(r"(\d),(\d{3})", f"${{1}}{COMMA}${{2}}")
    counted = counted.str.replace_all(_bare_number(), f"${{1}}${{2}}{BARE}${{3}}").str.replace_all(COMMA, ",", literal=True)
    text = pl.when(is_cell).then(text).otherwise(counted)
    figure = rf"({NUMBER})({units}|{BARE})|({HAN_NUMBER}){HAN}([个家名人辆])"
    return text.str.replace_all(figure, f"{BEGIN}${{1}}${{3}}{MIDDLE}${{2}}${{4}}{END}")


def _han_count() -> str:
    """七个科室, 十个内设股室, 共计一家: Chinese numerals count only what the vocabulary knows, and 一个 is mostly no figure."""
    number = r"(?:[二两三四五六七八九十]|一[十百千])[一二两三四五六七八九十百千零〇]{0,8}"
    return rf"({number}|[共计]一)([个家名](?:{any_of('office')}|[,。;])|[人辆][,。;、()])"


def _bare_number() -> str:
    """项目为2，: a figure whose unit is the one said before."""
    return rf"({any_of('bare')}(?:数量|数)?(?:为|共有|共|是))(\d[\d{COMMA}]*(?:\.\d+)?)([,;。、)]|$)"


def _plain(text: pl.Expr) -> pl.Expr:
    return text.str.replace_all(f"[{BEGIN}{MIDDLE}{END}{MUTE}{HAN}{BARE}]", "")


def _valued(figures: pl.DataFrame) -> pl.DataFrame:
    """Columns digits (an integer without the point), decimals, unit, unit_kind (amount, percent, count), exponent, counts."""
    units = load("narrative_units").select(unit="term", unit_kind="kind", exponent=pl.col("exponent").cast(pl.Int32), counts="counts")
    bare = pl.col("unit") == BARE
    before = pl.when(bare).then(pl.col("before"))
    noun = before.str.extract(rf"({any_of('bare')})(?:数量|数)?(?:为|共有|共|是)$", 1)
    kinds = dict(load("narrative_terms").filter(pl.col("role") == "bare").select("term", "value").iter_rows())
    figures = figures.with_columns(bare_kind=noun.replace_strict(kinds, default=None, return_dtype=pl.Utf8))
    figures = figures.join(units, on="unit", how="left", maintain_order="left")
    figures = figures.with_columns(
        carried(pl.when(pl.col("unit_kind") == kind).then("unit"), "text_id").alias(f"said_{kind}") for kind in ("amount", "count")
    )
    inherited = (
        pl.when(pl.col("bare_kind") == "amount")
        .then(pl.coalesce("said_amount", pl.lit("万元")))
        .when(pl.col("bare_kind") == "count")
        .then(pl.coalesce("said_count", pl.lit("个")))
    )
    figures = figures.with_columns(unit=pl.when(bare).then(inherited).otherwise(pl.col("unit"))).drop(
        "unit_kind", "exponent", "counts", "said_amount", "said_count", "bare_kind"
    )
    figures = figures.join(units, on="unit", how="left", maintain_order="left")
    han = pl.col("number").str.contains(HAN_NUMBER)
    number = pl.when(han).then(han_value(pl.col("number")).cast(pl.Utf8)).otherwise(pl.col("number").str.replace_all(",", ""))
    return (
        figures.with_columns(plain=number)
        .with_columns(
            digits=pl.col("plain").str.replace(".", "", literal=True).cast(pl.Int64, strict=False),
            decimals=pl.col("plain").str.extract(r"\.(\d+)$", 1).str.len_chars().fill_null(0).cast(pl.Int32),
        )
        .filter(pl.col("digits").is_not_null(), pl.col("unit_kind") != "none")
    )


def han_value(numeral: pl.Expr) -> pl.Expr:
    """一 to 九千九百九十九 (and 两) as an integer."""
    ones = {digit: value for value, digit in enumerate(HAN_DIGITS, 1)} | {"两": 2}
    digit = f"[{HAN_DIGITS}两]"
    parts = numeral.str.extract_groups(rf"^(?:({digit})千)?[零〇]?(?:({digit})百)?[零〇]?({digit}?)(十?)[零〇]?({digit}?)$")
    thousands, hundreds, tens, ten, last = (parts.struct.field(str(number)) for number in range(1, 6))
    values = [part.replace_strict(ones, default=0, return_dtype=pl.Int64) for part in (thousands, hundreds, last)]
    leading = tens.replace_strict(ones, default=1, return_dtype=pl.Int64)
    small = (
        pl.when(ten == "十")
        .then(leading * 10 + values[2])
        .otherwise(tens.replace_strict(ones, default=0, return_dtype=pl.Int64) + values[2])
    )
    return pl.when(ten.is_not_null()).then(values[0] * 1000 + values[1] * 100 + small)
