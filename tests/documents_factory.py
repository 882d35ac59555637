"""Makes office documents and web pages from grids, for the readers' tests: what is written is known, so reading can be judged.

`grids()` draws tables as they are published: header rows with merged cells above rows of codes, names and amounts. PDF and scans
are not made here.
"""

import html
import io
import zipfile
from collections.abc import Sequence
from itertools import product

import docx
import openpyxl
import polars as pl
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from hypothesis import strategies as st
from openpyxl.styles import Border, Side

from yusuan.reading.assembly import GridCell

HEADERS = ("科目编码", "科目名称", "合计", "基本支出", "项目支出", "人员经费", "公用经费", "“三公”经费", "其中：财政拨款", "上年结转")
NAMES = ("行政运行", "一般公共服务支出", "其他行政事业单位养老支出", "办公费 & 印刷费", "<其他>资本性支出", "Wi-Fi 及IT服务", "小计")


@st.composite
def grids(draw: st.DrawFn) -> list[GridCell]:
    """Cells of one table without gaps: merged headers, then rows; some body cells are blank, the first row never is."""
    columns = draw(st.integers(3, 8))
    header_rows = draw(st.integers(1, 3))
    body_rows = draw(st.integers(2, 6))
    cells: list[GridCell] = []
    taken: set[tuple[int, int]] = set()
    for row, column in product(range(1, header_rows + 1), range(1, columns + 1)):
        if (row, column) in taken:
            continue
        height = draw(st.integers(1, header_rows - row + 1))
        free = next((other for other in range(column, columns + 1) if (row, other) in taken), columns + 1) - column
        # A header never spans the whole table: that would be its title.
        width = draw(st.integers(1, min(free, columns - 1)))
        taken |= set(product(range(row, row + height), range(column, column + width)))
        cells.append(GridCell(row, column, height, width, draw(st.sampled_from(HEADERS))))
    for row, column in product(range(header_rows + 1, header_rows + body_rows + 1), range(1, columns + 1)):
        if column == 1:
            text = draw(st.sampled_from(NAMES))
        else:
            text = draw(st.one_of(st.just(""), st.integers(0, 10**9).map(lambda cents: f"{cents / 100:,.2f}"), st.sampled_from(NAMES)))
        cells.append(GridCell(row, column, 1, 1, text))
    return cells


def as_frame(cells: Sequence[GridCell]) -> pl.DataFrame:
    """The filled cells, to compare with what a reader found."""
    filled = [cell._replace(text="".join(cell.text.split())) for cell in cells if cell.text.strip()]
    schema = {"row": pl.Int32, "column": pl.Int32, "row_span": pl.Int32, "column_span": pl.Int32, "text": pl.Utf8}
    return pl.DataFrame(filled, schema=schema, orient="row").sort("row", "column")


def found_frame(cells: pl.DataFrame, place: int = 1) -> pl.DataFrame:
    """The first, second, ... grid of a reader's cells frame, in the shape of as_frame()."""
    return (
        cells.filter(pl.col("grid").rank("dense") == place)
        .select("row", "column", "row_span", "column_span", pl.col("text").str.replace_all(r"\s", ""))
        .sort("row", "column")
    )


def _size(cells: Sequence[GridCell]) -> tuple[int, int]:
    return max(cell.row + cell.row_span - 1 for cell in cells), max(cell.column + cell.column_span - 1 for cell in cells)


def make_docx(*tables: Sequence[GridCell], title: str = "2024年部门支出预算表", caption: str = "单位：万元") -> bytes:
    document = docx.Document()
    for cells in tables:
        document.add_paragraph(title)
        document.add_paragraph(caption)
        table = document.add_table(*_size(cells))
        for cell in cells:
            first = table.cell(cell.row - 1, cell.column - 1)
            last = table.cell(cell.row + cell.row_span - 2, cell.column + cell.column_span - 2)
            first.merge(last).text = cell.text
    return _saved(document)


def make_tracked_docx(deleted: str, inserted: str) -> bytes:
    """A paragraph in which one text was replaced by another with changes tracked."""
    document = docx.Document()
    paragraph = document.add_paragraph("金额")._p
    for kind, tag, text in (("w:del", "w:delText", deleted), ("w:ins", "w:t", inserted)):
        change, run, part = OxmlElement(kind), OxmlElement("w:r"), OxmlElement(tag)
        change.set(qn("w:id"), "1")
        part.text = text
        run.append(part)
        change.append(run)
        paragraph.append(change)
    return _saved(document)


def make_xlsx(
    *tables: Sequence[GridCell],
    title: str = "2024年部门支出预算表",
    caption: str = "单位：万元",
    ruled: bool = True,
    left: int = 1,
    top: int = 3,
) -> bytes:
    """A sheet for each table, with its title and caption above it; the first cell of the table stands at (top, left)."""
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    thin = Side(style="thin")
    for number, cells in enumerate(tables, start=1):
        sheet = workbook.create_sheet(f"表{number}")
        rows, columns = _size(cells)
        sheet.cell(1, left, title)
        sheet.merge_cells(start_row=1, start_column=left, end_row=1, end_column=left + columns - 1)
        sheet.cell(2, left + columns - 1, caption)
        if ruled:
            for row, column in product(range(top, top + rows), range(left, left + columns)):
                sheet.cell(row, column).border = Border(left=thin, right=thin, top=thin, bottom=thin)
        for cell in cells:
            row, column = cell.row + top - 1, cell.column + left - 1
            sheet.cell(row, column, cell.text or None)
            if cell.row_span * cell.column_span > 1:
                sheet.merge_cells(
                    start_row=row, start_column=column, end_row=row + cell.row_span - 1, end_column=column + cell.column_span - 1
                )
    return _saved(workbook)


def make_html(
    *tables: Sequence[GridCell], title: str = "2024年部门支出预算表", caption: str = "单位：万元", encoding: str = "utf-8"
) -> bytes:
    parts = [f'<html><head><meta charset="{encoding}"><title>预算公开</title><script>var a="<td>1.00</td>"</script></head><body>']
    for cells in tables:
        parts.append(f"<h2>{title}</h2><p>{caption}</p><table border=1>")
        for row in range(1, _size(cells)[0] + 1):
            parts.append("<tr>")
            for cell in cells:
                if cell.row == row:
                    parts.append(f'<td rowspan="{cell.row_span}" colspan="{cell.column_span}">{html.escape(cell.text)}</td>')
            parts.append("</tr>")
        parts.append("</table>")
    return "".join([*parts, "</body></html>"]).encode(encoding)


class _UnmarkedName(zipfile.ZipInfo):
    """A member whose name is written in GBK without a word about it, as Chinese Windows does."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:
        return self.filename.encode("gbk"), self.flag_bits & ~0x800


def make_zip(files: dict[str, bytes], windows_names: bool = False) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            info = _UnmarkedName(name) if windows_names else zipfile.ZipInfo(name)
            archive.writestr(info, content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def replace_part(package: bytes, part: str, content: bytes) -> bytes:
    """A ZIP container with one part written anew or added."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name != part:
                new.writestr(name, old.read(name))
        new.writestr(part, content)
    return buffer.getvalue()


def _saved(document: object) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)  # type: ignore[attr-defined]
    return buffer.getvalue()
