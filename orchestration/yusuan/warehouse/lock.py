"""One writer at a time: an advisory lock on HOME that tells a second writer who holds it. Readers of the snapshot need none."""

import fcntl
import json
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from yusuan.settings import Settings, YusuanError

LONGEST_COMMAND = 80

# A build takes the lock before it starts Dagster, and the run inside takes it again: one process, one holder.
_held: dict[Path, int] = {}


@contextmanager
def home_lock(settings: Settings) -> Iterator[None]:
    """Holds HOME for this process; a second process stops with a sentence about the first."""
    path = settings.home / ".lock"
    if _held.get(path):
        _held[path] += 1
        try:
            yield
        finally:
            _held[path] -= 1
        return
    settings.home.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise YusuanError(f"{settings.home} is in use by {_holder(file.read())}: wait until it has finished") from None
        file.truncate(0)
        file.write(json.dumps(_myself(), ensure_ascii=False))
        file.flush()
        _held[path] = 1
        try:
            yield
        finally:
            del _held[path]
            # The operating system releases the lock with the file, also when the process is killed.
            file.truncate(0)


def _myself() -> dict[str, str | int]:
    # Dagster starts its processes with a page of configuration in their arguments.
    command = " ".join([Path(sys.argv[0]).name, *sys.argv[1:]])[:LONGEST_COMMAND]
    return {"pid": os.getpid(), "host": socket.gethostname(), "since": datetime.now().isoformat(" ", "seconds"), "command": command}


def _holder(written: str) -> str:
    try:
        holder = json.loads(written)
        return f"process {holder['pid']} on {holder['host']} since {holder['since']} ({holder['command']})"
    except (ValueError, KeyError, TypeError):
        return "another process"
