"""What the checks of this room hand over, and where in its paragraph a match stands."""

from dataclasses import dataclass

import polars as pl

# Text is what is quoted; a message of null is made of the check's name and the quoted text.
NOTICE = {
    "document_id": pl.UInt32, "kind": pl.Utf8, "line": pl.Int32, "page": pl.Int32, "text": pl.Utf8, "message": pl.Utf8,
}  # fmt: skip


@dataclass(frozen=True)
class Found:
    """`notices` has the columns NOTICE, `examined` document_id, check_id, instances: how many places of a document the check looked at."""

    notices: pl.DataFrame
    examined: pl.DataFrame


def counted(frame: pl.DataFrame, check_id: str) -> pl.DataFrame:
    """`examined` for one check that looked at every row of `frame`."""
    return frame.group_by("document_id").agg(check_id=pl.lit(check_id), instances=pl.len().cast(pl.Int32))


def placed(matches: pl.DataFrame, pieces: pl.DataFrame) -> pl.DataFrame:
    """`matches` (document_id, paragraph, at: bytes from the paragraph's beginning) with line and page of the place.

    `pieces` as Sentences has them.
    """
    # Few paragraphs have any.
    pieces = pieces.filter(pl.col("paragraph").is_in(matches["paragraph"].implode()))
    return matches.with_columns(pl.col("at").cast(pl.Int64)).sort("at").join_asof(
        pieces, left_on="at", right_on="start", by="paragraph", strategy="backward", check_sortedness=False
    )  # fmt: skip


def crossed(rules: pl.DataFrame, texts: pl.DataFrame) -> pl.DataFrame:
    """Each rule beside each of some texts, rule by rule."""
    # The join leaves columns cut in different places, which Polars 2.1 cannot write into one another (pl.format).
    return rules.join(texts, how="cross").rechunk()


def place_of() -> pl.Expr:
    """Page or line in words."""
    return pl.when(pl.col("page").is_not_null()).then(pl.format("第{}页", "page")).otherwise(pl.format("行{}", "line"))


def notice(kind: str | pl.Expr, text: pl.Expr, message: pl.Expr | None = None) -> list[pl.Expr]:
    """The columns NOTICE of frames that have document_id, line and page."""
    columns = {"kind": pl.lit(kind) if isinstance(kind, str) else kind, "text": text}
    columns["message"] = pl.lit(None, pl.Utf8) if message is None else message
    return [columns.get(name, pl.col(name)).cast(dtype).alias(name) for name, dtype in NOTICE.items()]
