"""Performance-goal forms: money as label and value pairs, not as columns.

A form names its project (项目名称), the unit that carries it out, and a money block: 资金总额 and its split by source, for
the year and for the whole period where both are asked, or, where a form tells what came of it (自评表), in columns of budget and
accounts. Only the block above the indicators is money of the form. One grid may hold several forms, one below the other.
"""

import polars as pl

from yusuan.parsing.keys import joint
from yusuan.parsing.text import printed
from yusuan.parsing.vocabulary import load

FORM = ["tid", "form"]
INDICATORS = r"^(?:绩效指标|一级指标|二级指标|三级指标|指标值)$"
MONEY = r"^(?:年度|实施期|项目)?资金总额|^(?:年度|项目)?预算总额|^项目总(?:金)?额"
WHOLE_PERIOD = r"实施期|项目期|中长期|总投资|项目总额|项目总金额"
TRAILING_NUMBER = r"[:\s]*(-?\d[\d,]*(?:\.\d+)?)$"
UNIT = r"\((?:单位:)?(亿元|万元|千元|元)\)"
FIGURE_WITH_UNIT = r"^(?P<figure>-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)(?P<unit>亿元|万元|千元|元)$"
LONGEST_LABEL = 30
PROJECT_LABELS = ["项目名称", "政策(项目)名称", "政策项目名称", "专项名称"]
AGENCY_LABELS = ["实施单位", "项目单位", "预算单位", "项目实施单位", "部门名称", "单位名称", "部门(单位)名称"]


def form_amounts(cells: pl.DataFrame) -> pl.DataFrame:
    """Amounts of the forms: cell, tid, form (1, 2, … in a grid), row, number, label, line_item, fund_source, row_kind, period, unit,
    project, agency.

    `cells` has all prepared cells of form tables: cell (their number), tid, row, column, text, text_id, squashed, bare, number.
    """
    cells = _heads(cells).sort("tid", "row", "column")
    named = _named(_pairs(cells))
    return _periods(named).join(_head(cells), on=FORM, how="left", maintain_order="left")


def _heads(cells: pl.DataFrame) -> pl.DataFrame:
    """The cells above the indicators, with the number of their form in the grid. Labels of a head below indicators open the next form."""
    term = pl.col("bare")
    opens = term.is_in([*PROJECT_LABELS, *AGENCY_LABELS]) | term.str.contains(MONEY)
    texts = cells.select("text_id", "bare").unique("text_id").with_columns(indicator=term.str.contains(INDICATORS), head=opens)
    marks = cells.join(texts.filter(pl.col("indicator") | pl.col("head")), on="text_id")
    marks = marks.group_by("tid", "row").agg(pl.col("indicator", "head").any()).sort("tid", "row")
    after = pl.col("indicator").shift(1).over("tid").fill_null(False)
    marks = marks.with_columns(form=(pl.col("head") & ~pl.col("indicator") & after).cum_sum().over("tid").cast(pl.Int32) + 1)
    forms = marks.group_by(FORM).agg(begin=pl.col("row").min(), end=pl.col("row").filter("indicator").min())
    # The first form begins with its grid, also where nothing tells of a second one.
    only = cells.select(pl.col("tid").unique()).join(forms, on="tid", how="anti")
    forms = pl.concat([forms, only.with_columns(form=pl.lit(1, pl.Int32), begin=pl.lit(1, pl.Int32), end=pl.lit(None, pl.Int32))])
    forms = forms.with_columns(begin=pl.when(pl.col("form") > 1).then("begin").otherwise(0)).sort("tid", "form")
    begin, place = forms.select(joint("tid", "begin")).to_series(), cells.select(joint("tid", "row")).to_series()
    form, end = forms.select("form", "end")[begin.search_sorted(place, side="right") - 1]
    return cells.with_columns(form, end).filter((pl.col("row") < pl.col("end")).fill_null(True)).drop("end")


def _head(cells: pl.DataFrame) -> pl.DataFrame:
    """The project and the agency that a form names."""
    cells = cells.select(*FORM, "bare", value=_in_row("text", -1))
    named = [
        cells.filter(pl.col("bare").is_in(labels))
        .with_columns(rank=pl.col("bare").replace_strict(labels, range(len(labels)), return_dtype=pl.Int32))
        .sort("rank", maintain_order=True)
        .unique(FORM, keep="first", maintain_order=True)
        .select(*FORM, printed(pl.col("value")).alias(name))
        for name, labels in (("project", PROJECT_LABELS), ("agency", AGENCY_LABELS))
    ]
    return named[0].join(named[1], on=FORM, how="full", coalesce=True)


def _in_row(name: str, steps: int) -> pl.Expr:
    """What stands so many cells before in the same row; the cells stand in order, and looking at the next is cheaper than a window."""
    same_row = pl.all_horizontal(pl.col(key) == pl.col(key).shift(steps) for key in ("tid", "row"))
    return pl.when(same_row).then(pl.col(name).shift(steps))


