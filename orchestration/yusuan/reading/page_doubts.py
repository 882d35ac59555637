"""What is not sure in a table that was read from the places of words: whether each heading stands over the column it was given.

A figure is where it is printed, but not what it is: the arithmetic has to confirm it. A heading is sure where it stands
over its own figures and no other heading does, or where there are as many headings as columns.
"""

import polars as pl

# No figure of such a reading is sure by itself; a heading that may belong to another column is doubtful.
FIGURES, DOUBTED = 0.7, 0.5
FIGURE = r"^[-−]?[\d,]+\.\d+$"


def with_doubts(cells: pl.DataFrame) -> pl.DataFrame:
    """`cells` (table, levels, row, column, column_span, start, end, text) with confidence: lower for the headings of a table that may stand
    over other columns than theirs."""
    head = pl.col("row") <= pl.col("levels")
    leaf = head & (pl.col("column_span") == 1)
    leaves = cells.filter(leaf).group_by("table", "column").agg(over=pl.min("start"), until=pl.max("end"))
    body = cells.filter(~head).group_by("table", "column").agg(
        pl.min("start"), pl.max("end"), figures=pl.col("text").str.contains(FIGURE).mean()
    )  # fmt: skip
    columns = body.join(leaves, on=["table", "column"], how="full", coalesce=True)
    uneven = columns.filter(pl.col("over").is_null() | pl.col("start").is_null())
    figured = body.filter(pl.col("figures") > 0.5).join(uneven, on="table", how="semi")
    met = figured.join(leaves.rename({"column": "other"}), on="table", how="left")
    over = (pl.col("over") < pl.col("end")) & (pl.col("until") > pl.col("start"))
    elsewhere = met.group_by("table", "column").agg(clear=(over == (pl.col("other") == pl.col("column"))).all())
    # Headings whose words stand among those of another one.
    beside = leaves.sort("table", "column").with_columns(before=pl.col("until").cum_max().shift(1).over("table"))
    # A group heading and a lower one that are read as one, or a heading broken over lines.
    groups = cells.filter(head, pl.col("column_span") > 1).select("table", "line").unique()
    joined = cells.filter(leaf, pl.col("last_line") > pl.col("line")).join(groups, on=["table", "line"], how="semi")
    doubted = pl.concat(
        [
            elsewhere.filter(~pl.col("clear").fill_null(False)).select("table"),
            beside.filter(pl.col("over") < pl.col("before")).select("table"),
            joined.select("table"),
        ]
    )
    confidence = pl.when(head & pl.col("table").is_in(doubted["table"].unique().implode())).then(DOUBTED).otherwise(FIGURES)
    return cells.with_columns(confidence=confidence.cast(pl.Float32))
