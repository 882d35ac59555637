"""Rows that lost a cell or gained one on the way: which shift of their cells is meant, decided by the sums.

The cells right of a gap stand one or two columns off. A row is looked at when its cells do not fit their columns or when sums that it is in
fail; every shift of its cells right of every gap is tried on a copy of its table, and the one under which the sums hold is taken. Where
none does, or several do, the row stays as it is printed, and a notice tells of it (row_notices.py).
"""

import polars as pl

from yusuan.parsing.identities import BALANCE, FUNDS, ITEMS, MEASURES, PANEL, TREE, family, orphans
from yusuan.parsing.proven import Copies, Proven
from yusuan.parsing.table_reader import TableReader

ROW = ["tid", "row"]
STEPS = [1, 2, -1, -2]
# Where more rows of a table disagree, it is not its rows that are shifted.
MOST_SUSPECTS = 12
# What more than so many cells of a column are, and half of them, none is wrongly.
FEW_MISFITS = 2
CODE_ROLES = ["code", "project_code", "agency_code"]
NAME_ROLES = ["name", "project"]
# What a cell has to be in its column: a figure, a code, no figure with decimals, a number of things, or no words.
AMOUNT, CODE, LABEL, COUNT, CHANGE = range(5)
# 2.5 may count; money has two decimals.
MONEY = r"\.\d{2}$"
# A row may stay unseen until another row of its sums is back in its place.
ROUNDS = 5
SHIFTS = {"tid": pl.UInt32, "row": pl.Int32, "column": pl.Int32, "to": pl.Int32}


def row_shifts(body: pl.DataFrame, columns: pl.DataFrame, uneven: pl.DataFrame, reader: TableReader) -> tuple[pl.DataFrame, list[Proven]]:
    """(undecided, readings): tid, row of the rows whose figures do not fit and that no single shift puts right; and the tables as they are
    printed, with those that were read again since.

    `body` has body cells of columnar tables (tid, row, column, squashed, number), `columns` the meaning of columns, `uneven` rows with
    more or fewer fields than their table (tid, row).
    """
    cells = with_misfits(body, columns)
    odd, rows = _odd(cells), cells.select(ROW).filter(pl.struct(ROW).ne_missing(pl.struct(ROW).shift(1)))
    shifts, undecided = pl.DataFrame(schema=SHIFTS), pl.DataFrame(schema={"tid": pl.UInt32, "row": pl.Int32})
    printed = reader.printed()
    readings, without = [printed], printed.scores
    shown = (odd.select(ROW), uneven.select(ROW))
    damaged, off = _few(rows, *shown, _failing(printed)), _few(rows, *_off_by_it(printed))
    # Rows that were looked at in tables that no shift has changed since: they would be decided alike again.
    settled, by_sums = undecided.clear(), shifts.select("tid")
    for _ in range(ROUNDS):
        damaged, off = (rows.join(shifts, on=ROW, how="anti") for rows in (damaged, off))
        # Where a row that shows damage could not be put right, its neighbours are not moved to make up for it; and once they were moved,
        # it is they that show damage.
        by_itself = damaged.join(by_sums, on="tid", how="anti")
        by_it = off.join(damaged, on="tid", how="anti")
        suspects = pl.concat([by_itself.with_columns(alone=pl.lit(False)), by_it.with_columns(alone=pl.lit(True))])
        suspects = suspects.join(settled, on=ROW, how="anti")
        if suspects.is_empty() or (tries := _candidates(cells.join(suspects, on=ROW, how="semi"), columns, body)).is_empty():
            break
        copies = reader.tried(tries, shifts)
        ways, tied = _decided(suspects, _best(tries, copies.scores(), without))
        undecided = pl.concat([undecided, tied])
        if ways.is_empty():
            break
        more = tries.join(ways, on=["tid", "rank"], how="semi").filter(pl.col("to") != pl.col("column")).select(list(SHIFTS))
        settled = pl.concat([settled, suspects.select(ROW)]).join(more, on="tid", how="anti")
        by_sums = pl.concat([by_sums, more.join(by_it, on=ROW, how="semi").select("tid")])
        shifts = pl.concat([shifts, more])
        for again in _read_again(ways, shifts, copies, reader):
            readings.append(again)
            moved = again.labels.select("tid").unique()
            some = rows.join(moved, on="tid", how="semi")
            found = (_few(some, *shown, _failing(again)), _few(some, *_off_by_it(again)), again.scores)
            damaged, off, without = (
                pl.concat([old.join(moved, on="tid", how="anti"), new]) for old, new in zip((damaged, off, without), found, strict=True)
            )
    figures = odd.filter(pl.col("number").is_not_null()).select(ROW)
    return pl.concat([undecided, figures]).unique().join(shifts, on=ROW, how="anti"), readings


