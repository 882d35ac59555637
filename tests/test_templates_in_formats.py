"""Tables of published templates come back with every label from Word, Excel, web pages and PDF, however they are laid out there."""

from collections.abc import Callable
from functools import partial

import polars as pl
import pytest

from labels import score
from templates import Books, Table, cover
from templates_budget import BUDGET
from templates_final import FINAL
from templates_in_formats import FORMATS, MANNERS, as_page, halves, header_in_a_grid_of_its_own, in_one_grid
from yusuan.parsing import Parsed, parse
from yusuan.reading.docx import read_docx
from yusuan.reading.html import read_html
from yusuan.reading.pdf import read_pdf
from yusuan.reading.spreadsheet_xlsx import read_xlsx

BOOKS = Books(seed=20231121)
TEMPLATES: dict[str, Callable[[Books], Table]] = FINAL | BUDGET
READERS = {"word": read_docx, "workbook": read_xlsx, "page": read_html, "drawn": read_pdf}
# Two panels, three columns of codes, a total at the end, two levels of headings, items as headings, units with codes, projects.
CHOSEN = ["fa01_lines", "fa02_three", "fa06_split_codes", "fa07", "b04", "b05_three_last", "b06", "b07_units", "h_wages", "p_units"]


def parsed_from(read: list[tuple[pl.DataFrame, pl.DataFrame]], names: list[str]) -> Parsed:
    known = pl.DataFrame({"document_id": names, "file_name": names}).with_columns(publisher_hint=pl.lit(None, dtype=pl.Utf8))
    return parse(pl.concat([cells for cells, _ in read]), pl.concat([lines for _, lines in read]), known)


@pytest.fixture(scope="module")
def parsed() -> Parsed:
    names, read = [], []
    for form, make in FORMATS.items():
        for manner, parts in MANNERS.items():
            for name in CHOSEN:
                key = f"{form} {manner} {name}"
                names.append(key)
                read.append(READERS[form](key, make([TEMPLATES[name](BOOKS)], cover(BOOKS, name in FINAL), parts)))
    return parsed_from(read, names)


@pytest.mark.parametrize("manner", MANNERS)
@pytest.mark.parametrize("form", FORMATS)
def test_every_amount_comes_back_with_its_labels(parsed: Parsed, form: str, manner: str):
    results = {name: score(parsed, f"{form} {manner} {name}", list(TEMPLATES[name](BOOKS).amounts())) for name in CHOSEN}

    assert {name: result.wrong for name, result in results.items() if result.wrong} == {}
    assert [name for name, result in results.items() if result.read != result.wanted] == []


def test_a_header_in_a_grid_of_its_own_belongs_to_the_grid_below_it():
    tables = {name: TEMPLATES[name](BOOKS) for name in ("b02_units", "s_units", "b05_three_last")}
    read = [read_html(name, as_page([table], cover(BOOKS, False), header_in_a_grid_of_its_own)) for name, table in tables.items()]

    parsed = parsed_from(read, list(tables))

    results = {name: score(parsed, name, list(table.amounts())) for name, table in tables.items()}
    assert {name: result.wrong for name, result in results.items() if not result.perfect} == {}


WIDE = ["fa03_plain", "fa07", "b02_units", "b05_three_last", "b07_units", "h_wages", "s_units"]


@pytest.mark.parametrize("repeat", [True, False])
@pytest.mark.parametrize("form", ["word", "page"])
def test_the_halves_of_a_wide_table_are_one_table(form: str, repeat: bool):
    tables = {name: TEMPLATES[name](BOOKS) for name in WIDE}
    read = [
        READERS[form](name, FORMATS[form]([table], cover(BOOKS, name in FINAL), partial(halves, repeat=repeat)))
        for name, table in tables.items()
    ]

    parsed = parsed_from(read, list(tables))

    results = {name: score(parsed, name, list(table.amounts())) for name, table in tables.items()}
    assert {name: result.wrong for name, result in results.items() if not result.perfect} == {}
    assert parsed.tables.group_by("document_id").len()["len"].to_list() == [1] * len(WIDE)


STACKED = ["fa01_lines", "fa02", "fa03", "fa05", "fa07", "fa08"]


@pytest.mark.parametrize("form", ["word", "page"])
def test_statements_one_below_the_other_in_one_grid_are_told_apart(form: str):
    tables = [TEMPLATES[name](BOOKS) for name in STACKED]
    grid = in_one_grid(tables)

    data = FORMATS[form]([tables[0]], cover(BOOKS, True), lambda _: [([], grid)])

    parsed = parsed_from([READERS[form]("d", data)], ["d"])
    wanted = [amount for table in tables for amount in table.amounts()]
    result = score(parsed, "d", wanted)
    assert result.wrong == ()
    assert result.read == len(wanted)
    assert (
        parsed.lines.filter(pl.col("table_number").is_not_null())
        .group_by("grid")
        .agg(pl.col("table_number").n_unique())["table_number"]
        .max()
        == 1
    )
