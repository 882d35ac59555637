"""Accounting identities as data: every sum and every repeated figure that a document prints, with its residual.

A sum holds within half a unit of the last printed place of each of its terms; the same figure printed twice within one
unit of the coarser place. Residual 0 is `holds`, within the tolerance `rounding`, outside `contradicted`.

While it is decided how tables are read, the sums within them are looked for again and again: that is done in integers alone. What an
identity is called is told at the end, by the amounts that are in it.
"""

from functools import cache
from typing import NamedTuple

import polars as pl

from yusuan.parsing.text import once_for_each, squash
from yusuan.parsing.vocabulary import load

LINE = ["tid", "panel", "row"]
# Families of identities. The key of an identity is its family and, below it, the place `at` of an amount that opens no other of them.
TREE, PANEL, MEASURES, FUNDS, BALANCE, ITEMS, FORM, SIDES, SAME, SPLIT, REPEAT = range(11)
# Of these the second figure is the first once more; of the others the terms are a total and its parts.
PAIRED = [SIDES, SAME, SPLIT, REPEAT]
CHECKS = {
    PANEL: "column_sum.total", MEASURES: "row_sum.measure", FUNDS: "row_sum.fund", BALANCE: "row_sum.balance", ITEMS: "item_sum.columns",
    FORM: "item_sum.form", SIDES: "revenue_expenditure.total", SPLIT: "same_figure.basic_total", REPEAT: "same_figure.repeated_row",
}  # fmt: skip
OF_FAMILY = 2**40
# What terms have of their amounts. The families below find sums in a few columns; these are joined to the terms when all are known.
OF_AMOUNT = ["amount_id", "doc", "tid", "ticks", "line", "page", "label"]
# What vocabulary/item_levels.csv calls the level of “三公” itself.
GROUP_LEVEL = 20
# What tells a figure of a row from the others of it.
KIND = ["measure", "fund_source", "period", "column_item"]
# Of the hundred columns that an amount has by now; every join and every filter copies all that it is given.
ALONG_ROWS = [*LINE, "row_id", "column", "statement", "ticks", "quantum", *KIND, "row_kind", "sums_group", "column_of_which", "of_which"]
IN_TABLES = [*ALONG_ROWS, "sum_at", "side", "is_total", "is_repeat", "parent", "two_sided"]
IN_DOCUMENTS = [
    *LINE, "column", "statement", "ticks", "quantum", *KIND, "column_of_which", "of_which", "side", "is_total", "is_repeat", "row_kind",
    "classification_code", "doc", "label", "is_form", "previous_total", "project_name", "part_total",
]  # fmt: skip
IN_NAMES = [
    *KIND, "is_total", "is_agency", "classification_code", "code_source", "economic_code", "label", "project_name", "agency_name",
    "amount_id", "doc", "statement",
]  # fmt: skip


class Sums(NamedTuple):
    """Identities and their terms.

    `found` has key, tid, expected, actual, residual, doubled_tolerance, verdict, term_count, said (whether any figure is not 0), whole_at
    and part_at, the places of the first total and the first part; `terms` has key, at, whole, of_which, also of sums that say nothing.
    """

    found: pl.DataFrame
    terms: pl.DataFrame


def sums_in_tables(figures: pl.DataFrame) -> Sums:
    """The sums within each table. `figures` stand in the order of the print, with row_id and sum_at (amounts.py)."""
    figures = _exact(figures.select(IN_TABLES).with_row_index("at"))
    figures, kinds = _with_kinds(figures)
    known = _numbered(figures)
    families = (
        _tree_sums(known, figures, kinds), _sums_of_panels(known), *_sums_along_rows(known, figures, kinds), _balances(known),
        _item_columns(known),
    )  # fmt: skip
    terms = pl.concat(families, rechunk=True)
    return Sums(_summed(terms, figures), terms)


def row_sums(figures: pl.DataFrame) -> pl.DataFrame:
    """How many sums along the rows of each table hold and fail: tid, holds, fails."""
    figures, kinds = _with_kinds(figures.select(ALONG_ROWS).with_row_index("at"))
    known = _numbered(figures)
    sums = _summed(pl.concat([*_sums_along_rows(known, figures, kinds), _item_columns(known)], rechunk=True), figures)
    return sums.group_by("tid").agg(**_verdicts())


