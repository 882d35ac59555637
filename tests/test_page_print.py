"""Texts that print pages with spaces, as pdftotext -layout writes them, are read like the pages they print."""

from decimal import Decimal

import polars as pl
import pytest

from founding import parse_texts
from yusuan.parsing import Parsed
from yusuan.reading.text import read_texts

HEAD = "某市某局\n2023年度部门预算\n"
# Headings over the middle of their columns, a label over three lines and one over two, figures on a line of their own.
FIRST = """                    2023年部门支出预算总表
编制单位：某市某局                                                            单位：元

                   项目                                  支出预算

功能分类科目编码
                       功能分类科目名称        合计            基本支出           项目支出
类     款    项

201            一般公共服务支出           82,096,797.42  15,686,797.42  66,410,000.00
201   03       政府办公厅（室）及相关机构事务   82,096,797.42  15,686,797.42  66,410,000.00
201   03  01   行政运行                12,029,501.84  11,919,501.84     110,000.00

201   03  02   一般行政管理事务            46,140,000.00                 46,140,000.00
                                    3,807,295.58   3,767,295.58      40,000.00
201   03  50   事业运行
               其他政府办公厅（室）及相关机构
201   03  99   事务支出                20,120,000.00                 20,120,000.00
"""
NEXT = """208         社会保障和就业支出   4,213,779.28    4,213,779.28
208  05     行政事业单位养老支出  4,213,779.28    4,213,779.28
208  05 05  机关事业单位基本养老  4,213,779.28    4,213,779.28
            保险缴费支出
            合计         86,310,576.70   19,900,576.70   66,410,000.00
"""


def read(text: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    return read_texts(pl.DataFrame({"document_id": ["d"], "text": [text]}))


def rows_of(cells: pl.DataFrame) -> dict[int, dict[int, str]]:
    rows: dict[int, dict[int, str]] = {}
    for row, column, text in cells.sort("row", "column").select("row", "column", "text").iter_rows():
        rows.setdefault(row, {})[column] = text
    return rows


@pytest.fixture(scope="module")
def parsed() -> Parsed:
    return parse_texts({"pages": f"{HEAD}\f{FIRST}\f{NEXT}\f"})


def test_a_label_over_several_lines_is_one_cell_beside_its_figures():
    cells, _ = read(f"{HEAD}\f{FIRST}\f")

    rows = {row.get(4): row for row in rows_of(cells).values()}
    assert rows["其他政府办公厅（室）及相关机构事务支出"] == {
        1: "201",
        2: "03",
        3: "99",
        4: "其他政府办公厅（室）及相关机构事务支出",
        5: "20,120,000.00",
        7: "20,120,000.00",
    }
    assert rows["事业运行"][5] == "3,807,295.58"


def test_a_table_that_goes_on_over_a_page_keeps_its_columns():
    cells, lines = read(f"{HEAD}\f{FIRST}\f{NEXT}\f")

    assert cells["grid"].unique().to_list() == [1]
    assert lines.filter(pl.col("grid") == 1)["page"].unique().sort().to_list() == [2, 3]
    last = max(rows_of(cells).items())[1]
    assert last == {4: "合计", 5: "86,310,576.70", 6: "19,900,576.70", 7: "66,410,000.00"}


def test_every_amount_has_the_labels_of_its_row_and_column(parsed: Parsed):
    amounts = parsed.amounts.select("classification_code", "measure", "amount_yuan", "page").rows()

    assert {(code, measure) for code, measure, yuan, _ in amounts if yuan == Decimal("3767295.58")} == {("2010350", "basic")}
    assert {(code, measure, page) for code, measure, yuan, page in amounts if yuan == 66410000} >= {
        ("201", "project", 2),
        (None, "project", 3),
    }
    assert parsed.identities.filter(pl.col("verdict") == "contradicted").is_empty()
    assert parsed.amounts.height == 25


def test_amounts_that_no_sum_proves_are_told_of():
    table = """                 2023年政府采购预算表
部门：某市某局                              单位：万元
    采购项目          采购目录         金额
   办公设备购置          货物          12.30
   印刷服务             服务           4.50
"""
    notices = parse_texts({"pages": f"{HEAD}\f{table}\f"}).notices

    assert notices.filter(pl.col("kind") == "unsure_amounts")["text"].to_list() == ["12.30、4.50"]


def test_a_heading_that_may_stand_over_another_column_makes_its_table_doubtful(parsed: Parsed):
    # Five headings over two columns of figures, the third of them over the second column.
    crowded = """                        2023年预算收入总表
部门：某市某局                                                 单位：万元
科目编码    科目名称         合计 一般公共预算 政府性基金 国有资本经营预算 上年结转
        合计             1,592.14 1,592.14
201     一般公共服务支出       1,385.37 1,385.37
208     社会保障和就业支出        206.77   206.77
"""
    told = parse_texts({"crowded": f"{HEAD}\f{crowded}\f"}).notices

    assert "ambiguous_header" in told["kind"].to_list()
    assert "ambiguous_header" not in parsed.notices["kind"].to_list()


def test_prose_with_several_spaces_is_no_table():
    prose = "  一、收支情况\n\n  2023年收入   1,592.14 万元，支出   1,592.14 万元。\n"
    prose += "  其中：基本支出     718.87 万元，\n  项目支出    873.27 万元。\n"

    cells, lines = read(f"{HEAD}\f{prose}\f{prose}\f")

    assert cells.is_empty()
    assert lines["grid"].null_count() == lines.height


def test_a_page_that_seems_to_go_on_but_has_another_header_makes_both_parts_doubtful():
    other = NEXT.replace("208         社会", "科目代码      名称          预算数         基本经费         专项经费\n208         社会", 1)

    told = parse_texts({"torn": f"{HEAD}\f{FIRST}\f{other}\f"}).notices

    assert told.filter(pl.col("kind") == "ambiguous_header")["table_number"].to_list() == [1, 2]
