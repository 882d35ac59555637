"""Rows of a ruled table that has rules between its columns but not between its rows: one tall cell holds the figures of many rows.

A row of a grid is taken apart when two of its cells hold several lines each and one of them holds nothing but amounts.
"""

from dataclasses import replace

import numpy as np
import polars as pl

from yusuan.reading.pdf.frames import Chars
from yusuan.reading.pdf.grids import Grids
from yusuan.reading.pdf.layout import edges_of, with_cells, with_edge, with_words
from yusuan.reading.pdf.tabular_rows import is_number, rows_of
from yusuan.reading.pdf.text import AMOUNT
from yusuan.reading.pdf.words import words_of


def with_rows_apart(grids: Grids, lines: pl.DataFrame, chars: Chars) -> Grids:
    """The grids with such rows taken apart; `lines` are the lines of text in cells (owner, text)."""
    cells = grids.cells
    place = pl.DataFrame({"owner": np.arange(len(cells)), "grid": cells.grid, "row": cells.row, "row_span": cells.row_span})
    stacked = (
        lines.group_by("owner")
        .agg(lines=pl.len(), amounts=pl.col("text").str.contains(AMOUNT).sum())
        .filter(pl.col("lines") > 1)
        .join(place, on="owner")
        .filter(pl.col("row_span") == 1)
        .group_by("grid", "row")
        .agg(cells=pl.len(), figures=(pl.col("lines") == pl.col("amounts")).any())
        .filter(pl.col("figures") & (pl.col("cells") > 1))
        .sort("grid", "row", descending=True)
    )
    # From the last row upwards, so that the numbers of the rows still to come stay true.
    for grid, row in stacked.select("grid", "row").iter_rows():
        grids = _apart(grids, chars, grid, row)
    return grids


def _apart(grids: Grids, chars: Chars, grid: int, row: int) -> Grids:
    cells = grids.cells
    here = (cells.grid == grid) & (cells.row == row) & (cells.row_span == 1)
    chosen = np.flatnonzero((grids.cell_of_char >= 0) & here[grids.cell_of_char])
    words, word_of_char = words_of(chars.take(chosen))
    cell = np.zeros(len(words), dtype=np.int64)
    cell[word_of_char] = grids.cell_of_char[chosen]
    sub_row = rows_of(words, cells.column[cell], is_number(words))
    more = int(sub_row.max())
    if not more:
        return grids
    tops = [float((words.base - 0.88 * words.size)[sub_row == number].min()) for number in range(1, more + 1)]
    low, high = edges_of(grids, grid)[1][[row, row + 1]]
    edges = np.clip(np.maximum.accumulate(tops), low, high)
    moved = replace(
        cells,
        row=cells.row + np.where((cells.grid == grid) & (cells.row > row), more, 0),
        row_span=cells.row_span + np.where((cells.grid == grid) & (cells.row <= row) & (cells.row + cells.row_span > row) & ~here, more, 0),
        y1=np.where(here, edges[0], cells.y1),
    )
    grids = replace(grids, cells=moved)
    for edge in edges.tolist():
        grids = with_edge(grids, grid, edge)
    parts = sorted({(int(part), int(owner)) for part, owner in zip(sub_row, cell, strict=True) if part})
    first = len(grids.cells)
    grids = with_cells(grids, grid, [(row + part, int(cells.column[owner]), 1, int(cells.column_span[owner])) for part, owner in parts])
    number = {pair: first + place for place, pair in enumerate(parts)}
    moves = {word: number[int(part), int(owner)] for word, (part, owner) in enumerate(zip(sub_row, cell, strict=True)) if part}
    return with_words(grids, moves, word_of_char, chosen)