def _pairs(cells: pl.DataFrame) -> pl.DataFrame:
    """Cells that hold a figure of the form: the cell right of a label, or a label that ends with its figure."""
    # Few cells hold what these patterns look for: a glance at the others is enough.
    squashed, blank, term = pl.col("squashed"), pl.col("number").is_null(), pl.col("bare")
    unit = pl.when(squashed.str.contains("元)", literal=True)).then(squashed).str.extract(UNIT, 1)
    # 12.50万元: the unit beside the figure is nearer than the one of the block.
    beside = pl.when(blank & squashed.str.ends_with("元")).then(squashed).str.extract_groups(FIGURE_WITH_UNIT)
    cells = cells.with_columns(beside=beside, block_unit=unit.forward_fill().over("tid")).unnest("beside")
    cells = cells.with_columns(unit=pl.coalesce("unit", "block_unit"), number=pl.coalesce("number", "figure"))
    cells = _in_columns(cells.with_columns(label=_in_row("bare", 1), line_item=_in_row("text", 1)))
    inline = blank & (term.str.len_chars() <= LONGEST_LABEL) & pl.when(blank).then(term).str.contains(r"\D\d[\d,]*(?:\.\d+)?$")
    labelled = ~blank & (pl.col("label").str.len_chars() <= LONGEST_LABEL)
    cells = cells.filter(inline.fill_null(False) | labelled.fill_null(False))
    text = printed(pl.col("text"))
    return cells.select(
        "cell", *FORM, "row",
        unit="unit",
        label=pl.when(~blank).then("label").otherwise(term.str.replace(TRAILING_NUMBER, "")),
        line_item=pl.when(~blank).then(printed(pl.col("line_item"))).otherwise(text.str.replace(r"[:：\s]*-?\d[\d,]*(?:\.\d+)?$", "")),
        number=pl.coalesce("number", term.str.extract(TRAILING_NUMBER, 1)),
        column_period="column_period",
    )  # fmt: skip


def _in_columns(cells: pl.DataFrame) -> pl.DataFrame:
    """column_period: that of the heading above a figure (年初预算数 | 全年预算数 | 全年执行数).

    Its label and line_item are then the last text before it in its row.
    """
    term = pl.col("bare")
    known = load("goal_money_columns").rows(named=True)
    period = pl.coalesce(pl.when(term.str.contains(row["pattern"])).then(pl.lit(row["period"])) for row in known)
    terms = cells.select("text_id", "bare").unique("text_id").with_columns(column_period=period)
    heads = cells.select(*FORM, "row", "column", "text_id").join(
        terms.filter(pl.col("column_period").is_not_null()).select("text_id", "column_period"), on="text_id"
    )
    # Alone the budget of the whole year is the budget, as in tables.
    budget = (pl.col("column_period") == "budget").any().over(FORM)
    alone = (pl.col("column_period") == "whole_period") & ~budget
    heads = heads.with_columns(column_period=pl.when(alone).then(pl.lit("budget")).otherwise("column_period")).sort("row")
    figures = cells.filter(pl.col("number").is_not_null()).select("cell", *FORM, "row", "column").sort("row")
    figures = figures.join_asof(
        heads.select(*FORM, "column", "row", "column_period"), on="row", by=[*FORM, "column"], strategy="backward",
        allow_exact_matches=False, check_sortedness=False,
    )  # fmt: skip
    cells = cells.join(figures.select("cell", "column_period"), on="cell", how="left", maintain_order="left")
    text = pl.when(pl.col("number").is_null(), term != "")
    row = ["tid", "row"]
    before = {name: text.then(name).forward_fill().over(row) for name in ("bare", "text")}
    headed = pl.col("column_period").is_not_null()
    return cells.with_columns(
        label=pl.when(headed).then(before["bare"]).otherwise("label"), line_item=pl.when(headed).then(before["text"]).otherwise("line_item")
    )


def _named(pairs: pl.DataFrame) -> pl.DataFrame:
    """Fund source and kind of each figure by its label; figures of other labels are not money of the form."""
    label = pl.col("label").str.replace_all(r"\((?:亿元|万元|千元|元)\)", "").str.strip_chars_end(":")
    known = load("money_labels")
    which = pl.coalesce(pl.when(pl.col("label").str.contains(p)).then(pl.lit(k)) for k, p in enumerate(known["pattern"]))
    meanings = known.with_row_index("which").select(pl.col("which").cast(pl.Int32), "fund_source", "row_kind")
    return (
        pairs.with_columns(label=label)
        .with_columns(which=which.cast(pl.Int32))
        .join(meanings, on="which", maintain_order="left")
        .with_columns(pl.col("line_item").str.replace(r"[:：]$", ""))
    )


def _periods(figures: pl.DataFrame) -> pl.DataFrame:
    """The period of each figure: the total says it; its parts stand in the same order, left to right."""
    period = pl.when(pl.col("label").str.contains(WHOLE_PERIOD)).then(pl.lit("whole_period")).otherwise(pl.lit("this_year"))
    figures = figures.with_columns(
        said=period,
        place=pl.when(pl.col("row_kind") == "total")
        .then(pl.int_range(pl.len()).over("tid", "row", "row_kind"))
        .otherwise(pl.int_range(pl.len()).over("tid", "row", "label")),
    )
    totals = figures.filter(pl.col("row_kind") == "total").unique([*FORM, "place"], keep="first", maintain_order=True)
    figures = figures.join(totals.select(*FORM, "place", total_said="said"), on=[*FORM, "place"], how="left", maintain_order="left")
    return figures.with_columns(
        period=pl.when(pl.col("column_period").is_not_null())
        .then("column_period")
        .when(pl.col("row_kind") == "total")
        .then("said")
        .otherwise(pl.coalesce("total_said", "said"))
    ).drop("said", "total_said", "place", "which", "column_period")
