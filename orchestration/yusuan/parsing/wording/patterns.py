"""Checks that are patterns alone (vocabulary/wording_patterns.csv): template text, broken sentences, doubled punctuation and words.

The exclusions of each check are the column `unless`: a sentence that it matches is left alone.
"""

import polars as pl

from yusuan.parsing.vocabulary import load
from yusuan.parsing.wording.found import NOTICE, Found, counted, notice, placed
from yusuan.parsing.wording.sentences import Sentences

# The words around a match that are quoted: to the stops of the sentence, and not more than a line.
BEFORE = r"[^。；！？]{0,30}"
AFTER = r"[^。；！？]{0,16}"
KINDS = ("template_text", "broken_sentence", "contradicting_figures", "doubled_punctuation", "doubled_words")


def matching_patterns(sentences: Sentences) -> Found:
    patterns = load("wording_patterns").select("kind", "pattern", "unless")
    # One look for all patterns: few texts have any.
    some = sentences.texts.filter(pl.col("text").str.contains("|".join(f"(?:{pattern})" for pattern in patterns["pattern"])))
    found = [_matches(sentences, some, **row) for row in patterns.iter_rows(named=True)]
    places = counted(sentences.paragraphs, "wording")
    examined = [places.with_columns(check_id=pl.lit(f"wording.{kind}")) for kind in KINDS]
    return Found(pl.concat(found), pl.concat(examined))


def _matches(sentences: Sentences, texts: pl.DataFrame, kind: str, pattern: str, unless: str | None) -> pl.DataFrame:
    """One notice for each place that has one of the texts, with the sentence around it."""
    core = f"(?:{pattern})"
    found = texts.filter(pl.col("text").str.contains(core))
    if found.is_empty():
        return pl.DataFrame(schema=NOTICE)
    found = found.with_columns(quoted=pl.col("text").str.extract_all(f"{BEFORE}{core}{AFTER}"))
    found = found.explode("quoted", empty_as_null=True, keep_nulls=True)
    found = found.filter(pl.col("quoted").is_not_null())
    if unless:
        found = found.filter(~pl.col("quoted").str.contains(unless))
    inside = pl.col("quoted").str.find(core).fill_null(0)
    found = found.select("text_id", "quoted", at=pl.col("text").str.find(pl.col("quoted"), literal=True) + inside)
    return placed(sentences.with_each(found), sentences.pieces).select(notice(kind, pl.col("quoted")))
