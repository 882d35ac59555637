"""What each row of a table means: codes, names, agencies, projects, totals, and which row stands under which.

Works on body rows only. A row of two side-by-side panels is two rows here, one for each panel.
"""

from functools import cache

import polars as pl

from yusuan.parsing.text import also, name_key, once_for_each, printed, squash, term, without_ordinal
from yusuan.parsing.vocabulary import load

ROW = ["tid", "row"]
PANEL_ROW = ["tid", "panel", "row"]
TOTAL = r"(?:合计|总计)$|^(?:本年|当年)(?:收入|支出)(?:合计|小计|总计)$|^总(?:收入|支出)$"
PLAIN_ROLES = ["agency", "agency_code", "project", "item_group", "project_group", "category", "procurement_class", "procurement_item"]
# 201一般公共服务支出, [2010301]行政运行.
INLINE_CODE = r"^[\[【]?(\d{3,7})(?:[\]】]|[^\d.、．,%)）])"
# Codes of revenue (101-110), functions (201-234), and economic classes of departments (301-399) and of governments (501-599).
CLASSED = r"^(?:1(?:0[1-9]|10)|2(?:[0-2]\d|3[0-4])|3(?:0\d|1[0-6]|99)|5(?:[01]\d|99))(?:\d{2}){0,2}$"
# The scheme of economic codes that stand beside those of functions.
BESIDE = "economic_beside"
AGENCY_CODE = r"^\d{3,9}$"
# One item name may well stand twice for one agency; several that come again after a break do not by chance.
MOST_CHANCE_REPEATS = 2
NOT_AN_AGENCY = r"费|经费|项目|建设|补助|奖|资金|工程|工作|采购|维护|专项|支出|补贴|工资|保险|公积金"
# Levels of the row tree; a row stands under the nearest row above it with a smaller level.
LEVELS = {"agency": 1, "sub_agency": 2, "category": 3, "group": 4, "plain": 5, "item": 10, "child": 60}
NUMBERING = [
    (r"^[一二三四五六七八九十百]+[、.．]", 10),
    (r"^\([一二三四五六七八九十百]+\)", 20),
    (r"^\d+[、.．]\D", 30),
    (r"^\(\d+\)", 40),
    (r"^[①-⑳]", 50),
]


# What an amount keeps of its row; and what else tells of agencies that were lost with a page.
OF_ROW = [
    "tid", "panel", "row", "document_id", "statement", "scheme", "name_scheme", "breakdown", "row_kind", "is_total", "is_repeat",
    "is_agency", "of_which", "opened_by_which", "parent", "parent_id", "previous_total", "code", "code_source", "classification_code",
    "economic_code", "government_code", "government_name", "agency", "agency_code", "agency_source", "project", "project_code",
    "project_group", "category", "procurement_class", "procurement_item", "name", "plain_name", "item", "group", "joined", "part_total",
    "again_of", "economic_beside_name",
]  # fmt: skip
OF_AGENCIES = ["own_agency", "breaks"]


def part_totals() -> pl.DataFrame:
    """Labels of totals over some classes only (人员经费合计), with the codes of those classes."""
    return load("part_totals").drop("seen_in")


def move_cells(body: pl.DataFrame, shifts: pl.DataFrame | None) -> pl.DataFrame:
    """Body cells with the column that they belong to (`shifts`: tid, row, column, to); moved ones carry the repair `shifted_cells`.

    `printed_column` keeps the column that a cell is printed in.
    """
    body = body.with_columns(printed_column=pl.col("column"), repair=pl.col("number_repair"))
    if shifts is None or shifts.is_empty():
        return body
    body = body.join(shifts, on=[*ROW, "column"], how="left", maintain_order="left")
    moved = pl.when(pl.col("to").is_not_null()).then(pl.lit("shifted_cells"))
    return body.with_columns(column=pl.coalesce("to", "column"), repair=also(pl.col("repair"), moved)).drop("to")


def fold_panels(body: pl.DataFrame, prints: pl.DataFrame, columns: pl.DataFrame, tables: pl.DataFrame) -> pl.DataFrame:
    """One list that is set in two columns of the page is read as one list again.

    Panels side by side are two sides (收入 | 支出), or one list broken in the middle (301 … | 302 …). The second has panels
    of equal build and at most one total in all of them; its later panels are put below the first, keeping the printed
    place of every cell in printed_row and printed_column.
    """
    body = body.with_columns(printed_row=pl.col("row"))
    build = columns.filter(pl.col("kind") == "amount").group_by("tid", "panel").agg(build=pl.len())
    several = build.group_by("tid").agg(panels=pl.col("panel").max(), builds=pl.col("build").n_unique())
    one_sided = tables.filter(pl.col("two_sided").is_null()).select("tid")
    folded = several.filter(pl.col("panels") > 1, pl.col("builds") == 1).join(one_sided, on="tid", how="semi").select("tid")
    if folded.is_empty():
        return body
    whole = pl.col("bare").str.contains(TOTAL) & ~pl.col("bare").is_in(part_totals()["term"].implode())
    labels = body.select("tid", "panel", "row", "is_amount", "cell").filter(
        ~pl.col("is_amount"), pl.col("tid").is_in(folded["tid"].implode())
    )
    labels = labels.with_columns(prints["bare"].gather(labels["cell"]))
    totals = labels.filter(whole).select("tid", "panel", "row").unique().group_by("tid").agg(totals=pl.len())
    folded = folded.join(totals, on="tid", how="left").filter(pl.col("totals").fill_null(0) <= 1).select("tid")
    if folded.is_empty():
        return body
    places = columns.filter(pl.col("panel").is_not_null()).join(folded, on="tid", how="semi").select("tid", "panel", "column")
    places = places.sort("tid", "panel", "column").with_columns(place=pl.int_range(pl.len()).over("tid", "panel"))
    first = places.filter(pl.col("panel") == 1).select("tid", "place", onto="column")
    moves = places.filter(pl.col("panel") > 1).join(first, on=["tid", "place"]).select("tid", "column", "onto")
    height = body.group_by("tid").agg(height=pl.col("row").max())
    body = body.join(moves, on=["tid", "column"], how="left", maintain_order="left").join(
        height, on="tid", how="left", maintain_order="left"
    )
    moved = pl.col("onto").is_not_null()
    return body.with_columns(
        row=pl.when(moved).then(pl.col("row") + (pl.col("panel") - 1) * pl.col("height")).otherwise(pl.col("row")).cast(pl.Int32),
        column=pl.coalesce("onto", "column"),
        panel=pl.when(moved).then(1).otherwise(pl.col("panel")).cast(pl.Int32),
    ).drop("onto", "height")


