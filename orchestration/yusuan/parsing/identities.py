"""Accounting identities as data: every sum and every repeated figure that a document prints, with its residual.

A sum holds within half a unit of the last printed place of each of its terms; the same figure printed twice within one
unit of the coarser place. Residual 0 is `holds`, within the tolerance `rounding`, outside `contradicted`.
"""

import polars as pl

from yusuan.parsing.text import once_for_each, squash
from yusuan.parsing.vocabulary import load

LINE = ["tid", "panel", "row"]
WHOLE = pl.col("role").is_in(["total", "first"])
# What terms have of their amounts. The families below find sums in a few columns; these are joined to the terms when all are known.
OF_AMOUNT = ["amount_id", "doc", "tid", "statement", "ticks", "quantum", "line", "page", "label"]
# Of the hundred columns that an amount has by now; every join and every filter copies all that it is given.
ALONG_ROWS = [
    *LINE, "column", "statement", "ticks", "quantum", "measure", "fund_source", "period", "row_kind", "column_item", "column_of_which",
    "of_which",
]  # fmt: skip
IN_TABLES = [
    *ALONG_ROWS, "sum_row", "side", "is_total", "is_agency", "is_repeat", "classification_code", "code_source", "economic_code", "parent",
    "two_sided",
]  # fmt: skip
COUNTED = [
    *IN_TABLES, "amount_id", "doc", "line", "page", "label", "is_form", "previous_total", "project_name", "agency_name", "part_total",
]  # fmt: skip