def table_sums(sums: Sums, figures: pl.DataFrame) -> pl.DataFrame:
    """How the sums within each table stand: tid, holds, fails, off (all residuals together, in ticks), orphans; sums of nothing but zeros
    do not count. `figures` are those of the sums."""
    said = sums.found.filter("said").group_by("tid")
    counted = said.agg(**_verdicts(), off=pl.col("residual").abs().sum().cast(pl.Int64))
    alone = orphans(figures).group_by("tid").agg(orphans=pl.len().cast(pl.Int64))
    return counted.join(alone, on="tid", how="full", coalesce=True).with_columns(pl.exclude("tid").fill_null(0))


def orphans(figures: pl.DataFrame) -> pl.DataFrame:
    """tid, panel, column, printed_row of amounts in a column in which the total of their table prints nothing: as if the total were 0."""
    rows = figures.select("tid", "panel", "column", "printed_row", "ticks", "sum_at", "parent", "is_total", "is_repeat")
    totals = rows.filter("is_total").select("tid", "panel").unique()
    rows = rows.filter(
        pl.col("sum_at").is_null(), pl.col("ticks") != 0, pl.col("parent").is_not_null(), ~pl.col("is_total"), ~pl.col("is_repeat")
    )
    return rows.select("tid", "panel", "column", "printed_row").join(totals, on=["tid", "panel"], how="semi")


def placed_at(sums: Sums, places: pl.Series) -> Sums:
    """The same sums of amounts that now stand at other `places`, null for those that are left out."""

    def moved(frame: pl.DataFrame, *names: str) -> pl.DataFrame:
        own = pl.col("key") % OF_FAMILY
        key = (pl.col("key") - own) + pl.lit(places).cast(pl.UInt64).gather(own)
        return frame.with_columns(key, *(pl.lit(places).gather(name).alias(name) for name in names)).filter(pl.col("key").is_not_null())

    return Sums(moved(sums.found, "whole_at", "part_at"), moved(sums.terms, "at"))


