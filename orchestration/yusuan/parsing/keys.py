"""Keys are hashes of natural keys: the same bytes and the same parser give the same keys, in any order, on any machine."""

import hashlib

import polars as pl

SEPARATOR = "\x1f"


def digest(*names: str) -> pl.Expr:
    """A 128-bit hex digest of the named columns; null is a value of its own."""
    joined = pl.concat_str([pl.col(name).cast(pl.Utf8).fill_null("\x00") for name in names], separator=SEPARATOR)
    return joined.map_batches(_digests, return_dtype=pl.Utf8)


def _digests(texts: pl.Series) -> pl.Series:
    return pl.Series(texts.name, [hashlib.blake2b(text.encode(), digest_size=16).hexdigest() for text in texts], dtype=pl.Utf8)
