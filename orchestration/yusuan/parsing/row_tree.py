"""Which row stands under which."""

import polars as pl

from yusuan.parsing.row_order import beside, following, last
from yusuan.parsing.text import once_for_each, squash
from yusuan.parsing.totals import part_totals
from yusuan.parsing.vocabulary import load

# Levels of the row tree; a row stands under the nearest row above it with a smaller level.
LEVELS = {"agency": 1, "sub_agency": 2, "category": 3, "group": 4, "plain": 5, "item": 10, "child": 60}
NUMBERING = [
    (r"^[一二三四五六七八九十百]+[、.．]", 10),
    (r"^\([一二三四五六七八九十百]+\)", 20),
    (r"^\d+[、.．]\D", 30),
    (r"^\(\d+\)", 40),
    (r"^[①-⑳]", 50),
]


def with_levels(labels: pl.DataFrame) -> pl.DataFrame:
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


def with_parents(labels: pl.DataFrame) -> pl.DataFrame:
    """The parent row of each row, and whether rows stand below it.

    Codes go under the row with the longest shorter code; everything else under the nearest row above with a smaller
    level; rows without either under the total: the one that closes their section, or the one that opens the table.
    """
    code_row = pl.col("code").is_not_null() & pl.col("project").is_null() & ~pl.col("listed")
    levels = sorted(int(value) for value in labels["level"].unique().drop_nulls() if value > 0)
    at_level = ((level, pl.when((pl.col("level") == level) & ~pl.col("is_repeat")).then("nth").forward_fill()) for level in levels)
    above = [pl.when(pl.col("level") > level).then(at) for level, at in at_level]
    labels = labels.with_columns(
        nearest=pl.max_horizontal(above) if above else pl.lit(None, dtype=pl.UInt32), agency_above=last(pl.col("is_agency"), "section"),
        opening=last(pl.col("is_total")), closing=following(pl.col("is_total")), several_totals=pl.col("is_total").sum().over("list") > 1,
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
        under=under, rooted=rooted, next_total=beside(pl.col("closing"), -1), previous_total=beside(pl.col("opening"), 1)
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
    again = pl.when(pl.col("again_of").is_not_null()).then(beside(pl.col("row_kind"), 1)).otherwise("row_kind")
    return labels.with_columns(row_kind=again)


def _of_part_totals(labels: pl.DataFrame) -> pl.DataFrame:
    """nth, part_above: rows of the classes that a part total of their list (人员经费合计) is the total of, and its place."""
    some = labels.select("nth", "list", "part_total", "economic_code").filter(pl.col("part_total").is_not_null().any().over("list"))
    part_above = pl.coalesce(
        pl.when(pl.col("economic_code").str.contains(classes)).then(pl.when(pl.col("part_total") == name).then("nth").max().over("list"))
        for name, classes in part_totals().iter_rows()
    )
    return some.select("nth", part_above=part_above)