def identities_of(figures: pl.DataFrame, *within: Sums) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(identities, terms) of all amounts of a batch; ticks, not yuan, and keys instead of ids. `within` are the sums within tables.

    `figures` has one row per amount: amount_id, doc, tid, panel, row, column, statement, side, labels, ticks, quantum, line, page.
    """
    in_documents = _exact(figures.select(IN_DOCUMENTS).with_row_index("at"))
    known = _numbered(in_documents)
    forms, kinds = _with_kinds(known.filter("is_form").with_columns(row_id=pl.struct(LINE).rank("dense")))
    matched, names = _same_figures(known)
    families = [
        _form_sums(forms), *_sums_along_rows(forms, in_documents, kinds), _revenue_expenditure(known), matched,
        _split_basic_total(known), _repeats(known),
    ]  # fmt: skip
    terms = pl.concat(families, rechunk=True)
    sums = pl.concat([*(part.found for part in within), _summed(terms, in_documents)])
    terms = pl.concat([*(part.terms for part in within), terms], rechunk=True)
    terms = terms.hstack(figures.select(OF_AMOUNT)[terms["at"]])
    paired = family().is_in(PAIRED)
    first = pl.when(paired).then(pl.lit("first")).otherwise(pl.lit("total"))
    second = pl.when(paired).then(pl.lit("second")).otherwise(pl.lit("part"))
    terms = terms.with_columns(role=pl.when("whole").then(first).otherwise(second))
    return _described(sums, terms, figures, names), terms


def columns_of_tree(terms: pl.DataFrame, figures: pl.DataFrame) -> pl.DataFrame:
    """Parts of the sums along the tree of rows, with the column of their sum: at, into."""
    parts = terms.select("key", "at", "whole").filter(family() == TREE, ~pl.col("whole"))
    return parts.select("at", into=pl.lit(figures["column"]).gather(pl.col("key") % OF_FAMILY))


def family() -> pl.Expr:
    """Of the key of an identity: its family."""
    return pl.col("key") // OF_FAMILY


def _key(family: int, at: str | pl.Expr) -> pl.Expr:
    at = pl.col(at) if isinstance(at, str) else at
    return (at.cast(pl.UInt64) + family * OF_FAMILY).alias("key")


def _verdicts() -> dict[str, pl.Expr]:
    failed = pl.col("verdict") == "contradicted"
    return {"holds": (~failed).sum().cast(pl.Int64), "fails": failed.sum().cast(pl.Int64)}


def _numbered(figures: pl.DataFrame) -> pl.DataFrame:
    """Amounts with a number. Their places are still those among all."""
    known = figures["ticks"].is_not_null()
    return figures if known.all() else figures.filter(known)


def _exact(figures: pl.DataFrame) -> pl.DataFrame:
    """A bare 0 has no last place of its own: it is as exact as the finest figure of its table."""
    known = pl.when(pl.col("ticks").is_not_null()).then("quantum")
    finest = figures.select("tid", finest=known).group_by("tid").agg(pl.col("finest").min())
    figures = figures.join(finest, on="tid", how="left", maintain_order="left")
    return figures.with_columns(quantum=pl.when(pl.col("ticks") == 0).then("finest").otherwise("quantum")).drop("finest")


def _terms(frame: pl.DataFrame, key: pl.Expr, whole: pl.Expr, of_which: pl.Expr | None = None) -> pl.DataFrame:
    """key, at, whole, of_which: the same columns of all families."""
    return frame.select(key.alias("key"), "at", whole=whole, of_which=pl.lit(False) if of_which is None else of_which)


def _tree_sums(known: pl.DataFrame, figures: pl.DataFrame, kinds: pl.DataFrame) -> pl.DataFrame:
    """A total, a class, an agency or an item against the rows that stand below it, column by column."""
    parts = known.select("at", "tid", "panel", "row_id", "kind", "ticks", "quantum", "of_which", "sum_at")
    parts = parts.filter(pl.col("sum_at").is_not_null())
    parts = pl.concat([parts.select("at", "sum_at", "of_which"), _instead_of_blanks(known, parts, figures, kinds)])
    totals = parts.select(at=pl.col("sum_at").unique(maintain_order=True))
    totals = totals.filter(figures["ticks"].gather(totals["at"]).is_not_null())
    key = _key(TREE, "sum_at")
    return pl.concat([_terms(totals, _key(TREE, "at"), pl.lit(True)), _terms(parts, key, pl.lit(False), pl.col("of_which"))])


def _instead_of_blanks(known: pl.DataFrame, parts: pl.DataFrame, figures: pl.DataFrame, kinds: pl.DataFrame) -> pl.DataFrame:
    """Parts of sums whose row prints 商品和服务支出 but leaves its 合计 blank: the printed figures stand for the blank one.

    They count only in sums that fail without them.
    """
    column = ["fund_source", "period"]
    plain = kinds.select("measure", *column).unique().with_row_index("plain")
    of_kind = kinds.join(plain, on=["measure", *column], how="left", nulls_equal=True, maintain_order="left")["plain"]
    above = plain.join(_ancestors("measure", "measures"), on="measure").join(
        plain.rename({"plain": "above", "measure": "ancestor"}), on=[*column, "ancestor"]
    )
    above = above.select("plain", "above")
    # Whether a row, and which column of a list, prints a measure is looked up by one integer.
    in_row = pl.col("row_id").cast(pl.UInt64) * plain.height
    in_list = (pl.col("tid").cast(pl.UInt64) * 2**8 + pl.col("panel").cast(pl.UInt64)) * plain.height
    printed = known.select(in_row=in_row, in_list=in_list, column="column").with_columns(plain=pl.lit(of_kind).gather(known["kind"]))
    columns = printed.select(pl.col("in_list") + pl.col("plain"), blank_column="column").unique()
    columns = columns.filter(pl.col("in_list").is_unique())
    some = parts.select("at", in_row=in_row, in_list=in_list, plain=pl.lit(of_kind).gather("kind"))
    wide = some.join(above, on="plain")
    wide = wide.select("at", pl.col("in_row") + pl.col("above"), pl.col("in_list") + pl.col("above")).join(columns, on="in_list")
    covered = wide.join(printed.select(pl.col("in_row") + pl.col("plain")), on="in_row", how="semi").select("at")
    blank = wide.select("at", "blank_column").join(covered, on="at", how="anti")
    if blank.is_empty():
        return parts.select("at", "sum_at", "of_which").clear()
    added = parts.group_by("sum_at").agg(added=pl.col("ticks").sum(), half_units=pl.col("quantum").sum())
    sums = figures.select("row_id", "column", "ticks", "quantum")[added["sum_at"]].hstack(added)
    failing = sums.filter(2 * (pl.col("ticks") - pl.col("added")).abs() > pl.col("half_units") + pl.col("quantum"))
    moved = parts.select("at", "of_which", "sum_at").join(blank, on="at", maintain_order="left")
    moved = moved.select("at", "of_which", row_id=pl.lit(figures["row_id"]).gather("sum_at"), column="blank_column")
    moved = moved.join(failing.select("row_id", "column", "sum_at"), on=["row_id", "column"], maintain_order="left")
    return moved.select("at", "sum_at", "of_which")


def _sums_of_panels(figures: pl.DataFrame) -> pl.DataFrame:
    """Rows of a panel whose total row prints its figure only in a panel further right (支出合计 over 功能分类 | 支出用途)."""
    keys = ["tid", "side", "measure", "fund_source", "period"]
    loose = figures.select(
        "at", *keys, "panel", "is_total", "is_repeat", "sum_at", "of_which", parent_row="parent"
    ).filter(pl.col("sum_at").is_null(), ~pl.col("is_total"), ~pl.col("is_repeat"), pl.col("parent_row").is_not_null())  # fmt: skip
    totals = figures.select("at", *keys, "is_total", total_panel="panel", parent_row="row").filter("is_total")
    panels = loose.group_by(*keys, "panel", "parent_row").agg(first=pl.col("at").min())
    heads = panels.join(totals, on=[*keys, "parent_row"]).filter(pl.col("total_panel") > pl.col("panel"))
    heads = heads.filter(pl.len().over(*keys, "panel", "parent_row") == 1)
    heads = heads.with_columns(first=pl.col("first").min().over("tid", "panel", "parent_row", pl.col("measure").fill_null("?"), "period"))
    parts = loose.join(heads.select(*keys, "panel", "parent_row", "first"), on=[*keys, "panel", "parent_row"])
    key = _key(PANEL, "first")
    return pl.concat([_terms(heads.sort("at"), key, pl.lit(True)), _terms(parts.sort("at"), key, pl.lit(False), pl.col("of_which"))])


def _with_kinds(figures: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Amounts with their `kind` as an integer, and the kinds with KIND."""
    kinds = figures.select(KIND).unique().with_row_index("kind")
    return figures.join(kinds, on=KIND, how="left", nulls_equal=True, maintain_order="left"), kinds


