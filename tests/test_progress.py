"""Long work is told: a bar with counts and the time that is left on a terminal, plain lines elsewhere."""

import io
from itertools import count

from rich.console import Console

from yusuan.progress import PAUSE, PlainProgress, TerminalProgress


def plain(seconds_between: float, steps: int) -> list[str]:
    stream = io.StringIO()
    ticks = count(0.0, seconds_between)
    progress = PlainProgress(stream, clock=lambda: next(ticks))
    with progress.stage("documents", steps):
        for done in range(1, steps + 1):
            progress.advance(done, steps)
    return stream.getvalue().splitlines()


def test_long_work_tells_in_lines_how_far_it_is_and_what_is_left():
    lines = plain(PAUSE, 4)

    assert lines[0] == "reading and parsing documents (4) ..."
    assert lines[1:4] == [
        "reading and parsing documents: 1 of 4, about 45 s left",
        "reading and parsing documents: 2 of 4, about 30 s left",
        "reading and parsing documents: 3 of 4, about 15 s left",
    ]
    assert lines[4].startswith("reading and parsing documents: ") and len(lines) == 5


def test_the_first_of_many_tells_nothing_of_what_is_left():
    lines = plain(PAUSE, 100)

    assert lines[2] == "reading and parsing documents: 2 of 100"
    assert lines[3] == "reading and parsing documents: 3 of 100, about 24 min left"


def test_short_work_is_two_lines():
    assert len(plain(PAUSE / 1000, 500)) == 2


def test_lines_hold_no_escape_sequences():
    assert not any("\x1b" in line or "\r" in line for line in plain(PAUSE, 50))


def test_a_bar_shows_counts_and_the_time_that_is_left():
    stream = io.StringIO()
    progress = TerminalProgress(Console(file=stream, force_terminal=True, width=140))

    with progress.shown(), progress.stage("documents", 40):
        progress.advance(10, 40)
        progress._bars.refresh()

    shown = stream.getvalue()
    assert "10/40" in shown and "40/40" in shown
    assert "left" in shown and "reading and parsing documents" in shown
