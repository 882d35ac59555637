"""ZIP archives at landing: every member is kept and becomes a document of its own, `archive.zip/member.pdf`.

How an archive is opened safely belongs to yusuan.reading.archive; the archive itself is no document.
"""

import json
from collections.abc import Iterable
from dataclasses import astuple, dataclass
from pathlib import Path

from yusuan.landing import store
from yusuan.reading.archive import members


@dataclass(frozen=True)
class Member:
    """`path` is inside the archive and never leads out of it."""

    path: str
    document_id: str
    bytes: int


def unpack(landing: Path, archive_id: str) -> list[Member]:
    """The documents of a kept archive, kept themselves; raises UnreadableDocument. Archives in it are opened too.

    What an archive held is written down beside the store, so that it is opened once and not at every build.
    """
    listing = landing / "archives" / f"{archive_id}.json"
    known = _read(listing)
    if known and all(store.path_of(landing, member.document_id).exists() for member in known):
        return known
    content = store.path_of(landing, archive_id).read_bytes()
    found = [Member(path, store.keep_bytes(data, landing), len(data)) for path, data in members(content)]
    _write(listing, found)
    return found


def _read(listing: Path) -> list[Member]:
    try:
        return [Member(*member) for member in json.loads(listing.read_text(encoding="utf-8"))]
    except (OSError, ValueError, TypeError):
        return []


def _write(listing: Path, found: Iterable[Member]) -> None:
    listing.parent.mkdir(parents=True, exist_ok=True)
    temporary = listing.with_suffix(".tmp")
    temporary.write_text(json.dumps([astuple(member) for member in found], ensure_ascii=False), encoding="utf-8")
    temporary.replace(listing)
