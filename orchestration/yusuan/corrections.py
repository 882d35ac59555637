"""expectations/corrections.csv (document, place, field, printed, corrected, who, why): readings that a person has mended.

Read and judged here; what a correction does is written in parsing/corrections.py.
"""

import csv
import re
from pathlib import Path
from typing import Any

import polars as pl

from yusuan.parsing.corrections import AMOUNT, FIELDS, SCHEMA, UNIT
from yusuan.parsing.figures import AMOUNT as IS_AMOUNT
from yusuan.parsing.figures import UNIT_YUAN
from yusuan.settings import YusuanError

COLUMNS = ("document", "place", "field", "printed", "corrected", "who", "why")
# Table, row and column as marts.budget_amounts counts them; without a column a label holds for the whole row.
PLACE = re.compile(r"T(\d{1,6})R(\d{1,6})(?:C(\d{1,6}))?", re.IGNORECASE)


def read(path: Path) -> pl.DataFrame:
    """The corrections (parsing.corrections.SCHEMA), none where there is no file; every mistake in it is told at once."""
    rows: list[dict[str, Any]] = []
    mistakes: list[str] = []
    seen: dict[tuple[str, str, str], int] = {}
    for number, line in _lines(path):
        row = {name: (line[name] or "").strip() for name in COLUMNS}
        if mistake := _mistake(row):
            mistakes.append(f"line {number} {mistake}")
        elif (key := (row["document"], row["place"].upper(), row["field"])) in seen:
            mistakes.append(f"line {number} corrects the same as line {seen[key]}")
        else:
            seen[key] = number
            place = PLACE.fullmatch(row["place"])
            table, line_in_table, column = place.groups() if place else (None, None, None)
            numbers = {"table_number": table, "row_number": line_in_table, "column_number": column}
            rows.append({**row, **{name: int(text) if text else None for name, text in numbers.items()}})
    if mistakes:
        raise YusuanError(f"{path} cannot be used: {'; '.join(mistakes)}")
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def _lines(path: Path) -> list[tuple[int, dict[str, str | None]]]:
    if not path.exists():
        return []
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        if tuple(reader.fieldnames or ()) != COLUMNS:
            raise YusuanError(f"{path} must begin with the line {','.join(COLUMNS)}")
        return [(reader.line_num, line) for line in reader]


def _mistake(row: dict[str, str]) -> str | None:
    # An empty `printed` is a label that was not read at all.
    empty = [name for name in COLUMNS if not row[name] and name != "printed"]
    if empty:
        return f"has no {', '.join(empty)}"
    place = PLACE.fullmatch(row["place"])
    if place is None:
        return f"has {row['place']} where a place like T3R5C4 belongs (table 3, row 5, column 4)"
    if row["field"] not in FIELDS:
        return f"has {row['field']}, which is none of {', '.join(FIELDS)}"
    if row["field"] in (AMOUNT, UNIT) and place.group(3) is None:
        return f"corrects {row['field']} and names no column"
    if row["field"] == AMOUNT and not re.fullmatch(IS_AMOUNT, row["corrected"]):
        return f"has {row['corrected']} where an amount like 1,592.14 belongs"
    if row["field"] == UNIT and row["corrected"] not in UNIT_YUAN:
        return f"has {row['corrected']}, which is none of {', '.join(UNIT_YUAN)}"
    return None
