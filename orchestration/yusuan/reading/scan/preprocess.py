"""A page made ready for reading: red stamps and specks taken away, tilt and perspective undone.

Every step takes and returns grey pixels (uint8, paper light). What the rulings enclose is found in rulings.py.
"""

from dataclasses import dataclass

import cv2
import numpy as np

RED = 35  # how much red must exceed green and blue in stamp ink
PAPER_STEP = 12
LEAST_INK_STEP = 60
LEAST_RED = 1e-4  # of the page
LEAST_GREY_STEP = 50  # by which a stamp in a grey copy must be lighter than print
THICKEST = 6  # a ruling; rings and stars of stamps are thicker
FRAME = 140
STAMP_SIDE = 180
TYPE_BESIDE = 25
SPECK_INK = 34  # pixels at 200 dpi; a decimal point beside its digits is not alone, so it stays
STAND_ALONE = 9
STEEPEST = 10.0  # degrees that a page may lie askew; a sideways page is turned elsewhere
LEAST_TILT = 0.03
BAND = 31  # pixels of the neighbourhood against which ink is dark


@dataclass(frozen=True, slots=True)
class Clean:
    """`grey` is straight and clean; `untouched` is straight only, for the second reading; `stamp` tells where the ink of a stamp is,
    and `stuck` whether it is still there; `matrix` leads from the page's pixels to these."""

    grey: np.ndarray
    untouched: np.ndarray
    stamp: np.ndarray
    stuck: bool
    matrix: np.ndarray


def unit(grey: np.ndarray) -> float:
    """Pixels per pixel of A4 at 200 dpi, the scale in which lengths are written here."""
    return max(grey.shape) / 2339


def ink(grey: np.ndarray, step: int = 12) -> np.ndarray:
    """255 where a pixel is darker than its neighbourhood by `step`."""
    size = int(BAND * unit(grey)) | 1
    return cv2.adaptiveThreshold(255 - grey, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY, size, -step)


def cleaned(pixels: np.ndarray) -> Clean:
    grey, stamp, stuck = without_stamp(pixels)
    untouched = cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY)
    matrix = straightening(grey)
    size = (grey.shape[1], grey.shape[0])
    paper = int(np.percentile(grey, 80))
    grey, untouched = (cv2.warpPerspective(image, matrix, size, flags=cv2.INTER_CUBIC, borderValue=paper) for image in (grey, untouched))
    stamp = cv2.warpPerspective(stamp, matrix, size, flags=cv2.INTER_NEAREST)
    return Clean(without_specks(grey), untouched, stamp, stuck, matrix)


def without_stamp(pixels: np.ndarray) -> tuple[np.ndarray, np.ndarray, bool]:
    """Grey pixels in which the ink of a stamp is paper, where it was, and whether it had to stay.

    Dark print under a red stamp stays dark, for red light does not see the stamp.
    """
    blue, green, red = cv2.split(pixels)
    grey = cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY)
    redness = cv2.subtract(red, cv2.max(green, blue))
    inked = (redness > RED).astype(np.uint8)
    if inked.mean() < LEAST_RED:
        return _without_grey_stamp(grey)
    reds = red[inked > 0].astype(np.float32)
    paper = float(np.percentile(reds, 70))
    dark = min(float(np.percentile(reds, 1)), paper - LEAST_INK_STEP)
    around = cv2.dilate(inked, np.ones((3, 3), np.uint8)) > 0
    stretched = np.clip((red[around].astype(np.float32) - dark) / (paper - PAPER_STEP - dark), 0, 1) * 255
    grey[around] = stretched.astype(np.uint8)
    return grey, inked, False