def label_rows(
    cells: pl.DataFrame, prints: pl.DataFrame, columns: pl.DataFrame, amounts: pl.DataFrame, tables: pl.DataFrame
) -> pl.DataFrame:
    """One row per (tid, panel, row) of the body with its labels, kind and place in the row tree; `parent` is the row that it stands under,
    and parent_id the place of that among all.

    `cells` are body cells with their list_row (with_lines) and their column's panel and place among `columns` (meant), which have role and
    column_scheme; `prints` has their texts by their place `cell`; `amounts` are those of them that are amounts, with ticks.
    """
    labels = _labels(cells, prints, columns, amounts)
    labels = labels.join(_printed_again(cells, prints, labels), on="list_row", how="left", maintain_order="left")
    labels = labels.join(
        tables.select("tid", "document_id", "statement", "scheme", "breakdown"), on="tid", how="left", maintain_order="left"
    )
    labels = _recognise(_with_places(_join_broken_names(labels)))
    labels = _roll_ups_by_name(labels)
    labels = _codes(labels)
    return _tree(_levels(_fill_down(labels))).select(*OF_ROW, *OF_AGENCIES)


def _printed_again(cells: pl.DataFrame, prints: pl.DataFrame, labels: pl.DataFrame) -> pl.DataFrame:
    """list_row, again_of: rows after a break that repeat the labels and all figures of the row before it, which is again_of."""
    before = labels.select(
        "list_row", "breaks", "figures", "text_count", again_of=_beside(pl.col("row"), 1), row_before=_beside(pl.col("list_row"), 1)
    )
    pairs = before.filter("breaks", pl.col("figures") > 0, pl.col("text_count") > 0, pl.col("again_of").is_not_null())
    # Few rows stand after a break: only what they and the rows before them print is put together.
    asked = pl.concat([pairs["list_row"], pairs["row_before"]]).unique()
    shown = cells.select("list_row", "column", "cell").filter(pl.col("list_row").is_in(asked.implode())).sort("list_row", "column")
    shown = shown.with_columns(prints["squashed"].gather(shown["cell"]))
    shown = shown.select("list_row", shown=pl.concat_str("column", "squashed", separator=":"))
    shown = shown.group_by("list_row", maintain_order=True).agg(pl.col("shown").str.join("|"))
    pairs = pairs.join(shown, on="list_row").join(shown.rename({"shown": "before"}), left_on="row_before", right_on="list_row")
    return pairs.filter(pl.col("shown") == pl.col("before")).select("list_row", "again_of")


def carry_labels(cells: pl.DataFrame, columns: pl.DataFrame) -> pl.DataFrame:
    """A label merged over the label columns of several panels (支出合计) labels the row in each of them.

    Where the format kept the merge, its width tells; where it did not, amounts without a label stand right of a label
    without amounts.
    """
    others = columns.filter(pl.col("kind") == "label").select("tid", "panel", "column", "meant")
    others = others.unique(["tid", "panel"], keep="first", maintain_order=True)
    if others.height == others["tid"].n_unique():
        return cells
    amounts, label = pl.col("is_amount") & pl.col("number").is_not_null(), ~pl.col("is_amount") & pl.col("number").is_null()
    several = others.filter(pl.len().over("tid") > 1)["tid"].unique()
    # Few tables have several panels, and of their cells this is asked; the copies are made of whole cells.
    some = cells.select(*PANEL_ROW, "column", "column_span", "is_amount", "number").with_row_index("nth")
    some = some.filter(pl.col("tid").is_in(several.implode()))
    held = some.group_by(PANEL_ROW).agg(amounts=amounts.any(), labels=(~pl.col("is_amount")).any())
    bare = held.filter("amounts", ~pl.col("labels")).select("tid", "row", panel_other="panel")
    idle = held.filter("labels", ~pl.col("amounts")).select("tid", "row", "panel")
    lent = idle.join(bare, on=ROW).filter(pl.col("panel_other") == pl.col("panel") + 1)
    rest = [name for name in others.columns if name not in ("tid", "panel")]
    others = others.rename({"panel": "panel_other", **{name: f"{name}_other" for name in rest}})
    wide = some.filter(label, pl.col("column_span") > 1).join(others, on="tid").filter(
        pl.col("panel_other") != pl.col("panel"), pl.col("column_other") > pl.col("column"),
        pl.col("column_other") < pl.col("column") + pl.col("column_span"),
    )  # fmt: skip
    narrow = some.filter(label).join(lent, on=PANEL_ROW).join(others, on=["tid", "panel_other"])
    copies = pl.concat([wide.select(narrow.columns), narrow]).unique(
        [*ROW, "panel_other", "column_other"], keep="first", maintain_order=True
    )
    if copies.is_empty():
        return cells
    theirs = copies.select(panel="panel_other", column="column_other", meant="meant_other")
    moved = cells[copies["nth"]].with_columns(theirs)
    return pl.concat([cells, moved]).sort("tid", "row", "column")


def with_lines(cells: pl.DataFrame) -> pl.DataFrame:
    """Cells with `list_row`: the rows of all panels are numbered in the order of PANEL_ROW."""
    # One integer for three keys is grouped and joined in a third of the time. Cells of one row stand together.
    keys = cells.select(pl.col("tid").cast(pl.UInt64) * 2**40 + pl.col("panel").cast(pl.UInt64) * 2**32 + pl.col("row")).to_series()
    rows = keys.rle().struct.field("value")
    return cells.with_columns(list_row=rows.unique().sort().search_sorted(rows).gather(keys.rle_id()))


