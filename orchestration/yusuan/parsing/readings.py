"""Several ways to read a header, and the arithmetic that decides between them.

A header that a conversion flattened can be read as printed, put straight, moved by one column, or built anew from the order of
its headings. Where its headings and the body below them disagree, every reading is tried, and the one under which most sums hold and
fewest headings contradict what stands below them is taken. The margin to the next best is kept. What stays in doubt is reported: a
tie between readings that differ, a better reading under which sums would fail, headings that contradict their columns under each.
"""

from collections.abc import Callable

import polars as pl

from yusuan.parsing.columns import HALF, LABEL_ROLES, MENDED, MOST, SHARES, Reading, Sheets, columns_of
from yusuan.parsing.header_shapes import CODE_LEVELS, WHOLES
from yusuan.parsing.text import squash

OTHERS = (
    Reading("as_printed", straighten=False),
    Reading("one_to_the_right", shift=1),
    Reading("one_to_the_left", shift=-1),
    Reading("rebuilt", rebuild=True),
)
MEANING = ["role", "measure", "fund_source", "period", "kind", "panel"]
# What is asked of a column when its reading is known.
OF_COLUMN = [
    "column", "path", *MEANING, "side", "unit", "scheme", "heading", "parent_heading", "purpose", "column_of_which", "straightened",
    "own",
]  # fmt: skip
# A reading that only mends a little may win by chance: it must satisfy so many sums more than the usual one, or remove a conflict.
LEAST_GAIN = 2
# So many of the sums that hold may fail where the usual reading finds none: publishers err.
FEW = 0.05
# A column that lost its heading leaves more sums without a term; then so many sums more must speak for the reading.
SOME, FAR = 0.2, 10
# A column with so many amounts is none of labels.
AMOUNTS = MOST
# A column with so few numbers is one of words.
FEW_NUMBERS = SHARES[0]
# A header with so many groups of one column each lost the places of its cells.
LONE_GROUPS = 2
# A heading that contradicts what stands below it weighs as much as so many sums.
CONFLICT = 2
# So many contradictions that no reading mends leave a doubt.
MANY_CONFLICTS = 2

Score = Callable[[pl.DataFrame], pl.DataFrame]


