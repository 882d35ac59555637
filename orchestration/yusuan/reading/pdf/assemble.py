"""The cells and lines frames of a batch out of its characters and grids: texts of cells, order of reading, numbers of lines and grids."""

import numpy as np
import polars as pl

from yusuan.reading.frames import CELLS_SCHEMA, LINES_SCHEMA, conform
from yusuan.reading.pdf.borderless import borderless_tables
from yusuan.reading.pdf.extract import Extracted
from yusuan.reading.pdf.frames import PITCH, Chars, Pages
from yusuan.reading.pdf.grids import Grids, merged_rulings, ruled_grids
from yusuan.reading.pdf.layout import in_reading_order, with_tables
from yusuan.reading.pdf.overhang import with_overhang
from yusuan.reading.pdf.text import joined_lines, text_lines
from yusuan.reading.pdf.unruled import with_rows_apart
from yusuan.reading.pdf.words import words_of


def assemble(extracted: Extracted, ids: list[str]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Cells and lines of all pages, in the shared frames."""
    chars, pages = extracted.chars, extracted.pages
    grids, loose_rules = ruled_grids(merged_rulings(extracted.rulings), chars)
    in_grid = np.flatnonzero(grids.cell_of_char >= 0)
    cell_lines = text_lines(grids.cell_of_char[in_grid], chars.take(in_grid))
    ruled = with_rows_apart(grids, cell_lines, chars)

    outside = np.flatnonzero((ruled.cell_of_char < 0) & _on_page(chars, pages))
    words, word_of_char = words_of(chars.take(outside))
    whole, taken = with_overhang(ruled, words, word_of_char, outside)
    tables = borderless_tables(words, taken, loose_rules)
    whole = with_tables(whole, tables, word_of_char, outside)
    if whole is not grids:
        in_grid = np.flatnonzero(whole.cell_of_char >= 0)
        cell_lines = text_lines(whole.cell_of_char[in_grid], chars.take(in_grid))
        outside = outside[whole.cell_of_char[outside] < 0]
    prose = text_lines(chars.page[outside], chars.take(outside))
    return _framed(joined_lines(cell_lines), prose, in_reading_order(whole), pages, ids)


def _on_page(chars: Chars, pages: Pages) -> np.ndarray:
    """Characters whose middle is inside the page box. Others are not printed; only a grid that runs over the edge keeps them."""
    middle = chars.middle - chars.page * PITCH
    return (chars.centre >= 0) & (chars.centre <= pages.width[chars.page]) & (middle >= 0) & (middle <= pages.height[chars.page])


def _framed(texts: pl.DataFrame, prose: pl.DataFrame, grids: Grids, pages: Pages, ids: list[str]) -> tuple[pl.DataFrame, pl.DataFrame]:
    cells = grids.cells
    cell_frame = pl.DataFrame(
        {
            "cell": np.arange(len(cells)),
            "grid": cells.grid,
            "row": cells.row,
            "column": cells.column,
            "row_span": cells.row_span,
            "column_span": cells.column_span,
            "x0": cells.x0,
            "y0": cells.y0,
            "x1": cells.x1,
            "y1": cells.y1,
        }
    )
    texts = texts.filter(pl.col("text") != "").select(cell="owner", text="text")
    filled = cell_frame.join(texts, on="cell", maintain_order="left")

    # Every row of a grid is a line, also one without text; its text is a field for every column.
    rows = pl.DataFrame({"grid": grids.y_grid, "y0": grids.y_edge}).with_columns(
        row=pl.int_range(pl.len()).over("grid"), y1=pl.col("y0").shift(-1).over("grid")
    )
    rows = rows.drop_nulls("y1")
    sides = (
        pl.DataFrame({"grid": grids.x_grid, "x": grids.x_edge}).group_by("grid").agg(x0=pl.min("x"), x1=pl.max("x"), columns=pl.len() - 1)
    )
    fields = (
        filled.sort("grid", "row", "column")
        .with_columns(before=pl.col("column") - pl.col("column").shift(1).over("grid", "row").fill_null(0))
        .group_by("grid", "row", maintain_order=True)
        .agg(text=(pl.lit("\t").repeat_by("before").list.join("") + pl.col("text")).str.join(), last=pl.last("column"))
    )
    rows = (
        rows.join(sides, on="grid", maintain_order="left")
        .join(fields, on=["grid", "row"], how="left", maintain_order="left")
        .with_columns(tail=pl.col("columns") - 1 - pl.col("last").fill_null(0))
        .with_columns(
            text=pl.col("text").fill_null("") + pl.lit("\t").repeat_by("tail").list.join(""),
            page=pl.Series(grids.page[rows["grid"].to_numpy()]) if len(rows) else pl.lit(0),
            block=pl.col("y0").min().over("grid"),
        )
        .select("page", "grid", "row", "text", "x0", "y0", "x1", "y1", "block")
    )
    prose = prose.filter(pl.col("text") != "").select(
        "page",
        pl.lit(None, dtype=pl.Int64).alias("grid"),
        pl.lit(None, dtype=pl.Int64).alias("row"),
        "text",
        "x0",
        y0="top",
        x1="x1",
        y1="bottom",
        block="top",
    )
    number = pl.DataFrame(
        {
            "page": np.arange(len(pages)),
            "document_id": pl.Series([ids[place] for place in pages.document.tolist()], dtype=pl.Utf8),
            "number": pages.number,
        }
    )
    lines = (
        pl.concat([rows.cast({"page": pl.Int64, "grid": pl.Int64, "row": pl.Int64}), prose], how="vertical_relaxed")
        .sort("page", "block", "grid", "row", "x0", nulls_last=False)
        .join(number, on="page", maintain_order="left")
        .with_columns(
            line=pl.int_range(1, pl.len() + 1).over("document_id"),
            grid_number=pl.col("grid").rank("dense").over("document_id"),
            shift=pl.col("page") * PITCH,
        )
        .with_columns(pl.col("y0") - pl.col("shift"), pl.col("y1") - pl.col("shift"))
    )
    places = lines.filter(pl.col("grid").is_not_null()).select("grid", "row", "line", "document_id", "number", "grid_number", "shift")
    found = (
        filled.join(places, on=["grid", "row"], maintain_order="left")
        .with_columns(
            pl.col("y0") - pl.col("shift"),
            pl.col("y1") - pl.col("shift"),
            page=pl.col("number"),
            grid=pl.col("grid_number"),
            row=pl.col("row") + 1,
            column=pl.col("column") + 1,
        )
        .sort("line", "column")
    )
    order = pl.DataFrame({"document_id": ids}, schema={"document_id": pl.Utf8}).with_row_index("place")
    found = found.join(order, on="document_id", maintain_order="left").sort("place", "line", "column", maintain_order=True)
    lines = lines.with_columns(page=pl.col("number"), grid=pl.col("grid_number"))
    return conform(found, CELLS_SCHEMA), conform(lines, LINES_SCHEMA)
