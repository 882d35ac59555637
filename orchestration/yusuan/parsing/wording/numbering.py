"""wording.numbering: headings and paragraphs numbered 一、 二、 四、: a number that does not follow the one before.

1. A list may begin anew with 一、, and lists may stand inside each other: a number is right where the one before it stands between it
and its own last occurrence. 2. Numbered titles of tables are not judged: the title before may stand inside its table.
"""

import polars as pl

from yusuan.parsing.narrative.numbers import han_value
from yusuan.parsing.wording.found import Found, counted, notice
from yusuan.parsing.wording.sentences import Sentences

PART = r"^第[一二三四五六七八九十]{1,3}部分"
NUMBERED = r"^([一二三四五六七八九十]{1,3})[、.．]"
TABLE_TITLE = r"表(?:[（(][^）)]*[）)])?[.·…\d]*$"
LONGEST_QUOTE = 40
LARGEST = 99


def wrong_numbers(sentences: Sentences) -> Found:
    text = pl.col("text")
    rows = sentences.with_forms(part=text.str.contains(PART), number=han_value(text.str.extract(NUMBERED, 1)))
    begins = pl.col("part") | (pl.col("document_id") != pl.col("document_id").shift(1))
    rows = rows.with_columns(chapter=begins.fill_null(True).cum_sum()).with_row_index("at")
    rows = rows.filter(pl.col("number").is_not_null())
    # A number of a chapter as one integer.
    rows = rows.with_columns(place=pl.col("chapter") * (LARGEST + 1) + pl.col("number"))
    above = pl.when(pl.col("chapter") == pl.col("chapter").shift(1)).then(text.str.slice(0, LONGEST_QUOTE).shift(1)).fill_null("（无）")
    own = rows.with_columns(above=above)
    at = pl.col("at").cast(pl.Int64)
    # Where its number, and the number before it, stand the last time above each row.
    for earlier in (
        rows.select("at", "place", last_own=at),
        rows.filter(pl.col("number") < LARGEST).select("at", place=pl.col("place") + 1, before=at),
    ):
        own = own.join_asof(earlier, on="at", by="place", strategy="backward", allow_exact_matches=False, check_sortedness=False)
    follows = (pl.col("before") >= pl.col("last_own").fill_null(-1)).fill_null(False)
    wrong = own.filter(pl.col("number") > 1, ~text.str.contains(TABLE_TITLE), ~follows)
    quoted = text.str.slice(0, LONGEST_QUOTE)
    message = pl.format("序号不连续：“{}”之前是“{}”", quoted, "above")
    return Found(wrong.select(notice("numbering", quoted, message)), counted(rows, "wording.numbering"))
