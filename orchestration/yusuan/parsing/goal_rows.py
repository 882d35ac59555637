"""Which cell of an indicator row is name, target or level: rows under their header, also where a conversion lost or moved cells.

A row is laid under its header at the shift that suits the kinds of its cells best; where no shift does, its cells are taken in their order.
Pieces of cells that a page break cut off go back to their cells. What a laid row says is put together in targets.py.
"""

import polars as pl

from yusuan.parsing.goal_columns import BLOCK, HEADING_ROLES, TABLE, GoalColumns
from yusuan.parsing.goal_values import NUMBER, folded, is_sure, value_columns
from yusuan.parsing.text import once_for_each
from yusuan.parsing.vocabulary import load

ROW = [BLOCK, "row"]
# The forms of all tables are numbered through, as their headers are.
FORM = "form"
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


def goal_rows(cells: pl.DataFrame, columns: GoalColumns) -> pl.DataFrame:
    """One row per cell below a header: TABLE, ROW, form, line, page, column, slot (the header column that it stands for), role, text,
    folded, kind, level, operator, value, unit, repair. What stands between two forms is left out.

    `cells`: prepared cells of tables with table, row (in the table) and breaks (first row after a gap).
    """
    tokens = _with_kinds(_body(cells, columns))
    laid = _laid(tokens, columns)
    laid = _in_order(laid, columns)
    return _pieces_joined(laid)


def _body(cells: pl.DataFrame, columns: GoalColumns) -> pl.DataFrame:
    """Cells below a header, down to the first label of something else (填报日期, 项目名称 of the next form)."""
    labels = "|".join([*load("goal_labels")["pattern"], f"^(?:{'|'.join(load('personal_labels')['term'])})$"])
    words = cells.select("bare").unique().filter(pl.col("bare").str.contains(labels))
    labels_at = cells.join(words, on="bare", how="semi").select(*TABLE, label="row").unique()
    blocks = columns.blocks
    labelled = blocks.select(*TABLE, BLOCK, "first", "last").join(labels_at, on=TABLE)
    # A header that comes again on the next page opens no new form; labels between two headers do.
    form = labelled.group_by(BLOCK).agg(form=(pl.col("label") < pl.col("first")).sum())
    closed = labelled.filter(pl.col("label") > pl.col("last")).group_by(BLOCK).agg(closed=pl.col("label").min())
    for told in (form, closed):
        blocks = blocks.join(told, on=BLOCK, how="left", maintain_order="left")
    blocks = blocks.select(
        *TABLE, BLOCK, pl.struct(*TABLE, pl.col("form").fill_null(0)).rle_id().alias(FORM), below="last",
        until=pl.min_horizontal("end", pl.col("closed") - 1),
    ).sort("below")  # fmt: skip
    body = cells.sort("row").join_asof(
        blocks, left_on="row", right_on="below", by=TABLE, strategy="backward", allow_exact_matches=False, check_sortedness=False
    )
    body = body.filter(pl.col("block").is_not_null(), pl.col("row") <= pl.col("until").fill_null(pl.col("row")))
    sidebars = "|".join(load("goal_headings").filter(pl.col("role") == "sidebar")["pattern"])
    body = once_for_each(body, ["squashed"], sidebar=pl.col("bare").str.contains(sidebars), folded=folded(pl.col("squashed")))
    body = body.filter(~pl.col("sidebar")).select(*TABLE, *ROW, FORM, "line", "page", "column", "breaks", "text", "folded")
    return body.sort(*ROW, "column")


def _with_kinds(tokens: pl.DataFrame) -> pl.DataFrame:
    """Each distinct text is understood once."""
    return tokens.join(_kinds(tokens.select("folded").unique()), on="folded", how="left", maintain_order="left")