def _without_grey_stamp(grey: np.ndarray) -> tuple[np.ndarray, np.ndarray, bool]:
    """The same for a grey copy, in which the stamp is lighter than print; in black and white nothing tells them apart."""
    u = unit(grey)
    dark = ink(grey)
    mask = large_parts(thick_strokes(dark, u), u)
    print_level = float(np.percentile(grey[(dark > 0) & (mask == 0)], 10)) if (dark > 0).any() else 0.0
    inked = (mask > 0) & (dark > 0)
    if not inked.any():
        return grey, (mask > 0).astype(np.uint8), False
    level = float(np.median(grey[inked]))
    if level - print_level < LEAST_GREY_STEP:
        return grey, (mask > 0).astype(np.uint8), True
    reach = int(TYPE_BESIDE * u)
    _, _, stats, _ = cv2.connectedComponentsWithStats(cv2.dilate(mask, np.ones((reach, reach), np.uint8)), connectivity=8)
    lighter = grey.copy()
    for left, top, width, height, _ in stats[1:].tolist():
        place = np.s_[top : top + height, left : left + width]
        part = grey[place]
        stretched = np.clip((part.astype(np.float32) - print_level) / (level - PAPER_STEP - print_level), 0, 1) * 255
        # The soft edge of print is as light as the stamp: beside a dark core it stays as it is.
        core = (part < (level + print_level) / 2).astype(np.uint8)
        is_print = (cv2.dilate(core, np.ones((5, 5), np.uint8)) > 0) & (mask[place] == 0)
        lighter[place] = np.where(is_print, part, stretched.astype(np.uint8))
    return lighter, (cv2.subtract(lighter, grey) > LEAST_GREY_STEP / 2).astype(np.uint8), False


def thick_strokes(dark: np.ndarray, u: float) -> np.ndarray:
    """255 where strokes are too thick for rulings and print, as those of a ring and a star are."""
    side = max(5, round(THICKEST * u))
    thick = cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((side, side), np.uint8))
    # The frame of a table may be as thick, but it is straight.
    for kernel in ((1, int(FRAME * u)), (int(FRAME * u), 1)):
        frame = cv2.morphologyEx(thick, cv2.MORPH_OPEN, np.ones(kernel, np.uint8))
        thick = cv2.bitwise_and(thick, cv2.bitwise_not(cv2.dilate(frame, np.ones((3, 3), np.uint8))))
    return cv2.dilate(thick, np.ones((7, 7), np.uint8))


def large_parts(mask: np.ndarray, u: float) -> np.ndarray:
    """The parts of a mask that lie together over the extent of a stamp; a bold heading does not."""
    reach = int(TYPE_BESIDE * u)
    count, label, stats, _ = cv2.connectedComponentsWithStats(cv2.dilate(mask, np.ones((reach, reach), np.uint8)), connectivity=8)
    large = np.zeros(count, bool)
    large[1:] = (stats[1:, cv2.CC_STAT_WIDTH] > STAMP_SIDE * u) & (stats[1:, cv2.CC_STAT_HEIGHT] > STAMP_SIDE * u)
    return cv2.bitwise_and(mask, (large[label] * 255).astype(np.uint8))


def without_specks(grey: np.ndarray) -> np.ndarray:
    """Ink that stands alone, too little to be a character, becomes paper."""
    u = unit(grey)
    dark = ink(grey, 15)
    reach = int(STAND_ALONE * u) | 1
    count, label, stats, _ = cv2.connectedComponentsWithStats(cv2.dilate(dark, np.ones((reach, reach), np.uint8)), connectivity=8)
    amount = np.bincount(label.ravel(), weights=dark.ravel() > 0, minlength=count)
    extent = np.maximum(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]) - reach
    alone = (amount < SPECK_INK * u * u) & (extent < STAND_ALONE * u)
    alone[0] = False
    clean = grey.copy()
    clean[alone[label] & (cv2.dilate(dark, np.ones((5, 5), np.uint8)) > 0)] = int(np.percentile(grey, 70))
    return clean


def straightening(grey: np.ndarray) -> np.ndarray:
    """The projective matrix that makes the page's long lines level and upright: first the tilt, then what perspective is left."""
    height, width = grey.shape
    angle = _tilt(grey)
    turn = np.vstack([cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1), (0, 0, 1)]) if abs(angle) > LEAST_TILT else np.eye(3)
    turned = cv2.warpPerspective(grey, turn, (width, height), flags=cv2.INTER_LINEAR, borderValue=int(np.percentile(grey, 80)))
    return _rectifying(turned) @ turn


