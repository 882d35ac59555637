"""Which cell of an indicator row is name, target or level: rows under their header, also where a conversion lost or moved cells.

A row is laid under its header at the shift that suits the kinds of its cells best; where no shift does, its cells are taken in their order.
Pieces of cells that a page break cut off go back to their cells. What a laid row says is put together in targets.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product

import polars as pl

from yusuan.parsing.goal_columns import BLOCK, HEADING_ROLES, GoalColumns
from yusuan.parsing.goal_values import NUMBER, folded, is_sure, with_values
from yusuan.parsing.keys import joint
from yusuan.parsing.vocabulary import load

# The rows below all headers are numbered through, in reading order, and so are their distinct texts.
ROW, SAID = "goal_row", "said"
# The forms of all tables are numbered through, as their headers are.
FORM = "form"
KINDS = pl.Enum(["text", "level", "level or name", "value", "number", "sign", "sentence"])
ROLES = pl.Enum(
    ["level_1", "level_2", "name", "value", "operator", "unit", "weight", "project", "project_code", "agency", "sidebar", "other"]
)
# How far the cells of a row may have moved, and what it costs: lost cells move a row to the left, hardly anything moves it to the right.
SHIFTS = {0: 0.0, -1: 0.5, -2: 1.0, 1: 0.75, 2: 1.5}
# Longer texts explain; they are neither name nor target where there is a column for explanations.
LONGEST_PHRASE = 40
# How well a kind of text suits a column. What is not listed suits neither well nor badly.
SUITS: dict[tuple[str, str], float] = {
    ("level_1", "level"): 3, ("level_1", "value"): -4, ("level_1", "number"): -4, ("level_1", "sentence"): -2,
    ("level_2", "level"): 3, ("level_2", "value"): -4, ("level_2", "number"): -4, ("level_2", "sentence"): -2,
    ("level_1", "level or name"): 2, ("level_2", "level or name"): 2, ("value", "level or name"): -3,
    ("name", "text"): 1, ("name", "level"): -3, ("name", "value"): -3, ("name", "number"): -3, ("name", "sign"): -3,
    ("value", "text"): 1, ("value", "level"): -4, ("value", "value"): 3, ("value", "number"): 2, ("value", "sign"): -3,
    ("operator", "sign"): 3, ("operator", "text"): -1, ("operator", "level"): -4, ("operator", "value"): -4, ("operator", "number"): -3,
    ("unit", "text"): 1, ("unit", "level"): -4, ("unit", "value"): -4, ("unit", "number"): -3, ("unit", "sentence"): -3,
    ("weight", "number"): 1, ("weight", "text"): -1, ("weight", "level"): -4, ("weight", "sentence"): -2,
    ("other", "sentence"): 1, ("other", "level"): -2, ("sidebar", "value"): -3, ("sidebar", "level"): -2, ("sidebar", "number"): -1,
}  # fmt: skip
OUTSIDE = -2.0
# Two names that begin with so many characters alike are one.
LONG_BEGINNING = 8
EXPLAINS = -2.0
HALF_PAIR = -1.0
# A piece of a cell rather belongs to a name than to a target, the end of a sentence to an explanation.
PIECE_OF = {
    ("name", "text"): 1.2,
    ("name", "level or name"): 1.2,
    ("value", "text"): 1.0,
    ("other", "text"): 0.4,
    ("other", "sentence"): 1.6,
}


@dataclass(frozen=True)
class GoalRows:
    """`rows`: by ROW document_id, tid, row (in the table), block, form, breaks (first row after a gap).

    `cells`: ROW, column, line, page, text, SAID, kind, slot (the header column that it stands for), role, repair.
    `said`: by SAID folded, level, operator, value, unit, kind.
    """

    rows: pl.DataFrame
    cells: pl.DataFrame
    said: pl.DataFrame


def goal_rows(cells: pl.DataFrame, texts: pl.DataFrame, columns: GoalColumns) -> GoalRows:
    """The rows below headers and their cells, each under its header. What stands between two forms is left out.

    `cells`: prepared cells of tables with tid, row (in the table) and breaks (first row after a gap); `texts`: text_id and bare of their
    texts.
    """
    body = _body(cells, texts, columns)
    rows = body.group_by(ROW, maintain_order=True).agg(pl.col("document_id", "tid", "row", BLOCK, FORM, "breaks").first())
    texts = body.select("squashed").unique().with_row_index(SAID)
    said = _kinds(texts.select(folded=folded(pl.col("squashed"))))
    tokens = body.select(BLOCK, ROW, "column", "line", "page", "text", "squashed")
    tokens = tokens.join(texts, on="squashed", how="left", maintain_order="left").drop("squashed")
    tokens = tokens.with_columns(kind=said["kind"].gather(tokens[SAID]))
    laid = _in_order(_laid(tokens, columns), said, columns)
    laid, said = _pieces_joined(laid, rows, said)
    return GoalRows(rows, laid.select(ROW, "column", "line", "page", "text", SAID, "kind", "slot", "role", "repair"), said)


def _body(cells: pl.DataFrame, texts: pl.DataFrame, columns: GoalColumns) -> pl.DataFrame:
    """Cells below a header, down to the first label of something else (填报日期, 项目名称 of the next form), in reading order."""
    labels = "|".join([*load("goal_labels")["pattern"], f"^(?:{'|'.join(load('personal_labels')['term'])})$"])
    sidebars = "|".join(load("goal_headings").filter(pl.col("role") == "sidebar")["pattern"])
    ends, aside = (texts.filter(pl.col("bare").str.contains(pattern))["text_id"].implode() for pattern in (labels, sidebars))
    labels_at = cells.filter(pl.col("text_id").is_in(ends)).select("tid", label="row").unique()
    # A header that comes again on the next page opens no new form; labels between two headers do.
    labelled = columns.blocks.join(labels_at, on="tid").group_by(BLOCK).agg(
        form=(pl.col("label") < pl.col("first")).sum(), closed=pl.col("label").filter(pl.col("label") > pl.col("last")).min()
    )  # fmt: skip
    blocks = columns.blocks.join(labelled, on=BLOCK, how="left", maintain_order="left").select(
        BLOCK, pl.struct("tid", pl.col("form").fill_null(0)).rle_id().alias(FORM), own="tid", below=joint("tid", "last"),
        until=pl.min_horizontal("end", pl.col("closed") - 1),
    )  # fmt: skip
    # The nearest header above each row, if only in a table before its own.
    place = cells.select(place=joint("tid", "row")).to_series()
    nearest = blocks["below"].search_sorted(place, side="left").cast(pl.Int64) - 1
    own = blocks.select(pl.exclude("below").gather(nearest.set(nearest < 0, None)))
    body = cells.hstack([place, *own]).filter(
        pl.col("own") == pl.col("tid"),
        pl.col("row") <= pl.col("until").fill_null(pl.col("row")),
        ~pl.col("text_id").is_in(aside, nulls_equal=True),
    )
    return body.sort("place", "column").with_columns(pl.col("place").rle_id().alias(ROW))


def _kinds(texts: pl.DataFrame) -> pl.DataFrame:
    """`texts` (folded) with level, operator, value, unit and kind.

    Kinds: level, level or name (满意度), value (surely a target), number, sign (an operator alone), sentence, or text (anything).
    """
    levels = load("goal_levels").with_columns(stem=_stem(pl.col("term"))).group_by("stem").agg(level=pl.col("level").sort().str.join(""))
    texts = texts.with_columns(stem=_stem(pl.col("folded"))).join(levels, on="stem", how="left", maintain_order="left").drop("stem")
    texts = with_values(texts)
    text = pl.col("folded")
    signs = load("goal_operators").filter(pl.col("place") == "before")["word"].to_list()
    kind = (
        pl.when(pl.col("level").is_not_null())
        .then(pl.when(without_points(text).str.contains("(?:指标|指|标)$")).then(pl.lit("level")).otherwise(pl.lit("level or name")))
        .when(text.is_in([*signs, "定性"]))
        .then(pl.lit("sign"))
        .when(text.str.contains(f"^{NUMBER}$"))
        .then(pl.lit("number"))
        .when(is_sure(text))
        .then(pl.lit("value"))
        .when(text.str.contains("[。;]") | (text.str.len_chars() > LONGEST_PHRASE))
        .then(pl.lit("sentence"))
        .otherwise(pl.lit("text"))
    )
    return texts.with_columns(kind=kind.cast(KINDS))


def _stem(text: pl.Expr) -> pl.Expr:
    """A level's name without its points (产出指标(50分)) and without its last word, which a narrow column may cut (服务对象满意度指)."""
    return without_points(text).str.replace(r"(?:指标|指|标)$", "")


