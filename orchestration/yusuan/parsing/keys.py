"""Keys are hashes of natural keys: the same bytes and the same parser give the same keys, in any order, on any machine."""

import polars as pl
import polars_hash as plh

SEPARATOR = "\x1f"
ABSENT = "\x00"


def digest(*names: str) -> pl.Expr:
    """A 128-bit hex digest of the named columns; null is a value of its own."""
    parts = [pl.col(name).cast(pl.Utf8).fill_null(ABSENT) for name in names]
    return plh.concat_str(parts, separator=SEPARATOR).nchash.md5()
