"""Takes due documents through reading, parsing and loading, a batch at a time; holds no knowledge of any of the three.

A document that breaks its batch is found, quarantined and left out; the others go on.
"""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import duckdb
import polars as pl

from yusuan import corrections, outcomes, parsing, reading
from yusuan.changes import source_hash
from yusuan.landing import store
from yusuan.landing.register import LANDED, SUPERSEDED, Entry
from yusuan.parsers import Parsers
from yusuan.parsing.corrections import matching
from yusuan.progress import Progress
from yusuan.reading.batch import read_batch
from yusuan.reading.readers import Document
from yusuan.settings import PACKAGE, Settings
from yusuan.warehouse import load
from yusuan.warehouse.schema import PARSED

# Large enough that planning some two thousand expressions (about a second of each core, whatever they work on) is a small part of the
# time, small enough that a batch of texts takes less than 4 GiB in three processes.
BATCH_DOCUMENTS = 1000
BATCH_BYTES = 36 << 20


def rows_version() -> str:
    """What a document's rows depend on besides its bytes: the readers by their version, the parser by its sources, because a
    word added to its vocabulary is no new version and must count all the same."""
    return f"{reading.READER_VERSION}/{source_hash(PACKAGE / 'parsing')[:12]}"


@dataclass
class Intake:
    """Rows written by table, and quarantined documents with their reasons."""

    documents: int = 0
    rows: dict[str, int] = field(default_factory=lambda: {table.name: 0 for table in PARSED})
    quarantined: dict[str, str] = field(default_factory=dict)
    samples: dict[str, pl.DataFrame] = field(default_factory=dict)


def due(settings: Settings, connection: duckdb.DuckDBPyConnection, progress: Progress) -> list[Entry]:
    """Documents whose rows are missing or come from other versions, or from other corrections than there are now."""
    mended = corrections.read(settings.corrections)
    register = load.read_register(connection)
    standing = [entry for entry in register.values() if entry.status in (LANDED, SUPERSEDED)]
    now = matching(mended, _described(standing, _formerly(register.values())))
    for name in mended.join(now, on="document", how="anti")["document"].unique(maintain_order=True):
        progress.say(f"{settings.corrections}: no document here has the file name or the id {name}")
    load.forget_recorrected(connection, now.select("document_id", "correction_id"))
    return load.due(connection, rows_version(), parsing.PARSER_VERSION, settings.full)


def take_in(settings: Settings, connection: duckdb.DuckDBPyConnection, due: Sequence[Entry], progress: Progress, run_id: str) -> Intake:
    intake = Intake()
    mended = corrections.read(settings.corrections)
    formerly = _formerly(load.read_register(connection).values()) if mended.height else {}
    with Parsers() as parsers:
        for batch in batches(due):
            with progress.timed("read"):
                cells, lines, read = read_batch(_landed(settings, entry) for entry in batch)
            failures = dict(read.filter(pl.col("status") == "failed").select("document_id", "reason").iter_rows())
            started = time.perf_counter()
            with progress.timed("parse"):
                readable = _described([entry for entry in batch if entry.document_id not in failures], formerly)
                parsed = _parse(parsers, readable, cells, lines, mended, failures)
            parse_seconds = time.perf_counter() - started
            with progress.timed("load"):
                frames = {table.name: _concat([getattr(part, table.name) for part in parsed]) for table in PARSED}
                good = [entry.document_id for entry in batch if entry.document_id not in failures]
                load.quarantine(connection, failures)
                load.replace_documents(connection, frames, good, rows_version())
                told = outcomes.of_batch(batch, read, frames["tables"], frames["amounts"], failures, parse_seconds, run_id)
                load.replace_outcomes(connection, told)
            intake.documents += len(good)
            intake.quarantined |= failures
            for name, frame in frames.items():
                intake.rows[name] += frame.height
                intake.samples.setdefault(name, frame.head(5))
            progress.advance(intake.documents + len(intake.quarantined), len(due))
    return intake


def _landed(settings: Settings, entry: Entry) -> Document:
    return Document(
        entry.document_id, entry.file_name, entry.media_type, entry.encoding, store.path_of(settings.landing, entry.document_id)
    )


def batches(due: Sequence[Entry]) -> Iterator[list[Entry]]:
    batch: list[Entry] = []
    size = 0
    for entry in due:
        if batch and (len(batch) == BATCH_DOCUMENTS or size + entry.bytes > BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(entry)
        size += entry.bytes
    if batch:
        yield batch


def _parse(
    parsers: Parsers, documents: pl.DataFrame, cells: pl.DataFrame, lines: pl.DataFrame, mended: pl.DataFrame, failures: dict[str, str]
) -> list[parsing.Parsed]:
    """The batch parsed at once; when that fails, its halves, down to the one document that it fails for."""
    if documents.is_empty():
        return []
    try:
        return [parsers.parse(cells, lines, documents, mended)]
    except Exception as error:
        if documents.height == 1:
            reason = f"解析时出错（{type(error).__name__}: {error}）；请报告此问题，并暂时从 raw/ 中移走这个文件。"
            failures[documents["document_id"].item()] = reason
            return []
        middle = documents.height // 2
        halves = (documents.head(middle), documents.tail(documents.height - middle))
        return [part for half in halves for part in _parse(parsers, half, cells, lines, mended, failures)]


def _formerly(register: Iterable[Entry]) -> dict[str, str]:
    """The ids of the documents whose place each document took, the earlier ones of those included."""
    followers = {entry.document_id: entry.superseded_by for entry in register if entry.superseded_by}
    before: dict[str, list[str]] = {}
    for document, follower in followers.items():
        seen = {document}
        while follower in followers and follower not in seen:
            seen.add(follower)
            follower = followers[follower]
        before.setdefault(follower, []).append(document)
    return {document: " ".join(sorted(ids)) for document, ids in before.items()}


def _described(entries: Sequence[Entry], formerly: Mapping[str, str]) -> pl.DataFrame:
    return pl.DataFrame(
        [(entry.document_id, entry.file_name, entry.publisher_hint, formerly.get(entry.document_id)) for entry in entries],
        schema=dict.fromkeys(("document_id", "file_name", "publisher_hint", "formerly"), pl.Utf8),
        orient="row",
    )


def _concat(frames: list[pl.DataFrame]) -> pl.DataFrame:
    return pl.concat(frames, how="vertical_relaxed") if frames else pl.DataFrame()
