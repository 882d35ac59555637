"""What there is to tell, read from the published snapshot: open findings, quarantined documents, stale sources.

What a channel knows already, and how it is said, belongs to deliver.py and messages.py.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import duckdb

from yusuan.summary import FINDINGS


@dataclass(frozen=True)
class Finding:
    fingerprint: str
    document_id: str
    severity: str
    message: str
    was_closed: bool


@dataclass(frozen=True)
class Document:
    document_id: str
    title: str
    file_name: str
    source_url: str | None


@dataclass(frozen=True)
class Source:
    """`since` is the last time that it could be asked, null if never."""

    name: str
    since: str | None
    error: str


@dataclass(frozen=True)
class News:
    """`findings` are open and nobody has acknowledged them; `acknowledged` are the fingerprints of the others."""

    findings: tuple[Finding, ...]
    acknowledged: frozenset[str]
    documents: dict[str, Document]
    quarantined: dict[str, str]
    sources: tuple[Source, ...]


# What a person has acknowledged is known.
FINDINGS_QUERY = f"""
    select fingerprint, document_id, severity, message, coalesce(state = 'reopened', false)
    from quality.findings
    where verdict in {FINDINGS} and not acknowledged
    order by case severity when 'error' then 0 when 'warning' then 1 else 2 end, document_id, table_number, line, fingerprint
"""
ACKNOWLEDGED_QUERY = "select fingerprint from quality.findings where acknowledged"
DOCUMENTS_QUERY = "select document_id, coalesce(document_title, file_name), file_name, source_url from marts.dim_document"
QUARANTINE_QUERY = """
    select document_id, concat(relative_path, '：', reason) from staging.register where status = 'quarantined' order by relative_path
"""
SOURCES_QUERY = """
    select
        source,
        max(started_at) filter (where error is null) as since,
        max_by(error, started_at) as error
    from staging.acquisitions
    where source in $declared
    group by source
    having since is null or since < $limit
    order by source
"""


def news(connection: duckdb.DuckDBPyConnection, stale_after_days: float, declared: Sequence[str]) -> News:
    """`declared` are the sources of raw/sources.yml: one that was taken out is not missed."""
    limit = datetime.now(UTC).replace(tzinfo=None) - timedelta(days=stale_after_days)
    return News(
        findings=tuple(Finding(*row) for row in connection.execute(FINDINGS_QUERY).fetchall()),
        acknowledged=frozenset(fingerprint for (fingerprint,) in connection.execute(ACKNOWLEDGED_QUERY).fetchall()),
        documents={row[0]: Document(*row) for row in connection.execute(DOCUMENTS_QUERY).fetchall()},
        quarantined=dict(connection.execute(QUARANTINE_QUERY).fetchall()),
        sources=tuple(_sources(connection.execute(SOURCES_QUERY, {"limit": limit, "declared": list(declared)}).fetchall())),
    )


def _sources(rows: Iterable[tuple[str, datetime | None, str | None]]) -> Iterable[Source]:
    return (Source(name, since.isoformat(sep=" ", timespec="minutes") if since else None, error or "") for name, since, error in rows)
