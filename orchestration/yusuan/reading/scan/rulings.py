"""Grids from the ruling lines of a straight page: which edges are ruled, and which cells they enclose.

Lines are found as long thin strokes that end on each other. Between two neighbouring crossings an edge is ruled when most of it is ink:
so a line broken by a stamp still divides, and a stroke of a character does not. What is written in a cell is asked elsewhere.
"""

from dataclasses import dataclass, field

import cv2
import numpy as np

from yusuan.reading.scan.preprocess import ink, thick_strokes, unit

# Lengths are pixels of A4 at 200 dpi.
LEVEL_RUN, LEVEL_STROKE = 22, 58  # longer than a stroke of any character in a table
UPRIGHT_RUN, UPRIGHT_STROKE = 20, 26  # the lowest row is about as high
GAP = 11  # that a faint line may have
REST = 17
HIDDEN = 0.15
LONE = 150  # a line this long need not end on others,
SHORT = 80  # one shorter than this must touch them, for a stroke of a character nearly does
TOUCH = 4
CUT = 60  # what a stamp leaves of a line, to be told from its own strokes
SAME_LINE = 7
WANDER = 5  # how far a line may leave its place
NARROWEST, LOWEST = 12, 10
LEAST_SIZE = (120, 40)
LEAST_CELLS = 3
LEAST_CROSSING = 2  # lines that show a side without a rule
RULED = 0.4  # of an edge must be ink,
SEEN = 0.5  # and this much of it not be under a stamp
SURE_RULED, SURE_BARE = 0.75, 0.3  # between them a cell's shape is in doubt


@dataclass(slots=True)
class Cell:
    """One cell: its place (from 0) and its box in pixels. `firm` is false where its rulings were in doubt."""

    row: int
    column: int
    row_span: int
    column_span: int
    box: tuple[int, int, int, int]
    firm: bool = True


@dataclass(slots=True)
class Grid:
    rows: int
    columns: int
    box: tuple[int, int, int, int]
    cells: list[Cell] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Strokes:
    """Masks of level and upright strokes, of ink thin and too thick for a ruling, and the strokes as (place, low, high) rows."""

    level: np.ndarray
    upright: np.ndarray
    thin: np.ndarray
    thick: np.ndarray
    level_lines: np.ndarray
    upright_lines: np.ndarray


def find_grids(grey: np.ndarray) -> tuple[list[Grid], Strokes]:
    """The grids of the page from top to bottom, and the strokes that they are made of."""
    u = unit(grey)
    strokes = _strokes(grey, u)
    grids = [grid for level, upright in _tables(strokes, u) if (grid := _grid(strokes, level, upright, u)) is not None]
    outer = [grid for grid in grids if not any(other is not grid and _inside(grid.box, other.box) for other in grids)]
    return sorted(outer, key=lambda grid: (grid.box[1], grid.box[0])), strokes


def _inside(box: tuple[int, ...], other: tuple[int, ...]) -> bool:
    return box[0] >= other[0] and box[1] >= other[1] and box[2] <= other[2] and box[3] <= other[3]


def _strokes(grey: np.ndarray, u: float) -> Strokes:
    dark = ink(grey)
    thick = thick_strokes(dark, u)
    thin = cv2.bitwise_and(dark, cv2.bitwise_not(thick))
    level = _runs(thin, int(LEVEL_RUN * u), int(LEVEL_STROKE * u), int(GAP * u) | 1)
    upright = _runs(thin.T, int(UPRIGHT_RUN * u), int(UPRIGHT_STROKE * u), int(GAP * u) | 1).T
    level_lines, upright_lines = _lines(level), _lines(upright.T)
    for _ in range(2):
        level_lines, upright_lines = (
            _anchored(level_lines, upright_lines, thick, u),
            _anchored(upright_lines, level_lines, thick.T, u),
        )
    return Strokes(level, upright, thin, thick, level_lines, upright_lines)


def _runs(dark: np.ndarray, shortest: int, length: int, gap: int) -> np.ndarray:
    """Ink that runs level for this length, made of runs of the shortest length; a line that leaves its row of pixels is followed."""
    # Small type is one band of ink when smeared, but none of its strokes is as long as the shortest run.
    found = cv2.morphologyEx(np.ascontiguousarray(dark), cv2.MORPH_OPEN, np.ones((1, shortest), np.uint8))
    found = cv2.morphologyEx(cv2.dilate(found, np.ones((3, 1), np.uint8)), cv2.MORPH_OPEN, np.ones((1, length), np.uint8))
    return cv2.morphologyEx(found, cv2.MORPH_CLOSE, np.ones((1, gap), np.uint8))


def _lines(strokes: np.ndarray) -> np.ndarray:
    """(place, low, high, thickness) of each level stroke; thick smears are no lines."""
    _, _, stats, centre = cv2.connectedComponentsWithStats(np.ascontiguousarray(strokes), connectivity=8)
    low, length = stats[1:, cv2.CC_STAT_LEFT], stats[1:, cv2.CC_STAT_WIDTH]
    return np.column_stack((centre[1:, 1], low, low + length, stats[1:, cv2.CC_STAT_AREA] / np.maximum(length, 1)))


