"""The founding disclosures keep their facts when another department draws up their tables; the benchmark prints every share."""

import pytest

from founding import NAMES, parse_founding, parse_texts
from rearranged import ARRANGEMENTS, facts, pieces_of, rearranged
from relayout import same
from yusuan.parsing import Parsed

LEAST = 0.995
# The first headings are lost for good, or the titles are.
WEAK = {"header_one_to_the_left": 0.82, "every_second_title_lost": 0.5, "titles_lost": 0.0}


@pytest.fixture(scope="module")
def original() -> Parsed:
    return parse_founding()


@pytest.fixture(scope="module")
def again(original: Parsed) -> Parsed:
    pieces = {name: pieces_of(original, name) for name in NAMES}
    return parse_texts({f"{name}/{how}": rearranged(pieces[name], [how]) for name in NAMES for how in ARRANGEMENTS})


@pytest.mark.parametrize("how", ARRANGEMENTS)
@pytest.mark.parametrize("name", NAMES)
def test_a_founding_disclosure_says_the_same_in_another_arrangement(original: Parsed, again: Parsed, name: str, how: str):
    share = same(facts(original, name), facts(again, f"{name}/{how}"))

    assert share >= WEAK.get(how, LEAST)
