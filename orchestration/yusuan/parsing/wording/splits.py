"""Sentences that break off at the end of a paragraph, and sentences that a conversion has torn into two paragraphs.

1. Only texts without pages are judged for torn sentences; in print every line breaks.
"""

import polars as pl

from yusuan.parsing.wording.found import Found, counted, notice
from yusuan.parsing.wording.sentences import Sentences

# A reason that is announced and not given, before a heading or the end.
UNFINISHED = r"(?:主要原因|变动原因|变化原因|主要用于|主要是)(?:是|为|由于)?[：:]?$"
LAST = 24


def broken_ends(sentences: Sentences) -> Found:
    found = sentences.paragraphs.filter("follows_heading", ~pl.col("is_heading"), pl.col("text").str.contains(UNFINISHED))
    quoted = pl.col("text").str.slice(pl.max_horizontal(pl.col("text").str.len_chars().cast(pl.Int64) - LAST, 0))
    return Found(found.select(notice("broken_sentence", quoted)), counted(sentences.paragraphs, "wording.broken_sentence"))


def split_sentences(sentences: Sentences) -> Found:
    unpaged = sentences.paragraphs.filter(~pl.col("is_paged"))
    # A title over several lines is no sentence.
    found = unpaged.filter(pl.col("line_count") > 1, pl.col("text").str.contains("[，,].*。"))
    quoted = pl.col("text").str.slice(0, LAST)
    return Found(found.select(notice("split_sentence", quoted)), counted(unpaged, "wording.split_sentence"))
