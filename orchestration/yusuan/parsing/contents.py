"""The contents list of a document: which tables it promises, in which order."""

import polars as pl

from yusuan.parsing.line_texts import LineTexts
from yusuan.parsing.tables import statement_of_title
from yusuan.parsing.text import once_for_each

HEADING = r"^#*\**(?:目录|目次)\**$"
LONGEST_LIST = 150
LONGEST_ENTRY = 300
# A contents list stands at the beginning of a document or nowhere.
LAST_START = 400
ENTRY_END = r"(?:[.·…\s_—-]*\d{0,3})$"


def contents_entries(lines: pl.DataFrame, texts: LineTexts, tables: pl.DataFrame) -> pl.DataFrame:
    """Entries that name a table: document_id, line, entry (its number), title, statement.

    The list ends before the first titled table (`tables`: document_id, title_line, first_line). `lines` have the text_id of their `texts`.
    """
    titled = tables.filter(pl.col("title_line").is_not_null())
    opening = titled.group_by("document_id").agg(opening=pl.min_horizontal("title_line", "first_line").min())
    lines = lines.select("document_id", "line", "text_id").filter(
        pl.col("line") <= LAST_START + LONGEST_LIST, texts.told(pl.col("text").str.len_chars() <= LONGEST_ENTRY)
    )
    lines = lines.join(opening, on="document_id", how="left", maintain_order="left")
    lines = lines.filter((pl.col("line") < pl.col("opening")) | pl.col("opening").is_null())
    headings = lines.filter(texts.told(pl.col("squashed").str.contains(HEADING)))
    start = headings.group_by("document_id").agg(start=pl.col("line").min())
    listed = lines.join(start, on="document_id").filter(pl.col("line") > pl.col("start"), pl.col("line") <= pl.col("start") + LONGEST_LIST)
    listed = listed.select("document_id", "line", "start", key=texts.squashed())
    # The list ends where its first part begins: the second line that opens with 第一部分 (or repeats the first entry).
    filled = listed.filter(pl.col("key") != "")
    bare = filled.with_columns(key=pl.col("key").str.replace(ENTRY_END, "").str.replace(r"^[#\-*]+", ""))
    part = bare.with_columns(opens=pl.col("key").str.slice(0, 4))
    repeat = part.filter(pl.col("opens") == "第一部分").group_by("document_id").agg(end=pl.col("line").sort().get(1, null_on_oob=True))
    bare = bare.join(repeat, on="document_id", how="left").filter((pl.col("line") < pl.col("end")) | pl.col("end").is_null())
    titled = bare.filter(
        pl.col("key").str.len_chars() <= 60, pl.col("key").str.contains("表|经费"), ~pl.col("key").str.contains(r"说明$|情况$|原因$")
    )
    clean = pl.col("key").str.replace_all(r"[“”\"']", "").str.replace(r"^\(?[一二三四五六七八九十\d]+\)?[、.．]", "")
    titled = (
        once_for_each(titled, ["key"], statement=statement_of_title(clean))
        .filter(pl.col("statement").is_not_null())
        .sort("document_id", "line")
    )
    return titled.select("document_id", "line", title="key", statement="statement").with_columns(
        entry=pl.int_range(1, pl.len() + 1, dtype=pl.Int32).over("document_id")
    )
