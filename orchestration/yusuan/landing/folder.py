"""The folder source: which files below raw/ are disclosures, and their fingerprints. Nothing is opened to be understood here."""

import hashlib
import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from yusuan.settings import YusuanError

# Files that describe the collection, and what editors, browsers and uploads leave behind while they work.
NOT_DISCLOSURES = frozenset({"manifest.csv", "sources.yml", "Thumbs.db", "desktop.ini"})
UNFINISHED = (".part", ".partial", ".tmp", ".crdownload", ".download", ".filepart", ".swp")
# A clock tick within which a file may change without its time of modification changing (git calls such a file racy).
RACY_NS = 2_000_000_000


@dataclass(frozen=True)
class Stamp:
    """What the file system tells of a file without opening it."""

    size: int
    modified_ns: int


@dataclass(frozen=True)
class Fingerprint:
    """The hash of a file's bytes, the stamp it had before and after reading, and when it was taken."""

    stamp: Stamp
    sha256: str
    taken_ns: int

    def still_true_of(self, stamp: Stamp) -> bool:
        return self.stamp == stamp and stamp.modified_ns + RACY_NS < self.taken_ns


def is_disclosure(relative: Path) -> bool:
    hidden = any(part.startswith((".", "~$")) for part in relative.parts)
    return not hidden and relative.name not in NOT_DISCLOSURES and not relative.name.lower().endswith(UNFINISHED)


def scan(raw: Path) -> dict[str, Stamp]:
    """Stamp of every disclosure by relative path (with /), sorted; a file that vanishes meanwhile is left out."""
    if not raw.is_dir():
        raise YusuanError(f"there is no directory {raw}: put the disclosures there or name another one with --raw")
    found = dict(sorted((relative.as_posix(), stamp) for relative, stamp in _walk(raw) if is_disclosure(relative)))
    if not found:
        # Perhaps a disk that is not mounted: every document would be withdrawn.
        raise YusuanError(f"there is no disclosure in {raw}: put at least one there (an empty directory withdraws nothing)")
    return found


def _walk(raw: Path) -> Iterator[tuple[Path, Stamp]]:
    for directory, _, names in os.walk(raw, followlinks=True):
        for name in names:
            path = Path(directory, name)
            stamp = stamp_of(path)
            if stamp is not None:
                yield path.relative_to(raw), stamp


def stamp_of(path: Path) -> Stamp | None:
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return Stamp(status.st_size, status.st_mtime_ns)


def fingerprint(path: Path, known: Fingerprint | None = None) -> Fingerprint | None:
    """The fingerprint of a file that stands still, or None for one that vanished or changed while it was read.

    A known fingerprint is believed without reading the file again when the stamp is the same and is not racy.
    """
    before = stamp_of(path)
    if before is None:
        return None
    if known is not None and known.still_true_of(before):
        return known
    taken = time.time_ns()
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return None
    return Fingerprint(before, digest, taken) if stamp_of(path) == before else None


def fingerprints(raw: Path, known: Mapping[str, Fingerprint]) -> tuple[dict[str, Fingerprint], list[str]]:
    """Fingerprints by relative path, and the paths that are still being written."""
    taken: dict[str, Fingerprint] = {}
    moving: list[str] = []
    for relative in scan(raw):
        found = fingerprint(raw / relative, known.get(relative))
        if found is not None:
            taken[relative] = found
        elif (raw / relative).exists():
            moving.append(relative)
    return taken, moving
