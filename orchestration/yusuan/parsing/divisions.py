"""The administrative division of a publisher, from its name and its fiscal year."""

import polars as pl

from yusuan.parsing.vocabulary import load

# Bytes of UTF-8, three a character: a division stands at the head of a publisher's name; further in, it is a place that the
# agency works on, unless the divisions above it stand before it.
LAST_START = 9


def with_divisions(described: pl.DataFrame) -> pl.DataFrame:
    """Adds division_code, division_name and province_name; null where the name tells no division.

    `described` has document_id, publisher_name and fiscal_year. Of several divisions in a name (a city and its district) the
    lowest counts. Many counties share a name and codes change with the years: a name stands for the code that was
    valid in the fiscal year, and one that several bear counts only where a division above it is named as well.
    """
    divisions = load("divisions").rename({"code": "division_code", "name": "division_name"})
    candidates = _valid_in_their_year(_named(described, divisions))
    candidates = candidates.with_columns(bearers=pl.col("division_code").n_unique().over("document_id", "division_name"))
    candidates = candidates.with_columns(support=_support(candidates))
    lowest = (
        candidates.filter(((pl.col("bearers") == 1) & (pl.col("at") <= LAST_START)) | (pl.col("support") > 0))
        .sort("document_id", "support", "at", "valid_from", "division_code")
        .group_by("document_id", maintain_order=True)
        .agg(pl.col("division_code", "division_name").last())
    )
    provinces = divisions.filter(pl.col("division_code").str.ends_with("0000"), pl.col("valid_to").is_null())
    return (
        described.join(lowest, on="document_id", how="left", maintain_order="left")
        .with_columns(province=pl.col("division_code").str.slice(0, 2))
        .join(
            provinces.select(province=pl.col("division_code").str.slice(0, 2), province_name="division_name"),
            on="province",
            how="left",
            maintain_order="left",
        )
        .drop("province")
    )


def _named(described: pl.DataFrame, divisions: pl.DataFrame) -> pl.DataFrame:
    """One row per document, division name in its publisher's name, and code that bears or bore that name."""
    names = divisions["division_name"].unique(maintain_order=True).implode()
    publisher = pl.col("publisher_name")
    return (
        described.select("document_id", "fiscal_year", "publisher_name", division_name=publisher.str.extract_many(names, overlapping=True))
        .explode("division_name")
        .unique(maintain_order=True)
        .with_columns(at=publisher.str.find(pl.col("division_name"), literal=True))
        .join(divisions, on="division_name")
    )


def _valid_in_their_year(candidates: pl.DataFrame) -> pl.DataFrame:
    """Codes that were valid in the fiscal year; all codes of a name of which none was."""
    year = pl.col("fiscal_year")
    valid = (pl.col("valid_from").cast(pl.Int32) <= year) & (pl.col("valid_to").cast(pl.Int32) >= year).fill_null(True)
    valid = valid.fill_null(False)
    return candidates.filter(valid | ~valid.any().over("document_id", "division_name"))


def _support(candidates: pl.DataFrame) -> pl.Series:
    """How many of the divisions above (province, prefecture) the same name tells."""
    told = candidates.select("document_id", above="division_code").unique()
    code = pl.col("division_code")
    support = pl.Series([0] * candidates.height, dtype=pl.UInt32)
    for digits in (2, 4):
        above = code.str.slice(0, digits).str.pad_end(6, "0")
        asked = candidates.select("document_id", above=pl.when(above != code).then(above))
        support += asked.join(told.with_columns(hit=pl.lit(1, pl.UInt32)), on=["document_id", "above"], how="left", maintain_order="left")[
            "hit"
        ].fill_null(0)
    return support
