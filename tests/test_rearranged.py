"""The founding disclosures keep their facts when another department draws up their tables; the benchmark prints every share."""

import polars as pl
import pytest

from founding import NAMES, parse_founding, parse_texts, text_of
from rearranged import ARRANGEMENTS, facts, pieces_of, rearranged, silently_wrong
from relayout import LAYOUTS, same
from yusuan.parsing import Parsed

LEAST = 0.995
# What the first headings told is lost for good; a table of 运行经费 that says so nowhere but in its title is unknown.
WEAK = {"header_one_to_the_left": 0.82, "titles_lost": 0.989}


# A sample of what the benchmark runs as a whole.
TOGETHER = [
    (("columns_permuted", "titles_lost", "in_yuan"), "tabs"),
    (("total_row_last", "codes_split", "two_panels"), "pipes"),
    (("codes_joined", "header_in_one_row", "in_thousands"), "tabs"),
    (("page_break", "in_yuan"), "one_cell_a_line"),
    (("as_it_is",), "aligned_with_spaces"),
    (("as_it_is",), "spaces_for_tabs"),
    (("columns_permuted",), "aligned_with_spaces"),
]


# Each arrangement of two disclosures; the benchmark draws all of all.
SAMPLE = [(NAMES[(k + step) % len(NAMES)], (how,), "tabs") for k, how in enumerate(ARRANGEMENTS) for step in (0, 2)]
SAMPLE += [(NAMES[(k + step) % len(NAMES)], hows, joint) for k, (hows, joint) in enumerate(TOGETHER) for step in (1, 3)]


@pytest.fixture(scope="module")
def original() -> Parsed:
    return parse_founding()


@pytest.fixture(scope="module")
def again(original: Parsed) -> Parsed:
    pieces = {name: pieces_of(original, name) for name in NAMES}
    return parse_texts({document(*drawn): rearranged(pieces[drawn[0]], drawn[1], LAYOUTS[drawn[2]]) for drawn in SAMPLE})


def document(name: str, hows: tuple[str, ...], joint: str) -> str:
    return f"{name}/{'+'.join(hows)} {joint}"


@pytest.mark.parametrize(("name", "hows", "joint"), SAMPLE)
def test_a_founding_disclosure_says_the_same_in_another_arrangement(
    original: Parsed, again: Parsed, name: str, hows: tuple[str, ...], joint: str
):
    share = same(facts(original, name), facts(again, document(name, hows, joint)))

    assert share >= min(WEAK.get(how, LEAST) for how in hows)


def test_no_amount_is_wrong_and_nobody_told(original: Parsed, again: Parsed):
    silent = {document(*drawn): wrong for drawn in SAMPLE if (wrong := silently_wrong(original, drawn[0], again, document(*drawn)))}

    assert silent == {}


def test_a_table_whose_title_is_lost_is_told_of(again: Parsed):
    lost = [document(*drawn) for drawn in SAMPLE if drawn[1] == ("titles_lost",)]
    told = again.notices.filter(pl.col("document_id").is_in(lost), pl.col("kind").is_in(["assumed_statement", "unknown_table"]))
    untitled = again.tables.filter(
        pl.col("document_id").is_in(lost), pl.col("title").is_null(), ~pl.col("is_empty"), pl.col("statement_score") < 0.5
    )

    assert untitled.height > 5
    assert sorted(told.select("document_id", "table_number").rows()) == sorted(untitled.select("document_id", "table_number").rows())


def test_a_table_that_only_its_place_in_the_contents_list_names_is_told_of(original: Parsed):
    """001 with a cell on each line loses titles: its economic tables stand where the list has others."""
    text = rearranged(pieces_of(original, "001"), ["header_on_every_page"], LAYOUTS["one_cell_a_line"])
    again = parse_texts({"001": text})

    assert facts(again, "001") != facts(original, "001")
    assert silently_wrong(original, "001", again, "001") == []


@pytest.mark.parametrize("name", ["000", "002", "004"])
def test_a_founding_disclosure_says_the_same_with_one_space_for_each_tab(original: Parsed, name: str):
    """Spaces inside of cells are left out: nothing would tell them from those between cells."""
    lines = text_of(name).split("\n")
    text = "\n".join(" ".join(cell.replace(" ", "") for cell in line.split("\t")) if "\t" in line else line for line in lines)

    assert "\t" not in text
    assert facts(parse_texts({name: text}), name) == facts(original, name)
