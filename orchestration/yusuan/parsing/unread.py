"""Numbers that look like amounts and are in no amount, no target and no statement of the prose: the net under all other readers.

An amount that is missing in silence is the worst defect; here it is told of, with its place. What a number that was read means is decided
elsewhere.
"""

import polars as pl

from yusuan.parsing.line_texts import LineTexts, place_of_line
from yusuan.parsing.narrative.runs import behind
from yusuan.parsing.text import once_for_each, squash
from yusuan.parsing.vocabulary import load

UNIT = r"(?:亿元|万元|千元|元)"
# With decimals, with separators, or with a unit: a bare integer may be a code, a year or a count.
AMOUNT = r"^-?(?:\d[\d,]*\.\d+|\d{1,3}(?:,\d{3})+)$"
WITH_UNIT = rf"^-?\d[\d,]*(?:\.\d+)?{UNIT}$"
BEHIND_LABEL = r"\p{Han}[:)]?-?(?:\d{1,3}(?:,\d{3})+|\d+)\.\d{2}$"
# In a grid that is no table a whole number is told of below a heading of money only.
WHOLE = r"^-?\d{2,}$"
MONEY_HEADING = r"^.{0,8}(?:金额|数额|预算数|决算数|资金|经费|总额|合计|\(元\)|万元\))$"
# Rates, points and shares are no money, though printed with decimals.
NO_MONEY = r"增减[%％]$|率(?:\(|$)|比例|占比|比重|^%$|\(%\)|幅度|增幅|^分值|^权重|^权值|^得分|^面积|人数$"
# 单价100万元（含）以上设备 is a threshold.
IN_PROSE = rf"\d[\d,]*(?:\.\d+)?{UNIT}(?:\(含\))?(?:以[上下内])?"
# A line of figures that no grid holds, also where a page that draws its table without one leaves no blank between them (294.30294.30).
LOOSE = r"(?:^|[^\d.,])-?(?:\d{1,3}(?:,\d{3})+|\d+)\.\d{1,2}(?:$|[^\d.%％,年月日])|\d\.\d{2}-?\d[\d,]*\.\d{2}"
# Separators in places where a figure has none: two figures printed one over the other (099.677,), or a figure cut in two.
DAMAGED = r"^-?(?:[\d.,]*[.,][\d.,]*\d{3}[\d.,]*|[\d.,]*\d{3}[\d.,]*[.,][\d.,]*)$"
# Several rows of figures that a reader left in one cell.
CROWDED = r"(?:\d\.\d{2}[^\d.。；;％%]+[\d,]+){2}\.\d{2}"
DATE = r"^(?:19|20)\d{2}\.\d{1,2}\.\d{1,2}\.?$"
SENTENCE = r"[。；;，]|%|％"
LONGEST_HEADING = 10
MOST_SHOWN = 5
PLACE = ["document_id", "table", "row"]


def unread_numbers(
    cells: pl.DataFrame,
    lines: pl.DataFrame,
    texts: LineTexts,
    figures: pl.DataFrame,
    targets: pl.DataFrame,
    claims: pl.DataFrame,
    tables: pl.DataFrame,
    columns: pl.DataFrame,
) -> pl.DataFrame:
    """One notice for each table, for all grids that are no table, and for the lines outside grids, with the lines of the numbers.

    `cells` are all prepared cells with their place in a table (tid, table, row), null where they stand in none; `lines` have the text_id
    of their `texts`; `figures` the amounts,
    `targets` and `claims` as staged; `columns` the meaning of columns (tid, column, role).
    """
    changes = columns.filter(pl.col("role") == "change").select("tid", "column")
    found = pl.concat([_in_grids(cells, changes, figures, targets, claims), _in_lines(lines, texts, claims)], how="diagonal_relaxed")
    found = found.sort("document_id", "table", "line", nulls_last=True)
    shown = tables.select("document_id", "table", "statement")
    numbers = found.group_by("document_id", "table", "in_grid", maintain_order=True).agg(
        pl.col("line", "page").first(), text=pl.col("text").head(MOST_SHOWN).str.join("、"), count=pl.len(),
        lines=pl.col("line").unique(maintain_order=True).cast(pl.Utf8).str.join("、"),
    )  # fmt: skip
    numbers = numbers.join(shown, on=["document_id", "table"], how="left", maintain_order="left")
    where = pl.when(~pl.col("in_grid")).then(pl.lit("表外文字")).when(pl.col("statement").is_null()).then(pl.lit("未列为表的格"))
    return numbers.select(
        "document_id", "statement", "line", "page", "text", kind=pl.lit("unread_number"),
        table_number=pl.when(pl.col("statement").is_not_null()).then("table"),
        message=pl.format("{}中有{}个像金额的数未计入（行{}）：{}", where.otherwise(pl.lit("表")), "count", "lines", "text"),
    )  # fmt: skip


