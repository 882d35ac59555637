"""prose.sum: the parts named after 其中 add up to their whole.

1. A list need not be complete: less than the whole is a contradiction only where the parts are a known complete split, their printed
shares are 100 % together, all of them are nothing, or the sentence says that it lists all (支出预算包括：). 2. A part of a part is not
counted twice. 3. An amount stated a second time for the same thing is no part. 4. 收支总预算 has two sides, and each adds up
to it. 5. Of 年初预算 and 支出决算 each adds up to its own whole.
"""

import polars as pl

from yusuan.parsing.narrative.instances import TERMS, Found, instance_columns
from yusuan.parsing.narrative.runs import before
from yusuan.parsing.vocabulary import load

PERIODS = ["budget", "final_accounts"]
# What the sums need of a claim.
COLUMNS = [
    "at", "document_id", "part", "paragraph", "group", "head", "is_level", "is_direct", "lists_all", "inherits", "kind", "concept",
    "digits", "decimals", "ticks", "quantum", "claim_id", "line", "page", "subject", "period", "sentence_number",
]  # fmt: skip


def part_sums(rows: pl.DataFrame, levels: pl.DataFrame) -> Found:
    """Instances and terms of prose.sum. `rows` as groups.grouped gives them, `levels` those of them that are levels."""
    parts = _parts(rows)
    sums = parts.group_by("group", maintain_order=True).agg(
        pl.col("document_id", "part", "head", "is_direct", "lists_all", "period").first(),
        actual=pl.col("ticks").sum(),
        part_quantum=pl.col("quantum").sum(),
        members=pl.len(),
        first_at=pl.col("at").first(),
        group_sentence=pl.col("sentence_number").first(),
        about=pl.col("claim_id").first(),
        concepts=pl.col("concept").unique(),
        shared=pl.col("share_digits").is_not_null().all(),
        share_error=(pl.col("share_millis").sum() - 100_000).abs(),
        share_slack=pl.col("share_slack").sum(),
    )
    wholes = levels.select(
        "part", whole_at="at", expected="ticks", whole_quantum="quantum", whole_id="claim_id", whole_line="line",
        whole_page="page", subject="subject", whole_concept="concept", whole_sentence="sentence_number",
    )  # fmt: skip
    sums = _heads_of_period(sums, rows)
    pairs = sums.join(wholes, on="part").filter(pl.col("whole_at") < pl.col("first_at"))
    pairs = pairs.with_columns(
        residual=pl.col("actual") - pl.col("expected"),
        slack=pl.col("part_quantum") + pl.col("whole_quantum"),
        meant=pl.col("whole_at") == pl.col("head"),
    )
    fits = 2 * pl.col("residual").abs() <= pl.col("slack")
    verdict = pl.when(pl.col("residual") == 0).then(pl.lit("holds")).when(fits).then(pl.lit("rounding")).otherwise(pl.lit("contradicted"))
    pairs = pairs.with_columns(fits=fits, verdict=verdict, known=_is_known_split()).with_columns(complete=_complete())
    # Another amount of the section may be the whole that is meant, but one part alone equals many an amount by chance.
    # Where the whole stands in the sentence of its parts, none of another sentence is meant: revenue and expenditure are equal.
    near = (pl.col("sentence_number") != pl.col("group_sentence")).fill_null(True) | (pl.col("whole_sentence") == pl.col("group_sentence"))
    other = pl.col("fits") & ((pl.col("members") > 1) & (pl.col("expected") != 0)) & near
    # A bracket that lists all parts needs no 其中: 基本支出80万元（人员经费60万元、公用经费20万元）.
    split = pl.col("known") & pl.col("group").str.starts_with("bracket")
    wrong = pl.col("meant") & ((pl.col("is_direct") & ((pl.col("residual") > 0) | pl.col("complete"))) | split)
    order = pl.when(pl.col("fits") & pl.col("meant")).then(0).when(other).then(1).when(wrong).then(2)
    chosen = (
        pairs.with_columns(order=order)
        .filter(pl.col("order").is_not_null())
        .sort("group", "order", "whole_at", descending=[False, False, True])
        .unique("group", keep="first", maintain_order=True)
        .with_columns(key=pl.format("sum {}", "group"), check_id=pl.lit("prose.sum"), tolerance=pl.col("slack") // 2)
    )
    heads = chosen.select(
        "key", amount_id="whole_id", role=pl.lit("total"), line="whole_line", page="whole_page", ticks="expected", label="subject"
    )
    members = parts.join(chosen.select("group", "key"), on="group", maintain_order="left").select(
        "key", amount_id="claim_id", role=pl.lit("part"), line="line", page="page", ticks="ticks", label="subject"
    )
    return chosen.select(instance_columns()), pl.concat([heads, members]).select(TERMS)


def _parts(rows: pl.DataFrame) -> pl.DataFrame:
    """Members of groups, without parts of parts and repetitions, each with the share printed behind it."""
    rows = rows.select(COLUMNS)
    is_share = (pl.col("kind") == "share").shift(-1, fill_value=False) & (pl.col("paragraph").shift(-1) == pl.col("paragraph"))
    digits = pl.when(is_share).then(pl.col("digits").shift(-1))
    # Shares in thousandths of a per cent.
    unit = pl.lit(10, pl.Int64).pow((3 - pl.col("decimals").shift(-1)).clip(0, 3))
    rows = rows.with_columns(share_digits=digits, share_millis=digits * unit, share_slack=pl.when(is_share).then(unit))
    levels = rows.filter("is_level").with_columns(again=pl.col("inherits") & (pl.col("subject") == before("subject", "paragraph")))
    parts = _by_period(_by_side(levels.filter(pl.col("group").is_not_null(), ~pl.col("again").fill_null(False))))
    parents = load("narrative_claims").filter(pl.col("parent").is_not_null()).select(concept="claim", parent="parent").unique()
    parts = parts.join(parents, on="concept", how="left", maintain_order="left")
    present = parts.select("group", parent="concept", nested=pl.lit(True)).unique()
    parts = parts.join(present, on=["group", "parent"], how="left", maintain_order="left")
    return parts.filter(~pl.col("nested").fill_null(False))


def _by_side(parts: pl.DataFrame) -> pl.DataFrame:
    """A group that names revenue and expenditure is two groups; what names no side goes with the side named before."""
    side = (
        pl.when(pl.col("concept").is_in(["revenue_total", "current_year_revenue"]))
        .then(pl.lit("revenue"))
        .when(pl.col("concept").is_in(["expenditure_total", "current_year_expenditure"]))
        .then(pl.lit("expenditure"))
    )
    parts = parts.with_columns(side=side).with_columns(
        sides=pl.col("side").n_unique().over("group") - pl.col("side").is_null().any().over("group")
    )
    run = pl.col("side").forward_fill().over("group").fill_null("")
    return parts.with_columns(group=pl.when(pl.col("sides") > 1).then(pl.format("{} {}", "group", run)).otherwise("group"))


def _by_period(parts: pl.DataFrame) -> pl.DataFrame:
    """A group that states budgets and what came of them is two groups."""
    kinds = pl.col("period").filter(pl.col("period").is_in(PERIODS)).n_unique().over("group")
    return parts.with_columns(group=pl.when(kinds > 1).then(pl.format("{} {}", "group", "period")).otherwise("group"))


def _heads_of_period(sums: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """Where the sentence of its head states the budget and what came of it, a group's head is the one of its own period."""
    levels = rows.select("at", "sentence_number", "period", "is_level")
    own = levels.filter("is_level", pl.col("period").is_in(PERIODS)).unique(["sentence_number", "period"], keep="last", maintain_order=True)
    sums = sums.with_columns(sentence_number=rows["sentence_number"].gather(sums["head"]))
    sums = sums.join(
        own.select("sentence_number", "period", of_period="at"), on=["sentence_number", "period"], how="left", maintain_order="left"
    )
    return sums.with_columns(head=pl.coalesce(pl.when(pl.col("of_period") < pl.col("first_at")).then("of_period"), "head")).drop(
        "of_period"
    )


def _is_known_split() -> pl.Expr:
    """The parts are those that the vocabulary knows as all parts of such a whole."""
    known = [
        (pl.col("whole_concept") == split["whole"])
        & pl.all_horizontal(pl.col("concepts").list.contains(part) for part in split["parts"].split("|"))
        for split in load("narrative_splits").iter_rows(named=True)
    ]
    return pl.any_horizontal(*known).fill_null(False)


def _complete() -> pl.Expr:
    """The parts are all parts: a known split, or shares of 100 % within their rounding."""
    shares = pl.col("shared") & (pl.col("members") > 1) & (pl.col("share_error") <= pl.col("share_slack"))
    said = pl.col("lists_all") & (pl.col("members") > 1)
    nothing = (pl.col("actual") == 0) & (pl.col("members") > 1)
    return (pl.col("known") | shares | said | nothing).fill_null(False)