def _labels(cells: pl.DataFrame, prints: pl.DataFrame, columns: pl.DataFrame, amounts: pl.DataFrame) -> pl.DataFrame:
    labels = cells.group_by("list_row").agg(
        pl.col(*PANEL_ROW, "breaks").first(), text_count=(~pl.col("is_amount") & pl.col("number").is_null()).sum()
    )
    figures = amounts.group_by("list_row").agg(figures=pl.len(), first_figure=pl.col("ticks").first())
    labels = labels.sort("list_row").join(figures, on="list_row", how="left", maintain_order="left")
    labels = labels.with_columns(pl.col("figures").fill_null(0), list=pl.struct("tid", "panel").rle_id())
    label_cells = cells.select("list_row", "meant", "cell", "is_amount", says=pl.col("number").is_null()).filter(~pl.col("is_amount"))
    # Labels are few texts: cells have their number, and the texts are looked up at the end.
    words = prints["text_id"].gather(label_cells["cell"])
    texts = pl.DataFrame([words, label_cells["cell"]]).unique("text_id").with_row_index("said")
    said = words.to_frame().join(texts.select("text_id", "said"), on="text_id", how="left", nulls_equal=True, maintain_order="left")
    texts = prints.select("text", "squashed", "bare")[texts["cell"]]
    digits = pl.col("squashed").str.replace_all(r"\D", "")
    texts = texts.with_columns(shown=printed(pl.col("text")), digits=digits, totals=pl.col("bare").str.contains(TOTAL))
    # 201 | 03 | 01 and 301 | 1 are one code; the second and third part have two digits.
    part = pl.when(pl.col("digits").str.len_chars() == 1).then(pl.lit("0") + pl.col("digits")).otherwise("digits")
    coded = pl.col("digits") != ""
    texts = texts.with_columns(part=part, coded=coded, digits_only=coded & (pl.col("digits") == pl.col("squashed")))
    label_cells = label_cells.select("list_row", "says").with_columns(
        said["said"],
        *(columns[name].gather(label_cells["meant"]) for name in ("role", "column_scheme")),
        list=labels["list"].gather(label_cells["list_row"]),
    )
    label_cells = _schemes_of_lists(label_cells)
    by_role = label_cells.partition_by("role", as_dict=True)
    cells_of = {role: by_role.get((role,), label_cells.clear()) for role in ("code", "name", "project_code", "label", *PLAIN_ROLES)}
    scheme = pl.col("column_scheme").fill_null("")
    government, beside = scheme == "government", scheme == BESIDE
    # Few cells have each role: small groups joined to the rows are cheaper than conditions inside one grouping of all cells.
    for name, condition in (("code", ~government & ~beside), ("government_code", government), ("economic_beside", beside)):
        codes = cells_of["code"].filter(condition & texts["coded"].gather(cells_of["code"]["said"]))
        codes = codes.select("list_row", texts["part"].gather(codes["said"]).alias(name))
        in_parts = codes["list_row"].is_duplicated()
        if in_parts.any():
            parts = codes.filter(in_parts).group_by("list_row").agg(name)
            codes = pl.concat([codes.filter(~in_parts), parts.with_columns(pl.col(name).list.join(""))])
        labels = labels.join(codes, on="list_row", how="left", maintain_order="left")
    names = cells_of["name"]
    stray = pl.col("role").is_in(["category", "project", "agency", "name", "project_code"])
    wanted = {
        "name": (names.filter(~government & ~beside), "shown"),
        "government_name": (names.filter(government), "shown"),
        "economic_beside_name": (names.filter(beside), "shown"),
        "project_code": (cells_of["project_code"], "squashed"),
        "stray_code": (label_cells.filter(texts["digits_only"].gather(label_cells["said"])).filter(stray), "squashed"),
        "text": (cells_of["label"].filter("says"), "shown"),
        "first_text": (label_cells.filter("says"), "shown"),
        "total_text": (label_cells.filter(texts["totals"].gather(label_cells["said"])).filter("says"), "shown"),
        **{role: (cells_of[role], "shown") for role in PLAIN_ROLES},
    }
    places = _first_said([found for found, _ in wanted.values()], labels.height)
    nothing = pl.lit(None, dtype=pl.Utf8)
    labels = labels.with_columns(
        (nothing if found.is_empty() else texts[form].gather(at)).alias(name)
        for at, (name, (found, form)) in zip(places, wanted.items(), strict=True)
    )
    schemes = names.filter(~government).filter(pl.col("list").is_first_distinct()).select("list", name_scheme="column_scheme")
    labels = labels.join(schemes, on="list", how="left", maintain_order="left")
    return labels.with_columns(name=pl.coalesce("name", "text")).drop("text")


def _first_said(wanted: list[pl.DataFrame], rows: int) -> list[pl.Series]:
    """Of each row the text that the first of these cells says, one column for each frame of cells."""
    # All columns in one, one below the other.
    at = pl.concat([cells["list_row"] + nth * rows for nth, cells in enumerate(wanted)])
    said, first = pl.concat([cells["said"] for cells in wanted]), at.is_first_distinct()
    column = pl.repeat(None, rows * len(wanted), dtype=pl.UInt32, eager=True).scatter(at.filter(first), said.filter(first))
    return [column.slice(nth * rows, rows) for nth in range(len(wanted))]


def _schemes_of_lists(cells: pl.DataFrame) -> pl.DataFrame:
    """Label cells with the scheme that their codes have beside the others of the list.

    Where a list prints codes of functions and of economic items (2080201 | 30101), those of the items have a scheme of their own: they
    are no continuation of the function's code. Where it prints codes of governments alone (501 | 50101), they are the codes of its rows.
    """
    codes = cells.filter(pl.col("role") == "code").select("list", "column_scheme").unique()
    codes = codes.group_by("list").agg(schemes=pl.col("column_scheme"))
    of = pl.col("schemes").list
    both = of.contains("function") & of.contains("economic")
    alone = (of.len() == 1) & of.contains("government")
    odd = codes.select("list", both=both, alone=alone).filter(pl.col("both") | pl.col("alone"))
    if odd.is_empty():
        return cells
    cells = cells.join(odd, on="list", how="left", maintain_order="left")
    own = pl.col("both") & (pl.col("column_scheme") == "economic") & pl.col("role").is_in(["code", "name"])
    scheme = pl.when(own).then(pl.lit(BESIDE)).when(pl.col("alone").fill_null(False)).then(None).otherwise("column_scheme")
    return cells.with_columns(column_scheme=scheme).drop("both", "alone")


def _beside(value: pl.Expr, by: int) -> pl.Expr:
    """A value of the row so many rows before, in the same list: rows of one list stand together, in the order of the print."""
    return pl.when(pl.col("list") == pl.col("list").shift(by)).then(value.shift(by))


def _with_places(labels: pl.DataFrame) -> pl.DataFrame:
    """Rows with `nth`, their place among all; `list` and `end` are from here on the places of the first and the last row of their list.

    What the nearest row says is then a value at a place: over the whole frame that is found in a fifth of the time of a window.
    """
    nth = pl.int_range(pl.len(), dtype=pl.UInt32)
    first, last = ((pl.col("list") != pl.col("list").shift(by)).fill_null(True) for by in (1, -1))
    return labels.with_columns(nth=nth, list=pl.when(first).then(nth).forward_fill(), end=pl.when(last).then(nth).backward_fill())


def _last(holds: pl.Expr, since: str = "list") -> pl.Expr:
    """The place of the nearest row up to this one, in its list or section, of which something holds."""
    at = pl.when(holds).then("nth").forward_fill()
    return pl.when(at >= pl.col(since)).then(at)


def _next(holds: pl.Expr) -> pl.Expr:
    """The place of the nearest row from this one on, in its list, of which something holds."""
    at = pl.when(holds).then("nth").backward_fill()
    return pl.when(at <= pl.col("end")).then(at)


