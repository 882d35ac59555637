"""One sheet as shown texts -> grids and lines: which part of a sheet is a table, and which is title, caption or note.

A sheet has no physical tables: the vertical borders that are drawn decide, and where none is drawn the shape of the rows
does. How a workbook is opened belongs to spreadsheet_xlsx.py and spreadsheet_xls.py.
"""

import re
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

from yusuan.reading.assembly import Assembly, GridCell, cell_text
from yusuan.reading.errors import UnreadableDocument

# A workbook of a large department has some thousand merged ranges.
MAX_MERGED_ROWS = 5_000_000
# 编制部门：…  单位：万元  日期：… is the fullest caption that is printed.
MOST_CAPTION_CELLS = 4
CAPTION_GAP = "\u3000\u3000"

_CAPTION = re.compile(
    r"(?:填报|填表|编制|编报|预算|公开|主管|所属)?(?:单位|部门)(?:名称|代码|编码)?(?:[（(].*[）)])?\s*[:：].*|(?:金额|计量|货币)单位\s*[:：].*"
    r"|(?:预算|部门|公开|附)*(?:表|附件)\s*[\d一二三四五六七八九十]+(?:[-－]\d+)?\s*[:：]?|(?:预算|部门|公开)*\d+(?:[-－]\d+)?表"
    r"|(?:编制|填报|填表)?(?:日期|时间)\s*[:：].*",
    re.S,
)
_TITLE = re.compile(r".*(?:表|预算|决算|情况)\s*(?:[（(].*[）)]|[\d一二三四五六七八九十\-－]+)?\s*", re.S)
_NOTE = re.compile(r"\s*(?:备?注|说明)\s*[:：\d].*", re.S)
_NUMBER = re.compile(r"[-+(（]?\d[\d,，]*(?:\.\d+)?[)）%]?")


class SheetCell(NamedTuple):
    """A stored cell, counted from 1; `ruled` when a border is drawn at its left or right side."""

    row: int
    column: int
    text: str
    ruled: bool


class Merge(NamedTuple):
    """A merged range, ends included."""

    first_row: int
    last_row: int
    first_column: int
    last_column: int


def add_sheet(
    assembly: Assembly,
    page: int | None,
    cells: Iterable[SheetCell],
    merges: Sequence[Merge],
    hidden_rows: Collection[int] = (),
    hidden_columns: Collection[int] = (),
) -> None:
    """Appends titles, grids and notes from top to bottom, without what is hidden."""
    for part in _Sheet(cells, merges, hidden_rows, hidden_columns).parts():
        if isinstance(part, str):
            assembly.line(part, page)
        else:
            assembly.grid(part, page)


