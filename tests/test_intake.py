"""Reading, parsing and loading in batches: one bad document never stops the others."""

from datetime import datetime

import polars as pl
import pytest

from yusuan import intake, parsing
from yusuan.landing import land
from yusuan.landing.register import Entry
from yusuan.progress import Progress
from yusuan.settings import Settings
from yusuan.warehouse import load

DISCLOSURES = 5


def entry(number: int, size: int = 1) -> Entry:
    return Entry(f"{number}", f"{number}.txt", f"{number}.txt", None, "text/plain", size, "utf-8", datetime(2026, 1, 1), "landed")


def test_batches_are_bounded_by_documents_and_by_bytes(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(intake, "BATCH_DOCUMENTS", 3)
    monkeypatch.setattr(intake, "BATCH_BYTES", 10)

    many = intake.batches([entry(number) for number in range(7)])
    large = intake.batches([entry(1, 6), entry(2, 6), entry(3, 100), entry(4, 1)])

    assert [len(batch) for batch in many] == [3, 3, 1]
    assert [[each.document_id for each in batch] for batch in large] == [["1"], ["2"], ["3"], ["4"]]


def take_in(settings: Settings) -> tuple[intake.Intake, dict[str, list[tuple]]]:
    with load.working(settings) as connection:
        load.write_register(connection, land(settings, load.read_register(connection), {}).register)
        due = load.due(connection, "r", "p", full=True)
        taken = intake.take_in(settings, connection, due, Progress(), "run")
        tables = {
            "register": connection.execute("select file_name, status, reason from staging.register order by all").fetchall(),
            "documents": connection.execute("select document_id from staging.documents order by all").fetchall(),
            "amounts": connection.execute(
                "select * exclude (confidence, x0, y0, x1, y1) from staging.amounts order by amount_id"
            ).fetchall(),
            "outcomes": connection.execute("select document_id, step, status, count, reason from staging.outcomes order by all").fetchall(),
        }
    return taken, tables


def test_the_founding_disclosures_are_taken_in_with_an_outcome_for_every_step(settings: Settings):
    taken, tables = take_in(settings)

    assert (taken.documents, taken.quarantined) == (DISCLOSURES, {})
    assert len(tables["documents"]) == DISCLOSURES
    steps = {step for _, step, status, count, _ in tables["outcomes"] if status == "ok" and count > 0}
    assert steps == {"landed", "opened", "tables_found", "statements_recognised", "amounts_parsed"}
    assert len(tables["outcomes"]) == DISCLOSURES * len(steps)


def test_taking_in_again_gives_the_same_rows_and_keys(settings: Settings):
    _, first = take_in(settings)
    _, second = take_in(settings)

    assert second == first


def test_batching_does_not_change_the_rows(settings: Settings, monkeypatch: pytest.MonkeyPatch):
    _, together = take_in(settings)
    monkeypatch.setattr(intake, "BATCH_DOCUMENTS", 1)
    _, alone = take_in(settings)

    assert alone == together


def test_a_document_that_breaks_parsing_is_quarantined_and_the_others_go_on(settings: Settings, monkeypatch: pytest.MonkeyPatch):
    parse = parsing.parse

    def fragile(cells: pl.DataFrame, lines: pl.DataFrame, documents: pl.DataFrame, corrections: pl.DataFrame) -> parsing.Parsed:
        if documents["file_name"].str.starts_with("002").any():
            raise ValueError("this one breaks it")
        return parse(cells, lines, documents, corrections)

    monkeypatch.setattr(parsing, "parse", fragile)

    taken, tables = take_in(settings)

    assert (taken.documents, len(taken.quarantined)) == (DISCLOSURES - 1, 1)
    assert [(name[:3], "this one breaks it" in reason) for name, status, reason in tables["register"] if status == "quarantined"] == [
        ("002", True)
    ]
    assert [(step, status) for _, step, status, _, _ in tables["outcomes"] if status == "failed"] == [("tables_found", "failed")]


def test_a_document_that_its_reader_refuses_is_quarantined_with_the_readers_reason(settings: Settings):
    (settings.raw / "cut.pdf").write_bytes(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")

    taken, tables = take_in(settings)

    assert (taken.documents, len(taken.quarantined)) == (DISCLOSURES, 1)
    assert [status for name, status, _ in tables["register"] if name == "cut.pdf"] == ["quarantined"]
    assert [step for _, step, status, _, _ in tables["outcomes"] if status == "failed"] == ["opened"]
