"""Opens documents in worker processes with limits on time and memory: one that hangs or crashes costs itself only.

Which documents are read, and what becomes of the results, belongs to batch.py; the other side of the pipe is worker.py.
"""

import json
import os
import signal
import tempfile
import time
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import wait
from pathlib import Path

import polars as pl

from yusuan import worker_process
from yusuan.worker_process import from_arrow

WORKERS = 2
# Address space, not resident memory: LibreOffice runs with 2 GB of it, OCR needs the rest.
MEMORY_BYTES = 4 << 30
MAX_ANSWER_BYTES = 1 << 30


@dataclass(frozen=True)
class Task:
    document_id: str
    media_type: str
    path: Path
    seconds: float


@dataclass(frozen=True)
class Result:
    """`frames` are cells and lines, or None when `reason` says why the document was not read."""

    document_id: str
    frames: tuple[pl.DataFrame, pl.DataFrame] | None
    reason: str | None
    seconds: float


class _Worker:
    def __init__(self, memory_bytes: int, scratch: str) -> None:
        self._process, self.connection = worker_process.start("yusuan.reading.worker", str(memory_bytes), scratch)
        self.task: Task | None = None
        self.is_last = False
        self._memory_bytes = memory_bytes
        self._started = 0.0

    def start(self, task: Task) -> None:
        self.task, self._started = task, time.monotonic()
        request = {"document_id": task.document_id, "media_type": task.media_type, "path": str(task.path), "seconds": task.seconds}
        # A worker that has ended cannot take it; the wait for its answer tells how it ended.
        with suppress(OSError):
            self.connection.send_bytes(json.dumps(request).encode())

    def remaining(self) -> float:
        return self._started + self.task.seconds - time.monotonic() if self.task else 0.0

    def answer(self) -> Result:
        """The result of the task, or how the process died instead."""
        assert self.task is not None
        try:
            header = json.loads(self.connection.recv_bytes(MAX_ANSWER_BYTES))
            payloads = [self.connection.recv_bytes(MAX_ANSWER_BYTES) for _ in range(header["payloads"])]
        except (EOFError, OSError):
            return self._crashed()
        frames = (from_arrow(payloads[0]), from_arrow(payloads[1])) if payloads else None
        self.is_last = header["last"]
        return self._result(header["reason"], frames)

    def gave_up(self) -> Result:
        assert self.task is not None
        self.is_last = True
        return self._result(f"读取超过 {self.task.seconds:.0f} 秒；请拆分文件，或另存为 PDF。")

    def _crashed(self) -> Result:
        self.is_last = True
        code = self._process.wait()
        how = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        if code in (-signal.SIGABRT, -signal.SIGKILL):
            return self._result(f"读取程序被终止（{how}），多半是内存超过 {self._memory_bytes >> 20:,} MB；请拆分文件，或另存为 PDF。")
        return self._result(f"读取程序崩溃（{how}）；请核对文件是否完整，或另存为 PDF、DOCX、XLSX。")

    def _result(self, reason: str | None, frames: tuple[pl.DataFrame, pl.DataFrame] | None = None) -> Result:
        assert self.task is not None
        result = Result(self.task.document_id, frames, reason, time.monotonic() - self._started)
        self.task = None
        return result

    def kill(self) -> None:
        self.connection.close()
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


def read_all(tasks: Iterable[Task], workers: int = WORKERS, memory_bytes: int = MEMORY_BYTES) -> Iterator[Result]:
    """A result for every task, in the order in which they are done."""
    waiting = deque(tasks)
    crew: list[_Worker] = []
    with tempfile.TemporaryDirectory(prefix="yusuan-reading-", ignore_cleanup_errors=True) as scratch:
        try:
            while waiting or any(worker.task for worker in crew):
                crew += [_Worker(memory_bytes, scratch) for _ in range(min(workers, len(waiting)) - len(crew))]
                for worker in crew:
                    if worker.task is None and waiting:
                        worker.start(waiting.popleft())
                busy = [worker for worker in crew if worker.task]
                ready = wait([worker.connection for worker in busy], max(0.0, min(worker.remaining() for worker in busy)))
                for worker in busy:
                    if worker.connection in ready:
                        yield worker.answer()
                    elif worker.remaining() <= 0:
                        yield worker.gave_up()
                    if worker.is_last:
                        worker.kill()
                        crew.remove(worker)
        finally:
            for worker in crew:
                worker.kill()
