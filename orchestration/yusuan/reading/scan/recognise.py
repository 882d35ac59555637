"""Text recognition: the models, a first reading of the whole page, and its pieces put into the cells of the grids.

Whether a reading can be trusted is asked in doubt.py. The models are inside the rapidocr package; nothing is fetched.
"""

import os
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

import cv2
import numpy as np
from rapidocr import RapidOCR
from rapidocr.ch_ppocr_cls.utils import TextClsOutput
from rapidocr.ch_ppocr_rec import TextRecInput

from yusuan.reading.scan.preprocess import unit
from yusuan.reading.scan.rulings import Cell, Grid

THREADS = 2
# The detector shrinks the page to this long side: 1280 takes half the memory and time of the page as it is and loses nothing,
# but for small type, which needs more.
DETECTION, DETECTION_OF_SMALL_TYPE = 1280, 2000
SMALL_TYPE = 17  # height of the median piece of text, in pixels of the shrunk page
MOST_PIECES = 5000  # a dense page has some two thousand
LEAST_SCORE = 0.3
PART = 8  # a piece belongs to each cell in which it has this width
INSET = 2
# Crops are 48 pixels high and filled up to this width. The package fills up to 320, which takes twice the time for a number.
SHORT_LINE, SHORTER_LINE = 160, 100
UPSIDE_DOWN_SAMPLE = 12


class Piece(NamedTuple):
    """A piece of text on one line: its box in pixels (x0, y0, x1, y1), what it says and how sure the model is."""

    box: tuple[int, int, int, int]
    text: str
    score: float


@dataclass(slots=True)
class Reading:
    """What was read in one cell: the pieces in their order."""

    cell: Cell
    pieces: list[Piece]

    @property
    def text(self) -> str:
        return repaired(joined(self.pieces))

    @property
    def score(self) -> float:
        return min((piece.score for piece in self.pieces), default=1.0)


@cache
def _models() -> RapidOCR:
    """One set of models for the life of the process."""
    models = RapidOCR(
        params={
            "Global.log_level": "error",
            "Global.use_cls": False,
            "Global.text_score": LEAST_SCORE,
            "Det.limit_type": "max",
            "Det.limit_side_len": DETECTION,
            "Det.max_candidates": MOST_PIECES,
            "EngineConfig.onnxruntime.intra_op_num_threads": min(THREADS, os.cpu_count() or 1),
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        }
    )
    cv2.setNumThreads(min(THREADS, os.cpu_count() or 1))
    # The parts are loaded at their first use, so each is used once on an empty picture.
    blank = np.full((64, 320, 3), 255, np.uint8)
    models(blank, use_det=True, use_cls=False, use_rec=False)
    models(blank, use_det=False, use_cls=True, use_rec=True)
    return models


def detect(grey: np.ndarray) -> np.ndarray:
    """Boxes of pieces of text (x0, y0, x1, y1), one a row."""
    colour = cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR)
    boxes = _detected(colour, DETECTION)
    shrink = min(1.0, DETECTION / max(grey.shape))
    if len(boxes) and np.median(boxes[:, 3] - boxes[:, 1]) * shrink < SMALL_TYPE:
        boxes = _detected(colour, DETECTION_OF_SMALL_TYPE)
    return boxes


def _detected(colour: np.ndarray, side: int) -> np.ndarray:
    detector: Any = _models().text_det
    detector.limit_side_len = side
    found = detector(colour).boxes
    if found is None or not len(found):
        return np.empty((0, 4), int)
    return np.column_stack((found.min(axis=1), found.max(axis=1))).round().astype(int)


def recognise(crops: Sequence[np.ndarray], width: int = SHORT_LINE) -> list[tuple[str, float]]:
    """Text and score of each crop (grey, one line of text); `width` is the least that a crop is filled up to."""
    if not crops:
        return []
    recogniser: Any = _models().text_rec
    recogniser.rec_image_shape = (3, 48, width)
    found = recogniser(TextRecInput(img=[cv2.cvtColor(crop, cv2.COLOR_GRAY2BGR) for crop in crops]))
    return [(text, float(score)) for text, score in zip(found.txts, found.scores, strict=True)]


def is_upside_down(grey: np.ndarray, boxes: np.ndarray) -> bool:
    """Do most of the long lines stand on their head?"""
    long = boxes[np.argsort(boxes[:, 0] - boxes[:, 2])][:UPSIDE_DOWN_SAMPLE]
    if not len(long):
        return False
    classifier: Any = _models().text_cls
    found: TextClsOutput = classifier([cv2.cvtColor(grey[y0:y1, x0:x1], cv2.COLOR_GRAY2BGR) for x0, y0, x1, y1 in _inside(long, grey)])
    votes = [label == "180" for label, score in found.cls_res or [] if score > 0.8]
    return sum(votes) > max(len(votes) / 2, 2)


