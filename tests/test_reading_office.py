"""Word documents, spreadsheets, OFD and the old formats behind LibreOffice: every cell and merge, or a refusal that says why."""

import io
import json
import zipfile
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import docx
import openpyxl
import polars as pl
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from documents_factory import as_frame, found_frame, grids, make_docx, make_tracked_docx, make_xlsx, make_zip, replace_part
from yusuan.reading import libreoffice, package
from yusuan.reading.assembly import GridCell
from yusuan.reading.docx import read_docx
from yusuan.reading.errors import UnreadableDocument
from yusuan.reading.frames import CELLS_SCHEMA, LINES_SCHEMA
from yusuan.reading.number_format import shown
from yusuan.reading.numbering import chinese_number, printed_number
from yusuan.reading.ofd import read_ofd
from yusuan.reading.readers import READERS, reader_for
from yusuan.reading.sniffing import media_type
from yusuan.reading.spreadsheet_xls import read_xls
from yusuan.reading.spreadsheet_xlsx import read_xlsx

needs_libreoffice = pytest.mark.skipif(not libreoffice.installed(), reason="LibreOffice is not installed")
quickly = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])

TABLE = [
    GridCell(1, 1, 2, 1, "科目"),
    GridCell(1, 2, 1, 2, "本年支出"),
    GridCell(2, 2, 1, 1, "基本支出"),
    GridCell(2, 3, 1, 1, "项目支出"),
    GridCell(3, 1, 1, 1, "行政运行"),
    GridCell(3, 2, 1, 1, "119.50"),
    GridCell(3, 3, 1, 1, "14.40"),
]


def true_tables(file: Path) -> list[pl.DataFrame]:
    tables = json.loads(Path(f"{file}.truth.json").read_text(encoding="utf-8"))
    return [as_frame([GridCell(c["r"] + 1, c["c"] + 1, c["rs"], c["cs"], c["text"]) for c in table["cells"]]) for table in tables]


def outside_grids(lines: pl.DataFrame) -> list[str]:
    return lines.filter(pl.col("grid").is_null())["text"].to_list()


@pytest.mark.parametrize(
    "name",
    [
        "budget.docx",
        "borderless.docx",
        "budget.xlsx",
        "budget_codesnum.xlsx",
        "budget.xls",
        "budget_codesnum.xls",
        "budget.et",
        "budget.ofd",
        pytest.param("budget.doc", marks=needs_libreoffice),
        pytest.param("budget.wps", marks=needs_libreoffice),
    ],
)
def test_every_cell_and_merge_of_the_true_grids_is_read(shared: Path, name: str) -> None:
    file = shared / "formats" / name
    data = file.read_bytes()

    cells, lines = reader_for(media_type(data, name)).load()("d", data)

    tables = true_tables(file)
    assert cells["grid"].n_unique() == len(tables)
    for grid, table in enumerate(tables, start=1):
        assert_frame_equal(found_frame(cells, grid), table)
    assert "2023年单位支出预算表" in outside_grids(lines)
    assert any("单位：万元" in line for line in outside_grids(lines))


def test_the_frames_have_the_agreed_columns_and_lines_are_numbered_in_order() -> None:
    cells, lines = read_docx("d", make_docx(TABLE, TABLE))

    assert dict(cells.schema) == CELLS_SCHEMA
    assert dict(lines.schema) == LINES_SCHEMA
    assert lines["line"].to_list() == list(range(1, lines.height + 1))
    assert lines["grid"].to_list() == [None, None, 1, 1, 1, None, None, 2, 2, 2]
    assert lines["text"][2] == "科目\t本年支出"
    joined = cells.join(lines, on=["line", "grid"], suffix="_line")
    assert joined.height == cells.height
    assert joined.select(pl.col("text_line").str.contains(pl.col("text"), literal=True).all()).item()


@quickly
@given(st.lists(grids(), min_size=1, max_size=2))
def test_any_word_table_is_read_back(tables: list[list[GridCell]]) -> None:
    cells, _ = read_docx("d", make_docx(*tables))

    for grid, table in enumerate(tables, start=1):
        assert_frame_equal(found_frame(cells, grid), as_frame(table))


