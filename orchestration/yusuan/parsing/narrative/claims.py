"""The claims of a batch: one row per amount, share, change or count that a sentence of a disclosure states.

This module only puts the steps together and gives the rows their keys and places; the grammar is in its neighbours.
"""

import polars as pl

from yusuan.parsing.figures import quantum
from yusuan.parsing.keys import digest
from yusuan.parsing.line_texts import with_text_ids
from yusuan.parsing.narrative.meaning import section_meanings, sentence_meanings, with_names
from yusuan.parsing.narrative.numbers import figures_of, may_hold_figures
from yusuan.parsing.narrative.paragraphs import paragraphs_of
from yusuan.parsing.narrative.runs import counted
from yusuan.parsing.narrative.wording import any_of
from yusuan.parsing.text import once_for_each

CLAIM_COLUMNS = [
    "claim_id", "document_id", "section", "claim", "subject", "kind", "value", "sign", "unit", "value_yuan", "period", "compared_with",
    "value_printed", "line", "page", "sentence",
]  # fmt: skip
# Some governments print 万元 with six decimals.
VALUE = pl.Decimal(20, 6)
YUAN = pl.Decimal(20, 2)


def claims_of(
    lines: pl.DataFrame, fingerprints: pl.DataFrame | None = None, read: tuple[pl.DataFrame, pl.DataFrame] | None = None
) -> pl.DataFrame:
    """CLAIM_COLUMNS, and the columns that `checks` needs beside them.

    `lines` are those of all readers, with personal data masked. Where document_id is a short code, `fingerprints` (document_id,
    fingerprint) says which document it stands for, because keys are made from the fingerprint. `read` is what paragraphs_of has made
    of the lines, where somebody else needs it, too.
    """
    paragraphs, places = read or paragraphs_of(*with_text_ids(lines))
    paragraphs = paragraphs.filter(may_hold_figures(pl.col("text")))
    # Disclosures share most of their sentences: what a text alone says is read once for each text.
    texts = paragraphs.select("text", "is_cell").unique(maintain_order=True).with_row_index("text_id")
    figures = _measured(sentence_meanings(figures_of(texts)))
    figures = _stated(section_meanings(_in_paragraphs(figures, paragraphs.join(texts, on=["text", "is_cell"], maintain_order="left"))))
    return _keyed(_placed(figures, places), fingerprints)


def _measured(figures: pl.DataFrame) -> pl.DataFrame:
    """value with its sign, value in yuan, and the exact integers (digits, quantum in ticks) that the checks count with.

    Also what _stated asks of the text: `dated`, and `uncounted`.
    """
    signed = pl.when(pl.col("sign") == "-").then(-pl.col("digits")).otherwise(pl.col("digits"))
    figures = figures.with_columns(signed=signed, quantum=quantum(money_unit(), pl.col("decimals")))
    value = pl.when(pl.col("sign") == "-").then(pl.concat_str([pl.lit("-"), pl.col("plain")])).otherwise(pl.col("plain"))
    money = (pl.col("unit_kind") == "amount") & pl.col("quantum").is_not_null()
    figures = figures.with_columns(
        value=value.str.replace("^--", "").cast(VALUE, strict=False),
        ticks=pl.when(money).then(pl.col("signed") * pl.col("quantum")),
        dated=pl.col("sentence_text").str.contains(rf"{any_of('own')}|20\d\d年") & (pl.col("unit_kind") == "amount"),
        uncounted=pl.col("after").str.contains(f"^{any_of('not_counted')}"),
    )
    yuan = (pl.col("ticks").cast(pl.Decimal(38, 4)) * pl.lit("0.0001").cast(pl.Decimal(38, 4))).cast(YUAN)
    figures = figures.with_columns(value_yuan=yuan, sentence_text=pl.col("sentence_text").str.strip_chars(" "))
    return figures.drop("before", "after", "verb", "plain", "exponent", "signed").rename({"number": "value_printed"})


def _in_paragraphs(figures: pl.DataFrame, paragraphs: pl.DataFrame) -> pl.DataFrame:
    """The figures of each paragraph, in order; sentences and segments of two paragraphs have two numbers.

    Also what _stated asks of the section: `defines`, and `plans`.
    """
    paragraphs = paragraphs.select("paragraph", "document_id", "section", "block", "opens", "item", "project", "text_id")
    section = pl.col("section").fill_null("")
    asked = {name: section.str.contains(any_of(role)) for name, role in (("defines", "glossary"), ("plans", "plan"))}
    paragraphs = once_for_each(with_names(paragraphs), ["section"], **asked)
    figures = paragraphs.join(figures, on="text_id", maintain_order="left_right").drop("text_id")
    numbers = [pl.col(name) + pl.col("paragraph").cast(pl.Int64) * (pl.col(name).max() + 1) for name in ("sentence", "segment")]
    return figures.with_columns(numbers)


def _stated(figures: pl.DataFrame) -> pl.DataFrame:
    """Without what is no statement about this document: definitions, plans of work, things that are merely numbered."""
    other_count = pl.col("concept") == "other_count"
    # 检查12次 counts nothing that the agency has; 出国团组2次 is a number of groups.
    occasion = other_count & (pl.col("counts") == "occasion").fill_null(False)
    # Cells of forms state amounts and counts; their percentages are targets.
    target = pl.col("is_cell") & (pl.col("unit_kind") == "percent")
    figures = figures.filter(
        ~pl.col("defines") | pl.col("dated"), ~(other_count & (pl.col("plans") | pl.col("uncounted"))), ~occasion, ~target
    )
    return figures.drop(
        "dated",
        "uncounted",
        "defines",
        "plans",
        "buys",
        "noun",
        "own_subject",
        "topic",
        "measured",
        "item",
        "heading",
        "earlier",
        "project",
    )


def _placed(figures: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    """line and page of the first digit of each figure. Both frames are sorted by paragraph and place."""
    places = places.select("paragraph", "line", "page", pl.col("offset").cast(pl.Int64))
    return figures.with_columns(pl.col("begin").cast(pl.Int64)).join_asof(
        places, left_on="begin", right_on="offset", by="paragraph", strategy="backward", check_sortedness=False
    )


def money_unit() -> pl.Expr:
    """The unit as the table figures know it; 万 alone is 万元."""
    return pl.when(pl.col("unit_kind") == "amount").then(pl.when(pl.col("unit") == "万").then(pl.lit("万元")).otherwise(pl.col("unit")))


def _keyed(figures: pl.DataFrame, fingerprints: pl.DataFrame | None) -> pl.DataFrame:
    figures = figures.rename({"sentence": "sentence_number", "sentence_text": "sentence"})
    if fingerprints is None:
        figures = figures.with_columns(fingerprint=pl.col("document_id"))
    else:
        figures = figures.join(fingerprints, on="document_id", how="left", maintain_order="left")
    # A line may print the same figure twice; its place among the figures of the line tells them apart.
    figures = figures.with_columns(nth=counted("document_id", "line"))
    return figures.with_columns(claim_id=digest("fingerprint", "line", "nth")).drop("fingerprint", "nth")
