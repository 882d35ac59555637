"""Masks the people who filled in a form: names and telephone numbers never reach staging.

The fields decide (联系人, 经办人, 负责人, 填表人, 项目负责人, 联系电话 and their kin in vocabulary/personal_labels.csv), not
the look of a value. Beside the raw file no unmasked text is stored anywhere.
"""

import polars as pl

from yusuan.parsing.line_texts import LineTexts, place_of_line, with_text_ids
from yusuan.parsing.vocabulary import load

MASK = "***"


def mask(cells: pl.DataFrame, lines: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame, LineTexts]:
    """The same frames with the values of personal fields replaced by MASK, and the texts of the lines, which get their text_id.

    `cells` are prepared (yusuan.parsing.text).
    """
    labels = load("personal_labels")["term"].implode()
    inline = f"((?:{'|'.join(load('personal_labels')['term'])})[ \\t\\u3000]*[:：][ \\t\\u3000]*)[^\\s，。；;、,)）:：]+"
    # Fields inside running text (联系人：…); few texts have any.
    labelled = pl.when(pl.col("text").str.contains_any(labels)).then(pl.col("text"))
    hidden = pl.coalesce(labelled.str.replace_all(inline, f"${{1}}{MASK}"), "text")
    places = _personal_places(cells, labels)
    near = cells.select("place", "column").with_row_index("nth").filter(pl.col("place").is_in(places["place"].implode()))
    rows = near.join(places, on=["place", "column"], how="semi")["nth"]
    lines = _mask_lines(lines, cells.select("document_id", "line", field="text")[rows].unique())
    # Few cells are personal: they are replaced where they stand, and the others are not touched.
    named = cells.select("text_id", "text")[cells["text_id"].arg_unique()].filter(pl.col("text").str.contains(inline))
    inside = cells["text_id"].is_in(named["text_id"].implode()).arg_true()
    text = cells["text"].clone().scatter(inside, cells.select("text")[inside].select(hidden).to_series())
    masked = [text.scatter(rows, MASK), *(cells[name].clone().scatter(rows, MASK) for name in ("squashed", "bare", "heading"))]
    cells = cells.with_columns(*masked, *(cells[name].clone().scatter(rows, None) for name in ("text_id", "number", "number_repair")))
    return cells, *with_text_ids(lines, hidden)


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
    hidden = hidden.select("field", place=place_of_line(), hide=pl.lit(True))
    touched = lines.select("text", place=place_of_line()).with_row_index("nth").filter(pl.col("place").is_in(hidden["place"].implode()))
    masked = (
        touched.with_columns(pl.col("text").str.split("\t"))
        .explode("text")
        .with_columns(field=pl.col("text").str.strip_chars())
        .join(hidden, on=["place", "field"], how="left", maintain_order="left")
        .group_by("nth", maintain_order=True)
        .agg(masked=pl.when(pl.col("hide").fill_null(False)).then(pl.lit(MASK)).otherwise(pl.col("text")).str.join("\t"))
    )
    return lines.with_columns(lines["text"].clone().scatter(masked["nth"], masked["masked"]))