def best_columns(cells: pl.DataFrame, body: pl.DataFrame, tables: pl.DataFrame, score: Score) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(columns, readings): the meaning of all columns (OF_COLUMN), and for doubtful tables tid, reading, margin, unsure.

    `cells` and `body` are those of Sheets.of; `tables` has tid, columns, statement, fiscal_year.
    `score(tries)` counts for each tid and rank (which of the readings) the sums along rows that hold and that fail.
    """
    every = Sheets.of(cells, body, tables)
    # Tables that are alike are read alike, and one of them stands for all; but each has its own sums.
    alike = every.alike()
    sheets = every.some(alike.select(tid="like").unique())
    usual = columns_of(sheets, MENDED)
    odd = _conflicts(usual).filter((pl.col("lone") >= LONE_GROUPS) | pl.col("meaningless") | pl.col("astray")).select("tid")
    doubtful = pl.concat([_disagree(usual, sheets.header), _packed(sheets.header), odd])
    touched = usual.filter("straightened").select("tid")
    suspects = pl.concat([doubtful, touched]).unique()
    readings = usual
    if suspects.height:
        others = columns_of(sheets.some(suspects), *OTHERS).with_columns(pl.col("rank") + 1)
        readings = pl.concat([usual, others.select(usual.columns)])
    doubtful = pl.concat([doubtful, _straightened(readings)]).unique()
    if doubtful.is_empty():
        none = doubtful.with_columns(reading=pl.lit(""), margin=pl.lit(0), unsure=pl.lit(False))
        return _of_each(alike.with_columns(rank=pl.lit(0, pl.UInt32)), usual).drop("rank"), none
    tries = readings.join(doubtful, on="tid", how="semi", maintain_order="left")
    names = pl.DataFrame({"reading": [reading.name for reading in (MENDED, *OTHERS)]}).with_row_index("rank")
    ways = alike.join(_distinct(tries).join(_conflicts(tries), on=["tid", "rank"]).rename({"tid": "like"}), on="like")
    sums = score(_of_each(ways, tries))
    scores = ways.join(sums, on=["tid", "rank"], how="left").with_columns(pl.col("holds", "fails").fill_null(0))
    chosen = _choose(scores.join(names, on="rank")).join(alike, on="tid")
    # Where a header in doubt has nothing below it, nothing tells its readings apart, and its columns stay unknown.
    sure = ~pl.col("like").is_in(doubtful["tid"].implode())
    taken = alike.join(chosen.join(names, on="reading").select("tid", "rank"), on="tid", how="left", maintain_order="left")
    taken = taken.with_columns(rank=pl.when(sure).then(pl.lit(0, pl.UInt32)).otherwise("rank"))
    # Where nothing was put straight, the usual reading is the printed one.
    as_printed = (pl.col("reading") == MENDED.name) & ~pl.col("like").is_in(touched["tid"].unique().implode())
    chosen = chosen.with_columns(reading=pl.when(as_printed).then(pl.lit(OTHERS[0].name)).otherwise(pl.col("reading")))
    return _of_each(taken, readings).drop("rank"), chosen.drop("like")


def _of_each(tables: pl.DataFrame, readings: pl.DataFrame) -> pl.DataFrame:
    """The columns of tables (tid, like, rank): those of the table that each is like, in the reading of that rank."""
    told = readings.select("rank", *OF_COLUMN, like="tid")
    return tables.select("tid", "like", "rank").join(told, on=["like", "rank"], maintain_order="left_right").drop("like")


def _choose(scores: pl.DataFrame) -> pl.DataFrame:
    """The reading with the best score of each table; the usual one unless another is clearly better and hardly a sum fails under it."""
    points = pl.col("holds") - pl.col("fails") - CONFLICT * pl.col("conflicts")
    scores = scores.with_columns(points=points)
    usual = scores.filter(pl.col("reading") == MENDED.name).select("tid", usual="points", usual_fails="fails")
    scores = scores.join(usual, on="tid")
    few_fail = (pl.col("fails") <= pl.col("usual_fails")) | (pl.col("fails") <= FEW * pl.col("holds"))
    far_better = (pl.col("points") >= pl.col("usual") + FAR) & (pl.col("fails") <= SOME * pl.col("holds"))
    better = ((pl.col("points") >= pl.col("usual") + LEAST_GAIN) & few_fail) | far_better
    ranked = scores.filter(better | (pl.col("reading") == MENDED.name)).sort("tid", "points", "rank", descending=[False, True, False])
    best = ranked.unique("tid", keep="first", maintain_order=True).select(
        "tid", "reading", "points", "holds", "conflicts", "lone", "astray"
    )
    rivals = scores.join(best.select("tid", best="reading"), on="tid").filter(pl.col("reading") != pl.col("best"))
    second = rivals.group_by("tid").agg(second=pl.col("points").max())
    found = best.join(second, on="tid", how="left")
    # Nothing differs from the only reading there is.
    margin = pl.col("points") - pl.coalesce("second", "points")
    # Another reading that fits more but makes sums fail is none to take; it leaves a doubt all the same.
    tied = (pl.col("second") > pl.col("points")) | ((pl.col("points") == pl.col("second")) & (pl.col("holds") > 0))
    unmended = pl.col("conflicts") - pl.col("lone").fill_null(0) >= MANY_CONFLICTS
    return found.select("tid", "reading", margin=margin, unsure=tied.fill_null(False) | unmended.fill_null(False) | pl.col("astray"))


def _distinct(tries: pl.DataFrame) -> pl.DataFrame:
    """tid, rank of the readings that differ from those before them over columns that print something."""
    filled = tries.filter("filled").sort("tid", "rank", "column")
    # 小计 among items is that of the group that it stands in.
    group = pl.when(pl.col("role") == "item").then("parent_heading")
    meant = filled.select("tid", "rank", meant=pl.struct("column", *MEANING, "side", "scheme", "heading", group).hash())
    together = meant.group_by("tid", "rank", maintain_order=True).agg("meant")
    return together.unique(["tid", "meant"], keep="first", maintain_order=True).select("tid", "rank")


def _conflicts(tries: pl.DataFrame) -> pl.DataFrame:
    """tid, rank, conflicts, lone: headings over cells of another kind, columns without a heading or with one that the column before has,
    headings that say together what no measure and no fund is; groups of one column (also counted in conflicts); meaningless and astray
    (some headings say nothing together; some stand over columns that are not theirs, see _astray, or over the names of
    rows though they mean money)."""
    filled = pl.col("filled")
    keys = ["tid", "rank"]
    amount, path = pl.col("kind") == "amount", pl.col("path_text")
    again = filled & amount & path.is_not_null() & (path == path.shift(1).over(keys))
    meaningless = pl.col("clashes") | (filled & amount & (pl.col("facets") != "") & pl.col("told_measure").is_null())
    wrong = (filled & (_wrong(keys) | path.is_null())).fill_null(False) | again.fill_null(False) | meaningless.fill_null(False)
    depth = pl.col("path").list.len()
    over = tries.filter(depth > 1).select(*keys, "column", "path", level=pl.int_ranges(1, depth)).explode("level")
    over = over.with_columns(group=pl.col("path").list.head("level").list.join("\t")).sort(*keys, "level", "column")
    run = (pl.col("column") - pl.int_range(pl.len())).over(*keys, "level", "group")
    alone = over.with_columns(run=run).group_by(*keys, "level", "group", "run").len().filter(pl.col("len") == 1)
    lone = alone.group_by(keys).agg(lone=pl.len().cast(pl.Int64))
    astray, odd = _astray(keys), _odd(keys)
    # 年度 alone heads rows that say when.
    money = pl.col("told_role").is_in(["amount", "item"]) & ~squash(pl.col("heading")).is_in(["年", "年度"])
    first = (pl.col("column") == pl.col("column").filter("filled").min().over(*keys, "panel")) & (pl.col("amounts_in_panel") > 0)
    names = (first & money & (pl.col("role").is_in(LABEL_ROLES)) & (pl.col("number_share") < FEW_NUMBERS)).fill_null(False)
    judged = tries.select(
        *keys, wrong=wrong | astray | odd, meaningless=meaningless.fill_null(False) | odd, astray=astray | _over_others(keys) | names
    )
    found = judged.group_by(keys).agg(pl.col("meaningless", "astray").any(), conflicts=pl.col("wrong").sum().cast(pl.Int64))
    found = found.join(lone, on=keys, how="left").with_columns(pl.col("lone").fill_null(0))
    return found.with_columns(conflicts=pl.col("conflicts") + pl.col("lone"))


def _astray(keys: list[str]) -> pl.Expr:
    """Whether a column stands below headings of others: figures below a 合计 that is not their own heading, two totals of one group,
    columns of the other side than those before them in one of several panels, codes of one economic classification below the name of
    the other."""
    filled, amount, panel = pl.col("filled"), pl.col("kind") == "amount", [*keys, "panel"]
    side = pl.when(amount | pl.col("role").is_in(LABEL_ROLES)).then("side")
    other_side = (pl.col("panel").max().over(keys) > 1) & (side != side.drop_nulls().first().over(panel))
    code = filled & (pl.col("role") == "code") & (pl.col("class_share") >= MOST)
    government = pl.col("government_share") >= MOST
    several = (code & government).any().over(keys) & (code & ~government).any().over(keys)
    other_codes = code & several & pl.col("scheme").is_in(["economic", "government"]) & (government != (pl.col("scheme") == "government"))
    group = pl.col("path").list.head(pl.col("path").list.len() - 1).list.join("\t")
    total = filled & amount & pl.col("leaf").is_in(WHOLES) & (pl.col("path").list.len() > 1)
    totals = total & (total.sum().over(*panel, group) > 1)
    return ((filled & amount & pl.col("under_total")) | totals | other_side | other_codes).fill_null(False)


def _odd(keys: list[str]) -> pl.Expr:
    """Whether figures stand below the name of a classification of rows (科目), or the total of all beside the 小计 of one group."""
    amount, leaf = pl.col("filled") & (pl.col("kind") == "amount"), pl.col("leaf")
    subtotals = (amount & (leaf == "小计")).any().over(*keys, "panel")
    of_all = leaf.is_in(["合计", "总计"]) & (pl.col("facets") != "") & subtotals
    return (amount & (pl.col("under_labels") | of_all)).fill_null(False)


def _over_others(keys: list[str]) -> pl.Expr:
    """Whether a heading with figures below it is also the group of the next column: one of the two is not its place."""
    path, after = pl.col("path"), pl.col("path").shift(-1).over(keys)
    amounts = (pl.col("kind") == "amount") & (pl.col("kind").shift(-1).over(keys) == "amount")
    return (amounts & (after.list.len() > path.list.len()) & (after.list.head(path.list.len()) == path)).fill_null(False)


def _disagree(columns: pl.DataFrame, header: pl.DataFrame) -> pl.DataFrame:
    """Tables where a heading says one thing and the body below it another, or something stands below no heading."""
    return columns.filter(_wrong(["tid"]).fill_null(False)).join(header, on="tid", how="semi").select("tid").unique()


def _wrong(keys: list[str]) -> pl.Expr:
    """Whether a heading contradicts its column (figures without decimals look like codes, but of no class), or what is printed has none."""
    told, kind = pl.col("told_role"), pl.col("kind")
    decimals = (kind == "amount") | (pl.col("amount_share") >= AMOUNTS)
    wrong = (told.is_in(LABEL_ROLES) & decimals) | (told.is_in(["amount", "item"]) & pl.col("role").is_in(LABEL_ROLES))
    whole = told.is_in(LABEL_ROLES) & ~told.str.ends_with("code") & (pl.col("number_share") >= MOST) & (pl.col("class_share") < HALF)
    # Words stand below the heading of codes where the codes stand below another, or where no heading is one of names; a 合计 in the column
    # of codes is no such word.
    coding, codes = told.str.ends_with("code").fill_null(False), pl.col("filled") & (pl.col("class_share") >= MOST)
    elsewhere = (codes & (~coding | pl.col("leaf").is_in(CODE_LEVELS[1:]))).any().over(keys)
    numbered = (pl.col("filled") & (pl.col("code_share") >= MOST)).any().over(keys)
    nameless = ~(told.is_in(LABEL_ROLES) & ~coding).any().over(keys) & numbered
    words = coding & (pl.col("number_share") < FEW_NUMBERS) & (elsewhere | nameless)
    return wrong | whole | words | (pl.col("path").is_null() & pl.col("filled"))


def _packed(header: pl.DataFrame) -> pl.DataFrame:
    """tid of headers whose rows stand at the left edge without a gap, one with fewer headings than the row below it: a group of several
    columns leaves a gap."""
    whole = header.filter((pl.col("column_span") == 1).all().over("tid"))
    rows = whole.group_by("tid", "row").agg(headings=pl.len(), last=pl.col("column").max()).sort("tid", "row")
    packed = (pl.col("headings") == pl.col("last")) & (pl.col("headings") > 1)
    below = {name: pl.col(name).shift(-1).over("tid") for name in ("headings", "last")}
    at_edge = packed & (below["headings"] == below["last"]) & (below["headings"] > pl.col("headings"))
    return rows.filter(at_edge.fill_null(False)).select("tid").unique()


def _straightened(readings: pl.DataFrame) -> pl.DataFrame:
    """Tables whose header was put straight, so that the printed reading differs over columns that print something."""
    mended = readings.filter(pl.col("rank") == 0, "straightened", "filled").select("tid", "column", *MEANING)
    printed = readings.filter(pl.col("rank") == 1).select("tid", "column", *MEANING)
    differs = pl.any_horizontal(pl.col(name).ne_missing(pl.col(f"{name}_printed")) for name in MEANING)
    return mended.join(printed, on=["tid", "column"], suffix="_printed").filter(differs).select("tid").unique()
