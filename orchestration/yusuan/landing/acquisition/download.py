"""Bytes of a download to a file that is whole or not there: written under a temporary name, limited, hashed, renamed."""

import hashlib
import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from yusuan.landing.acquisition.errors import AcquisitionError


@dataclass(frozen=True)
class Downloaded:
    bytes: int
    sha256: str


def save(chunks: Iterable[bytes], target: Path, max_bytes: int) -> Downloaded:
    """Whatever goes wrong on the way, the file that stood at `target` stands there still."""
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".fetching-", dir=target.parent)
    temporary = Path(name)
    digest = hashlib.sha256()
    size = 0
    try:
        with os.fdopen(handle, "wb") as file:
            for chunk in chunks:
                size += len(chunk)
                if size > max_bytes:
                    raise too_large(max_bytes)
                digest.update(chunk)
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(0o644)
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)
    return Downloaded(size, digest.hexdigest())


def too_large(max_bytes: int) -> AcquisitionError:
    return AcquisitionError(f"文件超过 {max_bytes / 1_000_000:g} MB，没有下载；如确需下载，请调大 sources.yml 中的 max_megabytes。")
