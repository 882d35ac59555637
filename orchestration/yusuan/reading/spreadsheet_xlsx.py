"""XLSX workbooks: every visible sheet, numbers as their format shows them, formulas by the values stored with them.

Where a formula has no stored value, LibreOffice computes it when it is installed. What of a sheet is a table is decided in
sheets.py.
"""

import io
import re
import warnings
from collections.abc import Iterator
from typing import Any

import polars as pl
from openpyxl import load_workbook
from openpyxl.utils.cell import column_index_from_string
from openpyxl.utils.datetime import from_excel

from yusuan.reading import libreoffice
from yusuan.reading.assembly import Assembly
from yusuan.reading.errors import UnreadableDocument
from yusuan.reading.number_format import EAST_ASIAN_DATES, shown
from yusuan.reading.package import DAMAGED, Package, refuse_doctype
from yusuan.reading.sheets import Merge, SheetCell, add_sheet

_MERGED = re.compile(rb'mergeCell ref="\$?([A-Z]{1,3})\$?(\d{1,7}):\$?([A-Z]{1,3})\$?(\d{1,7})"')
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s>/]")
# _x000D_ is how the format writes characters that XML cannot hold.
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
MAX_MERGED_CELLS = 2_000_000
SAVE_AGAIN = "请用 Excel 或 WPS 打开并保存一次"


def read_xlsx(document_id: str, data: bytes) -> tuple[pl.DataFrame, pl.DataFrame]:
    workbook, unknown = _open(data)
    if unknown:
        _compute(workbook, unknown, data)
    assembly = Assembly(document_id)
    for page, sheet in enumerate(_visible(workbook), start=1):
        merges = [Merge(m.min_row, m.max_row, m.min_col, m.max_col) for m in sheet.merged_cells.ranges]
        hidden_rows = {row for row, dimension in sheet.row_dimensions.items() if dimension.hidden}
        hidden_columns = {
            column
            for dimension in sheet.column_dimensions.values()
            if dimension.hidden
            for column in range(dimension.min or 0, (dimension.max or 0) + 1)
        }
        assembly.line(sheet.title, page)
        add_sheet(assembly, page, _cells(workbook, sheet), merges, hidden_rows, hidden_columns)
    return assembly.frames()


def _open(data: bytes) -> tuple[Any, list[tuple[str, str]]]:
    """The workbook with its stored values, and the sheet and place of each visible formula that has none."""
    package = Package(data)
    has_formulas = False
    for path in package.paths():
        if path.endswith((".xml", ".rels", ".vml")):
            part = package.read(path)
            refuse_doctype(part)
            has_formulas |= path.startswith("xl/worksheets/") and bool(_FORMULA.search(part))
            # openpyxl makes every cell of a merged range.
            if sum(_area(*ends) for ends in _MERGED.findall(part)) > MAX_MERGED_CELLS:
                raise UnreadableDocument(f"工作表合并的单元格超过 {MAX_MERGED_CELLS:,} 个；请取消表格以外的合并后重新放入。")
    workbook = _load(data, values=True)
    unknown = []
    for sheet in _visible(_load(data, values=False)) if has_formulas else ():
        values = workbook[sheet.title]
        for cell in _stored(sheet):
            # An empty text is a value too: the formula's cell is then marked as text.
            if cell.data_type == "f" and values[cell.coordinate].value is None and values[cell.coordinate].data_type != "s":
                unknown.append((sheet.title, cell.coordinate))
    return workbook, unknown


def _compute(workbook: Any, unknown: list[tuple[str, str]], data: bytes) -> None:
    """Gives formulas without a stored value the one that LibreOffice computes; the formats stay those of the publisher."""
    reason = f"{len(unknown):,} 个公式没有保存计算结果（第一个在 {'!'.join(unknown[0])}）"
    if not libreoffice.installed():
        raise UnreadableDocument(f"{reason}；{SAVE_AGAIN}，或安装 LibreOffice。")
    computed, still_unknown = _open(libreoffice.convert(data, "xlsx", "xlsx"))
    if still_unknown:
        raise UnreadableDocument(f"{reason}，LibreOffice 也算不出；{SAVE_AGAIN}。")
    for sheet, place in unknown:
        workbook[sheet][place].value = computed[sheet][place].value


def _area(first_column: bytes, first_row: bytes, last_column: bytes, last_row: bytes) -> int:
    width = column_index_from_string(last_column.decode()) - column_index_from_string(first_column.decode()) + 1
    return width * (int(last_row) - int(first_row) + 1)


def _load(data: bytes, values: bool) -> Any:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of extensions that only matter when the workbook is written again
            return load_workbook(io.BytesIO(data), data_only=values, keep_links=False)
    except (MemoryError, RecursionError):
        raise
    except Exception as error:  # openpyxl raises whatever its descriptors meet in a damaged workbook
        raise UnreadableDocument(DAMAGED) from error


def _visible(workbook: Any) -> list[Any]:
    return [sheet for sheet in workbook.worksheets if sheet.sheet_state == "visible"]


def _stored(sheet: Any) -> list[Any]:
    # iter_rows() would make every cell between the first and a stray last one, which may be 17 thousand millions.
    return [cell for _, cell in sorted(sheet._cells.items())]


def _cells(workbook: Any, sheet: Any) -> Iterator[SheetCell]:
    ruled_by_style: dict[int, bool] = {}
    for cell in _stored(sheet):
        style = cell.style_id if cell.has_style else 0
        if style not in ruled_by_style:
            border = cell.border
            ruled_by_style[style] = any(side is not None and side.style for side in (border.left, border.right))
        yield SheetCell(cell.row, cell.column, _text(workbook, cell), ruled_by_style[style])


def _text(workbook: Any, cell: Any) -> str:
    value = cell.value
    if isinstance(value, str):
        return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), value) if "_x" in value else value
    if isinstance(value, (int, float)) and cell.has_style and cell.number_format == "General":
        date_format = EAST_ASIAN_DATES.get(workbook._cell_styles[cell.style_id].numFmtId)
        if date_format is not None:
            return shown(from_excel(value, workbook.epoch), date_format)
    return shown(value, cell.number_format if value is not None else "")
