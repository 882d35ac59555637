"""Ruled grids of all pages at once: rules become edges, edges become slots, slots without a wall between them become cells.

A grid here is geometry: edges, cells with spans, and the cell in which each character lies. Text is joined in `text`; tables without
rules are found in `borderless`; rows printed outside the rules are added in `overhang`.
"""

from dataclasses import dataclass

import numpy as np

from yusuan.reading.pdf.arrays import clusters, covered, expanded, highest, linked, lowest, mean
from yusuan.reading.pdf.frames import PITCH, Chars, Columns, Rulings

SAME_LINE = 1.0  # Rules whose axes are this close are one rule.
DASH = 3.0  # Pieces of a rule with gaps up to this are one rule, so that dashed and cell-by-cell rules come out whole.
REACH = 3.0  # A rule ending this far from another still meets it.
SNAP = 2.5  # Edges of one grid this close are one edge; a double rule is about 2 points wide.
MOST_RULES = 4000  # A page with more is a map or a drawing: no table is looked for among them, as crossings grow with their square.
SHORTEST = 5.0  # Shorter pieces are strokes of drawings or of glyphs drawn as paths.
SMALLEST = (20.0, 8.0)  # A check box is not a grid.
# An empty strip narrower (lower) than this is the inside of a double rule: no column holds less than one character.
SLIM_COLUMN = 6.0
SLIM_ROW = 5.0
# A frame whose strips hold so many lines of text each stands around a table or around prose; it is no table of one column.
LINES_IN_FRAME = 2.0


@dataclass(frozen=True, slots=True)
class Cells(Columns):
    """Cells of grids: rows and columns count from 0 inside the grid; the box is in the plane."""

    grid: np.ndarray
    row: np.ndarray
    column: np.ndarray
    row_span: np.ndarray
    column_span: np.ndarray
    x0: np.ndarray
    y0: np.ndarray
    x1: np.ndarray
    y1: np.ndarray


@dataclass(frozen=True, slots=True)
class Grids:
    """page[grid]; columns of edges sorted by (grid, position); the cells; for each character its cell or -1."""

    page: np.ndarray
    x_grid: np.ndarray
    x_edge: np.ndarray
    y_grid: np.ndarray
    y_edge: np.ndarray
    cells: Cells
    cell_of_char: np.ndarray


def merged_rulings(rules: Rulings) -> Rulings:
    """Rules on one axis joined where they touch, overlap or leave a gap as wide as a dash; pieces too short for a table dropped."""
    group = rules.page * 2 + rules.horizontal
    axis = clusters(group, rules.at, SAME_LINE)
    order = np.lexsort((rules.low, axis))
    axis, low, high = axis[order], rules.low[order], rules.high[order]
    # Axes are set apart by more than any coordinate, so that a running maximum never carries over from one to the next.
    apart = axis * (PITCH * (rules.page.max(initial=0) + 2))
    reach = np.maximum.accumulate(high + apart) - apart
    piece = np.zeros(len(order), dtype=np.int64)
    piece[1:] = np.cumsum((np.diff(axis) != 0) | (low[1:] > reach[:-1] + DASH))
    count = int(piece[-1]) + 1 if len(piece) else 0
    first = np.searchsorted(piece, np.arange(count))
    length = np.maximum(high - low, 0.1)
    found = Rulings(
        rules.page[order][first],
        rules.horizontal[order][first],
        mean(count, piece, rules.at[order], length),
        lowest(count, piece, low),
        highest(count, piece, high),
    )
    found = found.take(found.high - found.low >= SHORTEST)
    crowd = np.bincount(found.page, minlength=1)
    return found.take(crowd[found.page] <= MOST_RULES)


