"""Reads tables into amounts with the sums within them: as they are printed, after shifts of their cells, and in several ways at once."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from yusuan.parsing.all_amounts import in_place
from yusuan.parsing.amounts import effective_parents, named, table_amounts
from yusuan.parsing.corrections import AMOUNT, UNIT, correct
from yusuan.parsing.identities import row_sums, sums_in_tables, table_sums
from yusuan.parsing.proven import Copies, Proven
from yusuan.parsing.table_cells import Body, with_columns
from yusuan.parsing.ways import Extent


def sums_under(tries: pl.DataFrame, body: Body, tables: pl.DataFrame, extent: Extent) -> pl.DataFrame:
    """tid, rank and how the sums along rows stand under readings of headers: `tries` are columns (columns.OF_COLUMN) with tid and rank."""
    ways = extent.ways(tries)
    columns, some = ways.copied(tries, "rank"), ways.copied(tables)
    copies = Body(ways.copied(body.cells), body.prints)
    return ways.ranked(row_sums(table_amounts(*copies.labelled(columns, some), with_columns(some, columns))))


@dataclass(frozen=True)
class TableReader:
    """Tables whose columns are known. `placed` are the cells of all tables, `corrections` what people have mended."""

    body: Body
    columns: pl.DataFrame
    tables: pl.DataFrame
    placed: pl.DataFrame
    corrections: pl.DataFrame
    extent: Extent

    def printed(self) -> Proven:
        """All tables as they are printed."""
        return self.corrected(_proven(self.body, self.columns, self.tables))

    def shifted(self, shifts: pl.DataFrame) -> Proven:
        """The tables that have `shifts` (tid, row, column, to), labelled anew."""
        moved = self.body.cells.join(shifts.select("tid").unique(), on="tid", how="semi", maintain_order="left")
        return self.corrected(_proven(Body(moved, self.body.prints), self.columns, self.tables, shifts))

    def tried(self, tries: pl.DataFrame, shifts: pl.DataFrame) -> Copies:
        """All shifts of rows in `tries` (tid, rank, row, column, to) at once, each on a copy of its table with the `shifts` that it has."""
        ways = self.extent.ways(tries)
        moves = ways.copied(tries.filter(pl.col("to") != pl.col("column")), "rank").select(shifts.columns)
        every = pl.concat([moves, ways.copied(shifts).select(shifts.columns)])
        body = Body(ways.copied(self.body.cells), self.body.prints)
        return Copies(_proven(body, ways.copied(self.columns), ways.copied(self.tables), every), ways)

    def corrected(self, read: Proven) -> Proven:
        """Sums are proved by figures as people corrected them; readings of rows are compared by what is printed."""
        of_figures = self.corrections.filter(pl.col("field").is_in([AMOUNT, UNIT]))
        if of_figures.is_empty():
            return read
        figures, _ = correct(named(in_place(read.figures, self.placed), read.labels), of_figures)
        figures = read.figures.with_columns(figures.select("number", "unit_printed", "quantum", "ticks"))
        return read._replace(corrected=figures, sums=sums_in_tables(figures))


def _proven(body: Body, columns: pl.DataFrame, tables: pl.DataFrame, shifts: pl.DataFrame | None = None) -> Proven:
    cells, labels = body.labelled(columns, tables, shifts)
    figures = effective_parents(table_amounts(cells, labels, tables), labels)
    sums = sums_in_tables(figures)
    # Tables of several readings are put together: where a parent stands among the rows of this one holds no longer then.
    return Proven(figures, figures, labels.drop("parent_id"), sums, table_sums(sums, figures))
