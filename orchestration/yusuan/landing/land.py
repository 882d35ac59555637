"""Landing: looks at what is there, keeps new bytes, and settles the register. Never changes a byte, never stops at a bad file."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import PurePosixPath
from urllib.parse import quote

from yusuan.landing import store
from yusuan.landing.archives import unpack
from yusuan.landing.folder import Fingerprint
from yusuan.landing.judgement import MAX_BYTES, TOO_LARGE, Judgement, Refuse, judge, refusal
from yusuan.landing.manifest import Hint, read_manifest
from yusuan.landing.places import look
from yusuan.landing.register import LANDED, QUARANTINED, Entry, dated, settle
from yusuan.reading.errors import UnreadableDocument
from yusuan.reading.sniffing import UNKNOWN, ZIP
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
    acquired: Mapping[str, Hint] | None = None,
) -> Landing:
    """`previous` is the register before, `known` earlier fingerprints; `refuse` says why a media type is not read, `acquired`
    what is known of fetched files. What a person wrote into the manifest wins."""
    there = look(settings)
    found, writing = there.fingerprints(known)
    hints = {**(acquired or {}), **read_manifest(settings.raw)}
    judged = _Judge(settings, previous, refuse, hints, datetime.now(UTC).replace(tzinfo=None, microsecond=0))
    present: list[Entry] = []
    for number, (relative, taken) in enumerate(found.items(), start=1):
        path, stamp = there.files[relative]
        if stamp.size > MAX_BYTES:
            present.append(judged.entry(relative, taken.sha256, stamp.size, Judgement(UNKNOWN, problem=TOO_LARGE)))
        elif store.keep(path, settings.landing, taken.sha256):
            present += judged.entries(relative, taken.sha256, stamp.size)
        else:
            writing.append(relative)
        advance(number, len(found))
    # An archive that is being written, or came broken, takes none of its earlier documents away; nor does a missing share.
    broken = [entry.relative_path for entry in present if entry.status == QUARANTINED]
    closed = (*(f"{path}/" for path in (*writing, *broken)), *there.absent)
    held = [entry.relative_path for entry in previous.values() if entry.relative_path.startswith(closed)]
    settled = settle(previous, present, (*writing, *held))
    return Landing(dated(settled, previous, judged.now), {path: taken for path, taken in found.items() if path not in writing}, writing)


@dataclass(frozen=True)
class _Judge:
    """Register entries for kept bytes."""

    settings: Settings
    previous: Mapping[str, Entry]
    refuse: Refuse
    hints: Mapping[str, Hint]
    now: datetime

    def entries(self, relative: str, document_id: str, size: int) -> Iterator[Entry]:
        """One, or one for each document in an archive."""
        judgement = self._judgement(relative, document_id)
        if judgement.media_type != ZIP:
            yield self.entry(relative, document_id, size, judgement)
            return
        try:
            members = unpack(self.settings.landing, document_id)
        except UnreadableDocument as error:
            members, judgement = [], replace(judgement, problem=error.reason)
        if not members:
            yield self.entry(relative, document_id, size, judgement)
        for member in members:
            path = f"{relative}/{member.path}"
            judgement = self._judgement(path, member.document_id)
            yield self.entry(path, member.document_id, member.bytes, judgement, self._inherited(relative, member.path))

    def _judgement(self, relative: str, document_id: str) -> Judgement:
        """A document that landed before need not be looked at again; a quarantined one gets a new chance."""
        known = self.previous.get(document_id)
        if known is not None and known.status == LANDED and self.refuse(known.media_type) is None:
            return Judgement(known.media_type, known.encoding)
        content = store.path_of(self.settings.landing, document_id).read_bytes()
        return judge(content, PurePosixPath(relative).name, self.refuse)

    def _inherited(self, archive: str, member: str) -> Hint:
        """What is known of the archive holds for its documents; each needs an address of its own, because of two documents
        with one address only the later would stand."""
        hint = self._hint(archive)
        return replace(hint, source_url=f"{hint.source_url}#{quote(member)}") if hint.source_url else hint

    def _hint(self, relative: str) -> Hint:
        """Of the file, or of all files of its source."""
        source = "".join(f"{part}/" for part in relative.split("/")[:2])
        return self.hints.get(relative) or self.hints.get(source) or Hint()

    def entry(self, relative: str, document_id: str, size: int, judgement: Judgement, inherited: Hint | None = None) -> Entry:
        hint = self.hints.get(relative) or inherited or self._hint(relative)
        return Entry(
            document_id=document_id,
            file_name=PurePosixPath(relative).name,
            relative_path=relative,
            source_url=hint.source_url,
            media_type=judgement.media_type,
            bytes=size,
            encoding=judgement.encoding,
            landed_at=self.now,
            status=QUARANTINED if judgement.problem else LANDED,
            reason=judgement.problem,
            publisher_hint=hint.publisher,
            retrieved_on=hint.retrieved_on,
            published_on=hint.published_on,
            approved_on=hint.approved_on,
            source_note=hint.source_note,
        )
