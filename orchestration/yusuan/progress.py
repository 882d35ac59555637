"""What a build tells a person while it works, and how long each stage took. Results are told by summary.py."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from rich.console import Console

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


# Seconds between two lines of a stage in a log: often enough to see that it goes on, seldom enough to be read.
PAUSE = 15.0
# The first of many waits for what all of them need: before this share is done, nobody knows what is left.
EARLY = 0.02


class PlainProgress(Progress):
    """Lines for logs and pipes: when a stage begins and ends, and while it is long how far it has come and what is left."""

    def __init__(self, stream: TextIO | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._stream = stream or sys.stderr
        self._clock = clock
        self._stage = ""
        self._began = self._told = 0.0

    def say(self, text: str) -> None:
        print(text, file=self._stream, flush=True)

    def advance(self, done: int, total: int) -> None:
        now = self._clock()
        if not done or done >= total or now - self._told < PAUSE:
            return
        self._told = now
        left = (now - self._began) / done * (total - done)
        self.say(f"{self._stage}: {done:,} of {total:,}" + (f", about {_duration(left)} left" if done > EARLY * total else ""))

    def _begin(self, name: str, total: int | None) -> None:
        self._stage = STAGES[name]
        self._began = self._told = self._clock()
        self.say(f"{STAGES[name]}{'' if total is None else f' ({total:,})'} ...")

    def _end(self, name: str) -> None:
        self.say(f"{STAGES[name]}: {self.seconds[name]:.1f} s")


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"


class TerminalProgress(Progress):
    """A moving bar a stage, with how many are done, the time that it took and the time that is left."""

    def __init__(self, console: "Console | None" = None) -> None:
        super().__init__()
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
        from rich.progress import Progress as RichBars

        columns = (
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(),
        )
        self._bars = RichBars(*columns, console=console or Console(stderr=True))
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