def _tilt(grey: np.ndarray) -> float:
    """Degrees, as the length-weighted median of long lines that are nearly level."""
    # Rough is enough: what is left is measured on whole lines afterwards.
    shrink = 900 / max(grey.shape)
    small = cv2.resize(grey, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
    found = cv2.HoughLinesP(cv2.Canny(small, 60, 180), 1, np.pi / 900, 90, minLineLength=small.shape[1] // 6, maxLineGap=8)
    if found is None:
        return 0.0
    x0, y0, x1, y1 = found.reshape(-1, 4).astype(np.float64).T
    angle = np.degrees(np.arctan2(y1 - y0, x1 - x0))
    level = np.abs(angle) < STEEPEST
    if not level.any():
        return 0.0
    order = np.argsort(angle[level])
    length = np.cumsum(np.hypot(x1 - x0, y1 - y0)[level][order])
    return float(angle[level][order][np.searchsorted(length, length[-1] / 2)])


def _rectifying(grey: np.ndarray) -> np.ndarray:
    """Undoes perspective: the slope of level lines may change down the page, that of upright lines across it."""
    height, width = grey.shape
    dark = ink(grey)
    u = unit(grey)
    level = _drift(dark, u, width / 2)
    upright = _drift(np.ascontiguousarray(dark.T), u, height / 2)
    if level is None and upright is None:
        return np.eye(3)
    # Where only one kind of line is long enough, the page is taken to be turned, not seen aslant.
    level = level or (-upright[0], 0.0)  # type: ignore[index]
    upright = upright or (-level[0], 0.0)
    corners = []
    for top in (0.0, float(height)):
        for left in (0.0, float(width)):
            # Where the line at height `top` (in the middle of the page) meets the line at `left`.
            x, y = left, top
            for _ in range(8):
                y = top + (level[0] + level[1] * top) * (x - width / 2)
                x = left + (upright[0] + upright[1] * left) * (y - height / 2)
            corners.append((x, y))
    goal = [(0.0, 0.0), (float(width), 0.0), (0.0, float(height)), (float(width), float(height))]
    if max(abs(a - b) for have, want in zip(corners, goal, strict=True) for a, b in zip(have, want, strict=True)) < 2 * u:
        return np.eye(3)
    return cv2.getPerspectiveTransform(np.array(corners, np.float32), np.array(goal, np.float32)).astype(np.float64)


def _drift(dark: np.ndarray, u: float, middle: float) -> tuple[float, float] | None:
    """Slope of long lines as a straight function (at zero, change) of where they cross the middle; outliers are weighed down."""
    strokes = cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((1, int(30 * u)), np.uint8))
    strokes = cv2.morphologyEx(strokes, cv2.MORPH_CLOSE, np.ones((3, int(15 * u)), np.uint8))
    _, label, stats, _ = cv2.connectedComponentsWithStats(strokes, connectivity=8)
    long = np.flatnonzero((stats[:, cv2.CC_STAT_WIDTH] > 250 * u) & (stats[:, cv2.CC_STAT_HEIGHT] < 0.12 * stats[:, cv2.CC_STAT_WIDTH]))
    long = long[long > 0]
    if len(long) < 2:
        return None
    lines = []
    for k in long.tolist():
        left, top, width, height = stats[k, :4].tolist()
        ys, xs = np.nonzero(label[top : top + height, left : left + width] == k)
        slope, offset = np.polyfit(xs + left, ys + top, 1)
        lines.append((slope, offset + slope * middle, width))
    slope, cross, weight = np.array(lines).T
    span = cross.max() - cross.min()
    if span < 100 * u:
        return float(np.average(slope, weights=weight)), 0.0
    weight = weight.astype(np.float64)
    fit = np.array([0.0, 0.0])
    for _ in range(10):
        fit = np.polyfit(cross, slope, 1, w=np.sqrt(weight))
        error = np.abs(slope - np.polyval(fit, cross))
        weight = _weight(np.array([line[2] for line in lines]), error)
    return float(fit[1]), float(fit[0])


def _weight(length: np.ndarray, error: np.ndarray) -> np.ndarray:
    """Cauchy weights: a line two thousandths off the fit counts for a half."""
    return length / (1 + (error / 0.002) ** 2)
