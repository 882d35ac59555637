"""What each column of a table means: header paths, roles, measures, fund sources, panels.

The header tree comes from spans where the format has them; where a text conversion flattened it, it is rebuilt from the
order of the headings. Wording is in vocabulary/header_terms.csv.
"""

from dataclasses import dataclass
from typing import Self

import polars as pl

from yusuan.parsing.header_shapes import NOT_FINANCIAL, WHOLES, WIDE_FUNDS, Path, Rows, rebuilt, taken_apart
from yusuan.parsing.keys import joint
from yusuan.parsing.repairs import MONEY
from yusuan.parsing.text import header_term, once_for_each, squash
from yusuan.parsing.vocabulary import load

LABEL_ROLES = [
    "code", "agency_code", "project_code", "name", "agency", "project", "project_group", "category", "procurement_class",
    "procurement_item", "item_group", "label",
]  # fmt: skip
PERIOD_WORDS = ["预算数", "年初预算数", "调整预算数", "调整后预算数", "全年预算数", "决算数", "决算统计数", "统计数"]
# The budget of the whole year after its adjustments, which final accounts print between 年初预算数 and 决算数.
ADJUSTED = "(?:调整|调整后|全年)预算"
# What the headings of a column say depends on nothing else: templates are shared, so a thousand tables have a few hundred paths.
PATH = ["path_text", "fiscal_year"]
KIND_OF_PROJECT = r"(?:运转|目标|人员|项目)类$|^(?:人员|公用)经费$"
# Shares of the cells of a column that decide what it is; no other share is asked for.
SHARES = FEW, HALF, MOST, NEARLY_ALL = 0.2, 0.5, 0.8, 0.9
NUMERIC = 0.6
UNIT_IN_HEADING = r"\((?:单位:|金额单位:)?(亿元|万元|千元|元)\)"
# A heading that names an item, and the unit behind it.
ITEM_AND_UNIT = r"^(.+?)\s*[(（](?:(?:金额)?单位[:：])?(?:亿元|万元|千元|元)[)）]\s*$"
OF_PROFILE = [
    "filled", "amount_share", "code_share", "class_share", "part_share", "government_share", "number_share", "numeric", "nested", "rare",
    "words",
]  # fmt: skip
# A column without a heading that fewer of a table's rows reach is none.
STRAY = 0.2
VEHICLES = "公务用车"
GOVERNMENT = r"^5\d{2}(?:\d{2})?$"


@dataclass(frozen=True)
class Reading:
    """One way to read a header: whether flattened headings are put straight, by how many columns it is moved, and whether the columns
    that its headings are printed in count at all."""

    name: str
    straighten: bool = True
    shift: int = 0
    rebuild: bool = False


MENDED = Reading("mended")
HEADER_CELLS = ["tid", "row", "column", "column_span", "row_span", "text"]
BODY_CELLS = ["tid", "row", "column", "bare", "number", "text", "text_id"]


@dataclass(frozen=True)
class Sheets:
    """All that the meaning of columns is told by, taken apart once for all readings of their headers.

    `header`: tid, row, column, column_span, row_span, text; `profile`: what stands in each column of the body (_body_profile);
    `tables`: tid, columns, statement, fiscal_year.
    """

    header: pl.DataFrame
    profile: pl.DataFrame
    tables: pl.DataFrame

    @classmethod
    def of(cls, cells: pl.DataFrame, body: pl.DataFrame, tables: pl.DataFrame) -> Self:
        """`cells` are those of tables: tid, row, column, column_span, row_span, header, caption, index, is_form, text; `body` those below
        the headers: tid, row, column, text, text_id, bare, number."""
        of_columns = [~pl.col(name) for name in ("caption", "index", "is_form")]
        header = cells.select(*HEADER_CELLS, "header", "caption", "index", "is_form").filter("header", *of_columns).select(HEADER_CELLS)
        header = header.sort("tid", "row", "column")
        return cls(header, _body_profile(body.select(BODY_CELLS), header), tables)

    def some(self, tids: pl.DataFrame) -> Self:
        """Those of some tables."""
        frames = (self.header, self.profile, self.tables)
        return type(self)(*(frame.join(tids, on="tid", how="semi", maintain_order="left") for frame in frames))

    def alike(self) -> pl.DataFrame:
        """tid, like: of each table the first one whose columns mean the same by all that is known here. Templates are shared: a thousand
        tables have some dozens of headers, and the shares of the profile are few."""
        level = pl.col("row").rle_id().over("tid")
        # A text is told by its length: no text can pass for two cells.
        heading = pl.format("{},{},{},{},{},{}", level, "column", "column_span", "row_span", pl.col("text").str.len_bytes(), "text")
        headings = self.header.select("tid", headings=heading).group_by("tid", maintain_order=True).agg(pl.col("headings").str.join(";"))
        shown = [pl.col(name).fill_null("") if name == "words" else pl.col(name).cast(pl.Utf8) for name in OF_PROFILE]
        below = self.profile.sort("tid", "column").select("tid", below=pl.concat_str("column", *shown, separator=","))
        below = below.group_by("tid", maintain_order=True).agg(pl.col("below").str.join(";"))
        tables = self.tables.join(headings, on="tid", how="left").join(below, on="tid", how="left")
        return tables.sort("tid").select("tid", like=pl.col("tid").first().over("columns", "statement", "fiscal_year", "headings", "below"))


