"""A page of a kept PDF as a picture, with the number marked and personal data covered.

The covering is part of the picture's pixels: what is masked in the text cannot be read here either. Annotations and filled form
fields are not drawn, because the reader does not see them and so has not masked them.
"""

import io
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pypdfium2 as pdfium
from PIL import Image, ImageDraw

from yusuan.settings import YusuanError

# PDFium is not made for several threads, and every session of the page has one.
_PDFIUM = threading.Lock()
# Of the page's long side: enough to read the small print of a landscape table, and no page can ask for more memory than that.
LONG_SIDE = 2000
MARK = (216, 27, 27)
PAPER = (255, 236, 130)
COVER = (60, 60, 60)
# Points around a box of text, so that no ink of it looks out.
MARGIN = 1.5
STRIP = 110.0  # points above and below the number in the picture of its surroundings


@dataclass(frozen=True)
class Box:
    """In points from the upper left corner of the upright page, as staging has them."""

    x0: float
    y0: float
    x1: float
    y1: float


@dataclass(frozen=True)
class Picture:
    """PNG files: the whole page, and the strip of it around the number. `mark` is in pixels of `whole`."""

    whole: bytes
    strip: bytes
    mark: tuple[int, int, int, int]


def render(path: Path, page: int, mark: Box, covered: Sequence[Box]) -> Picture:
    """`page` counts from 1. Raises YusuanError where the kept file is gone or the page cannot be drawn."""
    if not path.exists():
        raise YusuanError("the kept file of this document is not in HOME/landing: build again from the original files")
    with _PDFIUM:
        image, scale = _draw(path, page)
    # Drawn over a copy, because the number must stay readable under its mark.
    draw = ImageDraw.Draw(image)
    for box in covered:
        draw.rectangle(_pixels(box, scale, MARGIN), fill=COVER)
    marked = _pixels(mark, scale, MARGIN)
    _tint(image, marked)
    draw.rectangle(marked, outline=MARK, width=max(2, round(1.5 * scale)))
    top, bottom = max(0, marked[1] - round(STRIP * scale)), min(image.height, marked[3] + round(STRIP * scale))
    return Picture(_png(image), _png(image.crop((0, top, image.width, bottom))), marked)


def _draw(path: Path, number: int) -> tuple[Image.Image, float]:
    try:
        document = pdfium.PdfDocument(path)
        try:
            page = document[number - 1]
            page.set_rotation(-90 * _quarter(page) % 360)
            scale = LONG_SIDE / max(page.get_size())
            return page.render(scale=scale, may_draw_forms=False, draw_annots=False).to_pil().convert("RGB"), scale
        finally:
            document.close()
    except (pdfium.PdfiumError, IndexError, ValueError, ZeroDivisionError) as error:
        raise YusuanError(f"page {number} cannot be drawn, open the original file instead: {error}") from None


def _quarter(page: pdfium.PdfPage) -> int:
    """Quarter turns, clockwise, of most of the page's text: the reader turns pages upright by their text and not by /Rotate."""
    text = page.get_textpage()
    matrix = pdfium.raw.FS_MATRIX()
    turns = np.zeros(4, dtype=int)
    for place in range(text.count_chars()):
        if pdfium.raw.FPDFText_GetMatrix(text.raw, place, matrix):
            turns[round(np.arctan2(-matrix.b, matrix.a) / (np.pi / 2)) % 4] += 1
    return int(turns.argmax()) if turns.any() else -page.get_rotation() // 90 % 4


def _pixels(box: Box, scale: float, margin: float) -> tuple[int, int, int, int]:
    return (
        round((box.x0 - margin) * scale),
        round((box.y0 - margin) * scale),
        round((box.x1 + margin) * scale),
        round((box.y1 + margin) * scale),
    )


def _tint(image: Image.Image, box: tuple[int, int, int, int]) -> None:
    """Paper turns yellow, ink stays."""
    part = image.crop(box)
    image.paste(
        Image.composite(Image.new("RGB", part.size, PAPER), part, part.convert("L").point(lambda light: 255 if light > 200 else 0)), box[:2]
    )


def _png(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    # Speed before size: the picture only travels to the browser on the same machine.
    image.save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()
