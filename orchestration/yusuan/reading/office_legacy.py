"""Formats that LibreOffice converts first: DOC and WPS, RTF, OpenDocument, Word and Excel XML, binary XLSX.

The conversion itself is in libreoffice.py; what comes out is read by docx.py and spreadsheet_xlsx.py.
"""

import polars as pl

from yusuan.reading import libreoffice
from yusuan.reading.docx import read_docx
from yusuan.reading.spreadsheet_xlsx import read_xlsx


def read_doc(document_id: str, data: bytes) -> tuple[pl.DataFrame, pl.DataFrame]:
    return read_docx(document_id, libreoffice.convert(data, "doc", "docx"))


def read_rtf(document_id: str, data: bytes) -> tuple[pl.DataFrame, pl.DataFrame]:
    return read_docx(document_id, libreoffice.convert(data, "rtf", "docx"))


def read_odt(document_id: str, data: bytes) -> tuple[pl.DataFrame, pl.DataFrame]:
    return read_docx(document_id, libreoffice.convert(data, "odt", "docx"))


def read_word_xml(document_id: str, data: bytes) -> tuple[pl.DataFrame, pl.DataFrame]:
    return read_docx(document_id, libreoffice.convert(data, "xml", "docx"))


def read_ods(document_id: str, data: bytes) -> tuple[pl.DataFrame, pl.DataFrame]:
    return read_xlsx(document_id, libreoffice.convert(data, "ods", "xlsx"))


def read_xlsb(document_id: str, data: bytes) -> tuple[pl.DataFrame, pl.DataFrame]:
    return read_xlsx(document_id, libreoffice.convert(data, "xlsb", "xlsx"))


def read_excel_xml(document_id: str, data: bytes) -> tuple[pl.DataFrame, pl.DataFrame]:
    return read_xlsx(document_id, libreoffice.convert(data, "xml", "xlsx"))