class _Sheet:
    def __init__(
        self, cells: Iterable[SheetCell], merges: Sequence[Merge], hidden_rows: Collection[int], hidden_columns: Collection[int]
    ) -> None:
        self._rows: dict[int, list[GridCell]] = {}
        self._left_rule: dict[int, int] = {}
        if sum(merge.last_row - merge.first_row + 1 for merge in merges) > MAX_MERGED_ROWS:
            raise UnreadableDocument("工作表合并的单元格超过任何表格所需；请取消表格以外的合并后重新放入。")
        rows, columns = _Positions(hidden_rows), _Positions(hidden_columns)
        origins = {(merge.first_row, merge.first_column): merge for merge in merges}
        across: dict[int, list[Merge]] = {}
        for merge in merges:
            for row in range(merge.first_row, merge.last_row + 1):
                across.setdefault(row, []).append(merge)
        rules: dict[int, list[int]] = {}
        for row, column, text, ruled in cells:
            if ruled and row not in hidden_rows and column not in hidden_columns:
                rules.setdefault(rows.visible(row), []).append(columns.visible(column))
            if not text.strip():
                continue
            merge = origins.get((row, column), Merge(row, row, column, column))
            if (row, column) not in origins and any(m.first_column <= column <= m.last_column for m in across.get(row, ())):
                continue  # what another program left below a merged cell is not shown
            height, width = rows.extent(merge.first_row, merge.last_row), columns.extent(merge.first_column, merge.last_column)
            if height and width:
                cell = GridCell(rows.visible(row), columns.visible(column), height, width, text)
                self._rows.setdefault(cell.row, []).append(cell)
        for row_cells in self._rows.values():
            row_cells.sort(key=lambda cell: cell.column)
        # One ruled cell is a frame round a title; a table has at least two columns.
        self._left_rule = {row: min(ruled_columns) for row, ruled_columns in rules.items() if len(ruled_columns) > 1}

    def parts(self) -> Iterator[str | list[GridCell]]:
        """The lines (text) and grids (cells) of the sheet from top to bottom."""
        pending: list[int] = []
        drawn = self._drawn_blocks()
        in_drawn = {row: block for block in drawn for row in block}
        done: set[int] = set()
        for row in sorted(self._rows):
            block = in_drawn.get(row)
            if block is None:
                pending.append(row)
            elif block[0] not in done:
                done.add(block[0])
                yield from self._undrawn(pending, must_have_numbers=bool(drawn))
                pending = []
                yield self._grid(block)
        yield from self._undrawn(pending, must_have_numbers=bool(drawn))

    def _drawn_blocks(self) -> list[list[int]]:
        """Runs of rows with drawn columns, each with the total rows that stand right below its last ruling."""
        blocks: list[list[int]] = []
        last = -1
        for row in sorted(self._left_rule.keys() | self._rows.keys()):
            if row not in self._left_rule and not (row == last + 1 and len(self._rows[row]) > 1 and self._has_number(row)):
                continue
            if row != last + 1:
                blocks.append([])
            blocks[-1].append(row)
            last = row
        filled = [[row for row in block if row in self._rows] for block in blocks]
        return [block for block in map(self._without_heading, filled) if self._is_table(block)]

    def _without_heading(self, block: list[int]) -> list[int]:
        """The block without the titles and captions that are framed together with the table."""
        width = self._width(block)
        start = 0
        while start < len(block) - 1 and (self._is_caption(block[start]) or self._is_title(block[start], width)):
            start += 1
        return block[start:]

    def _undrawn(self, rows: list[int], must_have_numbers: bool) -> Iterator[str | list[GridCell]]:
        """Tables without drawn columns: they begin below titles and captions and end above notes or a gap."""
        block: list[int] = []
        width = 1
        for row in rows:
            lone = len(self._rows[row]) == 1
            begins = not block or row > block[-1] + 1 or self._is_title(row, width)
            if self._is_caption(row) or (lone and begins):
                yield from self._table_or_lines(block, must_have_numbers)
                block, width = [], 1
                yield self._line(row)
            else:
                block.append(row)
                width = max(width, self._width([row]))
        yield from self._table_or_lines(block, must_have_numbers)

    def _table_or_lines(self, block: list[int], must_have_numbers: bool) -> Iterator[str | list[GridCell]]:
        end = len(block)
        while end and len(self._rows[block[end - 1]]) == 1 and _NOTE.fullmatch(self._rows[block[end - 1]][0].text):
            end -= 1
        table = block[:end]
        if self._is_table(table) and (not must_have_numbers or any(map(self._has_number, table))):
            yield self._grid(table)
        else:
            yield from map(self._line, table)
        yield from map(self._line, block[end:])

    def _is_table(self, block: list[int]) -> bool:
        columns = {cell.column for row in block for cell in self._rows[row]}
        return len(columns) > 1 and (len(block) > 1 or len(columns) > 2 or any(map(self._has_number, block)))

    def _grid(self, block: list[int]) -> list[GridCell]:
        above = block[0] - 1
        left = min(min(self._left_rule.get(row, self._rows[row][0].column), self._rows[row][0].column) for row in block) - 1
        return [cell._replace(row=cell.row - above, column=cell.column - left) for row in block for cell in self._rows[row]]

    def _line(self, row: int) -> str:
        cells = self._rows[row]
        return cells[0].text if len(cells) == 1 else CAPTION_GAP.join(cell_text(cell.text) for cell in cells)

    def _width(self, block: list[int]) -> int:
        return max((cell.column + cell.column_span - 1 for row in block for cell in self._rows[row]), default=1)

    def _is_caption(self, row: int) -> bool:
        cells = self._rows[row]
        return len(cells) <= MOST_CAPTION_CELLS and all(_CAPTION.fullmatch(cell.text.strip()) for cell in cells)

    def _is_title(self, row: int, width: int) -> bool:
        cells = self._rows[row]
        return len(cells) == 1 and cells[0].column_span >= max(2, width) and bool(_TITLE.fullmatch(cells[0].text))

    def _has_number(self, row: int) -> bool:
        return any(_NUMBER.fullmatch(cell.text.strip()) for cell in self._rows[row])


class _Positions:
    """Rows or columns as they are seen, with the hidden ones taken out."""

    def __init__(self, hidden: Collection[int]) -> None:
        self._hidden = sorted(hidden)

    def visible(self, position: int) -> int:
        """The place of a row or column; for a hidden one that of the next one that is seen."""
        return position - bisect_left(self._hidden, position)

    def extent(self, first: int, last: int) -> int:
        """How many of a range are seen."""
        return self.visible(last + 1) - self.visible(first)
