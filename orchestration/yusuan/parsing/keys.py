"""Keys that leave parsing are hashes of natural keys: the same bytes and the same parser give the same keys, in any order, on any machine.
Inside, frames are joined by integers.
"""

import polars as pl
import polars_hash as plh

SEPARATOR = "\x1f"
ABSENT = "\x00"


def digest(*names: str) -> pl.Expr:
    """A 128-bit hex digest of the named columns; null is a value of its own."""
    parts = [pl.col(name).cast(pl.Utf8).fill_null(ABSENT) for name in names]
    return plh.concat_str(parts, separator=SEPARATOR).nchash.md5()


def joint(first: str | pl.Expr, second: str | pl.Expr) -> pl.Expr:
    """Two integers in one, by which frames are joined and grouped in a third of the time; the second is below sixteen million."""
    first, second = (pl.col(key) if isinstance(key, str) else key for key in (first, second))
    return first.cast(pl.Int64) * 2**24 + second.cast(pl.Int64)


class TooLarge(ValueError):
    """A table or a document is larger than the integers that stand for its places have room for; no budget is."""


def with_room(numbers: pl.Series, most: int, what: str) -> None:
    """Raises TooLarge where a number is `most` or more, before it could be taken for another."""
    if (numbers >= most).any():
        raise TooLarge(f"一个文件的{what}不应达到{most:,}，请核对文件是不是预算公开")
