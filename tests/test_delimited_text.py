"""Tables that a text delimits by commas, as a spreadsheet writes them."""

import polars as pl

from yusuan.reading.text import read_texts

ROWS = "科目编码,科目名称,合计,基本支出,项目支出\n,合计,12.00,7.00,5.00\n201,一般公共服务支出,8.00,7.00,1.00\n208,社会保障,4.00,,4.00\n"


def grids(text: str) -> list[dict[tuple[int, int], str]]:
    cells, _ = read_texts(pl.DataFrame({"document_id": ["d"], "text": [text]}))
    parts = cells.partition_by("grid", maintain_order=True)
    return [{(row, column): cell for row, column, cell in part.select("row", "column", "text").iter_rows()} for part in parts]


def test_rows_of_fields_between_commas_are_a_table():
    (grid,) = grids(f"支出总表\n\n单位：万元\n\n{ROWS}")

    assert grid[1, 4] == "基本支出"
    assert (grid[4, 1], grid[4, 3], grid[4, 5]) == ("208", "4.00", "4.00")
    assert (4, 4) not in grid


def test_a_quoted_field_keeps_its_commas_and_quotes():
    (grid,) = grids(ROWS + '210,"机关运行经费, ""三公""","1,234.56",,"1,234.56"\n')

    assert (grid[5, 2], grid[5, 3], grid[5, 5]) == ('机关运行经费, "三公"', "1,234.56", "1,234.56")


def test_a_figure_that_may_be_two_fields_is_no_cell():
    (grid,) = grids(ROWS + "\n210,卫生健康支出,1,234.56,34.56\n")

    assert "卫生健康支出" not in grid.values()


def test_prose_with_commas_between_its_parts_stays_prose():
    text = "有预算单位0个,内设机构3个,编制15名\n收入1,234.56万元,支出1,234.56万元,比上年增加0.5万元\n"
    text += "公车购置费0万元,公务接待费1.00万元,出国费2.50万元\n"

    assert grids(text * 3) == []
