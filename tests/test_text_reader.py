"""Plain text becomes the cells and lines that every reader gives."""

import polars as pl

from founding import text_of
from relayout import aligned
from yusuan.reading.frames import CELLS_SCHEMA, LINES_SCHEMA
from yusuan.reading.text import read_texts


def read(text: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    return read_texts(pl.DataFrame({"document_id": ["d"], "text": [text]}))


def grid_of(cells: pl.DataFrame, grid: int = 1) -> dict[tuple[int, int], str]:
    rows = cells.filter(pl.col("grid") == grid).select("row", "column", "text").iter_rows()
    return {(row, column): text for row, column, text in rows}


def test_frames_have_the_shared_schema():
    cells, lines = read("标题\n项目\t金额\n合计\t1.00\n")

    assert dict(cells.schema) == CELLS_SCHEMA
    assert dict(lines.schema) == LINES_SCHEMA


def test_a_tab_separated_row_keeps_the_places_of_its_blank_fields():
    cells, _ = read("一\t\t三\n\t二\t\n")

    assert grid_of(cells) == {(1, 1): "一", (1, 3): "三", (2, 2): "二"}


def test_lines_are_numbered_as_printed_and_prose_belongs_to_no_grid():
    cells, lines = read("说明\r\n\r\n项目\t金额\r\n")

    assert lines["line"].to_list() == [1, 2, 3, 4]
    assert lines["grid"].to_list() == [None, None, 1, None]
    assert cells["line"].to_list() == [3, 3]


def test_a_blank_line_ends_a_grid():
    cells, _ = read("甲\t1.00\n\n乙\t2.00\n")

    assert cells["grid"].to_list() == [1, 1, 2, 2]


def test_a_row_of_dashes_is_no_row():
    cells, _ = read("甲\t1.00\n-----\t---\n乙\t2.00\n")

    assert "乙" in cells["text"].to_list()
    assert not any("--" in text for text in cells["text"])


def test_pipes_delimit_like_tabs():
    cells, _ = read("| 甲 | 1.00 |  | 2.00 |\n")

    assert grid_of(cells) == {(1, 1): "甲", (1, 2): "1.00", (1, 4): "2.00"}


STACKED = "\n".join(
    [
        "\t项目",
        "\t支出预算",
        "",
        "\t编码",
        "\t名称",
        "\t合计",
        "\t基本支出",
        "",
        "\t201",
        "\t一般公共",
        "",
        "服务支出",
        "\t3.00",
        "\t1。60",
        "",
        "",
    ]
)


def test_one_cell_a_line_gives_rows_and_joins_a_cell_that_is_broken_over_paragraphs():
    cells, _ = read(STACKED)

    assert {place: text for place, text in grid_of(cells).items() if place[0] == 3} == {
        (3, 1): "201",
        (3, 2): "一般公共服务支出",
        (3, 3): "3.00",
        (3, 4): "1。60",
    }


def test_one_cell_a_line_joins_a_row_that_a_blank_line_behind_a_cell_broke_in_two():
    header = "\t项目\n\t预算数\n\t功能分类\n\t预算数\n\n"
    row = "\t1.基金预算拨款\n\n\t\n\t205 教育支出\n\t3.00\n\n"
    cells, _ = read(header + "\t一、收入\n\t5.00\n\t201 支出\n\t5.00\n\n" + row + "\t收入总计\n\t5.00\n\t支出总计\n\t8.00\n")

    assert {place: text for place, text in grid_of(cells).items() if place[0] > 2} == {
        (3, 1): "1.基金预算拨款", (3, 3): "205 教育支出", (3, 4): "3.00",
        (4, 1): "收入总计", (4, 2): "5.00", (4, 3): "支出总计", (4, 4): "8.00",
    }  # fmt: skip


def test_one_cell_a_line_leaves_short_rows_that_make_no_whole_one_as_they_are():
    header = "\t项目\n\t预算数\n\t功能分类\n\t预算数\n\n"
    cells, _ = read(header + "\t一、收入\n\t5.00\n\n\t二、支出\n\t5.00\n\n\t其中\n\t4.00\n\n" + header.replace("项目", "甲"))

    assert [place for place, text in grid_of(cells).items() if text in ("一、收入", "二、支出", "其中", "甲")] == [
        (2, 1), (3, 1), (4, 1), (5, 1)
    ]  # fmt: skip


def test_one_cell_a_line_gives_merged_headers_their_width_back():
    cells, _ = read(STACKED)

    header = cells.filter(pl.col("row") == 1).select("column", "column_span").rows()

    assert header == [(1, 2), (3, 2)]


def test_every_decimal_of_the_founding_tables_stands_in_a_cell():
    for name in ("000", "003"):
        cells, lines = read(text_of(name))
        tables = lines.filter(pl.col("grid").is_not_null())

        printed = tables["text"].str.count_matches(r"\d+\.\d\d").sum()

        assert cells["text"].str.count_matches(r"\d+\.\d\d").sum() == printed
        assert printed > 100


def test_texts_are_read_the_same_beside_others_of_any_layout():
    texts = {
        "drawn": "+---+\n",
        "tabs": "甲\t1.00\n乙\t2.00\n",
        "closed": "甲\t1.00\t\n" * 10,
        "piped": "| 甲 | 1.00 | 3.00 |\n" * 3,
        "spaced": "甲    1.00    3.00\n乙    2.00    4.00\n",
        "stacked": "\t项目\n\n\t甲\n\t1.00\n\n\t乙\n\t2.00\n",
        "lone": "项目\t金额\n甲\t1.00\n其中项\n乙\t2.00\n",
    }

    cells, lines = read_texts(pl.DataFrame({"document_id": list(texts), "text": list(texts.values())}))

    for name, text in texts.items():
        own_cells, own_lines = read_texts(pl.DataFrame({"document_id": [name], "text": [text]}))
        assert cells.filter(pl.col("document_id") == name).equals(own_cells)
        assert lines.filter(pl.col("document_id") == name).equals(own_lines)


def test_a_blank_first_column_of_a_padded_table_is_known_by_the_indent_of_all_its_lines():
    head = [["项目单位", "类型", "项目名称", "合计", "基本支出"], ["某市某局", "人员类", "津贴补贴", "1,234.56", "34.56"]]
    rest = [["", "", "奖金", "2,234.56", "34.56"], ["", "公用类", "在职人员公用经费", "4.56", ""], ["", "", "福利费", "14.56", "14.56"]]
    text = "\n".join([*aligned(head + rest), "", *aligned(rest), "", "二、另一张表", "", *aligned(head)])

    cells, _ = read(text)

    assert grid_of(cells, 2) == {
        (1, 3): "奖金", (1, 4): "2,234.56", (1, 5): "34.56", (2, 2): "公用类", (2, 3): "在职人员公用经费", (2, 4): "4.56",
        (3, 3): "福利费", (3, 4): "14.56", (3, 5): "14.56",
    }  # fmt: skip
