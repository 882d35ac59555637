"""A batch in several processes: the same rows, and a process that ends stops nobody for good."""

import os
import threading
from dataclasses import fields

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from founding import NAMES, text_of
from yusuan import parsers, parsing
from yusuan.parsers import Parsers, ParsingStopped
from yusuan.parsing import Parsed
from yusuan.parsing.corrections import SCHEMA
from yusuan.reading.text import read_texts

Batch = tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame, pl.DataFrame]


@pytest.fixture(scope="module")
def batch() -> Batch:
    texts = pl.DataFrame({"document_id": list(NAMES), "text": [text_of(name) for name in NAMES]})
    cells, lines = read_texts(texts)
    documents = texts.select("document_id", file_name="document_id", publisher_hint=pl.lit(None, pl.Utf8))
    return cells, lines, documents, pl.DataFrame(schema=SCHEMA)


@pytest.fixture(autouse=True)
def every_batch_is_large(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(parsers, "LEAST_CELLS", 1)


def rows(parsed: Parsed) -> dict[str, pl.DataFrame]:
    frames = {field.name: getattr(parsed, field.name) for field in fields(Parsed)}
    return {name: frame.sort(frame.columns) for name, frame in frames.items()}


def test_processes_give_the_rows_of_one_process_and_end_with_the_context(batch: Batch):
    alone = rows(parsing.parse(*batch))

    with Parsers(2) as several:
        together = rows(several.parse(*batch))
        processes = [process.pid for process in several._running]

    for name, frame in alone.items():
        assert_frame_equal(together[name], frame)
    assert len(processes) == 2
    for process in processes:
        with pytest.raises(ProcessLookupError):
            os.kill(process, 0)


def test_a_batch_that_is_small_starts_no_process(batch: Batch, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(parsers, "LEAST_CELLS", batch[0].height)

    with Parsers(2) as several:
        several.parse(*batch)

        assert several._running == []


def test_a_process_that_was_killed_is_told_of_and_replaced(batch: Batch):
    with Parsers(2) as several:
        several.parse(*batch)
        several._running[0].kill()

        with pytest.raises(ParsingStopped, match="ended with code -9"):
            several.parse(*batch)

        assert several.parse(*batch).documents.height == len(NAMES)


def test_what_goes_wrong_in_a_process_is_told_by_its_message(batch: Batch):
    cells, lines, documents, corrections = batch

    with Parsers(2) as several, pytest.raises(ParsingStopped, match=r'ColumnNotFoundError: .*"page"'):
        several.parse(cells, lines.drop("page"), documents, corrections)


def test_a_process_asks_for_its_steps_in_the_thread_that_carries_them_out():
    threads: list[str] = []

    parsers.in_thread_of_steps(lambda: threads.append(threading.current_thread().name))

    assert threads
    assert threads[0] != threading.current_thread().name