def _sums_along_rows(figures: pl.DataFrame, all_figures: pl.DataFrame, kinds: pl.DataFrame) -> list[pl.DataFrame]:
    """Within a row: 合计 = 基本支出 + 项目支出 and every further split that its columns print, along one axis.

    The parts of a figure are the nearest printed ones below it in the tree of measures (or of fund sources). Whether
    the columns of a table are a complete split is seen from the table itself: where the sum fails in more rows than it
    holds, the columns are not one.
    """
    # A heading 其中：… is a part that is printed beside the whole, not one of its parts.
    within = figures.select("at", "tid", "row_id", "kind", "column_of_which").filter(~pl.col("column_of_which").fill_null(False))
    # What a row prints of a kind is looked up by one integer.
    within = within.select("at", "tid", "kind", in_row=pl.col("row_id").cast(pl.UInt64) * kinds.height)
    once = within.select(pl.col("in_row") + pl.col("kind"), total="at").filter(pl.col("in_row").is_unique())
    found = []
    for family, axis, vocabulary in ((MEASURES, "measure", "measures"), (FUNDS, "fund_source", "fund_sources")):
        same = [name for name in KIND if name != axis]
        of_kind = kinds.join(_ancestors(axis, vocabulary), on=axis)
        of_kind = of_kind.join(kinds.rename({"kind": "above", axis: "ancestor"}), on=[*same, "ancestor"], nulls_equal=True)
        of_kind = of_kind.sort("kind", "distance").select("kind", "above")
        parts = within.join(of_kind, on="kind", maintain_order="left_right")
        parts = parts.select("at", "tid", pl.col("in_row") + pl.col("above"), "above").join(once, on="in_row", maintain_order="left")
        # The nearest comes first.
        parts = parts.filter(pl.col("at").ne_missing(pl.col("at").shift(1)))
        parts = parts.hstack(all_figures.select("ticks", "quantum")[parts["at"]])
        sums = parts.group_by("total", maintain_order=True).agg(
            pl.col("tid", "above").first(), added=pl.col("ticks").sum(), half_units=pl.col("quantum").sum()
        )
        sums = sums.hstack(all_figures.select("ticks", "quantum")[sums["total"]])
        holds = 2 * (pl.col("added") - pl.col("ticks")).abs() <= pl.col("half_units") + pl.col("quantum")
        split = sums.filter(holds.mean().over(pl.col("tid").cast(pl.UInt64) * kinds.height + pl.col("above")) >= 0.5).select(at="total")
        members = parts.select("at", "total").join(split, left_on="total", right_on="at", how="semi", maintain_order="left")
        found += [_terms(split, _key(family, "at"), pl.lit(True)), _terms(members, _key(family, "total"), pl.lit(False))]
    return found


