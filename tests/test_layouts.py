"""A table means the same in every layout: the facts of one table are re-rendered and parsed back."""

import polars as pl
import pytest

from founding import parse_texts, proofs
from layouts import LAYOUTS, facts


@pytest.mark.parametrize("layout", sorted(LAYOUTS))
def test_the_facts_come_back_from_every_layout(layout: str):
    parsed = parse_texts({"d": LAYOUTS[layout]()})

    amounts = proofs(parsed).filter(pl.col("statement") == "expenditure_summary")
    found = {
        (code or "", measure, int(yuan / 100))
        for code, measure, yuan in amounts.select("classification_code", "measure", "amount_yuan").rows()
    }
    assert found == facts()
    assert amounts.height == len(facts())
    assert set(amounts["proof"]) == {"proved"}


def test_a_doubtful_header_says_how_it_was_read_and_by_what_margin():
    straight = parse_texts({"d": LAYOUTS["plain"]()}).tables.row(0, named=True)
    shifted = parse_texts({"d": LAYOUTS["header_lost_its_first_cell"]()}).tables.row(0, named=True)

    assert straight["reading"] is None
    assert shifted["reading"] == "one_to_the_right"
    assert shifted["reading_margin"] >= 2
