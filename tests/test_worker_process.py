"""Frames on their way between processes: what arrives is what was sent, of whatever types, and a peer that is gone is an end of file."""

import datetime
from collections.abc import Iterator
from decimal import Decimal
from multiprocessing.connection import Connection, Pipe

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from yusuan.worker_process import receive_frame, send_frame

FRAME = pl.DataFrame(
    {
        "text": ["预算", None, "a" * 100],
        "yuan": [Decimal("1.20"), None, Decimal("-30000000000.00")],
        "number": [1, None, 3],
        "share": [0.5, None, float("inf")],
        "flag": [True, None, False],
        "day": [datetime.date(2024, 1, 1), None, datetime.date(1999, 12, 31)],
        "list": [["x", None], [], None],
        "null": [None, None, None],
    },
    schema_overrides={"yuan": pl.Decimal(20, 2), "number": pl.Int32},
)


@pytest.fixture
def ends() -> Iterator[tuple[Connection, Connection]]:
    one, other = Pipe()
    with one, other:
        yield one, other


def test_a_frame_arrives_as_it_was_sent(ends: tuple[Connection, Connection]):
    for frame in (FRAME, FRAME.clear(), pl.concat([FRAME, FRAME.reverse()], rechunk=False), FRAME.select("text").slice(1, 1)):
        send_frame(ends[0], frame)

        assert_frame_equal(receive_frame(ends[1]), frame)


def test_frames_and_messages_take_turns(ends: tuple[Connection, Connection]):
    send_frame(ends[0], FRAME)
    ends[0].send_bytes(b"and so on")
    send_frame(ends[0], FRAME.clear())

    assert receive_frame(ends[1]).height == FRAME.height
    assert ends[1].recv_bytes() == b"and so on"
    assert receive_frame(ends[1]).is_empty()


def test_a_frame_outlives_the_process_that_sent_it(ends: tuple[Connection, Connection]):
    send_frame(ends[0], FRAME)
    received = receive_frame(ends[1])
    ends[0].close()

    assert_frame_equal(received, FRAME)
    with pytest.raises(EOFError):
        receive_frame(ends[1])
