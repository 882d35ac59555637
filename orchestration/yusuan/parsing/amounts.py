"""Printed amounts with all their labels: where column meaning, row meaning and document meet."""

import polars as pl

from yusuan.parsing.figures import decimals, digits, quantum
from yusuan.parsing.text import also, name_key, once_for_each, printed, squash
from yusuan.parsing.vocabulary import load

# Half of what fits, so that a sum of a whole table fits too: 4.6e14 yuan, forty times the national budget.
MOST_TICKS = 2**62
# The unit behind the name of what is counted.
COUNTED = r"\((?:[个辆人台套批次家项件]|人次|批次|平方米|台[、/]?套|台\(套)\)+$"
# What a row may say of its time and of nothing else.
ROW_YEAR = r"(?:20\d\d年度?|[上去本]一?年度?)?"
ROW_PERIOD = r"(?:(?:年初|全年|调整)?预算(?:数|安排)?|(?:支出)?决算数?|执行数|实际支出数?)?"
# What tables of “三公” print beside them.
BESIDE_THREE_PUBLIC = "会议费|培训费|运行经费"
# What an amount keeps of its cell, its column and its row: every later join, filter and sort copies all columns of the amounts.
OF_CELL = ["tid", "panel", "row", "column", "cell", "meant", "number", "repair", "printed_row", "printed_column"]
# Of its row only this is asked while sums decide how tables are read; the rest is looked up when that is known.
IN_SUMS = [
    "statement", "row_kind", "is_total", "is_repeat", "of_which", "opened_by_which", "parent", "parent_id", "code", "code_source",
    "classification_code", "project", "name", "item", "group",
]  # fmt: skip
# What has told all that it has to tell is left behind.
TOLD = [
    "meant", "parent_heading", "column_heading", "title_fund", "panels", "title_side", "column_funds", "side_table", "row_fund",
    "parent_fund", "row_carried", "group", "fiscal_year",
]  # fmt: skip
# What names of amounts are made of, of their rows.
IN_NAMES = [
    "scheme", "name_scheme", "breakdown", "is_agency", "previous_total", "economic_code", "government_code", "government_name", "agency",
    "agency_code", "agency_source", "project_code", "project_group", "category", "procurement_class", "procurement_item", "plain_name",
    "joined", "part_total", "again_of", "economic_beside_name",
]  # fmt: skip
TOLD_BY_NAMES = ["parent_id", "opened_by_which", "joined", "economic_beside_name", "procurement_class", "procurement_item"]
OF_TABLE = ["tid", "document_id", "table", "two_sided", "title_fund", "panels", "title_side", "column_funds", "fiscal_year"]


def table_amounts(cells: pl.DataFrame, labels: pl.DataFrame, tables: pl.DataFrame) -> pl.DataFrame:
    """Amounts of columnar tables, as far as sums ask for them: `cells` are their cells with the meaning of their column, `labels` the rows'
    meaning. They stand in the order of the print; `row_id` is the place of their row among the labels."""
    places = labels.select(place=_place()).with_row_index("row_id")
    cells = _in_order(cells).with_columns(place=_place()).join(places, on="place", how="left", maintain_order="left").drop("place")
    beside = pl.concat([_counts(labels), _changes(labels)])
    if len(beside):
        cells = cells.filter(~pl.col("row_id").is_in(beside.implode()))
    figures = cells.hstack(labels.select(IN_SUMS)[cells["row_id"]])
    figures = figures.join(tables.select(*OF_TABLE, side_table="side"), on="tid", how="left", maintain_order="left")
    figures = _periods_in_rows(_operating_rows(_items_in_columns(figures), labels))
    figures = _without_revenue_classes(_sides(figures))
    return _fund_sources(figures).drop(TOLD).with_row_index("at")


