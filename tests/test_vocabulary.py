"""Vocabulary files are consistent in themselves, with the reference seeds of the warehouse, and hold all knowledge of places."""

import re
from pathlib import Path

import polars as pl
import pytest

from founding import parse_founding
from yusuan.parsing.text import header_term, term
from yusuan.parsing.vocabulary import load

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "orchestration" / "yusuan"
SEEDS = ROOT / "dbt_project" / "seeds"


@pytest.mark.parametrize(
    ("vocabulary", "seed", "column"),
    [("measures", "measure", "measure"), ("fund_sources", "fund_source", "fund_source"), ("statements", "statement", "statement")],
)
def test_labels_of_the_parser_are_the_reference_data_of_the_warehouse(vocabulary: str, seed: str, column: str):
    seeded = pl.read_csv(SEEDS / f"{seed}.csv", infer_schema=False)[column]

    assert set(load(vocabulary)[column]) == set(seeded)


def test_codes_of_the_parser_are_the_reference_data_of_the_warehouse():
    """The seeds say more (source, level, what is official); the parser's copies are what it recognises names by."""
    half_width = pl.col("name").str.replace_all("（", "(").str.replace_all("）", ")")
    functional = pl.read_csv(SEEDS / "functional_classification.csv", infer_schema=False).rename(
        {"valid_from_year": "valid_from", "valid_to_year": "valid_to"}
    )
    economic = pl.read_csv(SEEDS / "economic_classification.csv", infer_schema=False)
    divisions = pl.read_csv(SEEDS / "division.csv", infer_schema=False)
    # Disclosures begin in 2014; older names of classes would be found where they mean something else.
    classes = functional.filter(pl.col("level") == "class", (pl.col("valid_to") >= "2014").fill_null(True))
    current = economic.filter(pl.col("valid_to_year").is_null())

    assert load("function_classes").rows() == classes.select("code", "name", "valid_from", "valid_to").rows()
    assert load("economic_codes").rows() == current.select("scheme", "code", half_width).rows()
    assert load("divisions").rows() == divisions.select("division_code", "division_name", "valid_from_year", "valid_to_year").rows()


def test_parents_are_members():
    for name, column in (("measures", "measure"), ("fund_sources", "fund_source")):
        frame = load(name)
        assert set(frame["parent"].drop_nulls()) <= set(frame[column])


def test_terms_are_written_in_the_form_in_which_they_are_compared():
    headings = load("header_terms").with_columns(as_compared=header_term(pl.col("term")))
    rows = load("row_terms").with_columns(as_compared=term(pl.col("term")))

    assert headings.filter(pl.col("term") != pl.col("as_compared"))["term"].to_list() == []
    assert rows.filter(pl.col("term") != pl.col("as_compared"))["term"].to_list() == []


def test_a_term_has_one_meaning():
    assert load("header_terms")["term"].is_unique().all()
    assert load("row_terms")["term"].is_unique().all()


def test_labels_in_vocabulary_files_are_known():
    headings = load("header_terms")
    funds = set(load("fund_sources")["fund_source"])

    assert set(headings["fund_source"].drop_nulls()) <= funds
    assert set(load("revenue_labels")["fund_source"]) <= funds
    assert set(load("money_labels")["fund_source"]) <= funds
    assert set(load("measure_facets")["measure"]) <= set(load("measures")["measure"])
    assert set(load("statement_titles")["statement"]) <= set(load("statements")["statement"])
    assert set(load("same_figures")["statement"]) <= set(load("statements")["statement"])


CODE = {"orchestration": ("*.py",), "dbt_project": ("*.sql",), "expectations": ("*.yml",), "explorer": ("*.py", "*.js", "*.html")}


def test_no_place_or_agency_is_named_in_code():
    """A special case for one place or agency belongs in a vocabulary row or nowhere."""
    shorten = re.compile(r"(省|市|自治区|自治州|维吾尔|回族|壮族|区|特别行政区)+$")
    # Short forms of counties are everyday words (公安, 东方).
    places = {name if code[4:] != "00" else shorten.sub("", name) for code, name in load("divisions").select("code", "name").iter_rows()}
    publishers = set(parse_founding().documents["publisher_name"])
    agencies = {"人大常委会", "电子政务管理中心", "政务信息中心", "西南大学", "政务服务和大数据", "电子政务办公室"} | publishers
    words = [word for word in places | agencies if len(word) >= 2]
    files = [path for room, kinds in CODE.items() for kind in kinds for path in sorted((ROOT / room).rglob(kind))]
    texts = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in files}
    named = {(path, word) for path, text in texts.items() for word in words if word in text}

    assert len(files) > 100
    assert named == set()
