"""How sure a cell is: independent evidence beside the model's own score, of which the least decides.

The model is as sure of `05` as of the `107.05` that was printed. So every number is read a second time, in another crop of the cell,
and compared with the ink around it, with the width that so many digits take, and with the decimals of its column. Sums are not asked
here: they belong to the checks on amounts.
"""

import re
from collections import Counter
from collections.abc import Sequence

import cv2
import numpy as np

from yusuan.reading.scan.preprocess import Clean, ink, unit
from yusuan.reading.scan.recognise import AMOUNT, SHORTER_LINE, Piece, Reading, is_numeric, joined, recognise, repaired

Box = tuple[int, int, int, int]

# What each doubt leaves of a cell's confidence; all are below UNSURE.
DISAGREE = 0.5  # two readings differ
BROKEN = 0.4  # digits that are no amount and no code
OTHER_DECIMALS = 0.6  # than nearly all of the column
INK_LEFT = 0.5  # beside what was read
OTHER_WIDTH = 0.6  # than so many digits take
UNDER_STAMP = 0.6  # the stamp was taken off, or could not be
UNFIRM = 0.7  # the rulings of the cell are in doubt
ILLEGIBLE = 0.0
# Stands for print that could not be read, as editors of old texts have it.
LACUNA = "□"

SECOND_LOOK = 0.9  # texts below this score are read again as well
LEGIBLE = 0.6  # of what only a second reading saw
LEAST_CHARACTERS = 3
MARGIN = 3
LEAST_INK = 45  # square pixels at 200 dpi that must be text when nothing was read
LINE_GAP = 2
LEAST_LINE = 7
STRAY_INK = 30
DOT = 14
STAMP_REACH = 60
STAMP_INK = 12
NEXT_CHARACTER = 14
SIGN_INK = 3
ALIGNED = 2
COVERED = 0.32
COVERED_INK = 120
SAME_DECIMALS = 0.75
LEAST_COLUMN = 3
LEAST_WIDTHS = 8
WIDTH_STEP = 0.3  # of a digit
# Of a digit, a point or comma, a hyphen, a per cent sign, of what a slim 1 at either end takes less, and what a number lacks at its sides.
USUAL_WIDTHS = np.array([1.0, 0.5, 0.6, 1.6, -0.15, -0.15])


def judged(readings: Sequence[Reading], clean: Clean) -> list[tuple[str, float]]:
    """Text and confidence of every cell of one grid, in their order."""
    page = _Page(clean)
    texts = [reading.text for reading in readings]
    scores = [reading.score for reading in readings]
    boxes = [reading.cell.box for reading in readings]
    lines = [page.lines(box) for box in boxes]
    doubtful = [
        place
        for place, (text, score) in enumerate(zip(texts, scores, strict=True))
        if is_numeric(text) or _AMOUNT_INSIDE.search(text) or (score < SECOND_LOOK if text else page.has_print(boxes[place], lines[place]))
    ]
    seconds = page.read_again([(boxes[place], lines[place]) for place in doubtful], 0)
    split = [n for n, place in enumerate(doubtful) if not _same(seconds[n][0], texts[place])]
    thirds = dict(zip(split, page.read_again([(boxes[doubtful[n]], lines[doubtful[n]]) for n in split], 1), strict=True))
    for n, place in enumerate(doubtful):
        if n in thirds:
            texts[place], scores[place] = _chosen((texts[place], scores[place]), seconds[n], thirds[n], page.is_stamped(boxes[place]))
        elif is_numeric(texts[place]):
            scores[place] = min(scores[place], seconds[n][1])
        is_leaving = page.is_stamped(boxes[place]) and _is_leaving(texts[place], scores[place], clean.stuck)
        if is_leaving or not _SAYS_SOMETHING.search(texts[place]):
            texts[place] = ""
    for place in _hidden(readings, texts, lines, page):
        texts[place], scores[place] = LACUNA, ILLEGIBLE
    numeric = [is_numeric(text) for text in texts]
    for place, (reading, text) in enumerate(zip(readings, texts, strict=True)):
        if not text:
            continue
        caps = [scores[place]]
        if _COMMA_FOR_POINT.fullmatch(text):
            texts[place] = text = text[:-3] + "." + text[-2:]
            caps.append(DISAGREE)
        if not reading.cell.firm:
            caps.append(UNFIRM)
        if numeric[place]:
            if not AMOUNT.fullmatch(text):
                caps.append(BROKEN)
            # Print that does not stand on one line by itself cannot be measured, so it is not sure either.
            if (
                len(lines[place]) != 1
                or page.stray_ink(reading)
                or (not text.startswith("-") and page.has_sign(boxes[place], lines[place]))
            ):
                caps.append(INK_LEFT)
            if page.meets_stamp(lines[place]):
                caps.append(UNDER_STAMP)
        scores[place] = min(caps)
    for place in _mixed(readings, texts):
        scores[place] = min(scores[place], BROKEN)
    for place in _other_decimals(readings, texts):
        scores[place] = min(scores[place], OTHER_DECIMALS)
    for place in _other_widths(texts, lines):
        scores[place] = min(scores[place], OTHER_WIDTH)
    return list(zip(texts, scores, strict=True))


