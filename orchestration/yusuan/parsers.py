"""Parses a batch of many documents in several processes. Documents do not depend on each other, so each process takes a part of them.

Threads keep one core and a half busy at most: the steps of parsing are short, and Python and Polars make them wait for each other.
What parsing does is in parsing/. Runs as `python -m yusuan.parsers FD` at the other end of the pipe.
"""

import os
import signal
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import fields
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Self

import polars as pl

from yusuan import parsing, worker_process
from yusuan.parsing import Parsed
from yusuan.worker_process import receive_frame, send_frame

# A process takes half a second to start, and each part of a batch about a second before its first row: less than this is
# parsed here as soon. Some thirty disclosures have so many.
LEAST_CELLS = 30_000
# Frames come and go by the thousand: an allocator that gives their memory back to the system at once, and gets it again for the next,
# takes a tenth of the time (options of jemalloc, which Polars brings along).
ALLOCATION = {"_RJEM_MALLOC_CONF": "dirty_decay_ms:2000,muzzy_decay_ms:0,oversize_threshold:0,lg_tcache_max:21"}
# A process that stays on its core keeps its caches; beside other work those that move wait longer. Where the system cannot bind
# processes they run as it likes.
CORES = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
# Each holds the vocabulary and its part of the batch: some 200 MB, and 50 MB for each MB of text.
MOST_PROCESSES = 8

Frames = Sequence[pl.DataFrame]


class ParsingStopped(Exception):
    """A part of a batch could not be parsed in its process; the message tells what happened there."""


class Parsers:
    """The processes; they are started when a batch first needs them and end with the context."""

    def __init__(self, processes: int | None = None) -> None:
        self._processes = min(processes or len(CORES) or os.cpu_count() or 1, MOST_PROCESSES)
        self._running: list[_Process] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._end()

    def parse(self, cells: pl.DataFrame, lines: pl.DataFrame, documents: pl.DataFrame, corrections: pl.DataFrame) -> Parsed:
        """As `yusuan.parsing.parse`."""
        count = min(self._processes, cells.height // LEAST_CELLS, documents.height)
        if count <= 1:
            return parsing.parse(cells, lines, documents, corrections)
        self._running += [_Process(number) for number in range(len(self._running), count)]
        # One thread for each: frames are written and read as long as the others parse.
        with ThreadPoolExecutor(count) as threads:
            try:
                parts = _parts(count, cells, lines, documents)
                parsed = list(threads.map(lambda process, part: process.parse([*part, corrections]), self._running, parts))
            except BaseException:
                # What they still work on is of no use to anybody.
                self._end()
                raise
        return Parsed(**{field.name: pl.concat([getattr(part, field.name) for part in parsed]) for field in fields(Parsed)})

    def _end(self) -> None:
        for process in self._running:
            process.kill()
        self._running.clear()


def _parts(count: int, cells: pl.DataFrame, lines: pl.DataFrame, documents: pl.DataFrame) -> list[Frames]:
    """Every so many-th document with its cells and lines: documents that stand together are alike, so they are dealt out in turn."""
    dealt = [documents.filter(pl.int_range(pl.len()) % count == number) for number in range(count)]
    of_cells, of_lines = _by_document(cells), _by_document(lines)
    return [[of_cells(some), of_lines(some), some] for some in dealt]


def _by_document(frame: pl.DataFrame) -> Callable[[pl.DataFrame], pl.DataFrame]:
    """The rows of some documents. Those of one document stand together, so they are slices: a join would look at every row."""
    runs = frame.select(run=pl.col("document_id").rle()).unnest("run").with_columns(start=pl.col("len").cum_sum() - pl.col("len"))

    def of(documents: pl.DataFrame) -> pl.DataFrame:
        theirs = documents.join(runs, left_on="document_id", right_on="value", maintain_order="left").select("start", "len")
        return pl.concat([frame.clear(), *(frame.slice(start, height) for start, height in theirs.iter_rows())], rechunk=True)

    return of


class _Process:
    def __init__(self, number: int) -> None:
        self._process, self._connection = worker_process.start("yusuan.parsers", environment=ALLOCATION)
        if CORES:
            # Several builds on one large machine begin with different cores. Threads that it starts stay where it is.
            with suppress(OSError):
                os.sched_setaffinity(self._process.pid, {CORES[(os.getpid() + number) % len(CORES)]})

    @property
    def pid(self) -> int:
        return self._process.pid

    def parse(self, part: Frames) -> Parsed:
        try:
            for frame in part:
                send_frame(self._connection, frame)
            reason = self._connection.recv_bytes().decode()
            if reason:
                raise ParsingStopped(reason)
            return Parsed(**{field.name: receive_frame(self._connection) for field in fields(Parsed)})
        except (EOFError, OSError) as error:
            raise ParsingStopped(f"process ended with code {self._process.wait()}") from error

    def kill(self) -> None:
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._connection.close()


def serve(connection: Connection) -> None:
    """Parses what comes through the pipe until it is closed: four frames for each part, answered by an empty reason and the frames
    of `Parsed`, or by the reason why there are none."""
    while True:
        try:
            part = [receive_frame(connection) for _ in range(4)]
        except EOFError:
            return
        try:
            # The steps leave behind what they were given: nothing here may hold it, nor the answer while the next part is parsed.
            parsed = parsing.parse(part.pop(0), part.pop(0), part.pop(0), part.pop(0))
        except Exception as error:
            connection.send_bytes(f"{type(error).__name__}: {error}".encode())
            continue
        connection.send_bytes(b"")
        for field in fields(Parsed):
            send_frame(connection, getattr(parsed, field.name))
        del parsed


def in_thread_of_steps(work: Callable[[], None]) -> None:
    """Does `work` in the thread of Polars that carries out its steps.

    Any other thread hands each of the thousands of steps of a part over to that one and waits for it: on one core that takes a tenth of
    the time of small steps, and where it wakes another core a third.
    """

    def working(column: pl.Series) -> pl.Series:
        work()
        return column

    # One expression would be evaluated here, several are handed over.
    pl.DataFrame({"one": [1]}).select(pl.col("one").map_batches(working, return_dtype=pl.Int64), other="one")


def main() -> None:
    with suppress(BrokenPipeError):
        serve(Connection(int(sys.argv[1])))


if __name__ == "__main__":
    in_thread_of_steps(main)