def _kinds(texts: pl.DataFrame) -> pl.DataFrame:
    """level, operator, value, unit and kind of folded texts.

    Kinds: level, level or name (满意度), value (surely a target), number, sign (an operator alone), sentence, or text (anything).
    """
    levels = load("goal_levels").with_columns(stem=_stem(pl.col("term"))).group_by("stem").agg(level=pl.col("level").sort().str.join(""))
    texts = texts.with_columns(stem=_stem(pl.col("folded"))).join(levels, on="stem", how="left", maintain_order="left").drop("stem")
    texts = texts.with_columns(*value_columns(pl.col("folded")))
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
    return texts.with_columns(kind=kind)


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
    kinds = tokens.select(*ROW, "column", "kind", "first_slot", "explained", "wide")
    still = _best_shifts(kinds, slots, columns, {0: 0.0})
    moved = _best_shifts(kinds.join(still.filter(~pl.col("fits")), on=ROW, how="semi"), slots, columns, SHIFTS)
    laid = tokens.join(pl.concat([still.filter("fits"), moved]), on=ROW, how="left", maintain_order="left")
    laid = laid.with_columns(slot=pl.col("column") - pl.col("shift")).join(slots, on=[BLOCK, "slot"], how="left", maintain_order="left")
    moved_cell = pl.when((pl.col("shift") != 0) & pl.col("role").is_not_null()).then(pl.lit("shifted_cells"))
    return laid.with_columns(repair=moved_cell).drop("explained", "shift")


def _best_shifts(tokens: pl.DataFrame, slots: pl.DataFrame, columns: GoalColumns, shifts: dict[int, float]) -> pl.DataFrame:
    """ROW, shift, fits: the best of these shifts for each row."""
    tried = tokens.join(_frame_of(shifts), how="cross")
    tried = tried.with_columns(slot=pl.col("column") - pl.col("shift")).join(slots, on=[BLOCK, "slot"], how="left")
    suits = pl.DataFrame([(*pair, float(score)) for pair, score in SUITS.items()], schema=["role", "kind", "suits"], orient="row")
    tried = tried.join(suits, on=["role", "kind"], how="left")
    explains = (pl.col("role") == "value") & (pl.col("kind") == "sentence") & pl.col("explained").fill_null(False)
    outside = pl.col("role").is_null() & ~(pl.col("wide") & (pl.col("slot") < pl.col("first_slot")))
    score = pl.when(outside).then(OUTSIDE).when(explains).then(EXPLAINS).otherwise(pl.col("suits").fill_null(0.0))
    key = [*ROW, "shift"]
    scored = tried.select(*key, "costs", score=score)
    rows = scored.group_by(key).agg(pl.col("costs").first(), total=pl.col("score").sum(), worst=pl.col("score").min())
    rows = rows.join(_half_pairs(tried, columns), on=key, how="left").with_columns(pl.col("halves").fill_null(0))
    rows = rows.with_columns(
        total=pl.col("total") + HALF_PAIR * pl.col("halves") - pl.col("costs"),
        fits=(pl.col("worst") >= 0) & (pl.col("halves") == 0),
    )
    best = rows.sort(*ROW, pl.col("total").neg(), "costs").unique(ROW, keep="first", maintain_order=True)
    return best.select(*key, "fits")


