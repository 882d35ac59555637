"""The media type of a document, found from its content and never from its suffix.

Only the first bytes, the directory of a ZIP or OLE container and the first characters of a text are looked at. What a
media type is read with is in readers.py; what is inside a ZIP archive of documents is in archive.py.
"""

import io
import re
import struct
import zipfile
from collections.abc import Iterator

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
XLSB = "application/vnd.ms-excel.sheet.binary.macroEnabled.12"
DOC = "application/msword"  # also the .wps of WPS Writer, which keeps the same streams
XLS = "application/vnd.ms-excel"  # also the .et of WPS Spreadsheets
PPT = "application/vnd.ms-powerpoint"
RTF = "application/rtf"
ODT = "application/vnd.oasis.opendocument.text"
ODS = "application/vnd.oasis.opendocument.spreadsheet"
WORD_XML = "application/vnd.ms-word.xml"  # the single-file XML of Word 2003 and later
EXCEL_XML = "application/vnd.ms-excel.xml"  # the single-file XML of Excel 2003
OFD = "application/ofd"
HTML = "text/html"
MHTML = "multipart/related"
TEXT = "text/plain"
PNG = "image/png"
JPEG = "image/jpeg"
TIFF = "image/tiff"
BMP = "image/bmp"
GIF = "image/gif"
WEBP = "image/webp"
ZIP = "application/zip"
RAR = "application/vnd.rar"
SEVEN_ZIP = "application/x-7z-compressed"
GZIP = "application/gzip"
ENCRYPTED_OFFICE = "application/x-encrypted-office"
OLE = "application/x-ole-storage"  # some other program's OLE container
EMPTY = "application/x-empty"
UNKNOWN = "application/octet-stream"

_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"\xff\xd8\xff", JPEG),
    (b"II*\0", TIFF),
    (b"MM\0*", TIFF),
    (b"BM", BMP),
    (b"GIF8", GIF),
    (b"{\\rtf", RTF),
    (b"Rar!\x1a\x07", RAR),
    (b"7z\xbc\xaf\x27\x1c", SEVEN_ZIP),
    (b"\x1f\x8b", GZIP),
)
_OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_STREAMS = (
    ("EncryptedPackage", ENCRYPTED_OFFICE),
    ("WordDocument", DOC),
    ("Workbook", XLS),
    ("Book", XLS),
    ("PowerPoint Document", PPT),
)
# The header may follow some rubbish: PDF viewers accept it within the first kilobyte, so publishers do not notice.
_PDF_HEADER_WITHIN = 1024
_TEXT_SAMPLE = 8192
_CONTROL_SHARE = 0.02  # of a text's characters; a binary file has far more
_HTML_TAG = re.compile(r"<(?:!doctype\s+html|html|head|body|table|div|meta|tr|td|p)\b", re.I)


def media_type(data: bytes, name: str) -> str:
    """The media type of these bytes; `name` decides only between kinds that the content leaves open."""
    if not data.strip(b"\0 \t\r\n"):
        return EMPTY
    head = data[:_PDF_HEADER_WITHIN]
    if data.startswith(_OLE_MAGIC):
        return _ole_type(data, name)
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip_type(data)
    for magic, kind in _MAGIC:
        if data.startswith(magic) and not (kind == BMP and data[6:10] != b"\0\0\0\0"):
            return kind
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return WEBP
    if b"%PDF-" in head:
        return PDF
    return _text_type(data)


def _zip_type(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as container:
            names = {name.replace("\\", "/").lstrip("/").lower() for name in container.namelist()}
            declared = container.read("mimetype")[:128].decode("ascii", "replace") if "mimetype" in container.namelist() else ""
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, OSError, EOFError, struct.error):
        return _broken_zip_type(data)
    if "ofd.xml" in names:
        return OFD
    for part, kind in (("word/document", DOCX), ("xl/workbook.bin", XLSB), ("xl/workbook", XLSX), ("ppt/presentation", PPTX)):
        if "[content_types].xml" in names and any(name.startswith(part) for name in names):
            return kind
    return {ODT: ODT, ODS: ODS}.get(declared.strip(), ZIP)


def _broken_zip_type(data: bytes) -> str:
    """A ZIP whose directory is cut off still names its first members; its reader then says that the file is cut off."""
    for part, kind in ((b"word/", DOCX), (b"xl/", XLSX), (b"OFD.xml", OFD)):
        if part in data:
            return kind
    return ZIP


def _ole_type(data: bytes, name: str) -> str:
    try:
        streams = set(_ole_root_streams(data))
    except (struct.error, IndexError, ValueError):
        streams = {stream for stream, _ in _OLE_STREAMS if stream.encode("utf-16-le") in data}
    for stream, kind in _OLE_STREAMS:
        if stream in streams:
            return kind
    by_suffix = {"doc": DOC, "wps": DOC, "dot": DOC, "wpt": DOC, "xls": XLS, "et": XLS, "ett": XLS}
    return by_suffix.get(name.lower().rpartition(".")[2], OLE)


def _ole_root_streams(data: bytes) -> Iterator[str]:
    """Names directly under the root of an OLE container: an object embedded deeper must not decide the type."""
    sector_size = 1 << struct.unpack_from("<H", data, 30)[0]
    if sector_size not in (512, 4096):
        raise ValueError("not a sector size of OLE")
    fat: list[int] = []
    for sector in struct.unpack_from("<109I", data, 76):
        if sector < 0xFFFFFFFA:
            fat += struct.unpack_from(f"<{sector_size // 4}I", data, (sector + 1) * sector_size)
    directory = b""
    sector, seen = struct.unpack_from("<I", data, 48)[0], set()
    while sector < 0xFFFFFFFA and sector not in seen:
        seen.add(sector)
        directory += data[(sector + 1) * sector_size : (sector + 2) * sector_size]
        sector = fat[sector]
    pending, visited = [struct.unpack_from("<I", directory, 76)[0]], set()
    while pending:
        entry = pending.pop()
        if entry == 0xFFFFFFFF or entry in visited:
            continue
        visited.add(entry)
        start = entry * 128
        length = struct.unpack_from("<H", directory, start + 64)[0]
        yield directory[start : start + max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
        pending += struct.unpack_from("<2I", directory, start + 68)


def _text_type(data: bytes) -> str:
    sample = data[:_TEXT_SAMPLE]
    if sample.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = sample.decode("utf-16", "ignore")
    elif b"\0" in sample:
        return UNKNOWN
    else:
        # Markup is ASCII in all encodings that are left, so the text itself needs no decoding here.
        text = sample.decode("latin-1")
    text = text.lstrip("\ufeff\xef\xbb\xbf \t\r\n")
    control = sum(character < " " and character not in "\t\n\r\f\x0b\x1a" for character in text)
    if control > _CONTROL_SHARE * len(text):
        return UNKNOWN
    if text.startswith("<?xml"):
        if "Word.Document" in text or "schemas.microsoft.com/office/word/2003/wordml" in text or "2006/xmlPackage" in text:
            return WORD_XML
        if "Excel.Sheet" in text or "urn:schemas-microsoft-com:office:spreadsheet" in text:
            return EXCEL_XML
    lowered = text[:1024].lower()
    if lowered.startswith("mime-version:") or ("content-type: multipart/related" in lowered and "mime-version:" in lowered):
        return MHTML
    if text.startswith("<") and _HTML_TAG.search(text):
        return HTML
    return HTML if re.search(r"<(?:html|table|body)[\s>]", text, re.I) else TEXT
