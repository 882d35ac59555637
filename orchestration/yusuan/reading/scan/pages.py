"""Pages of pixels into the cells and lines frames: each page is cleaned, turned upright, ruled, read and judged.

The steps themselves are in the modules beside this one; which pages are read is decided before.
"""

from collections.abc import Iterable
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import polars as pl

from yusuan.reading.frames import CELLS_SCHEMA, LINES_SCHEMA, conform
from yusuan.reading.scan.doubt import judged
from yusuan.reading.scan.images import Page
from yusuan.reading.scan.preprocess import Clean, cleaned
from yusuan.reading.scan.recognise import Piece, Reading, detect, is_upside_down, read_page, repaired, text_rows
from yusuan.reading.scan.rulings import Grid, find_grids

STANDING = 1.5  # a box of text this much higher than wide stands on its side
WORD_GAP = 1.0  # of its height, between pieces of one line, reads as a space

Box = tuple[float, float, float, float]


class _Line(NamedTuple):
    """A line outside of grids, or (with a grid) a row of one, counted from 1; `top` is where it, or its grid, begins."""

    top: float
    page: int
    grid: int | None
    row: int | None
    text: str
    box: Box


class _Sheet:
    """One page turned upright, with the way back from its pixels to points of the page."""

    def __init__(self, page: Page) -> None:
        pixels = page.pixels
        clean = cleaned(pixels)
        boxes = detect(clean.grey)
        quarter = 0
        if len(boxes) and np.median((boxes[:, 3] - boxes[:, 1]) / np.maximum(boxes[:, 2] - boxes[:, 0], 1)) > STANDING:
            quarter, pixels, clean, boxes = _turned(pixels, 1)
        if is_upside_down(clean.grey, boxes):
            quarter = (quarter + 2) % 4
            pixels, clean, boxes = _turned(pixels, 2)[1:]
        self.number = page.number
        self.clean, self.boxes = clean, boxes
        width, height = (page.height, page.width) if quarter % 2 else (page.width, page.height)
        scale = np.diag([width / pixels.shape[1], height / pixels.shape[0], 1.0])
        self._back = scale @ np.linalg.inv(clean.matrix)

    def points(self, box: tuple[int, int, int, int]) -> Box:
        x0, y0, x1, y1 = box
        corners = self._back @ np.array([[x0, x1, x1, x0], [y0, y0, y1, y1], [1, 1, 1, 1]], float)
        xs, ys = corners[0] / corners[2], corners[1] / corners[2]
        return float(xs.min()), float(ys.min()), float(xs.max()), float(ys.max())


def _turned(pixels: np.ndarray, quarters: int) -> tuple[int, np.ndarray, Clean, np.ndarray]:
    turned = np.ascontiguousarray(np.rot90(pixels, quarters))
    clean = cleaned(turned)
    return quarters, turned, clean, detect(clean.grey)


def read_pages(document_id: str, pages: Iterable[Page]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Cells and lines of the pages, in the shared frames."""
    cells: list[tuple[int, int, int, int, int, int, str, Box, float]] = []
    lines: list[_Line] = []
    grids = 0
    for page in pages:
        sheet = _Sheet(page)
        found, _ = find_grids(sheet.clean.grey)
        readings, outside = read_page(sheet.clean.grey, sheet.boxes, found)
        of_page = [_prose(row, sheet) for row in text_rows(outside)]
        for grid, cells_read in zip(found, readings, strict=True):
            texts = judged(cells_read, sheet.clean)
            if not any(text for text, _ in texts):
                continue
            grids += 1
            of_page += _rows(grid, grids, cells_read, texts, sheet)
            for reading, (text, confidence) in zip(cells_read, texts, strict=True):
                if text:
                    c = reading.cell
                    place = (sheet.number, grids, c.row + 1, c.column + 1, c.row_span, c.column_span)
                    cells.append((*place, text, sheet.points(c.box), confidence))
        lines += sorted(
            (line for line in of_page if line.text or line.grid), key=lambda line: (line.top, line.grid or 0, line.row or 0, line.box[0])
        )
    return _framed(document_id, cells, lines)


def _prose(row: list[Piece], sheet: _Sheet) -> _Line:
    text = row[0].text
    for before, piece in pairwise(row):
        gap = piece.box[0] - before.box[2]
        text += (" " if gap > WORD_GAP * (piece.box[3] - piece.box[1]) else "") + piece.text
    box = (
        min(piece.box[0] for piece in row),
        min(piece.box[1] for piece in row),
        max(piece.box[2] for piece in row),
        max(piece.box[3] for piece in row),
    )
    return _Line(box[1], sheet.number, None, None, repaired(text), sheet.points(box))


def _rows(grid: Grid, number: int, readings: list[Reading], found: list[tuple[str, float]], sheet: _Sheet) -> list[_Line]:
    """The rows of a grid as lines, each with a field for every column."""
    fields = [[""] * grid.columns for _ in range(grid.rows)]
    tops = [grid.box[3]] * grid.rows
    bottoms = [grid.box[1]] * grid.rows
    for reading, (text, _) in zip(readings, found, strict=True):
        cell = reading.cell
        fields[cell.row][cell.column] = text
        tops[cell.row] = min(tops[cell.row], cell.box[1])
        last = cell.row + cell.row_span - 1
        bottoms[last] = max(bottoms[last], cell.box[3])
    return [
        _Line(grid.box[1], sheet.number, number, row + 1, "\t".join(texts), sheet.points((grid.box[0], top, grid.box[2], bottom)))
        for row, (texts, top, bottom) in enumerate(zip(fields, tops, bottoms, strict=True))
    ]


def _framed(document_id: str, cells: list, lines: list[_Line]) -> tuple[pl.DataFrame, pl.DataFrame]:
    owner = pl.lit(document_id).alias("document_id")
    line_rows = [(number, line.page, line.grid, line.row, line.text, *line.box) for number, line in enumerate(lines, start=1)]
    names = ["line", "page", "grid", "row", "text", "x0", "y0", "x1", "y1"]
    line_frame = pl.DataFrame(line_rows, schema={name: {**CELLS_SCHEMA, **LINES_SCHEMA}[name] for name in names}, orient="row")
    names = ["page", "grid", "row", "column", "row_span", "column_span", "text", "x0", "y0", "x1", "y1", "confidence"]
    cell_rows = [(*cell[:7], *cell[7], cell[8]) for cell in cells]
    cell_frame = pl.DataFrame(cell_rows, schema={name: CELLS_SCHEMA[name] for name in names}, orient="row")
    cell_frame = cell_frame.join(line_frame.select("grid", "row", "line"), on=["grid", "row"], how="left", maintain_order="left")
    cell_frame = cell_frame.sort("line", "column")
    return conform(cell_frame.with_columns(owner), CELLS_SCHEMA), conform(line_frame.with_columns(owner), LINES_SCHEMA)