def _slots_of(columns: GoalColumns) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Slots, and the blocks that are `wide`: panels without columns for levels, right of columns for project, code and money.

    Those columns are no slots: in a wide grid the shift moves the panels and not them.
    """
    unlevelled = pl.col("at_level_1").is_null() & pl.col("at_level_2").is_null()
    wide = columns.panels.group_by(BLOCK).agg(wide=unlevelled.all())
    slots = columns.slots.rename({"column": "slot"}).join(wide, on=BLOCK, maintain_order="left")
    first = pl.col("slot").filter(pl.col("role").is_in(HEADING_ROLES)).min().over(BLOCK)
    return slots.filter(~pl.col("wide") | (pl.col("slot") >= first)).drop("wide"), wide


def _frame_of(shifts: dict[int, float]) -> pl.DataFrame:
    return pl.DataFrame(list(shifts.items()), schema={"shift": pl.Int32, "costs": pl.Float64}, orient="row")


def _half_pairs(tried: pl.DataFrame, columns: GoalColumns) -> pl.DataFrame:
    """How many panels of a row at a shift print a name without a target or a target without a name."""
    key = [*ROW, "shift"]
    at = {
        role: tried.select(*key, pl.col("slot").alias(f"at_{role}"))
        .join(columns.panels.select(BLOCK, "panel", f"at_{role}"), on=[BLOCK, f"at_{role}"])
        .select(*key, "panel")
        for role in ("name", "value")
    }
    single = [at["name"].join(at["value"], on=[*key, "panel"], how="anti"), at["value"].join(at["name"], on=[*key, "panel"], how="anti")]
    return pl.concat(single).group_by(key).agg(halves=pl.len())


def _in_order(laid: pl.DataFrame, columns: GoalColumns) -> pl.DataFrame:
    """Rows that fit at no shift: as many cells as columns, one after the other, if every cell suits its column.

    The columns are all that are not levels, or those of names and targets alone. Levels go by their wording.
    """
    odd = laid.filter(~pl.col("fits"), ~pl.col("wide"), pl.col("kind") != "level")
    if odd.is_empty():
        return laid
    odd = odd.with_columns(nth=pl.int_range(1, pl.len() + 1).over(ROW), cells=pl.len().over(ROW))
    slots = columns.slots.filter(~pl.col("role").is_in(["level_1", "level_2", "sidebar"])).rename({"column": "slot"})
    suits = pl.DataFrame([(*pair, float(score)) for pair, score in SUITS.items()], schema=["role", "kind", "suits"], orient="row")
    found: list[pl.DataFrame] = []
    for roles in (["name", "value", "operator", "unit", "weight", "other"], ["name", "value", "operator", "unit"], ["name", "value"]):
        some = slots.filter(pl.col("role").is_in(roles)).sort(BLOCK, "slot")
        some = some.with_columns(nth=pl.int_range(1, pl.len() + 1).over(BLOCK), cells=pl.len().over(BLOCK))
        tried = odd.drop("slot", "role").join(some, on=[BLOCK, "nth", "cells"]).join(suits, on=["role", "kind"], how="left")
        good = tried.group_by(ROW).agg(good=(pl.col("suits").fill_null(0.0) >= 0).all()).filter("good")
        found.append(tried.join(good, on=ROW, how="semi").select(*ROW, "column", "slot", "role"))
    placed = pl.concat(found).unique([*ROW, "column"], keep="first", maintain_order=True)
    if placed.is_empty():
        return laid
    rows = placed.select(ROW).unique()
    levels = _levels_in_order(laid.join(rows, on=ROW, how="semi"), placed, columns)
    placed = pl.concat([placed, levels]).rename({"slot": "slot_in_order", "role": "role_in_order"}).with_columns(placed=True)
    laid = laid.join(rows.with_columns(ordered=True), on=ROW, how="left", maintain_order="left")
    laid = laid.join(placed, on=[*ROW, "column"], how="left", maintain_order="left")
    laid = laid.filter(pl.col("ordered").is_null() | pl.col("placed"))
    told = pl.col("placed").is_not_null()
    return laid.with_columns(
        slot=pl.when(told).then("slot_in_order").otherwise("slot"),
        role=pl.when(told).then("role_in_order").otherwise("role"),
        fits=pl.col("fits") | told,
        repair=pl.when(told).then(pl.lit("shifted_cells")).otherwise("repair"),
    ).drop("slot_in_order", "role_in_order", "placed", "ordered")


def _levels_in_order(row_cells: pl.DataFrame, placed: pl.DataFrame, columns: GoalColumns) -> pl.DataFrame:
    """The levels of rows taken in order: those of the panel whose name comes next; of two the first is the upper one."""
    names = placed.filter(pl.col("role") == "name").join(
        columns.panels.select(BLOCK, "panel", "at_level_1", "at_level_2", slot="at_name"), on=[BLOCK, "slot"]
    )
    levels = (
        row_cells.filter(pl.col("kind") == "level")
        .select(*ROW, "column", "level")
        .join(names.select(*ROW, "at_level_1", "at_level_2", name_column="column"), on=ROW)
    )
    levels = levels.filter(pl.col("column") < pl.col("name_column")).sort("name_column").unique([*ROW, "column"], keep="first")
    levels = levels.sort(*ROW, "column").with_columns(
        upper=(pl.col("level") == "1")
        | ((pl.len().over(*ROW, "name_column") == 2) & (pl.col("column") == pl.col("column").min().over(*ROW, "name_column")))
    )
    return levels.select(
        *ROW, "column",
        slot=pl.when("upper").then(pl.col("at_level_1")).otherwise(pl.col("at_level_2")),
        role=pl.when("upper").then(pl.lit("level_1")).otherwise(pl.lit("level_2")),
    )  # fmt: skip


def _pieces_joined(laid: pl.DataFrame) -> pl.DataFrame:
    """A row after a break that holds no target but ends of the cells above it is joined to them."""
    words = pl.col("kind").is_in(["text", "level or name", "sentence"])
    cut = (pl.col("breaks") & ~pl.col("fits")).first() & (words | (pl.col("slot") < pl.col("first_slot"))).all()
    rows = laid.group_by(ROW, maintain_order=True).agg(pl.col("form").first(), cut=cut)
    rows = rows.with_columns(above_block=pl.col(BLOCK).shift(1).over(FORM), above=pl.col("row").shift(1).over(FORM))
    rows = rows.filter("cut", pl.col("above").is_not_null())
    pieces = laid.join(rows.select(*ROW, "above_block", "above"), on=ROW).filter(pl.col("column") >= pl.col("first_slot") + min(SHIFTS))
    if pieces.is_empty():
        return laid
    above = laid.filter(pl.col("role").is_in(["name", "value", "other"])).select(
        "slot", "role", above_block=BLOCK, above="row", whole_column="column"
    )
    tried = pieces.select(*ROW, "above_block", "above", "column", "kind", "text", "folded").join(_frame_of(SHIFTS), how="cross")
    tried = tried.with_columns(slot=pl.col("column") - pl.col("shift")).join(above, on=["above_block", "above", "slot"], how="left")
    worth = pl.DataFrame([(*pair, score) for pair, score in PIECE_OF.items()], schema=["role", "kind", "worth"], orient="row")
    tried = tried.join(worth, on=["role", "kind"], how="left")
    total = (pl.col("worth").fill_null(OUTSIDE).sum() - pl.col("costs").first()).over(*ROW, "shift")
    tried = tried.with_columns(total=total).filter(pl.col("total") == pl.col("total").max().over(ROW), pl.col("total") > 0)
    joins = tried.filter(pl.col("whole_column").is_not_null()).unique([*ROW, "column"], keep="first")
    tails = joins.select(block="above_block", row="above", column="whole_column", tail="text", tail_folded="folded")
    cell = [*ROW, "column"]
    tails = tails.unique(cell, keep="first", maintain_order=True)
    laid = laid.join(joins.select(cell), on=cell, how="anti", maintain_order="left")
    whole = _with_tails(laid.join(tails, on=cell), laid)
    whole = whole.join(_ended_otherwise(whole, laid), on=cell, how="anti")
    whole = _with_kinds(whole.drop("level", "operator", "value", "unit", "kind"))
    rest = laid.join(whole, on=cell, how="anti", maintain_order="left")
    return pl.concat([rest, whole.select(rest.columns)]).sort(cell)


def _with_tails(begun: pl.DataFrame, laid: pl.DataFrame) -> pl.DataFrame:
    """Cells put together with their pieces (tail, tail_folded); `begun` is what stood in them before.

    A character that the page break doubled is dropped where the document prints the name without it.
    """
    doubled = pl.col("folded").str.slice(-1) == pl.col("tail_folded").str.slice(0, 1)
    begun = begun.with_columns(slim=pl.when(doubled).then(pl.col("folded") + pl.col("tail_folded").str.slice(1)))
    name = ["document_id", "slim"]
    known = laid.select("document_id", slim="folded").join(begun, on=name, how="semi").unique().with_columns(known=True)
    begun = begun.join(known, on=name, how="left", maintain_order="left")
    tail = [pl.when("known").then(pl.col(name).str.slice(1)).otherwise(name) for name in ("tail", "tail_folded")]
    return begun.with_columns(
        begun=pl.col("folded"), text=pl.col("text") + tail[0], folded=pl.col("folded") + tail[1], repair=pl.lit("joined_pieces")
    )


def _ended_otherwise(whole: pl.DataFrame, laid: pl.DataFrame) -> pl.DataFrame:
    """Cells put together whose document prints a long name that begins so and goes on otherwise: the piece is the end of something that
    was lost."""
    cell = [*ROW, "column"]
    ends = whole.filter(pl.col("begun").str.len_chars() >= LONG_BEGINNING)
    ends = ends.select("document_id", *cell, "begun", own="folded", on=pl.col("begun") + pl.col("tail_folded").str.slice(0, 1))
    printed = laid.select("document_id", *cell, other="folded").join(whole, on=cell, how="anti")
    printed = pl.concat([printed.select("document_id", "other"), whole.select("document_id", other="folded")])
    others = ends.join(printed.join(ends, on="document_id", how="semi").unique(), on="document_id")
    others = others.filter(pl.col("other").str.starts_with(pl.col("begun")), pl.col("other") != pl.col("own"))
    return others.group_by(cell).agg(wrong=(~pl.col("other").str.starts_with(pl.col("on"))).all()).filter("wrong")
