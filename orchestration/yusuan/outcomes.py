"""What came of each document at each step, as rows of staging.outcomes: every document has every step, reached or not.

The steps themselves are taken elsewhere; here they are only told.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

import polars as pl

from yusuan.landing.register import QUARANTINED, Entry
from yusuan.warehouse.schema import STEPS

LANDED, OPENED, TABLES_FOUND = range(3)
_COUNTED = {"document_id": pl.Utf8, "count": pl.Int64}


def of_landing(entries: Iterable[Entry], run_id: str) -> pl.DataFrame:
    """Documents that landing itself has quarantined; the others are told about when they are taken in."""
    refused = [entry for entry in entries if entry.status == QUARANTINED]
    return _told(refused, {entry.document_id: (LANDED, entry.reason) for entry in refused}, [], run_id)


def of_batch(
    batch: Sequence[Entry],
    read: pl.DataFrame,
    tables: pl.DataFrame,
    amounts: pl.DataFrame,
    failures: Mapping[str, str],
    parse_seconds: float,
    run_id: str,
) -> pl.DataFrame:
    """`read` are the outcomes of reading. Parsing takes its batch at once: its time is shared out evenly, beside the last step."""
    opened = read.filter(pl.col("step") == STEPS[OPENED])
    unread = set(opened.filter(pl.col("status") == "failed")["document_id"])
    share = pl.lit(parse_seconds / max(len(batch), 1))
    counts = [
        pl.DataFrame({"document_id": [entry.document_id for entry in batch], "count": [entry.bytes for entry in batch]}).with_columns(
            step=pl.lit("landed"), seconds=pl.lit(None, pl.Float64)
        ),
        opened.select("document_id", "count", "step", "seconds"),
        _counted(tables, "tables_found"),
        _counted(_recognised(tables), "statements_recognised"),
        _counted(amounts, "amounts_parsed").with_columns(seconds=share),
    ]
    failed = {document: (OPENED if document in unread else TABLES_FOUND, reason) for document, reason in failures.items()}
    return _told(batch, failed, counts, run_id)


def _counted(rows: pl.DataFrame, step: str) -> pl.DataFrame:
    counted = rows.group_by("document_id").agg(count=pl.len().cast(pl.Int64)) if rows.width else pl.DataFrame(schema=_COUNTED)
    return counted.select("document_id", "count", step=pl.lit(step), seconds=pl.lit(None, pl.Float64))


def _recognised(tables: pl.DataFrame) -> pl.DataFrame:
    return tables.filter(pl.col("statement").is_not_null() & (pl.col("statement") != "other")) if tables.width else tables


def _told(
    documents: Sequence[Entry], failed: Mapping[str, tuple[int, str | None]], counts: Sequence[pl.DataFrame], run_id: str
) -> pl.DataFrame:
    """A step counts what it found, and finding nothing is an outcome too; after a failed step nothing is reached."""
    ids = [entry.document_id for entry in documents]
    rows = pl.DataFrame(
        {
            "document_id": ids,
            "failed_at": [failed[document][0] if document in failed else len(STEPS) for document in ids],
            "why": [failed[document][1] if document in failed else None for document in ids],
        },
        schema={"document_id": pl.Utf8, "failed_at": pl.Int64, "why": pl.Utf8},
    )
    steps = pl.DataFrame({"step": STEPS}).with_row_index("position").with_columns(pl.col("position").cast(pl.Int64))
    counted = pl.concat([pl.DataFrame(schema={**_COUNTED, "step": pl.Utf8, "seconds": pl.Float64}), *counts], how="vertical_relaxed")
    position, failed_at = pl.col("position"), pl.col("failed_at")
    reached = position < failed_at
    return (
        rows.join(steps, how="cross")
        .join(counted, on=["document_id", "step"], how="left")
        .with_columns(pl.when(reached).then(pl.col("count").fill_null(0)))
        .select(
            "document_id",
            "step",
            pl.when(position == failed_at)
            .then(pl.lit("failed"))
            .when(~reached)
            .then(pl.lit("not_reached"))
            .when(pl.col("count") == 0)
            .then(pl.lit("empty"))
            .otherwise(pl.lit("ok"))
            .alias("status"),
            "count",
            pl.when(position == failed_at).then(pl.col("why")).alias("reason"),
            pl.when(position <= failed_at).then(pl.col("seconds")).alias("seconds"),
            pl.lit(run_id).alias("run_id"),
            pl.lit(datetime.now(UTC).replace(tzinfo=None)).alias("at"),
        )
    )
