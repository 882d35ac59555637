"""Landing: looks at raw/, keeps new bytes, and settles the register. Never changes a byte and never stops at a bad file."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from yusuan.landing import store
from yusuan.landing.folder import Fingerprint, fingerprints
from yusuan.landing.judgement import Judgement, Refuse, judge, refusal
from yusuan.landing.manifest import Hint, read_manifest
from yusuan.landing.register import LANDED, QUARANTINED, Entry, settle
from yusuan.settings import Settings

Advance = Callable[[int, int], None]


@dataclass(frozen=True)
class Landing:
    """The settled register, the fingerprints that it rests on, and the files that are left for the next build."""

    register: dict[str, Entry]
    fingerprints: dict[str, Fingerprint]
    still_writing: list[str]


def land(
    settings: Settings,
    previous: Mapping[str, Entry],
    known: Mapping[str, Fingerprint],
    refuse: Refuse = refusal,
    advance: Advance = lambda done, total: None,
) -> Landing:
    """`previous` is the register before, `known` earlier fingerprints; `refuse` says why a media type is not read."""
    found, writing = fingerprints(settings.raw, known)
    hints = read_manifest(settings.raw)
    now = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    present: list[Entry] = []
    for number, (relative, taken) in enumerate(found.items(), start=1):
        if store.keep(settings.raw / relative, settings.landing, taken.sha256):
            judgement = _judge(settings, previous.get(taken.sha256), taken.sha256, relative, refuse)
            present.append(_entry(relative, taken, judgement, hints.get(relative, Hint()), now))
        else:
            writing.append(relative)
        advance(number, len(found))
    settled = settle(previous, present, writing)
    return Landing(settled, {path: taken for path, taken in found.items() if path not in writing}, writing)


def _judge(settings: Settings, known: Entry | None, document_id: str, relative: str, refuse: Refuse) -> Judgement:
    """A document that landed before need not be looked at again; a quarantined one gets a new chance."""
    if known is not None and known.status == LANDED and refuse(known.media_type) is None:
        return Judgement(known.media_type, known.encoding)
    return judge(store.path_of(settings.landing, document_id).read_bytes(), Path(relative).name, refuse)


def _entry(relative: str, taken: Fingerprint, judgement: Judgement, hint: Hint, now: datetime) -> Entry:
    return Entry(
        document_id=taken.sha256,
        file_name=Path(relative).name,
        relative_path=relative,
        source_url=hint.source_url,
        media_type=judgement.media_type,
        bytes=taken.stamp.size,
        encoding=judgement.encoding,
        landed_at=now,
        status=QUARANTINED if judgement.problem else LANDED,
        reason=judgement.problem,
        publisher_hint=hint.publisher,
        retrieved_on=hint.retrieved_on,
        source_note=hint.source_note,
    )
