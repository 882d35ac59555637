"""Rows of a table in a text that prints pages: which of its lines are one row, where a line has no height to tell it by.

A label is wrapped over lines, above and below its figures; figures that stand a little higher than their label have a line of their own.
Of all ways to cut the lines into rows the one is taken that leaves the fewest figures without a label, labels without figures and labels
broken off before they are full.
"""

from dataclasses import dataclass

import numpy as np

from yusuan.reading.pdf.tabular_rows import ITEM
from yusuan.reading.pdf.words import Words

LONGEST = 9  # lines of one row
FULL = 1.9  # A line that leaves less than this many font sizes free is full.
BARE_FIGURES, BARE_LABEL, CODES_ALONE = 2.0, 1.0, 1.0
BROKEN_OFF, NEW_ITEM, TWO_ROWS, FAR, UNEVEN, HANGING = 3.0, 6.0, 5.0, 1.5, 0.2, 1.0
NEVER = np.inf


@dataclass(slots=True)
class _Line:
    """What stands on a line: numbers and words by column, the columns whose words are full, those that open an item, and its height."""

    numbers: set[int]
    labels: set[int]
    full: set[int]
    items: set[int]
    widths: dict[int, float]
    base: float


def printed_rows(words: Words, column: np.ndarray, number: np.ndarray) -> np.ndarray:
    """Row number of each word, from 0; `number` tells which words are numbers."""
    lines, of_line = np.unique(words.line, return_inverse=True)
    labels = {c: (column == c) & ~number for c in set(column.tolist())}
    right = {c: float(words.x1[some].max(initial=0.0)) for c, some in labels.items()}
    widest = {c: float((words.x1 - words.x0)[some].max(initial=0.0)) for c, some in labels.items()}
    seen = [_line(words, column, number, np.flatnonzero(of_line == place), (right, widest)) for place in range(len(lines))]
    steps = np.diff([line.base for line in seen])
    near = float(steps.min(initial=np.inf))
    # Where many lines have no figure, rows without one are usual.
    bare = BARE_LABEL * sum(bool(line.numbers) for line in seen) / len(seen)
    cost, start = [0.0], [0]
    for stop in range(1, len(seen) + 1):
        options = [
            (cost[first] + _left_hanging(seen[max(first - 1, 0)], seen[first]) + _cost(seen[first:stop], near, bare), first)
            for first in range(max(0, stop - LONGEST), stop)
        ]
        best = min(options, key=lambda option: (option[0], -option[1]))
        cost.append(best[0])
        start.append(best[1])
    row_of_line = np.zeros(len(seen), dtype=np.int64)
    stop = len(seen)
    while stop:
        row_of_line[start[stop]] = 1
        stop = start[stop]
    row_of_line[0] = 0
    return np.cumsum(row_of_line)[of_line]


def _line(
    words: Words, column: np.ndarray, number: np.ndarray, place: np.ndarray, reach: tuple[dict[int, float], dict[int, float]]
) -> _Line:
    labels = place[~number[place]]
    first = {int(column[word]): str(words.text[word]) for word in labels[::-1].tolist()}
    right, widest = ({int(word): of[int(column[word])] for word in labels} for of in reach)
    # A label set in the middle of its column is full where none is wider.
    width, slack = words.x1 - words.x0, FULL * words.size
    full = {
        int(column[word])
        for word in labels.tolist()
        if words.x1[word] >= right[word] - slack[word] or (width[word] >= widest[word] and width[word] > 2 * slack[word])
    }
    return _Line(
        set(column[place[number[place]]].tolist()), set(first), full, {c for c, text in first.items() if ITEM.match(text)},
        {int(column[word]): float(words.x1[word] - words.x0[word]) for word in labels.tolist()}, float(words.base[place[0]]),
    )  # fmt: skip


def _left_hanging(before: _Line, line: _Line) -> float:
    """What it costs to open a row with labels that are the rest of full ones on the line before."""
    if line.numbers or line.items or line is before or not line.labels <= before.full:
        return 0.0
    return HANGING * all(line.widths[c] < before.widths[c] for c in line.labels)


def _cost(run: list[_Line], near: float, bare: float) -> float:
    """How unlikely it is that these lines are one row."""
    numbers: set[int] = set()
    labels: dict[int, int] = {}
    cost, anchors = 0.0, []
    for place, line in enumerate(run):
        if numbers & line.numbers:
            return NEVER
        if line.numbers:
            anchors.append(place)
            cost += TWO_ROWS * bool(line.labels and any(run[k].numbers and run[k].labels & line.labels for k in range(place)))
        numbers |= line.numbers
        cost += NEW_ITEM * len(line.items & labels.keys())
        cost += BROKEN_OFF * sum(c not in run[labels[c]].full for c in line.labels & labels.keys())
        cost += FAR * (place > 0 and line.base - run[place - 1].base > 1.2 * near)
        labels |= dict.fromkeys(line.labels, place)
    if not numbers:
        return cost + bare
    if not labels:
        return cost + BARE_FIGURES
    return cost + UNEVEN * abs(anchors[0] - (len(run) - 1 - anchors[-1]))
