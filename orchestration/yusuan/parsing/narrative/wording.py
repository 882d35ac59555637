"""The vocabulary of the prose as regular expressions (vocabulary/narrative_*.csv), made once. No meaning is decided here."""

from functools import cache

import polars as pl

from yusuan.parsing.vocabulary import load


@cache
def terms(role: str) -> tuple[str, ...]:
    """The terms of one role, longest first, so that an alternation prefers the longer wording."""
    found = load("narrative_terms").filter(pl.col("role") == role)["term"].to_list()
    return tuple(sorted(found, key=len, reverse=True))


@cache
def any_of(role: str) -> str:
    """A non-capturing group that matches any term of the role. Terms are plain words; brackets in them are meant literally."""
    return f"(?:{'|'.join(_literal(term) for term in terms(role))})"


@cache
def values(role: str) -> dict[str, str]:
    """term -> value for the terms of a role that carry one."""
    return dict(load("narrative_terms").filter(pl.col("role") == role, pl.col("value").is_not_null()).select("term", "value").iter_rows())


@cache
def unit_pattern() -> str:
    """Any unit, the longest first: 5万平方米 is an area, 5万元 an amount."""
    units = sorted(load("narrative_units")["term"].to_list(), key=len, reverse=True)
    return f"(?:{'|'.join(_literal(unit) for unit in units)})"


def _literal(term: str) -> str:
    return term.replace("(", r"\(").replace(")", r"\)")
