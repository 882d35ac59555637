"""Tables without vertical rules: columns from the white gaps between words, merged headers from how labels stand above their columns.

A candidate is a run of lines of which several carry amounts set apart from other words; prose, tables of contents and charts do not pass.
Works page by page, because few pages have such a table; pages without a candidate cost nothing but the search for words.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from yusuan.reading.pdf.frames import Rulings
from yusuan.reading.pdf.header import header_cells, header_columns
from yusuan.reading.pdf.tabular_rows import ITEM, is_amount, is_number, rows_of
from yusuan.reading.pdf.words import Words

APART = 1.2  # A gap of this many font sizes sets two words apart as columns are.
FEWEST_ROWS = 3
FEWEST_RULED_ROWS = 2  # Enough between two rules.
MOST_COLUMNS = 60
SPACING = 3.0  # Lines farther apart than this many times the usual distance are not one table.
HEADER_SPACING = 2.6
TALLEST_HEADER = 8  # lines
COLUMN_GAP = 0.3  # White between columns, in font sizes.
FEWEST_CUT = 2  # So many rows with cells beside each other part a stretch,
SLACK = 1.25  # font sizes
CUT_THROUGH = 0.2  # unless this share of them would be cut through.
WIDE_RULE = 0.6  # A rule as long as this share of the table bounds it.
CAPTION = ("单位：", "单位:")
LISTED = re.compile(r"[一二三四五六七八九十]+、.|[(（][一二三四五六七八九十]+[)）].|[1-9]\d{2}(\d{2}){0,2}$")
LEADERS = ("....", "……", "·····", "－－－", "———")
Rows = Callable[[Words, np.ndarray, np.ndarray], np.ndarray]
PROSE_END = ("。", "；", "，")


@dataclass(slots=True)
class Table:
    """One table: edges of columns and rows in the plane, how many rows its header has, cells as (row, column, row span, column span), and
    the cell of each word."""

    page: int
    x_edges: list[float]
    y_edges: list[float]
    levels: int
    cells: list[tuple[int, int, int, int]] = field(default_factory=list)
    cell_of_word: dict[int, int] = field(default_factory=dict)


def borderless_tables(words: Words, taken: np.ndarray, rules: Rulings, rows: Rows = rows_of) -> list[Table]:
    """Tables among words that lie in no ruled grid and are not `taken`; `rules` are the horizontal rules that belong to no grid,
    `rows` gives the row of each word of a table from its column and whether it is a number."""
    if not len(words):
        return []
    number, amount = is_number(words), is_amount(words)
    lines = _Lines(words, amount, taken)
    found = [_table(words, lines, number, first, last, rules, rows) for first, last in lines.regions(rules)]
    return [table for table in found if table is not None]


class _Lines:
    """Per line of words: where its words begin and end, its baseline and size, and whether it looks like a row of a table."""

    def __init__(self, words: Words, amount: np.ndarray, taken: np.ndarray) -> None:
        self.amount = amount
        count = int(words.line[-1]) + 1
        self.first = np.searchsorted(words.line, np.arange(count + 1))
        start = self.first[:-1]
        self.page = words.page[start]
        self.base = np.add.reduceat(words.base, start) / np.diff(self.first)
        self.size = np.maximum.reduceat(words.size, start)
        self.x0, self.x1 = words.x0[start], np.maximum.reduceat(words.x1, start)
        apart = np.zeros(len(words), dtype=bool)
        apart[1:] = (np.diff(words.line) == 0) & (words.x0[1:] - words.x1[:-1] > APART * words.size[1:])
        self.columnar = np.add.reduceat(apart.astype(np.int64), start) > 0
        lonely = apart | np.append(apart[1:], False)
        self.amounts = np.add.reduceat((amount & lonely).astype(np.int64), start)
        self.figured = np.logical_or.reduceat(amount, start)
        joined = ["".join(words.text[a:b]) for a, b in zip(start.tolist(), self.first[1:].tolist(), strict=True)]
        # A line that a ruled grid took ends a table like prose does.
        self.prose = np.logical_or.reduceat(taken, start) | np.array(
            [text.endswith(PROSE_END) or any(mark in text for mark in LEADERS) for text in joined], dtype=bool
        )
        # Rows may open a table before its first amount.
        listed = np.array([LISTED.match(text) is not None for text in words.text], dtype=bool)
        self.listed = np.logical_or.reduceat(listed, start) & ~self.prose
        self.caption = np.array([any(mark in text for mark in CAPTION) for text in joined], dtype=bool)

    def below(self, place: int, words: Words) -> bool:
        """Whether a line begins where a word of one of the two lines above it does."""
        above = words.x0[self.first[max(place - 2, 0)] : self.first[place]]
        return bool((np.abs(above - self.x0[place]) < 0.5 * self.size[place]).any())

    def regions(self, rules: Rulings) -> list[tuple[int, int]]:
        """First and last line with amounts of each candidate."""
        row = np.flatnonzero(self.columnar & (self.amounts > 0) & ~self.prose)
        if not len(row):
            return []
        found: list[tuple[int, int]] = []
        for group in np.split(row, np.flatnonzero(self._breaks(row)) + 1):
            between = (rules.page == self.page[group[0]]) & (rules.at > self.base[group[0]] - 200) & (rules.at < self.base[group[-1]] + 40)
            enough = FEWEST_RULED_ROWS if between.sum() >= 2 else 1 if self._captioned(int(group[0])) else FEWEST_ROWS
            if len(group) >= enough:
                found.append((int(group[0]), int(group[-1])))
        return found

    def _captioned(self, first: int) -> bool:
        """Whether a caption stands near above, with nothing between but what may be the header."""
        for place in range(first - 1, max(first - 1 - TALLEST_HEADER, -1), -1):
            if self.page[place] != self.page[first] or self.prose[place]:
                return False
            if self.caption[place]:
                return place < first - 1
        return False

    def _breaks(self, row: np.ndarray) -> np.ndarray:
        """Between which neighbouring amount lines the table ends: another page, a wide gap, or prose in between."""
        step = np.diff(self.base, append=np.inf)
        pitch = float(np.median(step[row[:-1]])) if len(row) > 1 else 0.0
        # The caption of the next table ends one like prose does.
        prose = np.cumsum(self.prose | self.caption)
        breaks = []
        for one, other in zip(row[:-1].tolist(), row[1:].tolist(), strict=True):
            gap = step[one:other].max()
            breaks.append(self.page[one] != self.page[other] or gap > SPACING * max(pitch, self.size[one]) or prose[other] > prose[one])
        return np.array(breaks, dtype=bool)


def _table(words: Words, lines: _Lines, number: np.ndarray, first: int, last: int, rules: Rulings, rows: Rows) -> Table | None:
    page = int(lines.page[first])
    wide = rules.take(
        (rules.page == page) & (rules.high - rules.low >= WIDE_RULE * (lines.x1[first : last + 1].max() - lines.x0[first : last + 1].min()))
    )
    body_size = float(np.median(lines.size[first : last + 1]))
    steps = np.diff(lines.base[first : last + 1])
    pitch = float(np.median(steps)) if len(steps) else 1.5 * body_size
    last = _tail(words, lines, last, pitch, body_size, wide)
    head_first = _head(lines, first, pitch, body_size, wide)
    first = next((place for place in range(head_first, first) if lines.listed[place] or lines.figured[place]), first)
    body = np.arange(lines.first[first], lines.first[last + 1])
    columns = _columns(words, body, COLUMN_GAP * body_size, number)
    if not 2 <= len(columns) <= MOST_COLUMNS:
        return None
    head = np.arange(lines.first[head_first], lines.first[first])
    head_words = words.take(head)
    taken = words.take(body)
    column = _nearest_column(columns, taken)
    columns, own = header_columns(columns, head_words)
    columns, column = _joined(columns, own[column], head_words, taken, number[body])
    row = rows(taken, column, number[body])
    amounts, texts = (np.bincount(column[of], minlength=len(columns)) for of in (lines.amount[body], ~lines.amount[body]))
    cells, of_head, levels = header_cells(columns, head_words, amounts > texts)
    return _laid_out(page, words, columns, (head, cells, of_head, levels), (body, row, column))


def _tail(words: Words, lines: _Lines, last: int, pitch: float, size: float, wide: Rulings) -> int:
    """The last line of the body: rows without amounts may follow the last amount, notes and page numbers are not rows."""
    left, right = lines.x0[last], lines.x1[last]
    while last + 1 < len(lines.base) and lines.page[last + 1] == lines.page[last]:
        place = last + 1
        ruled_off = ((wide.at > lines.base[last]) & (wide.at < lines.base[place] - 0.5 * size)).any()
        text = "".join(words.text[lines.first[place] : lines.first[place + 1]])
        if (
            ruled_off
            or lines.base[place] - lines.base[last] > 1.5 * pitch
            or abs(lines.size[place] - size) > 0.1 * size
            or lines.prose[place]
            or text.startswith(("注", "备注", "说明"))
            or lines.x1[place] > right + size
            or not (lines.columnar[place] or lines.x0[place] < left + size or ITEM.match(text) or lines.below(place, words))
        ):
            break
        last = place
    return last


def _head(lines: _Lines, first: int, pitch: float, size: float, wide: Rulings) -> int:
    """The first line of the header: up to a caption, a title, a rule above header lines, or a wide gap."""
    head = first
    while head > 0 and lines.page[head - 1] == lines.page[first]:
        place = head - 1
        ruled_off = head < first and ((wide.at < lines.base[head] - 0.5 * size) & (wide.at > lines.base[place])).any()
        if (
            ruled_off
            or lines.base[head] - lines.base[place] > HEADER_SPACING * max(pitch, size)
            or lines.caption[place]
            or lines.prose[place]
            or lines.size[place] > 1.25 * size
        ):
            break
        head = place
    return head


def _columns(words: Words, body: np.ndarray, gap: float, number: np.ndarray) -> list[tuple[float, float]]:
    """Stretches of the width that body words cover, apart by white gaps."""
    order = body[np.argsort(words.x0[body], kind="stable")]
    found: list[tuple[float, float]] = []
    for x0, x1 in zip(words.x0[order].tolist(), words.x1[order].tolist(), strict=True):
        if found and x0 - found[-1][1] < gap:
            found[-1] = (found[-1][0], max(found[-1][1], x1))
        else:
            found.append((x0, x1))
    inside = [body[(words.x0[body] >= low) & (words.x1[body] <= high)] for low, high in found]
    return [part for some, stretch in zip(inside, found, strict=True) for part in _parted(words, some, stretch, number)]


def _parted(words: Words, inside: np.ndarray, stretch: tuple[float, float], number: np.ndarray) -> list[tuple[float, float]]:
    """A stretch in which rows have cells beside each other, cut where most of them are apart and hardly a word is cut."""
    one, other = inside[:-1], inside[1:]
    beside = (words.line[one] == words.line[other]) & (
        (words.x0[other] - words.x1[one] > APART * words.size[one]) | (number[one] & number[other]) | (number[one] != number[other])
    )
    if beside.sum() < FEWEST_CUT:
        return [stretch]
    # Where places are characters, cells stand up to one off their column.
    slack = SLACK * float(words.size[inside[0]])
    low, high = words.x1[one[beside]] - slack, words.x0[other[beside]] + slack
    cuts = np.unique(np.concatenate((low, high)))
    apart = ((low <= cuts[:, None]) & (cuts[:, None] <= high)).sum(axis=1)
    through = ((words.x0[inside] + slack < cuts[:, None]) & (cuts[:, None] < words.x1[inside] - slack)).sum(axis=1)
    best = int(np.argmax(apart - 2 * through))
    if apart[best] < FEWEST_CUT or through[best] > CUT_THROUGH * apart[best]:
        return [stretch]
    at = float(cuts[best])
    left, right = inside[(words.x0 + words.x1)[inside] / 2 < at], inside[(words.x0 + words.x1)[inside] / 2 >= at]
    if not len(left) or not len(right):
        return [stretch]
    low_part = (stretch[0], min(at, float(words.x1[left].max())))
    high_part = (max(at, float(words.x0[right].min())), stretch[1])
    return [*_parted(words, left, low_part, number), *_parted(words, right, high_part, number)]


def _joined(
    columns: list[tuple[float, float]], column: np.ndarray, head: Words, body: Words, number: np.ndarray
) -> tuple[list[tuple[float, float]], np.ndarray]:
    """The columns, and the one of each word of the body, where a column without a heading is joined to a neighbour of its kind that no line
    fills beside it: a total set in the middle of its column, figures that some rows push aside."""
    place = 0
    while len(columns) > 2 and len(head) and place < len(columns):
        low, high = columns[place]
        headed = ((head.x0 < high) & (head.x1 > low)).any()
        kinds = [number[column == k].mean() > 0.5 if (column == k).any() else None for k in range(len(columns))]
        beside = [k for k in (place - 1, place + 1) if 0 <= k < len(columns) and kinds[k] is not None and kinds[k] == kinds[place]]
        alone = [k for k in beside if not np.isin(body.line[column == k], body.line[column == place]).any()]
        if headed or not alone:
            place += 1
            continue
        other = min(alone, key=lambda k: max(columns[k][0] - high, low - columns[k][1]))
        place, last = min(place, other), max(place, other)
        columns = [*columns[:place], (columns[place][0], columns[last][1]), *columns[last + 1 :]]
        column = column - (column >= last)
    return columns, column


def _nearest_column(columns: list[tuple[float, float]], words: Words) -> np.ndarray:
    low, high = np.array(columns).T
    middle = ((words.x0 + words.x1) / 2)[:, None]
    return np.maximum(np.maximum(low[None] - middle, middle - high[None]), 0).argmin(axis=1)


def _laid_out(
    page: int,
    words: Words,
    columns: list[tuple[float, float]],
    header: tuple[np.ndarray, list[tuple[int, int, int, int]], np.ndarray, int],
    body: tuple[np.ndarray, np.ndarray, np.ndarray],
) -> Table:
    head, cells, of_head, levels = header
    place, row, column = body
    low, high = np.array(columns).T
    x_edges = [float(low[0]), *((high[:-1] + low[1:]) / 2).tolist(), float(high[-1])]
    top, bottom = words.base - 0.88 * words.size, words.base + 0.12 * words.size
    tops: list[float] = []
    for level in range(levels):
        # A label that stands over itself and over what is below it leaves a level without words of its own.
        own = top[head[[cells[cell][0] == level for cell in of_head]]]
        tops.append(own.min() if len(own) else tops[-1] if tops else top[head].min())
    rows = [float(top[place[row == number]].min()) for number in range(int(row.max()) + 1)]
    y_edges = [*(float(edge) for edge in np.maximum.accumulate(np.array([*tops, *rows]))), float(bottom[place].max())]
    table = Table(page, x_edges, y_edges, levels, list(cells))
    table.cell_of_word = {int(word): int(cell) for word, cell in zip(head, of_head, strict=True)}
    known: dict[tuple[int, int], int] = {}
    for word, r, c in zip(place.tolist(), row.tolist(), column.tolist(), strict=True):
        if (r, c) not in known:
            known[r, c] = len(table.cells)
            table.cells.append((levels + r, c, 1, 1))
        table.cell_of_word[word] = known[r, c]
    return table
