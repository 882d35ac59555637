"""What stands beside, before and behind a row in the list that it belongs to."""

import polars as pl


def beside(value: pl.Expr, by: int) -> pl.Expr:
    """A value of the row so many rows before, in the same list: rows of one list stand together, in the order of the print."""
    return pl.when(pl.col("list") == pl.col("list").shift(by)).then(value.shift(by))


def with_places(labels: pl.DataFrame) -> pl.DataFrame:
    """Rows with `nth`, their place among all; `list` and `end` are from here on the places of the first and the last row of their list.

    What the nearest row says is then a value at a place: over the whole frame that is found in a fifth of the time of a window.
    """
    nth = pl.int_range(pl.len(), dtype=pl.UInt32)
    first, last = ((pl.col("list") != pl.col("list").shift(by)).fill_null(True) for by in (1, -1))
    return labels.with_columns(nth=nth, list=pl.when(first).then(nth).forward_fill(), end=pl.when(last).then(nth).backward_fill())


def last(holds: pl.Expr, since: str = "list") -> pl.Expr:
    """The place of the nearest row up to this one, in its list or section, of which something holds."""
    at = pl.when(holds).then("nth").forward_fill()
    return pl.when(at >= pl.col(since)).then(at)


def following(holds: pl.Expr) -> pl.Expr:
    """The place of the nearest row from this one on, in its list, of which something holds."""
    at = pl.when(holds).then("nth").backward_fill()
    return pl.when(at <= pl.col("end")).then(at)


def last_value(name: str, since: str = "list") -> pl.Expr:
    """What the nearest row up to this one, in its list or section, says."""
    return pl.col(name).gather(last(pl.col(name).is_not_null(), since))
