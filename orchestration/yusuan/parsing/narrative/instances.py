"""The columns in which the checks hand over what they found; `checks` makes staging rows of them."""

import polars as pl

# key ties terms to their identity; about is what, of all identities of one check, only this one is about; expected, actual and
# tolerance are ticks.
INSTANCE = ["key", "about", "document_id", "check_id", "table_number", "statement", "subject", "expected", "actual", "tolerance", "verdict"]
TERMS = ["key", "amount_id", "role", "line", "page", "ticks", "label"]

Found = tuple[pl.DataFrame, pl.DataFrame]


def instance_columns() -> list[pl.Expr]:
    """INSTANCE of an identity that stands in no table."""
    absent = {"table_number": pl.lit(None, pl.Int32), "statement": pl.lit(None, pl.Utf8)}
    return [absent.get(name, pl.col(name)).alias(name) for name in INSTANCE]
