"""The content-addressed store of landed bytes: HOME/landing/<aa>/<sha256>. A file in it is complete and never changes."""

import hashlib
import io
import os
import shutil
import tempfile
from pathlib import Path
from typing import BinaryIO


def path_of(landing: Path, document_id: str) -> Path:
    return landing / document_id[:2] / document_id


def keep(source: Path, landing: Path, document_id: str) -> bool:
    """Copies the bytes in under their hash; False when the source no longer has them (it is being written)."""
    if path_of(landing, document_id).exists():
        return True
    try:
        with source.open("rb") as original:
            return _put(original, landing, document_id)
    except FileNotFoundError:
        return False


def keep_bytes(content: bytes, landing: Path) -> str:
    """Keeps bytes that are no file of their own; their hash."""
    document_id = hashlib.sha256(content).hexdigest()
    if not path_of(landing, document_id).exists():
        _put(io.BytesIO(content), landing, document_id)
    return document_id


def _put(original: BinaryIO, landing: Path, document_id: str) -> bool:
    target = path_of(landing, document_id)
    target.parent.mkdir(parents=True, exist_ok=True)
    # A name of its own until it is whole: a crash leaves a temporary file, never half a document.
    handle, name = tempfile.mkstemp(prefix=".landing-", dir=target.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as copy:
            shutil.copyfileobj(original, copy, 1 << 20)
            copy.flush()
            os.fsync(copy.fileno())
        with temporary.open("rb") as copied:
            whole = hashlib.file_digest(copied, "sha256").hexdigest() == document_id
        if whole:
            temporary.chmod(0o444)
            temporary.replace(target)
        return whole
    finally:
        temporary.unlink(missing_ok=True)