def _last_value(name: str, since: str = "list") -> pl.Expr:
    """What the nearest row up to this one, in its list or section, says."""
    return pl.col(name).gather(_last(pl.col(name).is_not_null(), since))


def _join_broken_names(labels: pl.DataFrame) -> pl.DataFrame:
    """A row of text alone right after a page break is the end of the name above it; it is joined and left out."""
    projects = pl.col("breakdown") == "project"
    alone = projects & pl.col("breaks") & (pl.col("figures") == 0) & pl.col("code").is_null() & pl.col("project_code").is_null()
    rest = alone & pl.col("project").is_not_null() & (pl.col("agency").is_null()) & pl.col("category").is_null()
    labels = _join_cut_labels(labels.with_columns(rest=rest.fill_null(False)))
    if not labels["rest"].any():
        return labels.with_columns(joined=pl.lit(False)).drop("rest")
    tail = pl.when(_beside(pl.col("rest"), -1)).then(_beside(pl.col("project"), -1))
    joined = pl.when(tail.is_not_null()).then(pl.col("project") + tail).otherwise(pl.col("project"))
    return labels.with_columns(project=joined, joined=tail.is_not_null()).filter(~pl.col("rest")).drop("rest")


def _join_cut_labels(labels: pl.DataFrame) -> pl.DataFrame:
    """A label that a page break cut in two (当年收入 | 小计), or the name of a code over two lines: together they are a known term."""
    texts = labels.select("list", "figures", "text_count", "code", "breaks", "first_text").with_row_index("at")
    alone = texts.filter(pl.col("figures") == 0, pl.col("text_count") == 1, pl.col("code").is_null() | pl.col("breaks"))
    # The second line of a name has no number of its own.
    alone = alone.filter(pl.col("breaks") | ~pl.col("first_text").str.contains(r"^[一二三四五六七八九十(（\d]"))
    alone = alone.join(texts.select("list", at=pl.col("at") + 1, opening="first_text"), on=["list", "at"])
    totals = load("row_terms").filter(pl.col("kind") == "total")["term"].implode()
    classes = pl.concat([_keyed(list_)["key"] for list_ in ("function_classes", "economic_codes")]).unique().implode()
    whole, text = pl.col("opening") + pl.col("first_text"), pl.col("first_text")
    known = (pl.col("breaks") & term(whole).is_in(totals)) | (name_key(whole).is_in(classes) & ~name_key(text).is_in(classes))
    cut = alone.filter(known).select("at", ended=whole)
    if cut.is_empty():
        return labels
    labels = labels.with_row_index("at").join(cut.select("at"), on="at", how="anti", maintain_order="left")
    labels = labels.join(cut.select(at=pl.col("at") - 1, ended="ended"), on="at", how="left", maintain_order="left")
    mended = [
        pl.when(pl.col(c) == pl.col("first_text")).then(pl.coalesce("ended", c)).otherwise(pl.col(c)).alias(c) for c in ("name", "project")
    ]
    total = pl.when(term(pl.col("ended")).str.contains(TOTAL)).then(pl.col("ended"))
    return (
        labels.with_columns(*mended, total_text=pl.coalesce(total, "total_text"))
        .with_columns(first_text=pl.coalesce("ended", "first_text"))
        .drop("at", "ended")
    )


def _recognise(labels: pl.DataFrame) -> pl.DataFrame:
    """Totals and agency rows."""
    empty = pl.col("text_count") == 0
    with_figures = pl.col("figures") > 0
    # Under a group label (一般公共预算资金 | 小计) the row is written group/小计; without its own label it is the group.
    own = pl.coalesce("name", "project")
    labels = labels.with_columns(group=pl.when(own.is_not_null()).then(_last_value("item_group")))
    sum_of_group = squash(pl.when(pl.col("group").is_not_null()).then(own)).is_in(["小计", "合计"])
    labels = labels.with_columns(
        sum_of_group=sum_of_group.fill_null(False),
        item=pl.coalesce(
            pl.when(sum_of_group).then(pl.col("group") + "/" + own),
            "name",
            "project",
            "item_group",
            "agency",
            "category",
            "project_group",
            "first_text",
        ),
        nameless=empty & pl.col("stray_code").is_null() & pl.col("code").is_null() & pl.col("agency_code").is_null() & with_figures,
        number=pl.col("nth") - pl.col("list"),
    )
    # Aggregated by itself a window is a third of what a filter inside it takes.
    at_figures = pl.when(pl.col("figures") > 0).then("nth")
    first_figures = pl.col("nth") == at_figures.min().over("list")
    parts = part_totals()
    total_term = term(pl.col("total_text"))
    labels = labels.with_columns(part_total=pl.when(total_term.is_in(parts["term"].implode())).then(total_term))
    any_total = (pl.col("total_text").is_not_null() & ~pl.col("sum_of_group") & pl.col("part_total").is_null()).fill_null(False)
    # A table that prints no other total may open or close with one that has no label.
    last_figures = pl.col("nth") == at_figures.max().over("list")
    alone = pl.col("nameless").sum().over("list") == 1
    bare_total = pl.col("nameless") & (first_figures | (last_figures & alone & ~any_total.any().over("list")))
    total = any_total | bare_total
    labels = labels.with_columns(
        is_total=total.fill_null(False),
        is_repeat=((pl.col("nameless") & ~bare_total) | pl.col("again_of").is_not_null()).fill_null(False),
        item=pl.when(any_total | pl.col("part_total").is_not_null()).then(pl.col("total_text")).otherwise(pl.col("item")),
    )
    # An agency's code in the agency column, among classification codes, or in the column of another label.
    scheme_code = pl.col("code").str.contains(r"^(?:[1-5]\d{2}(?:\d{2}){0,2})$")
    labels = labels.with_columns(
        own_code=squash(pl.col("agency_code")), scheme_code=scheme_code, number_code=pl.col("code").str.contains(AGENCY_CODE),
        stray=pl.col("stray_code").str.contains(AGENCY_CODE) & (pl.col("text_count") >= 1),
    )  # fmt: skip
    own_code, scheme_code = pl.col("own_code"), pl.col("scheme_code")
    in_code = ~scheme_code & pl.col("number_code")
    code = pl.coalesce(own_code, pl.when(in_code).then("code"), pl.when("stray").then("stray_code"))
    beside = pl.col("first_text")
    # A unit's code beside a classification code says whose money the row is; alone it makes the row the unit's own.
    # So it does beside the unit's name where the row names a project or a thing besides.
    titled = pl.col("agency").is_not_null() & pl.any_horizontal(pl.col("project", "name").is_not_null())
    owner = own_code.is_not_null() & (scheme_code.fill_null(False) | titled)
    is_agency = code.is_not_null() & ~pl.col("is_total") & ~owner.fill_null(False)
    labels = labels.with_columns(is_agency=is_agency.fill_null(False), owner_code=pl.when(owner).then(own_code))
    return labels.with_columns(
        agency_code=pl.when("is_agency").then(code),
        agency=pl.when("is_agency")
        .then(pl.coalesce(pl.when(pl.col("agency_code").is_null()).then(beside), pl.col("name"), beside))
        .otherwise(pl.col("agency")),
        code=pl.when(in_code).then(None).otherwise(pl.col("code")),
        project=pl.when(pl.col("is_agency") | pl.col("is_total") | pl.col("group").is_not_null()).then(None).otherwise(pl.col("project")),
        project_code=pl.when("is_agency").then(None).otherwise(pl.col("project_code")),
        category=pl.when("is_agency").then(None).otherwise(pl.col("category")),
        name=pl.when("is_agency").then(None).otherwise(pl.col("name")),
    ).with_columns(item=pl.when("is_agency").then(pl.col("agency")).otherwise(pl.col("item")))


