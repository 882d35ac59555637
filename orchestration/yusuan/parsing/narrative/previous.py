"""prose.previous: where the year before is printed, it and the change make the amount of this year.

比年初预算6.00万元减少1.00万元; 2023年40万元，2024年36万元，下降10%; 与上年5.00万元持平. 1. The change is the first one behind the amount of
the year before, in its sentence. 2. Where the amount of this year is not named again, another amount of the paragraph that fits may
be meant.
"""

import polars as pl

from yusuan.parsing.narrative.instances import TERMS, Found, instance_columns
from yusuan.parsing.narrative.ratios import BIG, best_reading, judged, scale_of

COLUMNS = ["at", "document_id", "paragraph", "sentence_number", "kind", "sign", "digits", "decimals", "ticks", "quantum", "claim_id",
           "line", "page", "subject"]  # fmt: skip
OF_TERM = ["at", "ticks", "quantum", "claim_id", "line", "page", "subject"]


def previous_years(rows: pl.DataFrame, levels: pl.DataFrame) -> Found:
    """Instances and terms of prose.previous. `rows` as groups.grouped gives them, `levels` those of them that are levels."""
    told = rows.filter(~pl.col("in_reason"))
    earlier = told.filter(pl.col("kind") == "amount", pl.col("compared_with").is_not_null(), pl.col("ticks").is_not_null())
    changes = told.filter(pl.col("kind").is_in(["change_amount", "change_percent"])).select(COLUMNS)
    found = changes.join_asof(
        earlier.select("sentence_number", *(pl.col(name).alias(f"previous_{name}") for name in OF_TERM)),
        left_on="at", right_on="previous_at", by="sentence_number", strategy="backward", check_sortedness=False,
    )  # fmt: skip
    found = found.filter(pl.col("previous_at").is_not_null()).unique("previous_at", keep="first", maintain_order=True)
    found = found.filter(pl.col("sign").is_not_null())
    stays = _unchanged(earlier.filter("stays"))
    found = pl.concat([found.join(stays, on="previous_at", how="anti"), stays.select(found.columns)])
    pairs = found.join(levels.select("paragraph", *(pl.col(name).alias(f"level_{name}") for name in OF_TERM)), on="paragraph")
    pairs = pairs.filter(pl.col("level_at") < pl.col("at"))
    like = (pl.col("level_subject") == pl.col("subject")) | (pl.col("level_subject") == pl.col("previous_subject"))
    meant = like & (pl.col("level_at") == pl.when(like).then("level_at").max().over("at"))
    pairs = pairs.with_columns(
        meant=meant.fill_null(False), key=pl.format("previous {}", "at"), about="claim_id", check_id=pl.lit("prose.previous")
    )
    # Equal amounts are no sign of what is meant.
    pairs = pairs.filter(pl.col("meant") | (pl.col("digits") != 0))
    rate = pl.col("kind") == "change_percent"
    sums, rates = _sums(pairs.filter(~rate)), _rates(pairs.filter(rate, pl.col("previous_ticks") > 0))
    return pl.concat([sums[0], rates[0]]), pl.concat([sums[1], rates[1]])


def _unchanged(earlier: pl.DataFrame) -> pl.DataFrame:
    """Amounts of the year before that the text says are those of this year, as a change of nothing that no figure states."""
    same = earlier.with_columns(*(pl.col(name).alias(f"previous_{name}") for name in OF_TERM))
    return same.with_columns(
        sign=pl.lit("+"), kind=pl.lit("change_amount"), digits=pl.lit(0, pl.Int64), ticks=pl.lit(0, pl.Int64), quantum=pl.lit(0, pl.Int64)
    )


def _sums(pairs: pl.DataFrame) -> Found:
    slack = pl.col("level_quantum") + pl.col("previous_quantum") + pl.col("quantum")
    pairs = pairs.with_columns(expected="level_ticks", actual=pl.col("previous_ticks") + pl.col("ticks"), tolerance=slack // 2)
    residual = (pl.col("actual") - pl.col("expected")).abs()
    verdict = pl.when(residual == 0).then(pl.lit("holds")).when(2 * residual <= slack).then(pl.lit("rounding"))
    chosen = best_reading(pairs.with_columns(verdict=verdict.otherwise(pl.lit("contradicted"))), pl.col("level_at"))
    stated = chosen.filter(pl.col("at") != pl.col("previous_at"))
    terms = [_term(chosen, "total", "level_"), _term(chosen, "part", "previous_"), _term(stated, "part", "")]
    return chosen.select(instance_columns()), pl.concat(terms).select(TERMS)


def _rates(pairs: pl.DataFrame) -> Found:
    rate = pl.when(pl.col("sign") == "-").then(-pl.col("digits")).otherwise("digits").cast(BIG)
    level, previous, scale = pl.col("level_ticks").cast(BIG), pl.col("previous_ticks").cast(BIG), scale_of()
    doubt = (pl.col("level_quantum") + pl.col("previous_quantum")).cast(BIG) * scale + rate.abs() * pl.col("previous_quantum").cast(BIG)
    pairs = judged(pairs, expected=level - previous, product=previous * rate, scale=scale, unit=previous, doubt=doubt)
    chosen = best_reading(pairs, pl.col("level_at"))
    terms = [_term(chosen, role, name) for role, name in (("first", "level_"), ("second", "previous_"), ("rate", ""))]
    return chosen.select(instance_columns()), pl.concat(terms).select(TERMS)


def _term(chosen: pl.DataFrame, role: str, of: str) -> pl.DataFrame:
    names = {"amount_id": "claim_id", "line": "line", "page": "page", "ticks": "ticks", "label": "subject"}
    return chosen.select("key", role=pl.lit(role), **{name: pl.col(of + source) for name, source in names.items()})
