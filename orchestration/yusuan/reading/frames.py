"""The two columnar frames that every reader returns, whatever the format.

`cells` has one row per non-empty grid cell (the origin cell of a merge); `lines` has one row per line of text as the
reader saw it, in reading order. Nothing here knows a format or a budget: readers fill these frames, parsing reads them.
"""

import polars as pl

BOX = {"x0": pl.Float32, "y0": pl.Float32, "x1": pl.Float32, "y1": pl.Float32}

# document_id is the sha256 of the bytes. page counts from 1 (sheet number for spreadsheets, null for plain text), grid
# numbers the physical grids of a document in reading order, row and column count from 1 inside the grid. `line` is the
# line, in the lines frame, on which the cell begins. Boxes are PDF points from the top left of the page.
CELLS_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "document_id": pl.Utf8,
    "page": pl.Int32,
    "grid": pl.Int32,
    "row": pl.Int32,
    "column": pl.Int32,
    "row_span": pl.Int32,
    "column_span": pl.Int32,
    "line": pl.Int32,
    "text": pl.Utf8,
    **BOX,
    "confidence": pl.Float32,
}

# A row of a grid is one line: `grid` is set and `text` is its cells joined by tabs. Titles, captions, prose and notes
# are lines without a grid, in their true order between the grids.
LINES_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "document_id": pl.Utf8,
    "line": pl.Int32,
    "page": pl.Int32,
    "grid": pl.Int32,
    "text": pl.Utf8,
    **BOX,
}


def conform(frame: pl.DataFrame, schema: dict[str, pl.DataType | type[pl.DataType]]) -> pl.DataFrame:
    """The frame with exactly the schema's columns, in its order and types; columns that a format has not are null."""
    missing = [pl.lit(None, dtype=dtype).alias(name) for name, dtype in schema.items() if name not in frame.columns]
    return frame.with_columns(missing).select(pl.col(name).cast(dtype) for name, dtype in schema.items())