def _roll_ups_by_name(labels: pl.DataFrame) -> pl.DataFrame:
    """Agencies that stand in the column of projects, or of names of classes, as headings over what is theirs.

    A name that ends like an agency's is a heading when the figures below it, down to the next such name, add up to its
    own (to within half a unit of 0.01 for each), or when it opens or closes the table and stands for the missing total.
    """
    suffix = "(?:" + "|".join(load("agency_suffixes")["suffix"].str.replace_all(r"([()])", r"\$1")) + ")$"
    uncoded = pl.col("breakdown").is_in(["function", "economic"]) & pl.col("code").is_null()
    listed = (pl.col("breakdown") == "project") | uncoded
    heading_name = pl.when(listed).then(pl.coalesce("project", "name"))
    # 农业农村厅机关, 统计局（本级） are named like their agency.
    name = squash(pl.col("heading_name")).str.replace(r"(?:机关|本级|本部|[(（][^()（）]*[)）])+$", "")
    labels = once_for_each(
        labels.with_columns(heading_name=heading_name), ["heading_name"],
        like_agency=name.str.contains(suffix) & ~name.str.contains(NOT_AN_AGENCY),
    )  # fmt: skip
    candidate = pl.col("agency").is_null() & ~pl.col("is_total") & (pl.col("figures") > 0) & pl.col("like_agency")
    labels = labels.with_columns(candidate=candidate.fill_null(False)).drop("like_agency")
    if not labels["candidate"].any():
        return labels.drop("candidate", "heading_name")
    lists = labels.filter("candidate").select("list").unique()
    rows = labels.select("list", "row", "candidate", "code", "first_figure", "is_total").join(
        lists, on="list", how="semi", maintain_order="left"
    )
    rows = rows.with_columns(block=pl.col("candidate").cum_sum().over("list"))
    # 301 counts with its items 30101 and 30102 only.
    after = _beside(pl.col("code"), -1)
    has_items = (after.str.starts_with(pl.col("code")) & (after != pl.col("code"))).fill_null(False)
    rows = rows.with_columns(has_items=has_items, figure=pl.when(~has_items).then("first_figure").fill_null(0))
    block = ["list", "block"]
    rows = rows.with_columns(
        below=(pl.col("figure").sum() - pl.col("figure").first()).over(block), members=(~pl.col("has_items")).sum().over(block) - 1,
        no_total=~pl.col("is_total").any().over("list"),
    )  # fmt: skip
    members, no_total = pl.col("members"), pl.col("no_total")
    tolerance = 50 * 10_000 * (members + 1)
    opens = (pl.col("block") == 1) & (members == 0)
    heading = pl.col("candidate") & ((pl.col("below") - pl.col("first_figure")).abs() <= tolerance) & (members > 0)
    rows = rows.with_columns(heading=heading, opens=pl.col("candidate") & opens & no_total)
    closes = pl.col("candidate") & (members == 0) & (pl.col("block") == pl.col("block").max().over("list")) & no_total
    closes = closes & ~pl.col("opens").any().over("list") & pl.col("heading").any().over("list")
    headings = pl.when("heading").then(pl.col("first_figure")).sum().over("list")
    closes = closes & ((headings - pl.col("first_figure")).abs() <= 50 * 10_000 * pl.len().over("list"))
    rows = rows.with_columns(stands_for_total=pl.col("opens") | closes).filter(pl.col("heading") | pl.col("stands_for_total"))
    labels = labels.join(rows.select("list", "row", "stands_for_total"), on=["list", "row"], how="left", maintain_order="left")
    stands_for_total = pl.col("stands_for_total").fill_null(False)
    return (
        labels.with_columns(named=pl.col("stands_for_total").is_not_null(), stands_for_total=stands_for_total)
        .with_columns(
            agency=pl.when("named").then("heading_name").otherwise(pl.col("agency")),
            item=pl.when("named").then("heading_name").otherwise(pl.col("item")),
            name=pl.when(pl.col("named") & (pl.col("name") == pl.col("heading_name"))).then(None).otherwise(pl.col("name")),
            project=pl.when("named").then(None).otherwise(pl.col("project")),
            is_agency=pl.col("is_agency") | (pl.col("named") & ~pl.col("stands_for_total")),
            is_total=pl.col("is_total") | pl.col("stands_for_total"),
        )
        .drop("candidate", "heading_name", "named", "stands_for_total")
    )