@quickly
@given(grids(), st.booleans(), st.integers(1, 3), st.integers(3, 5))
def test_any_sheet_table_is_read_back_wherever_it_stands(table: list[GridCell], ruled: bool, left: int, top: int) -> None:
    # Without rulings a table shows itself by rows of several cells; rows of one cell each are text.
    filled = [cell.row for cell in table if cell.text]
    assume(ruled or all(filled.count(row) > 1 for row in {cell.row for cell in table}))

    cells, lines = read_xlsx("d", make_xlsx(table, ruled=ruled, left=left, top=top))

    assert_frame_equal(found_frame(cells), as_frame(table))
    assert outside_grids(lines) == ["表1", "2024年部门支出预算表", "单位：万元"]


def test_tracked_insertions_are_read_and_deletions_are_not() -> None:
    _, lines = read_docx("d", make_tracked_docx(deleted="100.00", inserted="200.00"))

    assert lines["text"].to_list() == ["金额200.00"]


def test_text_between_tables_keeps_its_place() -> None:
    document = docx.Document()
    document.add_paragraph("一、收入")
    document.add_table(2, 2).cell(1, 1).text = "1.00"
    document.add_paragraph("注：本表无数据")
    buffer = io.BytesIO()
    document.save(buffer)

    _, lines = read_docx("d", buffer.getvalue())

    assert lines["text"].to_list() == ["一、收入", "\t1.00", "注：本表无数据"]


def test_a_table_inside_a_cell_is_a_grid_of_its_own() -> None:
    document = docx.Document()
    outer = document.add_table(3, 3)
    for row, texts in enumerate((("指标", "目标", "说明"), ("数量", "100", ""), ("质量", "合格", "见右"))):
        for column, text in enumerate(texts):
            outer.cell(row, column).text = text
    inner = outer.cell(1, 2).add_table(2, 2)
    inner.cell(1, 1).text = "7.46"
    buffer = io.BytesIO()
    document.save(buffer)

    cells, _ = read_docx("d", buffer.getvalue())

    assert cells.filter(pl.col("text") == "100")["grid"].to_list() == [1]
    assert cells.filter(pl.col("text") == "7.46").select("grid", "row", "column").rows() == [(2, 2, 2)]


