"""Collects the lines and grids of one document in reading order and turns them into the cells and lines frames.

Readers that walk a document (Word, spreadsheets, web pages) hand over text here; how a format is walked, and readers that
compute frames for all pages at once (PDF, plain text), do not belong here.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

import polars as pl

from yusuan.reading.errors import UnreadableDocument
from yusuan.reading.frames import CELLS_SCHEMA, LINES_SCHEMA, conform

# A real disclosure has some thousand cells, a large workbook some hundred thousand.
MAX_CELLS = 2_000_000
MAX_LINES = 1_000_000
MAX_CHARACTERS = 100_000_000
# Excel ends at 16,384 columns; the widest published table has some sixty.
MAX_COLUMNS = 16_384

_INVISIBLE = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\u00ad\u200b-\u200f\u2028\u2029\u202a-\u202e\u2060\ufeff\ufffe\uffff]")
_SPACES = re.compile(r"[ \t\u00a0]+")
_BREAK = re.compile(r"\s*[\n\r\x0b\x0c]\s*")
_LATIN_BREAK = re.compile(r"(?<=[A-Za-z,;])\s*[\n\r\x0b\x0c]\s*(?=[A-Za-z])")


class GridCell(NamedTuple):
    """One cell of a grid, counted from 1; a merged cell stands at its origin."""

    row: int
    column: int
    row_span: int
    column_span: int
    text: str


class Assembly:
    """The document so far; `line` and `grid` append to it, `frames` ends it."""

    def __init__(self, document_id: str) -> None:
        self._document_id = document_id
        self._cells: list[tuple[int | None, int, int, int, int, int, int, str]] = []
        self._lines: list[tuple[int, int | None, int | None, str]] = []
        self._grids = 0
        self._characters = 0

    def line(self, text: str, page: int | None = None) -> None:
        """Appends text outside of grids; every line break in it begins a new line, blank lines are dropped."""
        for part in _BREAK.split(_INVISIBLE.sub("", text)):
            if part := _SPACES.sub(" ", part).strip():
                self._append(part, page, None)

    def grid(self, cells: Sequence[GridCell], page: int | None = None) -> None:
        """Appends a grid; rows without any text leave no line."""
        tidied = [cell._replace(text=cell_text(cell.text)) for cell in cells]
        rows: dict[int, list[GridCell]] = {}
        for cell in tidied:
            if cell.text:
                rows.setdefault(cell.row, []).append(cell)
        if not rows:
            return
        self._grids += 1
        for number in sorted(rows):
            row = sorted(rows[number], key=lambda cell: cell.column)
            if row[-1].column > MAX_COLUMNS:
                raise UnreadableDocument(f"一张表超过 {MAX_COLUMNS:,} 列；请核对文件是不是预算公开。")
            texts = [""] * row[-1].column
            for cell in row:
                texts[cell.column - 1] = cell.text
            self._append("\t".join(texts), page, self._grids)
            line = len(self._lines)
            self._cells += [(page, self._grids, cell.row, cell.column, cell.row_span, cell.column_span, line, cell.text) for cell in row]
        if len(self._cells) > MAX_CELLS:
            raise UnreadableDocument(f"文件超过 {MAX_CELLS:,} 个单元格；请拆分后放入。")

    def _append(self, text: str, page: int | None, grid: int | None) -> None:
        self._lines.append((len(self._lines) + 1, page, grid, text))
        self._characters += len(text)
        if len(self._lines) > MAX_LINES or self._characters > MAX_CHARACTERS:
            raise UnreadableDocument(f"文件超过 {MAX_LINES:,} 行或 {MAX_CHARACTERS:,} 个字符；请拆分后放入。")

    def frames(self) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Cells and lines (CELLS_SCHEMA, LINES_SCHEMA) of the document."""
        columns = ["page", "grid", "row", "column", "row_span", "column_span", "line", "text"]
        cells = pl.DataFrame(self._cells, schema={name: CELLS_SCHEMA[name] for name in columns}, orient="row")
        columns = ["line", "page", "grid", "text"]
        lines = pl.DataFrame(self._lines, schema={name: LINES_SCHEMA[name] for name in columns}, orient="row")
        owner = pl.lit(self._document_id).alias("document_id")
        return conform(cells.with_columns(owner), CELLS_SCHEMA), conform(lines.with_columns(owner), LINES_SCHEMA)


def cell_text(text: str) -> str:
    """The text of a cell as one line: breaks vanish, as they do between Chinese characters, except between latin words."""
    text = _LATIN_BREAK.sub(" ", _INVISIBLE.sub("", text))
    return _SPACES.sub(" ", _BREAK.sub("", text)).strip()