def identities_of(figures: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(identities, terms) of all amounts of a batch; ticks, not yuan, and group keys instead of ids.

    `figures` has one row per amount: amount_id, doc, tid, panel, row, column, sum_row, statement, side, labels, ticks,
    quantum, line, page.
    """
    figures = _exact(_numbered(figures.select(COUNTED)))
    terms = pl.concat(
        [
            *_sums_in_tables(figures),
            _form_sums(figures),
            _revenue_expenditure(figures),
            _same_figures(figures),
            _split_basic_total(figures),
            _repeats(figures),
        ],
        rechunk=True,
    )
    terms = _with(OF_AMOUNT, terms, figures)
    place = pl.when(pl.col("page").is_not_null()).then(pl.format("第{}页", "page")).otherwise(pl.format("行{}", "line"))
    placed = terms.select("key", "tid", "role", "ticks", "quantum", "of_which", place=place, nth=pl.int_range(pl.len()))
    whole, part = pl.when(WHOLE).then("nth"), pl.when(~WHOLE).then("nth")
    return _described(_summed(placed, places=pl.col("place"), whole_at=whole.min(), part_at=part.min()), terms), terms


def row_sums(figures: pl.DataFrame) -> pl.DataFrame:
    """How many sums along the rows of each table hold and fail: tid, holds, fails. `figures` need no amount_id, doc and label yet."""
    figures = _numbered(_unnamed(figures, ALONG_ROWS))
    terms = pl.concat([*_sums_along_rows(figures), _item_columns(figures)])
    sums = _summed(_with(["tid", "ticks", "quantum"], terms, figures))
    failed = pl.col("verdict") == "contradicted"
    return sums.group_by("tid").agg(holds=(~failed).sum().cast(pl.Int64), fails=failed.sum().cast(pl.Int64))


def table_sums(figures: pl.DataFrame) -> pl.DataFrame:
    """How the sums within each table stand: tid, holds, fails, off (all residuals together, in ticks), orphans; sums of nothing but zeros
    do not count.

    `figures` as in row_sums, with sum_row.
    """
    figures = _exact(_numbered(_unnamed(figures, IN_TABLES)))
    terms = _with(["tid", "ticks", "quantum"], pl.concat(_sums_in_tables(figures)), figures)
    failed = pl.col("verdict") == "contradicted"
    sums = _summed(terms, said=(pl.col("ticks") != 0).any()).filter("said").group_by("tid")
    counted = sums.agg(
        holds=(~failed).sum().cast(pl.Int64), fails=failed.sum().cast(pl.Int64), off=pl.col("residual").abs().sum().cast(pl.Int64)
    )
    alone = orphans(figures).group_by("tid").agg(orphans=pl.len().cast(pl.Int64))
    return counted.join(alone, on="tid", how="full", coalesce=True).with_columns(pl.exclude("tid").fill_null(0))


def orphans(figures: pl.DataFrame) -> pl.DataFrame:
    """Amounts in a column in which the total of their table prints nothing: as if the total were 0."""
    totals = figures.filter("is_total").select("tid", "panel").unique()
    rows = figures.filter(
        pl.col("sum_row").is_null(), pl.col("ticks") != 0, pl.col("parent").is_not_null(), ~pl.col("is_total"), ~pl.col("is_repeat")
    )
    return rows.join(totals, on=["tid", "panel"], how="semi")


def _unnamed(figures: pl.DataFrame, columns: list[str]) -> pl.DataFrame:
    """What scores ask for, in the order of the print; what stands for the id and the label of an amount tells only amounts apart."""
    figures = figures.select(*columns, "printed_column", label="line_item").sort("tid", "row", "printed_column").drop("printed_column")
    return figures.with_columns(amount_id=pl.int_range(pl.len()))


def _numbered(figures: pl.DataFrame) -> pl.DataFrame:
    """Amounts with a number, `at`: their place in the frame."""
    known = figures["ticks"].is_not_null()
    return (figures if known.all() else figures.filter(known)).with_row_index("at")


def _exact(figures: pl.DataFrame) -> pl.DataFrame:
    """A bare 0 has no last place of its own: it is as exact as the finest figure of its table."""
    finest = pl.col("quantum").min().over("tid")
    return figures.with_columns(quantum=pl.when(pl.col("ticks") == 0).then(finest).otherwise(pl.col("quantum")))


def _with(columns: list[str], terms: pl.DataFrame, figures: pl.DataFrame) -> pl.DataFrame:
    """Terms with these columns of their amounts."""
    return pl.concat([terms, figures.select(columns)[terms["at"]]], how="horizontal")


def _sums_in_tables(figures: pl.DataFrame) -> list[pl.DataFrame]:
    return [_tree_sums(figures), _sums_of_panels(figures), *_sums_along_rows(figures), _balances(figures), _item_columns(figures)]


def _sums_along_rows(figures: pl.DataFrame) -> list[pl.DataFrame]:
    measures = load("measures").select("measure", "parent")
    funds = load("fund_sources").select("fund_source", "parent")
    return [
        _row_sums(figures, "measure", measures, ["fund_source", "period", "column_item"], "row_sum.measure"),
        _row_sums(figures, "fund_source", funds, ["measure", "period", "column_item"], "row_sum.fund"),
    ]


def _terms(
    frame: pl.DataFrame,
    key: pl.Expr,
    check_id: pl.Expr,
    role: pl.Expr,
    subject: pl.Expr,
    other: pl.Expr | None = None,
    of_which: pl.Expr | None = None,
) -> pl.DataFrame:
    """at, key, check_id, role, subject, other_statement, of_which: the same columns of all families. An identity has its check, subject
    and other statement from its total or first term."""
    return frame.select(
        "at",
        key=key,
        check_id=check_id,
        role=role,
        subject=subject,
        other_statement=pl.lit(None, dtype=pl.Utf8) if other is None else other,
        of_which=pl.lit(False) if of_which is None else of_which,
    )


def _tree_sums(figures: pl.DataFrame) -> pl.DataFrame:
    """A total, a class, an agency or an item against the rows that stand below it, column by column."""
    sums = ["tid", "panel", "parent_row", "column"]
    parts = figures.select(
        "at", *LINE, "column", "measure", "fund_source", "period", "ticks", "quantum", "of_which", parent_row="sum_row"
    ).filter(pl.col("parent_row").is_not_null())
    parts = pl.concat([parts, _instead_of_blanks(figures, parts)])
    check = (
        pl.when(pl.col("is_total"))
        .then(pl.lit("column_sum.total"))
        .when(pl.col("is_agency"))
        .then(pl.lit("agency_sum.rows"))
        .when(pl.col("classification_code").is_not_null() & (pl.col("code_source") == "printed"))
        .then(pl.lit("code_hierarchy.classification"))
        .when(pl.col("economic_code").is_not_null())
        .then(pl.lit("code_hierarchy.economic"))
        .otherwise(pl.lit("item_sum.items"))
    )
    parents = figures.select(
        "at", "tid", "panel", "column", "measure", "fund_source", "is_total", "is_agency", "classification_code", "code_source",
        "economic_code", "label", parent_row="row",
    ).join(parts.select(sums).unique(), on=sums, how="semi")  # fmt: skip
    key = pl.format("tree|{}|{}|{}|{}", *sums)
    subject = pl.format("{} {}/{}", pl.coalesce("label", pl.lit("合计")), pl.col("measure").fill_null("?"), "fund_source")
    nothing = pl.lit(None, dtype=pl.Utf8)
    return pl.concat(
        [
            _terms(parents, key, check, pl.lit("total"), subject),
            _terms(parts, key, nothing, pl.lit("part"), nothing, of_which=pl.col("of_which")),
        ]
    )


def _instead_of_blanks(figures: pl.DataFrame, parts: pl.DataFrame) -> pl.DataFrame:
    """Parts of sums whose row prints 商品和服务支出 but leaves its 合计 blank: the printed figures stand for the blank one.

    They count only in sums that fail without them.
    """
    place, column = ["tid", "panel"], ["fund_source", "period"]
    tree = _ancestors("measure", load("measures").select("measure", "parent"))
    columns = figures.select(*place, "column", "measure", *column).unique().rename({"measure": "ancestor", "column": "blank_column"})
    columns = columns.filter(pl.len().over(*place, *column, "ancestor") == 1)
    printed = figures.select(*place, "row", *column, ancestor="measure")
    above = parts.select(*place, "row", *column, "measure", "at").join(tree, on="measure").join(columns, on=[*place, *column, "ancestor"])
    covered = above.join(printed, on=[*place, "row", *column, "ancestor"], how="semi").select("at")
    blank = above.join(covered, on="at", how="anti").filter(pl.col("distance") > 0)
    moved = parts.join(blank.select("at", "blank_column"), on="at")
    moved = moved.with_columns(column=pl.col("blank_column")).drop("blank_column").select(parts.columns)
    if moved.is_empty():
        return moved
    sums = [*place, "parent_row", "column"]
    added = parts.group_by(sums).agg(added=pl.col("ticks").sum(), half_units=pl.col("quantum").sum())
    wholes = figures.select(*place, "column", "ticks", "quantum", parent_row="row").join(added, on=sums)
    residual = (pl.col("ticks") - pl.col("added")).abs()
    failing = wholes.filter(2 * residual > pl.col("half_units") + pl.col("quantum"))
    return moved.join(failing, on=sums, how="semi")


def _sums_of_panels(figures: pl.DataFrame) -> pl.DataFrame:
    """Rows of a panel whose total row prints its figure only in a panel further right (支出合计 over 功能分类 | 支出用途)."""
    keys = ["tid", "side", "measure", "fund_source", "period"]
    rows = figures.select("at", *keys, "panel", "row", "parent", "label", "is_total", "is_repeat", "sum_row", "of_which")
    totals = rows.filter("is_total").rename({"row": "parent_row", "panel": "total_panel"})
    loose = rows.filter(pl.col("sum_row").is_null(), ~pl.col("is_total"), ~pl.col("is_repeat"), pl.col("parent").is_not_null())
    loose = loose.drop("row").rename({"parent": "parent_row"})
    panels = loose.select(*keys, "panel", "parent_row").unique()
    heads = panels.join(totals, on=[*keys, "parent_row"]).filter(pl.col("total_panel") > pl.col("panel"))
    heads = heads.filter(pl.len().over(*keys, "panel", "parent_row") == 1)
    parts = loose.join(heads, on=[*keys, "panel", "parent_row"], how="semi")
    key = pl.format("panel|{}|{}|{}|{}|{}", "tid", "panel", "parent_row", pl.col("measure").fill_null("?"), "period")
    check, subject = pl.lit("column_sum.total"), pl.coalesce("label", pl.lit("合计"))
    return pl.concat(
        [
            _terms(heads, key, check, pl.lit("total"), subject),
            _terms(parts, key, check, pl.lit("part"), subject, of_which=pl.col("of_which")),
        ]
    )


def _split_basic_total(figures: pl.DataFrame) -> pl.DataFrame:
    """Basic expenditure against 人员经费合计 and 公用经费合计 of a table by economic class that prints no other total."""
    parts = figures.filter(
        pl.col("part_total").is_not_null(), pl.col("row_kind") == "total", pl.col("statement") == "general_budget_basic_by_economic"
    )
    parts = parts.filter(pl.len().over("doc") == 2, pl.col("tid").n_unique().over("doc") == 1).with_columns(role=pl.lit("second"))
    whole = figures.filter("is_total", pl.col("statement") == "general_budget_expenditure", pl.col("measure") == "basic")
    whole = whole.filter(pl.col("fund_source") == "general_public", pl.col("period") == "this_year", pl.len().over("doc") == 1)
    whole = whole.join(parts.select("doc").unique(), on="doc", how="semi").with_columns(role=pl.lit("first"))
    parts = parts.join(whole.select("doc"), on="doc", how="semi")
    both = pl.concat([whole, parts.select(whole.columns)])
    key, subject = pl.format("split|{}", "doc"), pl.format("{} {}", pl.coalesce("label", pl.lit("合计")), "measure")
    other = pl.lit("general_budget_basic_by_economic")
    return _terms(both, key, pl.lit("same_figure.basic_total"), pl.col("role"), subject, other)


def _row_sums(figures: pl.DataFrame, axis: str, tree: pl.DataFrame, same: list[str], check_id: str) -> pl.DataFrame:
    """Within a row: 合计 = 基本支出 + 项目支出 and every further split that its columns print, along one axis.

    The parts of a figure are the nearest printed ones below it in the tree of measures (or of fund sources). Whether
    the columns of a table are a complete split is seen from the table itself: where the sum fails in more rows than it
    holds, the columns are not one.
    """
    # A heading 其中：… is a part that is printed beside the whole, not one of its parts.
    within = figures.select("at", *LINE, axis, *same, "ticks", "quantum", "column_of_which").filter(
        pl.col(axis).is_not_null(), ~pl.col("column_of_which").fill_null(False)
    )
    groups = within.select(same).unique().with_row_index("group")
    printed = within.join(groups, on=same, how="left", nulls_equal=True, maintain_order="left")
    printed = printed.select("at", *LINE, axis, "group", "ticks", "quantum")
    # Small frames of integers find the sums; what the terms are called is joined to them at the end.
    keys = [*LINE, "group"]
    once = printed.filter(pl.len().over([*keys, axis]) == 1).select(*keys, ancestor=axis, total="at")
    parts = printed.select(*keys, axis, "at").join(_ancestors(axis, tree), on=axis).join(once, on=[*keys, "ancestor"])
    parts = parts.sort("distance").unique("at", keep="first").select("at", "total", is_part=pl.lit(True))
    totals = parts.select(at="total", total="total", is_part=pl.lit(False)).unique()
    both = pl.concat([totals, parts]).join(printed.select("tid", "at", axis, "group", "ticks", "quantum"), on="at")
    sums = both.group_by("total").agg(
        residual=pl.col("ticks").filter("is_part").sum() - pl.col("ticks").filter(~pl.col("is_part")).sum(), slack=pl.col("quantum").sum()
    )
    sums = sums.join(both.filter(~pl.col("is_part")).select("total", "tid", axis, "group"), on="total")
    holds = 2 * pl.col("residual").abs() <= pl.col("slack")
    split = sums.filter(holds.mean().over("tid", axis, "group") >= 0.5).select("total")
    members = pl.concat([totals, parts]).join(split, on="total", how="semi").sort("is_part", "at")
    whole = figures.select(total="at", whole=axis, whole_label=pl.coalesce("label", pl.lit("合计")), whole_id="amount_id")
    terms = members.join(whole, on="total", how="left", maintain_order="left")
    role = pl.when("is_part").then(pl.lit("part")).otherwise(pl.lit("total"))
    # Sums of several frames stand together (parsing.pipeline): an amount's id is the same in all of them, its place in a frame is not.
    key = pl.format("row|{}|{}", pl.lit(axis), "whole_id")
    return _terms(terms, key, pl.lit(check_id), role, pl.format("{} {}", "whole_label", "whole"))


def _balances(figures: pl.DataFrame) -> pl.DataFrame:
    """Tables that print a fund's revenue beside its expenditure: 年初结转和结余 + 本年收入 = 本年支出 + 年末结转和结余 in every row."""
    both = figures.select("at", *LINE, "side", "label", "ticks", "quantum", "two_sided", "measure", "period", "of_which").filter(
        pl.col("two_sided").is_null(), pl.col("measure") == "total", pl.col("period") == "this_year", ~pl.col("of_which").fill_null(False)
    )
    both = both.filter((pl.col("side").n_unique() == 2).over(LINE))
    # Whether the columns of a table balance at all is seen from the table itself.
    signed = pl.when(pl.col("side") == "revenue").then(pl.col("ticks")).otherwise(-pl.col("ticks"))
    rows = both.group_by(LINE).agg(holds=2 * signed.sum().abs() <= pl.col("quantum").sum())
    balanced = rows.group_by("tid").agg(share=pl.col("holds").mean()).filter(pl.col("share") >= 0.5)
    both = both.join(balanced, on="tid", how="semi")
    role = pl.when(pl.col("side") == "revenue").then(pl.lit("total")).otherwise(pl.lit("part"))
    key = pl.format("balance|{}|{}|{}", "tid", "panel", "row")
    subject = pl.concat_str(pl.coalesce("label", pl.lit("合计")), pl.lit(" total"))
    return _terms(both, key, pl.lit("row_sum.balance"), role, subject)


def _ancestors(axis: str, tree: pl.DataFrame) -> pl.DataFrame:
    """(axis, ancestor, distance) of a small tree given as (axis, parent)."""
    step = tree.rename({"parent": "ancestor"}).filter(pl.col("ancestor").is_not_null()).with_columns(distance=pl.lit(1))
    found = [step]
    while not step.is_empty():
        step = (
            step.join(tree.rename({axis: "ancestor"}), on="ancestor")
            .filter(pl.col("parent").is_not_null())
            .select(axis, ancestor="parent", distance=pl.col("distance") + 1)
        )
        found.append(step)
    return pl.concat(found)


def _form_sums(figures: pl.DataFrame) -> pl.DataFrame:
    """资金总额 of a performance form (a panel of its grid) against its split by source, and into basic and project expenditure."""
    forms = figures.filter("is_form")
    total = pl.col("is_total")
    by_source = pl.col("fund_source") != "all"
    # 财政拨款 is itself the sum of the governments' shares where a form prints both.
    shares = pl.col("fund_source").is_in(["central", "provincial", "county"]) & (pl.col("fund_source") == "financial").any().over(
        "tid", "panel", "period"
    )
    parts = forms.filter(~total, ~shares).with_columns(split=pl.when(by_source).then(pl.lit("source")).otherwise(pl.lit("purpose")))
    totals = forms.filter(total).join(parts.select("tid", "panel", "period", "split").unique(), on=["tid", "panel", "period"])
    both = pl.concat([totals.with_columns(role=pl.lit("total")), parts.with_columns(role=pl.lit("part")).select(*totals.columns, "role")])
    key = pl.format("form|{}|{}|{}|{}", "tid", "panel", "period", "split")
    subject = pl.concat_str(pl.coalesce("project_name", "agency_name", pl.lit("")), pl.lit(" 资金总额"))
    return _terms(both, key, pl.lit("item_sum.form"), pl.col("role"), subject, of_which=pl.col("of_which"))


def _item_columns(figures: pl.DataFrame) -> pl.DataFrame:
    """Tables whose columns are items (三公经费): each group heading against the items under it, in one row."""
    items = figures.select("at", "amount_id", *LINE, "column", "period", "statement", "column_item", "row_kind", "of_which").filter(
        pl.col("column_item").is_not_null(), pl.col("statement") == "three_public"
    )
    name = squash(pl.col("column_item")).str.replace_all(r"[“”\"]", "")
    level = pl.coalesce(pl.when(name.str.contains(p)).then(pl.lit(int(v))) for _, p, v in load("item_levels").iter_rows())
    items = items.with_columns(level=pl.when(pl.col("row_kind") == "total").then(0).otherwise(level)).filter(pl.col("level").is_not_null())
    heads = items.select(*LINE, "period", total_id="amount_id", above="level", head_column="column")
    pairs = (
        items.select(*LINE, "period", "amount_id", "level", "column")
        .join(heads, on=[*LINE, "period"])
        .filter(pl.col("above") < pl.col("level"))
    )
    # Of several headings of one level the nearest to the left is meant, else the nearest to the right: no order of rows decides.
    pairs = pairs.with_columns(left=pl.when(pl.col("head_column") < pl.col("column")).then(pl.col("head_column")).otherwise(-1))
    pairs = pairs.sort("above", "left", "head_column", descending=[True, True, False]).unique(
        "amount_id", keep="first", maintain_order=True
    )
    parts = items.join(pairs.select("amount_id", "total_id"), on="amount_id").with_columns(role=pl.lit("part"))
    totals = items.join(pairs.select(amount_id="total_id").unique(), on="amount_id").with_columns(
        total_id=pl.col("amount_id"), role=pl.lit("total")
    )
    both = pl.concat([totals.select(parts.columns), parts])
    key, subject = pl.format("items|{}", "total_id"), pl.coalesce("column_item", pl.lit("合计"))
    return _terms(both, key, pl.lit("item_sum.columns"), pl.col("role"), subject, of_which=pl.col("of_which"))


def _revenue_expenditure(figures: pl.DataFrame) -> pl.DataFrame:
    """收入总计 = 支出总计 in tables that print both sides."""
    grand = figures.filter(
        pl.col("is_total"), pl.col("fund_source") == "all", pl.col("measure").is_in(["amount", "total"]),
        pl.col("statement").is_in(["revenue_expenditure_summary", "appropriation_summary"]),
    )  # fmt: skip
    last = grand.filter(pl.col("row") == pl.col("row").max().over("tid", "side")).unique(["tid", "side"], keep="last", maintain_order=True)
    last = last.filter(pl.len().over("tid") == 2)
    role = pl.when(pl.col("side") == "revenue").then(pl.lit("first")).otherwise(pl.lit("second"))
    key = pl.format("sides|{}", "tid")
    return _terms(last, key, pl.lit("revenue_expenditure.total"), role, pl.lit("收入总计 支出总计"))


def _same_figures(figures: pl.DataFrame) -> pl.DataFrame:
    """The same figure printed in two tables of one document (vocabulary/same_figures.csv)."""
    rules = load("same_figures").with_columns(pl.col("rank").cast(pl.Int32), pl.col("measures").str.split("|")).explode("measures")
    rules = rules.rename({"measures": "measure"}).drop("key")
    # 一、本年支出 is a total as well, beside a 支出总计 that counts what is carried over; 人员经费合计 is one of a panel, not of the table.
    label = squash(pl.col("label")).fill_null("")
    figures = figures.select(
        "at", "doc", "tid", "row", "statement", "side", "measure", "fund_source", "period", "label", "ticks", "quantum", "is_total",
        "is_repeat", "classification_code", "project_name",
    ).filter(pl.col("period") == "this_year")  # fmt: skip
    figures = once_for_each(
        figures,
        ["label"],
        of_kind=label.str.contains("^(?:人员|公用)经费"),
        of_year=label.str.contains(r"^(?:[一二]、)?本年(?:收入|支出)$"),
    )
    grand = (pl.col("is_total") & ~pl.col("of_kind")) | pl.col("of_year")
    code = pl.col("classification_code").fill_null("")
    plain = pl.col("project_name").is_null() & ~grand & ~pl.col("is_repeat")
    figures = figures.with_columns(grand=grand, code=code).filter(pl.col("grand") | (plain & (code != "")))
    matched = figures.join(rules, on=["statement", "side", "measure", "fund_source"], suffix="_rule")
    matched = matched.filter(
        ((pl.col("rows") == "grand_total") & pl.col("grand"))
        | ((pl.col("rows") == "class") & ~pl.col("grand") & (pl.col("code").str.len_chars() == 3))
        | ((pl.col("rows") == "code") & ~pl.col("grand"))
    ).with_columns(code=pl.when("grand").then(pl.lit("")).otherwise(pl.col("code")))
    group = ["doc", "check_id", "code"]
    matched = _comparable(matched)
    # A code that one table prints several times (once for each agency or project) has no single figure there.
    matched = matched.filter(pl.len().over([*group, "tid"]) == 1).sort(*group, "rank", "tid")
    matched = matched.with_columns(nth=pl.int_range(pl.len()).over(group)).filter(pl.len().over(group) > 1)
    first = matched.filter(pl.col("nth") == 0)
    second = matched.filter(pl.col("nth") > 0)
    pairs = second.select(*group, "nth", "statement").rename({"nth": "pair", "statement": "other"})
    firsts = first.join(pairs, on=group).with_columns(role=pl.lit("first"))
    seconds = second.with_columns(pair=pl.col("nth"), other=pl.lit(None, dtype=pl.Utf8), role=pl.lit("second"))
    both = pl.concat([firsts, seconds.select(firsts.columns)])
    key = pl.format("same|{}|{}|{}|{}", "doc", "check_id", "code", "pair")
    subject = pl.concat_str(pl.coalesce("label", pl.lit("合计")), pl.lit(" "), "measure")
    return _terms(both, key, pl.col("check_id"), pl.col("role"), subject, pl.col("other"))


def _comparable(matched: pl.DataFrame) -> pl.DataFrame:
    """Which of several totals is meant, and whether two tables count the same money.

    A summary prints 本年支出合计 and 支出总计; another table's total is one of them, and the nearer one is compared. Codes
    are compared between revenue and expenditure only where the two totals agree: money that is carried over, or of an
    earlier year, makes them differ by right.
    """
    totals = matched.filter("grand")
    target = totals.sort("rank").group_by("doc", "check_id").agg(target=pl.col("ticks").last(), last_rank=pl.col("rank").max())
    totals = totals.join(target, on=["doc", "check_id"]).with_columns(distance=(pl.col("ticks") - pl.col("target")).abs())
    chosen = totals.sort("distance", "row", descending=[False, True]).unique(["doc", "check_id", "tid"], keep="first", maintain_order=True)
    balanced = (
        chosen.filter(pl.col("check_id").is_in(["same_figure.expenditure_total", "same_figure.revenue_total"]))
        .filter(pl.col("rank") == 2)
        .group_by("doc")
        .agg(balanced=pl.col("ticks").max() - pl.col("ticks").min() <= 2 * pl.col("quantum").max())
    )
    codes = matched.filter(~pl.col("grand")).join(balanced, on="doc", how="left")
    codes = codes.filter((pl.col("check_id") != "same_figure.code_amount") | pl.col("balanced").fill_null(True)).drop("balanced")
    return pl.concat([codes, chosen.select(codes.columns)])


def _repeats(figures: pl.DataFrame) -> pl.DataFrame:
    """A row that repeats the total above it without a label, or that a page break printed twice."""
    figures = figures.select("at", *LINE, "column", "ticks", "is_repeat", "previous_total")
    repeats = figures.filter("is_repeat").with_columns(total_row=pl.col("previous_total"))
    totals = figures.join(repeats.select("tid", "panel", "column", row="total_row").unique(), on=[*LINE, "column"]).with_columns(
        total_row=pl.col("row")
    )
    both = pl.concat(
        [totals.with_columns(role=pl.lit("first")), repeats.with_columns(role=pl.lit("second")).select(*totals.columns, "role")]
    )
    both = both.filter(pl.len().over("tid", "panel", "total_row", "column") == 2)
    # A row further down that has no figure of the total repeats nothing: it lost its label.
    total, own = pl.col("ticks").filter(pl.col("role") == "first"), pl.col("ticks").filter(pl.col("role") == "second")
    same = both.group_by("tid", "panel", "total_row", "column").agg(
        same=(total.first() == own.first()) & (own.first() != 0), next=(pl.col("row").max() - pl.col("total_row").first()) == 1
    )
    same = same.group_by("tid", "panel", "total_row").agg(repeats=pl.col("same").any() | pl.col("next").any())
    both = both.join(same.filter("repeats"), on=["tid", "panel", "total_row"], how="semi", maintain_order="left")
    key = pl.format("repeat|{}|{}|{}|{}", "tid", "panel", "total_row", "column")
    return _terms(both, key, pl.lit("same_figure.repeated_row"), pl.col("role"), pl.lit("合计"))


def _described(sums: pl.DataFrame, terms: pl.DataFrame) -> pl.DataFrame:
    """What identities are called: told by their total or first term, whose places `whole_at` and `part_at` tell."""
    wholes, parts, any_term = sums["whole_at"], sums["part_at"], sums.select(pl.coalesce("whole_at", "part_at")).to_series()
    return sums.with_columns(
        *(terms[name].gather(any_term) for name in ("doc", "check_id")),
        *(terms[name].gather(wholes) for name in ("statement", "other_statement", "subject")),
        terms["amount_id"].gather(wholes).alias("whole_id"),
        terms["amount_id"].gather(parts).alias("part_id"),
        pl.col("places").list.unique(maintain_order=True).list.join("、"),
    ).drop("whole_at", "part_at")


def _summed(terms: pl.DataFrame, **further: pl.Expr) -> pl.DataFrame:
    """Residual, tolerance and verdict of each identity, and what is further asked of its terms."""
    sums = terms.group_by("key", maintain_order=True).agg(
        pl.col("tid").first(),
        expected=pl.col("ticks").filter(WHOLE).sum(),
        actual=pl.col("ticks").filter(~WHOLE).sum(),
        half_units=pl.col("quantum").sum(),
        coarsest=pl.col("quantum").max(),
        paired=(pl.col("role") == "first").any(),
        term_count=pl.len().cast(pl.Int32),
        partial=pl.col("of_which").any(),
        wholes=WHOLE.sum(),
        **further,
    )
    sums = sums.with_columns(residual=pl.col("actual") - pl.col("expected"))
    doubled = pl.when("paired").then(2 * pl.col("coarsest")).otherwise(pl.col("half_units"))
    fits = 2 * pl.col("residual").abs() <= doubled
    sums = sums.with_columns(
        doubled_tolerance=doubled,
        verdict=pl.when(pl.col("residual") == 0)
        .then(pl.lit("holds"))
        .when(fits)
        .then(pl.lit("rounding"))
        .otherwise(pl.lit("contradicted")),
    )
    # 其中 rows need not be all parts of their parent: only more than the whole contradicts it, and nothing less proves it.
    incomplete = pl.col("partial") & ~((pl.col("verdict") == "contradicted") & (pl.col("residual") > 0))
    single = (pl.col("wholes") == 1) | pl.col("key").str.starts_with("balance|")
    return sums.filter(~incomplete, single, pl.col("term_count") > 1)