def _codes(labels: pl.DataFrame) -> pl.DataFrame:
    """Classification and economic codes of each row: printed, in front of the name, or resolved from the name."""
    labels = _of_names(labels)
    inline = pl.col("inline")
    coded_name = pl.col("code").is_null() & inline.str.contains(CLASSED) & ~pl.col("is_total") & ~pl.col("is_agency")
    labels = labels.with_columns(code=pl.when(coded_name).then(inline).otherwise(pl.col("code")))
    labels = labels.with_columns(code_source=pl.when(pl.col("code").is_not_null()).then(pl.lit("printed")))
    labels = labels.with_columns(code=pl.when(pl.col("is_total") | pl.col("is_agency")).then(None).otherwise(pl.col("code")))
    # A row without a code between a class and its items is the level between them.
    shifted = {name: _beside(pl.col("code"), by) for name, by in (("code_before", 1), ("code_after", -1))}
    labels = labels.with_columns(**shifted)
    before, after = pl.col("code_before"), pl.col("code_after")
    between = (
        pl.col("code").is_null() & pl.col("name").is_not_null() & ~pl.col("is_total") & (before.str.len_chars() == 3)
        & (after.str.len_chars() == 7) & after.str.starts_with(before)
    ).fill_null(False)  # fmt: skip
    labels = labels.with_columns(
        code=pl.when(between).then(after.str.slice(0, 5)).otherwise(pl.col("code")),
        code_source=pl.when(between).then(pl.lit("inferred")).otherwise(pl.col("code_source")),
    ).drop("code_before", "code_after")
    labels = _codes_of_names(labels)
    # A coded table prints the scheme by its digits, whatever its heading says: 3xx is departmental, 2xx functional.
    of_scheme = {
        name: pl.col("code").str.contains(rf"^{digit}\d{{2}}").fill_null(False) for name, digit in (("economic", 3), ("government", 5))
    }
    labels = labels.with_columns(**of_scheme)
    return labels.with_columns(
        economic_code=pl.coalesce("economic_beside", pl.when("economic").then("code")),
        classification_code=pl.when(~pl.col("economic") & ~pl.col("code").str.starts_with("5").fill_null(False)).then("code"),
        government_code=pl.coalesce("government_code", pl.when("government").then("code")),
        government_name=pl.when(~pl.col("is_total")).then(pl.coalesce("government_name", pl.when("government").then("plain_name"))),
    ).drop("inline", "economic", "government")


def _of_names(labels: pl.DataFrame) -> pl.DataFrame:
    """Each row with what its name tells by itself: plain_name, a code in front of it (inline), its key, and the codes that the
    reference lists give that key: function_code, top (an economic class), alone (an economic item of that name in one class only)."""
    name = pl.col("name")
    names = labels.select("name").unique().with_columns(
        key=name_key(name), inline=squash(name).str.extract(INLINE_CODE, 1),
        plain_name=without_ordinal(printed(name)).str.replace(r"^[\[【]?\d{3,7}[\]】]?", ""),
    )  # fmt: skip
    classes = _keyed("function_classes").select("key", function_code="code").unique("key", keep="first")
    department = _keyed("economic_codes").filter(pl.col("scheme") == "department")
    tops = department.filter(pl.col("code").str.len_chars() == 3).select("key", top="code").unique("key", keep="first")
    alone = department.filter(pl.col("code").str.len_chars() == 5).unique("key", keep="none").select("key", alone="code")
    for known in (classes, tops, alone):
        names = names.join(known, on="key", how="left")
    return labels.join(names, on="name", how="left", nulls_equal=True, maintain_order="left")


def _codes_of_names(labels: pl.DataFrame) -> pl.DataFrame:
    """Rows that print a name and no code: functional classes, and economic classes and items within their class."""
    labels = labels.with_columns(
        open=pl.col("code").is_null() & pl.col("part_total").is_null() & ~pl.col("is_total") & ~pl.col("is_agency")
    )
    function = pl.col("breakdown").is_in(["function"]).fill_null(False)
    codes = _keyed("economic_codes")
    economic = (pl.col("scheme") == "economic").fill_null(False)
    printed_top = pl.when(economic & pl.col("code").is_not_null()).then(pl.col("code").str.slice(0, 3))
    # A class name that is also the name of one of its own items (其他支出) is the class only when it comes first.
    labels = labels.with_columns(context=pl.coalesce(printed_top, pl.when(economic & pl.col("open")).then("top")))
    labels = labels.with_columns(context=_last_value("context"))
    # Beside a panel by function stands one by economic class: its own heading says so, its rows are numbered by purpose.
    beside = (pl.col("name_scheme") == "economic").fill_null(False) & ~economic
    items = codes.filter(pl.col("scheme") == "department", pl.col("code").str.len_chars() == 5)
    items = items.select("key", context=pl.col("code").str.slice(0, 3), within="code")
    labels = labels.join(items, on=["key", "context"], how="left", maintain_order="left")
    resolved = (
        pl.when(~pl.col("open"))
        .then(None)
        .when(economic)
        .then(pl.coalesce("top", "within", "alone"))
        .when(beside)
        .then("top")
        .when(function & (pl.col("government_name").is_null()))
        .then(pl.col("function_code"))
    )
    # A functional class that a numbered list names has its code, but its place in the list is its numbering.
    by_name = pl.when(beside).then("top").otherwise("function_code")
    labels = labels.with_columns(resolved=resolved, listed=pl.col("open") & ~economic & by_name.is_not_null())
    labels = labels.with_columns(
        code=pl.coalesce("code", "resolved"),
        code_source=pl.when(pl.col("code").is_null() & pl.col("resolved").is_not_null())
        .then(pl.lit("inferred"))
        .otherwise(pl.col("code_source")),
    ).drop("key", "function_code", "top", "context", "within", "alone", "resolved")
    government = (
        codes.filter(pl.col("scheme") == "government").unique("key", keep="none").select(government_key="key", government_resolved="code")
    )
    named = labels.select("nth", "government_name").filter(pl.col("government_name").is_not_null())
    named = named.select("nth", government_key=name_key(pl.col("government_name"))).join(government, on="government_key")
    labels = labels.join(named.drop("government_key"), on="nth", how="left", maintain_order="left")
    return labels.with_columns(government_code=pl.coalesce("government_code", "government_resolved")).drop("government_resolved", "open")


@cache
def _keyed(names: str) -> pl.DataFrame:
    """A reference list with the name_key of its names."""
    return load(names).with_columns(key=name_key(pl.col("name")))


