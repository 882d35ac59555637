"""The published snapshot for readers that stay: queries always run on the newest one, also when a build replaces it meanwhile."""

import os
import threading
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, TypeVar

import duckdb
import polars as pl

from yusuan.settings import Settings, YusuanError
from yusuan.warehouse.query import snapshot

Answer = TypeVar("Answer")


class Published:
    """One connection for all sessions of a process; queries take turns, each takes milliseconds."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._lock = threading.Lock()
        self._stamp: tuple[int, int] | None = None
        self._connection: duckdb.DuckDBPyConnection | None = None

    def frame(self, sql: str, parameters: Mapping[str, Any] | None = None) -> pl.DataFrame:
        """The rows of one query. Parameters are bound by name, never written into the text."""
        with self._lock:
            try:
                return self._current().sql(sql, params=dict(parameters or {})).pl()
            except (duckdb.CatalogException, duckdb.BinderException) as error:
                reason = " ".join(str(error).split("\n")[0].split())
                raise YusuanError(f"this snapshot is of another version of yusuan, run yusuan build: {reason}") from None

    def ask(self, question: Callable[[duckdb.DuckDBPyConnection], Answer]) -> Answer:
        """What a function of another room says of the snapshot."""
        with self._lock:
            return question(self._current())

    @property
    def stamp(self) -> tuple[int, int]:
        """Another one for every snapshot, so that what was computed from one can be kept as long as it is there."""
        try:
            found = os.stat(self.settings.published)
        except FileNotFoundError:
            return (0, 0)
        return found.st_ino, found.st_mtime_ns

    def close(self) -> None:
        """Lets go of the file; the next query opens it again."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _current(self) -> duckdb.DuckDBPyConnection:
        stamp = self.stamp
        if self._connection is None or stamp != self._stamp:
            # Closed first: DuckDB keeps one instance for a path, and would go on reading the file that was there.
            self.close()
            self._connection = snapshot(self.settings)
            self._stamp = stamp
        return self._connection


@cache
def shared(home: str) -> Published:
    """One for all sessions of this process."""
    return Published(Settings.load(home=home))
