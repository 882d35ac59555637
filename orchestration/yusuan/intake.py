"""Takes due documents through reading, parsing and loading, a batch at a time; holds no knowledge of any of the three.

A document that breaks its batch is found, quarantined and left out; the others go on.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import duckdb
import polars as pl

from yusuan import parsing, reading
from yusuan.changes import source_hash
from yusuan.landing import store
from yusuan.landing.register import Entry
from yusuan.progress import Progress
from yusuan.reading.batch import read_batch
from yusuan.reading.readers import Document
from yusuan.settings import PACKAGE, Settings
from yusuan.warehouse import load
from yusuan.warehouse.schema import PARSED

# Large enough for both cores to have work in every expression, small enough that a thousand large texts fit into memory.
BATCH_DOCUMENTS = 100
BATCH_BYTES = 16 << 20


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


def take_in(settings: Settings, connection: duckdb.DuckDBPyConnection, due: Sequence[Entry], progress: Progress, run_id: str) -> Intake:
    intake = Intake()
    for batch in batches(due):
        with progress.timed("read"):
            cells, lines, read = read_batch(_landed(settings, entry) for entry in batch)
        failures = dict(read.filter(pl.col("status") == "failed").select("document_id", "reason").iter_rows())
        with progress.timed("parse"):
            parsed = _parse([entry for entry in batch if entry.document_id not in failures], cells, lines, failures)
        with progress.timed("load"):
            frames = {table.name: _concat([getattr(part, table.name) for part in parsed]) for table in PARSED}
            good = [entry.document_id for entry in batch if entry.document_id not in failures]
            load.quarantine(connection, failures)
            load.replace_documents(connection, frames, good, rows_version())
            load.replace_outcomes(connection, _outcomes(batch, read, frames, failures, run_id))
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


def _parse(entries: list[Entry], cells: pl.DataFrame, lines: pl.DataFrame, failures: dict[str, str]) -> list[parsing.Parsed]:
    """The batch parsed at once; when that fails, its halves, down to the one document that it fails for."""
    if not entries:
        return []
    chosen = [entry.document_id for entry in entries]
    documents = pl.DataFrame(
        [(entry.document_id, entry.file_name, entry.publisher_hint) for entry in entries],
        schema={"document_id": pl.Utf8, "file_name": pl.Utf8, "publisher_hint": pl.Utf8},
        orient="row",
    )
    try:
        return [
            parsing.parse(cells.filter(pl.col("document_id").is_in(chosen)), lines.filter(pl.col("document_id").is_in(chosen)), documents)
        ]
    except Exception as error:
        if len(entries) == 1:
            failures[chosen[0]] = f"解析时出错（{type(error).__name__}: {error}）；请报告此问题，并暂时从 raw/ 中移走这个文件。"
            return []
        middle = len(entries) // 2
        return [part for half in (entries[:middle], entries[middle:]) for part in _parse(half, cells, lines, failures)]


def _concat(frames: list[pl.DataFrame]) -> pl.DataFrame:
    return pl.concat(frames, how="vertical_relaxed") if frames else pl.DataFrame()


def _outcomes(
    batch: list[Entry], read: pl.DataFrame, frames: dict[str, pl.DataFrame], failures: dict[str, str], run_id: str
) -> pl.DataFrame:
    """One row per document and step of this batch; a step counts what it found, and finding nothing is an outcome too."""
    documents = pl.DataFrame({"document_id": [entry.document_id for entry in batch], "count": [entry.bytes for entry in batch]})
    opened = read.filter(pl.col("step") == "opened")
    steps = [documents.with_columns(step=pl.lit("landed")), opened]
    unread = opened.filter(pl.col("status") == "failed")
    good = documents.filter(~pl.col("document_id").is_in(list(failures))).select("document_id")
    found = {"tables_found": frames["tables"], "statements_recognised": _recognised(frames["tables"]), "amounts_parsed": frames["amounts"]}
    for step, rows in found.items() if good.height else ():
        counts = rows.group_by("document_id").agg(count=pl.len().cast(pl.Int64))
        steps.append(good.join(counts, on="document_id", how="left").with_columns(pl.col("count").fill_null(0), step=pl.lit(step)))
    broken = documents.select("document_id").filter(pl.col("document_id").is_in(list(failures))).join(unread, on="document_id", how="anti")
    reason = pl.col("document_id").replace_strict(failures, default=None, return_dtype=pl.Utf8)
    steps.append(broken.with_columns(reason=reason, step=pl.lit("tables_found"), status=pl.lit("failed")))
    outcome = pl.when(pl.col("count") == 0).then(pl.lit("empty")).otherwise(pl.lit("ok"))
    return pl.concat(steps, how="diagonal").with_columns(
        status=pl.coalesce("status", outcome), run_id=pl.lit(run_id), at=pl.lit(datetime.now(UTC).replace(tzinfo=None))
    )


def _recognised(tables: pl.DataFrame) -> pl.DataFrame:
    return tables.filter(pl.col("statement").is_not_null() & (pl.col("statement") != "other")) if tables.width else tables
