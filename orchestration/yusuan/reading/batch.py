"""Reads a batch of landed documents of any kind into one cells and one lines frame, and says what became of each.

Plain texts are read together in this process (text.py); every other kind is opened in the sandbox. Archives have become
documents before they come here (archive.py), and what the frames mean is decided in parsing.
"""

import time
from collections.abc import Iterable

import polars as pl

from yusuan.reading import sandbox, sniffing
from yusuan.reading.decoding import decoded
from yusuan.reading.errors import UnreadableDocument
from yusuan.reading.readers import Document, reader_for
from yusuan.reading.text import read_texts

# One row per document and step; the run and the time of day are added where the rows are stored.
OUTCOMES_SCHEMA = {
    "document_id": pl.Utf8,
    "step": pl.Utf8,  # opened | tables_found
    "status": pl.Utf8,  # ok | failed
    "count": pl.Int64,  # lines | grids
    "reason": pl.Utf8,
    "seconds": pl.Float64,
}


def read_batch(
    documents: Iterable[Document], workers: int = sandbox.WORKERS, memory_bytes: int = sandbox.MEMORY_BYTES
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Cells, lines and outcomes (OUTCOMES_SCHEMA) of the documents; one that fails does not stop the others."""
    documents = list(documents)
    results: list[sandbox.Result] = []
    tasks: list[sandbox.Task] = []
    for document in documents:
        if document.media_type == sniffing.TEXT:
            continue
        try:
            seconds = reader_for(document.media_type).seconds
        except UnreadableDocument as error:
            results.append(sandbox.Result(document.document_id, None, str(error), 0.0))
        else:
            tasks.append(sandbox.Task(document.document_id, document.media_type, document.path, seconds))
    texts, text_cells, text_lines = _read_texts([document for document in documents if document.media_type == sniffing.TEXT])
    results += sandbox.read_all(tasks, workers, memory_bytes)
    frames = [(text_cells, text_lines), *(result.frames for result in results if result.frames)]
    order = {document.document_id: position for position, document in enumerate(documents)}
    place = pl.col("document_id").replace_strict(order, return_dtype=pl.UInt32)
    # Texts alone are in order; there is nothing to sort where a thousand of them are read.
    cells, lines = (pl.concat(parts).sort(place, maintain_order=True) if tasks else parts[0] for parts in zip(*frames, strict=True))
    results += texts
    results.sort(key=lambda result: order[result.document_id])
    return cells, lines, _outcomes(results, cells, lines)


def _read_texts(documents: list[Document]) -> tuple[list[sandbox.Result], pl.DataFrame, pl.DataFrame]:
    """The plain texts, all at once: their results, whose frames are empty, and the cells and lines of all of them. The time is
    shared out evenly."""
    start = time.monotonic()
    texts = [
        document.path.read_bytes().decode(document.encoding, "replace") if document.encoding else decoded(document.path.read_bytes())
        for document in documents
    ]
    ids = [document.document_id for document in documents]
    cells, lines = read_texts(pl.DataFrame({"document_id": ids, "text": texts}, schema={"document_id": pl.Utf8, "text": pl.Utf8}))
    seconds = (time.monotonic() - start) / max(1, len(documents))
    return [sandbox.Result(key, (cells.clear(), lines.clear()), None, seconds) for key in ids], cells, lines


def _outcomes(results: list[sandbox.Result], cells: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    opened = pl.DataFrame(
        {
            "document_id": [result.document_id for result in results],
            "status": ["ok" if result.frames else "failed" for result in results],
            "reason": [result.reason for result in results],
            "seconds": [result.seconds for result in results],
        },
        schema={name: OUTCOMES_SCHEMA[name] for name in ("document_id", "status", "reason", "seconds")},
    )
    counts = (
        ("opened", lines.group_by("document_id").agg(count=pl.len().cast(pl.Int64))),
        ("tables_found", cells.group_by("document_id").agg(count=pl.col("grid").n_unique().cast(pl.Int64))),
    )
    steps = [
        (opened if step == "opened" else opened.filter(pl.col("status") == "ok").with_columns(seconds=pl.lit(None, pl.Float64)))
        .join(count, on="document_id", how="left", maintain_order="left")
        .with_columns(pl.when(pl.col("status") == "ok").then(pl.col("count").fill_null(0)), step=pl.lit(step))
        .select(list(OUTCOMES_SCHEMA))
        for step, count in counts
    ]
    return pl.concat(steps)
