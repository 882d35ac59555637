"""Windows over rows of equal keys that stand together. `over` makes groups of them first, which takes ten times as long."""

import polars as pl


def begins(key: str) -> pl.Expr:
    return (pl.col(key) != pl.col(key).shift(1)).fill_null(True)


def before(value: str | pl.Expr, key: str) -> pl.Expr:
    """The value of the row before, null in the first row of a key."""
    value = pl.col(value) if isinstance(value, str) else value
    return pl.when(~begins(key)).then(value.shift(1))


def behind(value: str, key: str) -> pl.Expr:
    """The value of the next row, null in the last row of a key."""
    return pl.when(pl.col(key) == pl.col(key).shift(-1)).then(pl.col(value).shift(-1))


def carried(value: str | pl.Expr, key: str) -> pl.Expr:
    """The last value of this key up to this row that is not null."""
    value = pl.col(value) if isinstance(value, str) else value
    at = pl.int_range(pl.len())
    last = pl.when(value.is_not_null()).then(at).forward_fill()
    return pl.when(last >= _start(key)).then(value.forward_fill())


def opening(value: str, key: str) -> pl.Expr:
    """The value in the first row of the key."""
    return pl.col(value).gather(_start(key))


def counted(*keys: str) -> pl.Expr:
    """How many rows of these keys stand above this row."""
    return pl.int_range(pl.len()) - _start(*keys)


def _start(*keys: str) -> pl.Expr:
    return pl.when(pl.any_horizontal(begins(key) for key in keys)).then(pl.int_range(pl.len())).forward_fill()


def running_sum(value: pl.Expr, key: str) -> pl.Expr:
    """The sum of the values of this key up to this row, with this row's."""
    value = value.cast(pl.UInt32)
    total = value.cum_sum()
    return total - pl.when(begins(key)).then(total - value).forward_fill()