def without_points(level: pl.Expr) -> pl.Expr:
    return level.str.replace(r"\(\d+(?:\.\d+)?[分%]?\)$", "")


def _laid(tokens: pl.DataFrame, columns: GoalColumns) -> pl.DataFrame:
    """Every row at its best shift: slot, role, and `fits` where all that the row prints suits its columns. What fits is not moved."""
    slots, wide = _slots_of(columns)
    explained = pl.col("slot").filter(pl.col("role") == "other").max() > pl.col("slot").filter(pl.col("role") == "value").min()
    block = slots.filter(pl.col("role") != "sidebar").group_by(BLOCK).agg(first_slot=pl.col("slot").min(), explained=explained)
    tokens = tokens.join(block.join(wide, on=BLOCK), on=BLOCK, how="left", maintain_order="left")
    slots = slots.select("role", place=joint(BLOCK, "slot"))
    kinds = tokens.select(BLOCK, ROW, "column", "kind", "first_slot", "explained", "wide")
    still = _shifted(kinds, slots, columns, {0: 0.0}).filter("fits")
    moved = _shifted(kinds.join(still, on=ROW, how="anti", maintain_order="left"), slots, columns, SHIFTS)
    best = moved.sort(ROW, pl.col("total").neg(), "costs").unique(ROW, keep="first", maintain_order=True)
    shifts = pl.concat([still, best]).select(ROW, "shift", "fits")
    laid = tokens.drop("explained").join(shifts, on=ROW, how="left", maintain_order="left")
    laid = laid.with_columns(slot=pl.col("column") - pl.col("shift"))
    laid = laid.with_columns(place=joint(BLOCK, "slot")).join(slots, on="place", how="left", maintain_order="left")
    moved_cell = pl.when((pl.col("shift") != 0) & pl.col("role").is_not_null()).then(pl.lit("shifted_cells"))
    return laid.with_columns(repair=moved_cell).drop("shift", "place")


