"""Every repair is named, keeps what is printed, and is made only where one reading remains."""

from decimal import Decimal

import polars as pl
import pytest

from founding import HEAD, parse_texts, proofs
from yusuan.parsing import Parsed

COLUMNS = "科目编码\t科目名称\t合计\t基本支出\t项目支出\n"
ROWS = "\t合计\t9.00\t6.00\t3.00\n201\t一般公共服务支出\t{}\n208\t社会保障和就业支出\t2.00\t2.00\t\n"


def read(cells: str) -> Parsed:
    return parse_texts({"d": HEAD + COLUMNS + ROWS.format(cells)})


def second_row(parsed: Parsed) -> list[tuple[str, Decimal, str, str | None]]:
    rows = proofs(parsed).filter(pl.col("classification_code") == "201").sort("column_number")
    return rows.select("measure", "amount_yuan", "amount_printed", "repair").rows()


@pytest.mark.parametrize(
    ("printed", "repair"),
    [
        ("7。00", "mistyped_point"),
        ("７．００", "full_width_digits"),
        ("7 .00", "split_number"),
        ("7.0　0", "split_number"),
        ("7.00", None),
    ],
)
def test_a_damaged_figure_is_read_and_its_repair_named(printed: str, repair: str | None):
    parsed = read(f"{printed}\t4.00\t3.00")

    assert second_row(parsed)[0] == ("total", Decimal("70000.00"), printed, repair)
    assert set(proofs(parsed)["proof"]) == {"proved"}


@pytest.mark.parametrize("printed", ["4.00 3.00", "4.003.00"])
def test_two_figures_in_one_cell_are_two_amounts(printed: str):
    parsed = read(f"7.00\t{printed}\t")

    assert second_row(parsed)[1:] == [
        ("basic", Decimal("40000.00"), "4.00", "glued_numbers"),
        ("project", Decimal("30000.00"), "3.00", "glued_numbers"),
    ]
    assert printed in parsed.cells["text"].to_list()
    assert set(proofs(parsed)["proof"]) == {"proved"}


@pytest.mark.parametrize("printed", ["7\t.00", "7.\t00"])
def test_a_figure_that_two_cells_share_is_one_and_its_row_is_put_back(printed: str):
    parsed = read(f"{printed}\t4.00\t3.00")

    assert [(measure, repair) for measure, _, _, repair in second_row(parsed)] == [
        ("total", "split_number"),
        ("basic", "shifted_cells"),
        ("project", "shifted_cells"),
    ]
    assert set(proofs(parsed)["proof"]) == {"proved"}


@pytest.mark.parametrize(("printed", "yuan"), [("7.00万元", "70000.00"), ("￥7.00", "70000.00"), ("70,000元", "70000.00")])
def test_a_figure_with_its_unit_is_read_in_it(printed: str, yuan: str):
    parsed = read(f"{printed}\t4.00\t3.00")

    assert second_row(parsed)[0] == ("total", Decimal(yuan), printed, "unit_in_cell")
    assert set(proofs(parsed)["proof"]) == {"proved"}


def test_every_repair_of_a_figure_is_named():
    damaged = HEAD + COLUMNS + "\t合计\t9.00\t6.00\t3.00\n一般公共服务支出\t7。00\t4.00\t3.00\n208\t社会保障和就业支出\t2.00\t2.00\t\n"

    parsed = parse_texts({"d": damaged})

    assert [repair for *_, repair in second_row(parsed)] == ["mistyped_point+shifted_cells", "shifted_cells", "shifted_cells"]


def test_two_figures_beside_a_filled_column_are_no_amount_and_are_noticed():
    parsed = read("7.00\t4.00 1.00\t3.00")

    assert [measure for measure, *_ in second_row(parsed)] == ["total", "project"]
    notice = parsed.notices.filter(pl.col("kind") == "unread_amount").row(0, named=True)
    assert (notice["line"], notice["text"]) == (9, "4.00 1.00")


@pytest.mark.parametrize("printed", ["12.5%", "—", "-"])
def test_what_is_no_amount_by_right_is_not_noticed(printed: str):
    parsed = read(f"7.00\t{printed}\t7.00")

    assert "unread_amount" not in parsed.notices["kind"].to_list()


def test_a_total_left_blank_is_filled_in_no_table_but_completes_the_sum_above_it():
    parsed = read("\t4.00\t3.00")

    assert [measure for measure, *_ in second_row(parsed)] == ["basic", "project"]
    assert "contradicted" not in parsed.identities["verdict"].to_list()
    assert parsed.notices.filter(pl.col("kind") == "blank_total")["line"].to_list() == [9]


def test_the_repairs_of_a_table_are_counted():
    damaged = HEAD + COLUMNS + "\t合计\t9.00\t6.00\t3.00\n一般公共服务支出\t7.00\t4.00\t3.00\n208\t社会保障和就业支出\t2.00\t2.00\t\n"

    table = parse_texts({"d": damaged}).tables.row(0, named=True)

    assert table["damage_count"] == 3


def test_a_row_that_a_page_break_prints_twice_counts_once():
    whole = HEAD + COLUMNS + ROWS.format("7.00\t4.00\t3.00")
    row = "201\t一般公共服务支出\t7.00\t4.00\t3.00\n"

    parsed = parse_texts({"once": whole, "twice": whole.replace(row, row + "\n" + row)})

    assert "contradicted" not in parsed.identities["verdict"].to_list()
    again = parsed.amounts.filter(pl.col("document_id") == "twice", pl.col("repair") == "repeated_row")
    assert again.select("row_kind", "occurrence", "is_leaf", "line").unique().rows() == [("detail", 2, False, 11)]
    leaves = parsed.amounts.filter(pl.col("is_leaf"), pl.col("measure") == "total").group_by("document_id").agg(pl.col("amount_yuan").sum())
    assert dict(leaves.iter_rows()) == {"once": Decimal("90000.00"), "twice": Decimal("90000.00")}


def test_two_equal_rows_without_a_break_are_two_rows():
    rows = "\t合计\t8.00\t8.00\t\n2010301\t行政运行\t4.00\t4.00\t\n2010301\t行政运行\t4.00\t4.00\t\n"

    parsed = parse_texts({"d": HEAD + COLUMNS + rows})

    assert "repeated_row" not in parsed.amounts["repair"].to_list()
    assert "contradicted" not in parsed.identities["verdict"].to_list()


def test_a_name_of_a_code_that_two_lines_share_is_whole():
    rows = ROWS.replace("一般公共服务支出\t{}\n", "一般公共服\t7.00\t4.00\t3.00\n\t务支出\t\t\t\n")

    parsed = parse_texts({"d": HEAD + COLUMNS + rows})

    assert parsed.amounts["line_item"].unique(maintain_order=True).to_list() == ["合计", "一般公共服务支出", "社会保障和就业支出"]
