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


def place_of_line(line: str = "line") -> pl.Expr:
    """Document and line in one integer, which is joined in a fifth of the time."""
    return pl.col("document_id").cast(pl.UInt64) * 2**32 + pl.col(line).cast(pl.UInt64)


def with_text_ids(lines: pl.DataFrame, hidden: pl.Expr | None = None) -> tuple[pl.DataFrame, LineTexts]:
    """Lines with text_id, and their texts; where given, the form `hidden` of each text takes its place in both."""
    hidden = pl.col("text") if hidden is None else hidden
    # A category is found by hashing each text once, a join by hashing it twice.
    lines = lines.with_columns(category=pl.col("text").cast(pl.Categorical(pl.Categories.random())).to_physical())
    texts = lines.select("category", "text")[lines["category"].arg_unique()].with_row_index("text_id")
    lines = lines.join(texts.select("category", "text_id"), on="category", how="left", maintain_order="left").drop("category")
    texts = texts.select(text=hidden).with_columns(squashed=squash(pl.col("text")))
    told = LineTexts(texts)
    return lines.with_columns(text=told.told(pl.col("text"))), told