def named(figures: pl.DataFrame, labels: pl.DataFrame) -> pl.DataFrame:
    """Amounts with all that their rows call them. `row_id` is their place among `labels`."""
    figures = figures.hstack(labels.select(IN_NAMES)[figures["row_id"]])
    item = pl.col("item_printed")
    goods = pl.col("statement") == "government_procurement"
    projects = (pl.col("breakdown") == "project").fill_null(False)
    # 501 is no departmental item, though its table is one of economic classes.
    government = pl.col("code").str.contains(r"^5\d{2}").fill_null(False)
    return (
        once_for_each(figures, ["item"], item_printed=printed(pl.col("item")))
        .with_columns(
            line_item=pl.when(pl.col("role") == "item")
            .then(pl.col("column_item"))
            .when(goods)
            .then(pl.coalesce("procurement_item", "procurement_class", item))
            .when(pl.col("project").is_not_null() & pl.col("name").is_null())
            .then(pl.col("project"))
            .otherwise(item),
            economic_name=pl.coalesce(
                "economic_beside_name",
                pl.when(pl.coalesce("name_scheme", "scheme") == "economic", ~pl.col("is_total"), ~pl.col("is_agency"), ~government).then(
                    "plain_name"
                ),
            ),
            repair=also(
                also(pl.col("repair"), pl.when("joined").then(pl.lit("broken_name"))),
                pl.when(pl.col("again_of").is_not_null()).then(pl.lit("repeated_row")),
            ),
            # 项目名称 heads the label column of many tables; it names projects only where the statement lists projects.
            project_name=pl.when(projects | goods).then(
                pl.coalesce("project", pl.when(projects & ~pl.col("is_total")).then(pl.col("project_group")))
            ),
            agency_name="agency",
            project_category=pl.when(pl.col("breakdown") == "project").then(pl.col("category")),
            project_code=squash(pl.col("project_code")),
        )
        .drop("item_printed", *TOLD_BY_NAMES)
    )


def _place() -> pl.Expr:
    """Table, panel and row in one integer, which is joined in a third of the time: there is room for 16 million tables of 255 panels."""
    return pl.col("tid").cast(pl.UInt64) * 2**40 + pl.col("panel").cast(pl.UInt64) * 2**32 + pl.col("row").cast(pl.UInt64)


def printed_at() -> pl.Expr:
    """Where an amount stands in the order of the print: its table, row and column in one integer."""
    return pl.col("tid").cast(pl.UInt64) * 2**40 + pl.col("row").cast(pl.UInt64) * 2**16 + pl.col("printed_column").cast(pl.UInt64)


def _in_order(cells: pl.DataFrame) -> pl.DataFrame:
    """Cells in the order of the print. They are, but for tables in which one list is set in two columns."""
    order = cells.select(printed_at()).to_series()
    return cells if order.is_sorted() else cells[order.arg_sort()]


def names_in_document(figures: pl.DataFrame) -> pl.DataFrame:
    """classification_name: the printed name of a code; where the code was inferred, that of the reference list, or the name that the same
    document prints beside the code."""
    printed_names = figures.select("document_id", "code_source", "classification_code", "plain_name").filter(
        pl.col("code_source") == "printed", pl.col("classification_code").is_not_null(), pl.col("plain_name").is_not_null()
    )
    names = printed_names.group_by("document_id", "classification_code").agg(printed_elsewhere=pl.col("plain_name").mode().sort().first())
    figures = figures.join(names, on=["document_id", "classification_code"], how="left", maintain_order="left")
    reference = load("function_classes").filter(pl.col("valid_to").is_null()).select(classification_code="code", reference_name="name")
    figures = figures.join(reference, on="classification_code", how="left", maintain_order="left")
    inferred = pl.col("code_source") == "inferred"
    code_name = pl.when(inferred).then(pl.coalesce("reference_name", "printed_elsewhere")).otherwise(pl.col("plain_name"))
    return figures.with_columns(classification_name=pl.when(pl.col("classification_code").is_not_null()).then(code_name))


def _counts(labels: pl.DataFrame) -> pl.Series:
    """Places among the labels of rows that count things (车辆数合计（辆）) and of the rows below them; what they print is no money."""
    rows = labels.select("tid", "panel", "row", "parent", "item").with_row_index("row_id")
    bracketed = rows.filter(pl.col("item").str.contains("[)）]$"))
    counts = bracketed.filter(squash(pl.col("item")).str.contains(COUNTED))
    kinds = rows.join(counts.select("tid", "panel", parent="row"), on=["tid", "panel", "parent"], how="semi")
    # 车辆数合计（辆） may look like the total of all that follows it; its own kinds are numbered below it.
    kinds = kinds.filter(squash(pl.col("item")).str.contains(r"^(?:其中|\d|\(\d|[①-⑳])"))
    return pl.concat([counts["row_id"], kinds["row_id"]])


