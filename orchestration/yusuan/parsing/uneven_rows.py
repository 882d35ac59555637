"""Rows of a text that print more or fewer fields than the other rows of their table: a conversion lost a cell or put one in.

Only formats that print every field of a row tell; a row with merged cells has fewer by right.
"""

import polars as pl

# A row of dashes below a row of the body is the end of a page that a conversion took for a header.
RULE = r"^[\s|:\-]*-{2,}[\s|:\-]*$"


def uneven_rows(placed: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """tid, row, line, fields, usual: body rows with another number of fields than their table usually has.

    `placed` has the cells of tables (tid, row, line, page, header, row_span, column_span), `lines` the text of all lines.
    """
    spanned = (pl.col("row_span") > 1) | (pl.col("column_span") > 1)
    plain = placed.filter(pl.col("page").is_null(), ~spanned.any().over("tid"))
    rows = plain.group_by("tid", "row").agg(pl.col("document_id", "line", "header").first())
    texts = lines.select(
        "document_id", "line", fields=pl.col("text").str.count_matches("\t") + 1, padded=pl.col("text").str.ends_with("\t")
    )
    rows = rows.join(texts, on=["document_id", "line"])
    body, usual = ~pl.col("header"), pl.col("fields")
    tables = rows.group_by("tid").agg(
        usual=pl.max_horizontal(usual.filter(body).mode().max(), usual.filter(~body).max()), padded=(pl.col("padded") & body).any()
    )
    rows = rows.filter(body).drop("padded").join(tables, on="tid")
    # A text that leaves blank fields at the end of its rows out does not tell that one is missing.
    odd = (pl.col("fields") > pl.col("usual")) | (pl.col("padded") & (pl.col("fields") < pl.col("usual")))
    rows = rows.with_columns(odd=odd).filter("odd", pl.col("odd").mean().over("tid") <= 0.5)
    return rows.select("tid", "row", "line", "fields", "usual").sort("tid", "row")


def rules_in_body(placed: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """tid, line: rows of dashes right below a row of the body of a table."""
    rules = lines.filter(pl.col("text").str.contains(RULE), pl.col("text").str.contains("\t")).select("document_id", "line")
    above = placed.filter(~pl.col("header")).select("document_id", "tid", line=pl.col("line") + 1).unique()
    return rules.join(above, on=["document_id", "line"]).select("tid", "line")