def examined_of(lines: pl.DataFrame, texts: LineTexts) -> pl.DataFrame:
    """Every line with a digit is looked at: document_id, check_id, instances."""
    looked = lines.select("document_id", "text_id").filter(texts.told(pl.col("text").str.contains(r"\d")))
    looked = looked.group_by("document_id").agg(instances=pl.len().cast(pl.Int32))
    return looked.select("document_id", pl.lit("structure.unread_number").alias("check_id"), "instances")


def _in_grids(
    cells: pl.DataFrame, changes: pl.DataFrame, figures: pl.DataFrame, targets: pl.DataFrame, claims: pl.DataFrame
) -> pl.DataFrame:
    cells = cells.select(
        "document_id", "grid", "tid", *PLACE[1:], "column", "line", "page", "index", "text", "text_id", "squashed", "number"
    )
    number, squashed = pl.col("number"), pl.col("squashed")
    texts = cells.select("text_id", "text", "squashed", "number")[cells["text_id"].arg_unique()]

    def of_text(test: pl.Expr) -> pl.Expr:
        """Asked once of each text."""
        return pl.col("text_id").is_in(texts.filter(test)["text_id"].implode())

    damaged = (squashed.str.contains(DAMAGED) & ~squashed.str.contains(DATE)) | pl.col("text").str.contains(CROWDED)
    likely = of_text(number.str.contains(AMOUNT) | (number.is_null() & (damaged | squashed.str.contains(f"{WITH_UNIT}|{BEHIND_LABEL}"))))
    rate = of_text(number.is_null() & (squashed.str.len_chars() <= LONGEST_HEADING) & squashed.str.contains(NO_MONEY))
    # The heading of a change or a rate says that what stands below it is no figure of its own. A heading with decimals below it stands
    # somewhere above them; a form has no columns of its own.
    rates = pl.concat([cells.filter(rate, pl.col("tid").is_not_null()).select("tid", "column"), changes]).unique()
    # A row may say so, too: 增减额 below 预算数 and 决算数.
    terms = load("header_terms").filter(pl.col("role") == "change")["term"]
    change_rows = cells.filter(of_text(squashed.is_in(terms.implode())), pl.col("tid").is_not_null()).select("tid", "row").unique()
    outside = cells.filter(pl.col("tid").is_null())
    money = outside.filter(number.is_null(), squashed.str.contains(MONEY_HEADING))
    whole = outside.filter(number.str.contains(WHOLE)).join(money, on=["document_id", "grid", "column"], how="semi")
    cells = pl.concat([cells.filter(likely, ~pl.col("index").fill_null(False)), whole])
    cells = cells.join(
        figures.select(_place("printed_row", "printed_column").alias("place")),
        left_on=_place("row", "column"),
        right_on="place",
        how="anti",
    )
    goals = targets.select("document_id", table="table_number", row="row_number", column="column_number")
    cells = cells.join(goals, on=[*PLACE, "column"], how="anti")
    # A goal grid prints the value of a target once more beside it (阶段性指标值).
    value = squash(pl.col("text")).str.extract(r"(\d[\d,]*(?:\.\d+)?)", 1).str.replace_all(",", "").cast(pl.Decimal(20, 6), strict=False)
    printed_value = pl.col("value").cast(pl.Decimal(20, 6))
    again = (
        targets.filter(pl.col("value").is_not_null())
        .select("document_id", value=printed_value, table="table_number", row="row_number")
        .unique()
    )
    cells = cells.with_columns(value=value).join(again, on=[*PLACE, "value"], how="anti")
    said = claims.select("document_id", "line", value=pl.col("value").abs()).unique()
    cells = cells.join(said, on=["document_id", "line", "value"], how="anti")
    cells = cells.join(rates, on=["tid", "column"], how="anti").join(change_rows, on=["tid", "row"], how="anti")
    return cells.select("document_id", "table", "line", "page", pl.col("text").str.strip_chars(), in_grid=pl.lit(True))