def _changes(labels: pl.DataFrame) -> pl.Series:
    """Places among the labels of rows that say how much two rows above them differ: as in columns, that is no amount of the budget."""
    changes = load("header_terms").filter(pl.col("role") == "change")["term"]
    rows = labels.select("item").with_row_index("row_id")
    return rows.filter(squash(pl.col("item")).is_in(changes.implode()))["row_id"]


def _items_in_columns(figures: pl.DataFrame) -> pl.DataFrame:
    """Tables whose headings are the items (三公经费): the heading is the label of the figure, and tells total from part."""
    leaf = squash(pl.col("column_heading"))
    under = leaf == "小计"
    column_item = pl.when(under).then(printed(pl.col("parent_heading"))).otherwise(printed(pl.col("column_heading")))
    headings = figures.select("meant", "column_heading", "parent_heading", "role").filter(pl.col("role") == "item").unique("meant")
    headings = headings.select(
        "meant",
        under=under,
        column_item=column_item,
        operating=squash(column_item).str.contains("运行经费"),
        sums=leaf.str.contains(r"(?:合计|总计|总额)$"),
        # 合计 under “三公”经费 is that of the group, where 会议费 stands beside the group.
        sums_group=(leaf == "合计")
        & squash(pl.col("parent_heading")).str.contains("三公")
        & ~pl.col("parent_heading").str.contains("会议"),
    )
    figures = figures.join(headings, on="meant", how="left", maintain_order="left")
    operating = pl.col("operating")
    total = pl.col("sums") | (operating & (pl.col("statement") == "three_public"))
    in_column = pl.col("role") == "item"
    kind = pl.when(total).then(pl.lit("total")).when("under").then(pl.lit("subtotal")).otherwise(pl.lit("detail"))
    return figures.with_columns(
        row_kind=pl.when(in_column).then(kind).otherwise(pl.col("row_kind")),
        statement=pl.when(in_column & operating).then(pl.lit("operating_expense")).otherwise(pl.col("statement")),
    ).drop("under", "operating", "sums")


def _operating_rows(figures: pl.DataFrame, labels: pl.DataFrame) -> pl.DataFrame:
    """二、机关运行经费 below the “三公” items, with the rows below it: a statement of its own, as the last column is in other tables."""
    rows = labels.select("tid", "panel", "row", "parent", "item", "statement").with_row_index("row_id")
    rows = rows.filter(pl.col("statement") == "three_public")
    heads = rows.filter(squash(pl.col("item")).str.contains(r"运行经费(?:支出|合计|预算数?|决算数?)?$"))
    parts = rows.join(heads.select("tid", "panel", parent="row"), on=["tid", "panel", "parent"], how="semi")
    in_row = pl.col("role") != "item"
    of_head = in_row & pl.col("row_id").is_in(heads["row_id"].implode())
    operating = of_head | (in_row & pl.col("row_id").is_in(parts["row_id"].implode()))
    return figures.with_columns(
        statement=pl.when(operating).then(pl.lit("operating_expense")).otherwise(pl.col("statement")),
        row_kind=pl.when(of_head).then(pl.lit("total")).otherwise(pl.col("row_kind")),
    )


def _periods_in_rows(figures: pl.DataFrame) -> pl.DataFrame:
    """period where the rows say when and the headings what: 预算数 above 决算数, or 2022年 above 2023年.

    As in columns, budget and final accounts are periods only where a table prints both.
    """
    label = squash(pl.col("item"))
    rows = figures.select("item", "fiscal_year").unique().filter(label != "", label.str.contains(f"^{ROW_YEAR}{ROW_PERIOD}$"))
    if rows.is_empty():
        return figures
    earlier = label.str.contains("^[上去]") | (label.str.extract(r"^(\d{4})", 1).cast(pl.Int32) < pl.col("fiscal_year"))
    told = (
        pl.when(earlier)
        .then(pl.lit("last_year"))
        .when(label.str.contains("预算"))
        .then(pl.lit("budget"))
        .when(label.str.contains("决算|执行|支出"))
        .then(pl.lit("final_accounts"))
    )
    rows = rows.select("item", "fiscal_year", row_period=told)
    figures = figures.join(rows, on=["item", "fiscal_year"], how="left", nulls_equal=True, maintain_order="left")
    row_period = pl.col("row_period")
    both = (row_period == "budget").any().over("tid") & (row_period == "final_accounts").any().over("tid")
    kept = (row_period == "last_year") | (both & row_period.is_not_null())
    return figures.with_columns(period=pl.when(kept).then(row_period).otherwise(pl.col("period"))).drop("row_period")


