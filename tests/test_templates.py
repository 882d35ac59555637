"""Tables of published templates come back with every label, from text and from ruled PDF, and are proved by their sums."""

from collections.abc import Callable

import polars as pl
import pytest

from founding import parse_texts, proofs
from labels import score
from templates import Books, Table, as_pdf, as_text, cover
from templates_budget import BUDGET
from templates_final import FINAL
from yusuan.parsing import Parsed, parse
from yusuan.reading.continuation import stitch
from yusuan.reading.pdf import read_pdf

BOOKS = Books(seed=20231121)
TEMPLATES: dict[str, Callable[[Books], Table]] = FINAL | BUDGET
WHOLE = {
    "final_accounts": ["fa01_lines", "fa02", "fa03", "fa04_lines", "fa05", "fa06_three_panels", "fa07", "fa08", "fa09"],
    "budget": ["b01", "b02_units", "b03", "b04", "b05", "b06", "b07_units", "b08"],
}


def documents() -> dict[str, list[Table]]:
    """Every template alone, and the templates of one form together in one document."""
    alone = {name: [make(BOOKS)] for name, make in TEMPLATES.items()}
    return alone | {name: [TEMPLATES[part](BOOKS) for part in parts] for name, parts in WHOLE.items()}


def head(name: str) -> list[str]:
    return cover(BOOKS, name in FINAL or name == "final_accounts")


@pytest.fixture(scope="module")
def from_text() -> Parsed:
    return parse_texts({name: as_text(tables, head(name)) for name, tables in documents().items()})


@pytest.fixture(scope="module")
def from_pdf() -> Parsed:
    read = [stitch(*read_pdf(name, as_pdf(tables, head(name)))) for name, tables in documents().items()]
    known = pl.DataFrame({"document_id": list(documents()), "file_name": list(documents())}).with_columns(
        publisher_hint=pl.lit(None, dtype=pl.Utf8)
    )
    return parse(pl.concat([cells for cells, _ in read]), pl.concat([lines for _, lines in read]), known)


@pytest.mark.parametrize("name", sorted(documents()))
@pytest.mark.parametrize("form", ["from_text", "from_pdf"])
def test_every_amount_of_a_template_comes_back_with_its_labels(request: pytest.FixtureRequest, form: str, name: str):
    parsed = request.getfixturevalue(form)
    wanted = [amount for table in documents()[name] for amount in table.amounts()]

    result = score(parsed, name, wanted)

    assert result.wrong == ()
    assert result.read == len(wanted)


@pytest.mark.parametrize("form", ["from_text", "from_pdf"])
def test_the_sums_of_right_templates_contradict_nothing(request: pytest.FixtureRequest, form: str):
    parsed = request.getfixturevalue(form)

    contradicted = parsed.identities.filter(pl.col("verdict") == "contradicted")

    assert contradicted.select("document_id", "check_id", "subject").rows() == []
    assert (proofs(parsed)["proof"] == "proved").mean() > 0.99
