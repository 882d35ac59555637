"""One acquisition: what was asked, and what came of it. Kept as rows of staging.acquisitions by yusuan.warehouse."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import unquote_to_bytes, urlsplit

from yusuan.landing.folder import ACQUIRED, is_disclosure

# File systems take 255 bytes, and a member's path is longer than its archive's.
LONGEST_NAME_BYTES = 180


@dataclass(frozen=True)
class Acquisition:
    """One row of staging.acquisitions, in the order of its columns. `changed` is None when it failed."""

    source: str
    kind: str
    url: str
    relative_path: str | None
    started_at: datetime
    seconds: float = 0.0
    attempts: int = 1
    http_status: int | None = None
    bytes: int | None = None
    changed: bool | None = None
    document_id: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    error: str | None = None
    run_id: str | None = None

    @property
    def acquisition_id(self) -> str:
        return hashlib.sha256("\0".join((self.source, self.url, self.started_at.isoformat())).encode()).hexdigest()


def relative_path(source: str, url: str) -> str:
    """Where the bytes of an address are kept below HOME. The same address has the same path for ever, and no two share one,
    whatever strangers write into their addresses: the folder is a hash, and only the name is theirs."""
    return f"{ACQUIRED}{source}/{hashlib.sha256(url.encode()).hexdigest()[:12]}/{file_name(url)}"


def file_name(url: str) -> str:
    """The last part of the path as people read it."""
    raw = unquote_to_bytes(urlsplit(url).path.rstrip("/").rpartition("/")[2])
    try:
        printed = raw.decode("utf-8")
    except UnicodeDecodeError:
        printed = raw.decode("gb18030", "replace")
    name = "".join("_" if character in '/\\:*?"<>|' or not character.isprintable() else character for character in printed).strip(" .~$")
    stem, point, suffix = name.rpartition(".")
    if point and len(suffix.encode()) <= 8:
        name = f"{_cut(stem)}.{suffix}"
    name = _cut(name, LONGEST_NAME_BYTES + 9) or "index"
    return name if is_disclosure(Path(name)) else f"{name}.file"


def _cut(text: str, most: int = LONGEST_NAME_BYTES) -> str:
    return text.encode()[:most].decode("utf-8", "ignore")