def test_a_text_box_is_read_once() -> None:
    document = docx.Document()
    namespaces = nsdecls("w", "wp") + (
        ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
        ' xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
    )
    box = "<w:txbxContent><w:p><w:r><w:t>单位：万元</w:t></w:r></w:p></w:txbxContent>"
    run = (
        f"<w:r {namespaces}><mc:AlternateContent><mc:Choice Requires='wps'><wps:txbx>{box}</wps:txbx></mc:Choice>"
        f"<mc:Fallback><w:pict>{box}</w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )
    document.add_paragraph("支出预算表")._p.append(parse_xml(run))
    buffer = io.BytesIO()
    document.save(buffer)

    _, lines = read_docx("d", buffer.getvalue())

    assert lines["text"].to_list() == ["支出预算表", "单位：万元"]


def test_the_odd_word_file_is_read_rightly(shared: Path) -> None:
    cells, lines = read_docx("d", (shared / "formats/pitfalls/odd.docx").read_bytes())

    assert "200.00" in cells["text"].to_list()
    assert "100.00" not in cells["text"].to_list()
    assert cells.filter(pl.col("text") == "1.00").height == 1
    assert cells.filter(pl.col("text") == "甲")["column_span"].to_list() == [2]
    assert lines["text"][-1] == "1. 自动编号标题"


@pytest.mark.parametrize(
    ("value", "format_code", "expected"),
    [
        (1, "chineseCountingThousand", "一"),
        (12, "chineseCounting", "十二"),
        (20, "japaneseCounting", "二十"),
        (105, "chineseCounting", "一百〇五"),
        (4, "upperRoman", "IV"),
        (28, "lowerLetter", "bb"),
        (3, "decimalEnclosedCircle", "③"),
        (7, "decimal", "7"),
    ],
)
def test_automatic_numbers_are_printed_as_word_prints_them(value: int, format_code: str, expected: str) -> None:
    assert printed_number(value, format_code) == expected


def test_chinese_numbers_skip_runs_of_zeros_once() -> None:
    assert [chinese_number(n) for n in (10, 100, 1001, 10_010, 20_300)] == ["十", "一百", "一千〇一", "一万〇十", "二万〇三百"]


@pytest.mark.parametrize(
    ("value", "number_format", "expected"),
    [
        (3739, "#,##0.00", "3,739.00"),
        (3, "00", "03"),
        (132.8600000000001, "#,##0.00_ ", "132.86"),
        (132.8600000000001, "General", "132.86"),
        (1.005, "0.00", "1.01"),
        (-56.3, "#,##0.00;(#,##0.00)", "-56.30"),
        (-56.3, "0.00;[Red]0.00", "-56.30"),
        (0, "0.00", "0.00"),
        (0, '#,##0.00;-#,##0.00;""', ""),
        (0, '_ * #,##0.00_ ;_ * \\-#,##0.00_ ;_ * "-"??_ ;_ @_ ', "-"),
        (1739.75, "#,##0.00,", "1.74"),
        (17397500, "0!.0000", "1739.7500"),
        (17397500, "#,##0!.0000", "1739.7500"),
        (0.256, "0.0%", "25.6%"),
        (410800210012345, "General", "410800210012345"),
        (12345678901.25, "General", "12345678901.25"),
        (5, '0"人"', "5人"),
        (20000, "[>=10000]0!.0,;0", "2.0"),
        ("03", "General", "03"),
        (True, "General", "TRUE"),
        (None, "0.00", ""),
    ],
)
def test_numbers_are_shown_as_their_format_shows_them(value: object, number_format: str, expected: str) -> None:
    assert shown(value, number_format) == expected  # type: ignore[arg-type]


def a_workbook() -> tuple[openpyxl.Workbook, openpyxl.worksheet.worksheet.Worksheet]:
    workbook = openpyxl.load_workbook(io.BytesIO(make_xlsx(TABLE)))
    return workbook, workbook.worksheets[0]


def saved(workbook: openpyxl.Workbook) -> bytes:
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def test_hidden_sheets_rows_and_columns_are_not_print() -> None:
    workbook, sheet = a_workbook()
    workbook.create_sheet("底稿").sheet_state = "hidden"
    workbook["底稿"]["A1"] = "内部"
    sheet.insert_rows(5)
    sheet["A5"], sheet["B5"] = "隐藏行", "1.00"
    sheet.row_dimensions[5].hidden = True
    sheet.column_dimensions["C"].hidden = True

    cells, lines = read_xlsx("d", saved(workbook))

    assert "内部" not in lines["text"].to_list()
    assert {"隐藏行", "项目支出", "14.40"}.isdisjoint(cells["text"])
    assert cells.filter(pl.col("text") == "本年支出")["column_span"].to_list() == [1]


def test_dates_are_shown_as_chinese_editions_show_them() -> None:
    assert shown(datetime(2024, 1, 5), "mm-dd-yy") == "2024/1/5"
    assert shown(datetime(2024, 1, 5), 'yyyy"年"m"月"d"日"') == "2024年1月5日"
    assert shown(datetime(2024, 1, 5, 8, 3), "yyyy-mm-dd hh:mm") == "2024-01-05 08:03"


def test_a_total_row_below_the_rulings_belongs_to_the_table_and_a_note_does_not() -> None:
    workbook, sheet = a_workbook()
    sheet["A6"], sheet["B6"], sheet["C6"] = "合计", "119.50", "14.40"
    sheet["A7"] = "注：四舍五入。"

    cells, lines = read_xlsx("d", saved(workbook))

    assert cells.filter(pl.col("text") == "合计").select("grid", "row", "column").rows() == [(1, 4, 1)]
    assert outside_grids(lines)[-1] == "注：四舍五入。"


def test_two_tables_on_a_sheet_are_two_grids() -> None:
    workbook, sheet = a_workbook()
    for row, texts in enumerate((("二、支出", None), ("项目", "金额"), ("办公费", "3.00")), start=8):
        for column, text in enumerate(texts, start=1):
            sheet.cell(row, column, text)

    cells, lines = read_xlsx("d", saved(workbook))

    assert cells.filter(pl.col("text") == "3.00").select("grid", "row", "column").rows() == [(2, 2, 2)]
    assert "二、支出" in outside_grids(lines)


def test_formulas_without_values_are_refused_without_libreoffice(monkeypatch: pytest.MonkeyPatch) -> None:
    workbook, sheet = a_workbook()
    sheet["B5"] = "=1+1"
    monkeypatch.setattr(libreoffice, "installed", lambda: False)

    with pytest.raises(UnreadableDocument, match=r"表1!B5.*保存"):
        read_xlsx("d", saved(workbook))


@needs_libreoffice
def test_formulas_without_values_are_computed_by_libreoffice(shared: Path) -> None:
    cells, _ = read_xlsx("d", (shared / "formats/pitfalls/formula.xlsx").read_bytes())

    by_place = {(row, column): text for row, column, text in cells.select("row", "column", "text").iter_rows()}
    assert by_place[2, 2] == "133.90"
    assert [by_place[3, column] for column in (2, 3, 4)] == ["132.86", "1,234.50", "12.30"]
    assert by_place[4, 2] == "-56.30"


def test_published_templates_give_nine_empty_tables_and_their_prose(shared: Path) -> None:
    for name, read in (("SH_TEMPLATE_2026_dept_budget_blank.xlsx", read_xlsx), ("SH_TEMPLATE_unit_budget_blank.xls", read_xls)):
        cells, lines = read("d", (shared / "pdf" / name).read_bytes())

        assert cells["grid"].n_unique() == 9
        assert cells.group_by("grid").agg(pl.col("row").min(), pl.col("column").min()).select("row", "column").unique().rows() == [(1, 1)]
        assert sum("单位：元" in line for line in outside_grids(lines)) == 8


@needs_libreoffice
def test_rich_text_comes_through_libreoffice_whatever_it_is_called() -> None:
    row = rb"\trowd\cellx2000\cellx4000\intbl %s\cell %s\cell\row"
    rtf = rb"{\rtf1\ansi" + row % (b"Total", b"1.00") + row % (b"Part", b"2.00") + rb"\pard Note\par}"

    cells, lines = reader_for(media_type(rtf, "a.doc")).load()("d", rtf)

    assert cells["text"].to_list() == ["Total", "1.00", "Part", "2.00"]
    assert outside_grids(lines) == ["Note"]


def test_old_formats_are_refused_with_advice_without_libreoffice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda name: None)

    with pytest.raises(UnreadableDocument, match="请安装 LibreOffice"):
        READERS["application/msword"].load()("d", b"\xd0\xcf\x11\xe0")


