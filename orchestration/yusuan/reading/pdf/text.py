"""Characters joined into text: lines by baseline, characters by position, cells by their lines.

What a cell or a table is was decided before; here everything is grouped by an owner number and read from left to right.
"""

import numpy as np
import polars as pl

from yusuan.reading.pdf.frames import Chars

BASELINE = 0.45  # Baselines closer than this share of the smaller font are one line; lines are set at least 1.0 apart.
WORD_GAP = 1.0  # A gap of this many font sizes reads as a space,
LETTER_GAP = 0.25  # between Latin letters a much smaller one does,
DIGIT_GAP = 1.5  # and digits may be set far apart and still be one number.
SPACES = (0x20, 0xA0, 0x2002, 0x2003, 0x3000)
AMOUNT = r"^[-−]?[\d,，]+\.\d+$"


def text_lines(owner: np.ndarray, chars: Chars) -> pl.DataFrame:
    """Lines of each owner from top to bottom: owner, page, text, x0, x1, top, bottom, base, size (in the plane)."""
    printed = chars.code > 0x1F
    owner, chars = owner[printed], chars.take(printed)
    order = np.lexsort((chars.base, owner))
    owner, chars = owner[order], chars.take(order)
    new = (np.diff(owner) != 0) | (np.diff(chars.base) > BASELINE * np.minimum(chars.size[1:], chars.size[:-1]))
    line = np.zeros(len(chars), dtype=np.int64)
    line[1:] = np.cumsum(new)
    order = np.lexsort((chars.x0, line))
    owner, chars, line = owner[order], chars.take(order), line[order]
    blank = np.isin(chars.code, SPACES)
    text, starts, stops = _spelled(chars, line, blank)
    black = ~blank
    boxes = (
        pl.DataFrame(
            {
                "line": line[black],
                "owner": owner[black],
                "page": chars.page[black],
                "x0": chars.x0[black],
                "x1": chars.x1[black],
                "top": chars.top[black],
                "bottom": chars.bottom[black],
                "base": chars.base[black],
                "size": chars.size[black],
            }
        )
        .group_by("line", maintain_order=True)
        .agg(pl.first("owner", "page"), pl.min("x0"), pl.max("x1"), pl.min("top"), pl.max("bottom"), pl.median("base"), pl.max("size"))
    )
    pieces = pl.Series([text[a:b].strip() for a, b in zip(starts, stops, strict=True)], dtype=pl.Utf8)
    spelled = pl.DataFrame({"line": np.arange(len(starts)), "text": pieces})
    return boxes.join(spelled, on="line", maintain_order="left").drop("line")


def _spelled(chars: Chars, line: np.ndarray, blank: np.ndarray) -> tuple[str, list[int], list[int]]:
    """The text of all lines in one string, with a space where a gap reads as one, and where each line starts and stops in it."""
    code = np.where((chars.code >= 0xD800) & (chars.code <= 0xDFFF) | (chars.code > 0x10FFFF), 0xFFFD, chars.code)
    gap = np.diff(chars.x0) - (chars.x1 - chars.x0)[:-1]
    size = np.minimum(chars.size[1:], chars.size[:-1])
    letter = ((code | 0x20) >= ord("a")) & ((code | 0x20) <= ord("z"))
    digit = (code >= ord("+")) & (code <= ord("9"))
    wide = np.full(len(gap), WORD_GAP)
    wide[digit[1:] & digit[:-1]] = DIGIT_GAP
    wide[letter[1:] & letter[:-1]] = LETTER_GAP
    spaced = (gap > wide * size) & ~blank[1:] & ~blank[:-1] & (np.diff(line) == 0)
    before = np.flatnonzero(spaced) + 1
    written = np.insert(code, before, 0x20)
    owner = np.insert(line, before, line[before])
    count = int(line[-1]) + 1 if len(line) else 0
    starts = np.searchsorted(owner, np.arange(count))
    stops = np.searchsorted(owner, np.arange(count), side="right")
    return written.astype("<u4").tobytes().decode("utf-32-le"), starts.tolist(), stops.tolist()


def joined_lines(lines: pl.DataFrame) -> pl.DataFrame:
    """One row per owner: its lines joined as one text, and the first line's page."""
    last, first = pl.col("text").str.slice(-1), pl.col("text").shift(-1).str.slice(0, 1)
    letters = last.str.contains("[A-Za-z]") & first.str.contains("[A-Za-z]")
    # Two complete amounts under each other are two amounts, never one broken over a line.
    amounts = pl.col("text").str.contains(AMOUNT) & pl.col("text").shift(-1).str.contains(AMOUNT)
    return (
        lines.with_columns(glue=pl.when((letters | amounts).fill_null(False)).then(pl.lit(" ")).otherwise(pl.lit("")).over("owner"))
        .group_by("owner", maintain_order=True)
        .agg(pl.first("page"), text=(pl.col("text") + pl.col("glue")).str.join().str.strip_chars())
    )
