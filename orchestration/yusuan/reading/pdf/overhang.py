"""Rows of a ruled table that are printed outside its rules: a total under the last rule, figures above the first.

Only a line right beside the grid is taken whose figures each lie within one column; a caption, a note or a page number does not qualify.
"""

import re
from dataclasses import replace

import numpy as np

from yusuan.reading.pdf.borderless import PROSE_END
from yusuan.reading.pdf.grids import Grids
from yusuan.reading.pdf.layout import edges_of, with_cells, with_edge, with_words
from yusuan.reading.pdf.tabular_rows import is_amount, is_number
from yusuan.reading.pdf.words import Words

NEAR = 1.6  # The line's nearer side is at most this many font sizes from the grid.
MARGIN = 2.0  # A figure may stand out of its column by this much.
LABEL = re.compile("[合总小]计|^[合总小]$|^计$")


def with_overhang(grids: Grids, words: Words, word_of_char: np.ndarray, outside: np.ndarray) -> tuple[Grids, np.ndarray]:
    """The grids with the rows beside them, and which words these rows took."""
    taken = np.zeros(len(words), dtype=bool)
    if not len(words) or not len(grids.page):
        return grids, taken
    amount, number = is_amount(words), is_number(words)
    first = np.searchsorted(words.line, np.arange(int(words.line[-1]) + 2))
    starts = first[:-1]
    figures = np.add.reduceat(amount.astype(np.int64), starts)
    several = np.diff(first) > 1
    ends = np.searchsorted(grids.y_grid, np.arange(len(grids.page) + 1))
    # From the top of the page down: a row taken at the foot moves the foot, so that the next line may follow it.
    for line in np.flatnonzero((figures > 0) & several).tolist():
        place = np.arange(first[line], first[line + 1])
        top = float((words.base[place] - 0.88 * words.size[place]).min())
        bottom = float((words.base[place] + 0.12 * words.size[place]).max())
        size = float(words.size[place].max())
        feet, heads = grids.y_edge[ends[1:] - 1], grids.y_edge[ends[:-1]]
        below = np.flatnonzero((grids.page == words.page[place[0]]) & (np.abs(top - feet) <= NEAR * size) & (bottom > feet))
        above = np.flatnonzero((grids.page == words.page[place[0]]) & (np.abs(heads - bottom) <= NEAR * size) & (top < heads))
        for grid, at_foot in [*((int(grid), True) for grid in below), *((int(grid), False) for grid in above)]:
            columns = _columns(edges_of(grids, grid)[0], words, place, amount, number, at_foot)
            if columns is None:
                continue
            grids, row = _with_row(grids, grid, bottom if at_foot else top, at_foot)
            ends = np.searchsorted(grids.y_grid, np.arange(len(grids.page) + 1))
            distinct = sorted(set(columns))
            base = len(grids.cells)
            grids = with_cells(grids, grid, [(row, column, 1, 1) for column in distinct])
            cells = {int(word): base + distinct.index(column) for word, column in zip(place, columns, strict=True)}
            grids = with_words(grids, cells, word_of_char, outside)
            taken[place] = True
            break
    return grids, taken


def _with_row(grids: Grids, grid: int, edge: float, at_foot: bool) -> tuple[Grids, int]:
    """The grid with an empty row at its foot or head, and that row's number."""
    grids = with_edge(grids, grid, edge)
    if at_foot:
        return grids, len(edges_of(grids, grid)[1]) - 2
    cells = grids.cells
    return replace(grids, cells=replace(cells, row=cells.row + (cells.grid == grid))), 0


def _columns(
    x_edge: np.ndarray, words: Words, place: np.ndarray, amount: np.ndarray, number: np.ndarray, at_foot: bool
) -> list[int] | None:
    """The column of each word, or None when the line is no row of the grid."""
    x0, x1 = words.x0[place], words.x1[place]
    if x0.min() < x_edge[0] - MARGIN or x1.max() > x_edge[-1] + MARGIN:
        return None
    text = "".join(words.text[place])
    if text.endswith(PROSE_END) or "：" in text or ":" in text:
        return None
    column = np.clip(np.searchsorted(x_edge, (x0 + x1) / 2) - 1, 0, len(x_edge) - 2)
    figure = number[place]
    inside = (x0 >= x_edge[column] - MARGIN) & (x1 <= x_edge[column + 1] + MARGIN)
    figures = column[figure]
    if not inside[figure].all() or len(set(figures.tolist())) < len(figures) or len(set(column.tolist())) < 2:
        return None
    # One figure alone needs a label of a total; above the grid a total is always labelled.
    if not LABEL.search(text) and (amount[place].sum() < 2 or not at_foot):
        return None
    return column.tolist()
