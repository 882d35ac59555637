"""Pages of a scan as pixels: image files, and pages of a PDF rendered at the resolution of the picture on them.

What is on a page is asked elsewhere. Pages come one at a time, so that a report of two hundred scans needs the memory of one.
"""

import io
from collections.abc import Collection, Iterator
from dataclasses import dataclass

import cv2
import numpy as np
import pypdfium2 as pdfium
from PIL import Image, ImageOps, ImageSequence

from yusuan.reading.errors import UnreadableDocument

POINTS = 72.0
# Long side in pixels of the page as it is worked on: A4 at 200 dpi, up to 300. Thresholds hold there, and small type needs no less.
SHORTEST, LONGEST = 2339, 3600
A4_LONG_SIDE = 841.9
MAX_PIXELS = 120_000_000  # A3 at 600 dpi has 70 million.
MAX_IMAGE_PAGES = 1000
CREDIBLE_DPI = (72, 1200)


@dataclass(frozen=True, slots=True)
class Page:
    """`pixels` are blue, green, red; width and height are in points."""

    number: int
    pixels: np.ndarray
    width: float
    height: float


def pdf_pages(data: bytes, numbers: Collection[int] | None = None) -> Iterator[Page]:
    """The pages (those with these numbers) of a PDF that is known to open."""
    document = pdfium.PdfDocument(data)
    try:
        for number in sorted(numbers) if numbers is not None else range(1, len(document) + 1):
            try:
                page = document[number - 1]
            except pdfium.PdfiumError:
                continue  # a broken page between good ones
            width, height = page.get_size()
            yield Page(number, _rendered(page, max(width, height)), width, height)
            page.close()
    finally:
        document.close()


def _rendered(page: pdfium.PdfPage, long_side: float) -> np.ndarray:
    """Rendering at the picture's own resolution leaves its pixels as they are, whatever turns, strips and masks it is made of."""
    native = 0.0
    for thing in page.get_objects(filter=[pdfium.raw.FPDF_PAGEOBJ_IMAGE], max_depth=3):
        left, bottom, right, top = thing.get_bounds()
        if max(right - left, top - bottom) > long_side / 4:
            native = max(native, max(thing.get_px_size()) / max(right - left, top - bottom))
    scale = min(max(native, SHORTEST / long_side), LONGEST / long_side)
    return _coloured(page.render(scale=scale).to_numpy())


def image_pages(data: bytes) -> Iterator[Page]:
    """The pages of an image file; a TIFF may have many."""
    try:
        image = Image.open(io.BytesIO(data))
        for number, frame in enumerate(ImageSequence.Iterator(image), start=1):
            if number > MAX_IMAGE_PAGES:
                raise UnreadableDocument(f"图片超过 {MAX_IMAGE_PAGES} 页；请拆分后放入。")
            if frame.width * frame.height > MAX_PIXELS:
                raise UnreadableDocument(f"图片超过 {MAX_PIXELS // 1_000_000} 百万像素；请缩小后放入。")
            yield _image_page(frame, number)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise UnreadableDocument("图片损坏，打不开；请重新下载或重新扫描。") from error


def _image_page(frame: Image.Image, number: int) -> Page:
    declared = frame.info.get("dpi", (0, 0))[0]
    frame = ImageOps.exif_transpose(frame)
    if frame.mode in ("RGBA", "LA", "PA") or "transparency" in frame.info:
        paper = Image.new("RGBA", frame.size, "white")
        paper.alpha_composite(frame.convert("RGBA"))
        frame = paper
    elif frame.mode.startswith("I"):
        frame = frame.point(lambda value: value / 256).convert("L")  # 16 bits a pixel
    pixels = np.asarray(frame.convert("RGB"))[..., ::-1]
    long_side = max(frame.size)
    # Without a credible resolution the page is taken to be A4.
    credible = CREDIBLE_DPI[0] < declared < CREDIBLE_DPI[1] and declared != 96
    to_points = POINTS / float(declared) if credible else A4_LONG_SIDE / long_side
    scale = min(max(1.0, SHORTEST / long_side), LONGEST / long_side)
    if abs(scale - 1) > 0.01:
        pixels = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC if scale > 1 else cv2.INTER_AREA)
    return Page(number, np.ascontiguousarray(pixels), frame.width * to_points, frame.height * to_points)


def _coloured(pixels: np.ndarray) -> np.ndarray:
    if pixels.ndim == 2 or pixels.shape[2] == 1:
        return cv2.cvtColor(pixels.squeeze(), cv2.COLOR_GRAY2BGR)
    return np.ascontiguousarray(pixels[..., :3])