@needs_libreoffice
def test_what_libreoffice_cannot_open_is_refused() -> None:
    with pytest.raises(UnreadableDocument, match="LibreOffice 打不开"):
        READERS["application/msword"].load()("d", b"\0\1\2garbage" * 50)


@needs_libreoffice
def test_libreoffice_fetches_nothing_that_a_document_refers_to() -> None:
    asked: list[str] = []

    class Server(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        do_HEAD = do_OPTIONS = do_GET

    with ThreadingHTTPServer(("127.0.0.1", 0), Server) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        fields = "".join(
            rf'{{\field{{\*\fldinst {kind} "http://127.0.0.1:{server.server_port}/{kind}.docx"}}{{\fldrslt x}}}}'
            for kind in ("INCLUDEPICTURE", "INCLUDETEXT")
        )
        workbook, sheet = a_workbook()
        sheet["B5"] = f'=WEBSERVICE("http://127.0.0.1:{server.server_port}/cell")'

        libreoffice.convert(rf"{{\rtf1\ansi {fields} 1\par}}".encode(), "rtf", "docx")
        libreoffice.convert(saved(workbook), "xlsx", "xlsx")
        server.shutdown()

    assert asked == []


OFD_TEXTS = {
    "helloworld": "你好呀，OFDReader&Writer！",
    "namespace_no_std": "你好呀，OFDReader&Writer！",
    "chineseDir": "你好呀，OFDReader&Writer！",
    "SESV4SignDoc": "你好呀，OFDReader&Writer！",
    "multiKeywordInTextCode": "打发打发打发打发打发哈哈打发哈哈哈哈哈哈哈哈哈打发",
    "keyword": "中国建设银行股份有限公司泰安分行",
    "draw_param_ref": "销售货物或者提供应税劳务、服务清单",
    "no_page_container": "上海增值税电子普通发票",
    "path_unstd": "测试数据gz-SIGNNAME-liucheng",
}


@pytest.mark.parametrize(("name", "text"), OFD_TEXTS.items())
def test_ofd_files_of_other_makers_give_their_text(shared: Path, name: str, text: str) -> None:
    _, lines = read_ofd("d", (shared / f"formats/ofd/{name}.ofd").read_bytes())

    assert text in "".join(lines["text"].to_list()).replace(" ", "")


def test_an_ofd_without_text_is_refused_with_advice() -> None:
    parts = {
        "OFD.xml": "<OFD><DocBody><DocRoot>Doc/Document.xml</DocRoot></DocBody></OFD>",
        "Doc/Document.xml": "<Document><CommonData/><Pages><Page BaseLoc='P.xml'/></Pages></Document>",
        "Doc/P.xml": "<Page><Content><Layer><ImageObject Boundary='0 0 1 1'/></Layer></Content></Page>",
    }

    with pytest.raises(UnreadableDocument, match="只有图片"):
        read_ofd("d", make_zip({name: text.encode() for name, text in parts.items()}))


BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    b'<!ENTITY x SYSTEM "file:///etc/passwd">]><r>&b;&x;</r>'
)


