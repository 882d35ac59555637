"""The claims of a batch: one row per amount, share, change or count that a sentence of a disclosure states.

This module only puts the steps together and gives the rows their keys and places; the grammar is in its neighbours.
"""

import polars as pl

from yusuan.parsing.figures import quantum
from yusuan.parsing.keys import digest
from yusuan.parsing.narrative.meaning import meanings_of
from yusuan.parsing.narrative.numbers import figures_of
from yusuan.parsing.narrative.paragraphs import paragraphs_of
from yusuan.parsing.narrative.wording import any_of

CLAIM_COLUMNS = [
    "claim_id", "document_id", "section", "claim", "subject", "kind", "value", "sign", "unit", "value_yuan", "compared_with",
    "value_printed", "line", "page", "sentence",
]  # fmt: skip
VALUE = pl.Decimal(20, 4)
YUAN = pl.Decimal(20, 2)
DECIMALS = 4


def claims_of(
    lines: pl.DataFrame, fingerprints: pl.DataFrame | None = None, read: tuple[pl.DataFrame, pl.DataFrame] | None = None
) -> pl.DataFrame:
    """CLAIM_COLUMNS, and the columns that `checks` needs beside them.

    `lines` are those of all readers, with personal data masked. Where document_id is a short code, `fingerprints` (document_id,
    fingerprint) says which document it stands for, because keys are made from the fingerprint. `read` is what paragraphs_of has made
    of the lines, where somebody else needs it, too.
    """
    paragraphs, places = read or paragraphs_of(lines)
    figures = meanings_of(figures_of(paragraphs))
    figures = _stated(figures)
    figures = _placed(figures.drop("before", "after", "noun", "own_subject", "topic", "measured", "verb", "item"), places)
    return _keyed(_measured(figures), fingerprints)


def _stated(figures: pl.DataFrame) -> pl.DataFrame:
    """Without what is no statement about this document: definitions, plans of work, things that are merely numbered."""
    section = pl.col("section").fill_null("")
    defined = section.str.contains(any_of("glossary"))
    dated = pl.col("sentence_text").str.contains(rf"{any_of('own')}|20\d\d年") & (pl.col("unit_kind") == "amount")
    other_count = pl.col("concept") == "other_count"
    planned = section.str.contains(any_of("plan")) & other_count
    uncounted = other_count & pl.col("after").str.contains(f"^{any_of('not_counted')}")
    # Cells of forms state amounts and counts; their percentages are targets.
    target = pl.col("is_cell") & (pl.col("unit_kind") == "percent")
    return figures.filter(~defined | dated, ~planned, ~uncounted, ~target)


def _placed(figures: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    """line and page of the first digit of each figure."""
    places = places.select("paragraph", "line", "page", pl.col("offset").cast(pl.Int64))
    figures = figures.with_columns(begin=pl.col("begin").cast(pl.Int64)).sort("paragraph", "begin", maintain_order=True)
    return figures.join_asof(
        places.sort("paragraph", "offset"), left_on="begin", right_on="offset", by="paragraph", strategy="backward", check_sortedness=False
    )


def _measured(figures: pl.DataFrame) -> pl.DataFrame:
    """value with its sign, value in yuan, and the exact integers (digits, quantum in ticks) that the checks count with."""
    signed = pl.when(pl.col("sign") == "-").then(-pl.col("digits")).otherwise(pl.col("digits"))
    figures = figures.with_columns(signed=signed, quantum=quantum(money_unit(), pl.col("decimals")))
    value = pl.when(pl.col("sign") == "-").then(pl.concat_str([pl.lit("-"), pl.col("plain")])).otherwise(pl.col("plain"))
    money = (pl.col("unit_kind") == "amount") & pl.col("quantum").is_not_null()
    return figures.with_columns(
        value=value.str.replace("^--", "").cast(VALUE, strict=False),
        ticks=pl.when(money).then(pl.col("signed") * pl.col("quantum")),
        value_printed=pl.col("number"),
        sentence_text=pl.col("sentence_text").str.strip_chars(" "),
    )


def money_unit() -> pl.Expr:
    """The unit as the table figures know it; 万 alone is 万元."""
    return pl.when(pl.col("unit_kind") == "amount").then(pl.when(pl.col("unit") == "万").then(pl.lit("万元")).otherwise(pl.col("unit")))


def _keyed(figures: pl.DataFrame, fingerprints: pl.DataFrame | None) -> pl.DataFrame:
    yuan = (pl.col("ticks").cast(pl.Decimal(38, 4)) * pl.lit("0.0001").cast(pl.Decimal(38, 4))).cast(YUAN)
    figures = figures.rename({"sentence": "sentence_number", "sentence_text": "sentence"}).with_columns(value_yuan=yuan)
    if fingerprints is None:
        figures = figures.with_columns(fingerprint=pl.col("document_id"))
    else:
        figures = figures.join(fingerprints, on="document_id", how="left", maintain_order="left")
    # A line may print the same figure twice; its place among the figures of the line tells them apart.
    figures = figures.with_columns(nth=pl.int_range(pl.len()).over("document_id", "line"))
    return figures.with_columns(claim_id=digest("fingerprint", "line", "nth")).drop("fingerprint", "nth")
