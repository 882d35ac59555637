"""Expressions that make printed text comparable. No meaning is decided here."""

import polars as pl

from yusuan.parsing.figures import number_columns

SPACE = r"[\s\u200b\ufeff\u00ad]+"
QUOTES = r"[“”\"'‘’「」『』]"
UNIT_SUFFIX = r"\((单位:)?(金额单位:)?(万元|千元|亿元|元)\)|[,，]?单位:(万元|千元|亿元|元)$"


def once_for_each(frame: pl.DataFrame, columns: list[str], *forms: pl.Expr, **named: pl.Expr) -> pl.DataFrame:
    """The frame with further forms of these columns of text, made once for each distinct text.

    Labels and headings stand in every table: of the 340,000 cells of 300 disclosures 5 % are distinct, of those of one disclosure
    39 %; a join costs a fifth of one regular expression over all of them. `forms` may use further columns that `columns` determine.
    """
    used = {root for form in (*forms, *named.values()) for root in form.meta.root_names()}
    asked = frame.select({*columns, *used})
    # The first of equal values in one column is found in half the time that unique rows take.
    distinct = asked[frame[columns[0]].arg_unique()] if len(columns) == 1 else asked.unique(columns)
    distinct = distinct.with_columns(*forms, **named)
    made = [name for name in distinct.columns if name not in frame.columns]
    return frame.join(distinct.select(*columns, *made), on=columns, how="left", nulls_equal=True, maintain_order="left")


def squash(text: pl.Expr) -> pl.Expr:
    """White space removed, compatibility forms folded (full-width digits, brackets, colons); wording unchanged."""
    return text.str.normalize("NFKC").str.replace_all(SPACE, "")


def also(repair: pl.Expr, more: pl.Expr) -> pl.Expr:
    """A repair and one more of the same cell, in the order in which they were made (split_number+shifted_cells)."""
    return pl.when(repair.is_not_null() | more.is_not_null()).then(pl.concat_str(repair, more, separator="+", ignore_nulls=True))


def printed(text: pl.Expr) -> pl.Expr:
    """The printed label with white space removed and nothing else changed."""
    return text.str.replace_all(SPACE, "")


def term(text: pl.Expr) -> pl.Expr:
    """The form in which vocabulary files write a term: squashed, without quotation marks and a closing colon."""
    return squash(text).str.replace_all(QUOTES, "").str.strip_chars_end(":")


def header_term(text: pl.Expr) -> pl.Expr:
    """A heading without what varies between years: the year in front and the unit in brackets. A bare year is 预算数."""
    return heading_of_term(term(text))


def heading_of_term(bare: pl.Expr) -> pl.Expr:
    """`header_term` of what is already a term."""
    bare = bare.str.replace_all(UNIT_SUFFIX, "").str.replace(r"^\d{4}年?(度)?", "").str.strip_chars_end(":")
    return pl.when(bare.is_in(["", "年", "年度"])).then(pl.lit("预算数")).otherwise(bare)


def without_ordinal(text: pl.Expr) -> pl.Expr:
    """A term without the numbering in front of it (一、 （二） 3. ④ 其中：)."""
    return (
        text.str.replace(r"^其中:", "")
        .str.replace(r"^(?:[一二三四五六七八九十百]+[、.．]|\([一二三四五六七八九十百]+\)|\d+[、.．]|\(\d+\)|[①-⑳])", "")
        .str.replace(r"^其中:", "")
    )


def name_key(text: pl.Expr) -> pl.Expr:
    """A name for comparison: 维修（护）费 and 维修(护)费, 卫生健康 and 卫生健康支出 are the same."""
    return without_ordinal(term(text)).str.replace_all(r"[()（）、,，.·—\-]", "").str.replace(r"^\d{3,7}", "").str.replace(r"支出$", "")


def prepared(cells: pl.DataFrame) -> pl.DataFrame:
    """Cells with the comparable forms of their text: `squashed`, `bare` (term), `heading`, and number and number_repair (figures.py).

    Equal texts have the same `text_id`: what else a text tells is found once for each of these integers (once_for_each). Cells of one
    row of a grid have the same `place`.
    """
    text, squashed = pl.col("text"), pl.col("squashed")
    # The codes of categories number the texts: strings are compared once, and integers from there on.
    codes = cells["text"].cast(pl.Categorical(pl.Categories.random())).to_physical()
    cells = cells.with_columns(codes.alias("text_id"), place=place_of_row())
    texts = cells.select("text_id", "text")[codes.arg_unique()].sort("text_id", nulls_last=True).with_columns(squashed=squash(text))
    texts = texts.with_columns(bare=squashed.str.replace_all(QUOTES, "").str.strip_chars_end(":"))
    # Lazily, so that what these columns share is found once.
    texts = texts.lazy().with_columns(*number_columns(squashed, text), heading=heading_of_term(pl.col("bare"))).collect()
    # They count from 0, so that a text stands at its number.
    return cells.hstack(texts.drop("text_id", "text")[codes])


def place_of_row() -> pl.Expr:
    """Document, grid and row in one integer, which is joined and grouped in a third of the time: a million documents of a million grids
    of sixteen million rows have room."""
    document, grid, row = (pl.col(name).cast(pl.UInt64) for name in ("document_id", "grid", "row"))
    return document * 2**44 + grid * 2**24 + row


def grid_of(place: pl.Expr) -> pl.Expr:
    """Document and grid of a place in one integer."""
    return place // 2**24
