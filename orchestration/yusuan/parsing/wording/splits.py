"""Sentences that break off at the end of a paragraph, paragraphs that end with a wrong mark or none, and sentences that a conversion has
torn into two paragraphs.

1. Only texts without pages are judged for torn sentences; in print every line breaks. 2. Lines of a form (项目名称：…), captions and
titles are no sentences: a paragraph without a mark at its end is judged only where it has marks inside.
"""

import polars as pl

from yusuan.parsing.wording.found import Found, counted, notice, placed
from yusuan.parsing.wording.sentences import Sentences

# A reason that is announced and not given, before a heading or the end.
UNFINISHED = r"(?:主要原因|变动原因|变化原因|主要用于|主要是)(?:是|为|由于)?[：:]?$"
LAST = 24
# What begins a paragraph that cannot be the rest of the one before: 第三部分, 二、.
NEW_PART = r"^(?:第[一二三四五六七八九十]{1,3}部分|[一二三四五六七八九十]{1,3}[、.．])"
FIRST_OF_LIST = r"^(?:一[、.．])"
# … nor can a numbered item.
NUMBERED = r"^[（(]?(?:[一二三四五六七八九十]{1,3}|\d{1,2})[)）、.．]"
STATEMENT = r"。|[，,；;].*\d|\d.*[，,；;]|是?指"
ASIDE = r"^[\p{Han}（）()]{2,12}[：:]|^[（(].*[）)]$"
SHORTEST = 20
NO_END = r"[\p{Han}\d%％）)”]$"
GOES_ON = r"[，,、]$"
NOT_LAST = r"[；;]$"


def broken_ends(sentences: Sentences) -> Found:
    found = sentences.where(pl.col("text").str.contains(UNFINISHED)).filter("follows_heading", ~pl.col("is_heading"))
    return Found(found.select(notice("broken_sentence", _end())), counted(sentences.paragraphs, "wording.broken_sentence"))


def end_marks(sentences: Sentences) -> Found:
    """wording.end_mark: the last sentence of a part has no mark at its end, or one that says that it goes on."""
    text = pl.col("text")
    prose = sentences.with_forms(
        opens_part=text.str.contains(NEW_PART) & ~text.str.contains(FIRST_OF_LIST),
        is_item=text.str.contains(NUMBERED),
        is_told=(text.str.len_chars() >= SHORTEST) & text.str.contains(STATEMENT) & ~text.str.contains(ASIDE),
    )
    last = (pl.col("document_id") != pl.col("document_id").shift(-1)).fill_null(True)
    new = last | pl.col("opens_part").shift(-1, fill_value=False)
    prose = prose.with_columns(new=new, before_item=pl.col("is_item").shift(-1, fill_value=False)).filter("is_told", ~pl.col("is_heading"))
    open_ = pl.col("new") | pl.col("follows_heading") | pl.col("before_item")
    what = (
        pl.when(text.str.contains(NO_END) & (open_ | text.str.contains("。", literal=True)))
        .then(pl.lit("段末没有标点"))
        .when(text.str.contains(GOES_ON) & open_)
        .then(pl.lit("句子未完"))
        .when(text.str.contains(NOT_LAST) & pl.col("new"))
        .then(pl.lit("段末标点有误，此后没有下文"))
    )
    found = prose.with_columns(what=what).filter(pl.col("what").is_not_null(), ~text.str.contains(UNFINISHED))
    found = found.select("document_id", "paragraph", "what", quoted=_end(), at=text.str.len_bytes() - 1)
    message = pl.format("{}：“{}”", "what", "quoted")
    return Found(placed(found, sentences.pieces).select(notice("end_mark", pl.col("quoted"), message)), counted(prose, "wording.end_mark"))


def split_sentences(sentences: Sentences) -> Found:
    unpaged = sentences.paragraphs.filter(~pl.col("is_paged"))
    # A title over several lines is no sentence.
    found = unpaged.filter(pl.col("line_count") > 1).filter(pl.col("text").str.contains("[，,].*。"))
    quoted = pl.col("text").str.slice(0, LAST)
    return Found(found.select(notice("split_sentence", quoted)), counted(unpaged, "wording.split_sentence"))


def _end() -> pl.Expr:
    return pl.col("text").str.slice(pl.max_horizontal(pl.col("text").str.len_chars().cast(pl.Int64) - LAST, 0))