def _sides(figures: pl.DataFrame) -> pl.DataFrame:
    """Revenue or expenditure: the header says it, else the order of the panels, else the statement."""
    by_panel = (
        pl.when(pl.col("panels") > 1)
        .then(pl.when(pl.col("panel") == 1).then(pl.lit("revenue")).otherwise(pl.lit("expenditure")))
        .otherwise(pl.coalesce("title_side", pl.lit("expenditure")))
    )
    # A table of a fund's expenditure may print the fund's revenue of the year beside it (决算公开08表).
    beside = (pl.col("side") == "revenue") & (pl.col("side_table") == "expenditure")
    one_sided = pl.when(beside).then(pl.col("side")).otherwise(pl.coalesce("side_table", "side"))
    side = pl.when(pl.col("two_sided") == "yes").then(pl.coalesce("side", by_panel)).otherwise(one_sided)
    return figures.with_columns(side=side)


def _without_revenue_classes(figures: pl.DataFrame) -> pl.DataFrame:
    """国有资本经营预算 on the revenue side of a table of two sides is a source, not the functional class of nearly that name."""
    source = (pl.col("two_sided") == "yes") & (pl.col("side") == "revenue") & (pl.col("code_source") == "inferred")
    names = ("code", "code_source", "classification_code")
    return figures.with_columns(pl.when(~source.fill_null(False)).then(name).alias(name) for name in names)


def _fund_sources(figures: pl.DataFrame) -> pl.DataFrame:
    """The column names the source; else the row of a revenue side does; else the title; else it is all money."""
    by_row = (pl.col("side") == "revenue") & (pl.col("code").is_null()) & ~pl.col("is_total") & pl.col("item").is_not_null()
    rows = figures.select("row_id", "side", "code", "is_total", "item", "group").filter(by_row).unique("row_id", keep="first")
    wording = load("revenue_labels").rows()
    says = {
        name: pl.coalesce(pl.when(pl.col(name).str.contains(p)).then(pl.lit(fund)) for p, fund in wording) for name in ("item", "group")
    }
    rows = rows.select("row_id", item=squash(pl.col("item")), group=squash(pl.col("group")))
    rows = rows.select("row_id", row_fund=pl.coalesce(says["item"], says["group"]))
    figures = figures.join(rows, on="row_id", how="left", maintain_order="left")
    figures = figures.join(
        rows.rename({"row_id": "parent_id", "row_fund": "parent_fund"}), on="parent_id", how="left", maintain_order="left"
    )
    carried = load("carried_over").rename({"fund_source": "row_fund", "carried": "row_carried"})
    figures = figures.join(carried, on="row_fund", how="left", maintain_order="left")
    under_carryover = pl.col("parent_fund").str.starts_with("carryover") & (pl.col("parent_fund") != "carryover_nonfinancial")
    under_other = (pl.col("parent_fund") == "carryover_nonfinancial") & (pl.col("row_fund") == "unit_funds")
    same = (pl.col("row_fund") == "financial") & pl.col("parent_fund").is_in(["general_public", "government_fund", "state_capital"])
    by_row_fund = (
        pl.when((under_carryover | under_other).fill_null(False))
        .then(pl.coalesce("row_carried", "row_fund"))
        .when(same.fill_null(False))
        .then(pl.col("parent_fund"))
        .otherwise(pl.coalesce("row_fund", pl.when(by_row).then(pl.col("parent_fund"))))
    )
    by_title = pl.when(pl.col("column_funds") >= 2).then(pl.lit("all")).otherwise(pl.col("title_fund"))
    expenditure_default = pl.when((pl.col("side") == "revenue") & (pl.col("two_sided") == "yes")).then(pl.lit("all")).otherwise(by_title)
    # What a table of one fund carries over is that fund's.
    kept = pl.col("title_fund").replace_strict(dict(load("carried_over").iter_rows()), default=None, return_dtype=pl.Utf8)
    by_column = pl.when(pl.col("fund_source") == "carryover").then(pl.coalesce(kept, "fund_source")).otherwise(pl.col("fund_source"))
    return figures.with_columns(fund_source=pl.coalesce(by_column, by_row_fund, expenditure_default, pl.lit("all")))


