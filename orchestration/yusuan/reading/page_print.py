"""Texts that print pages as a PDF converter lays them out (pdftotext -layout): every word at its place, a form feed after each page.

Words become the words of a page, a character (or half a Chinese one) for a point, and the engine for tables without rules finds the
tables in them: headings centred over their columns, labels wrapped over lines, columns apart by white only. Places differ from page
to page, so that a table that goes on takes the columns of its first page by their order.
Texts that pad every cell to its column, without pages, belong to aligned_text.py.
"""

from dataclasses import fields

import numpy as np
import polars as pl

from yusuan.reading.aligned_text import FILLER, GAP_BEFORE_FIGURE, WIDE
from yusuan.reading.frames import CELLS_SCHEMA, LINES_SCHEMA, conform
from yusuan.reading.page_breaks import joined_pages
from yusuan.reading.page_doubts import with_doubts
from yusuan.reading.pdf.borderless import Table, borderless_tables
from yusuan.reading.pdf.frames import PITCH, Rulings
from yusuan.reading.pdf.words import Words
from yusuan.reading.printed_rows import printed_rows

# A character is UNIT wide in the plane of the words, a line STEP high and a blank one BLANK; the font is so large that two spaces set
# words apart and one does not.
UNIT, SIZE, STEP, BLANK = 5.0, 8.0, 12.0, 5.0
# The last character of a label that justified print set off (公务用车购置 费); 类, 款 and 项 are headings of their own.
TORN_OFF = r"(\p{Han}{2,}[）)]?) ([\p{Han}--[类款项目]])(?P<rest> |$)"
TITLE_SIZE = 12.0
WORD, SPACE = "[^ \u3000]+", "^[ \u3000]*|[ \u3000]+"
NUMBER = r"^-?[\d,]*\d\.\d+$"
TITLE = r"^ *\S+(?: \S+)?表(?:[（(][^）)]*[）)])?$"
NO_RULES = Rulings(*(np.empty(0) for _ in fields(Rulings)))


def are_page_prints(texts: pl.Series) -> pl.Series:
    """Which of the texts have pages and print figures apart by spaces, more often than tabs."""
    text = pl.when(pl.col("text").str.contains("\x0c", literal=True)).then("text")
    gaps, tabs = text.str.count_matches(GAP_BEFORE_FIGURE), text.str.count_matches(r"(?m)^.*\t")
    return texts.to_frame("text").select((gaps > tabs).fill_null(False)).to_series()