def _balances(figures: pl.DataFrame) -> pl.DataFrame:
    """Tables that print a fund's revenue beside its expenditure: 年初结转和结余 + 本年收入 = 本年支出 + 年末结转和结余 in every row."""
    both = figures.select("at", "tid", "row_id", "side", "ticks", "quantum", "two_sided", "measure", "period", "of_which").filter(
        pl.col("two_sided").is_null(), pl.col("measure") == "total", pl.col("period") == "this_year", ~pl.col("of_which").fill_null(False)
    )
    # Few tables print two sides at all.
    sides = both.group_by("tid").agg(sides=pl.col("side").n_unique()).filter(pl.col("sides") > 1)
    both = both.join(sides, on="tid", how="semi", maintain_order="left").filter((pl.col("side").n_unique() == 2).over("row_id"))
    # Whether the columns of a table balance at all is seen from the table itself.
    signed = pl.when(pl.col("side") == "revenue").then(pl.col("ticks")).otherwise(-pl.col("ticks"))
    rows = both.group_by("row_id").agg(
        pl.col("tid").first(), holds=2 * signed.sum().abs() <= pl.col("quantum").sum(), first=pl.col("at").min()
    )
    balanced = rows.filter(pl.col("holds").mean().over("tid") >= 0.5)
    both = both.join(balanced.select("row_id", "first"), on="row_id", maintain_order="left")
    return _terms(both, _key(BALANCE, "first"), (pl.col("side") == "revenue").fill_null(False))


@cache
def _ancestors(axis: str, vocabulary: str) -> pl.DataFrame:
    """(axis, ancestor, distance) of the small tree that a vocabulary file gives as (axis, parent)."""
    tree = load(vocabulary).select(axis, "parent")
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


def _form_sums(forms: pl.DataFrame) -> pl.DataFrame:
    """资金总额 of a performance form (a panel of its grid) against its split by source, and into basic and project expenditure."""
    total = pl.col("is_total")
    by_source = pl.col("fund_source") != "all"
    # 财政拨款 is itself the sum of the governments' shares where a form prints both.
    shares = pl.col("fund_source").is_in(["central", "provincial", "county"]) & (pl.col("fund_source") == "financial").any().over(
        "tid", "panel", "period"
    )
    parts = forms.filter(~total, ~shares).with_columns(by_source=by_source.fill_null(False))
    split = ["tid", "panel", "period", "by_source"]
    parts = parts.with_columns(first=pl.col("at").min().over(split))
    totals = forms.filter(total).join(parts.select(*split, "first").unique(maintain_order=True), on=split[:3], maintain_order="left_right")
    key = _key(FORM, "first")
    return pl.concat([_terms(totals, key, pl.lit(True), pl.col("of_which")), _terms(parts, key, pl.lit(False), pl.col("of_which"))])


