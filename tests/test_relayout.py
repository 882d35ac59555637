"""The founding disclosures and the templates mean the same in other layouts; tests/benchmarks/layout_accuracy.py prints every share."""

import pytest

from founding import NAMES, parse_texts, text_of
from labels import score
from relayout import LAYOUTS, facts, pieces, rendered, same
from templates import Books, as_text, cover
from templates_budget import BUDGET
from templates_final import FINAL
from yusuan.parsing import Parsed

LEAST = {"with_heads_and_feet": 0.99}
BOOKS = Books(seed=20231121)
TEMPLATES = FINAL | BUDGET


@pytest.fixture(scope="module")
def founding() -> Parsed:
    texts = {name: text_of(name) for name in NAMES}
    return parse_texts(texts | {f"{n}/{layout}": rendered(pieces(text), layout) for n, text in texts.items() for layout in LAYOUTS})


@pytest.fixture(scope="module")
def templates() -> Parsed:
    texts = {name: as_text([make(BOOKS)], cover(BOOKS, name in FINAL)) for name, make in TEMPLATES.items()}
    return parse_texts({f"{name}/{layout}": rendered(pieces(text), layout) for name, text in texts.items() for layout in LAYOUTS})


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("name", NAMES)
def test_a_founding_disclosure_says_the_same_in_another_layout(founding: Parsed, name: str, layout: str):
    share = same(facts(founding, name), facts(founding, f"{name}/{layout}"))

    assert share >= LEAST.get(layout, 1.0)


# A template is one table: nothing stands on three of its pages.
@pytest.mark.parametrize("layout", sorted(set(LAYOUTS) - {"with_heads_and_feet"}))
def test_a_template_comes_back_with_every_label_from_another_layout(templates: Parsed, layout: str):
    wrong = {
        name: result.wrong
        for name, make in TEMPLATES.items()
        if not (result := score(templates, f"{name}/{layout}", list(make(BOOKS).amounts()))).perfect
    }

    assert wrong == {}
