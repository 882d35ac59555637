"""Masks the people who filled in a form: names and telephone numbers never reach staging.

The fields decide (联系人, 经办人, 负责人, 填表人, 项目负责人, 联系电话 and their kin in vocabulary/personal_labels.csv), not
the look of a value. Beside the raw file no unmasked text is stored anywhere.
"""

import polars as pl

from yusuan.parsing.text import once_for_each
from yusuan.parsing.vocabulary import load

MASK = "***"


def mask(cells: pl.DataFrame, lines: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The same frames with the values of personal fields replaced by MASK. `cells` are prepared (yusuan.parsing.text)."""
    labels = load("personal_labels")["term"].implode()
    inline = f"((?:{'|'.join(load('personal_labels')['term'])})[ \\t\\u3000]*[:：][ \\t\\u3000]*)[^\\s，。；;、,)）:：]+"
    # Fields inside running text (联系人：…).
    hidden = pl.col("text").str.replace_all(inline, f"${{1}}{MASK}")
    places = _personal_places(cells, labels)
    cells = cells.join(places.with_columns(personal=pl.lit(True)), on=["place", "column"], how="left", maintain_order="left")
    cells = cells.with_columns(pl.col("personal").fill_null(False))
    lines = _mask_lines(lines, cells.filter("personal").select("document_id", "line", field=pl.col("text")).unique())
    lines = lines.with_columns(text=hidden)
    shown = pl.when("personal").then(pl.lit(MASK))
    cells = once_for_each(cells, ["text_id"], hidden=hidden).with_columns(
        text=shown.otherwise("hidden"),
        **{name: shown.otherwise(pl.col(name)) for name in ("squashed", "bare", "heading")},
        **{name: pl.when(~pl.col("personal")).then(pl.col(name)) for name in ("text_id", "number", "number_repair")},
    )
    return cells.drop("personal", "hidden"), lines


def _personal_places(cells: pl.DataFrame, labels: pl.Series) -> pl.DataFrame:
    """Where values of personal fields stand: right of their label, or below it where the label heads a column."""
    is_label = pl.col("bare").is_in(labels)
    headings = load("header_terms")["term"].implode()
    closed = pl.col("squashed").str.ends_with(":")
    value = ~is_label & ~closed & ~pl.col("heading").is_in(headings)
    cells = cells.select("document_id", "grid", "place", "row", "column", "bare", "squashed", "heading")
    labelled = cells.select("place", is_label=is_label).filter("is_label")
    rows = cells.join(labelled, on="place", how="semi", maintain_order="left").with_columns(
        is_label=is_label, is_closed=closed, is_value=value
    )
    rows = rows.with_columns(beside=pl.col("is_value") & pl.col("is_label").shift(1, fill_value=False).over("place"))
    alone = ~pl.col("beside").shift(-1, fill_value=False).over("place")
    heads = rows.filter("is_label", alone, ~pl.col("is_closed")).group_by("document_id", "grid", "column").agg(head_row=pl.col("row").min())
    below = cells.join(heads, on=["document_id", "grid", "column"]).filter(pl.col("row") > pl.col("head_row"), value)
    places = ["place", "column"]
    return pl.concat([rows.filter("beside").select(places), below.select(places)]).unique()


def _mask_lines(lines: pl.DataFrame, hidden: pl.DataFrame) -> pl.DataFrame:
    """Lines whose tab-separated fields are masked where `hidden` (document_id, line, field) names them."""
    if hidden.is_empty():
        return lines
    touched = lines.join(hidden, on=["document_id", "line"], how="semi").select("document_id", "line", pl.col("text").str.split("\t"))
    masked = (
        touched.explode("text")
        .with_columns(field=pl.col("text").str.strip_chars())
        .join(hidden.with_columns(hide=pl.lit(True)), on=["document_id", "line", "field"], how="left", maintain_order="left")
        .group_by("document_id", "line", maintain_order=True)
        .agg(masked=pl.when(pl.col("hide").fill_null(False)).then(pl.lit(MASK)).otherwise(pl.col("text")).str.join("\t"))
    )
    joined = lines.join(masked, on=["document_id", "line"], how="left", maintain_order="left")
    return joined.with_columns(text=pl.coalesce("masked", "text")).drop("masked")
