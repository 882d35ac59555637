"""Shares and rates of change against the amounts that they are printed beside.

A printed rate agrees with its amounts within one unit of its last place, and what rounding of the amounts themselves adds to that.
"""

import polars as pl

from yusuan.parsing.narrative.instances import TERMS, Found, instance_columns

BIG = pl.Int128
TOTALS = ["revenue_total", "expenditure_total", "budget_total"]
# Concepts that many amounts share: the name has to be the same, too.
COMMON = "_amount$|^economic_item$|^carryover|^procurement_reserved$|^asset_"


def shares(rows: pl.DataFrame) -> Found:
    """prose.share: a share is its amount divided by the whole.

    1. A share of nothing (whole 0) says nothing. 2. 完成预算的98% compares two readings of one figure and is no share of a whole.
    3. Where the text states no whole (因公出国费…，占“三公”经费的…%；), the parts that are shares of it add up to it.
    """
    before = [
        pl.col(name).shift(1).alias(f"part_{name}")
        for name in (
            "at",
            "ticks",
            "quantum",
            "claim_id",
            "line",
            "page",
            "subject",
            "head",
            "is_level",
            "paragraph",
            "concept",
            "named_head",
        )
    ]
    found = rows.with_columns(before).filter(
        pl.col("kind") == "share",
        ~pl.col("completes"),
        ~pl.col("in_reason"),
        pl.col("part_is_level"),
        pl.col("part_paragraph") == pl.col("paragraph"),
    )
    named = pl.col("of").str.replace(r"(?:总额|的|比重|比例|比)+$", "").fill_null("")
    found = found.with_columns(whole_name=named)
    wholes = rows.filter("is_level").select(
        "document_id", "chapter", whole_at="at", whole_ticks="ticks", whole_quantum="quantum", whole_id="claim_id", whole_line="line",
        whole_page="page", whole_subject="subject", whole_concept="concept",
    )  # fmt: skip
    first = wholes.group_by("document_id", "chapter").agg(first_at=pl.col("whole_at").min())
    found = found.join(first, on=["document_id", "chapter"], how="left")
    pairs = found.join(wholes, on=["document_id", "chapter"]).filter(pl.col("whole_at") < pl.col("part_at"))
    called = (pl.col("whole_name") != "") & pl.col("whole_subject").str.ends_with(pl.col("whole_name"))
    # Without 其中 the chapter's first amount is meant, unless that is itself one of the parts.
    chapters = (pl.col("whole_at") == pl.col("first_at")) & (pl.col("whole_concept") != pl.col("part_concept"))
    head = pl.when(pl.col("part_head").is_not_null()).then(pl.col("whole_at") == pl.col("part_head")).otherwise(chapters)
    meant = pl.when(pl.col("whole_name") != "").then(called).otherwise(head)
    rate, scale = pl.col("digits").cast(BIG), _scale()
    whole, part = pl.col("whole_ticks").cast(BIG), pl.col("part_ticks").cast(BIG)
    doubt = pl.col("part_quantum").cast(BIG) * scale + rate * pl.col("whole_quantum").cast(BIG)
    pairs = pairs.with_columns(meant=meant).filter(
        ~(pl.col("meant") & (pl.col("whole_ticks") == 0)).any().over("at"), pl.col("whole_ticks") > 0
    )
    pairs = _judged(pairs, expected=part, product=whole * rate, scale=scale, unit=whole, doubt=doubt)
    # Where the whole is named nothing else is meant.
    chosen = _chosen(pairs.filter(pl.col("meant") | pl.col("part_named_head").is_null()), pl.col("whole_at"))
    unstated = _of_unstated_whole(found, chosen)
    chosen = pl.concat([chosen.join(unstated.select("at"), on="at", how="anti"), unstated], how="diagonal_relaxed")
    chosen = chosen.with_columns(
        key=pl.format("share {}", "at"), about="claim_id", check_id=pl.lit("prose.share"), subject=pl.col("part_subject")
    )
    terms = [
        chosen.select(
            "key",
            role=pl.lit("first"),
            amount_id="part_claim_id",
            line="part_line",
            page="part_page",
            ticks="part_ticks",
            label="part_subject",
        ),
        chosen.select(
            "key",
            role=pl.lit("second"),
            amount_id="whole_id",
            line="whole_line",
            page="whole_page",
            ticks="whole_ticks",
            label="whole_subject",
        ),
        chosen.select(
            "key", role=pl.lit("rate"), amount_id="claim_id", line="line", page="page", ticks=pl.lit(None, pl.Int64), label="subject"
        ),
    ]
    return chosen.select(instance_columns()), pl.concat(terms).select(TERMS)