def read_page_prints(documents: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Cells and lines (CELLS_SCHEMA, LINES_SCHEMA) of a frame of such texts with columns document_id, text."""
    lines = _lines(documents)
    words = _words(lines)
    tables = borderless_tables(_in_plane(words), np.zeros(words.height, dtype=bool), NO_RULES, printed_rows)
    cells = joined_pages(with_doubts(_cells(words, tables)), lines)
    grids = pl.concat([cells.select("document_id", "line", "grid"), cells.select("document_id", line="last_line", grid="grid")])
    lines = lines.join(grids.unique(["document_id", "line"], keep="first"), on=["document_id", "line"], how="left", maintain_order="left")
    return conform(cells, CELLS_SCHEMA), conform(lines, LINES_SCHEMA)


def _lines(documents: pl.DataFrame) -> pl.DataFrame:
    """document_id, line, page, text, numbered as in every text: a form feed ends a line."""
    text = pl.col("text").str.replace_all("\u00a0", " ", literal=True).str.replace_all(r"\r\n?|\x0b", "\n")
    lines = documents.select("document_id", text.str.replace_all("\x0c", "\x0c\n", literal=True).str.split("\n"))
    lines = lines.with_columns(line=pl.int_ranges(1, pl.col("text").list.len() + 1, dtype=pl.Int32)).explode("text", "line")
    ends = pl.col("text").str.ends_with("\x0c").cast(pl.Int32)
    return lines.with_columns(pl.col("text").str.strip_suffix("\x0c"), page=(ends.cum_sum() - ends).over("document_id") + 1)


def _words(lines: pl.DataFrame) -> pl.DataFrame:
    """One row a word: document_id, line, page, text, start and end in what its document counts, base and size."""
    shown = pl.col("text").str.strip_chars_end().str.replace_all(TORN_OFF, "${1}" + FILLER + "${2}${rest}")
    lines = lines.with_columns(shown, place=pl.struct("document_id", "page").rle_id().cast(pl.Int64))
    blank = pl.col("text").str.strip_chars() == ""
    lines = lines.with_columns(base=pl.when(blank).then(BLANK).otherwise(STEP).cum_sum().over("place") + pl.col("place") * PITCH)
    lines = lines.filter(~blank)
    title = pl.col("text").str.contains(TITLE)
    words = lines.select(
        "document_id", "line", "page", "place", "base",
        size=pl.when(title).then(TITLE_SIZE).otherwise(SIZE), text=pl.col("text").str.extract_all(WORD),
        gap=pl.col("text").str.extract_all(SPACE),
    ).explode("text", "gap")  # fmt: skip
    text, gap = pl.col("text"), pl.col("gap")
    line, length = ["document_id", "line"], {name: of.str.len_chars().cast(pl.Int64) for name, of in (("gap", gap), ("text", text))}
    more = {name: of.str.count_matches(WIDE).cast(pl.Int64) for name, of in (("gap", gap), ("text", text))}
    words = words.with_columns(
        end=(length["gap"] + length["text"]).cum_sum().over(line), plain=length["text"],
        end_wide=(length["gap"] + more["gap"] + length["text"] + more["text"]).cum_sum().over(line), wide=length["text"] + more["text"],
    )  # fmt: skip
    # Figures end below each other in what the document counts: characters, or half widths.
    figures = words.filter(text.str.contains(NUMBER))
    below = figures.select("document_id", *((pl.len().over("place", end) > 1).alias(end) for end in ("end", "end_wide")))
    wide = below.group_by("document_id").agg(pl.sum("end", "end_wide")).filter(pl.col("end_wide") > pl.col("end"))["document_id"]
    is_wide = pl.col("document_id").is_in(wide.implode())
    end = pl.when(is_wide).then("end_wide").otherwise("end")
    return words.select(
        "document_id", "line", "page", "place", "base", "size", text.str.replace_all(FILLER, "", literal=True),
        start=end - pl.when(is_wide).then("wide").otherwise("plain"), end=end,
    )  # fmt: skip


def _in_plane(words: pl.DataFrame) -> Words:
    number = words.select(pl.struct("document_id", "line").rle_id()).to_series()
    text = words["text"].to_numpy()
    return Words(
        words["place"].to_numpy(), number.to_numpy().astype(np.int64), words["start"].to_numpy() * UNIT, words["end"].to_numpy() * UNIT,
        words["base"].to_numpy(), words["size"].to_numpy(), np.asarray(text, dtype=object),
    )  # fmt: skip


def _cells(words: pl.DataFrame, tables: list[Table]) -> pl.DataFrame:
    found = [
        (number, number_of_rows, word, *table.cells[cell])
        for number, (table, number_of_rows) in enumerate((table, table.levels) for table in tables)
        for word, cell in sorted(table.cell_of_word.items())
    ]
    names = ("table", "levels", "at", "row", "column", "row_span", "column_span")
    places = pl.DataFrame(found, schema=dict.fromkeys(names, pl.Int32), orient="row")
    placed = words.with_row_index("at").join(places.with_columns(pl.col("at").cast(pl.UInt32)), on="at")
    text = pl.col("text")
    cell = ["table", "row", "column"]
    # A space between Chinese characters is no print, nor is the end of a line but between words and figures.
    ends, starts = text.str.contains("[!-~]$").shift(1).over(cell), text.str.contains("^[!-~]")
    same_line = (pl.col("line") == pl.col("line").shift(1)).over(cell)
    apart = ((starts & ends) | (same_line & (starts | ends))).fill_null(False)
    cells = (
        placed.sort("at")
        .with_columns(text=pl.when(apart).then(" " + text).otherwise(text))
        .group_by(cell, maintain_order=True)
        .agg(
            pl.first("document_id", "page", "levels", "row_span", "column_span"), pl.min("line", "start"), pl.max("end"),
            last_line=pl.max("line"), text=text.str.join(""),
        )
    )  # fmt: skip
    return cells.with_columns(
        pl.col("row") + 1,
        pl.col("column") + 1,
        grid=pl.col("table").rle_id().cast(pl.Int32),
    ).sort("table", "row", "column")