def title_funds(title: pl.Expr, statement: pl.Expr) -> pl.Expr:
    """The fund source that a title states (by statement where the statement is one source by definition)."""
    # 财政拨款（含一般公共预算和政府性基金预算）“三公”经费支出表 is about both.
    title = title.str.replace_all(r"[（(](?:含|包括)[^（）()]*[）)]", "")
    stated = pl.coalesce(pl.when(title.str.contains(pattern)).then(pl.lit(fund)) for pattern, fund in load("title_funds").iter_rows())
    return (
        pl.when(statement.is_in(["appropriation_summary", "revenue_expenditure_summary", "revenue_summary", "expenditure_summary"]))
        .then(None)
        .otherwise(stated)
    )


def ticks_columns(number: pl.Expr, unit: pl.Expr) -> list[pl.Expr]:
    """decimals_printed, quantum and ticks of canonical numbers in a unit. What 64 bits cannot hold is null, never wrapped."""
    places = decimals(number)
    step = quantum(unit, places)
    return [places.alias("decimals_printed"), step.alias("quantum"), _ticks(digits(number), step)]


def in_ticks(figures: pl.DataFrame) -> pl.DataFrame:
    """Figures (number, unit_printed) with their ticks_columns: each number is taken apart once."""
    number = pl.col("number")
    figures = once_for_each(figures, ["number"], decimals_printed=decimals(number), whole=digits(number))
    figures = figures.with_columns(quantum=quantum(pl.col("unit_printed"), pl.col("decimals_printed")))
    return figures.with_columns(_ticks(pl.col("whole"), pl.col("quantum"))).drop("whole")


