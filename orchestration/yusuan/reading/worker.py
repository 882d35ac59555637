"""The process in which documents are opened: reads one after another for sandbox.py until the connection closes.

Runs as `python -m yusuan.reading.worker FD MEMORY SCRATCH`. It holds no state between documents but loaded readers, so that it
can be killed at any instant.
"""

import json
import resource
import sys
import tempfile
from collections.abc import Sequence
from math import ceil
from multiprocessing.connection import Connection
from pathlib import Path

import polars as pl

from yusuan.reading.errors import UnreadableDocument
from yusuan.reading.readers import reader_for
from yusuan.worker_process import to_arrow

MAX_DOCUMENT_BYTES = 1 << 30


def serve(connection: Connection, memory_bytes: int) -> None:
    """Answers every request with a header and, when it was read, the two frames as Arrow IPC."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    while True:
        try:
            request = json.loads(connection.recv_bytes())
        except EOFError:
            return
        _limit_processor_time(request["seconds"])
        try:
            frames = _read(**request)
        except UnreadableDocument as error:
            _answer(connection, reason=str(error))
        except MemoryError:
            # What is left of the heap cannot be trusted; the parent starts another worker.
            _answer(connection, reason=f"读取时内存超过 {memory_bytes >> 20:,} MB；请拆分文件，或另存为 PDF。", last=True)
            return
        except Exception as error:
            # A reader met something that nobody foresaw: the document is set aside, the others go on.
            _answer(connection, reason=f"读取时出错（{type(error).__name__}：{str(error)[:200]}）；请核对文件能否正常打开，或另存为 PDF。")
        else:
            _answer(connection, payloads=[to_arrow(frame) for frame in frames])


def _read(document_id: str, media_type: str, path: str, seconds: float) -> tuple[pl.DataFrame, pl.DataFrame]:
    file = Path(path)
    if file.stat().st_size > MAX_DOCUMENT_BYTES:
        raise UnreadableDocument(f"文件超过 {MAX_DOCUMENT_BYTES >> 20:,} MB；请拆分后放入。")
    cells, lines = reader_for(media_type).load()(document_id, file.read_bytes())
    if lines.is_empty():
        raise UnreadableDocument("文件里没有任何文字，可能只有图片；请导出为 PDF 后放入（扫描件按图片识别）。")
    return cells, lines


def _limit_processor_time(seconds: float) -> None:
    """A worker whose parent has died while it hangs ends by itself: the kernel counts the processor time since its start."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    used = usage.ru_utime + usage.ru_stime
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (ceil(used + 2 * seconds) + 1, hard))


def _answer(connection: Connection, reason: str | None = None, payloads: Sequence[bytes] = (), last: bool = False) -> None:
    connection.send_bytes(json.dumps({"reason": reason, "payloads": len(payloads), "last": last}).encode())
    for payload in payloads:
        connection.send_bytes(payload)


if __name__ == "__main__":
    # The parent removes the scratch folder, also when this process cannot clean up any more.
    tempfile.tempdir = sys.argv[3]
    serve(Connection(int(sys.argv[1])), int(sys.argv[2]))
