"""What each row of a table means: codes, names, agencies, projects, totals, and which row stands under which.

Works on body rows only. A row of two side-by-side panels is two rows here, one for each panel.
"""

import polars as pl

from yusuan.parsing.lists import PANEL_ROW
from yusuan.parsing.row_agencies import fill_down, roll_ups_by_name
from yusuan.parsing.row_codes import keyed_names, with_codes
from yusuan.parsing.row_order import beside, last_value, with_places
from yusuan.parsing.row_tree import with_levels, with_parents
from yusuan.parsing.text import name_key, printed, squash, term
from yusuan.parsing.totals import TOTAL, part_totals
from yusuan.parsing.vocabulary import load

PLAIN_ROLES = ["agency", "agency_code", "project", "item_group", "project_group", "category", "procurement_class", "procurement_item"]
# The scheme of economic codes that stand beside those of functions.
BESIDE = "economic_beside"
AGENCY_CODE = r"^\d{3,9}$"
# What an amount keeps of its row; and what else tells of agencies that were lost with a page.
OF_ROW = [
    "tid", "panel", "row", "document_id", "statement", "scheme", "name_scheme", "breakdown", "row_kind", "is_total", "is_repeat",
    "is_agency", "of_which", "opened_by_which", "parent", "parent_id", "previous_total", "code", "code_source", "classification_code",
    "economic_code", "government_code", "government_name", "agency", "agency_code", "agency_source", "project", "project_code",
    "project_group", "category", "procurement_class", "procurement_item", "name", "plain_name", "item", "group", "joined", "part_total",
    "again_of", "economic_beside_name",
]  # fmt: skip
OF_AGENCIES = ["own_agency", "breaks"]


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
    labels = _recognise(with_places(_join_broken_names(labels)))
    labels = roll_ups_by_name(labels)
    labels = with_codes(labels)
    return with_parents(with_levels(fill_down(labels))).select(*OF_ROW, *OF_AGENCIES)


def _printed_again(cells: pl.DataFrame, prints: pl.DataFrame, labels: pl.DataFrame) -> pl.DataFrame:
    """list_row, again_of: rows after a break that repeat the labels and all figures of the row before it, which is again_of."""
    before = labels.select(
        "list_row", "breaks", "figures", "text_count", again_of=beside(pl.col("row"), 1), row_before=beside(pl.col("list_row"), 1)
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


def _join_broken_names(labels: pl.DataFrame) -> pl.DataFrame:
    """A row of text alone right after a page break is the end of the name above it; it is joined and left out."""
    projects = pl.col("breakdown") == "project"
    alone = projects & pl.col("breaks") & (pl.col("figures") == 0) & pl.col("code").is_null() & pl.col("project_code").is_null()
    rest = alone & pl.col("project").is_not_null() & (pl.col("agency").is_null()) & pl.col("category").is_null()
    labels = _join_cut_labels(labels.with_columns(rest=rest.fill_null(False)))
    if not labels["rest"].any():
        return labels.with_columns(joined=pl.lit(False)).drop("rest")
    tail = pl.when(beside(pl.col("rest"), -1)).then(beside(pl.col("project"), -1))
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
    classes = pl.concat([keyed_names(list_)["key"] for list_ in ("function_classes", "economic_codes")]).unique().implode()
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
    labels = labels.with_columns(group=pl.when(own.is_not_null()).then(last_value("item_group")))
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
