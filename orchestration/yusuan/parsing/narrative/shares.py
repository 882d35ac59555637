"""Shares against the amounts that they are printed beside, and the whole that each is a share of."""

import polars as pl

from yusuan.parsing.narrative.instances import TERMS, Found, instance_columns
from yusuan.parsing.narrative.ratios import BIG, best_reading, judged, scale_of
from yusuan.parsing.vocabulary import load

# What the checks of a share need of it; each is paired with many amounts.
SIDES = {"收入": ["revenue_total", "current_year_revenue"], "支出": ["expenditure_total", "current_year_expenditure"]}
OF_TOTALS = "本年度?|部门|单位|总额|总计|合计|总|预算|决算"
AS_WHOLE = r"(?:总额|的|比重|比例|比)+$"
COLUMNS = [
    "at", "document_id", "part", "paragraph", "kind", "completes", "in_reason", "of", "digits", "decimals", "claim_id", "line", "page",
    "subject", "block",
]  # fmt: skip


def shares(rows: pl.DataFrame, levels: pl.DataFrame) -> Found:
    """prose.share: a share is its amount divided by the whole. `levels` are those rows that state what is, not what changes.

    1. A share of nothing (whole 0) says nothing. 2. 完成预算的98% compares two readings of one figure and is no share of a whole.
    3. A whole that is named (占“三公”经费的) and stands in no sentence of the chapter is the sum of the parts, where the sentence
    states all parts that the vocabulary knows, or the amount of that very name in an earlier chapter.
    4. Where neither is so, the parts that are shares of it add up to it.
    """
    before = [
        pl.col(name).gather("partner").alias(f"part_{name}")
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
            "sentence_number",
        )
    ]
    found = rows.select(*COLUMNS, *before).filter(
        pl.col("kind") == "share",
        ~pl.col("completes"),
        ~pl.col("in_reason"),
        pl.col("part_is_level"),
        pl.col("part_paragraph") == pl.col("paragraph"),
    )
    found = found.with_columns(whole_name=pl.col("of").str.replace(AS_WHOLE, "").fill_null(""))
    wholes = levels.select(
        "document_id", "part", whole_at="at", whole_ticks="ticks", whole_quantum="quantum", whole_id="claim_id", whole_line="line",
        whole_page="page", whole_subject="subject", whole_concept="concept", whole_sentence="sentence_number",
    )  # fmt: skip
    first = wholes.group_by("part").agg(first_at=pl.col("whole_at").min())
    found = found.join(first, on="part", how="left")
    pairs = found.join(wholes.drop("document_id"), on="part").filter(pl.col("whole_at") < pl.col("part_at"))
    called = (pl.col("whole_name") != "") & pl.col("whole_subject").str.replace(AS_WHOLE, "").str.ends_with(pl.col("whole_name"))
    # Without 其中 the chapter's first amount is meant, unless that is itself one of the parts.
    parts = found.filter(pl.col("whole_name") == "")["part_at"]
    chapters = (pl.col("whole_at") == pl.col("first_at")) & (pl.col("whole_concept") != pl.col("part_concept"))
    chapters &= ~pl.col("whole_at").is_in(parts.implode())
    head = pl.when(pl.col("part_head").is_not_null()).then(pl.col("whole_at") == pl.col("part_head")).otherwise(chapters)
    # 占支出总额的, 占总支出的: a side of the budget, however its total is called.
    side = pl.col("whole_name").str.replace_all(OF_TOTALS, "")
    called |= pl.any_horizontal((side == name) & pl.col("whole_concept").is_in(totals) for name, totals in SIDES.items())
    meant = pl.when(pl.col("whole_name") != "").then(called).otherwise(head)
    pairs = pairs.with_columns(meant=meant, whole_parts=pl.lit(None, pl.List(pl.Int64)))
    pairs = pl.concat([pairs, _elsewhere(found, pairs, wholes, levels)])
    pairs = pairs.filter(~(pl.col("meant") & (pl.col("whole_ticks") == 0)).any().over("at"), pl.col("whole_ticks") > 0)
    pairs = _as_shares(pairs)
    # Where the whole is named nothing else is meant.
    named = pl.col("part_named_head").is_not_null() | ((pl.col("whole_name") != "") & pl.col("meant").any().over("at"))
    chosen = best_reading(pairs.filter(pl.col("meant") | ~named), pl.col("whole_at"))
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
        _whole_terms(chosen, levels),
        chosen.select(
            "key", role=pl.lit("rate"), amount_id="claim_id", line="line", page="page", ticks=pl.lit(None, pl.Int64), label="subject"
        ),
    ]
    return chosen.select(instance_columns()), pl.concat(terms).select(TERMS)


