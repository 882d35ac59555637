"""Headers printed without rules: which label stands over which columns.

A label over several columns is centred on them or begins with the first; a label over one column stands above it. Of all ways to cut the
columns into blocks, one for each label of a line, the one with the least total displacement is taken, line by line downwards.
"""

from collections.abc import Callable
from functools import cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from yusuan.reading.pdf.words import Words

NEW_COLUMN = 0.8  # A label farther from every column than this share of the usual distance has a column of its own, empty in the body.
UNLABELLED = 0.3  # A column without a label on this line costs this share of the distance between columns.
WRAPPED = 8.0  # A label broken over lines is narrower than this many font sizes.
TORN = 1.0  # A panel torn apart costs this share of the distance between columns.
BESIDE = 2.0  # A label stands at most this many font sizes beside its column.
TIGHT = 0.6  # Words of one label stand closer than this.
SPREAD = 3.5  # Characters of one label may be set this many font sizes apart.


class Label(NamedTuple):
    """What is printed over one or more columns on one line."""

    x0: float
    x1: float
    size: float
    words: list[int]


def header_columns(columns: list[tuple[float, float]], head: Words) -> tuple[list[tuple[float, float]], np.ndarray]:
    """The columns widened by the labels right above them, and new ones for labels above nothing; and where the columns are among them."""
    leaves = _leaves(head, columns)
    if not leaves:
        return columns, np.arange(len(columns))
    middles = np.array([(low + high) / 2 for low, high in columns])
    pitch = float(np.median(np.diff(middles))) if len(middles) > 1 else 50.0
    far = NEW_COLUMN * pitch

    def distance(leaf: tuple[float, float], column: tuple[float, float]) -> float:
        apart = max(column[0] - leaf[1], leaf[0] - column[1], 0.0)
        return apart + 0.1 * abs(sum(leaf) - sum(column)) / 2

    # Columns and leaves in their order from the left: match, skip a column (no label), or open a new column for a leaf.
    cost = np.full((len(columns) + 1, len(leaves) + 1), np.inf)
    step = np.zeros(cost.shape, dtype=np.int64)
    cost[0, 0] = 0.0
    for i in range(len(columns) + 1):
        for j in range(len(leaves) + 1):
            options = [
                (cost[i - 1, j - 1] + distance(leaves[j - 1], columns[i - 1]) if i and j else np.inf, 0),
                (cost[i - 1, j] + 0.5 * far if i else np.inf, 1),
                (
                    cost[i, j - 1]
                    + far
                    + (pitch * 10 if i and leaves[j - 1][0] < columns[i - 1][1] and leaves[j - 1][1] > columns[i - 1][0] else 0)
                    if j
                    else np.inf,
                    2,
                ),
            ]
            if i or j:
                cost[i, j], step[i, j] = min(options)
    found: list[tuple[float, float]] = []
    over: list[tuple[float, float] | None] = []
    own: list[bool] = []
    i, j = len(columns), len(leaves)
    while i or j:
        if step[i, j] == 0:
            i, j = i - 1, j - 1
            found.append((min(columns[i][0], leaves[j][0]), max(columns[i][1], leaves[j][1])))
            over.append(leaves[j])
            own.append(True)
        elif step[i, j] == 1:
            i -= 1
            found.append(columns[i])
            over.append(None)
            own.append(True)
        else:
            j -= 1
            found.append(leaves[j])
            over.append(leaves[j])
            own.append(False)
    found.reverse()
    over.reverse()
    # A widened column never runs into its neighbour: the white between them is shared, that between their labels at least.
    for place in range(len(found) - 1):
        if found[place][1] > found[place + 1][0]:
            middle = (found[place][1] + found[place + 1][0]) / 2
            left, right = over[place], over[place + 1]
            if left and right and left[1] <= right[0]:
                middle = min(max(middle, left[1]), right[0])
            found[place], found[place + 1] = (found[place][0], middle), (middle, found[place + 1][1])
    return found, np.flatnonzero(own[::-1])