def _shifted(tokens: pl.DataFrame, slots: pl.DataFrame, columns: GoalColumns, shifts: dict[int, float]) -> pl.DataFrame:
    """ROW, shift, costs, total, fits: how well each row suits its columns at each of these shifts."""
    tried = tokens.join(_each(shifts), how="cross").with_columns(slot=pl.col("column") - pl.col("shift"), tried=joint(ROW, "nth"))
    tried = tried.with_columns(place=joint(BLOCK, "slot")).join(slots, on="place", how="left")
    suits = pl.lit(pl.Series([float(SUITS.get(pair, 0)) for pair in product(ROLES.categories, KINDS.categories)]))
    suits = suits.gather(pl.col("role").to_physical().cast(pl.UInt32) * len(KINDS.categories) + pl.col("kind").to_physical())
    explains = (pl.col("role") == "value") & (pl.col("kind") == "sentence") & pl.col("explained").fill_null(False)
    outside = pl.col("role").is_null() & ~(pl.col("wide") & (pl.col("slot") < pl.col("first_slot")))
    score = pl.when(outside).then(OUTSIDE).when(explains).then(EXPLAINS).otherwise(suits.fill_null(0.0))
    scored = tried.select("tried", ROW, "shift", "costs", score=score)
    rows = scored.group_by("tried").agg(pl.col(ROW, "shift", "costs").first(), total=pl.col("score").sum(), worst=pl.col("score").min())
    rows = rows.join(_half_pairs(tried.select("tried", "place"), columns), on="tried", how="left").with_columns(
        pl.col("halves").fill_null(0)
    )
    return rows.select(
        ROW, "shift", "costs", total=pl.col("total") + HALF_PAIR * pl.col("halves") - pl.col("costs"),
        fits=(pl.col("worst") >= 0) & (pl.col("halves") == 0),
    )  # fmt: skip


