"""Scans: pages that are pictures, read by text recognition (the extra `yusuan[ocr]`) into the two frames that all readers share.

Importing this module needs no extra; reading without it refuses the document with the command that installs it.
"""

from collections.abc import Collection
from importlib.util import find_spec

import polars as pl

from yusuan.reading import sniffing
from yusuan.reading.errors import UnreadableDocument

# A cell whose confidence is below this is unsure: to be looked at, or to be borne out by a sum.
UNSURE = 0.8
PACKAGES = ("rapidocr", "onnxruntime", "cv2", "PIL")
MISSING = "扫描件和图片要用文字识别（OCR），现在没有安装；请运行 pip install 'yusuan[ocr]' 后重试。"


def installed() -> bool:
    return all(find_spec(package) for package in PACKAGES)


def read_scan(document_id: str, data: bytes, media_type: str, pages: Collection[int] | None = None) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Cells and lines of a scanned PDF (all pages, or those with these numbers) or of an image."""
    if not installed():
        raise UnreadableDocument(MISSING)
    from yusuan.reading.scan.images import image_pages, pdf_pages
    from yusuan.reading.scan.pages import read_pages

    found = pdf_pages(data, pages) if media_type == sniffing.PDF else image_pages(data)
    return read_pages(document_id, found)


def read_image(document_id: str, data: bytes) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Cells and lines of a PNG, JPEG, TIFF or BMP."""
    return read_scan(document_id, data, sniffing.media_type(data, ""))
