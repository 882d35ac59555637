"""Python processes of our own that wait at the other end of a pipe, and frames on their way through it.

What a worker does, and what becomes of one that hangs or crashes, is decided where it is used (reading/sandbox.py, parsers.py).
"""

import io
import mmap
import os
import socket
import subprocess
import sys
import tempfile
from multiprocessing.connection import Connection
from multiprocessing.reduction import recv_handle, send_handle
from pathlib import Path
from typing import cast

import polars as pl
import pyarrow as pa
import pyarrow.ipc

import yusuan

# One thread each: the documents are what runs in parallel.
_ENVIRONMENT = {"POLARS_MAX_THREADS": "1", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


def start(module: str, *arguments: str, environment: dict[str, str] | None = None) -> tuple[subprocess.Popen[bytes], Connection]:
    """Runs `python -m module FD *arguments`; FD is its end of the pipe whose other end is returned."""
    ours, theirs = socket.socketpair()
    package_root = str(Path(yusuan.__file__).resolve().parents[1])
    paths = [package_root, *filter(None, [os.environ.get("PYTHONPATH")])]
    with theirs:
        # A process of its own instead of a fork: no copied locks, no import of the caller's main module, and a session of its
        # own, so that an interrupt at the terminal reaches only us and we end it in order.
        process = subprocess.Popen(
            [sys.executable, "-m", module, str(theirs.fileno()), *arguments],
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=os.environ | _ENVIRONMENT | (environment or {}) | {"PYTHONPATH": os.pathsep.join(paths)},
            start_new_session=True,
        )
    return process, Connection(ours.detach())


def to_arrow(frame: pl.DataFrame) -> bytes:
    buffer = io.BytesIO()
    frame.write_ipc(buffer)
    return buffer.getvalue()


def from_arrow(data: bytes) -> pl.DataFrame:
    return pl.read_ipc(io.BytesIO(data))


def send_frame(connection: Connection, frame: pl.DataFrame) -> None:
    """Hands over a large frame in a file without a name, which goes with the last process that has it open: nothing is copied through
    the pipe."""
    with open(os.memfd_create("frame"), "r+b") if hasattr(os, "memfd_create") else tempfile.TemporaryFile() as file:
        frame.write_ipc(file)
        file.flush()
        send_handle(connection, file.fileno(), destination_pid=0)  # which is asked for on Windows alone


def receive_frame(connection: Connection) -> pl.DataFrame:
    """The frame that the process at the other end sends; its columns are the file, which stays mapped as long as they are used. Only for
    processes of our own: what the file says of itself is believed."""
    handle = recv_handle(connection)
    try:
        mapped = mmap.mmap(handle, 0, access=mmap.ACCESS_READ)
    finally:
        os.close(handle)
    return cast(pl.DataFrame, pl.from_arrow(pa.ipc.open_file(pa.py_buffer(mapped)).read_all()))
