"""Cells of tables: where they stand in the table that they belong to, and what they mean under a reading of its columns."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from yusuan.parsing.amounts import OF_CELL, in_ticks
from yusuan.parsing.lists import carry_labels, fold_panels, move_cells, with_lines
from yusuan.parsing.repairs import damage, join_split, read_units, split_glued
from yusuan.parsing.rows import label_rows
from yusuan.parsing.units import named_units

DASHES = ["-", "—", "–", "－", "--", "——", "/", "／"]

# Every join, filter and sort copies all columns that it is given. Of cells below a header only this is read, and `cell`, the place of
# the cell among all placed ones; what it prints is looked up for labels alone, and where it is printed for amounts alone, when they have
# all their labels.
OF_BODY = ["cell", "tid", "row", "column", "column_span", "breaks", "text", "text_id", "squashed", "bare", "number", "number_repair"]
OF_ROWS = ["cell", "tid", "row", "column", "column_span", "breaks", "number", "number_repair", "is_glued", "has_unit"]
OF_LABELS = ["text", "text_id", "squashed", "bare"]


def printed_cells(cells: pl.DataFrame, rows: pl.DataFrame, tables: pl.DataFrame) -> pl.DataFrame:
    """All cells with their place in the logical table (tid, row), null where they stand in none."""
    rows = rows.select("place", "document_id", "table", "header", "caption", "index", "breaks", row="number")
    tables = tables.select("tid", "document_id", "table", "is_form")
    rows = rows.join(tables, on=["document_id", "table"], how="left", maintain_order="left").drop("document_id")
    return cells.rename({"row": "grid_row"}).join(rows, on="place", how="left", maintain_order="left").drop("place")


def placed_cells(printed: pl.DataFrame) -> pl.DataFrame:
    """The cells that stand in tables, split numbers put together. A dash stands for a blank cell, among labels as among figures."""
    return join_split(printed.filter(pl.col("tid").is_not_null(), ~pl.col("squashed").is_in(DASHES)))


def body_cells(placed: pl.DataFrame) -> pl.DataFrame:
    """Cells of columnar tables below their headers (OF_BODY)."""
    cells = placed.with_row_index("cell").select(*OF_BODY, "header", "caption", "index", "is_form")
    return cells.filter(~pl.col("header"), ~pl.col("caption"), ~pl.col("index"), ~pl.col("is_form")).select(OF_BODY)


def with_columns(tables: pl.DataFrame, columns: pl.DataFrame) -> pl.DataFrame:
    """Tables with what only their columns tell: how many panels and fund sources they print, and whether their header was put straight."""
    told = columns.group_by("tid").agg(
        panels=pl.col("panel").max(), column_funds=pl.col("fund_source").drop_nulls().n_unique(), straightened=pl.col("straightened").any()
    )
    return tables.join(told, on="tid", how="left", maintain_order="left")


@dataclass(frozen=True)
class Body:
    """Cells below headers (OF_ROWS), whose texts (OF_LABELS) stand in `prints` at their place `cell`."""

    cells: pl.DataFrame
    prints: pl.DataFrame

    @classmethod
    def of(cls, body: pl.DataFrame, placed: pl.DataFrame) -> Body:
        """`body` are the body_cells of the cells that are `placed`."""
        return cls(body.select(*OF_BODY, *damage()).select(OF_ROWS), placed.select(OF_LABELS))

    def labelled(
        self, columns: pl.DataFrame, tables: pl.DataFrame, shifts: pl.DataFrame | None = None
    ) -> tuple[pl.DataFrame, pl.DataFrame]:
        """(cells, labels): cells of amounts with the meaning of their column, and rows with theirs, after the `shifts` of cells (tid, row,
        column, to). Tables do not depend on each other here.
        """
        body = split_glued(move_cells(self.cells, shifts), self.prints, columns)
        meaning = columns.select(
            "tid", "column", "role", "kind", "panel", "measure", "fund_source", "side", "period", "unit", "parent_heading",
            column_scheme="scheme", column_heading="heading", purpose="purpose", column_of_which="column_of_which",
        ).with_row_index("meant")  # fmt: skip
        # One integer for two keys is joined in a third of the time; all else is looked up at the place of the column.
        place = pl.col("tid").cast(pl.UInt64) * 2**32 + pl.col("column").cast(pl.UInt64)
        paneled = meaning.filter(pl.col("panel").is_not_null()).select("meant", "panel", is_amount=pl.col("kind") == "amount", place=place)
        body = body.with_columns(place=place).join(paneled, on="place", how="inner", maintain_order="left").drop("place")
        body = with_lines(fold_panels(carry_labels(read_units(body, self.prints), meaning), self.prints, meaning, tables))
        cells = body.select(*OF_CELL, "list_row", "own_unit", "is_amount").filter("is_amount", pl.col("number").is_not_null())
        cells = cells.drop("is_amount").hstack(meaning.drop("meant", "tid", "column", "kind", "panel", "column_scheme")[cells["meant"]])
        cells = cells.join(tables.select("tid", "common_unit", table_unit="unit"), on="tid", how="left", maintain_order="left")
        cells = in_ticks(cells.with_columns(unit=pl.coalesce("own_unit", "unit")).with_columns(*named_units()))
        cells = cells.drop("own_unit", "unit", "table_unit", "common_unit")
        return cells.drop("list_row"), label_rows(body, self.prints, meaning, cells, tables)
