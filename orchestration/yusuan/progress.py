"""What a build tells a person while it works, and how long each stage took. Results are told by summary.py."""

import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TextIO

STAGES = {
    "acquire": "fetching from the sources",
    "land": "landing files",
    "documents": "reading and parsing documents",
    "dbt": "building models",
    "checks": "checking totals",
    "publish": "publishing the snapshot",
}


class Progress:
    """Keeps the time and says nothing: what runs inside Dagster's web UI is told there."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    def shown(self) -> AbstractContextManager[object]:
        return nullcontext()

    @contextmanager
    def stage(self, name: str, total: int | None = None) -> Iterator[None]:
        self._begin(name, total)
        with self.timed(name):
            yield
        self._end(name)

    @contextmanager
    def timed(self, name: str) -> Iterator[None]:
        """Adds the time inside to `name`; for parts of a stage that take turns."""
        started = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - started

    def advance(self, done: int, total: int) -> None:
        """`done` of `total` of the present stage are finished."""

    def say(self, text: str) -> None:
        """A line that stays."""

    def _begin(self, name: str, total: int | None) -> None:
        pass

    def _end(self, name: str) -> None:
        pass


class PlainProgress(Progress):
    """One line a stage, for logs and pipes."""

    def __init__(self, stream: TextIO | None = None) -> None:
        super().__init__()
        self._stream = stream or sys.stderr

    def say(self, text: str) -> None:
        print(text, file=self._stream, flush=True)

    def _begin(self, name: str, total: int | None) -> None:
        self.say(f"{STAGES[name]}{'' if total is None else f' ({total})'} ...")

    def _end(self, name: str) -> None:
        self.say(f"{STAGES[name]}: {self.seconds[name]:.1f} s")


class TerminalProgress(Progress):
    """A moving bar a stage."""

    def __init__(self) -> None:
        super().__init__()
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
        from rich.progress import Progress as RichBars

        columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        self._bars = RichBars(*columns, console=Console(stderr=True))
        self._task = self._bars.add_task("", visible=False)

    def shown(self) -> AbstractContextManager[object]:
        return self._bars

    def advance(self, done: int, total: int) -> None:
        self._bars.update(self._task, completed=done, total=total)

    def say(self, text: str) -> None:
        self._bars.console.print(text, markup=False, highlight=False)

    def _begin(self, name: str, total: int | None) -> None:
        self._task = self._bars.add_task(STAGES[name], total=total)

    def _end(self, name: str) -> None:
        total = self._bars.tasks[self._task].total or 1
        self._bars.update(self._task, total=total, completed=total)