def _inside(boxes: np.ndarray, grey: np.ndarray) -> np.ndarray:
    """Boxes cut to the page, without empty ones."""
    height, width = grey.shape
    cut = np.clip(boxes, 0, (width, height, width, height))
    return cut[(cut[:, 2] - cut[:, 0] > 3) & (cut[:, 3] - cut[:, 1] > 3)]


def read_page(grey: np.ndarray, boxes: np.ndarray, grids: Sequence[Grid]) -> tuple[list[list[Reading]], list[Piece]]:
    """The first reading: for each grid its cells, and the pieces outside of all grids. A piece that runs over a ruling is cut there."""
    u = unit(grey)
    owned: list[tuple[int, int] | None] = []
    cut: list[tuple[int, int, int, int]] = []
    for box in _inside(boxes, grey):
        parts = _parts(box, grids, u)
        owned += [owner for owner, _ in parts]
        cut += [part for _, part in parts]
    crops = [grey[y0:y1, x0:x1] for x0, y0, x1, y1 in cut]
    readings = [[Reading(cell, []) for cell in grid.cells] for grid in grids]
    outside: list[Piece] = []
    for owner, part, (text, score) in zip(owned, cut, recognise(crops), strict=True):
        if text.strip() and score >= LEAST_SCORE:
            piece = Piece(part, text.strip(), score)
            (outside if owner is None else readings[owner[0]][owner[1]].pieces).append(piece)
    return readings, outside


def _parts(box: np.ndarray, grids: Sequence[Grid], u: float) -> list[tuple[tuple[int, int] | None, tuple[int, int, int, int]]]:
    """The cells that a box of text lies in, with what of it lies there; the box itself when it lies in no grid."""
    x0, y0, x1, y1 = (int(v) for v in box)
    for number, grid in enumerate(grids):
        left, top, right, bottom = grid.box
        if left <= (x0 + x1) / 2 <= right and top <= (y0 + y1) / 2 <= bottom:
            parts = []
            for place, cell in enumerate(grid.cells):
                a, b, c, d = cell.box
                inset = int(INSET * u)
                part = (max(x0, a + inset), max(y0, b + inset), min(x1, c - inset), min(y1, d - inset))
                wide, high = part[2] - part[0], part[3] - part[1]
                # Half of the box's height, or of a low cell's, decides between rows; a margin only touches.
                if wide > min(PART * u, 0.6 * (x1 - x0)) and high > 0.5 * min(y1 - y0, d - b - 2 * inset):
                    parts.append(((number, place), part))
            return parts  # type: ignore[return-value]
    return [(None, (x0, y0, x1, y1))]


def text_rows(pieces: Sequence[Piece]) -> list[list[Piece]]:
    """Pieces in rows from top to bottom, each from left to right."""
    rows: list[list[Piece]] = []
    for piece in sorted(pieces, key=lambda piece: piece.box[1] + piece.box[3]):
        middle, height = (piece.box[1] + piece.box[3]) / 2, piece.box[3] - piece.box[1]
        last = rows[-1][-1].box if rows else None
        if last and abs((last[1] + last[3]) / 2 - middle) < 0.5 * min(height, last[3] - last[1]):
            rows[-1].append(piece)
        else:
            rows.append([piece])
    return [sorted(row, key=lambda piece: piece.box[0]) for row in rows]


def joined(pieces: Sequence[Piece]) -> str:
    """The text of a cell: lines follow each other without a space, but between latin words."""
    text = ""
    for row in text_rows(pieces):
        line = "".join(piece.text for piece in row)
        is_latin = bool(re.search(r"[A-Za-z,;]$", text)) and bool(re.match(r"[A-Za-z]", line))
        text += (" " if is_latin else "") + line
    return text


_NUMERIC = re.compile(r"[\d.,;:·'`•\-—–_~−|]+")
AMOUNT = re.compile(r"-?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d+)?%?")
_HAN = "\u4e00-\u9fff"


def repaired(text: str) -> str:
    """The text with what recognition habitually puts wrong set right: specks read as points at the ends, other marks for the comma."""
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", text))
    if _NUMERIC.fullmatch(plain) and any(character.isdigit() for character in plain):
        plain = plain.translate(str.maketrans(";:·•—–−", ",...---"))
        plain = re.sub(r"^[.,_'`~|]+|[.,_'`~|\-]+$", "", plain)
        return re.sub(r"^-[.,]+", "-", plain)
    return re.sub(rf"(?<=[{_HAN}）)])[.·,_]+$|^[.·,_]+(?=[{_HAN}])", "", text.strip())


def is_numeric(text: str) -> bool:
    """Is this meant to be a number or code? More digits than anything else, and nothing Chinese."""
    digits = sum(character.isdigit() for character in text)
    return digits > 0 and digits >= len(text) / 2 and not re.search(rf"[{_HAN}]", text)
