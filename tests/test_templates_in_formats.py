"""Tables of published templates come back with every label from Word, Excel, web pages and PDF, however they are laid out there."""

from collections.abc import Callable

import polars as pl
import pytest

from labels import score
from templates import Books, Table, cover
from templates_budget import BUDGET
from templates_final import FINAL
from templates_in_formats import FORMATS, MANNERS
from yusuan.parsing import Parsed, parse
from yusuan.reading.continuation import stitch
from yusuan.reading.docx import read_docx
from yusuan.reading.html import read_html
from yusuan.reading.pdf import read_pdf
from yusuan.reading.spreadsheet_xlsx import read_xlsx

BOOKS = Books(seed=20231121)
TEMPLATES: dict[str, Callable[[Books], Table]] = FINAL | BUDGET
READERS = {"word": read_docx, "workbook": read_xlsx, "page": read_html, "drawn": lambda name, data: stitch(*read_pdf(name, data))}
# Two panels, three columns of codes, a total at the end, two levels of headings, items as headings, units with codes, projects.
CHOSEN = ["fa01_lines", "fa02_three", "fa06_split_codes", "fa07", "b04", "b05_three_last", "b06", "b07_units", "h_wages", "p_units"]


@pytest.fixture(scope="module")
def parsed() -> Parsed:
    names, read = [], []
    for form, make in FORMATS.items():
        for manner, parts in MANNERS.items():
            for name in CHOSEN:
                key = f"{form} {manner} {name}"
                names.append(key)
                read.append(READERS[form](key, make([TEMPLATES[name](BOOKS)], cover(BOOKS, name in FINAL), parts)))
    known = pl.DataFrame({"document_id": names, "file_name": names}).with_columns(publisher_hint=pl.lit(None, dtype=pl.Utf8))
    return parse(pl.concat([cells for cells, _ in read]), pl.concat([lines for _, lines in read]), known)


@pytest.mark.parametrize("manner", MANNERS)
@pytest.mark.parametrize("form", FORMATS)
def test_every_amount_comes_back_with_its_labels(parsed: Parsed, form: str, manner: str):
    results = {name: score(parsed, f"{form} {manner} {name}", list(TEMPLATES[name](BOOKS).amounts())) for name in CHOSEN}

    assert {name: result.wrong for name, result in results.items() if result.wrong} == {}
    assert [name for name, result in results.items() if result.read != result.wanted] == []