def _leaves(head: Words, columns: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Extents of the labels with nothing below them, from the left; lines of one label count once.

    A label that stands over the gap between two labels of lower lines is over both of them, so it is no leaf.
    """
    lines = _labels(head, columns)
    found: list[tuple[float, float, int]] = []
    for depth in range(len(lines) - 1, -1, -1):
        lower = sorted(found)
        for label in lines[depth]:
            below = [place for place, leaf in enumerate(found) if min(leaf[1], label.x1) - max(leaf[0], label.x0) > 0.4 * label.size]
            if not below:
                left = [leaf for leaf in lower if leaf[1] <= label.x0]
                right = [leaf for leaf in lower if leaf[0] >= label.x1]
                neighbours = [other for other in lines[depth] if other is not label]
                between = [other for other in neighbours if left and right and left[-1][1] <= other.x0 and other.x1 <= right[0][0]]
                # A column with a lower label of its own needs none of this line.
                unlabelled = _bare(columns, lower, BESIDE * label.size)
                over_column = any(min(high, label.x1) - max(low, label.x0) > 0.4 * label.size for low, high in unlabelled)
                if not (left and right) or between or over_column:
                    found.append((label.x0, label.x1, depth))
            elif len(below) == 1 and label.x1 - label.x0 < WRAPPED * label.size:
                leaf = found[below[0]]
                if abs(leaf[0] + leaf[1] - label.x0 - label.x1) / 2 < 0.6 * label.size:
                    found[below[0]] = (min(leaf[0], label.x0), max(leaf[1], label.x1), leaf[2])
    return sorted((low, high) for low, high, _ in found)


def _bare(columns: list[tuple[float, float]], leaves: list[tuple[float, float, int]], near: float) -> list[tuple[float, float]]:
    """The columns without a label: no leaf stands over them, nor `near` them in the white beside a column that has its own."""

    def apart(leaf: tuple[float, float, int], column: tuple[float, float]) -> float:
        return max(column[0] - leaf[1], leaf[0] - column[1])

    bare = [column for column in columns if not any(apart(leaf, column) < 0 for leaf in leaves)]
    for leaf in leaves:
        if not any(apart(leaf, column) < 0 for column in columns):
            beside = [column for column in bare if apart(leaf, column) < near]
            if len(beside) == 1:
                bare.remove(beside[0])
    return bare


def _edges(columns: list[tuple[float, float]]) -> list[float]:
    return [(one[1] + other[0]) / 2 for one, other in pairwise(columns)]


def _labels(head: Words, columns: list[tuple[float, float]]) -> list[list[Label]]:
    """Labels per line from the top. Characters of a spaced-out label are one label."""
    edges = _edges(columns)
    lines: list[list[Label]] = []
    for number in np.unique(head.line).tolist():
        line: list[Label] = []
        for word in np.flatnonzero(head.line == number).tolist():
            x0, x1, size = float(head.x0[word]), float(head.x1[word]), float(head.size[word])
            slot = np.searchsorted(edges, (x0 + x1) / 2)
            if line and x0 - line[-1].x1 < SPREAD * size:
                before = line[-1]
                short = len(head.text[word]) == 1 and all(len(head.text[other]) == 1 for other in before.words)
                same = slot == np.searchsorted(edges, (before.x0 + before.x1) / 2)
                if (short and same) or x0 - before.x1 < TIGHT * size:
                    line[-1] = Label(before.x0, x1, size, [*before.words, word])
                    continue
            line.append(Label(x0, x1, size, [word]))
        lines.append(line)
    return lines


def header_cells(
    columns: list[tuple[float, float]], head: Words, figured: np.ndarray
) -> tuple[list[tuple[int, int, int, int]], np.ndarray, int]:
    """Cells (row, column, row span, column span), the cell of each word, and the number of header rows; `figured` tells which columns hold
    figures."""
    lines = _labels(head, columns)
    cells: list[tuple[int, int, int, int]] = []
    of_word = np.full(len(head), -1, dtype=np.int64)
    tree = _block(columns, lines, figured, 0, len(columns), 0) if lines else []
    levels = max((_depth(node) for node in tree), default=0)

    def place(node: "_Node", level: int) -> None:
        last = level + 1 if node.children else levels
        for word in node.words:
            of_word[word] = len(cells)
        cells.append((level, node.start, last - level, node.stop - node.start))
        for child in node.children:
            place(child, level + 1)

    for node in tree:
        place(node, 0)
    # A word that stands below no label of its group belongs to the lowest one over the nearest column.
    for word in np.flatnonzero(of_word < 0).tolist():
        at = int(np.searchsorted(_edges(columns), (head.x0[word] + head.x1[word]) / 2))
        over = [cell for cell, (_, start, _, span) in enumerate(cells) if start <= at < start + span]
        if not over:
            over = [len(cells)]
            cells.append((0, at, levels, 1))
        of_word[word] = over[-1]
    return cells, of_word, levels


class _Node:
    """A label over the columns start to stop, with the labels below it."""

    def __init__(self, start: int, stop: int, words: list[int], children: "list[_Node]") -> None:
        self.start, self.stop, self.words, self.children = start, stop, words, children


def _depth(node: _Node) -> int:
    return 1 + max((_depth(child) for child in node.children), default=0)


def _block(
    columns: list[tuple[float, float]], lines: list[list[Label]], figured: np.ndarray, start: int, stop: int, line: int
) -> list[_Node]:
    """Labels over the columns start to stop, from `line` downwards."""
    edges = _edges(columns)
    low = edges[start - 1] if start else -np.inf
    high = edges[stop - 1] if stop <= len(edges) else np.inf
    inside = [[label for label in labels if low < (label.x0 + label.x1) / 2 < high] for labels in lines]
    while line < len(lines) and not inside[line]:
        line += 1
    if line == len(lines):
        return []
    if stop - start == 1:
        return [_Node(start, stop, [word for labels in inside[line:] for label in labels for word in label.words], [])]
    labelled = np.zeros(len(columns), dtype=bool)
    for labels in inside[line + 1 :]:
        for label in labels:
            labelled[np.searchsorted(edges, (label.x0 + label.x1) / 2)] = True
    nodes: list[_Node] = []
    for place, stop_at, over in _cut(columns, inside[line], labelled, figured, start, stop):
        if over is None:
            nodes += _block(columns, lines, figured, place, stop_at, line + 1)
        elif stop_at - place == 1:
            nodes += _block(columns, lines, figured, place, stop_at, line)
        else:
            nodes.append(_Node(place, stop_at, over.words, _block(columns, lines, figured, place, stop_at, line + 1)))
    return nodes


def _cut(
    columns: list[tuple[float, float]],
    labels: list[Label],
    labelled: np.ndarray,
    figured: np.ndarray,
    start: int,
    stop: int,
) -> list[tuple[int, int, Label | None]]:
    """Blocks (start, stop, label) of least displacement; a column without a label is a block of its own."""
    middles = [(low + high) / 2 for low, high in columns]
    pitch = float(np.median(np.diff(middles))) if len(middles) > 1 else 50.0
    edges = _edges(columns)
    bounds = [columns[0][0], *edges, columns[-1][1]]

    def centred(label: Label, first: int, last: int) -> float:
        middle = (label.x0 + label.x1) / 2
        printed = abs(middle - (columns[first][0] + columns[last - 1][1]) / 2)
        return min(printed, abs(middle - (bounds[first] + bounds[last]) / 2))

    def flush(label: Label, first: int, last: int) -> float:
        # Right-aligned figures leave white at the left of their column, where a label may begin.
        gap = columns[first][0] - label.x0
        return 0.3 * gap if gap >= 0 and label.x0 >= bounds[first] else abs(gap)

    def torn(first: int, last: int) -> float:
        # A label over names and figures is over a whole panel: what follows it is not another column of figures.
        mixed = figured[last - 1] and not figured[first:last].all()
        return TORN * pitch if mixed and last < stop and figured[last] else 0.0

    def styled(style: Callable[[Label, int, int], float]) -> Callable[[Label, int, int], float]:
        def cost(label: Label, first: int, last: int) -> float:
            if last - first > 1:
                return style(label, first, last) + torn(first, last)
            return min(centred(label, first, last), flush(label, first, last))

        return cost

    # Labels over several columns are set in one style on a line: the better of the two as a whole, not label by label.
    cost, blocks = min(
        (_least(labels, labelled, start, stop, styled(style), UNLABELLED * pitch) for style in (centred, flush)), key=lambda found: found[0]
    )
    if not np.isfinite(cost):
        # More labels than columns: each goes to the column it stands over.
        return [
            (at, at + 1, next((label for label in labels if np.searchsorted(edges, (label.x0 + label.x1) / 2) == at), None))
            for at in range(start, stop)
        ]
    return [(at, end, labels[label] if label >= 0 else None) for at, end, label in blocks]


def _least(
    labels: list[Label],
    labelled: np.ndarray,
    start: int,
    stop: int,
    displaced: Callable[[Label, int, int], float],
    unlabelled: float,
) -> tuple[float, tuple[tuple[int, int, int], ...]]:
    @cache
    def best(at: int, label: int) -> tuple[float, tuple[tuple[int, int, int], ...]]:
        if at == stop:
            return (0.0, ()) if label == len(labels) else (np.inf, ())
        cost, rest = best(at + 1, label)
        found = (cost + unlabelled, ((at, at + 1, -1), *rest))
        if label < len(labels):
            for end in range(at + 1, stop + 1):
                if end - at > 1 and not labelled[at:end].all():
                    break
                cost, rest = best(end, label + 1)
                total = cost + displaced(labels[label], at, end)
                if total < found[0]:
                    found = (total, ((at, end, label), *rest))
        return found

    return best(start, 0)
