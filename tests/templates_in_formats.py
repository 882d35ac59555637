"""The templates as Word, Excel, web and PDF documents, in the manners in which departments lay them out.

What the templates hold is decided in templates.py; how a format stores a table is what the readers' own tests look at.
"""

import html
import io
from collections.abc import Callable, Iterable
from dataclasses import replace

import docx
import openpyxl
from openpyxl.styles import Border, Side

from pdf_documents import MARGIN, PAGE, Cell, Grid, Paper
from templates import Amount, Table

# One table as the parts that are printed one after the other, each with the lines above it.
Part = tuple[list[str], list[Cell]]
Manner = Callable[[Table], list[Part]]
OWNER = "编制单位：某市某局"


def size(cells: Iterable[Cell]) -> tuple[int, int]:
    cells = list(cells)
    return max(c.row + c.row_span for c in cells), max(c.column + c.column_span for c in cells)


def above(table: Table) -> list[str]:
    return [*([table.number] if table.number else []), table.title, f"{OWNER}          单位：{table.unit}"]


def moved(cells: Iterable[Cell], down: int) -> list[Cell]:
    return [replace(cell, row=cell.row + down) for cell in cells]


def taken(cells: list[Cell], rows: Iterable[int]) -> list[Cell]:
    """These rows alone, one below the other."""
    place = {row: k for k, row in enumerate(rows)}
    return [replace(cell, row=place[cell.row]) for cell in cells if cell.row in place]


def parts_of(table: Table, rows: int, header: bool, then: list[str]) -> list[Part]:
    """The table in parts of so many rows; the later ones with the header once more, or without, below the lines `then`."""
    cells, head = table.grid(), len(table.header)
    height, _ = size(cells)
    starts = range(head, height, rows)
    found = []
    for start in starts:
        repeated = range(head) if header or start == head else range(0)
        found.append((above(table) if start == head else then, taken(cells, [*repeated, *range(start, min(start + rows, height))])))
    return found


def whole(table: Table) -> list[Part]:
    return [(above(table), table.grid())]


def continued_by_title(table: Table) -> list[Part]:
    return parts_of(table, 7, True, [f"{table.title}（续）", f"单位：{table.unit}"])


def continued_by_word(table: Table) -> list[Part]:
    return parts_of(table, 7, False, ["续表"])


def header_repeated_in_the_grid(table: Table) -> list[Part]:
    body: list[Cell] = []
    for _, cells in parts_of(table, 6, True, []):
        body += moved(cells, size(body)[0] if body else 0)
    return [(above(table), body)]


def title_and_caption_in_the_grid(table: Table) -> list[Part]:
    cells = table.grid()
    _, width = size(cells)
    top = [Cell(0, 0, 1, width, table.title), Cell(1, 0, 1, width - 1, OWNER), Cell(1, width - 1, 1, 1, f"单位：{table.unit}")]
    return [([], [*top, *moved(cells, 2)])]


def unit_in_the_headings(table: Table) -> list[Part]:
    """合计（万元）: no caption."""
    head = len(table.header)
    money = {column for row in table.body for column, cell in enumerate(row) if isinstance(cell, Amount)}
    counted = head - any(row[0] == "栏次" or row[0] == "1" for row in table.header)
    cells = []
    for cell in table.grid():
        is_leaf = cell.column in money and cell.column_span == 1 and cell.row < counted == cell.row + cell.row_span
        cells.append(replace(cell, text=f"{cell.text}（{table.unit}）") if is_leaf and cell.text else cell)
    return [([table.title], cells)]


def unit_in_the_cells(table: Table) -> list[Part]:
    """12.50万元 in each cell: no caption."""
    places = {(len(table.header) + k, c) for k, row in enumerate(table.body) for c, cell in enumerate(row) if isinstance(cell, Amount)}
    cells = [replace(cell, text=f"{cell.text}{table.unit}") if (cell.row, cell.column) in places else cell for cell in table.grid()]
    return [([table.title], cells)]


def in_one_grid(tables: list[Table]) -> list[Cell]:
    """All tables one below the other in one grid as wide as the widest, each with its number, title and caption in rows."""
    width = max(size(table.grid())[1] for table in tables)
    cells: list[Cell] = []
    for table in tables:
        top = size(cells)[0] if cells else 0
        cells += [Cell(top + k, 0, 1, width, line) for k, line in enumerate(above(table))]
        cells += moved(table.grid(), top + len(above(table)))
    return cells


