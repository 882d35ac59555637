"""Tables whose headers and columns tell the same are read once; the smallest difference keeps them apart."""

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from yusuan.parsing.columns import Sheets
from yusuan.parsing.text import prepared

ROW = dict.fromkeys(("page", "line"), 1)
TEXT = st.text("a1,;", max_size=4)


def sheets(*grids: list[list[str]], statement: str = "expenditure_summary") -> Sheets:
    """Tables of one header row each."""
    printed = [
        {"document_id": 0, "grid": tid, "row": row, "column": column, "text": text, **ROW}
        for tid, grid in enumerate(grids)
        for row, cells in enumerate(grid, start=1)
        for column, text in enumerate(cells, start=1)
    ]
    kinds = {name: pl.lit(False) for name in ("caption", "index", "is_form")}
    cells = prepared(pl.DataFrame(printed)).with_columns(
        tid=pl.col("grid").cast(pl.UInt32), header=pl.col("row") == 1, row_span=1, column_span=1, **kinds
    )
    cells = cells.with_columns(pl.col("row", "column", "row_span", "column_span").cast(pl.Int32))
    tables = cells.group_by("tid").agg(columns=pl.col("column").max())
    tables = tables.with_columns(statement=pl.lit(statement), fiscal_year=pl.lit(2023, pl.Int32))
    return Sheets.of(cells, cells.filter(~pl.col("header")), tables)


def likes(*grids: list[list[str]]) -> list[int]:
    return sheets(*grids).alike().sort("tid")["like"].to_list()


def test_figures_and_names_alone_keep_no_tables_apart():
    one = [["科目名称", "合计"], ["教育支出", "1.00"], ["农林水支出", "2.00"]]
    other = [["科目名称", "合计"], ["住房保障支出", "3,456.78"], ["卫生健康支出", "0.00"]]
    assert likes(one, other) == [0, 0]


def test_words_below_a_heading_of_money_keep_tables_apart():
    one = [["科目名称", "合计"], ["教育支出", "1.00"], ["农林水支出", "2.00"]]
    other = [["科目名称", "合计"], ["教育支出", "无"], ["农林水支出", "无"]]
    assert likes(one, other) == [0, 1]


def test_names_of_agencies_keep_a_table_from_one_of_other_names():
    one = [["", "合计"], ["某市教育局", "1.00"], ["某市财政局", "2.00"]]
    other = [["", "合计"], ["教育支出", "1.00"], ["农林水支出", "2.00"]]
    assert likes(one, other) == [0, 1]


@settings(deadline=None, max_examples=50)
@given(TEXT, TEXT, TEXT, st.sampled_from(",;"))
def test_no_heading_passes_for_two(first: str, second: str, third: str, separator: str):
    one, other = [first + separator + second, third or "a"], [first or "a", second + separator + (third or "a")]
    assert likes([one], [other]) == [0, 0 if one == other else 1]
    assert likes([one], [one]) == [0, 0]
