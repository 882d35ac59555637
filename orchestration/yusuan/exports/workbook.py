"""Tables as Excel workbooks, one a table: typed cells, a frozen header, the column's description as a note, number formats.

Text is text: what begins with = is shown and never computed. More rows than a sheet holds go on to the next sheet.
"""

from collections.abc import Callable, Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from yusuan.exports.headers import header
from yusuan.warehouse.catalog import Relation

SHEET_ROWS = 1_048_575  # Excel's 2^20 rows without the header.
LONGEST_TEXT = 32_767
ROWS_AT_ONCE = 10_000
# Counts, years and places have no thousands separator: 2023 is a year.
FORMATS = {"DECIMAL": "#,##0.00", "DATE": "yyyy-mm-dd", "TIMESTAMP": "yyyy-mm-dd hh:mm:ss"}
WIDTHS = {"DECIMAL": 18, "DATE": 11, "TIMESTAMP": 19, "VARCHAR": 22}
NARROW = 12


def write(connection: duckdb.DuckDBPyConnection, relations: Iterable[Relation], directory: Path, chinese: bool = False) -> None:
    for relation in relations:
        _write(connection, relation, directory / f"{relation.name}.xlsx", chinese)


def _write(connection: duckdb.DuckDBPyConnection, relation: Relation, file: Path, chinese: bool) -> None:
    import xlsxwriter

    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(str(file), options) as workbook:
        bold = workbook.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        formats = {kind: workbook.add_format({"num_format": pattern}) for kind, pattern in FORMATS.items()}
        rows = connection.execute(f"from {relation.qualified}")
        batch = rows.fetchmany(ROWS_AT_ONCE)
        number = 1
        while batch or number == 1:
            sheet = workbook.add_worksheet(str(number))
            _head(sheet, relation, bold, chinese)
            writers = [_writer(sheet, formats.get(_kind(column.type))) for column in relation.columns]
            at = 0
            while batch and at < SHEET_ROWS:
                taken, batch = batch[: SHEET_ROWS - at], batch[SHEET_ROWS - at :]
                for row in taken:
                    at += 1
                    for place, (put, value) in enumerate(zip(writers, row, strict=True)):
                        if value is not None:
                            put(at, place, value)
                batch = batch or rows.fetchmany(ROWS_AT_ONCE)
            sheet.autofilter(0, 0, at, len(relation.columns) - 1)
            number += 1


def _head(sheet: Any, relation: Relation, bold: Any, chinese: bool) -> None:
    sheet.freeze_panes(1, 0)
    for place, column in enumerate(relation.columns):
        sheet.set_column(place, place, WIDTHS.get(_kind(column.type), NARROW))
        sheet.write_string(0, place, header(column.name, chinese), bold)
        if column.description:
            sheet.write_comment(0, place, f"{column.name}: {column.description}", {"x_scale": 2.5})


def _kind(type_: str) -> str:
    return type_.partition("(")[0]


def _writer(sheet: Any, format_: Any) -> Callable[[int, int, Any], None]:
    def put(row: int, column: int, value: Any) -> None:
        if isinstance(value, str):
            # Excel opens no cell that is longer.
            sheet.write_string(row, column, value if len(value) <= LONGEST_TEXT else f"{value[: LONGEST_TEXT - 1]}…")
        elif isinstance(value, Decimal):
            sheet.write_number(row, column, float(value), format_)
        else:
            sheet.write(row, column, value, format_)

    return put
