"""Several ways to read a header, and the arithmetic that decides between them.

A header that a conversion flattened can be read as printed, put straight, or moved by one column. Where its headings and
the body below them disagree, every reading is tried, and the one under which most sums hold is taken. The margin to the
next best is kept; a tie between readings that differ is reported.
"""

from collections.abc import Callable

import polars as pl

from yusuan.parsing.columns import LABEL_ROLES, MENDED, Reading, columns_of

OTHERS = (Reading("as_printed", straighten=False), Reading("one_to_the_right", shift=1), Reading("one_to_the_left", shift=-1))
MEANING = ["role", "measure", "fund_source", "period", "kind", "panel"]
# A reading that only mends a little may win by chance; it must satisfy so many sums more than the usual one.
LEAST_GAIN = 2

Score = Callable[[pl.DataFrame], pl.DataFrame]


def best_columns(cells: pl.DataFrame, tables: pl.DataFrame, score: Score) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(columns, readings): the meaning of all columns, and for doubtful tables tid, reading, margin, tied.

    `score(tries)` counts for each tid and rank (which of the readings) the sums along rows that hold and that fail.
    """
    usual = columns_of(cells, tables)
    straightened = _straightened(usual, cells, tables)
    doubtful = pl.concat([_disagree(usual, cells), straightened]).unique()
    if doubtful.is_empty():
        return usual, doubtful.with_columns(reading=pl.lit(""), margin=pl.lit(0), tied=pl.lit(False))
    some_cells, some = cells.join(doubtful, on="tid", how="semi"), tables.join(doubtful, on="tid", how="semi")
    tried = {MENDED.name: usual.join(doubtful, on="tid", how="semi")}
    tried |= {reading.name: columns_of(some_cells, some, reading) for reading in OTHERS}
    ranks = pl.DataFrame({"reading": list(tried)}).with_row_index("rank")
    tries = pl.concat(
        columns.select(usual.columns).with_columns(rank=pl.lit(rank, pl.UInt32)) for rank, columns in enumerate(tried.values())
    )
    scores = score(tries).join(ranks, on="rank")
    # Where nothing was put straight, the printed reading is the usual one and no rival.
    same = (pl.col("reading") == OTHERS[0].name) & ~pl.col("tid").is_in(straightened["tid"].implode())
    chosen = _choose(doubtful, scores.filter(~same))
    parts = [usual.join(doubtful, on="tid", how="anti")]
    parts += [columns.join(chosen.filter(pl.col("reading") == name), on="tid", how="semi") for name, columns in tried.items()]
    return pl.concat(part.select(usual.columns) for part in parts).sort("tid", "column"), chosen


def _choose(doubtful: pl.DataFrame, scores: pl.DataFrame) -> pl.DataFrame:
    """The reading with the best score of each table; the usual one unless another is clearly better and free of failures."""
    scores = doubtful.join(scores, on="tid", how="left").with_columns(points=(pl.col("holds") - pl.col("fails")).fill_null(0))
    usual = scores.filter(pl.col("reading") == MENDED.name).select("tid", usual="points")
    scores = scores.join(usual, on="tid", how="left").with_columns(pl.col("usual").fill_null(0), pl.col("reading").fill_null(MENDED.name))
    eligible = (pl.col("reading") == MENDED.name) | ((pl.col("points") >= pl.col("usual") + LEAST_GAIN) & (pl.col("fails") == 0))
    ranked = scores.filter(eligible).sort("tid", "points", "rank", descending=[False, True, False])
    best = ranked.unique("tid", keep="first", maintain_order=True).select("tid", "reading", "points")
    rivals = scores.join(best.select("tid", best="reading"), on="tid").filter(pl.col("reading") != pl.col("best"))
    second = rivals.group_by("tid").agg(second=pl.col("points").max())
    found = doubtful.join(best, on="tid", how="left").join(second, on="tid", how="left")
    margin = pl.col("points").fill_null(0) - pl.col("second").fill_null(0)
    return found.select("tid", pl.col("reading").fill_null(MENDED.name), margin=margin, tied=(margin == 0) & (pl.col("points") > 0))


def _disagree(columns: pl.DataFrame, cells: pl.DataFrame) -> pl.DataFrame:
    """Tables where a heading says one thing and the body below it another, or amounts stand below no heading."""
    headed = cells.filter("header").select("tid").unique()
    told, kind = pl.col("told_role"), pl.col("kind")
    wrong = (told.is_in(LABEL_ROLES) & (kind == "amount")) | (told.is_in(["amount", "item"]) & (pl.col("role") == "label"))
    unheaded = (kind == "amount") & pl.col("path").is_null() & (pl.col("body_cells") > 0)
    return columns.filter((wrong | unheaded).fill_null(False)).join(headed, on="tid", how="semi").select("tid").unique()


def _straightened(usual: pl.DataFrame, cells: pl.DataFrame, tables: pl.DataFrame) -> pl.DataFrame:
    """Tables whose header was put straight, so that the printed reading differs over columns that print something."""
    touched = usual.filter("straightened").select("tid").unique()
    some_cells, some = (frame.join(touched, on="tid", how="semi", maintain_order="left") for frame in (cells, tables))
    printed = columns_of(some_cells, some, OTHERS[0]).select("tid", "column", *MEANING)
    differs = pl.any_horizontal(pl.col(name).ne_missing(pl.col(f"{name}_printed")) for name in MEANING)
    filled = usual.filter(pl.col("body_cells") > 0)
    joined = filled.select("tid", "column", *MEANING).join(printed, on=["tid", "column"], suffix="_printed")
    return joined.filter(differs).select("tid").unique()