def halves(table: Table, repeat: bool) -> list[Part]:
    """The left and the right half of the columns, the right one with the labels once more or without."""
    cells = table.grid()
    money = sorted({column for row in table.body for column, cell in enumerate(row) if isinstance(cell, Amount)})
    cut, (_, width) = money[len(money) // 2], size(cells)
    labels = range(money[0]) if repeat else range(0)
    return [(above(table), _columns(cells, range(cut))), ([], _columns(cells, [*labels, *range(cut, width)]))]


def _columns(cells: list[Cell], columns: Iterable[int]) -> list[Cell]:
    """These columns alone; a merged cell is as wide as what is left of it."""
    place = {column: k for k, column in enumerate(columns)}
    kept = [(cell, [k for k in range(cell.column, cell.column + cell.column_span) if k in place]) for cell in cells]
    return [replace(cell, column=place[left[0]], column_span=len(left)) for cell, left in kept if left]


def header_in_a_grid_of_its_own(table: Table) -> list[Part]:
    """As a page does that keeps the header in view."""
    cells, head = table.grid(), len(table.header)
    return [(above(table), taken(cells, range(head))), ([], taken(cells, range(head, size(cells)[0])))]


MANNERS: dict[str, Manner] = {
    "whole": whole,
    "continued_by_title": continued_by_title,
    "continued_by_word": continued_by_word,
    "header_repeated_in_the_grid": header_repeated_in_the_grid,
    "title_and_caption_in_the_grid": title_and_caption_in_the_grid,
    "unit_in_the_headings": unit_in_the_headings,
    "unit_in_the_cells": unit_in_the_cells,
}


def as_word(tables: list[Table], head: list[str], manner: Manner) -> bytes:
    document = docx.Document()
    for line in head:
        document.add_paragraph(line)
    for table in tables:
        for lines, cells in manner(table):
            for line in lines or [""]:
                document.add_paragraph(line)
            height, width = size(cells)
            # Asked once: each look at a cell of python-docx walks the whole table.
            places = document.add_table(height, width)._cells
            for cell in cells:
                place = places[cell.row * width + cell.column]
                if cell.row_span * cell.column_span > 1:
                    place = place.merge(places[(cell.row + cell.row_span - 1) * width + cell.column + cell.column_span - 1])
                place.text = cell.text
        for note in table.notes:
            document.add_paragraph(note)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def as_page(tables: list[Table], head: list[str], manner: Manner) -> bytes:
    parts = [f"<p>{html.escape(line)}</p>" for line in head]
    for table in tables:
        for lines, cells in manner(table):
            parts += [f"<p>{html.escape(line)}</p>" for line in lines]
            parts.append("<table>")
            for row in range(size(cells)[0]):
                own = sorted((cell for cell in cells if cell.row == row), key=lambda cell: cell.column)
                parts.append(
                    "<tr>"
                    + "".join(f'<td rowspan="{c.row_span}" colspan="{c.column_span}"><p>{html.escape(c.text)}</p></td>' for c in own)
                    + "</tr>"
                )
            parts.append("</table>")
        parts += [f"<p>{html.escape(note)}</p>" for note in table.notes]
    return f'<html><head><meta charset="utf-8"></head><body>{"".join(parts)}</body></html>'.encode()


def as_workbook(tables: list[Table], head: list[str], manner: Manner) -> bytes:
    """All tables on one sheet, amounts as numbers."""
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    thin = Side(style="thin")
    top = 1
    for line in head:
        sheet.cell(top, 1, line or None)
        top += 1
    for table in tables:
        for lines, cells in manner(table):
            for line in lines:
                sheet.cell(top, 1, line)
                top += 1
            height, width = size(cells)
            for row in range(height):
                for column in range(width):
                    sheet.cell(top + row, 1 + column).border = Border(left=thin, right=thin, top=thin, bottom=thin)
            for cell in cells:
                place = sheet.cell(top + cell.row, 1 + cell.column)
                is_money = "." in cell.text and cell.text.replace(",", "").replace(".", "").isdigit()
                place.value = float(cell.text.replace(",", "")) if is_money else cell.text or None
                place.number_format = "#,##0.00" if is_money else "General"
                if cell.row_span * cell.column_span > 1:
                    last = (top + cell.row + cell.row_span - 1, cell.column + cell.column_span)
                    sheet.merge_cells(start_row=place.row, start_column=place.column, end_row=last[0], end_column=last[1])
            top += height + 1
        for note in table.notes:
            sheet.cell(top, 1, note)
            top += 2
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def as_drawn(tables: list[Table], head: list[str], manner: Manner) -> bytes:
    """Ruled pages, one for each part."""
    paper = Paper()
    for k, line in enumerate(head):
        paper.text(MARGIN, 80 + 20 * k, line)
    for table in tables:
        for lines, cells in manner(table):
            paper.next_page()
            for k, line in enumerate(lines):
                paper.text(MARGIN, 40 + 12 * k, line)
            height, width = size(cells)
            texts = [max((len(c.text) for c in cells if c.column == k and c.column_span == 1), default=1) for k in range(width)]
            shares = [min(max(text, 5), 12) for text in texts]
            widths = tuple((PAGE[0] - 2 * MARGIN) * share / sum(shares) for share in shares)
            heights = tuple(30.0 if row < len(table.header) else 19.0 for row in range(height))
            paper.grid(Grid(widths, heights, tuple(cells)), 90.0)
        for k, note in enumerate(table.notes):
            paper.text(MARGIN, PAGE[1] - 30 + 10 * k, note)
    paper.next_page()
    return paper.data()


FORMATS: dict[str, Callable[[list[Table], list[str], Manner], bytes]] = {
    "word": as_word,
    "workbook": as_workbook,
    "page": as_page,
    "drawn": as_drawn,
}