def _as_shares(pairs: pl.DataFrame) -> pl.DataFrame:
    """`pairs` of parts and wholes, judged by the printed share."""
    rate, scale = pl.col("digits").cast(BIG), scale_of()
    whole, part = pl.col("whole_ticks").cast(BIG), pl.col("part_ticks").cast(BIG)
    doubt = pl.col("part_quantum").cast(BIG) * scale + rate * pl.col("whole_quantum").cast(BIG)
    return judged(pairs, expected=part, product=whole * rate, scale=scale, unit=whole, doubt=doubt)


def _elsewhere(found: pl.DataFrame, pairs: pl.DataFrame, wholes: pl.DataFrame, levels: pl.DataFrame) -> pl.DataFrame:
    """Pairs of shares whose named whole no sentence of the chapter states, with the columns of `pairs`.

    The sum of a complete split has no claim of its own: its whole_id is null, and whole_parts are the `at` of its parts.
    """
    missing = found.filter(pl.col("whole_name") != "").join(pairs.filter("meant").select("at"), on="at", how="anti")
    # 本年支出合计, 支出合计 and 本年支出预算合计 are one name.
    plain = [pl.col(name).str.replace_all("预算|决算|^本年", "").alias("plain") for name in ("whole_name", "whole_subject")]
    missing_plain = missing.with_columns(plain[0]).sort("part_at")
    # Few wholes have such a name.
    wholes = wholes.drop("part").with_columns(plain[1]).join(missing_plain, on="plain", how="semi")
    earlier = missing_plain.join_asof(
        wholes.sort("whole_at"),
        left_on="part_at",
        right_on="whole_at",
        by=["document_id", "plain"],
        strategy="backward",
        check_sortedness=False,
    )
    earlier = earlier.filter(pl.col("whole_id").is_not_null()).with_columns(whole_parts=pl.lit(None, pl.List(pl.Int64)))
    summed = missing.join(_split_sums(levels), left_on="part_sentence_number", right_on="sentence_number", coalesce=False)
    summed = summed.filter(pl.col("whole_name").str.contains(pl.col("whole_pattern"))).with_columns(
        whole_at="part_at",
        whole_id=pl.lit(None, pl.Utf8),
        whole_line="part_line",
        whole_page="part_page",
        whole_subject="whole_name",
        whole_sentence="sentence_number",
    )
    earlier = earlier.join(summed.select("at"), on="at", how="anti")
    columns = [name for name in pairs.columns if name != "meant"]
    return pl.concat([summed.select(columns), earlier.select(columns)]).with_columns(meant=pl.lit(True)).select(pairs.columns)