def _of_unstated_whole(found: pl.DataFrame, chosen: pl.DataFrame) -> pl.DataFrame:
    """Shares of one named whole in one paragraph that no amount explains, against the sum of their parts.

    They are all parts if their shares are 100 % together, or if all but one of them fit their sum. Of several that do not fit only the
    one that is farthest off is told: one wrong part moves them all.
    """
    group = ["paragraph", "whole_name"]
    unexplained = found.join(chosen.filter(pl.col("verdict") != "contradicted"), on="at", how="anti").filter(pl.col("whole_name") != "")
    rows = found.join(unexplained.select(group).unique(), on=group, how="semi", maintain_order="left")
    thousandths = pl.col("digits") * pl.lit(10, pl.Int64).pow((3 - pl.col("decimals")).clip(0, 3))
    rows = rows.with_columns(
        members=pl.len().over(group),
        different=pl.col("part_subject").n_unique().over(group),
        whole_ticks=pl.col("part_ticks").sum().over(group),
        whole_quantum=pl.col("part_quantum").sum().over(group),
        off=(thousandths.sum().over(group) - 100_000).abs(),
        slack=pl.lit(10, pl.Int64).pow((3 - pl.col("decimals")).clip(0, 3)).sum().over(group),
    ).filter(pl.col("members") > 1, pl.col("different") == pl.col("members"), pl.col("whole_ticks") > 0)
    rate, scale = pl.col("digits").cast(BIG), _scale()
    whole, part = pl.col("whole_ticks").cast(BIG), pl.col("part_ticks").cast(BIG)
    doubt = pl.col("part_quantum").cast(BIG) * scale + rate * pl.col("whole_quantum").cast(BIG)
    rows = _judged(rows, expected=part, product=whole * rate, scale=scale, unit=whole, doubt=doubt)
    wrong = pl.col("verdict") == "contradicted"
    rows = rows.with_columns(wrong_count=wrong.sum().over(group), farthest=(pl.col("actual") - pl.col("expected")).abs())
    rows = rows.filter((pl.col("off") <= pl.col("slack")) | ((pl.col("wrong_count") == 1) & (pl.col("members") > 2)))
    told = pl.col("at") == pl.col("at").sort_by("farthest", descending=True).first().over(group)
    rows = rows.filter((pl.col("wrong_count") == 0) | (wrong & told))
    return rows.with_columns(
        whole_id=pl.lit(None, pl.Utf8),
        whole_line="part_line",
        whole_page="part_page",
        whole_subject=pl.format("{}（各部分之和）", "whole_name"),
    )


def change_rates(rows: pl.DataFrame) -> Found:
    """prose.change: a rate of change is the change divided by the year before, and the year before is the amount less its change.

    1. Where the year before is nothing there is no rate; 100 % and 0 % are how people write that. 2. 增加（减少）0万元 has no direction to
    check.
    """
    names = ("at", "ticks", "quantum", "claim_id", "line", "page", "kind", "paragraph", "in_reason")
    rates = rows.filter(pl.col("kind") == "change_percent", ~pl.col("in_reason"))
    changes = rows.filter(pl.col("kind") == "change_amount", ~pl.col("in_reason"), pl.col("ticks").is_not_null()).select(
        *(pl.col(name).alias(f"change_{name}") for name in names if name not in ("kind", "in_reason")),
        change_subject="subject",
        change_concept="concept",
    )
    # The rate stands right behind its change, or right before it.
    behind = rates.join(changes, left_on=pl.col("at") - 1, right_on="change_at", how="inner", coalesce=False)
    ahead = rates.join(behind.select("at"), on="at", how="anti").join(
        changes, left_on=pl.col("at") + 1, right_on="change_at", how="inner", coalesce=False
    )
    found = pl.concat([behind, ahead.select(behind.columns)]).filter(pl.col("change_paragraph") == pl.col("paragraph"))
    found = found.unique("change_at", keep="first", maintain_order=True)
    levels = rows.filter("is_level").select(
        "document_id", "chapter", level_at="at", level_ticks="ticks", level_quantum="quantum", level_id="claim_id", level_line="line",
        level_page="page", level_subject="subject", level_concept="concept",
    )  # fmt: skip
    pairs = found.join(levels, on=["document_id", "chapter"]).filter(pl.col("level_at") < pl.col("change_at"))
    totals = pl.col("level_concept").is_in(TOTALS) & pl.col("change_concept").is_in(TOTALS)
    same = pl.col("level_subject") == pl.col("change_subject")
    single = (pl.col("level_concept") == pl.col("change_concept")) & ~pl.col("level_concept").str.contains(COMMON)
    like = same | totals | single
    nearest = pl.col("level_at") == pl.when(like).then(pl.col("level_at")).max().over("at")
    rate, scale = pl.when(pl.col("sign") == "-").then(-pl.col("digits")).otherwise(pl.col("digits")).cast(BIG), _scale()
    level, change = pl.col("level_ticks").cast(BIG), pl.col("change_ticks").cast(BIG)
    doubt = pl.col("change_quantum").cast(BIG) * scale + rate.abs() * (pl.col("level_quantum") + pl.col("change_quantum")).cast(BIG)
    pairs = pairs.with_columns(previous=level - change, meant=like & nearest)
    pairs = pairs.filter(
        ~(pl.col("meant") & (pl.col("previous") == 0)).any().over("at"), pl.col("previous") != 0, pl.col("sign").is_not_null()
    )
    pairs = _judged(pairs, expected=change, product=pl.col("previous") * rate, scale=scale, unit=pl.col("previous").abs(), doubt=doubt)
    # Another amount may be meant only where none is meant by name; and 0 less 0 fits everything.
    pairs = pairs.filter(pl.col("meant") | (~pl.col("meant").any().over("at") & (pl.col("change_ticks") != 0)))
    chosen = _chosen(pairs, pl.col("level_at")).with_columns(
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


def _scale() -> pl.Expr:
    """What the digits of a printed percentage are to be divided by."""
    return pl.lit(10, BIG).pow(pl.col("decimals") + 2).cast(BIG)


def _judged(pairs: pl.DataFrame, expected: pl.Expr, product: pl.Expr, scale: pl.Expr, unit: pl.Expr, doubt: pl.Expr) -> pl.DataFrame:
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


def _chosen(pairs: pl.DataFrame, place: pl.Expr) -> pl.DataFrame:
    """One reading for each rate: what is meant, if it fits; else what fits, the nearest first; else what is meant."""
    fits = pl.col("verdict") != "contradicted"
    order = pl.when(fits & pl.col("meant")).then(0).when(fits).then(1).when(pl.col("meant")).then(2)
    pairs = pairs.with_columns(order=order, place=place).filter(pl.col("order").is_not_null())
    return pairs.sort("at", "order", "place", descending=[False, False, True]).unique("at", keep="first", maintain_order=True)
