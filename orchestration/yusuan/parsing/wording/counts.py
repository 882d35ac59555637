"""plausibility.counted_parts: the vehicles and the people that a sentence lists behind 其中 are as many as it says before.

1. More than the whole is always wrong; fewer only where the list is complete: with 其他用车, or with those in service and the retired.
2. Only sentences with one 其中 are judged: a part of a part would be counted twice. 3. People are only those in service and the retired:
行政人员 may be some of 在职人员. 4. What is bought, allowed or changed is another count.
"""

import polars as pl

from yusuan.parsing.narrative.runs import running_sum
from yusuan.parsing.wording.found import Found, counted, notice

PEOPLE = ["headcount_actual", "headcount_in_service", "headcount_retired"]
OF_PEOPLE = r"^(?:在职|在编|退休|离休|离退休|离退)(?:人员|职工|人数|干部|实有)*$"
BOTH, ONE = "^离退", "^(?:离休|退休)"
OTHERS = "其他|其它"
COLUMNS = [
    "document_id", "sentence_number", "opener", "in_reason", "kind", "concept", "subject", "digits", "decimals", "unit", "line", "page",
]  # fmt: skip


def counted_parts(rows: pl.DataFrame) -> Found:
    """`rows` are the claims as yusuan.parsing.narrative.groups gives them."""
    opens = pl.col("opener") & ~pl.col("in_reason")
    rows = rows.select(COLUMNS).with_columns(opened=running_sum(opens, "sentence_number"))
    one = pl.col("sentence_number").is_in(rows.filter(pl.col("opened") > 1)["sentence_number"].unique().implode()).not_()
    vehicles = pl.when(pl.col("concept") == "vehicle_count").then(pl.lit("vehicles"))
    family = vehicles.when(pl.col("concept").is_in(PEOPLE)).then(pl.lit("people"))
    rows = rows.with_columns(family=family).filter(
        one, pl.col("family").is_not_null(), pl.col("kind") == "count", ~pl.col("in_reason"), pl.col("decimals") == 0
    )
    group = ["sentence_number", "family"]
    wholes = rows.filter(pl.col("opened") == 0).unique(group, keep="last", maintain_order=True)
    wholes = wholes.filter((pl.col("family") == "vehicles") | (pl.col("concept") == "headcount_actual"))
    subject = pl.col("subject")
    parts = rows.filter(pl.col("opened") == 1).group_by(group, maintain_order=True).agg(
        listed=pl.col("digits").sum(),
        # 离退休人员3人（离休1人、退休2人） are three.
        one_each=(subject.is_duplicated().any() | (subject.str.contains(BOTH).any() & subject.str.contains(ONE).any())).not_(),
        of_people=subject.str.contains(OF_PEOPLE).all(),
        others=subject.str.contains(OTHERS).any(),
        both=pl.col("concept").is_in(PEOPLE[1:]).all() & (pl.col("concept").n_unique() == 2),
    )  # fmt: skip
    sums = wholes.join(parts, on=group, maintain_order="left")
    sums = sums.filter("one_each", (pl.col("family") == "vehicles") | pl.col("of_people"))
    complete = pl.when(pl.col("family") == "vehicles").then("others").otherwise("both")
    wrong = (pl.col("listed") > pl.col("digits")) | ((pl.col("listed") < pl.col("digits")) & complete)
    figures = pl.format("{}{}{}", "subject", "digits", "unit")
    message = pl.format("“{}”其中所列相加为{}{}", figures, "listed", "unit")
    return Found(sums.filter(wrong).select(notice("counted_parts", figures, message)), counted(sums, "plausibility.counted_parts"))