def _item_columns(figures: pl.DataFrame) -> pl.DataFrame:
    """Tables whose columns are items (三公经费): each group heading against the items under it, in one row."""
    items = figures.select("at", "row_id", "column", "period", "statement", "column_item", "row_kind", "sums_group", "of_which").filter(
        pl.col("column_item").is_not_null(), pl.col("statement") == "three_public"
    )
    if items.is_empty():
        return _terms(items, _key(ITEMS, "at"), pl.lit(True))
    name = squash(pl.col("column_item")).str.replace_all(r"[“”\"]", "")
    level = pl.coalesce(pl.when(name.str.contains(p)).then(pl.lit(int(v))) for _, p, v in load("item_levels").iter_rows())
    # A total of the group stands where the group's name would.
    level = pl.when(pl.col("sums_group")).then(GROUP_LEVEL).when(pl.col("row_kind") == "total").then(0).otherwise(level)
    items = items.with_columns(level=level).filter(pl.col("level").is_not_null())
    heads = items.select("row_id", "period", total="at", above="level", head_column="column")
    pairs = (
        items.select("row_id", "period", "at", "level", "column")
        .join(heads, on=["row_id", "period"])
        .filter(pl.col("above") < pl.col("level"))
    )
    # Of several headings of one level the nearest to the left is meant, else the nearest to the right: no order of rows decides.
    pairs = pairs.with_columns(left=pl.when(pl.col("head_column") < pl.col("column")).then(pl.col("head_column")).otherwise(-1))
    pairs = pairs.sort("above", "left", "head_column", descending=[True, True, False]).unique("at", keep="first", maintain_order=True)
    parts = items.select("at", "of_which").join(pairs.select("at", "total"), on="at", maintain_order="left")
    totals = items.select("at", "of_which").join(pairs.select(at="total"), on="at", how="semi", maintain_order="left")
    of_which = pl.col("of_which")
    return pl.concat(
        [_terms(totals, _key(ITEMS, "at"), pl.lit(True), of_which), _terms(parts, _key(ITEMS, "total"), pl.lit(False), of_which)]
    )


def _revenue_expenditure(figures: pl.DataFrame) -> pl.DataFrame:
    """收入总计 = 支出总计 in tables that print both sides."""
    grand = figures.filter("is_total").filter(
        pl.col("fund_source") == "all", pl.col("measure").is_in(["amount", "total"]),
        pl.col("statement").is_in(["revenue_expenditure_summary", "appropriation_summary"]),
    )  # fmt: skip
    last = grand.filter(pl.col("row") == pl.col("row").max().over("tid", "side")).unique(["tid", "side"], keep="last", maintain_order=True)
    last = last.filter(pl.len().over("tid") == 2)
    return _terms(last, _key(SIDES, pl.col("at").min().over("tid")), (pl.col("side") == "revenue").fill_null(False))


