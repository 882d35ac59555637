"""A folder of disclosures: which files below it count, and their fingerprints. Nothing is opened to be understood here.

Which folders there are belongs to places.py.
"""

import hashlib
import os
import stat
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath

# How relative paths in the register begin where the file is from a source; below raw/ they have no such beginning.
ACQUIRED = "acquired/"
# Files that describe the collection, and what editors, browsers and uploads leave behind while they work.
MANIFEST, SOURCES = "manifest.csv", "sources.yml"
NOT_DISCLOSURES = frozenset({MANIFEST, SOURCES, "Thumbs.db", "desktop.ini"})
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


def is_disclosure(relative: PurePath) -> bool:
    hidden = any(part.startswith((".", "~$")) for part in relative.parts)
    return not hidden and relative.name not in NOT_DISCLOSURES and not relative.name.lower().endswith(UNFINISHED)


def walk(folder: Path) -> Iterator[tuple[str, Path, Stamp]]:
    """Every disclosure: its name below the folder as people read it (with /), its path, its stamp. What vanishes meanwhile,
    and what is no file (a pipe would be waited for without end), is left out."""
    for directory, below, names in os.walk(folder, followlinks=True):
        # A link to a folder further up would lead round and round.
        below[:] = [name for name in below if not _leads_up(Path(directory, name))]
        for name in names:
            path = Path(directory, name)
            stamp = stamp_of(path)
            relative = path.relative_to(folder)
            if stamp is not None and is_disclosure(relative):
                yield _readable(relative), path, stamp


def _leads_up(path: Path) -> bool:
    return path.is_symlink() and path.parent.resolve().is_relative_to(path.resolve())


def _readable(relative: Path) -> str:
    """Archives made on Chinese Windows and unpacked elsewhere leave file names in GBK, which are no text to Python."""
    name = os.fsencode(relative.as_posix())
    try:
        return name.decode()
    except UnicodeDecodeError:
        return name.decode("gb18030", "replace")


def stamp_of(path: Path) -> Stamp | None:
    """None for what is not there, or is no file."""
    try:
        status = path.stat()
    except OSError:
        return None
    return Stamp(status.st_size, status.st_mtime_ns) if stat.S_ISREG(status.st_mode) else None


def fingerprint(path: Path, known: Fingerprint | None = None) -> Fingerprint | None:
    """The fingerprint of a file that stands still, or None for one that changed while it was read or cannot be read.

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
    except OSError:
        return None
    return Fingerprint(before, digest, taken) if stamp_of(path) == before else None