def _anchored(lines: np.ndarray, others: np.ndarray, thick: np.ndarray, u: float) -> np.ndarray:
    """Lines whose two ends lie on lines of the other direction or under a stamp, and lines too long to be anything else."""
    if not len(lines):
        return lines
    at, low, high = lines[:, 0, None], lines[:, 1, None], lines[:, 2, None]
    place, start, stop = others[:, 0][None], others[:, 1][None], others[:, 2][None]
    crosses = (at > start - GAP * u) & (at < stop + GAP * u)
    reach = np.where(high - low < SHORT * u, TOUCH * u, GAP * u)
    length = lines[:, 2] - lines[:, 1]
    anchored = length > LONE * u
    ends = []
    for end in (low, high):
        on_line = (crosses & (np.abs(place - end) < reach)).any(axis=1)
        ends.append(on_line | ((length > CUT * u) & _near(thick, lines[:, 0], end[:, 0], int(GAP * u))))
    return lines[anchored | (ends[0] & ends[1])]


def _near(mask: np.ndarray, rows: np.ndarray, columns: np.ndarray, reach: int) -> np.ndarray:
    """Is there anything of the mask within reach of these points along the row?"""
    found = [
        mask[round(row), max(0, round(column) - reach) : round(column) + reach + 1].any() for row, column in zip(rows, columns, strict=True)
    ]
    return np.array(found, bool)


def _tables(strokes: Strokes, u: float) -> list[tuple[np.ndarray, np.ndarray]]:
    """Groups of level and upright lines that touch each other."""
    level, upright = strokes.level_lines, strokes.upright_lines
    reach = GAP * u
    touch = (
        (level[:, 0, None] > upright[None, :, 1] - reach)
        & (level[:, 0, None] < upright[None, :, 2] + reach)
        & (upright[None, :, 0] > level[:, 1, None] - reach)
        & (upright[None, :, 0] < level[:, 2, None] + reach)
    )
    group = np.arange(len(level))
    of_upright = np.full(len(upright), -1)
    while True:
        before = group.copy()
        for k in range(len(upright)):
            members = np.flatnonzero(touch[:, k])
            if len(members):
                of_upright[k] = group[members].min()
                group[np.isin(group, group[members])] = of_upright[k]
        if (group == before).all():
            break
    return [(level[group == g], upright[of_upright == g]) for g in np.unique(group) if (of_upright == g).any()]


def _grid(strokes: Strokes, level: np.ndarray, upright: np.ndarray, u: float) -> Grid | None:
    ys = _edges(level, SAME_LINE * u)
    xs = _edges(upright, SAME_LINE * u)
    xs, ys = _with_open_sides(xs, level, 2 * NARROWEST * u), _with_open_sides(ys, upright, 2 * LOWEST * u)
    xs, ys = _apart(xs, NARROWEST * u), _apart(ys, LOWEST * u)
    if len(xs) < 2 or len(ys) < 2 or xs[-1] - xs[0] < LEAST_SIZE[0] * u or ys[-1] - ys[0] < LEAST_SIZE[1] * u:
        return None
    level_ruled, level_at = _ruled(strokes.level, strokes.thin, strokes.thick, ys, xs, u)
    upright_ruled, upright_at = _ruled(strokes.upright.T, strokes.thin.T, strokes.thick.T, xs, ys, u)
    level_ruled[[0, -1]] = 1.0
    upright_ruled[[0, -1]] = 1.0
    cells = _cells(level_ruled, upright_ruled.T, level_at, upright_at.T)
    if len(cells) < LEAST_CELLS:
        return None
    return Grid(len(ys) - 1, len(xs) - 1, (round(xs[0]), round(ys[0]), round(xs[-1]), round(ys[-1])), cells)


def _with_open_sides(edges: list[float], across: np.ndarray, least: float) -> list[float]:
    """The edges, and the ends of the lines across them where these reach beyond: tables are often open at the sides, and the outer rule of
    a faint copy may be lost."""
    if not edges or len(across) < LEAST_CROSSING:
        return edges
    # Ends that several lines share; one line alone may have run into a stroke of its neighbourhood.
    first, last = float(np.sort(across[:, 1])[LEAST_CROSSING - 1]), float(np.sort(across[:, 2])[-LEAST_CROSSING])
    return ([first] if first < edges[0] - least else []) + edges + ([last] if last > edges[-1] + least else [])


def _edges(lines: np.ndarray, same: float) -> list[float]:
    """Places of lines, those closer than `same` taken together and weighed by length."""
    edges: list[list[float]] = []
    for place, low, high, _ in lines[np.argsort(lines[:, 0])]:
        if edges and place - edges[-1][0] / edges[-1][1] <= same:
            edges[-1][0] += place * (high - low)
            edges[-1][1] += high - low
        else:
            edges.append([place * (high - low), high - low])
    return [total / length for total, length in edges]


def _apart(edges: list[float], least: float) -> list[float]:
    found: list[float] = []
    for edge in edges:
        if not found or edge - found[-1] >= least:
            found.append(edge)
    return found


