"""Which document stands, is superseded, withdrawn or quarantined: the rules of the register as one pure function.

A document is bytes. What it says, where its bytes are kept and how the register is stored belong elsewhere.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

LANDED, QUARANTINED, SUPERSEDED, WITHDRAWN = "landed", "quarantined", "superseded", "withdrawn"


@dataclass(frozen=True)
class Entry:
    """One row of staging.register, in the order of its columns."""

    document_id: str
    file_name: str
    relative_path: str
    source_url: str | None
    media_type: str
    bytes: int
    encoding: str | None
    landed_at: datetime
    status: str
    reason: str | None = None
    reader_version: str | None = None
    publisher_hint: str | None = None
    retrieved_on: date | None = None
    published_on: date | None = None
    approved_on: date | None = None
    source_note: str | None = None
    superseded_by: str | None = None
    superseded_at: datetime | None = None


def settle(previous: Mapping[str, Entry], present: Iterable[Entry], writing: Iterable[str] = ()) -> dict[str, Entry]:
    """The register after a look at what is present (entries landed or quarantined, one per path and bytes).

    1. The same bytes under several paths are one document, under the path it already had, else the first one.
    2. A document whose path or source URL now has other, readable bytes is superseded by them. Of several present files
       of one source URL the latest stands (by retrieved_on, then landed_at, then path).
    3. While the newcomer at its path is quarantined or still being written, the predecessor stands: a broken upload must
       not take good figures away.
    4. A document whose file is gone is withdrawn; it lands again when the file is back.
    """
    present = sorted(present, key=lambda entry: entry.relative_path)
    standing: dict[str, Entry] = {}
    for entry in present:
        known = previous.get(entry.document_id)
        if entry.document_id not in standing or (known and known.relative_path == entry.relative_path):
            standing[entry.document_id] = _carry_over(known, entry)
    by_path = {entry.relative_path: standing[entry.document_id] for entry in present}
    latest = _latest_by_url(standing.values())
    register = {document: _superseded_by_url(entry, latest) for document, entry in standing.items()}
    held = set(writing)
    for document, known in previous.items():
        if document in register:
            continue
        register[document] = known
        successor = by_path.get(known.relative_path) or latest.get(known.source_url or "")
        if known.status == SUPERSEDED:
            continue
        if successor is not None and (successor.status == LANDED or known.status == QUARANTINED):
            register[document] = replace(
                known,
                status=SUPERSEDED,
                # What could not be read has no history.
                reason=known.reason if known.status == QUARANTINED else None,
                reader_version=known.reader_version if known.status == LANDED else None,
                superseded_by=successor.document_id,
            )
        elif successor is None and known.relative_path not in held:
            register[document] = replace(known, status=WITHDRAWN, reason="raw/ 中已没有这个文件。")
    return register


def dated(register: Mapping[str, Entry], previous: Mapping[str, Entry], now: datetime) -> dict[str, Entry]:
    """The register with the time at which each superseded document was first seen to be so."""

    def when(entry: Entry) -> datetime | None:
        known = previous.get(entry.document_id)
        if entry.status != SUPERSEDED:
            return None
        return known.superseded_at if known and known.status == SUPERSEDED and known.superseded_at else now

    return {document: replace(entry, superseded_at=when(entry)) for document, entry in register.items()}


def _carry_over(known: Entry | None, entry: Entry) -> Entry:
    """A known document keeps when it first landed; what was read stays valid while the hints that parsing uses are the same.
    The rows of superseded documents are kept as its history, those of withdrawn and quarantined ones are not."""
    if known is None:
        return entry
    same_hints = (known.file_name, known.publisher_hint) == (entry.file_name, entry.publisher_hint)
    still_read = known.status in (LANDED, SUPERSEDED) and entry.status == LANDED and same_hints
    return replace(entry, landed_at=known.landed_at, reader_version=known.reader_version if still_read else None)


def _latest_by_url(entries: Iterable[Entry]) -> dict[str, Entry]:
    readable = [entry for entry in entries if entry.source_url and entry.status == LANDED]
    by_age = sorted(readable, key=lambda entry: (entry.retrieved_on or date.min, entry.landed_at, entry.relative_path))
    return {entry.source_url: entry for entry in by_age if entry.source_url}


def _superseded_by_url(entry: Entry, latest: Mapping[str, Entry]) -> Entry:
    winner = latest.get(entry.source_url, entry) if entry.source_url and entry.status == LANDED else entry
    if winner.document_id == entry.document_id:
        return entry
    return replace(entry, status=SUPERSEDED, superseded_by=winner.document_id)
