"""The registry of readers: media type -> the function that reads it, imported only when a document of that kind comes.

A reader is `read(document_id, data) -> (cells, lines)` and raises UnreadableDocument. Plain text is read for the whole batch
at once (text.py), and ZIP archives become documents before reading (archive.py).
"""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from yusuan.reading import sniffing
from yusuan.reading.errors import UnreadableDocument

if TYPE_CHECKING:
    import polars as pl

    Read = Callable[[str, bytes], tuple[pl.DataFrame, pl.DataFrame]]


@dataclass(frozen=True)
class Document:
    """What a reader needs to know of a landed document; `encoding` is set for texts only."""

    document_id: str
    file_name: str
    media_type: str
    encoding: str | None
    path: Path


@dataclass(frozen=True)
class Reader:
    """Where a reader is found, and how many seconds it may take before its document is given up."""

    module: str
    function: str
    seconds: float = 120

    def load(self) -> "Read":
        try:
            read: Read = getattr(import_module(f"{__package__}.{self.module}"), self.function)
        except ModuleNotFoundError as error:
            raise UnreadableDocument(f"读取这种文件需要 Python 包 {error.name}；请安装后重试（yusuan doctor 会给出命令）。") from error
        return read


# OCR takes some three seconds a page, and a report may have two hundred.
_SCAN_SECONDS = 900

READERS: dict[str, Reader] = {
    sniffing.TEXT: Reader("text", "read_texts"),  # the one that takes all its documents at once, in batch.py
    sniffing.PDF: Reader("scan.documents", "read_pdf", _SCAN_SECONDS),
    sniffing.DOCX: Reader("docx", "read_docx"),
    sniffing.XLSX: Reader("spreadsheet_xlsx", "read_xlsx"),
    sniffing.XLS: Reader("spreadsheet_xls", "read_xls"),
    sniffing.HTML: Reader("html", "read_html"),
    sniffing.MHTML: Reader("html", "read_mhtml"),
    sniffing.OFD: Reader("ofd", "read_ofd", 300),
    sniffing.DOC: Reader("office_legacy", "read_doc"),
    sniffing.RTF: Reader("office_legacy", "read_rtf"),
    sniffing.ODT: Reader("office_legacy", "read_odt"),
    sniffing.WORD_XML: Reader("office_legacy", "read_word_xml"),
    sniffing.ODS: Reader("office_legacy", "read_ods"),
    sniffing.XLSB: Reader("office_legacy", "read_xlsb"),
    sniffing.EXCEL_XML: Reader("office_legacy", "read_excel_xml"),
    **{kind: Reader("scan", "read_image", _SCAN_SECONDS) for kind in (sniffing.PNG, sniffing.JPEG, sniffing.TIFF, sniffing.BMP)},
}

_UNPACK = "请解压后放入其中的文件。"
_REFUSALS = {
    sniffing.EMPTY: "文件为空，没有任何内容；请重新下载，或将其删除。",
    sniffing.ENCRYPTED_OFFICE: "文件有打开密码；请放入没有密码的版本。",
    sniffing.ZIP: f"压缩包没有解开，或其中没有文件；{_UNPACK}",
    sniffing.RAR: f"不能打开 RAR 压缩包；{_UNPACK}",
    sniffing.SEVEN_ZIP: f"不能打开 7z 压缩包；{_UNPACK}",
    sniffing.GZIP: f"不能打开 gzip 压缩包；{_UNPACK}",
    sniffing.PPTX: "不能读取演示文稿；请另存为 PDF。",
    sniffing.PPT: "不能读取演示文稿；请另存为 PDF。",
}


def reader_for(media_type: str) -> Reader:
    """The reader of a media type; raises UnreadableDocument for a kind that has none."""
    if media_type in READERS:
        return READERS[media_type]
    raise UnreadableDocument(_REFUSALS.get(media_type, f"还没有能读取 {media_type} 的程序；请核对文件是否完整，或另存为 PDF、DOCX、XLSX。"))