def _same(one: str, other: str) -> bool:
    return "".join(one.split()) == "".join(other.split())


def _hidden(readings: Sequence[Reading], texts: Sequence[str], lines: Sequence[Sequence[Box]], page: "_Page") -> list[int]:
    """Cells in which nothing was read, but where a stamp has covered a number: something stands as high as the numbers of the row, or the
    stamp lies where the numbers of the column stand, with print beside it."""
    rows: dict[int, tuple[int, int]] = {}
    columns: dict[int, list[tuple[int, int]]] = {}
    for reading, text, found in zip(readings, texts, lines, strict=True):
        if AMOUNT.fullmatch(text) and "." in text and len(found) == 1 and not page.meets_stamp(found):
            x0, y0, x1, y1 = found[0]
            rows.setdefault(reading.cell.row, (y0, y1))
            columns.setdefault(reading.cell.column, []).append((x0, x1))
    hidden = []
    for place, (reading, text) in enumerate(zip(readings, texts, strict=True)):
        cell = reading.cell
        if text or cell.row not in rows:
            continue
        x0, x1 = np.median(columns.get(cell.column, [(0, 0)]), axis=0).astype(int).tolist()
        top, bottom = rows[cell.row]
        if page.has_digit(cell.box, top, bottom) or page.has_covered((x0, top, x1, bottom)):
            hidden.append(place)
    return hidden


def _is_leaving(text: str, score: float, is_stuck: bool) -> bool:
    """Is this short text near a stamp a piece of it?"""
    return (len(text) < LEAST_CHARACTERS and score < LEGIBLE) or (len(text) == 1 and is_stuck and not text.isdigit())


def _chosen(first: tuple[str, float], second: tuple[str, float], third: tuple[str, float], is_stamped: bool) -> tuple[str, float]:
    """Of three readings that are not all alike, the first, which saw the whole page, unless it breaks the grammar or saw nothing; a number
    is never sure then."""
    again = [reading for reading in (second, third) if reading[0]]
    best = max((score for _, score in again), default=0.0)
    if is_stamped and max(best, first[1] if first[0] else 0.0) < LEGIBLE:
        return "", 1.0
    if first[0] and (AMOUNT.fullmatch(first[0]) or not is_numeric(first[0])):
        if is_numeric(first[0]) or any(is_numeric(text) for text, _ in again):
            return first[0], min(first[1], DISAGREE)
        return max((reading for reading in (first, *again) if len(reading[0]) >= len(first[0]) - 1), key=lambda reading: reading[1])
    if first[0]:
        mended = [reading for reading in again if AMOUNT.fullmatch(reading[0])]
        text, score = max(mended or [first], key=lambda reading: reading[1])
        return text, min(score, DISAGREE)
    # Nothing at first: faint print, or what a stamp has left, of which one or two strokes look like a character to the model.
    if best < LEGIBLE or len(again) < 2:
        return ("", 1.0) if is_stamped else (LACUNA, ILLEGIBLE)
    if is_stamped and min(len(text) for text, _ in again) < LEAST_CHARACTERS:
        return "", 1.0
    text, score = max(again, key=lambda reading: reading[1])
    return text, min(score, DISAGREE)