def _slots_of(columns: GoalColumns) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Slots, and the blocks that are `wide`: panels without columns for levels, right of columns for project, code and money.

    Those columns are no slots: in a wide grid the shift moves the panels and not them.
    """
    unlevelled = pl.col("at_level_1").is_null() & pl.col("at_level_2").is_null()
    wide = columns.panels.group_by(BLOCK).agg(wide=unlevelled.all())
    slots = columns.slots.select(BLOCK, pl.col("role").cast(ROLES), slot="column").join(wide, on=BLOCK, maintain_order="left")
    first = pl.col("slot").filter(pl.col("role").is_in(HEADING_ROLES)).min().over(BLOCK)
    return slots.filter(~pl.col("wide") | (pl.col("slot") >= first)).drop("wide"), wide


def _each(shifts: dict[int, float]) -> pl.DataFrame:
    return pl.DataFrame(list(shifts.items()), schema={"shift": pl.Int32, "costs": pl.Float64}, orient="row").with_row_index("nth")


def _scores(pairs: Mapping[tuple[str, str], float], name: str) -> pl.DataFrame:
    rows = [(*pair, score) for pair, score in pairs.items()]
    return pl.DataFrame(rows, schema={"role": ROLES, "kind": KINDS, name: pl.Float64}, orient="row")


def _half_pairs(tried: pl.DataFrame, columns: GoalColumns) -> pl.DataFrame:
    """How many panels of a row at a shift print a name without a target or a target without a name; `tried` has the place of each cell."""
    columns_at = {role: pl.col(f"at_{role}") for role in ("name", "value")}
    places = pl.concat(
        columns.panels.select("panel", place=joint(BLOCK, at), name=pl.lit(role == "name")).drop_nulls() for role, at in columns_at.items()
    )
    pairs = tried.join(places, on="place").group_by("tried", "panel").agg(names=pl.col("name").sum(), cells=pl.len())
    half = (pl.col("names") == 0) | (pl.col("names") == pl.col("cells"))
    return pairs.filter(half).group_by("tried").agg(halves=pl.col("cells").sum())


def _in_order(laid: pl.DataFrame, said: pl.DataFrame, columns: GoalColumns) -> pl.DataFrame:
    """Rows that fit at no shift: as many cells as columns, one after the other, if every cell suits its column.

    The columns are all that are not levels, or those of names and targets alone. Levels go by their wording.
    """
    odd = laid.filter(~pl.col("fits"), ~pl.col("wide"), pl.col("kind") != "level").select(ROW, BLOCK, "column", "kind")
    if odd.is_empty():
        return laid
    odd = odd.with_columns(nth=pl.int_range(1, pl.len() + 1).over(ROW), cells=pl.len().over(ROW))
    slots = columns.slots.select(BLOCK, pl.col("role").cast(ROLES), slot="column")
    slots = slots.filter(~pl.col("role").is_in(["level_1", "level_2", "sidebar"]))
    suits = _scores(SUITS, "suits")
    found: list[pl.DataFrame] = []
    for roles in (["name", "value", "operator", "unit", "weight", "other"], ["name", "value", "operator", "unit"], ["name", "value"]):
        some = slots.filter(pl.col("role").is_in(roles)).sort(BLOCK, "slot")
        some = some.with_columns(nth=pl.int_range(1, pl.len() + 1).over(BLOCK), cells=pl.len().over(BLOCK))
        tried = odd.join(some, on=[BLOCK, "nth", "cells"]).join(suits, on=["role", "kind"], how="left")
        good = tried.group_by(ROW).agg(good=(pl.col("suits").fill_null(0.0) >= 0).all()).filter("good")
        found.append(tried.join(good, on=ROW, how="semi").select(ROW, "column", "slot", "role"))
    placed = pl.concat(found).unique([ROW, "column"], keep="first", maintain_order=True)
    if placed.is_empty():
        return laid
    ordered = pl.col(ROW).is_in(placed[ROW].unique().implode())
    row_cells = laid.filter(ordered)
    levels = row_cells.filter(pl.col("kind") == "level").select(ROW, BLOCK, "column", SAID)
    levels = levels.with_columns(level=said["level"].gather(levels[SAID]))
    placed = pl.concat([placed, _levels_in_order(levels, placed, columns)])
    row_cells = row_cells.drop("slot", "role").join(placed, on=[ROW, "column"], maintain_order="left")
    row_cells = row_cells.with_columns(fits=pl.lit(True), repair=pl.lit("shifted_cells"))
    return pl.concat([laid.filter(~ordered), row_cells.select(laid.columns)])


def _levels_in_order(levels: pl.DataFrame, placed: pl.DataFrame, columns: GoalColumns) -> pl.DataFrame:
    """The levels of rows taken in order: those of the panel whose name comes next; of two the first is the upper one."""
    panels = columns.panels.select(BLOCK, "at_level_1", "at_level_2", slot="at_name")
    names = placed.filter(pl.col("role") == "name").rename({"column": "name_column"})
    levels = levels.join(names.select(ROW, "slot", "name_column"), on=ROW).join(panels, on=[BLOCK, "slot"])
    levels = levels.filter(pl.col("column") < pl.col("name_column")).sort("name_column").unique([ROW, "column"], keep="first")
    levels = levels.sort(ROW, "column").with_columns(
        upper=(pl.col("level") == "1")
        | ((pl.len().over(ROW, "name_column") == 2) & (pl.col("column") == pl.col("column").min().over(ROW, "name_column")))
    )
    return levels.select(
        ROW, "column",
        slot=pl.when("upper").then(pl.col("at_level_1")).otherwise(pl.col("at_level_2")),
        role=pl.when("upper").then(pl.lit("level_1")).otherwise(pl.lit("level_2")).cast(ROLES),
    )  # fmt: skip


def _pieces_joined(laid: pl.DataFrame, rows: pl.DataFrame, said: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """A row after a break that holds no target but ends of the cells above it is joined to them: cells, and what all texts say now."""
    loose = laid.filter(~pl.col("fits"))[ROW].unique().implode()
    cut = rows.filter("breaks", pl.col(ROW).is_in(loose), pl.col(FORM) == pl.col(FORM).shift(1))[ROW].implode()
    pieces = laid.filter(pl.col(ROW).is_in(cut))
    words = pl.col("kind").is_in(["text", "level or name", "sentence"])
    whole_rows = pieces.filter(~(words | (pl.col("slot") < pl.col("first_slot"))))[ROW].unique().implode()
    pieces = pieces.filter(~pl.col(ROW).is_in(whole_rows), pl.col("column") >= pl.col("first_slot") + min(SHIFTS))
    if pieces.is_empty():
        return laid, said
    above = laid.filter(pl.col("role").is_in(["name", "value", "other"])).select("role", place=joint(ROW, "slot"), whole_column="column")
    tried = pieces.select(ROW, "column", "kind", "text", SAID).join(_each(SHIFTS), how="cross", maintain_order="left_right")
    tried = tried.with_columns(tried=joint(ROW, "nth"), place=joint(pl.col(ROW).cast(pl.Int64) - 1, pl.col("column") - pl.col("shift")))
    tried = tried.join(above, on="place", how="left", maintain_order="left_right")
    tried = tried.join(_scores(PIECE_OF, "worth"), on=["role", "kind"], how="left", maintain_order="left")
    total = (pl.col("worth").fill_null(OUTSIDE).sum() - pl.col("costs").first()).over("tried")
    tried = tried.with_columns(total=total).filter(pl.col("total") == pl.col("total").max().over(ROW), pl.col("total") > 0)
    joins = tried.filter(pl.col("whole_column").is_not_null()).unique([ROW, "column"], keep="first", maintain_order=True)
    laid = laid.filter(~_among(joins))
    tails = joins.select(pl.col(ROW) - 1, column="whole_column", tail="text", tail_folded=said["folded"].gather(joins[SAID]))
    tails = tails.unique([ROW, "column"], keep="first", maintain_order=True)
    begun = laid.filter(_among(tails)).join(tails, on=[ROW, "column"])
    begun = begun.with_columns(document_id=rows["document_id"].gather(begun[ROW]), folded=said["folded"].gather(begun[SAID]))
    printed = laid.select(ROW, "column", SAID, document_id=rows["document_id"].gather(laid[ROW]))
    printed = printed.filter(pl.col("document_id").is_in(begun["document_id"].unique().implode()))
    printed = printed.with_columns(folded=said["folded"].gather(printed[SAID]))
    whole = _with_tails(begun, printed)
    whole = whole.join(_ended_otherwise(whole, printed), on=[ROW, "column"], how="anti")
    new = _kinds(whole.select("folded").unique())
    known = new.select("folded", "kind", pl.int_range(pl.len(), dtype=pl.UInt32).alias(SAID) + said.height)
    whole = whole.drop("kind", SAID).join(known, on="folded").select(laid.columns)
    return pl.concat([laid.filter(~_among(whole)), whole]), pl.concat([said, new])


def _among(cells: pl.DataFrame) -> pl.Expr:
    """Whether a cell is one of these."""
    return joint(ROW, "column").is_in(cells.select(joint(ROW, "column")).to_series().implode())


def _with_tails(begun: pl.DataFrame, printed: pl.DataFrame) -> pl.DataFrame:
    """Cells put together with their pieces (tail, tail_folded); `begun` is what stood in them before, `printed` all cells.

    A character that the page break doubled is dropped where the document prints the name without it.
    """
    doubled = pl.col("folded").str.slice(-1) == pl.col("tail_folded").str.slice(0, 1)
    begun = begun.with_columns(slim=pl.when(doubled).then(pl.col("folded") + pl.col("tail_folded").str.slice(1)))
    name = ["document_id", "slim"]
    known = printed.select("document_id", slim="folded").join(begun, on=name, how="semi").unique().with_columns(known=True)
    begun = begun.join(known, on=name, how="left", maintain_order="left")
    tail = [pl.when("known").then(pl.col(name).str.slice(1)).otherwise(name) for name in ("tail", "tail_folded")]
    return begun.with_columns(
        begun=pl.col("folded"), text=pl.col("text") + tail[0], folded=pl.col("folded") + tail[1], repair=pl.lit("joined_pieces")
    )


def _ended_otherwise(whole: pl.DataFrame, printed: pl.DataFrame) -> pl.DataFrame:
    """Cells put together whose document prints a long name that begins so and goes on otherwise: the piece is the end of something that
    was lost."""
    cell = [ROW, "column"]
    ends = whole.filter(pl.col("begun").str.len_chars() >= LONG_BEGINNING)
    ends = ends.select("document_id", *cell, "begun", own="folded", on=pl.col("begun") + pl.col("tail_folded").str.slice(0, 1))
    others = pl.concat([printed.filter(~_among(whole)).select("document_id", other="folded"), whole.select("document_id", other="folded")])
    others = ends.join(others.join(ends, on="document_id", how="semi").unique(), on="document_id")
    others = others.filter(pl.col("other").str.starts_with(pl.col("begun")), pl.col("other") != pl.col("own"))
    return others.group_by(cell).agg(wrong=(~pl.col("other").str.starts_with(pl.col("on"))).all()).filter("wrong")
