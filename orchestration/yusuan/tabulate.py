"""Rows as a text table, CSV, JSON or Parquet. Chinese characters are two columns wide on a terminal."""

import json
import sys
import unicodedata
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import duckdb

from yusuan.settings import YusuanError

FORMATS = ("table", "csv", "json", "parquet")
NUMERIC = ("DECIMAL", "DOUBLE", "FLOAT", "INTEGER", "BIGINT", "HUGEINT", "SMALLINT", "TINYINT", "UINTEGER", "UBIGINT", "UHUGEINT")


def write(relation: duckdb.DuckDBPyRelation, format: str) -> None:
    """To standard output."""
    if format == "table":
        print(table(relation.columns, relation.fetchall(), [str(kind).startswith(NUMERIC) for kind in relation.types]))
    elif format == "csv":
        write_csv(relation)
    elif format == "json":
        rows = [dict(zip(relation.columns, row, strict=True)) for row in relation.fetchall()]
        print(json.dumps(rows, ensure_ascii=False, indent=2, default=plain))
    else:
        write_parquet(relation)


def write_csv(relation: duckdb.DuckDBPyRelation) -> None:
    import csv

    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(relation.columns)
    writer.writerows(relation.fetchall())


def write_parquet(relation: duckdb.DuckDBPyRelation) -> None:
    if sys.stdout.isatty():
        raise YusuanError("Parquet is no text: redirect the output to a file")
    import pyarrow.parquet

    pyarrow.parquet.write_table(relation.to_arrow_table(), sys.stdout.buffer)


def plain(value: Any) -> Any:
    """What JSON has no type for: decimals as numbers that keep their digits, times as text."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value)


def table(header: Sequence[str], rows: Sequence[Sequence[Any]], numeric: Sequence[bool]) -> str:
    texts = [[_text(value) for value in row] for row in rows]
    widths = [max(map(width, column)) for column in zip(header, *texts, strict=True)]
    lines = [_line(header, widths, numeric), "  ".join("-" * each for each in widths)]
    lines += [_line(row, widths, numeric) for row in texts]
    return "\n".join([*lines, f"({len(rows):,} {'row' if len(rows) == 1 else 'rows'})"])


def _text(value: Any) -> str:
    if value is None:
        return ""
    text = f"{value:,}" if isinstance(value, Decimal) else str(value)
    # A line break breaks the table, an escape sequence in a published text would steer the terminal.
    return text if text.isprintable() else "".join(" " if unicodedata.category(each) == "Cc" else each for each in text)


def width(text: str) -> int:
    """Columns on a terminal."""
    return sum(0 if unicodedata.combining(character) else 2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def _line(row: Sequence[str], widths: Sequence[int], numeric: Sequence[bool]) -> str:
    padded = [
        " " * (wide - width(text)) + text if right else text + " " * (wide - width(text))
        for text, wide, right in zip(row, widths, numeric, strict=True)
    ]
    return "  ".join(padded).rstrip()