@pytest.mark.parametrize(
    ("read", "data", "part"),
    [
        (read_docx, make_docx(TABLE), "word/document.xml"),
        (read_docx, make_docx(TABLE), "word/styles.xml"),
        (read_xlsx, make_xlsx(TABLE), "xl/sharedStrings.xml"),
        (read_xlsx, make_xlsx(TABLE), "xl/worksheets/sheet1.xml"),
        (read_ofd, make_zip({"OFD.xml": b"<OFD/>"}), "OFD.xml"),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_in_office_files_are_refused(read: object, data: bytes, part: str, encoding: str) -> None:
    with pytest.raises(UnreadableDocument, match="XML 实体"):
        read("d", replace_part(data, part, BOMB.decode().encode(encoding)))  # type: ignore[operator]


@pytest.mark.parametrize(
    ("read", "data", "part"),
    [(read_docx, make_docx(TABLE), "word/document.xml"), (read_xlsx, make_xlsx(TABLE), "xl/worksheets/sheet1.xml")],
)
def test_a_part_that_unpacks_a_thousandfold_is_refused(read: object, data: bytes, part: str) -> None:
    with pytest.raises(UnreadableDocument, match="压缩炸弹"):
        read("d", replace_part(data, part, b" " * (package.RATIO_FREE_BYTES + 1)))  # type: ignore[operator]


@pytest.mark.parametrize("keep", [0.3, 0.7, 0.95])
@pytest.mark.parametrize(
    ("read", "data"), [(read_docx, make_docx(TABLE)), (read_xlsx, make_xlsx(TABLE)), (read_xls, b"\xd0\xcf\x11\xe0" * 200)]
)
def test_a_file_that_is_cut_off_is_refused(read: object, data: bytes, keep: float) -> None:
    with pytest.raises(UnreadableDocument, match="不完整或已损坏"):
        read("d", data[: int(len(data) * keep)])  # type: ignore[operator]


def test_a_member_that_unpacks_to_other_than_it_declares_is_refused() -> None:
    data = bytearray(make_docx(TABLE))
    with zipfile.ZipFile(io.BytesIO(data)) as container:
        start = container.getinfo("word/document.xml").header_offset
    data[start + 60 : start + 90] = bytes(30)

    with pytest.raises(UnreadableDocument, match="不完整或已损坏"):
        read_docx("d", bytes(data))


def test_a_merge_of_a_whole_sheet_is_refused_before_it_is_opened() -> None:
    part = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData/>%s</worksheet>'
    merge = b'<mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>'

    with pytest.raises(UnreadableDocument, match="合并的单元格"):
        read_xlsx("d", replace_part(make_xlsx(TABLE), "xl/worksheets/sheet1.xml", part % merge))


def test_a_stray_cell_at_the_far_corner_of_a_sheet_costs_nothing() -> None:
    workbook, sheet = a_workbook()
    sheet["XFD1048576"] = "x"

    cells, _ = read_xlsx("d", saved(workbook))

    assert_frame_equal(found_frame(cells), as_frame(TABLE))
