"""Changes to the grids after their rules were read: rows put in, tables without rules added, all numbered in reading order.

Few grids need any of this, so it works on one grid at a time; grids that need nothing pass through untouched.
"""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from yusuan.reading.pdf.borderless import Table
from yusuan.reading.pdf.grids import Cells, Grids


def edges_of(grids: Grids, grid: int) -> tuple[np.ndarray, np.ndarray]:
    """Positions of the column edges and of the row edges of a grid."""
    x = slice(*np.searchsorted(grids.x_grid, [grid, grid + 1]))
    y = slice(*np.searchsorted(grids.y_grid, [grid, grid + 1]))
    return grids.x_edge[x], grids.y_edge[y]


def with_edge(grids: Grids, grid: int, at: float) -> Grids:
    """The grid with one more row edge; no cell is changed."""
    place = int(np.searchsorted(grids.y_grid, grid)) + int(np.searchsorted(edges_of(grids, grid)[1], at))
    return replace(grids, y_grid=np.insert(grids.y_grid, place, grid), y_edge=np.insert(grids.y_edge, place, at))


def with_cells(grids: Grids, grid: int, places: Iterable[tuple[int, int, int, int]]) -> Grids:
    """New cells (row, column, row span, column span) of a grid, put after all others."""
    x_edge, y_edge = edges_of(grids, grid)
    place = np.array(list(places), dtype=np.int64).reshape(-1, 4)
    row, column, row_span, column_span = place.T
    new = Cells(
        np.full(len(place), grid, dtype=np.int64),
        row,
        column,
        row_span,
        column_span,
        x_edge[column],
        y_edge[row],
        x_edge[column + column_span],
        y_edge[row + row_span],
    )
    return replace(grids, cells=_stacked(grids.cells, new))


def with_tables(grids: Grids, tables: list[Table], word_of_char: np.ndarray, outside: np.ndarray) -> Grids:
    """The grids and the tables without rules as grids; `outside` are the characters that `word_of_char` speaks of."""
    for table in tables:
        grid = len(grids.page)
        x_edge, y_edge = np.array(table.x_edges), np.array(table.y_edges)
        grids = replace(
            grids,
            page=np.append(grids.page, table.page),
            x_grid=np.append(grids.x_grid, np.full(len(x_edge), grid)),
            x_edge=np.append(grids.x_edge, x_edge),
            y_grid=np.append(grids.y_grid, np.full(len(y_edge), grid)),
            y_edge=np.append(grids.y_edge, y_edge),
        )
        first = len(grids.cells)
        grids = with_cells(grids, grid, table.cells)
        grids = with_words(grids, {word: first + cell for word, cell in table.cell_of_word.items()}, word_of_char, outside)
    return grids


def with_words(grids: Grids, cell_of_word: dict[int, int], word_of_char: np.ndarray, outside: np.ndarray) -> Grids:
    """The grids with the characters of the words put into their cells."""
    if not cell_of_word:
        return grids
    cell = np.full(int(word_of_char.max(initial=-1)) + 2, -1, dtype=np.int64)
    cell[list(cell_of_word)] = list(cell_of_word.values())
    found = cell[word_of_char]  # white space has word -1, the last slot, which is always -1
    cell_of_char = grids.cell_of_char.copy()
    cell_of_char[outside[found >= 0]] = found[found >= 0]
    return replace(grids, cell_of_char=cell_of_char)


def in_reading_order(grids: Grids) -> Grids:
    """Grids numbered from the top of the first page, those side by side from the left."""
    if not len(grids.page):
        return grids
    count = np.arange(len(grids.page))
    place = np.lexsort((grids.x_edge[np.searchsorted(grids.x_grid, count)], grids.y_edge[np.searchsorted(grids.y_grid, count)]))
    number = np.empty(len(place), dtype=np.int64)
    number[place] = count
    x_grid, y_grid = number[grids.x_grid], number[grids.y_grid]
    x_order, y_order = np.argsort(x_grid, kind="stable"), np.argsort(y_grid, kind="stable")
    return replace(
        grids,
        page=grids.page[place],
        x_grid=x_grid[x_order],
        x_edge=grids.x_edge[x_order],
        y_grid=y_grid[y_order],
        y_edge=grids.y_edge[y_order],
        cells=replace(grids.cells, grid=number[grids.cells.grid]),
    )


def _stacked(one: Cells, other: Cells) -> Cells:
    pairs = zip(one.columns(), other.columns(), strict=True)
    return Cells(*(np.concatenate(pair) for pair in pairs))