def _in_lines(lines: pl.DataFrame, texts: LineTexts, claims: pl.DataFrame) -> pl.DataFrame:
    """Amounts of free lines that no claim states, and lines of figures that stand in no grid."""
    free = lines.select("document_id", "line", "page", "grid", "text", "text_id")
    free = free.filter(pl.col("grid").is_null(), texts.told(pl.col("text").str.contains(r"\d"))).with_columns(squashed=texts.squashed())
    free = once_for_each(
        free, ["text_id"],
        is_loose=pl.col("text").str.contains(LOOSE) & ~pl.col("squashed").str.contains(f"{SENTENCE}|{UNIT}"),
        bounds=pl.col("squashed").str.contains(r"^(?:\(含\))?以[上下内]"),
    )  # fmt: skip
    loose = free.filter("is_loose")
    numbers = free.select("text_id", "squashed").unique("text_id").with_columns(text=pl.col("squashed").str.extract_all(IN_PROSE))
    numbers = numbers.explode("text").filter(pl.col("text").is_not_null(), ~pl.col("text").str.contains(r"以[上下内]$|\(含\)$")).select(
        "text_id", "text", is_last=pl.col("squashed").str.ends_with(pl.col("text")), number=_digits(pl.col("text"))
    )  # fmt: skip
    amounts = free.select("document_id", "line", "page", "text_id", goes_on=behind("bounds", "document_id")).join(
        numbers, on="text_id", maintain_order="left_right"
    )
    amounts = amounts.filter(~(pl.col("goes_on").fill_null(False) & pl.col("is_last")))
    # A claim stands at the line of its first digit; a number that two lines share is counted on the first.
    stated = claims.select(place=place_of_line(), number=_digits(pl.col("value_printed")))
    stated = pl.concat([stated, stated.with_columns(pl.col("place") + 1)])
    amounts = amounts.with_columns(place=place_of_line()).join(stated, on=["place", "number"], how="anti")
    stated_lines = claims.select("document_id", "line").unique()
    loose = loose.join(stated_lines, on=["document_id", "line"], how="anti").select(
        "document_id", "line", "page", pl.col("text").str.strip_chars()
    )
    both = pl.concat([amounts.select("document_id", "line", "page", "text"), loose])
    return both.with_columns(table=pl.lit(None, pl.Int32), in_grid=pl.lit(False))


def _digits(number: pl.Expr) -> pl.Expr:
    """A printed number without sign, unit and separators."""
    return number.str.extract(r"([\d,.]+)", 1).str.replace_all(",", "", literal=True)


def _place(row: str, column: str) -> pl.Expr:
    """Table, row and column in one integer, which is joined in a third of the time."""
    return pl.col("tid").cast(pl.UInt64) * 2**40 + pl.col(row).cast(pl.UInt64) * 2**16 + pl.col(column).cast(pl.UInt64)
