"""The founding disclosures keep their facts when another department draws up their tables; the benchmark prints every share."""

import polars as pl
import pytest

from founding import NAMES, parse_founding, parse_texts, text_of
from rearranged import ARRANGEMENTS, facts, pieces_of, rearranged, silently_wrong
from relayout import LAYOUTS, same
from yusuan.parsing import Parsed

LEAST = 0.995
# What the first or the last headings told is lost for good; a table of 运行经费 that says so nowhere but in its title is unknown.
WEAK = {"header_one_to_the_left": 0.82, "header_slid_to_the_right": 0.61, "last_headings_cut_off": 0.77, "titles_lost": 0.989}


# A sample of what the benchmark runs as a whole.
TOGETHER = [
    (("columns_permuted", "titles_lost", "in_yuan"), "tabs"),
    (("total_row_last", "codes_split", "two_panels"), "pipes"),
    (("codes_joined", "header_in_one_row", "in_thousands"), "tabs"),
    (("page_break", "in_yuan"), "one_cell_a_line"),
    (("as_it_is",), "aligned_with_spaces"),
    (("as_it_is",), "spaces_for_tabs"),
    (("columns_permuted",), "aligned_with_spaces"),
    (("header_on_every_page",), "spaces_for_tabs"),
    (("page_break",), "spaces_for_tabs"),
    (("header_on_every_page",), "one_cell_a_line"),
    (("titles_lost",), "spaces_for_tabs"),
    (("as_it_is",), "aligned_by_characters"),
    (("as_it_is",), "drawn"),
    (("header_cells_lost",), "spaces_for_tabs"),
    (("in_yuan", "groups_centred"), "tabs"),
    (("in_yuan", "header_one_to_the_right"), "tabs"),
    (("columns_permuted", "header_one_to_the_right"), "tabs"),
    (("two_panels", "header_cells_lost"), "tabs"),
    (("two_panels", "groups_centred"), "tabs"),
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


def test_a_table_that_only_its_place_in_the_contents_list_names_is_told_of():
    """The list promises 收入总表 where a table without a title lists 三公 items."""
    listed = "某局\n2023年度部门预算\n\n目录\n一、部门收支总表\n二、部门收入总表\n三、部门支出总表\n\n" + "本部门负责全市工作。\n" * 9
    first = "一、部门收支总表\n单位：万元\n收入\t\t支出\t\n项目\t预算数\t项目\t预算数\n财政拨款\t5.00\t教育支出\t5.00\n\n"
    second = "单位：万元\n项目\t预算数\n合计\t3.00\n因公出国（境）费\t1.00\n公务接待费\t2.00\n\n"
    third = "三、部门支出总表\n单位：万元\n科目编码\t科目名称\t合计\n205\t教育支出\t5.00\n"
    parsed = parse_texts({"d": listed + first + second + third})
    tables = parsed.tables.sort("first_line")
    told = parsed.notices.filter(pl.col("kind") == "assumed_statement")

    assert tables["statement_reason"].to_list()[1] == "place in the contents list"
    assert told["table_number"].to_list() == [2]


@pytest.mark.parametrize("name", ["000", "002", "004"])
def test_a_founding_disclosure_says_the_same_with_one_space_for_each_tab(original: Parsed, name: str):
    """Spaces inside of cells are left out: nothing would tell them from those between cells."""
    lines = text_of(name).split("\n")
    text = "\n".join(" ".join(cell.replace(" ", "") for cell in line.split("\t")) if "\t" in line else line for line in lines)

    assert "\t" not in text
    assert facts(parse_texts({name: text}), name) == facts(original, name)
