"""structure.missing_chapter: chapters (第几部分) that the contents list promises and the text does not have.

1. A chapter is found by its number at the beginning of a line, or by its name anywhere, after the list.
"""

import polars as pl

from yusuan.parsing.contents import HEADING, LAST_START, LONGEST_LIST
from yusuan.parsing.line_texts import LineTexts
from yusuan.parsing.narrative.paragraphs import DECORATION
from yusuan.parsing.text import once_for_each
from yusuan.parsing.wording.found import Found, counted, notice

CHAPTER = r"^(第[一二三四五六七八九十]{1,2}部分)(.*?)[.·…_—\-\s]*\d{0,3}$"
# A shorter name stands in many a line by chance.
SHORTEST_NAME = 4
OPENING = r"^(第[一二三四五六七八九十]{1,2}部分)"
LONGEST_OPENING = 200


def missing_chapters(lines: pl.DataFrame, texts: LineTexts) -> Found:
    lines = lines.select("document_id", pl.col("line", "page").cast(pl.Int32), "text_id")
    text, plain = pl.col("text"), pl.col("squashed").str.strip_chars_start(DECORATION).str.replace_all("**", "", literal=True)
    # Few lines are the heading of a contents list or name a chapter: the others need not be made comparable.
    early = lines.filter(pl.col("line") <= LAST_START + LONGEST_LIST, texts.told(text.str.contains_any(["部", "录", "次"])))
    early = once_for_each(early.with_columns(squashed=texts.squashed()), ["text_id"], text=plain)
    start = early.filter(pl.col("text").str.contains(HEADING)).group_by("document_id").agg(start=pl.col("line").min())
    listed = early.join(start, on="document_id").filter(pl.col("line") > pl.col("start"), pl.col("line") <= pl.col("start") + LONGEST_LIST)
    listed = listed.with_columns(chapter=pl.col("text").str.extract(CHAPTER, 1), name=pl.col("text").str.extract(CHAPTER, 2)).drop_nulls(
        "chapter"
    )
    # The list ends where its first chapter stands a second time.
    first = pl.col("chapter") == pl.col("chapter").first().over("document_id")
    listed = listed.with_columns(round=first.cum_sum().over("document_id"))
    end = listed.filter(pl.col("round") > 1).group_by("document_id").agg(end=pl.col("line").min())
    # Without a second time there is no text behind the list, or no list.
    promised = listed.filter(pl.col("round") == 1).join(end, on="document_id")

    is_short = text.str.len_chars() <= LONGEST_OPENING
    opening = pl.when(is_short, text.str.contains("部", literal=True)).then(plain).str.extract(OPENING, 1)
    opened = lines.select("document_id", "line", chapter=texts.told(opening)).drop_nulls("chapter").join(end, on="document_id")
    opened = opened.filter(pl.col("line") >= pl.col("end")).select("document_id", "chapter").unique()
    missing = promised.join(opened, on=["document_id", "chapter"], how="anti")
    named = missing.filter(pl.col("name").str.len_chars() >= SHORTEST_NAME).select("document_id", "chapter", "name", "end")
    # Few documents lack a chapter.
    bodies = named.join(lines.filter(texts.told(is_short)), on="document_id").filter(pl.col("line") >= pl.col("end"))
    bodies = once_for_each(bodies.with_columns(squashed=texts.squashed()), ["text_id"], body=plain)
    named = bodies.filter(pl.col("body").str.contains(pl.col("name"), literal=True)).select("document_id", "chapter").unique()
    missing = missing.join(named, on=["document_id", "chapter"], how="anti")
    message = pl.format("目录列出“{}”，正文中未见", "text")
    return Found(missing.select(notice("missing_chapter", pl.col("text"), message)), counted(promised, "structure.missing_chapter"))