# Thousands come in threes, so a comma before two last digits was a point.
_COMMA_FOR_POINT = re.compile(r"-?\d{1,3}(?:,\d{3})*,\d\d")
_SAYS_SOMETHING = re.compile(r"[\w%√×○●☑□—–-]")
_AMOUNT_INSIDE = re.compile(r"\d[.,]\d")


class _Page:
    """Ink and second readings of one page."""

    def __init__(self, clean: Clean) -> None:
        self._clean = clean
        self._u = unit(clean.grey)
        self._stamp = cv2.dilate(clean.stamp, np.ones((5, 5), np.uint8)) > 0
        near = int(STAMP_REACH * self._u)
        self._near_stamp = cv2.dilate(clean.stamp, np.ones((near, near), np.uint8)) > 0
        dark = ink(clean.grey, 15) > 0
        self._met = dark & self._stamp & clean.stuck
        self._dark = dark
        self._print = dark & ~self._stamp | self._met

    def _inner(self, box: Box) -> tuple[slice, slice]:
        margin = int(MARGIN * self._u)
        x0, y0, x1, y1 = box
        return slice(y0 + margin, max(y1 - margin, y0 + margin)), slice(x0 + margin, max(x1 - margin, x0 + margin))

    def lines(self, box: Box) -> list[Box]:
        """Boxes of the lines of print in a cell, from the rows of pixels that have ink."""
        place = self._inner(box)
        dark = self._dark[place]
        if not dark.any():
            return []
        u = self._u
        rows = np.flatnonzero(dark.sum(axis=1) > 1)
        if not len(rows):
            return []
        found: list[list[int]] = []
        for part in np.split(rows, np.flatnonzero(np.diff(rows) > LINE_GAP * u) + 1):
            first, last = int(part[0]), int(part[-1])
            # A stroke of its own, as of 三 or a hyphen, belongs to the line that it is nearest to.
            if found and min(last - first, found[-1][1] - found[-1][0]) < 9 * u and first - found[-1][1] < LEAST_LINE * u:
                found[-1][1] = last
            else:
                found.append([first, last])
        boxes = []
        for first, last in found:
            columns = np.flatnonzero(_without_dots(dark[first : last + 1], u).any(axis=0))
            if last - first >= LEAST_LINE * u and len(columns) and columns[-1] - columns[0] >= 3 * u:
                top, left = place[0].start, place[1].start
                boxes.append((left + int(columns[0]), top + first, left + int(columns[-1]) + 1, top + last + 1))
        return boxes

    def is_stamped(self, box: Box) -> bool:
        return bool(self._near_stamp[self._inner(box)].any())

    def has_digit(self, box: Box, top: int, bottom: int) -> bool:
        """Is there a piece of print from this height to that?"""
        place = self._inner(box)
        free = self._dark[place] & ~self._stamp[place]
        _, _, stats, _ = cv2.connectedComponentsWithStats(free.astype(np.uint8), connectivity=8)
        near = ALIGNED * self._u
        first = stats[1:, cv2.CC_STAT_TOP] + place[0].start
        last = first + stats[1:, cv2.CC_STAT_HEIGHT]
        # A leaf of the ring's inscription may be as high; a digit is neither as slim as what is left of a ruling nor wider than high.
        width = stats[1:, cv2.CC_STAT_WIDTH]
        slim = (width < bottom - top) & (width > 0.2 * (bottom - top))
        return bool((slim & (np.abs(first - top) <= near) & (np.abs(last - bottom) <= near)).any())

    def has_covered(self, zone: Box) -> bool:
        """Does a stamp that could not be taken off cover much of this zone, with print in the rest of it?"""
        x0, y0, x1, y1 = zone
        stamp = self._stamp[y0:y1, x0:x1]
        if not self._clean.stuck or not stamp.size or stamp.mean() < COVERED:
            return False
        return bool((self._dark[y0:y1, x0:x1] & ~stamp).sum() > COVERED_INK * self._u**2)

    def has_print(self, box: Box, lines: Sequence[Box]) -> bool:
        return bool(lines) and self._print[self._inner(box)].sum() > LEAST_INK * self._u**2

    def read_again(self, cells: Sequence[tuple[Box, Sequence[Box]]], variant: int) -> list[tuple[str, float]]:
        """Readings of cells cropped line by line along their ink and enlarged, apart from what the detector saw."""
        crops: list[np.ndarray] = []
        owners: list[tuple[int, Box]] = []
        for number, (box, lines) in enumerate(cells):
            for line in lines:
                crops.append(self._crop(box, line, variant))
                owners.append((number, line))
        found: list[list[Piece]] = [[] for _ in cells]
        for (number, line), (text, score) in zip(owners, recognise(crops, SHORTER_LINE), strict=True):
            if text.strip():
                found[number].append(Piece(line, text.strip(), score))
        return [(repaired(joined(pieces)), min((piece.score for piece in pieces), default=0.0)) for pieces in found]

    def _crop(self, box: Box, line: Box, variant: int) -> np.ndarray:
        x0, y0, x1, y1 = line
        place = self._inner(box)
        # The page as scanned, unless there is a stamp in the cell: what cleaning may have spoilt is not spoilt twice.
        image = self._clean.grey if variant or self._stamp[place].any() else self._clean.untouched
        high = int((3 if variant else 5) * self._u)
        wide = 2 * high
        rows = slice(max(y0 - high, place[0].start), min(y1 + high, place[0].stop))
        columns = slice(max(x0 - wide, place[1].start), min(x1 + wide, place[1].stop))
        crop = image[rows, columns]
        paper = int(np.percentile(crop, 85))
        crop = cv2.copyMakeBorder(crop, 4, 4, 8, 8, cv2.BORDER_CONSTANT, value=paper)
        if variant:
            crop = cv2.GaussianBlur(crop, (0, 0), 0.8 * self._u)
        return cv2.resize(crop, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)

    def stray_ink(self, reading: Reading) -> bool:
        """Is there print in the cell beside the pieces that were read?"""
        place = self._inner(reading.cell.box)
        dark = self._print[place].copy()
        margin = int(3 * self._u)
        for x0, y0, x1, y1 in (piece.box for piece in reading.pieces):
            rows = slice(max(0, y0 - place[0].start - margin), y1 - place[0].start + margin)
            columns = slice(max(0, x0 - place[1].start - margin), x1 - place[1].start + margin)
            dark[rows, columns] = False
        return bool(dark.sum() > STRAY_INK * self._u**2)

    def has_sign(self, box: Box, lines: Sequence[Box]) -> bool:
        """Is there ink just before the print that may be a hyphen, which models overlook?"""
        if len(lines) != 1:
            return False
        x0, y0, _, y1 = lines[0]
        left = max(self._inner(box)[1].start, x0 - int(NEXT_CHARACTER * self._u))
        third = (y1 - y0) // 4
        return bool(self._dark[y0 + third : y1 - third, left:x0].sum() >= SIGN_INK * self._u**2)

    def meets_stamp(self, lines: Sequence[Box]) -> bool:
        """Is there ink of a stamp on the print, or close enough to hide a sign? Taken off or not, it may have changed what is read."""
        reach = int(NEXT_CHARACTER * self._u)
        touched = sum(int(self._stamp[y0:y1, max(0, x0 - reach) : x1 + reach // 2].sum()) for x0, y0, x1, y1 in lines)
        return touched > STAMP_INK * self._u**2


def _without_dots(dark: np.ndarray, u: float) -> np.ndarray:
    """Ink without what is too small to end a line of print: specks, and points, which stand inside a number."""
    _, label, stats, _ = cv2.connectedComponentsWithStats(dark.astype(np.uint8), connectivity=8)
    large = stats[:, cv2.CC_STAT_AREA] >= DOT * u * u
    large[0] = False
    return large[label]


def _mixed(readings: Sequence[Reading], texts: Sequence[str]) -> list[int]:
    """Texts with digits, but no numbers, in columns of amounts: under the last line of the header they are amounts misread."""
    first: dict[int, int] = {}
    for reading, text in zip(readings, texts, strict=True):
        if AMOUNT.fullmatch(text) and "." in text:
            first[reading.cell.column] = min(reading.cell.row, first.get(reading.cell.column, reading.cell.row))
    return [
        place
        for place, (reading, text) in enumerate(zip(readings, texts, strict=True))
        if reading.cell.row > first.get(reading.cell.column, reading.cell.row) and re.search(r"\d", text) and not AMOUNT.fullmatch(text)
    ]


def _other_decimals(readings: Sequence[Reading], texts: Sequence[str]) -> list[int]:
    """Numbers whose decimals are not those of nearly all numbers in their column."""
    columns: dict[int, list[tuple[int, int]]] = {}
    for place, (reading, text) in enumerate(zip(readings, texts, strict=True)):
        if AMOUNT.fullmatch(text):
            columns.setdefault(reading.cell.column, []).append((place, len(text.rstrip("%").partition(".")[2])))
    odd = []
    for numbers in columns.values():
        decimals, count = Counter(decimals for _, decimals in numbers).most_common(1)[0]
        if len(numbers) >= LEAST_COLUMN and count >= SAME_DECIMALS * len(numbers):
            odd += [place for place, own in numbers if own != decimals]
    return odd


def _other_widths(texts: Sequence[str], lines: Sequence[Sequence[Box]]) -> list[int]:
    """Numbers whose ink is wider or narrower than their characters take in this grid."""
    places = [place for place, text in enumerate(texts) if AMOUNT.fullmatch(text) and len(lines[place]) == 1]
    if len(places) < LEAST_WIDTHS:
        return []
    count = np.array(
        [
            [
                sum(map(str.isdigit, texts[p])),
                texts[p].count(".") + texts[p].count(","),
                texts[p].count("-"),
                texts[p].count("%"),
                (texts[p][0] == "1") + (texts[p][-1] == "1"),
                1,
            ]
            for p in places
        ],
        float,
    )
    width = np.array([lines[p][0][2] - lines[p][0][0] for p in places], float)
    digit = float(np.median(width / (count @ USUAL_WIDTHS)))
    # Few numbers do not tell how wide a point is, so the usual widths count as three more numbers each.
    usual = np.diag(np.full(len(USUAL_WIDTHS), 3.0))[1:]
    weight = np.ones(len(places))
    error = np.zeros(len(places))
    for _ in range(10):
        system = np.vstack((count * weight[:, None], usual))
        goal = np.concatenate((width * weight, usual @ (digit * USUAL_WIDTHS)))
        fit = np.linalg.lstsq(system, goal, rcond=None)[0]
        error = np.abs(count @ fit - width)
        weight = 1 / np.sqrt(1 + (error / (0.15 * digit)) ** 2)
    return [place for place, far in zip(places, error, strict=True) if far > WIDTH_STEP * digit]
