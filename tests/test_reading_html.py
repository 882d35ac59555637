"""Web pages: tables with spans as browsers lay them out, whatever the encoding, and nothing that a browser would not show."""

import time
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from documents_factory import as_frame, found_frame, grids, make_html
from test_reading_office import outside_grids, true_tables
from yusuan.reading.assembly import GridCell
from yusuan.reading.errors import UnreadableDocument
from yusuan.reading.html import read_html, read_mhtml
from yusuan.reading.readers import reader_for
from yusuan.reading.sniffing import HTML, MHTML, media_type


def table(html: str) -> list[tuple[int, int, int, int, str]]:
    cells, _ = read_html("d", html.encode())
    return cells.select("row", "column", "row_span", "column_span", "text").rows()


@pytest.mark.parametrize("name", ["budget.html", "messy_gbk.html", "pitfalls/fake.xls"])
def test_every_cell_and_merge_of_the_true_grids_is_read(shared: Path, name: str) -> None:
    file = shared / "formats" / name
    data = file.read_bytes()

    cells, lines = reader_for(media_type(data, name)).load()("d", data)

    tables = true_tables(file)
    assert cells["grid"].n_unique() == len(tables)
    for grid, expected in enumerate(tables, start=1):
        assert_frame_equal(found_frame(cells, grid), expected)
    assert "2023年单位支出预算表" in outside_grids(lines)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(grids(), min_size=1, max_size=3), st.sampled_from(["utf-8", "gb2312", "gb18030", "utf-16"]))
def test_any_web_table_is_read_back(tables: list[list[GridCell]], encoding: str) -> None:
    cells, lines = read_html("d", make_html(*tables, encoding=encoding))

    for grid, expected in enumerate(tables, start=1):
        assert_frame_equal(found_frame(cells, grid), as_frame(expected))
    assert outside_grids(lines) == ["2024年部门支出预算表", "单位：万元"] * len(tables)


def test_utf8_is_believed_against_what_the_page_declares() -> None:
    _, lines = read_html("d", '<meta charset="gb2312"><p>支出总计</p>'.encode())

    assert lines["text"].to_list() == ["支出总计"]


def test_characters_beyond_gb2312_are_read_from_a_page_that_declares_it() -> None:
    _, lines = read_html("d", '<meta charset="gb2312"><p>朱镕基䶮</p>'.encode("gb18030"))

    assert lines["text"].to_list() == ["朱镕基䶮"]


def test_hidden_elements_and_scripts_are_not_print() -> None:
    page = (
        "<p>支出</p><p style='display: none'>隐藏</p><div hidden>隐藏</div><script>document.write('隐藏')</script><!-- 隐藏 -->"
        "<table><tr><td>项目<td>金额</tr><tr style='DISPLAY:none'><td>隐藏<td>9</tr><tr><td>合计<td>1</tr></table>"
    )

    cells, lines = read_html("d", page.encode())

    assert not lines["text"].str.contains("隐藏").any()
    assert cells.filter(pl.col("text") == "合计")["row"].to_list() == [2]


def test_unclosed_cells_and_rows_are_closed() -> None:
    assert table("<table><tr><td>项目<td>金额<tr><td>合计<td>1.00</table>") == [
        (1, 1, 1, 1, "项目"),
        (1, 2, 1, 1, "金额"),
        (2, 1, 1, 1, "合计"),
        (2, 2, 1, 1, "1.00"),
    ]


def test_a_row_span_ends_with_its_section_and_zero_means_all_of_it() -> None:
    page = "<table><thead><tr><th rowspan=9>科目<th>金额</thead><tbody><tr><td rowspan=0>一<td>1<tr><td>2<tr><td>3</table>"

    assert [cell for cell in table(page) if cell[1] == 1] == [(1, 1, 1, 1, "科目"), (2, 1, 3, 1, "一")]


