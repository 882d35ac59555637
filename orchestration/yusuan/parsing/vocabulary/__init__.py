"""Wording and reference lists as data: a new province's wording is a row in one of these files, not a branch in code.

Terms are written without white space, in NFKC form (half-width brackets and punctuation, no quotation marks), as
`yusuan.parsing.text.term` leaves them. `seen_in` names where a wording was met (province and year), for people.
"""

from functools import cache
from importlib import resources

import polars as pl


@cache
def load(name: str) -> pl.DataFrame:
    """One vocabulary file as text columns; empty fields are null."""
    with resources.files(__name__).joinpath(f"{name}.csv").open("rb") as file:
        return pl.read_csv(file, infer_schema=False)
