"""Rows of a text that print more or fewer fields than the other rows of their table: a conversion lost a cell or put one in.

Only formats that print every field of a row tell; a row with merged cells has fewer by right.
"""

import polars as pl

from yusuan.parsing.keys import joint
from yusuan.parsing.line_texts import LineTexts, place_of_line

# A row of dashes below a row of the body is the end of a page that a conversion took for a header.
RULE = r"^[\s|:\-]*-{2,}[\s|:\-]*$"


def uneven_rows(placed: pl.DataFrame, lines: pl.DataFrame, texts: LineTexts) -> pl.DataFrame:
    """tid, row, line, fields, usual: body rows with another number of fields than their table usually has.

    `placed` has the cells of tables (tid, row, line, page, header, row_span, column_span), `lines` all lines, with the text_id of their
    `texts`.
    """
    spanned = (pl.col("row_span") > 1) | (pl.col("column_span") > 1)
    merged = placed.select("tid", spanned=spanned).filter("spanned").select("tid").unique()
    # The first cell stands for its row.
    cells = placed.select("document_id", "tid", "row", "line", "page", "header")[
        placed.select(joint("tid", "row")).to_series().arg_unique()
    ]
    rows = cells.filter(pl.col("page").is_null(), ~pl.col("tid").is_in(merged["tid"].implode()))
    text = pl.col("text")
    fields = {"fields": text.str.count_matches("\t", literal=True) + 1, "padded": text.str.ends_with("\t")}
    said = lines.select(place=place_of_line(), **{name: texts.told(form) for name, form in fields.items()})
    rows = rows.with_columns(place=place_of_line()).join(said, on="place", maintain_order="left").drop("page", "place")
    body, usual = ~pl.col("header"), pl.col("fields")
    tables = rows.group_by("tid").agg(
        usual=pl.max_horizontal(usual.filter(body).mode().max(), usual.filter(~body).max()), padded=(pl.col("padded") & body).any()
    )
    rows = rows.filter(body).drop("padded").join(tables, on="tid")
    # A text that leaves blank fields at the end of its rows out does not tell that one is missing.
    odd = (pl.col("fields") > pl.col("usual")) | (pl.col("padded") & (pl.col("fields") < pl.col("usual")))
    rows = rows.with_columns(odd=odd).filter("odd", pl.col("odd").mean().over("tid") <= 0.5)
    return rows.select("tid", "row", "line", "fields", "usual").sort("tid", "row")


def rules_in_body(placed: pl.DataFrame, lines: pl.DataFrame, texts: LineTexts) -> pl.DataFrame:
    """tid, line: rows of dashes right below a row of the body of a table."""
    text = pl.col("text")
    is_rule = text.str.contains("--", literal=True) & text.str.contains("\t", literal=True) & text.str.contains(RULE)
    rules = lines.select("document_id", "text_id", below=place_of_line()).filter(texts.told(is_rule))["below"].implode()
    body = placed.select("document_id", "tid", "header", line=pl.col("line") + 1).filter(place_of_line().is_in(rules))
    return body.filter(~pl.col("header")).select("tid", "line").unique()
