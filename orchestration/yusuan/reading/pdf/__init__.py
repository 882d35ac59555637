"""PDF with a text layer: tables with and without rules, and the lines between them, out of the page's own text.

`read` gives everything; `read_pdf` and `read_pdfs` the two frames that all readers share. Scans belong to `reading.scan`, and what a
table means to parsing. A page's boxes are in points from the top left of the page as its text is read (a sideways page is turned).
"""

from typing import NamedTuple

import polars as pl

from yusuan.reading.errors import UnreadableDocument
from yusuan.reading.pdf.assemble import assemble
from yusuan.reading.pdf.extract import extract_pages

# Beyond this share of characters without a meaning a page's text is not to be trusted; a scan is a picture this large without text.
UNTRUSTED = 0.05
SCANNED = 0.5


class Reading(NamedTuple):
    """cells and lines as all readers return them; pages: document_id, page, width, height, characters, unmapped (the share of characters
    without a meaning), needs_ocr (a scan, or text that is not to be trusted); refused: document_id to the reason."""

    cells: pl.DataFrame
    lines: pl.DataFrame
    pages: pl.DataFrame
    refused: dict[str, str]


def read(documents: list[tuple[str, bytes]]) -> Reading:
    """All pages of a batch of (document_id, data) in one pass; a document that cannot be read is refused, the others go on."""
    extracted, refused = extract_pages(documents)
    ids = [document_id for document_id, _ in documents]
    cells, lines = assemble(extracted, ids)
    pages = extracted.pages
    table = pl.DataFrame(
        {
            "document_id": pl.Series([ids[place] for place in pages.document.tolist()], dtype=pl.Utf8),
            "page": pl.Series(pages.number, dtype=pl.Int32),
            "width": pages.width,
            "height": pages.height,
            "characters": pages.characters,
            "unmapped": pages.unmapped,
            "needs_ocr": (pages.unmapped > UNTRUSTED) | ((pages.characters == 0) & (extracted.pictured > SCANNED)),
        }
    )
    return Reading(cells, lines, table, refused)


def read_pdfs(documents: list[tuple[str, bytes]]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Cells and lines of a batch of (document_id, data); raises UnreadableDocument for the first document that is refused."""
    reading = read(documents)
    for reason in reading.refused.values():
        raise UnreadableDocument(reason)
    return reading.cells, reading.lines


def read_pdf(document_id: str, data: bytes) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Cells and lines of one document; raises UnreadableDocument with the reason when it cannot be read."""
    return read_pdfs([(document_id, data)])
