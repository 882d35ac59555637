"""Codes of rows: as they are printed in any style, or found by their names."""

from functools import cache

import polars as pl

from yusuan.parsing.row_order import beside, last_value
from yusuan.parsing.text import name_key, printed, squash, without_ordinal
from yusuan.parsing.vocabulary import load

# 201一般公共服务支出, [2010301]行政运行.
INLINE_CODE = r"^[\[【]?(\d{3,7})(?:[\]】]|[^\d.、．,%)）])"
# Codes of revenue (101-110), functions (201-234), and economic classes of departments (301-399) and of governments (501-599).
CLASSED = r"^(?:1(?:0[1-9]|10)|2(?:[0-2]\d|3[0-4])|3(?:0\d|1[0-6]|99)|5(?:[01]\d|99))(?:\d{2}){0,2}$"


def with_codes(labels: pl.DataFrame) -> pl.DataFrame:
    """Classification and economic codes of each row: printed, in front of the name, or resolved from the name."""
    labels = _of_names(labels)
    inline = pl.col("inline")
    coded_name = pl.col("code").is_null() & inline.str.contains(CLASSED) & ~pl.col("is_total") & ~pl.col("is_agency")
    labels = labels.with_columns(code=pl.when(coded_name).then(inline).otherwise(pl.col("code")))
    labels = labels.with_columns(code_source=pl.when(pl.col("code").is_not_null()).then(pl.lit("printed")))
    labels = labels.with_columns(code=pl.when(pl.col("is_total") | pl.col("is_agency")).then(None).otherwise(pl.col("code")))
    # A row without a code between a class and its items is the level between them.
    shifted = {name: beside(pl.col("code"), by) for name, by in (("code_before", 1), ("code_after", -1))}
    labels = labels.with_columns(**shifted)
    before, after = pl.col("code_before"), pl.col("code_after")
    between = (
        pl.col("code").is_null() & pl.col("name").is_not_null() & ~pl.col("is_total") & (before.str.len_chars() == 3)
        & (after.str.len_chars() == 7) & after.str.starts_with(before)
    ).fill_null(False)  # fmt: skip
    labels = labels.with_columns(
        code=pl.when(between).then(after.str.slice(0, 5)).otherwise(pl.col("code")),
        code_source=pl.when(between).then(pl.lit("inferred")).otherwise(pl.col("code_source")),
    ).drop("code_before", "code_after")
    labels = _codes_of_names(labels)
    # A coded table prints the scheme by its digits, whatever its heading says: 3xx is departmental, 2xx functional.
    of_scheme = {
        name: pl.col("code").str.contains(rf"^{digit}\d{{2}}").fill_null(False) for name, digit in (("economic", 3), ("government", 5))
    }
    labels = labels.with_columns(**of_scheme)
    return labels.with_columns(
        economic_code=pl.coalesce("economic_beside", pl.when("economic").then("code")),
        classification_code=pl.when(~pl.col("economic") & ~pl.col("code").str.starts_with("5").fill_null(False)).then("code"),
        government_code=pl.coalesce("government_code", pl.when("government").then("code")),
        government_name=pl.when(~pl.col("is_total")).then(pl.coalesce("government_name", pl.when("government").then("plain_name"))),
    ).drop("inline", "economic", "government")


def _of_names(labels: pl.DataFrame) -> pl.DataFrame:
    """Each row with what its name tells by itself: plain_name, a code in front of it (inline), its key, and the codes that the
    reference lists give that key: function_code, top (an economic class), alone (an economic item of that name in one class only)."""
    name = pl.col("name")
    names = labels.select("name").unique().with_columns(
        key=name_key(name), inline=squash(name).str.extract(INLINE_CODE, 1),
        plain_name=without_ordinal(printed(name)).str.replace(r"^[\[【]?\d{3,7}[\]】]?", ""),
    )  # fmt: skip
    classes = keyed_names("function_classes").select("key", function_code="code").unique("key", keep="first")
    department = keyed_names("economic_codes").filter(pl.col("scheme") == "department")
    tops = department.filter(pl.col("code").str.len_chars() == 3).select("key", top="code").unique("key", keep="first")
    alone = department.filter(pl.col("code").str.len_chars() == 5).unique("key", keep="none").select("key", alone="code")
    for known in (classes, tops, alone):
        names = names.join(known, on="key", how="left")
    return labels.join(names, on="name", how="left", nulls_equal=True, maintain_order="left")


def _codes_of_names(labels: pl.DataFrame) -> pl.DataFrame:
    """Rows that print a name and no code: functional classes, and economic classes and items within their class."""
    labels = labels.with_columns(
        open=pl.col("code").is_null() & pl.col("part_total").is_null() & ~pl.col("is_total") & ~pl.col("is_agency")
    )
    function = pl.col("breakdown").is_in(["function"]).fill_null(False)
    codes = keyed_names("economic_codes")
    economic = (pl.col("scheme") == "economic").fill_null(False)
    printed_top = pl.when(economic & pl.col("code").is_not_null()).then(pl.col("code").str.slice(0, 3))
    # A class name that is also the name of one of its own items (其他支出) is the class only when it comes first.
    labels = labels.with_columns(context=pl.coalesce(printed_top, pl.when(economic & pl.col("open")).then("top")))
    labels = labels.with_columns(context=last_value("context"))
    # Beside a panel by function stands one by economic class: its own heading says so, its rows are numbered by purpose.
    beside = (pl.col("name_scheme") == "economic").fill_null(False) & ~economic
    items = codes.filter(pl.col("scheme") == "department", pl.col("code").str.len_chars() == 5)
    items = items.select("key", context=pl.col("code").str.slice(0, 3), within="code")
    labels = labels.join(items, on=["key", "context"], how="left", maintain_order="left")
    resolved = (
        pl.when(~pl.col("open"))
        .then(None)
        .when(economic)
        .then(pl.coalesce("top", "within", "alone"))
        .when(beside)
        .then("top")
        .when(function & (pl.col("government_name").is_null()))
        .then(pl.col("function_code"))
    )
    # A functional class that a numbered list names has its code, but its place in the list is its numbering.
    by_name = pl.when(beside).then("top").otherwise("function_code")
    labels = labels.with_columns(resolved=resolved, listed=pl.col("open") & ~economic & by_name.is_not_null())
    labels = labels.with_columns(
        code=pl.coalesce("code", "resolved"),
        code_source=pl.when(pl.col("code").is_null() & pl.col("resolved").is_not_null())
        .then(pl.lit("inferred"))
        .otherwise(pl.col("code_source")),
    ).drop("key", "function_code", "top", "context", "within", "alone", "resolved")
    government = (
        codes.filter(pl.col("scheme") == "government").unique("key", keep="none").select(government_key="key", government_resolved="code")
    )
    named = labels.select("nth", "government_name").filter(pl.col("government_name").is_not_null())
    named = named.select("nth", government_key=name_key(pl.col("government_name"))).join(government, on="government_key")
    labels = labels.join(named.drop("government_key"), on="nth", how="left", maintain_order="left")
    return labels.with_columns(government_code=pl.coalesce("government_code", "government_resolved")).drop("government_resolved", "open")


@cache
def keyed_names(names: str) -> pl.DataFrame:
    """A reference list with the name_key of its names."""
    return load(names).with_columns(key=name_key(pl.col("name")))
