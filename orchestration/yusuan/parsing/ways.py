"""Copies of tables, so that several ways to read a table are tried at once: each way is a table of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import polars as pl


class Extent(NamedTuple):
    """How many tables and documents a batch has: their numbers (tid, document_id) are below that."""

    tables: int
    documents: int

    def ways(self, tries: pl.DataFrame) -> Ways:
        """The ways (tid, rank) that are tried."""
        return Ways(tries.select("tid", "rank").unique(), {"tid": self.tables, "document_id": self.documents})


@dataclass(frozen=True)
class Ways:
    """`ranks` has tid and rank. The numbers of a way are those of its table and document, and its rank times the `counts` of all more."""

    ranks: pl.DataFrame
    counts: dict[str, int]

    def copied(self, frame: pl.DataFrame, *keys: str) -> pl.DataFrame:
        """The rows of `frame` (tid) for each way to read their table, with its rank; those that have one already (`keys`) for that one."""
        frame = frame.join(self.ranks, on=["tid", *keys], maintain_order="left")
        return frame.with_columns(pl.col(name) + pl.col("rank") * count for name, count in self.counts.items() if name in frame.columns)

    def ranked(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Rows of ways with the tid of their table, and the rank."""
        return frame.with_columns(tid=pl.col("tid") % self.counts["tid"], rank=pl.col("tid") // self.counts["tid"])

    def as_tables(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Rows of ways as those of the tables and documents themselves."""
        return frame.with_columns(pl.col(name) % count for name, count in self.counts.items() if name in frame.columns)