def _split_sums(levels: pl.DataFrame) -> pl.DataFrame:
    """Sentences that state each part of a split which the vocabulary knows, once: whole_pattern, whole_concept and their sum."""
    names = load("narrative_claims").filter(pl.col("section").is_null(), pl.col("kind") == "amount")
    names = names.group_by("claim").agg(whole_pattern=pl.col("pattern").str.join("|"))
    splits = load("narrative_splits").with_row_index("split").with_columns(concept=pl.col("parts").str.split("|"))
    splits = splits.with_columns(size=pl.col("concept").list.len()).explode("concept", empty_as_null=True, keep_nulls=True)
    splits = splits.join(names, left_on="whole", right_on="claim")
    parts = levels.join(splits, on="concept")
    sums = parts.group_by("sentence_number", "split").agg(
        pl.col("size", "whole_pattern").first(),
        whole_concept=pl.col("whole").first(),
        distinct=pl.col("concept").n_unique(),
        stated=pl.len(),
        whole_ticks=pl.col("ticks").sum(),
        whole_quantum=pl.col("quantum").sum(),
        whole_parts=pl.col("at"),
    )
    return sums.filter(pl.col("distinct") == pl.col("size"), pl.col("stated") == pl.col("size")).unique("sentence_number")


def _of_unstated_whole(found: pl.DataFrame, chosen: pl.DataFrame) -> pl.DataFrame:
    """Shares of one named whole in one paragraph or list that no amount explains, against the sum of their parts.

    They are all parts if their shares are 100 % together, or if all but one of them fit their sum. Of several that do not fit only the
    one that is farthest off is told: one wrong part moves them all.
    """
    group = ["block", "whole_name"]
    # A whole of that name in the sentence itself leaves no doubt.
    certain = (pl.col("verdict") != "contradicted") | (pl.col("meant") & (pl.col("whole_sentence") == pl.col("part_sentence_number")))
    unexplained = found.join(chosen.filter(certain), on="at", how="anti").filter(pl.col("whole_name") != "")
    rows = found.join(unexplained.select(group).unique(), on=group, how="semi", maintain_order="left")
    thousandths = pl.col("digits") * pl.lit(10, pl.Int64).pow((3 - pl.col("decimals")).clip(0, 3))
    rows = rows.with_columns(
        members=pl.len().over(group),
        different=pl.col("part_subject").n_unique().over(group),
        whole_ticks=pl.col("part_ticks").sum().over(group),
        whole_parts=pl.col("part_at").implode().over(group),
        whole_quantum=pl.col("part_quantum").sum().over(group),
        off=(thousandths.sum().over(group) - 100_000).abs(),
        slack=pl.lit(10, pl.Int64).pow((3 - pl.col("decimals")).clip(0, 3)).sum().over(group),
    ).filter(pl.col("members") > 1, pl.col("different") == pl.col("members"), pl.col("whole_ticks") > 0)
    rows = _as_shares(rows)
    wrong = pl.col("verdict") == "contradicted"
    rows = rows.with_columns(wrong_count=wrong.sum().over(group), farthest=(pl.col("actual") - pl.col("expected")).abs())
    rows = rows.filter((pl.col("off") <= pl.col("slack")) | ((pl.col("wrong_count") == 1) & (pl.col("members") > 2)))
    told = pl.col("at") == pl.col("at").sort_by("farthest", descending=True).first().over(group)
    rows = rows.filter((pl.col("wrong_count") == 0) | (wrong & told))
    return rows.with_columns(
        whole_id=pl.lit(None, pl.Utf8),
        whole_line="part_line",
        whole_page="part_page",
        whole_subject="whole_name",
    )


def _whole_terms(chosen: pl.DataFrame, levels: pl.DataFrame) -> pl.DataFrame:
    """The whole of each share; where it is a sum, its parts."""
    stated = chosen.filter(pl.col("whole_id").is_not_null()).select(
        "key",
        role=pl.lit("second"),
        amount_id="whole_id",
        line="whole_line",
        page="whole_page",
        ticks="whole_ticks",
        label="whole_subject",
    )
    parts = chosen.filter(pl.col("whole_id").is_null()).select("key", at="whole_parts").explode("at", empty_as_null=True, keep_nulls=True)
    parts = parts.join(levels, on="at", maintain_order="left")
    summed = parts.select("key", role=pl.lit("second"), amount_id="claim_id", line="line", page="page", ticks="ticks", label="subject")
    return pl.concat([stated, summed])
