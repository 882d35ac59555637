"""Each text of the lines of a batch once: disclosures share most of theirs, so that a batch has an eighth as many texts as lines.

What a text tells by itself is asked of the texts and looked up for the lines; what stands around a line is no matter of this module.
"""

from dataclasses import dataclass

import polars as pl

from yusuan.parsing.text import squash


@dataclass(frozen=True)
class LineTexts:
    """`texts` has text and squashed; the `text_id` of a line is the number of its row there."""

    texts: pl.DataFrame

    def told(self, form: pl.Expr) -> pl.Expr:
        """`form`, which speaks of text or squashed, for each of some lines with their text_id."""
        return pl.lit(self.texts.select(form).to_series()).gather("text_id")

    def squashed(self) -> pl.Expr:
        return self.told(pl.col("squashed"))


def with_text_ids(lines: pl.DataFrame, hidden: pl.Expr) -> tuple[pl.DataFrame, LineTexts]:
    """Lines with text_id, and their texts, both with the form `hidden` of a text in its place."""
    texts = lines.select("text").unique().with_row_index("text_id")
    lines = lines.join(texts, on="text", how="left", maintain_order="left")
    texts = texts.select(text=hidden).with_columns(squashed=squash(pl.col("text")))
    told = LineTexts(texts)
    return lines.with_columns(text=told.told(pl.col("text"))), told
