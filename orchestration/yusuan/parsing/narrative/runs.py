"""Windows over rows of equal keys that stand together. `over` makes groups of them first, which takes ten times as long."""

import polars as pl


def begins(key: str) -> pl.Expr:
    return (pl.col(key) != pl.col(key).shift(1)).fill_null(True)


def before(value: str, key: str) -> pl.Expr:
    """The value of the row before, null in the first row of a key."""
    return pl.when(~begins(key)).then(pl.col(value).shift(1))


def behind(value: str, key: str) -> pl.Expr:
    """The value of the next row, null in the last row of a key."""
    return pl.when(pl.col(key) == pl.col(key).shift(-1)).then(pl.col(value).shift(-1))


def running_sum(value: pl.Expr, key: str) -> pl.Expr:
    """The sum of the values of this key up to this row, with this row's."""
    value = value.cast(pl.UInt32)
    total = value.cum_sum()
    return total - pl.when(begins(key)).then(total - value).forward_fill()
