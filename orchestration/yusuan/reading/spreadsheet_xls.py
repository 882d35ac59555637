"""XLS workbooks (Excel 97-2003, and the .et of WPS): every visible sheet, numbers as their format shows them.

What of a sheet is a table is decided in sheets.py; web pages and XML named .xls never come here (sniffing.py).
"""

import io
from collections.abc import Iterator
from typing import Any

import polars as pl
import xlrd

from yusuan.reading.assembly import Assembly
from yusuan.reading.errors import UnreadableDocument
from yusuan.reading.number_format import EAST_ASIAN_DATES, Value, shown
from yusuan.reading.package import DAMAGED, PROTECTED
from yusuan.reading.sheets import Merge, SheetCell, add_sheet


def read_xls(document_id: str, data: bytes) -> tuple[pl.DataFrame, pl.DataFrame]:
    workbook = _open(data)
    assembly = Assembly(document_id)
    visible = [sheet for sheet in workbook.sheets() if not sheet.visibility]
    for page, sheet in enumerate(visible, start=1):
        # xlrd counts from 0 and ends ranges before their last cell.
        merges = [Merge(row + 1, row_end, column + 1, column_end) for row, row_end, column, column_end in sheet.merged_cells]
        hidden_rows = {row + 1 for row, info in sheet.rowinfo_map.items() if info.hidden}
        hidden_columns = {column + 1 for column, info in sheet.colinfo_map.items() if info.hidden}
        assembly.line(sheet.name, page)
        add_sheet(assembly, page, _cells(workbook, sheet), merges, hidden_rows, hidden_columns)
    return assembly.frames()


def _open(data: bytes) -> Any:
    try:
        return xlrd.open_workbook(file_contents=data, formatting_info=True, ragged_rows=True, logfile=io.StringIO())
    except (MemoryError, RecursionError):
        raise
    except xlrd.XLRDError as error:
        raise UnreadableDocument(PROTECTED if "encrypted" in str(error) else DAMAGED) from error
    except Exception as error:  # xlrd asserts and unpacks its way through damaged bytes
        raise UnreadableDocument(DAMAGED) from error


def _cells(workbook: Any, sheet: Any) -> Iterator[SheetCell]:
    ruled_by_style = [bool(style.border.left_line_style or style.border.right_line_style) for style in workbook.xf_list]
    for row in range(sheet.nrows):
        for column, cell in enumerate(sheet.row(row)):
            if cell.xf_index is None or cell.xf_index >= len(ruled_by_style):
                raise UnreadableDocument(DAMAGED)
            ruled = ruled_by_style[cell.xf_index]
            if ruled or cell.ctype not in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK):
                yield SheetCell(row + 1, column + 1, _text(workbook, cell), ruled)


def _text(workbook: Any, cell: Any) -> str:
    key = workbook.xf_list[cell.xf_index].format_key
    number_format = EAST_ASIAN_DATES.get(key) or workbook.format_map[key].format_str
    value: Value = None
    if cell.ctype in (xlrd.XL_CELL_TEXT, xlrd.XL_CELL_NUMBER):
        value = cell.value
    elif cell.ctype == xlrd.XL_CELL_DATE:
        try:
            value = xlrd.xldate_as_datetime(cell.value, workbook.datemode)
        except (ValueError, OverflowError):
            value = cell.value
    elif cell.ctype == xlrd.XL_CELL_BOOLEAN:
        value = bool(cell.value)
    elif cell.ctype == xlrd.XL_CELL_ERROR:
        value = xlrd.error_text_from_code.get(cell.value, "#N/A")
    return shown(value, number_format)
