"""Which agency a stated headcount or number of vehicles belongs to: the one whose name the text gave last.

A department's chapter on its offices speaks of one unit after the other (某中心…人员编制10名). Other claims are about the whole document.
"""

import polars as pl

from yusuan.parsing.text import once_for_each, squash

COUNTED = r"^(?:headcount|vehicle)_"
# How many lines above the figure the agency may have been named.
FARTHEST_NAME = 8
# A text may leave out the place, or city and district, that a name begins with.
PLACE = r"^.{2,12}?[省市区县州盟旗]"
SHORTEST_NAME = 4


def with_agencies(claims: pl.DataFrame, agencies: pl.DataFrame, lines: pl.DataFrame, described: pl.DataFrame) -> pl.DataFrame:
    """Claims with agency_name: the agency named last before a headcount or a number of vehicles, else the publisher; null for others."""
    of_one = (pl.col("kind") == "count") & pl.col("claim").str.contains(COUNTED)
    counts = claims.select("claim_id", "document_id", "kind", "claim", "value_printed", claim_line="line").filter(of_one)
    above = counts.with_columns(line=pl.int_ranges(pl.col("claim_line") - FARTHEST_NAME, pl.col("claim_line") + 1, dtype=pl.Int32))
    above = above.drop("kind", "claim").explode("line")
    # Figures that stand together have the same lines above them.
    prose = lines.select("document_id", "line", "text", "grid").filter(pl.col("grid").is_null()).drop("grid")
    near = prose.join(above.select("document_id", "line").unique(), on=["document_id", "line"], how="semi")
    near = once_for_each(near, ["text"], plain=squash(pl.col("text"))).drop("text").rename({"plain": "text"})
    named = near.join(_names(agencies), on="document_id")
    named = named.with_columns(at=pl.col("text").str.find(pl.col("written"), literal=True)).filter(pl.col("at").is_not_null())
    named = above.join(named, on=["document_id", "line"])
    figure = pl.col("text").str.find(pl.col("value_printed"), literal=True)
    named = named.filter((pl.col("line") < pl.col("claim_line")) | (pl.col("at") < figure))
    named = named.sort("claim_id", "line", "at", pl.col("written").str.len_chars()).unique("claim_id", keep="last", maintain_order=True)
    claims = claims.join(named.select("claim_id", "agency_name"), on="claim_id", how="left", maintain_order="left")
    claims = claims.join(described.select("document_id", "publisher_name"), on="document_id", how="left", maintain_order="left")
    return claims.with_columns(agency_name=pl.when(of_one).then(pl.coalesce("agency_name", "publisher_name"))).drop("publisher_name")


def _names(agencies: pl.DataFrame) -> pl.DataFrame:
    """Each agency of a document below or at its publisher, in full and without the places that its name begins with."""
    known = agencies.filter(pl.col("role") != "parent").select(
        "document_id", written=squash(pl.col("agency_name")), agency_name=pl.coalesce("same_as", "agency_name")
    )
    short = known.with_columns(written=pl.col("written").str.replace(PLACE, ""))
    shorter = short.with_columns(written=pl.col("written").str.replace(PLACE, ""))
    names = pl.concat([known, short, shorter]).unique(["document_id", "written"], keep="first", maintain_order=True)
    return names.filter(pl.col("written").str.len_chars() >= SHORTEST_NAME)