def ruled_grids(rules: Rulings, chars: Chars) -> tuple[Grids, Rulings]:
    """All ruled grids, and the horizontal rules that belong to none or to a mere frame (they may bound a table without vertical rules)."""
    across, down = rules.take(rules.horizontal), rules.take(~rules.horizontal)
    order = np.lexsort((down.at, down.page))
    down = down.take(order)
    key = down.page * PITCH + down.at
    base = across.page * PITCH
    one, other = expanded(np.searchsorted(key, base + across.low - REACH), np.searchsorted(key, base + across.high + REACH, side="right"))
    meets = (across.at[one] >= down.low[other] - REACH) & (across.at[one] <= down.high[other] + REACH)
    component = linked(len(across) + len(down), one[meets], len(across) + other[meets])
    count = int(component.max(initial=-1)) + 1
    of_across, of_down = component[: len(across)], component[len(across) :]
    left = np.minimum(lowest(count, of_across, across.low), lowest(count, of_down, down.at))
    right = np.maximum(highest(count, of_across, across.high), highest(count, of_down, down.at))
    top = np.minimum(lowest(count, of_across, across.at), lowest(count, of_down, down.low))
    bottom = np.maximum(highest(count, of_across, across.at), highest(count, of_down, down.high))
    rows, columns = np.bincount(of_across, minlength=count), np.bincount(of_down, minlength=count)
    table = (rows >= 1) & (columns >= 1) & (rows + columns >= 3) & (right - left >= SMALLEST[0]) & (bottom - top >= SMALLEST[1])
    inner = (down.at > left[of_down] + SNAP) & (down.at < right[of_down] - SNAP)
    divided = np.bincount(of_down[inner], minlength=count) > 0
    frame = table & ~divided & (_text_lines(chars, (left, top, right, bottom), table & ~divided) >= LINES_IN_FRAME * (rows - 1))
    table &= ~frame
    number = np.where(table, np.cumsum(table) - 1, -1)
    page = np.zeros(count, dtype=np.int64)
    page[of_across], page[of_down] = across.page, down.page
    inner_across, inner_down = table[of_across], table[of_down]
    grids = _gridded(
        page[table], across.take(inner_across), number[of_across[inner_across]], down.take(inner_down), number[of_down[inner_down]], chars
    )
    return grids, across.take(~inner_across & ((columns[of_across] == 0) | frame[of_across]))


def _text_lines(chars: Chars, boxes: tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray], asked: np.ndarray) -> np.ndarray:
    """How many lines of text stand in each of the boxes that are asked for; few pages have such."""
    found = np.zeros(len(asked))
    if not asked.any():
        return found
    order = np.argsort(chars.base, kind="stable")
    base, centre = chars.base[order], chars.centre[order]
    for box in np.flatnonzero(asked).tolist():
        left, top, right, bottom = (float(side[box]) for side in boxes)
        within = slice(*np.searchsorted(base, [top, bottom]))
        lines = base[within][(centre[within] > left) & (centre[within] < right)]
        found[box] = len(np.unique(np.round(lines))) if len(lines) else 0
    return found


def _gridded(page: np.ndarray, across: Rulings, grid_across: np.ndarray, down: Rulings, grid_down: np.ndarray, chars: Chars) -> Grids:
    count = len(page)
    x_grid, x_edge = _edges(count, grid_down, down, grid_across, across)
    y_grid, y_edge = _edges(count, grid_across, across, grid_down, down)
    # Characters inside the outer edges of each grid, by height first because a page holds far more characters than a row.
    by_height = np.argsort(chars.middle, kind="stable")
    height = chars.middle[by_height]
    x_first, y_first = np.searchsorted(x_grid, np.arange(count + 1)), np.searchsorted(y_grid, np.arange(count + 1))
    grid, place = expanded(np.searchsorted(height, y_edge[y_first[:-1]]), np.searchsorted(height, y_edge[y_first[1:] - 1], side="right"))
    char = by_height[place]
    inside = (chars.centre[char] >= x_edge[x_first[grid]]) & (chars.centre[char] <= x_edge[x_first[grid + 1] - 1])
    inside &= chars.code[char] > 0x20
    grid, char = grid[inside], char[inside]
    real_x = np.zeros(len(x_edge), dtype=bool)
    real_y = np.zeros(len(y_edge), dtype=bool)
    real_x[_nearest(x_grid, x_edge, grid_down, down.at)] = True
    real_y[_nearest(y_grid, y_edge, grid_across, across.at)] = True
    x_grid, x_edge = _without_slim(x_grid, x_edge, real_x, _strip(x_grid, x_edge, grid, chars.centre[char]), SLIM_COLUMN)
    y_grid, y_edge = _without_slim(y_grid, y_edge, real_y, _strip(y_grid, y_edge, grid, chars.middle[char]), SLIM_ROW)
    return _celled(page, (x_grid, x_edge), (y_grid, y_edge), (grid_across, across), (grid_down, down), (grid, char), chars)


