"""Amounts of tables with the sums within them. A table that is read again takes the place of what it was."""

from collections.abc import Sequence
from typing import NamedTuple

import polars as pl

from yusuan.parsing.identities import Sums, placed_at
from yusuan.parsing.ways import Ways

# Places among the labels.
OF_LABELS = ["row_id", "parent_id"]


class Proven(NamedTuple):
    """`figures` are amounts (amounts.table_amounts) of rows in `labels`; `sums` are those of their `corrected` values; `scores` tell how
    the sums of the printed ones stand (identities.table_sums)."""

    figures: pl.DataFrame
    corrected: pl.DataFrame
    labels: pl.DataFrame
    sums: Sums
    scores: pl.DataFrame


class Copies(NamedTuple):
    """Tables that were read in several `ways`, each as a table of its own."""

    proven: Proven
    ways: Ways

    def scores(self) -> pl.DataFrame:
        """tid, rank and how the sums stand."""
        return self.ways.ranked(self.proven.scores)

    def taken(self, tries: pl.DataFrame) -> Proven:
        """The tables in `tries` (tid, rank) as they were read in that way."""
        copies = self.ways.copied(tries, "rank").select("tid", last=pl.lit(0))
        figures, _, labels, sums, scores = _selected([self.proven], copies)
        figures, labels, found, scores = map(self.ways.as_tables, (figures, labels, sums.found, scores))
        return Proven(figures, figures, labels, Sums(found, sums.terms), scores)


def latest(readings: Sequence[Proven]) -> Proven:
    """All tables, each as it was read last."""
    if len(readings) == 1:
        return readings[0]
    last = pl.concat([reading.labels.select("tid", last=pl.lit(n)) for n, reading in enumerate(readings)])
    return _selected(readings, last.unique("tid", keep="last", maintain_order=True))


def _selected(readings: Sequence[Proven], last: pl.DataFrame) -> Proven:
    """The tables in `last` (tid, last), each from that reading."""
    rows, row_places = _renumbered([reading.labels for reading in readings], last)
    order, places = _renumbered([reading.figures for reading in readings], last)

    def joined(frames: list[pl.DataFrame]) -> pl.DataFrame:
        moved = [
            frame.with_columns(pl.lit(at).gather("sum_at").alias("sum_at"), *(pl.lit(row).gather(name).alias(name) for name in OF_LABELS))
            for frame, at, row in zip(frames, places, row_places, strict=True)
        ]
        return pl.concat(moved, rechunk=True)[order].drop("at").with_row_index("at")

    sums = [placed_at(reading.sums, at) for reading, at in zip(readings, places, strict=True)]
    figures = joined([reading.figures for reading in readings])
    same = all(reading.corrected is reading.figures for reading in readings)
    return Proven(
        figures,
        figures if same else joined([reading.corrected for reading in readings]),
        pl.concat([reading.labels for reading in readings], rechunk=True)[rows],
        Sums(*(pl.concat(frames) for frames in zip(*sums, strict=True))),
        pl.concat([reading.scores.join(last.filter(pl.col("last") == n), on="tid", how="semi") for n, reading in enumerate(readings)]),
    )


def _renumbered(frames: list[pl.DataFrame], last: pl.DataFrame) -> tuple[pl.Series, list[pl.Series]]:
    """Which rows of all frames together are kept, in the order of their tables; and for each frame where its rows stand then."""
    every = pl.concat([frame.select("tid", reading=pl.lit(n)) for n, frame in enumerate(frames)]).with_row_index("at")
    every = every.join(last, on="tid", how="left", maintain_order="left")
    kept = every.filter(pl.col("reading") == pl.col("last")).sort("tid", maintain_order=True)["at"]
    found = every.select("at").join(kept.to_frame().with_row_index("place"), on="at", how="left", maintain_order="left")["place"]
    starts = [0, *pl.Series([frame.height for frame in frames]).cum_sum()]
    return kept, [found.slice(start, frame.height) for start, frame in zip(starts, frames, strict=False)]
