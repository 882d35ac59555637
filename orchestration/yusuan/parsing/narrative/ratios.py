"""Rates of change and of completion against the amounts that they are printed beside, and how any printed rate is judged.

A printed rate agrees with its amounts within one unit of its last place, and what rounding of the amounts themselves adds to that.
"""

import polars as pl

from yusuan.parsing.narrative.instances import TERMS, Found, instance_columns

BIG = pl.Int128
# What the checks of a rate need of it; each is paired with many amounts.
COLUMNS = [
    "at", "document_id", "part", "paragraph", "sentence_number", "sign", "digits", "decimals", "claim_id", "line", "page", "subject",
    "partner",
]  # fmt: skip
TOTALS = ["revenue_total", "expenditure_total", "budget_total"]
# Concepts that many amounts share: the name has to be the same, too.
COMMON = "_amount$|^economic_item$|^carryover|^procurement_(?:reserved|awarded)$|^asset_"


def completion_rates(rows: pl.DataFrame, levels: pl.DataFrame) -> Found:
    """prose.completion: 完成年初预算的98.2% is the final accounts divided by the budget that the same sentence states before it.

    1. A budget of nothing has no rate of completion.
    """
    rates = rows.filter(pl.col("kind") == "share", "completes", ~pl.col("in_reason")).select(COLUMNS)
    levels = levels.select(
        "at", "sentence_number", "claim_id", "line", "page", "ticks", "quantum", "subject", is_budget=pl.col("period") == "budget"
    )
    sides = {"first": levels.filter(~pl.col("is_budget")), "second": levels.filter("is_budget")}
    found = rates.sort("at")
    for role, side in sides.items():
        found = found.join_asof(
            side.select(pl.all().name.prefix(f"{role}_")),
            left_on="at",
            right_on=f"{role}_at",
            by_left="sentence_number",
            by_right=f"{role}_sentence_number",
            strategy="backward",
            check_sortedness=False,
        )
    found = found.filter(
        # The figure that was completed stands right before its rate; a sentence may state the budget of the whole only.
        pl.col("first_at") >= pl.col("at") - 2, pl.col("second_at") >= pl.col("at") - 2, pl.col("second_ticks") > 0
    )  # fmt: skip
    rate, scale = pl.col("digits").cast(BIG), scale_of()
    actual, budget = pl.col("first_ticks").cast(BIG), pl.col("second_ticks").cast(BIG)
    doubt = pl.col("first_quantum").cast(BIG) * scale + rate * pl.col("second_quantum").cast(BIG)
    found = judged(found, expected=actual, product=budget * rate, scale=scale, unit=budget, doubt=doubt).with_columns(
        key=pl.format("completion {}", "at"), about="claim_id", check_id=pl.lit("prose.completion")
    )
    terms = [
        found.select(
            "key", role=pl.lit(role), amount_id=f"{role}_claim_id", line=f"{role}_line", page=f"{role}_page", ticks=f"{role}_ticks",
            label=f"{role}_subject",
        )
        for role in ("first", "second")
    ]  # fmt: skip
    rate_terms = found.select(
        "key", role=pl.lit("rate"), amount_id="claim_id", line="line", page="page", ticks=pl.lit(None, pl.Int64), label="subject"
    )
    return found.select(instance_columns()), pl.concat([*terms, rate_terms]).select(TERMS)


