"""Rows of a table whose rows have no rules between them: which lines of text are one row, and which are a cell broken over lines.

Works on one table at a time, on its words and the column of each; it does not ask where the columns came from.
"""

import re

import numpy as np

from yusuan.reading.pdf.words import Words

NUMBER = re.compile(r"[-−+(（]?(?=[,，.]*\d)[\d,，.]+%?[)）]?")
AMOUNT = re.compile(r"[-−(（]?\d[\d,，]*(\.\d+)[)）]?|[-−(（]?\d{1,3}([,，]\d{3})+[)）]?")
ITEM = re.compile(r"[一二三四五六七八九十]+、|[(（][一二三四五六七八九十\d]+[)）]|\d+[.、]\D|其中|注[:：]|合计|总计|小计")
FULL = 1.2  # A line that leaves less than this many font sizes free is full: the next line may continue it.
BESIDE = 0.9  # Baselines closer than this many font sizes cannot be two lines of one cell.
PITCH = 2.0  # Lines of one cell follow each other within this many font sizes.


def is_number(words: Words) -> np.ndarray:
    return np.array([NUMBER.fullmatch(text) is not None for text in words.text], dtype=bool)


def is_amount(words: Words) -> np.ndarray:
    return np.array([AMOUNT.fullmatch(text) is not None for text in words.text], dtype=bool)


def rows_of(words: Words, column: np.ndarray, number: np.ndarray) -> np.ndarray:
    """Row number of each word, from 0; `number` tells which words are numbers (a number is never continued on the next line).

    A line with a number, or with words in two columns, anchors a row. A line with text in one column continues the cell above it when that
    cell's last line is full, or, where text stands in the middle of a taller row, belongs to the anchor that lies within its cell.
    """
    lines, line = np.unique(words.line, return_inverse=True)
    base = np.array([words.base[line == place].mean() for place in range(len(lines))])
    size = np.array([words.size[line == place].max() for place in range(len(lines))])
    filled = [set(column[line == place].tolist()) for place in range(len(lines))]
    anchor = np.array([bool(number[line == place].any()) or len(filled[place]) > 1 for place in range(len(lines))])
    right = {place: words.x1[column == place].max() for place in set(column.tolist())}

    def full(place: int, where: int) -> bool:
        on = (line == place) & (column == where) & ~number
        return bool(on.any()) and words.x1[on].max() >= right[where] - FULL * size[place]

    # Chains of lines: a text line in one column hangs on the line above, or on the line below when that is closer.
    row = np.arange(len(lines))
    for place in range(len(lines)):
        if anchor[place]:
            continue
        where = next(iter(filled[place]))
        text = "".join(words.text[(line == place) & (column == where)])
        above = place - 1
        gap_above = base[place] - base[above] if place else np.inf
        gap_below = base[place + 1] - base[place] if place + 1 < len(lines) else np.inf
        # The anchor in the middle of a two-line cell has its own baseline, less than a line away, and nothing in this column.
        if gap_below < BESIDE * size[place] and anchor[place + 1] and where not in filled[place + 1]:
            row[place] = -(place + 1)
            continue
        beside = gap_above < BESIDE * size[place] and anchor[above] and where not in filled[above] and row[above] >= 0
        continued = gap_above <= PITCH * size[place] and full(above, where) and not ITEM.match(text)
        if place and (beside or continued):
            row[place] = row[above]
    for place in range(len(lines) - 1, -1, -1):
        if row[place] < 0:
            row[place] = row[-row[place]]
    return np.unique(row, return_inverse=True)[1].reshape(-1)[line]
