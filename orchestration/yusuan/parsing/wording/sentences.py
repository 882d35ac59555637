"""Paragraphs as they are printed: white space is gone, nothing else is changed, so that what is quoted is what stands there.

Which lines belong together is decided by yusuan.parsing.narrative.paragraphs; headings are paragraphs of their own here.
"""

from dataclasses import dataclass

import polars as pl

from yusuan.parsing.narrative.paragraphs import DECORATION, LONGEST_PAGE_NUMBER, PAGE_NUMBER
from yusuan.parsing.text import SPACE


@dataclass(frozen=True)
class Sentences:
    """`paragraphs`: document_id, paragraph, text, line, page, line_count, is_paged, is_heading, follows_heading (the next one is a
    heading, or there is none). `pieces`: paragraph, start (bytes), line, page: where each line begins in its paragraph."""

    paragraphs: pl.DataFrame
    pieces: pl.DataFrame


def sentences_of(lines: pl.DataFrame, places: pl.DataFrame) -> Sentences:
    prose = lines.filter(pl.col("grid").is_null(), pl.col("text").str.contains(r"\S"))
    text = pl.col("text").str.replace_all(SPACE, "").str.strip_chars_start(DECORATION).str.replace_all("**", "", literal=True)
    prose = prose.select("document_id", pl.col("line", "page").cast(pl.Int32), text=text).filter(pl.col("text") != "")
    short = pl.when(pl.col("text").str.len_bytes() <= LONGEST_PAGE_NUMBER).then(pl.col("text"))
    prose = prose.filter(~short.str.contains(PAGE_NUMBER).fill_null(False))
    told = places.select("document_id", pl.col("line").cast(pl.Int32), pl.col("paragraph").cast(pl.Int64)).unique(["document_id", "line"])
    prose = prose.join(told, on=["document_id", "line"], how="left", maintain_order="left").with_row_index("nth")
    # What is told in no paragraph is a heading; negative numbers are nobody's.
    prose = prose.with_columns(paragraph=pl.coalesce("paragraph", -1 - pl.col("nth").cast(pl.Int64)))
    size = pl.col("text").str.len_bytes().cast(pl.Int64)
    pieces = prose.select("paragraph", "line", "page", start=size.cum_sum().over("paragraph") - size)
    paragraphs = prose.group_by("paragraph", maintain_order=True).agg(
        pl.col("document_id", "line", "page").first(),
        text=pl.col("text").str.join(""),
        line_count=pl.len(),
        is_paged=pl.col("page").is_not_null().any(),
        is_heading=(pl.col("paragraph") < 0).first(),
    )
    last = (pl.col("document_id") != pl.col("document_id").shift(-1)).fill_null(True)
    return Sentences(paragraphs.with_columns(follows_heading=last | pl.col("is_heading").shift(-1).fill_null(True)), pieces)
