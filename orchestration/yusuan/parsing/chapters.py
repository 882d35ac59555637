"""The chapters of a disclosure (主要职能, 机构设置, 名词解释 and so on): which the contents list promises, and where each begins.

What counts as which chapter is written in vocabulary/chapters.csv. Tables are not chapters: they have titles of their own.
"""

import polars as pl

from yusuan.parsing.narrative.paragraphs import LEVELS
from yusuan.parsing.text import QUOTES, squash
from yusuan.parsing.vocabulary import load

LONGEST_HEADING = 45
LONGEST_ENTRY = 60
NUMBERING = "|".join(LEVELS)
# Dots and a page number after an entry of a contents list.
LEADER = r"[.·…\s_—-]*\d{0,3}$"
LED = r"[.·…_—-]{3,}\d{0,3}$"
# Chapters whose subheadings look like those of the explanation (一、“三公”经费预算情况说明 under 其他相关情况说明).
WITH_EXPLANATIONS = ("other", "projects")


def chapters_of(lines: pl.DataFrame) -> pl.DataFrame:
    """One row per heading: document_id, line, page, chapter, text, is_listed (an entry of the contents list, not the chapter itself).

    `lines` has document_id, line, page, text and table_number (null outside of tables), as staging.lines.
    """
    lines = lines.sort("document_id", "line").with_columns(
        key=squash(pl.col("text")).str.replace_all(QUOTES, "").str.replace_all(r"\*\*", "").str.replace(r"^[#\-*\s]+", "")
    )
    lines = lines.with_columns(
        key=pl.col("key").str.replace(LEADER, ""), led=pl.col("key").str.contains(LED), in_table=pl.col("table_number").is_not_null()
    )
    headings = _headings(lines).join(_contents(lines), on="document_id", how="left", maintain_order="left")
    after, before = pl.col("line") > pl.col("start"), pl.col("line") < pl.col("end")
    headings = headings.filter(pl.col("start").is_null() | (pl.col("line") >= pl.col("start")))
    headings = headings.with_columns(is_listed=(after & before).fill_null(False))
    return _without_subheadings(headings).select("document_id", "line", "page", "chapter", "text", "is_listed")


def chapter_at(headings: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    """`places` (document_id, line) with the chapter that the line stands in; null before the first."""
    begun = headings.filter(~pl.col("is_listed")).select("document_id", "line", "chapter")
    # What stands between the heading of the contents list and the first chapter belongs to the list.
    return places.sort("line").join_asof(begun.sort("line"), on="line", by="document_id", strategy="backward", check_sortedness=False)


def chapter_named(text: str) -> str | None:
    """The chapter that a heading or an entry of a contents list names."""
    line = pl.DataFrame({"document_id": [""], "line": [1], "page": [None], "table_number": [None], "text": [text]})
    return next(iter(chapters_of(line)["chapter"]), None)


def _headings(lines: pl.DataFrame) -> pl.DataFrame:
    """Lines that are nothing but the name of a chapter; what names two is the earlier one in the vocabulary."""
    short = lines.filter(~pl.col("in_table"), pl.col("key") != "", pl.col("key").str.len_chars() <= LONGEST_HEADING)
    short = short.filter(~pl.col("key").str.contains("[,。;:]"))
    names = load("chapters")
    bare = pl.col("key").str.replace(rf"(?:{NUMBERING})", "").str.strip_chars("、.")
    named = pl.coalesce(
        pl.when(bare.str.contains(pattern) | pl.col("key").str.contains(pattern)).then(pl.lit(chapter))
        for chapter, pattern in names.select("chapter", "pattern").iter_rows()
    )
    level = pl.coalesce(*(pl.when(pl.col("key").str.contains(pattern)).then(number) for number, pattern in enumerate(LEVELS, 1)), 1)
    return short.with_columns(chapter=named, level=level).filter(pl.col("chapter").is_not_null())


def _contents(lines: pl.DataFrame) -> pl.DataFrame:
    """First line of the contents list, and the line that ends it: an entry that comes again, a chapter that comes again,
    a whole sentence, or a table."""
    start = (
        lines.filter(pl.col("key").str.contains(r"^(?:目录|目次)$"), ~pl.col("in_table"))
        .group_by("document_id")
        .agg(start=pl.col("line").min())
    )
    inside = lines.join(start, on="document_id").filter(pl.col("line") > pl.col("start"), pl.col("key") != "")
    again = inside.filter(pl.int_range(pl.len()).over("document_id", "key") == 1)
    chapters = _headings(inside).filter(pl.col("chapter") != "explanation")
    chapter_again = chapters.filter(pl.int_range(pl.len()).over("document_id", "chapter") > 0, ~pl.col("led"))
    sentence = inside.filter(
        pl.col("key").str.contains("。", literal=True) | (pl.col("key").str.len_chars() > LONGEST_ENTRY) | pl.col("in_table")
    )
    ends = pl.concat([frame.select("document_id", "line") for frame in (again, chapter_again, sentence)])
    return start.join(ends.group_by("document_id").agg(end=pl.col("line").min()), on="document_id", how="left")


def _without_subheadings(headings: pl.DataFrame) -> pl.DataFrame:
    explaining = pl.col("chapter") == "explanation"
    above = headings.filter(~explaining).select("document_id", "line", "is_listed", above="chapter", above_level="level")
    headings = headings.sort("line").join_asof(
        above.sort("line"), on="line", by=["document_id", "is_listed"], strategy="backward", check_sortedness=False
    )
    below = explaining & pl.col("above").is_in(WITH_EXPLANATIONS) & (pl.col("level") > pl.col("above_level"))
    return headings.filter(~below.fill_null(False)).sort("document_id", "line")