def _decided(suspects: pl.DataFrame, best: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """tid, row, rank of the rows that one way puts right, and tid, row of those that several put right.

    Where a row is to be moved `alone`, two rows of its table that could be shifted are two ways to make the same sums hold.
    """
    best = best.join(suspects, on=ROW, how="left")
    single = pl.when("alone").then(pl.len().over("tid") == 1).otherwise(pl.len().over(ROW) == 1)
    return best.filter(single).select(*ROW, "rank"), best.filter(~single).select(ROW).unique()


def _read_again(ways: pl.DataFrame, shifts: pl.DataFrame, copies: Copies, reader: TableReader) -> list[Proven]:
    """The tables with moved rows: they were read in that way already, but for those in which several rows moved at once."""
    one = pl.len().over("tid") == 1
    single, several = ways.filter(one), shifts.join(ways.filter(~one), on="tid", how="semi")
    return [
        *([reader.corrected(copies.taken(single))] if single.height else []),
        *([reader.shifted(several)] if several.height else []),
    ]


def with_misfits(body: pl.DataFrame, columns: pl.DataFrame, at: str = "column") -> pl.DataFrame:
    """Cells with `misfit`: words where an amount should stand, a figure with decimals where a label or a count should, or a cell below no
    heading."""
    headed = pl.col("path").is_not_null() | pl.col("path").is_null().all().over("tid")
    place = _column(at)
    meaning = columns.select("tid", "role", pl.col("column").alias(at), kind=pl.when(headed).then("kind"))
    meant = meaning.select(
        "role", "kind", place=place, fits=pl.when(pl.col("kind") == "amount")
        .then(AMOUNT)
        .when(pl.col("role").is_in(CODE_ROLES))
        .then(CODE)
        .when(pl.col("kind") == "label")
        .then(LABEL)
        .when(pl.col("role") == "count")
        .then(COUNT)
        .when(pl.col("role") == "change")
        .then(CHANGE),
    )  # fmt: skip
    cells = body.select(*ROW, "column", *([] if at == "column" else [at, "rank"]), "squashed", "number", place=place)
    cells = cells.join(meant, on="place", how="left", maintain_order="left").with_row_index("nth")
    # Few cells can be wrong in their column at all; only those are read.
    fits, no_number = pl.col("fits"), pl.col("number").is_null()
    asked = cells.select("nth", "fits", "squashed", "number").filter(
        (no_number & fits.is_in([AMOUNT, CODE, CHANGE])) | (~no_number & fits.is_in([CODE, LABEL, COUNT]))
    )
    words = no_number & pl.col("squashed").str.contains(r"\p{Han}")
    decimal = pl.col("number").str.contains(".", literal=True).fill_null(False)
    misfit = (
        pl.when(fits == CODE)
        .then(decimal | (words & ~pl.col("squashed").str.contains(r"\d")))
        .when(fits == LABEL)
        .then(decimal)
        .when(fits == COUNT)
        .then(pl.col("number").str.contains(MONEY).fill_null(False))
        .otherwise(words)
    )
    misfits = asked.filter(misfit.fill_null(True))["nth"]
    return cells.with_columns(misfit=fits.is_null() | pl.col("nth").is_in(misfits.implode())).drop("nth", "fits", "place")


def _odd(cells: pl.DataFrame) -> pl.DataFrame:
    """Cells that do not fit their column while most of the column's cells do."""
    column = _column("column")
    misfits = cells.select(*ROW, "number", "misfit", place=column).filter("misfit")
    counts = cells.select("misfit", place=column).filter(pl.col("place").is_in(misfits["place"].unique().implode()))
    few = counts.group_by("place").agg(pl.col("misfit").sum(), share=pl.col("misfit").mean())
    few = few.filter((pl.col("misfit") <= FEW_MISFITS) | (pl.col("share") < 0.5))
    return misfits.join(few, on="place", how="semi", maintain_order="left").select(*ROW, "number")


def _failing(proven: Proven) -> pl.DataFrame:
    """Rows in which a sum of their own fails."""
    failed = proven.sums.found.filter(pl.col("verdict") == "contradicted", family().is_in([MEASURES, FUNDS, ITEMS, BALANCE])).select("key")
    accused = proven.sums.terms.join(failed, on="key", how="semi")["at"]
    return proven.corrected.select("tid", row="printed_row")[accused]


def _off_by_it(proven: Proven) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Rows with a figure by which a sum of a column near it is off, rows with a figure in a column without a total, and their totals."""
    places = proven.corrected.select("tid", "panel", "column", "ticks", "is_total", row="printed_row")
    failed = proven.sums.found.filter(pl.col("verdict") == "contradicted", family().is_in([TREE, PANEL]))
    sums = failed.select("doubled_tolerance", off_by=pl.col("residual").abs()).hstack(
        places.select("tid", sum_column="column")[failed["whole_at"]]
    )
    near = places.join(sums, on="tid").filter(
        pl.col("ticks") != 0,
        (pl.col("column") - pl.col("sum_column")).abs() <= max(STEPS),
        2 * (pl.col("ticks").abs() - pl.col("off_by")).abs() <= pl.col("doubled_tolerance"),
    )
    loose = orphans(proven.corrected)
    few = loose.filter(pl.len().over("tid", "column") <= FEW_MISFITS).select("tid", row="printed_row")
    totals = places.filter("is_total").join(loose.select("tid", "panel").unique(), on=["tid", "panel"], how="semi")
    return near, few, totals


def _few(rows: pl.DataFrame, *evidence: pl.DataFrame) -> pl.DataFrame:
    """The rows that any evidence names, each as far as it does not name too many rows of a table."""
    named = [some.select(ROW).unique().filter(pl.len().over("tid") <= MOST_SUSPECTS) for some in evidence]
    return pl.concat(named).unique().join(rows, on=ROW, how="semi")


def _candidates(cells: pl.DataFrame, columns: pl.DataFrame, body: pl.DataFrame) -> pl.DataFrame:
    """tid, rank, row, column, to: every way to set the cells right of a gap one or two columns off, numbered from 1 in each table.

    Ways that set all figures alike are one: of them the one that suits the labels best, and that moves the fewest cells, stands for all.
    """
    cells = cells.sort(*ROW, "column").with_columns(
        nth=pl.int_range(pl.len()).over(ROW),
        before=pl.col("column").shift(1, fill_value=0).over(ROW),
        last=pl.col("column").last().over(ROW),
    )
    widths = columns.group_by("tid").agg(width=pl.col("column").max())
    gaps = cells.select(*ROW, "last", start="nth", first="column", before="before").join(pl.DataFrame({"step": STEPS}), how="cross")
    gaps = gaps.join(widths, on="tid")
    inside = (pl.col("first") + pl.col("step") > pl.col("before")) & (pl.col("last") + pl.col("step") <= pl.col("width"))
    gaps = gaps.filter(inside).sort(*ROW, "start", "step").with_row_index("rank")
    moved = gaps.select("rank", *ROW, "start", "step").join(cells, on=ROW, maintain_order="left_right")
    shift = pl.when(pl.col("nth") >= pl.col("start")).then(pl.col("step")).otherwise(0)
    moved = moved.with_columns(to=(pl.col("column") + shift).cast(pl.Int32)).drop("misfit", "role", "kind")
    moved = with_misfits(moved, columns, at="to")
    ways = _summarised(moved, ["rank"], "to", pl.col(ROW).first(), moved=(pl.col("to") != pl.col("column")).sum())
    ways = ways.join(_unusual(moved, body), on="rank", how="left").with_columns(pl.col("unusual").fill_null(0)).sort("rank")
    as_printed = _summarised(cells, ROW, "column")
    ways = ways.join(as_printed, on=ROW, suffix="_printed", maintain_order="left")
    ways = ways.filter(pl.col("figures") != pl.col("figures_printed"), pl.col("unread") <= pl.col("unread_printed"))
    ways = ways.sort(*ROW, "misfits", "unusual", "moved").unique([*ROW, "figures"], keep="first", maintain_order=True)
    ways = ways.filter(pl.col("misfits") == pl.col("misfits").min().over(ROW), pl.col("misfits") <= pl.col("misfits_printed"))
    ranks = ways.select("rank", way=pl.int_range(1, pl.len() + 1, dtype=pl.UInt32).over("tid"))
    return moved.join(ranks, on="rank").select("tid", "row", "column", "to", rank="way")


def _summarised(cells: pl.DataFrame, of: list[str], at: str, *further: pl.Expr, **named: pl.Expr) -> pl.DataFrame:
    """Of each row, and of each way to set it: `figures`, which of its cells are amounts, and of which columns; `misfits`, its cells that do
    not fit, and one more where nothing names it; `unread`, its figures that stand in no amount column. A code is no figure."""
    number, amount = pl.col("number").is_not_null(), pl.col("kind") == "amount"
    says_name = pl.col("role").is_in(NAME_ROLES) & ~number
    figure = number & ~pl.col("number").str.contains(r"^\d{3,7}$")
    rows = cells.group_by(of).agg(
        *further,
        figures=pl.when(amount & number).then(pl.format("{}>{}", "column", at)),
        misfits=pl.col("misfit").sum() + (~says_name.any()).cast(pl.UInt32),
        unread=(figure & (~amount).fill_null(True)).sum(),
        **named,
    )
    # Lists are joined all at once, groups one by one.
    return rows.with_columns(pl.col("figures").list.drop_nulls().list.join(","))


def _unusual(moved: pl.DataFrame, body: pl.DataFrame) -> pl.DataFrame:
    """rank, unusual: how many labels of a way no other cell of their column says."""
    labels = moved.filter(pl.col("kind") == "label").select("rank", "column", "to", "squashed", place=_column("to"))
    some = body.select("squashed", place=_column("column")).filter(pl.col("place").is_in(labels["place"].unique().implode()))
    printed = some.group_by("place", "squashed").agg(rows=pl.len())
    labels = labels.join(printed, on=["place", "squashed"], how="left")
    return labels.group_by("rank").agg(unusual=(pl.col("rows").fill_null(0) <= (pl.col("to") == pl.col("column"))).sum())


def _column(of: str) -> pl.Expr:
    """A column of a table in one integer."""
    return pl.col("tid").cast(pl.UInt64) * 2**16 + pl.col(of).cast(pl.UInt64)


def _best(tries: pl.DataFrame, scores: pl.DataFrame, without: pl.DataFrame) -> pl.DataFrame:
    """tid, row, rank: of each row the ways under which most sums hold, if more do than without, no more fail, and nothing is further off.

    A sum that a shift takes its terms from does not hold by that, nor may a figure go where no total has one.
    """
    ways = tries.select("tid", "row", "rank").unique().join(scores, on=["tid", "rank"]).join(without, on="tid", suffix="_without")
    worse = pl.any_horizontal(pl.col(name) > pl.col(f"{name}_without") for name in ("fails", "off", "orphans"))
    fewer = (pl.col("orphans") < pl.col("orphans_without")) & (pl.col("holds") >= pl.col("holds_without"))
    gone = pl.col("holds") + pl.col("fails") < pl.col("holds_without") + pl.col("fails_without")
    ways = ways.filter((pl.col("holds") > pl.col("holds_without")) | fewer, ~worse, ~gone)
    ways = ways.with_columns(points=pl.col("holds") - pl.col("fails") - pl.col("orphans"))
    return ways.filter(pl.col("points") == pl.col("points").max().over(ROW)).select("tid", "row", "rank")