def _fill_down(labels: pl.DataFrame) -> pl.DataFrame:
    """Cells merged over several rows (the agency, the kind, the purchase class) hold for the rows below as well."""
    # A total ends a section.
    opens = pl.col("is_total") | (pl.col("nth") == pl.col("list"))
    labels = labels.with_columns(
        section=pl.when(opens).then("nth").forward_fill(), own_agency=pl.col("agency"), own_category=pl.col("category"),
        rolled=pl.when("is_agency").then("agency"), printed_agency=pl.when(~pl.col("is_agency") & ~pl.col("is_total")).then("agency"),
    )  # fmt: skip
    has_agencies = pl.col("printed_agency").is_not_null().any().over("list") & (pl.col("breakdown").is_in(["project", "item"])).fill_null(
        False
    )
    column_agency = pl.when(~pl.col("is_agency") & has_agencies).then(_last_value("printed_agency", "section"))
    # A purchase stands under its project and its economic item.
    goods = pl.col("procurement_item").is_not_null() & pl.col("project").is_null()
    labels = labels.with_columns(
        *(pl.when(goods).then(_last_value(name, "section")).otherwise(name).alias(name) for name in ("project", "plain_name")),
        own_project=pl.col("project"),
        rolled=_last_value("rolled", "section"),
        rolled_code=pl.col("agency_code").gather(_last(pl.col("is_agency"), "section")),
        printed_here=pl.coalesce(pl.when(~pl.col("is_total")).then("agency"), column_agency),
        category_above=_last_value("category", "section"),
    )
    printed_here = pl.col("printed_here")
    return labels.with_columns(
        agency_source=pl.when(pl.col("is_total"))
        .then(pl.lit("publisher"))
        .when(printed_here.is_not_null())
        .then(pl.lit("row"))
        .when(pl.col("rolled").is_not_null())
        .then(pl.lit("rollup"))
        .otherwise(pl.lit("publisher")),
        agency=pl.when(pl.col("is_total"))
        .then(pl.when(~term(pl.when("is_total").then("agency")).str.contains(TOTAL)).then(pl.col("agency")))
        .otherwise(pl.coalesce(printed_here, "rolled")),
        agency_code=pl.when(pl.col("is_agency"))
        .then(pl.col("agency_code"))
        .when(pl.col("owner_code").is_not_null())
        .then(pl.col("owner_code"))
        .when(printed_here.is_null() & ~pl.col("is_total"))
        .then("rolled_code"),
        category=pl.when(~pl.col("is_total") & ~pl.col("is_agency")).then("category_above"),
    ).with_columns(agency_code=pl.when(pl.col("agency_code") != "").then(pl.col("agency_code")))


def lost_agencies(labels: pl.DataFrame) -> pl.DataFrame:
    """Rows after a break whose merged agency cell was lost with a page: they are not the agency above.

    The same items printed again after a break belong to another agency. Where another table of the document lists its
    agencies and exactly one stands between the agency above and the next one, it is that one (source `inferred`);
    otherwise nobody knows, and the publisher stands for it.
    """
    # Only tables of projects have agencies to lose.
    some = labels.select(
        *PANEL_ROW, "document_id", "breakdown", "is_agency", "is_total", "own_agency", "project", "agency_source", "agency", "breaks"
    )
    own = pl.when(~pl.col("is_agency") & ~pl.col("is_total")).then(pl.col("own_agency"))
    some = some.filter(pl.col("breakdown") == "project").with_columns(own=own)
    some = some.with_columns(
        block=pl.col("own").is_not_null().cum_sum().over("tid", "panel"),
        next_own=pl.col("own").shift(-1).backward_fill().over("tid", "panel"),
    )
    held = some.filter(pl.col("block") > 0, pl.col("project").is_not_null(), pl.col("agency_source") == "row")
    held = held.with_columns(part=pl.col("breaks").cum_sum().over("tid", "panel", "block"), key=name_key(pl.col("project")))
    again = pl.col("part") > pl.col("part").min().over("tid", "panel", "block", "key")
    held = held.with_columns(again=again).with_columns(
        lost=pl.col("again").sum().over("tid", "panel", "block", "part") >= MOST_CHANCE_REPEATS
    )
    lost = held.filter(pl.col("lost").cum_max().over("tid", "panel", "block")).select(*PANEL_ROW, "document_id", "agency", "next_own")
    if lost.is_empty():
        return labels
    listed = some.filter(pl.col("own").is_not_null()).unique(["tid", "own"], keep="first", maintain_order=True)
    listed = listed.join(lost.select("tid").unique(), on="tid", how="anti")
    longest = listed.filter((pl.len().over("tid")) == (pl.len().over("tid")).max().over("document_id"))
    longest = longest.filter(pl.col("tid") == pl.col("tid").min().over("document_id"))
    order = longest.select("document_id", key=name_key(pl.col("own")), known="own", place=pl.int_range(pl.len()).over("document_id"))
    lost = lost.with_columns(key=name_key(pl.col("agency")), next_key=name_key(pl.col("next_own")))
    lost = lost.join(order.select("document_id", "key", before="place"), on=["document_id", "key"], how="left")
    lost = lost.join(order.select("document_id", next_key="key", after="place"), on=["document_id", "next_key"], how="left")
    lost = lost.with_columns(place=pl.when(pl.col("after") - pl.col("before") == 2).then(pl.col("before") + 1))
    lost = lost.join(order.select("document_id", "place", between="known"), on=["document_id", "place"], how="left")
    labels = labels.join(lost.select(*PANEL_ROW, "between", is_lost=pl.lit(True)), on=PANEL_ROW, how="left", maintain_order="left")
    found = pl.when(pl.col("between").is_not_null()).then(pl.lit("inferred")).otherwise(pl.lit("publisher"))
    return labels.with_columns(
        agency=pl.when(pl.col("is_lost")).then(pl.col("between")).otherwise(pl.col("agency")),
        agency_source=pl.when(pl.col("is_lost")).then(found).otherwise(pl.col("agency_source")),
    ).drop("between", "is_lost")


def _levels(labels: pl.DataFrame) -> pl.DataFrame:
    """How deep each row stands. Codes by their length, items by their numbering, projects by their groups."""
    squashed = squash(pl.col("item"))
    opening = squashed.str.strip_prefix("其中:").str.slice(0, 6)
    known = load("item_levels").group_by("statement", maintain_order=True).agg("pattern", "level").rows()
    labels = once_for_each(
        labels, ["item"], among=squashed.str.starts_with("其中"),
        numbered=pl.coalesce(pl.when(opening.str.contains(pattern)).then(pl.lit(level)) for pattern, level in NUMBERING),
        **{
            f"in_{statement}": pl.coalesce(pl.when(squashed.str.contains(p)).then(pl.lit(int(v))) for p, v in zip(ps, vs, strict=True))
            for statement, ps, vs in known
        },
    )  # fmt: skip
    known_levels = [f"in_{statement}" for statement, *_ in known]
    marked = pl.col("numbered").is_not_null() | pl.col("among")
    labels = labels.with_columns(
        marked=marked, marked_above=pl.when(marked).then("nth").forward_fill().shift(1) >= pl.col("section"),
        known=pl.coalesce(pl.when(pl.col("statement") == statement).then(f"in_{statement}") for statement, *_ in known),
    )  # fmt: skip
    numbered, among, known_level = pl.col("numbered"), pl.col("among"), pl.col("known")
    # What stands below a row without a label is not taken for a part of what is marked above it.
    seen = pl.col("marked").shift(1).is_not_null() & pl.col("marked_above")
    level = (
        pl.when(pl.col("is_total"))
        .then(0)
        .when(pl.col("part_total").is_not_null())
        .then(LEVELS["agency"])
        .when(pl.col("is_agency"))
        .then(pl.when(pl.col("agency_code").str.len_chars() > 3).then(LEVELS["sub_agency"]).otherwise(LEVELS["agency"]))
        .when(pl.col("code").is_not_null() & (pl.col("project").is_null()) & ~pl.col("listed"))
        .then(10 + pl.col("code").str.len_chars().cast(pl.Int32))
        .when(pl.col("project").is_not_null() & (pl.col("breakdown") == "project"))
        .then(20)
        .when(pl.col("project_group").is_not_null())
        .then(LEVELS["group"])
        .when((pl.col("breakdown") == "project") & pl.col("own_category").is_not_null())
        .then(LEVELS["category"])
        .when(pl.col("sum_of_group"))
        .then(30)
        .when(pl.col("group").is_not_null())
        .then(40)
        .when(pl.col("procurement_class").is_not_null() & (pl.col("breakdown") == "item"))
        .then(LEVELS["category"])
        .when(pl.col("own_project").is_not_null() & (pl.col("breakdown") == "item"))
        .then(LEVELS["group"])
        .when(pl.col("procurement_item").is_not_null())
        .then(20)
        .when(known_level.is_not_null())
        .then(known_level)
        .when(numbered.is_not_null())
        .then(numbered)
        .when(among | seen)
        .then(LEVELS["child"])
        .otherwise(LEVELS["plain"])
    )
    labels = labels.with_columns(level=level.cast(pl.Int32), of_which=(among & known_level.is_null()).fill_null(False))
    return labels.drop("numbered", "among", "marked", "marked_above", "known", *known_levels)