def _edges(count: int, grid: np.ndarray, along: Rulings, grid_ends: np.ndarray, ends: Rulings) -> tuple[np.ndarray, np.ndarray]:
    """Edges from the axes of the rules of one direction; the farthest ends of the others close a side that has no rule."""
    group = np.concatenate((grid, np.arange(count), np.arange(count)))
    low = np.minimum(lowest(count, grid_ends, ends.low), lowest(count, grid, along.at))
    high = np.maximum(highest(count, grid_ends, ends.high), highest(count, grid, along.at))
    value = np.concatenate((along.at, low, high))
    # An end weighs next to nothing: the rule next to it says where the edge is.
    weight = np.concatenate((along.high - along.low, np.full(2 * count, 1e-6)))
    cluster = clusters(group, value, SNAP)
    size = int(cluster.max(initial=-1)) + 1
    owner = np.zeros(size, dtype=np.int64)
    owner[cluster] = group
    return owner, mean(size, cluster, value, weight)


def _nearest(edge_grid: np.ndarray, edge: np.ndarray, grid: np.ndarray, value: np.ndarray) -> np.ndarray:
    """Index of the edge of the same grid nearest to each value."""
    span = _apart(edge, value)
    key, wanted = edge_grid * span + edge, grid * span + value
    right = np.clip(np.searchsorted(key, wanted), 1, max(len(key) - 1, 1))
    nearer_left = (np.abs(key[right - 1] - wanted) <= np.abs(key[np.minimum(right, len(key) - 1)] - wanted)) if len(key) else right > 0
    return right - nearer_left


def _strip(edge_grid: np.ndarray, edge: np.ndarray, grid: np.ndarray, value: np.ndarray) -> np.ndarray:
    """Index of the last edge of the same grid at or before each value, but never the closing one."""
    span = _apart(edge, value)
    place = np.searchsorted(edge_grid * span + edge, grid * span + value, side="right") - 1
    first, last = np.searchsorted(edge_grid, grid), np.searchsorted(edge_grid, grid, side="right") - 2
    return np.clip(place, first, last)


def _apart(edge: np.ndarray, value: np.ndarray) -> float:
    return 2 * (float(np.abs(edge).max(initial=0.0)) + float(np.abs(value).max(initial=0.0)) + PITCH)


def _without_slim(
    grid: np.ndarray, edge: np.ndarray, real: np.ndarray, filled_strips: np.ndarray, slim: float
) -> tuple[np.ndarray, np.ndarray]:
    """Edges without the inner side of double rules, and without the ends of rules that stick out where nothing is printed."""
    filled = np.zeros(len(edge), dtype=bool)
    filled[filled_strips] = True
    inner = np.append(grid[1:] == grid[:-1], False)  # is there a strip of the same grid after this edge?
    stub = np.zeros(len(edge), dtype=bool)
    stub[:-1] |= inner[:-1] & ~filled[:-1] & ~real[:-1] & (np.append(-1, grid[:-2]) != grid[:-1])
    stub[1:] |= inner[:-1] & ~filled[:-1] & ~real[1:] & ~inner[1:]
    grid, edge, filled = grid[~stub], edge[~stub], filled[~stub]
    joined = (grid[1:] == grid[:-1]) & (np.diff(edge) < slim) & ~filled[:-1]
    number = np.zeros(len(edge), dtype=np.int64)
    number[1:] = np.cumsum(~joined)
    size = int(number.max(initial=-1)) + 1
    owner = np.zeros(size, dtype=np.int64)
    owner[number] = grid
    return owner, mean(size, number, edge, np.ones(len(edge)))


