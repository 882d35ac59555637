"""Tables whose cells a text delimits by pipes or by commas, as rows delimited by tabs.

What stands apart by spaces belongs to aligned_text.py.
"""

import polars as pl

# Bars that draw the same as pipes, and the lines between the rows of a table that is drawn (+---+---+, ├───┼───┤).
BARS = "[│┃｜║]"
DRAWN_RULE = r"^\s*(?:\+[-=+:]+\+|[┌├└┏┣┗╔╠╚][─━═┬┼┴┳╋┻╦╬╩┐┤┘┓┫┛╗╣╝]+)\s*$"
# So many lines with several pipes are no accident.
FEWEST_PIPED = 3
PIPED_FIGURE = r"\S\s*\|\s*-?[\d,]+\.\d+\s*\|?\s*$"
# A figure that is a field: alone between commas, or quoted where it has commas of its own.
FIGURE_BETWEEN_COMMAS = r"(?m),(?:-?\d+\.\d+|\"-?[\d,]+(?:\.\d+)?\")(?:,|\r?$)"
FIELD = r',(?:"(?:[^"]|"")*"|[^,]*)'
# 1,234.56 without quotes may be one field or two; between spaces it is one figure.
UNQUOTED = r"(?:^|,)-?\d{1,3}(?:,\d{3})+\.\d+(?:,|$)"
QUOTED_FIGURE, SPACED_FIGURE = r'"-?\d{1,3}(?:,\d{3})+(?:\.\d+)?"', r"\s-?\d{1,3}(?:,\d{3})+\.\d+(?:\s|$)"
FEWEST_FIGURES = 2
BLANK_FIELD = ",,|,$"


def pipes_to_tabs(lines: pl.DataFrame) -> pl.DataFrame:
    """Rows that are delimited by pipes (`a | b | c`) as rows that are delimited by tabs.

    Outer pipes (`| a | b |`) are a frame where all rows of a document have them; otherwise they stand beside a blank cell.
    """
    text = pl.col("text")
    barred = text.str.contains(BARS)
    if lines.select(barred.any()).item():
        lines = lines.with_columns(
            text=pl.when(barred.sum().over("document_id") >= FEWEST_PIPED).then(text.str.replace_all(BARS, "|")).otherwise(text)
        )
    # What is drawn between rows is no line of its own.
    lines = lines.filter(~text.str.contains(DRAWN_RULE))
    pipes = text.str.count_matches("|", literal=True)
    no_tab = ~text.str.contains("\t", literal=True)
    lines = lines.with_columns(piped=(pipes >= 2) & no_tab)
    if not lines.select((pipes >= 1).any()).item():
        return lines.drop("piped")
    # A table of two columns has one pipe in each row; it is a row in a document whose rows have pipes, or figures behind them.
    figured = (pipes == 1) & text.str.contains(PIPED_FIGURE)
    usual = (pl.col("piped") | figured).sum().over("document_id") >= FEWEST_PIPED
    lines = lines.with_columns(piped=pl.col("piped") | ((pipes == 1) & no_tab & usual))
    framed = (~pl.col("piped") | (text.str.contains(r"^\s*\|") & text.str.contains(r"\|\s*$"))).all().over("document_id")
    bare = pl.when(framed).then(text.str.replace(r"^\s*\|", "").str.replace(r"\|\s*$", "")).otherwise(text)
    return lines.with_columns(text=pl.when("piped").then(bare.str.replace_all(r" *\| *", "\t")).otherwise(text)).drop("piped")


def commas_to_tabs(lines: pl.DataFrame) -> pl.DataFrame:
    """Rows as a spreadsheet writes them with commas (RFC 4180: a field with a comma is quoted), in documents that have figures for fields:
    neighbouring lines with equally many fields, one of which has a figure for a field or a blank one.

    A line whose figures may be one field or two stays as it is, so that it is told of as unread, unless the document quotes such figures or
    each of these lines has as many fields as a line beside it.
    """
    text = pl.col("text")
    figured = text.str.contains(FIGURE_BETWEEN_COMMAS)
    figures = pl.when(figured).then(text.str.count_matches(FIGURE_BETWEEN_COMMAS)).sum()
    counts = lines.group_by("document_id").agg(figures=figures, tabs=text.str.contains("\t", literal=True).sum())
    documents = counts.filter((pl.col("figures") >= FEWEST_FIGURES) & (pl.col("figures") > pl.col("tabs"))).select("document_id")
    if documents.is_empty():
        return lines
    rows = lines.join(documents, on="document_id", how="semi", maintain_order="left")
    rows = rows.filter(text.str.contains(",", literal=True), ~text.str.contains("\t", literal=True), ~text.str.contains(SPACED_FIGURE))
    rows = rows.select(
        "document_id", "line", fields=pl.concat_str(pl.lit(","), text).str.extract_all(FIELD), row=figured | text.str.contains(BLANK_FIELD),
        unsure=text.str.contains(UNQUOTED), quoted=text.str.contains(QUOTED_FIGURE),
    ).with_columns(width=pl.col("fields").list.len())  # fmt: skip
    follows = pl.all_horizontal(pl.col(key) == pl.col(key).shift(1) for key in ("document_id", "width")) & (pl.col("line").diff() == 1)
    rows = rows.with_columns(follows=follows.fill_null(False))
    alone = ~(pl.col("follows") | pl.col("follows").shift(-1, fill_value=False))
    plain = pl.col("quoted").any() | ~(pl.col("unsure") & alone).any()
    rows = rows.filter(~pl.col("unsure") | plain.over("document_id"))
    rows = rows.with_columns(block=(~pl.col("follows")).cum_sum()).filter(pl.col("row").any().over("block"))
    cell = pl.element().str.strip_prefix(",").str.strip_chars()
    quoted = cell.str.strip_prefix('"').str.strip_suffix('"').str.replace_all('""', '"', literal=True)
    cells = pl.col("fields").list.eval(pl.when(cell.str.starts_with('"')).then(quoted).otherwise(cell))
    tabbed = rows.select("document_id", "line", tabbed=cells.list.join("\t"))
    lines = lines.join(tabbed, on=["document_id", "line"], how="left", maintain_order="left")
    return lines.with_columns(text=pl.coalesce("tabbed", "text")).drop("tabbed")
