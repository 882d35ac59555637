"""Checks that are patterns alone (vocabulary/wording_patterns.csv): template text, broken sentences, doubled punctuation and words.

The exclusions of each check are the column `unless`: a sentence that it matches is left alone.
"""

import polars as pl

from yusuan.parsing.vocabulary import load
from yusuan.parsing.wording.found import Found, counted, crossed, notice, placed
from yusuan.parsing.wording.sentences import Sentences

# The words around a match that are quoted: to the stops of the sentence, and not more than a line.
BEFORE = r"[^。；！？]{0,30}"
AFTER = r"[^。；！？]{0,16}"
KINDS = ("template_text", "broken_sentence", "contradicting_figures", "doubled_punctuation", "doubled_words")


def matching_patterns(sentences: Sentences) -> Found:
    """One notice for each place that has one of the patterns, with the sentence around it."""
    patterns = load("wording_patterns").select("kind", "unless", pattern=pl.format("(?:{})", "pattern")).with_row_index("nth")
    # One look for all patterns: few texts have any.
    some = sentences.texts.filter(pl.col("text").str.contains("|".join(patterns["pattern"])))
    found = crossed(patterns, some).filter(pl.col("text").str.contains(pl.col("pattern")))
    found = found.with_columns(quoted=pl.col("text").str.extract_all(pl.concat_str(pl.lit(BEFORE), "pattern", pl.lit(AFTER))))
    found = found.explode("quoted", empty_as_null=True, keep_nulls=True).filter(
        pl.col("quoted").is_not_null(), ~pl.col("quoted").str.contains(pl.col("unless")).fill_null(False)
    )
    inside = pl.col("quoted").str.find(pl.col("pattern")).fill_null(0)
    found = found.select("text_id", "nth", "kind", "quoted", at=pl.col("text").str.find(pl.col("quoted"), literal=True) + inside)
    found = placed(sentences.with_each(found), sentences.pieces).sort("nth", maintain_order=True)
    notices = found.select(notice(pl.col("kind"), pl.col("quoted")))
    places = counted(sentences.paragraphs, "wording")
    examined = places.drop("check_id").join(pl.DataFrame({"check_id": [f"wording.{kind}" for kind in KINDS]}), how="cross")
    return Found(notices, examined.select("document_id", "check_id", "instances"))