def _celled(
    page: np.ndarray,
    x: tuple[np.ndarray, np.ndarray],
    y: tuple[np.ndarray, np.ndarray],
    across: tuple[np.ndarray, Rulings],
    down: tuple[np.ndarray, Rulings],
    inside: tuple[np.ndarray, np.ndarray],
    chars: Chars,
) -> Grids:
    count = len(page)
    (x_grid, x_edge), (y_grid, y_edge) = x, y
    x_first, y_first = np.searchsorted(x_grid, np.arange(count)), np.searchsorted(y_grid, np.arange(count))
    columns, rows = np.bincount(x_grid, minlength=count) - 1, np.bincount(y_grid, minlength=count) - 1

    # Walls. A rule covers a slot when it passes the slot's middle. Vertical walls are laid out by (grid, edge, row), horizontal
    # ones by (grid, edge, column), so that a rule covers one unbroken range of slots.
    row_grid, row_middle, row_of = _middles(y_grid, y_edge)
    column_grid, column_middle, column_of = _middles(x_grid, x_edge)
    wall_down, down_first = _walls(down, x, rows, x_first, row_grid, row_middle)
    wall_across, across_first = _walls(across, y, columns, y_first, column_grid, column_middle)

    slots = rows * columns
    slot_first = np.cumsum(slots) - slots
    grid = np.repeat(np.arange(count), slots)
    inner = np.arange(len(grid)) - slot_first[grid]
    row, column = inner // np.maximum(columns[grid], 1), inner % np.maximum(columns[grid], 1)
    left = wall_down[down_first[grid] + column * rows[grid] + row]
    right = wall_down[down_first[grid] + (column + 1) * rows[grid] + row]
    above = wall_across[across_first[grid] + row * columns[grid] + column]
    below = wall_across[across_first[grid] + (row + 1) * columns[grid] + column]

    here = np.arange(len(grid))
    to_right = ~right & (column + 1 < columns[grid])
    to_below = ~below & (row + 1 < rows[grid])
    cell = linked(
        len(grid), np.concatenate((here[to_right], here[to_below])), np.concatenate((here[to_right] + 1, (here + columns[grid])[to_below]))
    )
    # A region that is no rectangle lost a rule: its rows are taken apart.
    broken = ~_rectangular(cell, row, column)[cell]
    cell = linked(
        len(grid),
        np.concatenate((here[to_right], here[to_below & ~broken])),
        np.concatenate((here[to_right] + 1, (here + columns[grid])[to_below & ~broken])),
    )
    size = int(cell.max(initial=-1)) + 1
    open_side = np.zeros(size, dtype=bool)
    open_end = np.zeros(size, dtype=bool)
    open_side[cell[(~left & (column == 0)) | (~right & (column == columns[grid] - 1))]] = True
    open_end[cell[(~above & (row == 0)) | (~below & (row == rows[grid] - 1))]] = True
    outside = open_side & open_end  # the notch beside a grid that is narrower at its head or foot

    owner = np.zeros(size, dtype=np.int64)
    owner[cell] = grid
    top, bottom = lowest(size, cell, row), highest(size, cell, row) + 1
    start, stop = lowest(size, cell, column), highest(size, cell, column) + 1
    inside_grid, char = inside
    slot = slot_first[inside_grid]
    slot = slot + row_of[_strip(y_grid, y_edge, inside_grid, chars.middle[char])] * columns[inside_grid]
    slot = slot + column_of[_strip(x_grid, x_edge, inside_grid, chars.centre[char])]
    in_cell = cell[slot]
    # Where grids lie inside each other a character belongs to the smallest; a cell of a discarded grid holds nothing.
    real = ~outside
    many = np.bincount(owner[real], minlength=count) >= 2
    kept_pair = real[in_cell] & many[inside_grid]
    inside_grid, char, in_cell = inside_grid[kept_pair], char[kept_pair], in_cell[kept_pair]
    area = (x_edge[x_first + columns] - x_edge[x_first]) * (y_edge[y_first + rows] - y_edge[y_first])
    order = np.argsort(-area[inside_grid], kind="stable")
    cell_of_char = np.full(len(chars), -1, dtype=np.int64)
    cell_of_char[char[order]] = in_cell[order]
    filled = np.zeros(count, dtype=bool)
    filled[owner[cell_of_char[cell_of_char >= 0]]] = True
    return _compact(
        page,
        x,
        y,
        filled & many,
        Cells(owner, top, start, bottom - top, stop - start, *_boxes(owner, top, bottom, start, stop, x, y)),
        real,
        cell_of_char,
    )


