"""Performance-goal forms: money as label and value pairs, not as columns.

A form names its project (项目名称), the unit that carries it out, and a money block: 资金总额 and its split by source, for
the year and for the whole period where both are asked. Only the block above the indicators is money of the form. One grid may hold
several forms, one below the other.
"""

import polars as pl

from yusuan.parsing.text import once_for_each, printed
from yusuan.parsing.vocabulary import load

FORM = ["tid", "form"]
INDICATORS = r"^(?:绩效指标|一级指标|二级指标|三级指标|指标值)$"
MONEY = r"^(?:年度|实施期|项目)?资金总额|^(?:年度|项目)?预算总额"
WHOLE_PERIOD = r"实施期|项目期|中长期|总投资|项目总额"
TRAILING_NUMBER = r"[:\s]*(-?\d[\d,]*(?:\.\d+)?)$"
UNIT = r"\((?:单位:)?(亿元|万元|千元|元)\)"
FIGURE_WITH_UNIT = r"^(?P<figure>-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)(?P<unit>亿元|万元|千元|元)$"
LONGEST_LABEL = 30
PROJECT_LABELS = ["项目名称", "政策(项目)名称", "政策项目名称", "专项名称"]
AGENCY_LABELS = ["实施单位", "项目单位", "预算单位", "项目实施单位", "部门名称", "单位名称", "部门(单位)名称"]


def form_amounts(cells: pl.DataFrame) -> pl.DataFrame:
    """Amounts of the forms: tid, form (1, 2, … in a grid), row, column, line, page, text, number, line_item, fund_source, row_kind, period,
    unit, project, agency.

    `cells` has all prepared cells of form tables (tid, row, column, line, page, text, number, boxes, confidence).
    """
    cells = cells.join(_rows_of_heads(cells), on=["tid", "row"]).sort("tid", "row", "column")
    cells = cells.with_columns(term=pl.col("bare"), printed=printed(pl.col("text")))
    head = _head(cells)
    pairs = _pairs(cells)
    named = _named(pairs)
    return _periods(named).join(head, on=FORM, how="left", maintain_order="left")


def _rows_of_heads(cells: pl.DataFrame) -> pl.DataFrame:
    """tid, row, form: the rows above the indicators, with the number of their form in the grid. Labels of a head below indicators open the
    next form."""
    term = pl.col("bare")
    opens = term.is_in([*PROJECT_LABELS, *AGENCY_LABELS]) | term.str.contains(MONEY)
    marked = once_for_each(cells.select("tid", "row", "bare"), ["bare"], indicator=term.str.contains(INDICATORS), head=opens)
    rows = marked.group_by("tid", "row").agg(pl.col("indicator", "head").any()).sort("tid", "row")
    marks = rows.filter(pl.col("indicator") | pl.col("head"))
    after = pl.col("indicator").shift(1).over("tid").fill_null(False)
    marks = marks.with_columns(form=(pl.col("head") & ~pl.col("indicator") & after).cum_sum().over("tid").cast(pl.Int32) + 1)
    rows = rows.join(marks.select("tid", "row", "form"), on=["tid", "row"], how="left", maintain_order="left")
    rows = rows.with_columns(pl.col("form").forward_fill().over("tid").fill_null(1))
    below = pl.col("indicator").cast(pl.Int8).cum_max().over(FORM) == 1
    return rows.filter(~below).select("tid", "row", "form")


def _head(cells: pl.DataFrame) -> pl.DataFrame:
    """The project and the agency that a form names."""
    cells = cells.with_columns(value=_in_row("printed", -1))

    def beside(labels: list[str]) -> pl.Expr:
        rank = pl.col("term").replace_strict({label: k for k, label in enumerate(labels)}, default=None, return_dtype=pl.Int32)
        return pl.col("value").sort_by(rank, nulls_last=True).filter(pl.col("term").sort_by(rank, nulls_last=True).is_in(labels)).first()

    return cells.group_by(FORM).agg(project=beside(PROJECT_LABELS), agency=beside(AGENCY_LABELS))


def _in_row(name: str, steps: int) -> pl.Expr:
    """What stands so many cells before in the same row; the cells stand in order, and looking at the next is cheaper than a window."""
    same_row = pl.all_horizontal(pl.col(key) == pl.col(key).shift(steps) for key in ("tid", "row"))
    return pl.when(same_row).then(pl.col(name).shift(steps))


def _pairs(cells: pl.DataFrame) -> pl.DataFrame:
    """Cells that hold a figure of the form: the cell right of a label, or a label that ends with its figure."""
    # Few cells hold what these patterns look for: a glance at the others is enough.
    squashed, blank = pl.col("squashed"), pl.col("number").is_null()
    unit = pl.when(squashed.str.contains("元)", literal=True)).then(squashed).str.extract(UNIT, 1)
    # 12.50万元: the unit beside the figure is nearer than the one of the block.
    beside = pl.when(blank & squashed.str.ends_with("元")).then(squashed).str.extract_groups(FIGURE_WITH_UNIT)
    cells = cells.with_columns(
        unit=pl.coalesce(beside.struct.field("unit"), unit.forward_fill().over("tid")),
        number=pl.coalesce("number", beside.struct.field("figure")),
    )
    short = pl.when(blank & (pl.col("term").str.len_chars() <= LONGEST_LABEL)).then(pl.col("term"))
    inline = short.str.contains(r"\D\d[\d,]*(?:\.\d+)?$").fill_null(False)
    cells = cells.with_columns(inline=inline, term_before=_in_row("term", 1), printed_before=_in_row("printed", 1))
    term, text = (pl.when("inline").then(pl.col(name)) for name in ("term", "printed"))
    cells = cells.with_columns(
        label=pl.when(~blank).then("term_before").otherwise(term.str.replace(TRAILING_NUMBER, "")),
        line_item=pl.when(~blank).then("printed_before").otherwise(text.str.replace(r"[:：\s]*-?\d[\d,]*(?:\.\d+)?$", "")),
        figure=pl.coalesce("number", term.str.extract(TRAILING_NUMBER, 1)),
    ).drop("inline", "term_before", "printed_before")
    return cells.filter(pl.col("label").is_not_null(), pl.col("label").str.len_chars() <= LONGEST_LABEL)


def _named(pairs: pl.DataFrame) -> pl.DataFrame:
    """Fund source and kind of each figure by its label; figures of other labels are not money of the form."""
    label = pl.col("label").str.replace_all(r"\((?:亿元|万元|千元|元)\)", "").str.strip_chars_end(":")
    known = load("money_labels")
    which = pl.coalesce(pl.when(label.str.contains(p)).then(pl.lit(k)) for k, p in enumerate(known["pattern"]))
    meanings = known.with_row_index("which").select(pl.col("which").cast(pl.Int32), "fund_source", "row_kind")
    return (
        pairs.with_columns(label=label, which=which.cast(pl.Int32))
        .join(meanings, on="which", maintain_order="left")
        .drop("number")
        .rename({"figure": "number"})
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
        period=pl.when(pl.col("row_kind") == "total").then(pl.col("said")).otherwise(pl.coalesce("total_said", "said"))
    ).drop("said", "total_said", "place", "which")