def _tree(labels: pl.DataFrame) -> pl.DataFrame:
    """The parent row of each row, and whether rows stand below it.

    Codes go under the row with the longest shorter code; everything else under the nearest row above with a smaller
    level; rows without either under the total: the one that closes their section, or the one that opens the table.
    """
    code_row = pl.col("code").is_not_null() & pl.col("project").is_null() & ~pl.col("listed")
    levels = sorted(int(value) for value in labels["level"].unique().drop_nulls() if value > 0)
    at_level = ((level, pl.when((pl.col("level") == level) & ~pl.col("is_repeat")).then("nth").forward_fill()) for level in levels)
    above = [pl.when(pl.col("level") > level).then(at) for level, at in at_level]
    labels = labels.with_columns(
        nearest=pl.max_horizontal(above) if above else pl.lit(None, dtype=pl.UInt32), agency_above=_last(pl.col("is_agency"), "section"),
        opening=_last(pl.col("is_total")), closing=_next(pl.col("is_total")), several_totals=pl.col("is_total").sum().over("list") > 1,
    )  # fmt: skip
    coded = labels.select("nth", "code", scope=pl.coalesce("agency_above", "section"), is_code=code_row).filter("is_code")
    prefixes = coded.unique(["scope", "code"], keep="first", maintain_order=True)
    for length in (5, 3):
        coded = coded.with_columns(prefix=pl.when(pl.col("code").str.len_chars() > length).then(pl.col("code").str.slice(0, length)))
        longer = prefixes.select("scope", prefix="code", **{f"above_{length}": "nth"})
        coded = coded.join(longer, on=["scope", "prefix"], how="left", maintain_order="left")
    labels = labels.join(coded.select("nth", code_above=pl.coalesce("above_5", "above_3")), on="nth", how="left", maintain_order="left")
    labels = labels.join(_of_part_totals(labels), on="nth", how="left", maintain_order="left")
    # Purchases and projects under a coded row (programme tables) go under the nearest row; plain coded rows only under codes and agencies.
    nearest = pl.when(pl.col("nearest") >= pl.col("section")).then("nearest")
    under = pl.when(code_row).then(pl.coalesce("code_above", "agency_above")).otherwise(nearest)
    first_total = pl.col("is_total").gather(pl.col("list"))
    rooted = pl.coalesce(pl.when(first_total & ~pl.col("several_totals")).then("opening"), "closing", "opening")
    labels = labels.with_columns(
        under=under, rooted=rooted, next_total=_beside(pl.col("closing"), -1), previous_total=_beside(pl.col("opening"), 1)
    )
    parent = (
        pl.when(pl.col("is_repeat"))
        .then(None)
        .when(pl.col("is_total"))
        # A total that opens the table is no part of the total that closes it.
        .then(pl.when(pl.col("number") > 0).then("next_total"))
        .when(pl.col("part_total").is_not_null())
        .then("rooted")
        .otherwise(pl.coalesce("under", "part_above", pl.when(pl.col("rooted") != pl.col("nth")).then("rooted")))
    )
    labels = labels.with_columns(above=parent)
    # The rows of a list that stand under one row, or under none.
    siblings = pl.coalesce(pl.col("above").cast(pl.Int64), -1 - pl.col("list").cast(pl.Int64))
    labels = labels.with_columns(
        parent=pl.col("row").gather("above"),
        parent_id="above",
        previous_total=pl.coalesce("again_of", pl.col("row").gather(pl.col("previous_total"))),
        siblings=siblings,
        has_children=pl.col("nth").is_in(pl.col("above").unique().implode()),
    )
    # A list that 其中 opens and that goes on with rows of its own is a whole split; rows that all say 其中, or one alone, need not be.
    labels = labels.with_columns(
        of_which=pl.col("of_which") & pl.col("of_which").all().over("siblings"), opened_by_which=pl.col("of_which").first().over("siblings")
    )
    # 人员经费合计 and 公用经费合计 are the totals of a table that prints no other.
    alone = pl.col("part_total").is_not_null() & ~pl.col("is_total").any().over("tid")
    kind = (
        pl.when(pl.col("is_total") | alone)
        .then(pl.lit("total"))
        .when(pl.col("is_repeat") | pl.col("has_children"))
        .then(pl.lit("subtotal"))
        .otherwise(pl.lit("detail"))
    )
    labels = labels.with_columns(row_kind=kind)
    # A row that a page break printed twice is what it is the first time.
    again = pl.when(pl.col("again_of").is_not_null()).then(_beside(pl.col("row_kind"), 1)).otherwise("row_kind")
    return labels.with_columns(row_kind=again)


def _of_part_totals(labels: pl.DataFrame) -> pl.DataFrame:
    """nth, part_above: rows of the classes that a part total of their list (人员经费合计) is the total of, and its place."""
    some = labels.select("nth", "list", "part_total", "economic_code").filter(pl.col("part_total").is_not_null().any().over("list"))
    part_above = pl.coalesce(
        pl.when(pl.col("economic_code").str.contains(classes)).then(pl.when(pl.col("part_total") == name).then("nth").max().over("list"))
        for name, classes in part_totals().iter_rows()
    )
    return some.select("nth", part_above=part_above)
