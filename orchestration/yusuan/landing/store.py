"""The content-addressed store of landed bytes: HOME/landing/<aa>/<sha256>. A file in it is complete and never changes."""

import hashlib
import os
import shutil
import tempfile
from pathlib import Path


def path_of(landing: Path, document_id: str) -> Path:
    return landing / document_id[:2] / document_id


def keep(source: Path, landing: Path, document_id: str) -> bool:
    """Copies the bytes in under their hash; False when the source no longer has them (it is being written)."""
    target = path_of(landing, document_id)
    if target.exists():
        return True
    target.parent.mkdir(parents=True, exist_ok=True)
    # A name of its own until it is whole: a crash leaves a temporary file, never half a document.
    handle, name = tempfile.mkstemp(prefix=".landing-", dir=target.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as copy, source.open("rb") as original:
            shutil.copyfileobj(original, copy, 1 << 20)
            copy.flush()
            os.fsync(copy.fileno())
        with temporary.open("rb") as copied:
            whole = hashlib.file_digest(copied, "sha256").hexdigest() == document_id
        if whole:
            temporary.chmod(0o444)
            temporary.replace(target)
        return whole
    except FileNotFoundError:
        return False
    finally:
        temporary.unlink(missing_ok=True)