def columns_of(sheets: Sheets, *readings: Reading) -> pl.DataFrame:
    """One row per (tid, rank, column), rank being the place of the reading among `readings`: path, role, measure, fund_source, carried,
    side, period, unit, scheme, panel, item, and whether headings of the table were put straight (straightened)."""
    # Each reading has its own copy of the tables, so that what headings mean is found for all of them at once.
    count = 1 + int(sheets.tables["tid"].max() or 0)  # type: ignore[arg-type]
    straight = {kind: _printed_paths(sheets, kind) for kind in {reading.straighten for reading in readings}}
    columns = pl.concat(
        _headed(sheets, reading, *straight[reading.straighten]).with_columns(pl.col("tid") + rank * count, table="tid")
        for rank, reading in enumerate(readings)
    )
    meanings = _meanings(columns.filter(pl.col("path").is_not_null()).select("path", *PATH).unique(PATH, keep="first", maintain_order=True))
    columns = columns.join(meanings, on=PATH, how="left", nulls_equal=True, maintain_order="left").sort("tid", "column")
    columns = _told_by_body(columns)
    columns = _panels(_government_codes(_roles(_rooted(columns, sheets.tables))))
    return columns.with_columns(tid="table", rank=pl.col("tid") // count).drop("table")


def _headed(sheets: Sheets, reading: Reading, printed: pl.DataFrame, straightened: pl.Series) -> pl.DataFrame:
    """The columns of all tables with their profile and the path of headings over each (path, path_text, fiscal_year), straightened, and
    whether a heading is printed in the column, or the format tells how far those beside it reach (own).

    `printed` and `straightened` are the _printed_paths of the header, straightened or not as the reading says.
    """
    tables = sheets.tables
    shaped = _shaped(sheets, reading)
    by_shape = pl.col("tid").is_in(shaped["tid"].unique().implode())
    years = tables.select("tid", "fiscal_year")
    paths = printed.filter(~by_shape).with_columns(pl.col("column") + reading.shift)
    paths = pl.concat([paths, shaped]).sort("tid", "column").join(years, on="tid", how="left", maintain_order="left")
    paths = paths.with_columns(path_text=pl.col("path").list.join("\t"))
    every = tables.select("tid", column=pl.int_ranges(1, pl.col("columns") + 1, dtype=pl.Int32)).explode("column")
    stray = _stray(sheets, shaped, reading)
    paths, body = (frame.join(stray, on=["tid", "column"], how="anti", maintain_order="left") for frame in (paths, sheets.profile))
    columns = every.join(paths, on=["tid", "column"], how="left").join(body, on=["tid", "column"], how="left", maintain_order="left")
    put_straight = pl.col("tid").is_in(straightened.implode()) & ~by_shape
    merged = pl.col("tid").is_in(sheets.header.filter(pl.col("column_span") > 1)["tid"].unique().implode())
    headings = sheets.header.select("tid", pl.col("column") + reading.shift, own=pl.lit(True)).unique()
    columns = columns.join(headings, on=["tid", "column"], how="left", maintain_order="left")
    own = pl.col("own").fill_null(False) | merged | by_shape
    return columns.with_columns(pl.col("filled").fill_null(False), straightened=put_straight, own=own)


def _shaped(sheets: Sheets, reading: Reading) -> pl.DataFrame:
    """tid, column, path of the tables in whose headers the place of a cell does not count: headers in one row whose headings were joined,
    and, where the reading rebuilds them, headers whose cells lost their place (header_shapes.py)."""
    levels = sheets.header.group_by("tid", "row", maintain_order=True).agg(level=pl.struct("column", "text"))
    printed = levels.group_by("tid", maintain_order=True).agg("level")
    if reading.rebuild:
        printed = printed.join(_kinds(sheets), on="tid", how="left", maintain_order="left")
    else:
        printed = printed.filter(pl.col("level").list.len() == 1).with_columns(below=None)
    shapes: dict[tuple, tuple[Path, ...] | None] = {}
    found: list[tuple[int, int, list[str]]] = []
    for tid, rows, below in printed.iter_rows():
        printed_rows = tuple(tuple((cell["column"], cell["text"]) for cell in row) for row in rows)
        shape = (printed_rows, tuple(below or ()))
        if shape not in shapes:
            shapes[shape] = _shape(printed_rows, below)
        paths = shapes[shape]
        if paths:
            places = range(1, len(paths) + 1) if reading.rebuild else [column for column, _ in printed_rows[0]]
            found += [(tid, column, list(path)) for column, path in zip(places, paths, strict=True) if path]
    shaped = pl.DataFrame(found, schema=[("tid", pl.UInt32), ("column", pl.Int32), ("path", pl.List(pl.Utf8))], orient="row")
    return shaped.with_columns(pl.col("column") + reading.shift)


def _shape(rows: Rows, below: list[str | None] | None) -> tuple[Path, ...] | None:
    """The paths of a header that is rebuilt over the kinds of columns `below` it, or else taken apart."""
    if below is None:
        return taken_apart(tuple(text for _, text in rows[0]))
    paths = rebuilt(rows, tuple(below))
    return (taken_apart(tuple(path[0] for path in paths)) or paths) if paths and len(rows) == 1 else paths


def _kinds(sheets: Sheets) -> pl.DataFrame:
    """tid, below: what stands in each column below its header (code, text, amount), null for nothing."""
    coded = (pl.col("code_share") >= MOST) & ~_figures_for_codes()
    below = pl.when(coded).then(pl.lit("code")).when("numeric").then(pl.lit("amount")).otherwise(pl.lit("text"))
    every = sheets.tables.select("tid", column=pl.int_ranges(1, pl.col("columns") + 1, dtype=pl.Int32)).explode("column")
    kinds = every.join(sheets.profile.select("tid", "column", below=below), on=["tid", "column"], how="left", maintain_order="left")
    return kinds.group_by("tid").agg("below")


def _stray(sheets: Sheets, shaped: pl.DataFrame, reading: Reading) -> pl.DataFrame:
    """tid, column: columns right of all headings that few rows reach. They are no columns: those rows have a cell too many."""
    printed = sheets.header.select("tid", last=_last_column() + max(reading.shift, 0))
    headings = pl.concat([printed, shaped.select("tid", last="column")], how="vertical_relaxed").group_by("tid").agg(pl.col("last").max())
    rare = sheets.profile.filter("rare").join(headings, on="tid")
    return rare.filter(pl.col("column") > pl.col("last")).select("tid", "column")


def _last_column() -> pl.Expr:
    return pl.col("column") + pl.col("column_span") - 1


def _rooted(columns: pl.DataFrame, tables: pl.DataFrame) -> pl.DataFrame:
    """A table of project expenditure does not say 项目支出 again over 工资福利支出: the statement says it."""
    roots = tables.join(load("statements").select("statement", "root"), on="statement").select("root", table="tid").drop_nulls()
    columns = columns.join(roots, on="table", how="left", maintain_order="left")
    bare = pl.col("root").is_not_null() & (pl.col("facets") != "") & ~pl.col("facets").str.starts_with(pl.col("root").fill_null(""))
    return columns.with_columns(facets=pl.when(bare).then(pl.col("root") + "/" + pl.col("facets")).otherwise(pl.col("facets"))).drop("root")


def _printed_paths(sheets: Sheets, straighten: bool) -> tuple[pl.DataFrame, pl.Series]:
    """(tid, column, path): the headings over each column as their places say, merged cells filled; and the tids of the tables in which
    headings were put straight."""
    header, tables = sheets.header, sheets.tables
    header = header.with_columns(level=pl.col("row").rank("dense").over("tid").cast(pl.Int32))
    depth = max(1, int(header["level"].max() or 0))  # type: ignore[arg-type]
    width = tables.select("tid", "columns")
    spanned = header.filter(((pl.col("column_span") > 1) | (pl.col("row_span") > 1)).any().over("tid"))
    explicit = (
        spanned.with_columns(column=pl.int_ranges("column", pl.col("column") + pl.col("column_span"), dtype=pl.Int32))
        .explode("column")
        .group_by("tid", "column", "level")
        .agg(pl.first("text"))
    )
    flat = header.join(spanned.select("tid").unique(), on="tid", how="anti").select("tid", "column", "level", "text")
    flat_width = width.join(flat.select("tid").unique(), on="tid", how="semi")
    frame = flat_width.select("tid", column=pl.int_ranges(1, pl.col("columns") + 1, dtype=pl.Int32)).explode("column")
    wide = _wide(frame, flat, depth)
    straight = _straighten(wide, depth) if straighten else wide
    straightened = straight.join(wide, on=wide.columns, how="anti", nulls_equal=True)["tid"].unique()
    filled = _fill_merged(straight, depth)
    explicit_frame = explicit.select("tid", "column").unique().sort("tid", "column")
    matrix = pl.concat([filled, _wide(explicit_frame, explicit, depth).select(filled.columns)])
    return _paths(matrix), straightened


def _wide(frame: pl.DataFrame, cells: pl.DataFrame, depth: int) -> pl.DataFrame:
    for level in range(1, depth + 1):
        own = cells.filter(pl.col("level") == level).select("tid", "column", pl.col("text").alias(f"own_{level}"))
        frame = frame.join(own, on=["tid", "column"], how="left", maintain_order="left")
    return frame


def _straighten(wide: pl.DataFrame, depth: int) -> pl.DataFrame:
    """Undoes two shifts that flattened headers show, before merged headings are filled.

    1. A group heading stands one column too early, over the last leaf of the group before it: it belongs where the row
       below begins its next group.
    2. The lowest headings slid to the left, over code and name columns: they belong, in order, over the columns of the
       groups above that wait for them.
    """
    for level in range(1, depth):
        above, below = pl.col(f"own_{level}"), pl.col(f"own_{level + 1}")
        next_below = pl.when(below.is_not_null()).then(pl.col("column")).backward_fill().over("tid")
        next_above = pl.when(above.is_not_null()).then(pl.col("column")).shift(-1).backward_fill().over("tid")
        last_above = pl.when(above.is_not_null()).then(pl.col("column")).forward_fill().shift(1).over("tid")
        last_below = pl.when(below.is_not_null()).then(pl.col("column")).forward_fill().over("tid")
        straddles = (
            above.is_not_null() & below.is_null() & next_below.is_not_null()
            & (last_below > last_above) & ((next_below < next_above) | next_above.is_null())
        )  # fmt: skip
        wide = wide.with_columns(target=pl.when(straddles).then(next_below), straddler=pl.when(straddles).then(above))
        moved = wide.filter(pl.col("target").is_not_null()).select("tid", column=pl.col("target"), moved=pl.col("straddler"))
        wide = wide.join(moved, on=["tid", "column"], how="left", maintain_order="left").with_columns(
            pl.when(pl.col("target").is_not_null()).then(None).otherwise(pl.coalesce("moved", f"own_{level}")).alias(f"own_{level}")
        )
        wide = wide.drop("target", "straddler", "moved")
    return _unslide(wide, depth)


def _unslide(wide: pl.DataFrame, depth: int) -> pl.DataFrame:
    if depth < 2:
        return wide
    amounts = load("header_terms").filter(pl.col("role") == "amount")["term"].implode()
    levels = [pl.when(pl.col(f"own_{k}").is_not_null()).then(pl.lit(k)) for k in range(1, depth + 1)]
    lowest = pl.max_horizontal(levels).max().over("tid")
    wide = wide.with_columns(lowest=lowest)
    last = pl.coalesce(pl.when(pl.col("lowest") == k).then(pl.col(f"own_{k}")) for k in range(2, depth + 1))
    group = pl.coalesce(pl.when(pl.col("lowest") == k).then(pl.col(f"own_{k - 1}")) for k in range(2, depth + 1))
    higher = pl.any_horizontal(
        pl.when(pl.col("lowest") > k + 1).then(pl.col(f"own_{k}").is_not_null()).otherwise(pl.lit(False)) for k in range(1, depth)
    )
    wide = wide.with_columns(last=last, group=group, segment=(group.is_not_null() | higher).cum_sum().over("tid"))
    wide = wide.with_columns(group=pl.col("group").first().over("tid", "segment"), group_size=pl.len().over("tid", "segment"))
    heading = pl.col("last").is_not_null() & header_term(pl.col("last")).is_in(amounts)
    waiting = pl.col("group").is_not_null() & (pl.col("group_size") > 1)
    wide = once_for_each(wide, ["last"], heading=heading).with_columns(waiting=waiting)
    slid = (pl.col("heading").sum() == pl.col("waiting").sum()).over("tid") & (pl.col("heading") != pl.col("waiting")).any().over("tid")
    wide = wide.with_columns(slid=slid)
    sources = wide.filter("slid", "heading").select("tid", moved=pl.col("last"), k=pl.int_range(pl.len()).over("tid"))
    targets = wide.filter("slid", "waiting").select("tid", "column", k=pl.int_range(pl.len()).over("tid"))
    wide = wide.join(targets.join(sources, on=["tid", "k"]).drop("k"), on=["tid", "column"], how="left", maintain_order="left")
    cleared = pl.when(pl.col("slid") & pl.col("heading")).then(None).otherwise(pl.col("last"))
    mended = pl.coalesce("moved", cleared)
    wide = wide.with_columns(
        pl.when(pl.col("slid") & (pl.col("lowest") == k)).then(mended).otherwise(pl.col(f"own_{k}")).alias(f"own_{k}")
        for k in range(2, depth + 1)
    )
    return wide.select("tid", "column", *(f"own_{k}" for k in range(1, depth + 1)))


def _fill_merged(wide: pl.DataFrame, depth: int) -> pl.DataFrame:
    """A heading covers the blank columns to its right, as far as its own parent reaches."""
    boundary = pl.lit(False)
    for level in range(1, depth + 1):
        own = pl.col(f"own_{level}")
        boundary = boundary | own.is_not_null()
        wide = wide.with_columns(boundary.alias("boundary")).with_columns(segment=pl.col("boundary").cum_sum().over("tid"))
        wide = wide.with_columns(own.first().over("tid", "segment").alias(f"filled_{level}"))
        boundary = pl.col("boundary")
    return wide.select("tid", "column", *(pl.col(f"filled_{k}").alias(f"own_{k}") for k in range(1, depth + 1)))


def _paths(matrix: pl.DataFrame) -> pl.DataFrame:
    levels = [name for name in matrix.columns if name.startswith("own_")]
    path = pl.concat_list(levels).list.drop_nulls().list.unique(maintain_order=True)
    paths = once_for_each(matrix, levels, path=path).select("tid", "column", "path")
    return paths.filter(pl.col("path").list.len() > 0)


def _meanings(paths: pl.DataFrame) -> pl.DataFrame:
    """What the headings of each path say together, the lowest heading first."""
    terms = (
        paths.explode("path")
        .with_columns(depth=pl.int_range(pl.len()).over(PATH), raw=squash(pl.col("path")), term=header_term(pl.col("path")))
        .with_columns(of_which=pl.col("term").str.starts_with("其中:"))
        # 其中：财政拨款 has a meaning of its own; any other 其中 heading means what it says without it.
        .with_columns(
            term=pl.when(pl.col("term").is_in(load("header_terms")["term"].implode()))
            .then("term")
            .otherwise(pl.col("term").str.replace("^其中:", ""))
        )
        .join(load("header_terms").drop("seen_in"), on="term", how="left", maintain_order="left")
    )
    terms = _items_by_name(_by_pattern(terms)).with_columns(year=pl.col("raw").str.extract(r"(20[0-4]\d)年?", 1).cast(pl.Int32))
    # 预算数 | 决算数 under an item say when, not what: the heading above them is the heading of the column.
    when = pl.col("term").is_in(PERIOD_WORDS)
    terms = terms.with_columns(says_when=when & (~when).any().over(PATH), path=pl.col("path").str.replace(ITEM_AND_UNIT, "$1"))
    said = ~pl.col("says_when")
    return terms.group_by(PATH, maintain_order=True).agg(
        heading=pl.col("path").filter(said).last(),
        parent_heading=pl.col("path").filter(said).get(-2, null_on_oob=True),
        leaf=pl.col("term").filter(said).last(),
        told_role=pl.col("role").filter(pl.col("role") != "group").drop_nulls().last(),
        column_of_which=pl.col("of_which").last(),
        grouped_under_item=(pl.col("role") == "item").any() & (pl.len() > 1),
        facets=pl.col("facet").drop_nulls().unique(maintain_order=True).str.join("/"),
        # A group heading names a source only where it is itself the heading of the column.
        fund_source=pl.col("fund_source")
        .filter((pl.col("role") != "group") | (pl.int_range(pl.len()) == pl.len() - 1))
        .drop_nulls()
        .last(),
        group_fund=pl.col("fund_source").filter(pl.col("role") == "group").last(),
        # Nothing is part of a 合计 that stands over it: that is the heading of one column.
        under_total=pl.col("term").filter(said, pl.col("term").is_in(WHOLES)).len() > pl.col("term").filter(said).last().is_in(WHOLES),
        under_labels=pl.col("term").filter((pl.col("role") == "group").fill_null(False), pl.col("term").str.ends_with("科目")).len() > 0,
        # 政府性基金 under 财政专户管理资金 is no fund, nor is 单位资金 under 财政拨款.
        clashes=(pl.col("fund_source").filter(~pl.col("fund_source").is_in(WIDE_FUNDS)).drop_nulls().n_unique() > 1)
        | ((pl.col("fund_source") == "financial").any() & pl.col("fund_source").is_in(NOT_FINANCIAL).any()),
        carried=(pl.col("carried") == "yes").any(),
        side=pl.col("side").drop_nulls().first(),
        period=pl.when(
            pl.col("raw").str.contains("上年(年初)?(预算|决算|执行|完成)|去年").any() | (pl.col("year") < pl.col("fiscal_year")).any()
        )
        .then(pl.lit("last_year"))
        .when(pl.col("raw").str.contains("决算(?:统计)?数|^统计数$").any())
        .then(pl.lit("final_accounts"))
        .when(pl.col("raw").str.contains(ADJUSTED).any())
        .then(pl.lit("adjusted"))
        .when(pl.col("raw").str.contains("预算数|年初预算").any())
        .then(pl.lit("budget")),
        unit=pl.col("raw").str.extract(UNIT_IN_HEADING, 1).drop_nulls().last(),
        scheme=pl.when(pl.col("raw").str.contains("政府(预算)?(支出)?经济").any())
        .then(pl.lit("government"))
        .when(pl.col("raw").str.contains("经济").any())
        .then(pl.lit("economic"))
        .when(pl.col("raw").str.contains("功能").any())
        .then(pl.lit("function")),
        purpose=pl.col("raw").str.contains("用途").any(),
    )


def _by_pattern(terms: pl.DataFrame) -> pl.DataFrame:
    """Headings that no term matches, by the first pattern that they contain (vocabulary/header_patterns.csv)."""
    patterns = load("header_patterns").drop("seen_in")
    which = pl.coalesce(
        pl.when(pl.col("role").is_null() & pl.col("term").str.contains(pattern)).then(pl.lit(k, dtype=pl.UInt32))
        for k, pattern in enumerate(patterns["pattern"])
    )
    meanings = patterns.drop("pattern").with_row_index("which")
    names = [name for name in meanings.columns if name != "which"]
    terms = terms.with_columns(which=which).join(meanings, on="which", how="left", suffix="_pattern", maintain_order="left")
    return terms.with_columns(pl.coalesce(name, f"{name}_pattern").alias(name) for name in names).drop(
        "which", *(f"{name}_pattern" for name in names)
    )


def _items_by_name(terms: pl.DataFrame) -> pl.DataFrame:
    """Headings that name economic items (基本工资, 津贴补贴) and mean nothing else: the columns of a transposed table."""
    codes = load("economic_codes").filter(pl.col("scheme") == "department", pl.col("code").str.len_chars() == 5)
    named = pl.col("role").is_null() & pl.col("term").is_in(codes["name"].implode())
    return terms.with_columns(role=pl.when(named).then(pl.lit("item")).otherwise(pl.col("role")))


def _body_profile(body: pl.DataFrame, header: pl.DataFrame) -> pl.DataFrame:
    """What stands in each column of the body: shares of amounts, of codes, of codes of a known class, and of numbers at all, each as the
    greatest of SHARES that it reaches; whether more are numbers than not (numeric), whether the codes are nested, the role that the
    words would have without a heading (words), and whether the column is right of all headings and few rows reach it (rare)."""
    known = pl.concat([load("function_classes")["code"], load("economic_codes")["code"]]).str.slice(0, 3).unique()
    code, digits = pl.col("text").str.contains(r"^\s*\d{2,7}\s*$"), pl.col("text").str.strip_chars()
    suffixes = "|".join(load("agency_suffixes")["suffix"].str.replace_all(r"([()])", r"\$1"))
    label = pl.when(pl.col("number").is_null()).then("bare")
    body = once_for_each(
        body, ["text_id"], code=code, digits=digits,
        classed=code & digits.str.len_chars().is_in([3, 5, 7]) & digits.str.slice(0, 3).is_in(known.implode()),
        part=code & (digits.str.len_chars() == 2), government=code & digits.str.contains(GOVERNMENT),
        agency=label.str.contains(rf"(?:{suffixes})(?:\([^()]*\))?$"), kind=label.str.contains(KIND_OF_PROJECT),
        money=label.str.contains(MONEY).fill_null(False),
    )  # fmt: skip
    number = pl.col("number").is_not_null() | pl.col("money")
    of_labels = pl.when(~number)
    profile = body.group_by(place=joint("tid", "column")).agg(
        pl.col("tid", "column").first(),
        body_cells=pl.len(),
        amount_share=(number & ~pl.col("code")).mean(),
        code_share=pl.col("code").mean(),
        class_share=pl.col("classed").mean(),
        part_share=pl.col("part").mean(),
        government_share=pl.col("government").mean(),
        number_share=number.mean(),
        agencies=of_labels.then("agency").mean(),
        kinds=of_labels.then("kind").mean(),
    )
    # 201, 20103, 2010301: a list of codes holds the classes that its items belong to.
    codes = body.filter("code").select("tid", "column", "digits", "classed")
    items = codes.filter("classed", pl.col("digits").str.len_chars() > 3)
    nested = items.with_columns(pl.col("digits").str.slice(0, 3)).join(codes, on=["tid", "column", "digits"], how="semi")
    nested = nested.select("tid", "column", nested=pl.lit(True)).unique()
    profile = profile.join(nested, on=["tid", "column"], how="left")
    headed = header.group_by("tid").agg(last=_last_column().max())
    right = profile.select("tid", "column", "body_cells").join(headed, on="tid").filter(pl.col("column") > pl.col("last"))
    reached = body.select("tid", "row").join(right, on="tid", how="semi").group_by("tid").agg(rows=pl.col("row").n_unique())
    rare = right.join(reached, on="tid").filter(pl.col("body_cells") < STRAY * pl.col("rows")).select("tid", "column", rare=pl.lit(True))
    words = pl.when(pl.col("kinds") >= MOST).then(pl.lit("category")).when(pl.col("agencies") >= MOST).then(pl.lit("agency"))
    return profile.join(rare, on=["tid", "column"], how="left").select(
        "tid", "column", *(_reached(name) for name in OF_PROFILE if name.endswith("_share")), pl.col("nested", "rare").fill_null(False),
        numeric=pl.col("number_share") > NUMERIC, filled=pl.lit(True), words=words,
    )  # fmt: skip


def _reached(share: str) -> pl.Expr:
    """The greatest of SHARES that a share reaches, or 0."""
    return pl.max_horizontal(pl.when(pl.col(share) >= least).then(pl.lit(least)).otherwise(0.0) for least in SHARES).alias(share)


def _told_by_body(columns: pl.DataFrame) -> pl.DataFrame:
    """Label columns left of a headed one whose own heading was lost: names of agencies, or of kinds of projects (特定目标类)."""
    text = pl.col("told_role").is_null() & (pl.col("number_share") < HALF)
    headed_later = pl.col("told_role").is_in(LABEL_ROLES).fill_null(False).cast(pl.Int8).cum_max(reverse=True).over("tid") == 1
    return columns.with_columns(told_role=pl.when(text & headed_later).then("words").otherwise("told_role"))


def _roles(columns: pl.DataFrame) -> pl.DataFrame:
    """The role that the header tells, else the one that the body shows."""
    told, amounts = pl.col("told_role"), pl.col("amount_share").fill_null(0)
    coded = (pl.col("code_share").fill_null(0) >= NEARLY_ALL) & ~_figures_for_codes().fill_null(False)
    numeric = (amounts >= HALF) | ((pl.col("number_share").fill_null(0) >= NEARLY_ALL) & ~coded)
    codes_below = ((pl.col("class_share") >= MOST) & pl.col("nested")).fill_null(False)
    role = (
        pl.when(told.is_in(["amount", "item"]) & codes_below)
        .then(pl.lit("code"))
        .when(told.is_in(["amount", "item"]) & pl.col("filled") & (pl.col("number_share") < FEW))
        .then(pl.lit("label"))
        .when(told.is_in(["name", "project"]) & (pl.col("code_share") >= MOST))
        .then(pl.lit("code"))
        .when(told.is_not_null() & ~(told.is_in(["name", "agency", "project", "category"]) & (amounts >= MOST)))
        .then(told)
        .when(numeric)
        .then(pl.lit("amount"))
        .when(pl.col("code_share") >= MOST)
        .then(pl.lit("code"))
        .when("filled")
        .then(pl.lit("label"))
    )
    # 小计 under a heading that is an item (公务用车购置及运行费) is the figure of that item.
    item = pl.col("grouped_under_item").fill_null(False) & (role == "amount")
    # Beside another budget that of the whole year is kept apart from it; alone it is the budget.
    adjusted = pl.col("period") == "adjusted"
    apart = pl.when((pl.col("period") == "budget").any().over("tid")).then(pl.lit("whole_period")).otherwise(pl.lit("budget"))
    columns = columns.with_columns(period=pl.when(adjusted).then(apart).otherwise(pl.col("period")))
    # Budget and final accounts are periods only where a table prints them side by side.
    both = pl.col("period").is_in(["budget", "final_accounts"]).fill_null(False) & (
        (pl.col("period") == "budget").any() & (pl.col("period") == "final_accounts").any()
    ).over("tid")
    kept = both | pl.col("period").is_in(["last_year", "whole_period"]).fill_null(False)
    columns = columns.with_columns(
        role=pl.when(item).then(pl.lit("item")).otherwise(role), period=pl.when(kept).then(pl.col("period")).otherwise(pl.lit("this_year"))
    )
    # 单位名称（科目） names units where no codes of classes stand beside it.
    units = (
        (pl.col("role") == "name")
        & pl.col("leaf").str.contains(r"^(?:单位|部门)(?:名称)?\(")
        & ~(pl.col("role") == "code").any().over("tid")
    )
    columns = columns.with_columns(role=pl.when(units).then(pl.lit("agency")).otherwise(pl.col("role")))
    columns = _group_totals(_item_totals(_twin_labels(columns)))
    # Without any header the first column of text is the name of the row.
    unnamed = (~pl.col("told_role").is_in(["name", "project", "agency"]).fill_null(False)).all().over("tid")
    first_label = (pl.col("role") == "label") & ((pl.col("role") == "label").cum_sum().over("tid") == 1)
    columns = columns.with_columns(role=pl.when(unnamed & first_label).then(pl.lit("name")).otherwise(pl.col("role")))
    # 其他支出 is a kind of basic expenditure beside 工资福利支出 and the like; below a fund it is only some of that fund's money.
    items = pl.col("facets").str.contains("wages|household|goods|capital").fill_null(False).any().over("tid")
    of_fund = (pl.col("facets") == "other") & pl.col("fund_source").is_not_null() & ~items
    columns = columns.with_columns(facets=pl.when(of_fund).then(pl.lit("")).otherwise(pl.col("facets")))
    measures = load("measure_facets").rename({"measure": "told_measure"})
    carried = load("carried_over")
    return (
        columns.join(measures, on="facets", how="left", maintain_order="left")
        .with_columns(pl.col("fund_source").alias("plain_fund"))
        .join(carried.rename({"carried": "carried_fund"}), on="fund_source", how="left", maintain_order="left")
        .with_columns(fund_source=pl.when("carried").then(pl.coalesce("carried_fund", "fund_source")).otherwise(pl.col("fund_source")))
        .drop("plain_fund", "carried_fund")
    )


def _figures_for_codes() -> pl.Expr:
    """Whether what looks like codes, but of no class and not like parts of one (201 | 03 | 01), stands right of all text: whole figures."""
    text_column = pl.col("filled") & (pl.col("number_share") < HALF)
    unknown = (pl.col("class_share") < HALF) & (pl.col("part_share") < HALF)
    return (pl.col("column") > pl.when(text_column).then(pl.col("column")).max().over("tid")) & unknown


def _twin_labels(columns: pl.DataFrame) -> pl.DataFrame:
    """Several label columns under one heading: the last names the row, the ones before it name its group."""
    path = pl.col("path").list.join("/")
    twin = pl.col("role").is_in(["name", "project"]) & (pl.col("role") == pl.col("role").shift(-1)) & (path == path.shift(-1))
    return columns.with_columns(role=pl.when(twin.over("tid").fill_null(False)).then(pl.lit("item_group")).otherwise(pl.col("role")))


def _group_totals(columns: pl.DataFrame) -> pl.DataFrame:
    """小计 beside the sources of a group is of the source that the group names (财政拨款收入); alone under it the rows tell the source."""
    total = pl.col("leaf").is_in(WHOLES) & pl.col("fund_source").is_null() & pl.col("group_fund").is_not_null()
    if columns.filter(total).is_empty():
        return columns
    beside = (pl.col("fund_source").is_not_null() & pl.col("group_fund").is_not_null()).any().over("tid", "parent_heading")
    return columns.with_columns(fund_source=pl.when(total & beside).then("group_fund").otherwise("fund_source"))


def _item_totals(columns: pl.DataFrame) -> pl.DataFrame:
    """The 合计 column beside columns that are items is one of them, and so is a heading of unknown wording among them.

    Where only some of the items stand under a heading with the 合计, that is the 小计 of the heading.
    """
    several = (pl.col("role") == "item").sum().over("tid") >= 2
    unknown = several & (pl.col("role") == "amount") & pl.col("told_role").is_null() & pl.col("path").is_not_null()
    item = (pl.col("role") == "item") | unknown
    named = pl.col("role").is_in(["name", "project", "code"]).any().over("tid")
    total = (pl.col("role") == "amount") & pl.col("leaf").is_in(["合计", "总计", "小计"])
    below = item.sum().over("tid", pl.col("path").list.first())
    part = total & pl.col("parent_heading").is_not_null() & (below > 0) & (below < item.sum().over("tid"))
    # 小计 | 公务用车购置费 | 公务用车运行费: the heading over them is lost.
    of_vehicles = pl.col("leaf").shift(-1).over("tid").str.starts_with(VEHICLES) & (pl.col("leaf") == "小计")
    lost = total & of_vehicles & pl.col("parent_heading").is_null()
    return columns.with_columns(
        role=pl.when((item.any().over("tid") & ~named & total) | part | unknown).then(pl.lit("item")).otherwise(pl.col("role")),
        heading=pl.when(part).then(pl.lit("小计")).otherwise(pl.col("heading")),
        parent_heading=pl.when(lost).then(pl.lit(f"{VEHICLES}购置及运行费")).otherwise(pl.col("parent_heading")),
    )


def _government_codes(columns: pl.DataFrame) -> pl.DataFrame:
    """Codes 5xx beside other codes are those of the government's economic classification, also where no heading says so, and the name
    right of them is theirs (政府收支分类科目: 部门预算支出经济分类 3xx, 政府预算支出经济分类 5xx)."""
    untold = pl.col("scheme").is_null()
    code = pl.col("role") == "code"
    government = (code & untold & (pl.col("government_share") >= MOST)).fill_null(False)
    beside = (code & ~government).any().over("tid")
    columns = columns.with_columns(government=government & beside)
    named = (pl.col("role") == "name") & untold & pl.col("government").shift(1).over("tid")
    theirs = pl.col("government") | named.fill_null(False)
    return columns.with_columns(scheme=pl.when(theirs).then(pl.lit("government")).otherwise("scheme")).drop("government")


def _panels(columns: pl.DataFrame) -> pl.DataFrame:
    """Side-by-side panels: a label column after an amount column begins a new one."""
    kind = (
        pl.when(pl.col("role").is_in(["amount", "item"]))
        .then(pl.lit("amount"))
        .when(pl.col("role").is_in(LABEL_ROLES))
        .then(pl.lit("label"))
    )
    columns = columns.with_columns(kind=kind)
    known = columns.filter(pl.col("kind").is_not_null())
    opens = (pl.col("kind") == "label") & (pl.col("kind").shift(1) == "amount").over("tid").fill_null(False)
    known = known.with_columns(panel=opens.cum_sum().over("tid").cast(pl.Int32) + 1).select("tid", "column", "panel")
    columns = columns.join(known, on=["tid", "column"], how="left", maintain_order="left")
    # A blank column that only goes on with the heading before it is the end of a merged cell or of a row.
    again = (~pl.col("filled") & (pl.col("path_text") == pl.col("path_text").shift(1).over("tid"))).fill_null(False)
    columns = columns.with_columns(own_amount=(pl.col("kind") == "amount") & ~again)
    return _measures(columns.with_columns(amounts_in_panel=pl.col("own_amount").sum().over("tid", "panel")))


def _lone_subtotals(columns: pl.DataFrame) -> pl.DataFrame:
    """小计 whose group heading is lost is that of the columns right of it, where all up to the next whole are parts of one measure."""
    panel = ["tid", "panel"]
    lone = (pl.col("kind") == "amount") & (pl.col("leaf") == "小计") & (pl.col("path").list.len() == 1)
    columns = columns.with_columns(lone=(lone & pl.col("told_measure").is_null()).fill_null(False))
    if not columns["lone"].any():
        return columns.drop("lone")
    whole = (pl.col("kind") == "amount") & ~pl.col("told_measure").str.contains("/", literal=True)
    group = [*panel, (pl.col("lone") | whole.fill_null(False)).cum_sum().over(panel)]
    part = ~pl.col("lone") & (pl.col("kind") == "amount")
    root = pl.col("told_measure").str.extract("^([^/]+)/", 1)
    one = (root.filter(part).n_unique() == 1).over(group) & (root.is_not_null() == part).all().over(group)
    told = pl.when("lone", one).then(root.filter(part).first().over(group))
    return columns.with_columns(told_measure=pl.coalesce("told_measure", told)).drop("lone")


def _measures(columns: pl.DataFrame) -> pl.DataFrame:
    """The measure of every amount column. A table of one kind of expenditure (基本支出) calls its 合计 the total."""
    columns = _lone_subtotals(columns)
    told = pl.when(pl.col("kind") == "amount").then(pl.col("told_measure"))
    root = told.str.extract(r"^([^/]+)", 1)
    whole = (
        (told == root)
        & (root.drop_nulls().n_unique() == 1).over("tid", "panel")
        & ((told.is_not_null() & pl.col("own_amount")).sum() == pl.col("amounts_in_panel")).over("tid", "panel")
    )
    whole = whole & (pl.col("amounts_in_panel") > 1)
    plain = pl.when((pl.col("amounts_in_panel") == 1) | (pl.col("role") == "item")).then(pl.lit("amount")).otherwise(pl.lit("total"))
    untold = pl.when(pl.col("path").is_not_null()).then(plain)
    measure = pl.when(whole).then(pl.lit("total")).otherwise(pl.coalesce(told, untold))
    return columns.with_columns(measure=pl.when(pl.col("kind") == "amount").then(measure))