def test_a_footer_is_printed_last_wherever_it_stands() -> None:
    page = "<table><tfoot><tr><td>合计<td>3</tfoot><tbody><tr><td>甲<td>1<tr><td>乙<td>2</tbody></table>"

    assert [cell[4] for cell in table(page) if cell[1] == 1] == ["甲", "乙", "合计"]


def test_a_table_that_only_arranges_the_page_is_no_grid() -> None:
    page = (
        "<table><tr><td>首页 | 公开<td><h3>支出预算表</h3><table><tr><td>项目<td>金额<tr><td>合计<td>1.00</table><p>注：无</p></table>"
        "<table><tr><td>编制单位：某局<td>单位：万元</table>"
    )

    cells, lines = read_html("d", page.encode())

    assert cells["grid"].unique().to_list() == [1]
    assert lines["text"].to_list() == ["首页 | 公开", "支出预算表", "项目\t金额", "合计\t1.00", "注：无", "编制单位：某局", "单位：万元"]


def test_a_line_break_in_a_cell_joins_chinese_and_parts_latin_words() -> None:
    page = "<table><tr><td>机关事业单位<br>养老保险<td>Wide\n Area<br>Network<tr><td>合&nbsp;&nbsp;计<td>1,234<br>.50</table>"

    assert [cell[4] for cell in table(page)] == ["机关事业单位养老保险", "Wide Area Network", "合 计", "1,234.50"]


def test_a_page_of_a_spreadsheet_program_is_a_sheet() -> None:
    page = (
        '<html xmlns:x="urn:schemas-microsoft-com:office:excel"><table><tr><td colspan=2>2024年支出预算表'
        "<tr><td>编制单位：某局<td>单位：万元<tr><td>项目<td>金额<tr><td>合计<td>1.00</table></html>"
    )

    cells, lines = read_html("d", page.encode())

    assert cells.select("row", "text").rows() == [(1, "项目"), (1, "金额"), (2, "合计"), (2, "1.00")]
    assert outside_grids(lines) == ["2024年支出预算表", "编制单位：某局　　单位：万元"]


def test_a_web_archive_gives_its_pages() -> None:
    archive = (
        'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="x"\r\n\r\n--x\r\nContent-Type: text/html; charset="utf-8"\r\n'
        "Content-Transfer-Encoding: 8bit\r\n\r\n<table><tr><td>项目<td>金额<tr><td>合计<td>1.00</table>\r\n--x--\r\n"
    ).encode()

    assert media_type(archive, "a.doc") == MHTML
    cells, _ = read_mhtml("d", archive)
    assert cells["text"].to_list() == ["项目", "金额", "合计", "1.00"]


@pytest.mark.parametrize(
    "page",
    [
        "<div>" * 100_000 + "1",
        "<table><tr><td>" * 100_000 + "1",
        "<table>" + "<tr><td rowspan=65534 colspan=1000>1<td colspan=1000>2" * 3000,
    ],
)
def test_absurd_pages_are_refused_quickly(page: str) -> None:
    start = time.monotonic()

    with pytest.raises(UnreadableDocument):
        read_html("d", page.encode())

    assert time.monotonic() - start < 10


def test_entities_of_a_page_are_not_expanded() -> None:
    page = '<!DOCTYPE html [<!ENTITY a "aaaa"><!ENTITY x SYSTEM "file:///etc/passwd">]><p>&a;&x;</p>'

    _, lines = read_html("d", page.encode())

    assert "aaaa" not in "".join(lines["text"])
    assert "root:" not in "".join(lines["text"])


def test_a_page_is_known_whatever_it_is_called() -> None:
    for name, data in {
        "表.xls": make_html([GridCell(1, 1, 1, 1, "科目")]),
        "a.doc": b"\xef\xbb\xbf\r\n<TABLE><tr><td>1",
        "b.htm": b"<p>x",
    }.items():
        assert media_type(data, name) == HTML