def _ruled(
    strokes: np.ndarray, thin: np.ndarray, thick: np.ndarray, lines: list[float], stops: list[float], u: float
) -> tuple[np.ndarray, np.ndarray]:
    """How much of each edge (line by piece between stops) is ink, and where exactly it runs; pixels under a stamp do not count."""
    wander, inset = int(WANDER * u), int(4 * u)
    share = np.zeros((len(lines), len(stops) - 1))
    at = np.repeat(np.array(lines)[:, None], len(stops) - 1, axis=1)
    for k, place in enumerate(lines):
        first, last = max(0, round(place) - wander), round(place) + wander + 1
        band: np.ndarray = strokes[first:last] > 0
        hidden = np.any(thick[first:last] > 0, axis=0, keepdims=True)[0]
        # What a stamp leaves of a ruling may be shorter than a stroke of a character.
        rest: np.ndarray = _runs(thin[first:last], int(REST * u), int(REST * u), int(GAP * u) | 1) > 0 if hidden.any() else band
        for j in range(len(stops) - 1):
            a, b = round(stops[j]) + inset, round(stops[j + 1]) - inset
            unknown = hidden[a:b]
            piece = (rest if unknown.mean() > HIDDEN else band)[:, a:b]
            inked = piece.any(axis=0)
            seen = inked | ~unknown
            if seen.sum() >= SEEN * max(b - a, 1):
                share[k, j] = inked.sum() / seen.sum()
                if inked.any():
                    at[k, j] = first + np.nonzero(piece)[0].mean()
            else:
                share[k, j] = -1.0
    # An edge wholly under a stamp is ruled where the line goes on beside it.
    for k, j in np.argwhere(share < 0):
        beside = [share[k, other] for other in (j - 1, j + 1) if 0 <= other < share.shape[1] and share[k, other] >= 0]
        share[k, j] = 0.6 * (float(np.mean(beside)) > RULED) if beside else 0.6
    return share, at


def _cells(level: np.ndarray, upright: np.ndarray, level_at: np.ndarray, upright_at: np.ndarray) -> list[Cell]:
    """Cells as groups of squares without a ruling between them; a group that is no rectangle is divided along its darkest edges.

    `level` is (rows + 1, columns), `upright` is (rows, columns + 1).
    """
    rows, columns = upright.shape[0], level.shape[1]
    level_on, upright_on = level >= RULED, upright >= RULED
    mended = np.zeros((rows, columns), bool)
    while True:
        label = _regions(level_on, upright_on)
        boxes = _boxes(label)
        odd = [k for k, (top, left, bottom, right) in boxes.items() if (label == k).sum() != (bottom - top) * (right - left)]
        if not odd:
            break
        for k in odd:
            member = label == k
            mended |= member
            within_level = np.zeros_like(level)
            within_level[1:-1] = np.where(member[1:] & member[:-1], level[1:-1] + 0.001, 0)
            within_upright = np.zeros_like(upright)
            within_upright[:, 1:-1] = np.where(member[:, 1:] & member[:, :-1], upright[:, 1:-1] + 0.001, 0)
            if within_level.max() >= within_upright.max():
                level_on[np.unravel_index(within_level.argmax(), level.shape)] = True
            else:
                upright_on[np.unravel_index(within_upright.argmax(), upright.shape)] = True
    cells = []
    for k, (top, left, bottom, right) in sorted(boxes.items(), key=lambda item: item[1]):
        around = np.concatenate((level[[top, bottom], left:right].ravel(), upright[top:bottom, [left, right]].ravel()))
        inner = np.concatenate((level[top + 1 : bottom, left:right].ravel(), upright[top:bottom, left + 1 : right].ravel()))
        firm = not mended[label == k].any() and bool((around >= SURE_RULED).all() and (inner <= SURE_BARE).all())
        box = (
            round(float(upright_at[top:bottom, left].mean())),
            round(float(level_at[top, left:right].mean())),
            round(float(upright_at[top:bottom, right].mean())),
            round(float(level_at[bottom, left:right].mean())),
        )
        cells.append(Cell(top, left, bottom - top, right - left, box, firm))
    return cells


def _regions(level_on: np.ndarray, upright_on: np.ndarray) -> np.ndarray:
    """A label for each square; squares without a ruling between them share one."""
    rows, columns = upright_on.shape[0], level_on.shape[1]
    # A board on which squares, and the edges between them that are bare, are open fields.
    board = np.zeros((2 * rows - 1, 2 * columns - 1), np.uint8)
    board[::2, ::2] = 1
    board[1::2, ::2] = ~level_on[1:-1]
    board[::2, 1::2] = ~upright_on[:, 1:-1]
    _, label = cv2.connectedComponents(board, connectivity=4)
    return label[::2, ::2]


def _boxes(label: np.ndarray) -> dict[int, tuple[int, int, int, int]]:
    """Top, left, bottom and right of each region."""
    found = {}
    for k in np.unique(label):
        rows, columns = np.nonzero(label == k)
        found[int(k)] = (int(rows.min()), int(columns.min()), int(rows.max()) + 1, int(columns.max()) + 1)
    return found