def _boxes(
    owner: np.ndarray,
    top: np.ndarray,
    bottom: np.ndarray,
    start: np.ndarray,
    stop: np.ndarray,
    x: tuple[np.ndarray, np.ndarray],
    y: tuple[np.ndarray, np.ndarray],
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    x_first, y_first = np.searchsorted(x[0], owner), np.searchsorted(y[0], owner)
    return x[1][x_first + start], y[1][y_first + top], x[1][x_first + stop], y[1][y_first + bottom]


def _middles(grid: np.ndarray, edge: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Grid and middle of each strip between neighbouring edges, and for each edge the number, in its grid, of the strip after it."""
    same = grid[1:] == grid[:-1]
    first = np.searchsorted(grid, grid)
    return grid[:-1][same], ((edge[1:] + edge[:-1]) / 2)[same], np.arange(len(grid)) - first


def _walls(
    rules: tuple[np.ndarray, Rulings],
    edges: tuple[np.ndarray, np.ndarray],
    strips: np.ndarray,
    edge_first: np.ndarray,
    strip_grid: np.ndarray,
    strip_middle: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Which wall slots have a rule, laid out by (grid, edge, strip), and the first slot of each grid."""
    grid, rule = rules
    edge_grid, edge = edges
    sizes = np.bincount(edge_grid, minlength=len(strips)) * strips
    first = np.cumsum(sizes) - sizes
    on = _nearest(edge_grid, edge, grid, rule.at) - edge_first[grid]
    span = _apart(strip_middle, rule.high)
    key = strip_grid * span + strip_middle
    strip_first = np.searchsorted(strip_grid, grid)
    low = np.searchsorted(key, grid * span + rule.low) - strip_first
    high = np.searchsorted(key, grid * span + rule.high, side="right") - strip_first
    at = first[grid] + on * strips[grid]
    return covered(int(sizes.sum()), at + low, at + high), first


def _rectangular(cell: np.ndarray, row: np.ndarray, column: np.ndarray) -> np.ndarray:
    size = int(cell.max(initial=-1)) + 1
    high = highest(size, cell, row) - lowest(size, cell, row) + 1
    wide = highest(size, cell, column) - lowest(size, cell, column) + 1
    return high * wide == np.bincount(cell, minlength=size)


def _compact(
    page: np.ndarray,
    x: tuple[np.ndarray, np.ndarray],
    y: tuple[np.ndarray, np.ndarray],
    keep: np.ndarray,
    cells: Cells,
    real: np.ndarray,
    cell_of_char: np.ndarray,
) -> Grids:
    """Only grids that hold text, numbered in reading order, and only edges at which a cell begins or ends."""
    real = real & keep[cells.grid]
    x_first, y_first = np.searchsorted(x[0], np.arange(len(page))), np.searchsorted(y[0], np.arange(len(page)))
    place = np.lexsort((x[1][x_first], y[1][y_first])) if len(page) else np.empty(0, dtype=np.int64)
    place = place[keep[place]]
    number = np.full(len(page), -1, dtype=np.int64)
    number[place] = np.arange(len(place))
    cell_number = np.where(real, np.cumsum(real) - 1, -1)
    cells = cells.take(real)
    used_x, used_y = np.zeros(len(x[0]), dtype=bool), np.zeros(len(y[0]), dtype=bool)
    used_x[x_first[cells.grid] + cells.column] = used_x[x_first[cells.grid] + cells.column + cells.column_span] = True
    used_y[y_first[cells.grid] + cells.row] = used_y[y_first[cells.grid] + cells.row + cells.row_span] = True
    rank_x, rank_y = np.cumsum(used_x) - 1, np.cumsum(used_y) - 1

    def ranked(rank: np.ndarray, first: np.ndarray, start: np.ndarray, span: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        low, high = rank[first + start], rank[first + start + span]
        base = lowest(len(page), cells.grid, low)
        return low - base[cells.grid], high - low

    row, row_span = ranked(rank_y, y_first[cells.grid], cells.row, cells.row_span)
    column, column_span = ranked(rank_x, x_first[cells.grid], cells.column, cells.column_span)
    cells = Cells(number[cells.grid], row, column, row_span, column_span, cells.x0, cells.y0, cells.x1, cells.y1)

    def renumbered(edges: tuple[np.ndarray, np.ndarray], used: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        grid, edge = number[edges[0][used]], edges[1][used]
        order = np.lexsort((edge, grid))
        return grid[order], edge[order]

    x_grid, x_edge = renumbered(x, used_x)
    y_grid, y_edge = renumbered(y, used_y)
    kept = np.where(cell_of_char >= 0, cell_number[cell_of_char], -1) if len(cell_number) else cell_of_char
    return Grids(page[place], x_grid, x_edge, y_grid, y_edge, cells, kept)