def change_rates(rows: pl.DataFrame, levels: pl.DataFrame) -> Found:
    """prose.change: a rate of change is the change divided by the year before, and the year before is the amount less its change.

    1. Where the year before is nothing there is no rate; 100 % and 0 % are how people write that. 2. 增加（减少）0万元 has no direction to
    check.
    """
    names = ("at", "ticks", "quantum", "claim_id", "line", "page", "paragraph", "inherits")
    rates = rows.filter(pl.col("kind") == "change_percent", ~pl.col("in_reason")).select(COLUMNS)
    changes = rows.filter(pl.col("kind") == "change_amount", ~pl.col("in_reason"), pl.col("ticks").is_not_null()).select(
        *(pl.col(name).alias(f"change_{name}") for name in names),
        change_subject="subject",
        change_concept="concept",
    )
    # The rate stands right behind its change, or right before it.
    behind = rates.join(changes, left_on="partner", right_on="change_at", how="inner", coalesce=False)
    ahead = rates.join(behind.select("at"), on="at", how="anti").join(
        changes, left_on=pl.col("at") + 1, right_on="change_at", how="inner", coalesce=False
    )
    found = pl.concat([behind, ahead.select(behind.columns)]).filter(pl.col("change_paragraph") == pl.col("paragraph"))
    found = found.unique("change_at", keep="first", maintain_order=True)
    levels = levels.select(
        "part", level_at="at", level_ticks="ticks", level_quantum="quantum", level_id="claim_id", level_line="line",
        level_page="page", level_subject="subject", level_concept="concept", level_paragraph="paragraph",
    )  # fmt: skip
    pairs = found.join(levels, on="part").filter(pl.col("level_at") < pl.col("change_at"))
    totals = pl.col("level_concept").is_in(TOTALS) & pl.col("change_concept").is_in(TOTALS)
    same = pl.col("level_subject") == pl.col("change_subject")
    single = (pl.col("level_concept") == pl.col("change_concept")) & ~pl.col("level_concept").str.contains(COMMON)
    like = same | totals | single
    nearest = pl.col("level_at") == pl.when(like).then(pl.col("level_at")).max().over("at")
    rate, scale = pl.when(pl.col("sign") == "-").then(-pl.col("digits")).otherwise(pl.col("digits")).cast(BIG), scale_of()
    level, change = pl.col("level_ticks").cast(BIG), pl.col("change_ticks").cast(BIG)
    doubt = pl.col("change_quantum").cast(BIG) * scale + rate.abs() * (pl.col("level_quantum") + pl.col("change_quantum")).cast(BIG)
    pairs = pairs.with_columns(previous=level - change, meant=like & nearest)
    pairs = pairs.filter(
        ~(pl.col("meant") & (pl.col("previous") == 0)).any().over("at"), pl.col("previous") != 0, pl.col("sign").is_not_null()
    )
    pairs = judged(pairs, expected=change, product=pl.col("previous") * rate, scale=scale, unit=pl.col("previous").abs(), doubt=doubt)
    # Another amount may be meant only where the change names none, or one that is not stated; and 0 less 0 fits everything.
    unnamed = ~pl.col("meant").any().over("at") | (pl.col("change_inherits") & (pl.col("level_paragraph") == pl.col("paragraph")))
    pairs = pairs.filter(pl.col("meant") | (unnamed & (pl.col("change_ticks") != 0)))
    chosen = best_reading(pairs, pl.col("level_at")).with_columns(
        key=pl.format("change {}", "at"), about="claim_id", check_id=pl.lit("prose.change")
    )
    terms = [
        chosen.select(
            "key",
            role=pl.lit("first"),
            amount_id="change_claim_id",
            line="change_line",
            page="change_page",
            ticks="change_ticks",
            label="change_subject",
        ),
        chosen.select(
            "key",
            role=pl.lit("second"),
            amount_id="level_id",
            line="level_line",
            page="level_page",
            ticks="level_ticks",
            label="level_subject",
        ),
        chosen.select(
            "key", role=pl.lit("rate"), amount_id="claim_id", line="line", page="page", ticks=pl.lit(None, pl.Int64), label="subject"
        ),
    ]
    return chosen.select(instance_columns()), pl.concat(terms).select(TERMS)


def scale_of() -> pl.Expr:
    """What the digits of a printed percentage are to be divided by."""
    return pl.lit(10, BIG).pow(pl.col("decimals") + 2).cast(BIG)


def judged(pairs: pl.DataFrame, expected: pl.Expr, product: pl.Expr, scale: pl.Expr, unit: pl.Expr, doubt: pl.Expr) -> pl.DataFrame:
    """expected and actual ticks, tolerance and verdict; everything is compared times twice the scale, so that nothing is rounded.

    A rate that is the rounded quotient stands for the amount itself: it leaves no residual.
    """
    double = 2 * (product - expected * scale)
    verdict = (
        pl.when(double.abs() <= unit + doubt)
        .then(pl.lit("holds"))
        .when(double.abs() <= 2 * unit + doubt)
        .then(pl.lit("rounding"))
        .otherwise(pl.lit("contradicted"))
    )
    product_ticks = (2 * product.abs() + scale) // (2 * scale) * product.sign()
    actual = pl.when(double.abs() <= unit + doubt).then(expected).otherwise(product_ticks)
    return pairs.with_columns(
        expected=expected.cast(pl.Int64),
        actual=actual.cast(pl.Int64),
        tolerance=((2 * unit + doubt) // (2 * scale)).cast(pl.Int64),
        verdict=verdict,
    )


def best_reading(pairs: pl.DataFrame, place: pl.Expr) -> pl.DataFrame:
    """One reading for each rate: what is meant, if it fits; else what fits, the nearest first; else what is meant."""
    fits = pl.col("verdict") != "contradicted"
    order = pl.when(fits & pl.col("meant")).then(0).when(fits).then(1).when(pl.col("meant")).then(2)
    pairs = pairs.with_columns(order=order, place=place).filter(pl.col("order").is_not_null())
    return pairs.sort("at", "order", "place", descending=[False, False, True]).unique("at", keep="first", maintain_order=True)