def _same_figures(figures: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The same figure printed in two tables of one document (vocabulary/same_figures.csv), and of each pair key, check_id and
    other_statement."""
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
    matched = figures.join(_rules(), on=["statement", "side", "measure", "fund_source"], suffix="_rule")
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
    # One amount may be in several pairs.
    second = matched.filter(pl.col("nth") > 0).with_row_index("pair")
    firsts = second.select(*group, "pair", other_statement="statement").join(first.select(*group, "at"), on=group, maintain_order="left")
    key = _key(SAME, "pair")
    terms = pl.concat([_terms(firsts, key, pl.lit(True)), _terms(second, key, pl.lit(False))])
    return terms, firsts.select(key, "check_id", "other_statement")


@cache
def _rules() -> pl.DataFrame:
    """vocabulary/same_figures.csv with a row for each measure."""
    rules = load("same_figures").with_columns(pl.col("rank").cast(pl.Int32), pl.col("measures").str.split("|")).explode("measures")
    return rules.rename({"measures": "measure"}).drop("key")


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


def _split_basic_total(figures: pl.DataFrame) -> pl.DataFrame:
    """Basic expenditure against 人员经费合计 and 公用经费合计 of a table by economic class that prints no other total."""
    parts = figures.filter(
        pl.col("part_total").is_not_null(), pl.col("row_kind") == "total", pl.col("statement") == "general_budget_basic_by_economic"
    )
    parts = parts.filter(pl.len().over("doc") == 2, pl.col("tid").n_unique().over("doc") == 1)
    whole = figures.filter("is_total").filter(pl.col("statement") == "general_budget_expenditure", pl.col("measure") == "basic")
    whole = whole.filter(pl.col("fund_source") == "general_public", pl.col("period") == "this_year", pl.len().over("doc") == 1)
    whole = whole.join(parts.select("doc").unique(), on="doc", how="semi")
    key = _key(SPLIT, "whole")
    parts = parts.join(whole.select("doc", whole="at"), on="doc", maintain_order="left")
    return pl.concat([_terms(whole.with_columns(whole="at"), key, pl.lit(True)), _terms(parts, key, pl.lit(False))])


def _repeats(figures: pl.DataFrame) -> pl.DataFrame:
    """A row that repeats the total above it without a label, or that a page break printed twice."""
    figures = figures.select("at", *LINE, "column", "ticks", "is_repeat", "previous_total")
    repeats = figures.filter("is_repeat").with_columns(total_row=pl.col("previous_total"))
    totals = figures.join(repeats.select("tid", "panel", "column", row="total_row").unique(), on=[*LINE, "column"]).with_columns(
        total_row=pl.col("row")
    )
    both = pl.concat([totals.with_columns(whole=pl.lit(True)), repeats.with_columns(whole=pl.lit(False)).select(*totals.columns, "whole")])
    both = both.filter(pl.len().over("tid", "panel", "total_row", "column") == 2)
    # A row further down that has no figure of the total repeats nothing: it lost its label.
    total, own = pl.col("ticks").filter("whole"), pl.col("ticks").filter(~pl.col("whole"))
    same = both.group_by("tid", "panel", "total_row", "column").agg(
        same=(total.first() == own.first()) & (own.first() != 0), next=(pl.col("row").max() - pl.col("total_row").first()) == 1
    )
    same = same.group_by("tid", "panel", "total_row").agg(repeats=pl.col("same").any() | pl.col("next").any())
    both = both.join(same.filter("repeats"), on=["tid", "panel", "total_row"], how="semi", maintain_order="left")
    return _terms(both, _key(REPEAT, pl.col("at").max().over("tid", "panel", "total_row", "column")), pl.col("whole"))


def _described(sums: pl.DataFrame, terms: pl.DataFrame, figures: pl.DataFrame, names: pl.DataFrame) -> pl.DataFrame:
    """What identities are called: told by their total or first term. `names` has key, check_id and other_statement of SAME."""
    place = pl.when(pl.col("page").is_not_null()).then(pl.format("第{}页", "page")).otherwise(pl.format("行{}", "line"))
    places = terms.select("key", places=place).group_by("key").agg("places")
    # Lists are joined all at once, groups one by one.
    places = places.with_columns(pl.col("places").list.unique(maintain_order=True).list.join("、"))
    sums = sums.join(places, on="key", how="left", maintain_order="left").join(names, on="key", how="left", maintain_order="left")
    whole = figures.select(pl.col(IN_NAMES).gather(sums["whole_at"]))
    any_term = sums.select(pl.coalesce("whole_at", "part_at")).to_series()
    sums = sums.hstack(whole).with_columns(doc=figures["doc"].gather(any_term), part_id=figures["amount_id"].gather(sums["part_at"]))
    kind, label = family(), pl.coalesce("label", pl.lit("合计"))
    of_tree = (
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
    subject = (
        pl.when(kind == TREE)
        .then(pl.format("{} {}/{}", label, pl.col("measure").fill_null("?"), "fund_source"))
        .when(kind.is_in([MEASURES, SAME, SPLIT]))
        .then(pl.concat_str(label, pl.lit(" "), "measure"))
        .when(kind == FUNDS)
        .then(pl.concat_str(label, pl.lit(" "), "fund_source"))
        .when(kind == PANEL)
        .then(label)
        .when(kind == BALANCE)
        .then(pl.concat_str(label, pl.lit(" total")))
        .when(kind == ITEMS)
        .then(pl.coalesce("column_item", pl.lit("合计")))
        .when(kind == FORM)
        .then(pl.concat_str(pl.coalesce("project_name", "agency_name", pl.lit("")), pl.lit(" 资金总额")))
        .otherwise(pl.when(kind == SIDES).then(pl.lit("收入总计 支出总计")).otherwise(pl.lit("合计")))
    )
    return sums.select(
        "key", "tid", "doc", "expected", "actual", "residual", "doubled_tolerance", "verdict", "term_count", "places", "statement",
        "part_id",
        check_id=pl.coalesce("check_id", pl.when(kind == TREE).then(of_tree).otherwise(kind.replace_strict(CHECKS, default=None))),
        other_statement=pl.coalesce("other_statement", pl.when(kind == SPLIT).then(pl.lit("general_budget_basic_by_economic"))),
        subject=pl.when(pl.col("whole_at").is_not_null()).then(subject),
        whole_id="amount_id",
    )  # fmt: skip


def _summed(terms: pl.DataFrame, figures: pl.DataFrame) -> pl.DataFrame:
    """Residual, tolerance and verdict of each identity."""
    whole, nth = pl.col("whole"), pl.int_range(pl.len(), dtype=pl.UInt32)
    money = terms.hstack(figures.select("tid", "ticks", "quantum")[terms["at"]])
    sums = (
        money.select(
            "key", "tid", "at", "whole", "quantum", "of_which", "ticks",
            expected=pl.when(whole).then("ticks").otherwise(0), whole_nth=pl.when(whole).then(nth), part_nth=pl.when(~whole).then(nth),
        )
        .group_by("key", maintain_order=True)
        .agg(
            pl.col("tid").first(),
            pl.col("expected", "ticks").sum(),
            half_units=pl.col("quantum").sum(),
            coarsest=pl.col("quantum").max(),
            term_count=pl.len().cast(pl.Int32),
            partial=pl.col("of_which").any(),
            wholes=whole.sum(),
            said=(pl.col("ticks") != 0).any(),
            whole_nth=pl.col("whole_nth").min(),
            part_nth=pl.col("part_nth").min(),
        )
    )  # fmt: skip
    doubled = pl.when(family().is_in(PAIRED)).then(2 * pl.col("coarsest")).otherwise("half_units")
    sums = sums.with_columns(actual=pl.col("ticks") - pl.col("expected"), doubled_tolerance=doubled)
    sums = sums.with_columns(residual=pl.col("actual") - pl.col("expected"))
    fits = 2 * pl.col("residual").abs() <= pl.col("doubled_tolerance")
    verdict = pl.when(pl.col("residual") == 0).then(pl.lit("holds")).when(fits).then(pl.lit("rounding")).otherwise(pl.lit("contradicted"))
    # 其中 rows need not be all parts of their parent: only more than the whole contradicts it, and nothing less proves it.
    incomplete = pl.col("partial") & (fits | (pl.col("residual") <= 0))
    single = (pl.col("wholes") == 1) | (family() == BALANCE)
    return sums.filter(~incomplete, single, pl.col("term_count") > 1).select(
        "key", "tid", "expected", "actual", "residual", "doubled_tolerance", "term_count", "said", verdict=verdict,
        whole_at=pl.lit(terms["at"]).gather("whole_nth"), part_at=pl.lit(terms["at"]).gather("part_nth"),
    )  # fmt: skip