def _ticks(whole: pl.Expr, step: pl.Expr) -> pl.Expr:
    return pl.when(whole.abs() <= MOST_TICKS // step).then(whole * step).alias("ticks")


def effective_parents(figures: pl.DataFrame, labels: pl.DataFrame) -> pl.DataFrame:
    """For each amount `at` of that of the nearest row above it in the tree that prints an amount in the same column (sum_at)."""
    place = pl.col("row_id").cast(pl.UInt64) * 2**16 + pl.col("column").cast(pl.UInt64)
    here = figures.select(place=place, sum_at="at")
    open_ = figures.select("at", "column", row_id="parent_id")
    found: list[pl.DataFrame] = []
    while not (open_ := open_.filter(pl.col("row_id").is_not_null())).is_empty():
        tried = open_.with_columns(place=place).join(here, on="place", how="left", maintain_order="left")
        has = pl.col("sum_at").is_not_null()
        found.append(tried.filter(has).select("at", "sum_at"))
        rest = tried.filter(~has)
        open_ = rest.select("at", "column", row_id=labels["parent_id"].gather(rest["row_id"]))
    sums = pl.concat(found) if found else here.select(at="sum_at", sum_at="sum_at").clear()
    return _nothing_of_which(_without_extras(figures.join(sums, on="at", how="left", maintain_order="left")))


def _nothing_of_which(figures: pl.DataFrame) -> pl.DataFrame:
    """A list that 其中 opens and whose figures are all 0 below one that is not is no split of it: its figures are of_which."""
    parts = figures.select("sum_at", "ticks", "opened_by_which").filter("opened_by_which", pl.col("sum_at").is_not_null())
    parts = parts.group_by("sum_at").agg(zero=(pl.col("ticks") == 0).all()).filter("zero")
    nothing = parts.filter(figures["ticks"].gather(parts["sum_at"]) != 0)["sum_at"]
    if nothing.is_empty():
        return figures
    return figures.with_columns(of_which=pl.col("of_which") | pl.col("sum_at").is_in(nothing.implode()).fill_null(False))


def _without_extras(figures: pl.DataFrame) -> pl.DataFrame:
    """会议费 and 培训费 are printed below the “三公” items, and some totals count them and some do not: the sum tells."""
    of_row = pl.when(pl.col("project").is_not_null() & pl.col("name").is_null()).then("project").otherwise("item")
    item = pl.when(pl.col("role") == "item").then("column_item").otherwise(of_row)
    of_three = pl.col("statement").is_in(["three_public", "operating_expense"])
    some = figures.filter(of_three).select("at", "sum_at", "ticks", item=printed(item).fill_null(""))
    some = some.with_columns(extra=pl.col("item").str.contains(BESIDE_THREE_PUBLIC)).filter(pl.col("sum_at").is_not_null())
    if not some["extra"].any():
        return figures
    parts = some.group_by("sum_at").agg(every=pl.col("ticks").sum(), usual=pl.col("ticks").filter(~pl.col("extra")).sum())
    whole = figures["ticks"].gather(parts["sum_at"])
    left_out = parts.filter(pl.col("usual") == whole, pl.col("every") != whole)
    beside = some.filter("extra").join(left_out, on="sum_at", how="semi")["at"]
    return figures.with_columns(sum_at=pl.when(~pl.col("at").is_in(beside.implode())).then("sum_at"))


def additive_leaves(figures: pl.DataFrame) -> pl.DataFrame:
    """is_leaf: what an analyst may add up within one statement, side, breakdown, measure, fund source and period.

    An amount is a leaf unless others of its column stand below it. A single 其中 row below does not replace its parent
    when it is only a part of it, nor do 其中 rows that are all 0.
    """
    below = (
        figures.select("sum_at", "ticks", "of_which")
        .filter(pl.col("sum_at").is_not_null())
        .group_by(at="sum_at")
        .agg(parts=pl.len(), parts_ticks=pl.col("ticks").sum(), zero=(pl.col("ticks") == 0).all(), only_of_which=pl.col("of_which").all())
    )
    place = (pl.col("tid").cast(pl.UInt64) * 2**8 + pl.col("panel").cast(pl.UInt64)) * 2**16 + pl.col("column").cast(pl.UInt64)
    judged = figures.select("at", "sum_at", "ticks", "is_total", "is_repeat", "tid", "statement", "row_kind", "role", place=place)
    judged = judged.join(below, on="at", how="left", maintain_order="left")
    partial = (
        pl.col("only_of_which").fill_null(False) & ((pl.col("parts") == 1) | pl.col("zero")) & (pl.col("parts_ticks") != pl.col("ticks"))
    )
    judged = judged.with_columns(partial=partial, parent_here=pl.col("parts").is_not_null() & ~partial)
    inside = judged.select(partial.gather("sum_at")).to_series()
    leaf = ~pl.col("parent_here") & ~pl.lit(inside).fill_null(False) & ~pl.col("is_repeat")
    total_beside_rows = pl.col("is_total") & (~pl.col("is_total") & pl.col("ticks").is_not_null()).any().over("place")
    several_totals = pl.col("is_total") & (pl.col("is_total").cum_sum().over("place") > 1)
    in_columns = pl.col("role") == "item"
    parts_in_columns = (pl.col("row_kind") == "detail").any().over("tid", "statement")
    item_leaf = (pl.col("row_kind") == "detail") | ~parts_in_columns
    is_leaf = judged.select(pl.when(in_columns).then(item_leaf).otherwise(leaf & ~total_beside_rows & ~several_totals)).to_series()
    return figures.with_columns(is_leaf=is_leaf)


def breakdowns(figures: pl.DataFrame) -> pl.DataFrame:
    """breakdown of each amount: that of its table, and economic in panels by economic class beside one by function. A panel by the classes
    of governments beside one by those of departments splits the same money once more: its amounts are no leaves."""
    beside = (pl.col("two_sided") == "yes") & (pl.col("breakdown") == "function")
    department = (beside & (pl.col("name_scheme") == "economic")).fill_null(False)
    government = (beside & pl.col("government_name").is_not_null() & pl.col("plain_name").is_null()).fill_null(False)
    again = government & department.any().over("tid")
    return figures.with_columns(
        breakdown=pl.when(department | government).then(pl.lit("economic")).otherwise("breakdown"), is_leaf=pl.col("is_leaf") & ~again
    )


__all__ = [
    "OF_CELL",
    "additive_leaves",
    "breakdowns",
    "effective_parents",
    "in_ticks",
    "name_key",
    "named",
    "names_in_document",
    "printed_at",
    "table_amounts",
    "ticks_columns",
    "title_funds",
]
