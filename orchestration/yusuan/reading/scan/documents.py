"""PDF documents, page by page: the text layer where there is one, recognition where a page is a picture or its characters mean nothing.

How a text layer becomes tables is in reading.pdf, how a picture does in the modules beside this one; here the pages are told apart and
put together again.
"""

import re

import polars as pl
import pypdfium2 as pdfium

from yusuan.reading import pdf, sniffing
from yusuan.reading.errors import UnreadableDocument
from yusuan.reading.frames import CELLS_SCHEMA, LINES_SCHEMA, conform
from yusuan.reading.pdf.extract import MAX_PAGES
from yusuan.reading.scan import MISSING, installed, read_scan

UNMAPPED = 0.2  # of a page's characters; bullets and ticks from symbol fonts stay far below
PICTURE = 0.5  # of the page's area
# A scanner or a binding program may print page numbers over the pictures.
_PAGE_NUMBER = re.compile(r"[-—–－·.\s第共页/\d]*")


def read_pdf(document_id: str, data: bytes) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Cells and lines of a PDF; raises UnreadableDocument with the reason when it cannot be read."""
    reading = pdf.read([(document_id, data)])
    reason = reading.refused.get(document_id)
    if reason is not None:
        if not _opens(data):
            raise UnreadableDocument(reason)
        return read_scan(document_id, data, sniffing.PDF)
    garbled, pictures = _pages_to_recognise(reading, data)
    if not garbled and not pictures:
        return reading.cells, reading.lines
    if not installed():
        if garbled:
            raise UnreadableDocument(f"第 {'、'.join(map(str, garbled))} 页的文字没有编码，只能按图片识别。{MISSING}")
        return reading.cells, _with_notes(document_id, reading.lines, pictures)
    chosen = [*garbled, *pictures]
    recognised = read_scan(document_id, data, sniffing.PDF, chosen)
    kept = ~pl.col("page").is_in(chosen)
    return _together((reading.cells.filter(kept), reading.lines.filter(kept)), recognised)


def _opens(data: bytes) -> bool:
    """Is this a PDF that opens, so that only its text was missing?"""
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError:
        return False
    pages = len(document)
    document.close()
    return 0 < pages <= MAX_PAGES


def _pages_to_recognise(reading: pdf.Reading, data: bytes) -> tuple[list[int], list[int]]:
    """Numbers of the pages whose characters have no meaning, and of those that are pictures."""
    garbled = reading.pages.filter((pl.col("characters") > 0) & (pl.col("unmapped") > UNMAPPED))["page"].to_list()
    texts = dict(reading.lines.group_by("page").agg(pl.col("text").str.join("")).iter_rows())
    bare = [number for number in reading.pages["page"].to_list() if number not in garbled and _PAGE_NUMBER.fullmatch(texts.get(number, ""))]
    if not bare:
        return garbled, []
    document = pdfium.PdfDocument(data)
    try:
        return garbled, [number for number in bare if _is_picture(document, number)]
    finally:
        document.close()


def _is_picture(document: pdfium.PdfDocument, number: int) -> bool:
    try:
        page = document[number - 1]
    except pdfium.PdfiumError:
        return False
    width, height = page.get_size()
    covered = 0.0
    for thing in page.get_objects(filter=[pdfium.raw.FPDF_PAGEOBJ_IMAGE], max_depth=3):
        left, bottom, right, top = thing.get_bounds()
        covered += max(right - left, 0.0) * max(top - bottom, 0.0)
    page.close()
    return covered > PICTURE * width * height


def _with_notes(document_id: str, lines: pl.DataFrame, pictures: list[int]) -> pl.DataFrame:
    """The lines with one for each picture that nobody read, so that its absence is seen."""
    texts = [f"〔第 {page} 页是图片，没有识别；安装 yusuan[ocr] 后可以识别〕" for page in pictures]
    notes = pl.DataFrame({"document_id": document_id, "page": pictures, "text": texts})
    # Cells name their lines by number, so that no line may move: the notes come after all others.
    return pl.concat([lines, conform(notes.with_columns(line=lines.height + pl.int_range(1, pl.len() + 1)), LINES_SCHEMA)])


def _together(*parts: tuple[pl.DataFrame, pl.DataFrame]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Readings of different pages as one, with lines and grids numbered through."""
    lines = (
        pl.concat([lines.with_columns(part=pl.lit(number)) for number, (_, lines) in enumerate(parts)])
        .sort("page", "line")
        .with_columns(new_line=pl.int_range(1, pl.len() + 1))
    )
    grids = (
        lines.filter(pl.col("grid").is_not_null())
        .group_by("part", "grid", maintain_order=True)
        .agg(pl.col("new_line").min())
        .with_columns(new_grid=pl.col("new_line").rank("ordinal"))
        .drop("new_line")
    )
    lines = lines.join(grids, on=["part", "grid"], how="left", maintain_order="left")
    cells = (
        pl.concat([cells.with_columns(part=pl.lit(number)) for number, (cells, _) in enumerate(parts)])
        .join(lines.select("part", "line", "new_line", "new_grid"), on=["part", "line"], maintain_order="left")
        .with_columns(line="new_line", grid="new_grid")
        .sort("line", "column")
    )
    return conform(cells, CELLS_SCHEMA), conform(lines.with_columns(line="new_line", grid="new_grid"), LINES_SCHEMA)
