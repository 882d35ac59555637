"""Numbers that look like amounts and are in no amount, no target and no statement of the prose: the net under all other readers.

An amount that is missing in silence is the worst defect; here it is told of, with its place. What a number that was read means is decided
elsewhere.
"""

import polars as pl

from yusuan.parsing.text import squash

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
# A line of figures that no grid holds.
LOOSE = r"(?:^|[^\d.,])-?(?:\d{1,3}(?:,\d{3})+|\d+)\.\d{1,2}(?:$|[^\d.%％,年月日])"
SENTENCE = r"[。；;，]|%|％"
LONGEST_HEADING = 10
MOST_SHOWN = 5
PLACE = ["document_id", "table", "row"]


def unread_numbers(
    cells: pl.DataFrame,
    lines: pl.DataFrame,
    figures: pl.DataFrame,
    targets: pl.DataFrame,
    claims: pl.DataFrame,
    tables: pl.DataFrame,
    columns: pl.DataFrame,
) -> pl.DataFrame:
    """One notice for each table, for all grids that are no table, and for the lines outside grids, with the lines of the numbers.

    `cells` are all prepared cells with their place in a table (tid, table, row), null where they stand in none; `figures` the amounts,
    `targets` and `claims` as staged; `columns` the meaning of columns (tid, column, role).
    """
    changes = columns.filter(pl.col("role") == "change").select("tid", "column")
    # The heading of a change or a rate says that what stands below it is no figure of its own.
    cells = cells.join(changes, on=["tid", "column"], how="anti", maintain_order="left")
    found = pl.concat([_in_grids(cells, figures, targets, claims), _in_lines(lines, claims)], how="diagonal_relaxed")
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


def examined_of(lines: pl.DataFrame) -> pl.DataFrame:
    """Every line with a digit is looked at: document_id, check_id, instances."""
    looked = lines.select("document_id", digit=pl.col("text").str.contains(r"\d")).filter("digit")
    looked = looked.group_by("document_id").agg(instances=pl.len().cast(pl.Int32))
    return looked.select("document_id", pl.lit("structure.unread_number").alias("check_id"), "instances")


def _in_grids(cells: pl.DataFrame, figures: pl.DataFrame, targets: pl.DataFrame, claims: pl.DataFrame) -> pl.DataFrame:
    # A heading with decimals below it stands somewhere above them; a form has no columns of its own.
    label = cells.select("tid", "column", "squashed", "number").filter(
        pl.col("number").is_null(), pl.col("tid").is_not_null(), pl.col("squashed").str.len_chars() <= LONGEST_HEADING
    )
    rates = label.filter(pl.col("squashed").str.contains(NO_MONEY)).select("tid", "column").unique()
    cells = cells.select("document_id", "grid", "tid", *PLACE[1:], "column", "line", "page", "index", "text", "squashed", "number")
    outside = cells.filter(pl.col("tid").is_null())
    money = outside.filter(pl.col("number").is_null(), pl.col("squashed").str.contains(MONEY_HEADING))
    whole = outside.filter(pl.col("number").str.contains(WHOLE)).join(money, on=["document_id", "grid", "column"], how="semi")
    likely = pl.col("number").str.contains(AMOUNT) | (
        pl.col("number").is_null() & pl.col("squashed").str.contains(f"{WITH_UNIT}|{BEHIND_LABEL}")
    )
    cells = pl.concat([cells.filter(likely.fill_null(False), ~pl.col("index").fill_null(False)), whole])
    read = figures.select("tid", row="printed_row", column="printed_column")
    cells = cells.join(read, on=["tid", "row", "column"], how="anti")
    goals = targets.select("document_id", table="table_number", row="row_number", column="column_number")
    cells = cells.join(goals, on=[*PLACE, "column"], how="anti")
    # A goal grid prints the value of a target once more beside it (阶段性指标值).
    value = squash(pl.col("text")).str.extract(r"(\d[\d,]*(?:\.\d+)?)", 1).str.replace_all(",", "").cast(pl.Decimal(20, 4), strict=False)
    again = targets.filter(pl.col("value").is_not_null()).select("document_id", "value", table="table_number", row="row_number").unique()
    cells = cells.with_columns(value=value).join(again, on=[*PLACE, "value"], how="anti")
    said = claims.select("document_id", "line", value=pl.col("value").abs()).unique()
    cells = cells.join(said, on=["document_id", "line", "value"], how="anti")
    cells = cells.join(rates, on=["tid", "column"], how="anti")
    return cells.select("document_id", "table", "line", "page", pl.col("text").str.strip_chars(), in_grid=pl.lit(True))


def _in_lines(lines: pl.DataFrame, claims: pl.DataFrame) -> pl.DataFrame:
    """Amounts of free lines that no claim states, and lines of figures that stand in no grid."""
    free = lines.select("document_id", "line", "page", "grid", "text").filter(pl.col("grid").is_null())
    free = free.filter(pl.col("text").str.contains(r"\d")).with_columns(squashed=squash(pl.col("text")))
    loose = free.filter(
        pl.col("text").str.contains(LOOSE), ~pl.col("squashed").str.contains(SENTENCE), ~pl.col("squashed").str.contains(UNIT)
    )
    free = free.with_columns(goes_on=pl.col("squashed").shift(-1).over("document_id").str.contains(r"^(?:\(含\))?以[上下内]"))
    amounts = free.with_columns(number=pl.col("squashed").str.extract_all(IN_PROSE)).explode("number")
    threshold = pl.col("number").str.contains(r"以[上下内]$|\(含\)$") | (
        pl.col("goes_on") & pl.col("squashed").str.ends_with(pl.col("number"))
    )
    amounts = amounts.filter(pl.col("number").is_not_null(), ~threshold.fill_null(False)).select("document_id", "line", "page", "number")
    key = pl.col("number").str.extract(r"^([\d,.]+)", 1).str.replace_all(",", "")
    stated = claims.select("document_id", number=pl.col("value_printed").str.extract(r"([\d,.]+)", 1).str.replace_all(",", ""), at="line")
    amounts = amounts.with_columns(text=pl.col("number"), number=key)
    # A claim stands at the line of its first digit; a number that two lines share is counted on the first.
    near = amounts.join(stated, on=["document_id", "number"]).filter((pl.col("line") - pl.col("at")).is_between(0, 1))
    amounts = amounts.join(near.select("document_id", "line", "number").unique(), on=["document_id", "line", "number"], how="anti")
    stated_lines = claims.select("document_id", "line").unique()
    loose = loose.join(stated_lines, on=["document_id", "line"], how="anti").select(
        "document_id", "line", "page", pl.col("text").str.strip_chars()
    )
    both = pl.concat([amounts.select("document_id", "line", "page", "text"), loose])
    return both.with_columns(table=pl.lit(None, pl.Int32), in_grid=pl.lit(False))
