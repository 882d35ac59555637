"""From physical grids to logical tables: which grids are tables, which continue, where the title, unit and header stand.

What a table means is decided elsewhere (statements.py, columns.py, rows.py).
"""

import re

import polars as pl

from yusuan.parsing.header_shapes import JOINTS
from yusuan.parsing.keys import joint
from yusuan.parsing.line_texts import LineTexts, place_of_line
from yusuan.parsing.text import grid_of, header_term, once_for_each
from yusuan.parsing.vocabulary import load

# Document and grid, and document and table, in one integer each.
GRID, TABLE = "whole_grid", "whole_table"
# How far above a grid its title may stand, in non-blank lines.
TITLE_DISTANCE = 12
LONGEST_TITLE = 60
# How far the edges of one column may differ between two pages, in points.
EDGE = 3.0
# So many pages print the same line for none of their tables.
PAGES = 3
OF_TABLE = "表|单位|[:：]"
PAGE_NUMBER = r"^[\s\-—–·]*(?:第?\d{1,4}页?|第\d{1,4}页[,，/]?共\d{1,4}页|\d{1,4}/\d{1,4})[\s\-—–·]*$"
UNIT = r"单位[:)]?(?:人民币)?[(:]?(亿元|万元|千元|元)"
# 编制单位：某局 | 单位：万元, also in cells of the table's own grid.
CAPTION_CELL = r"^\p{Han}{0,6}(?:单位|部门|日期|时间)(?:名称|代码|编码)?:.*$|^\p{Han}{0,4}\d{1,2}表$|^20\d\d年度?$"
# Below it some forms of final accounts count journeys, vehicles and guests, in the same grid and in columns of their own.
STATISTICS = r"^相关统计数据?:?$"
ONLY_UNIT = r"^(?:金额)?单位:(?:人民币)?(?:亿元|万元|千元|元)$"
TOTAL_ROW = r"(?:^|\|)(?:合计|总计)(?:\||$)"
# 续表, （续）, 接上表, 续1, and titles that end so (手续 and 后续 do not).
CONTINUED = r"(?:^|[^手后连持继接延陆]|\()(?:续|接上)上?[表页]?[一二三四五六七八九十\d]*\)?:?$|^\(?续[表页]?\)?:"
# A header in one row whose cells hold the headings of all levels has so many cells, and so many of them end with a known heading.
FEWEST_JOINED, MOST_KNOWN = 3, 0.6
# An entry of a contents list, and how many lines lie between two.
ENTRY = r"^[-*•]|^\(?[一二三四五六七八九十\d]+\)?[、.．]"
LIST_STEP = 2
# What a goal form begins with.
FORM_HEAD = r"^(?:项目名称|专项名称|政策\(?项目\)?名称|政策\(项目\)名称)\|"
LISTED = r"^(?:[一二三四五六七八九十]+、|\([一二三四五六七八九十]+\)|[2-5]\d{2})\D{2,}"
CODE = r"^\d{2,7}$"
# A table of which so many rows carry codes does not go on with so many rows without any.
CODED_SHARE = 0.6
# A whole figure may look like a code.
FEW_CODED = 0.1
ROWS_WITHOUT_CODE = 3
# What is said below a table that prints no figure.
EMPTY_NOTE = r"无数据|为空表|空表|无相关收支|没有.*(?:支出|收入|预算)|无此项|不涉及"
SENTENCE_END = "[。；]$"
PROSE_END = r"[。;；,，]$|(?:说明|情况|如下)[:]?$"


def grid_rows(cells: pl.DataFrame) -> pl.DataFrame:
    """One row per grid row of prepared cells: its cells and numbers, and whether it reads like a header, an index or a caption."""
    terms = load("header_terms")["term"].implode()
    # Headings of several levels may be written into one cell (基本支出小计, 小计（基本支出）); the last or the first of them is known.
    known_terms = "|".join(re.escape(term) for term in load("header_terms")["term"] if len(term) > 1)
    totals = load("row_terms")["term"].implode()
    codes = load("header_terms").filter(pl.col("role") == "code")["term"].implode()
    items = load("economic_codes").filter(pl.col("code").str.len_chars() == 5)["name"].unique().implode()
    heading, bare = pl.col("heading"), pl.col("bare")
    text, squashed = pl.col("text"), pl.col("squashed")
    cells = once_for_each(
        cells,
        ["text_id"],
        known=heading.is_in(terms),
        item=heading.is_in(items),
        joined=heading.str.contains(
            rf"(?:{known_terms}|[码目号][{JOINTS}]?[类款项])$|^(?:{known_terms}|[类款项][({JOINTS}]?.*[码目号]\)?$)"
        ),
        total=bare.is_in(totals),
        coding=heading.is_in(codes),
        counter=squashed.str.contains(r"^(\d{1,2}|\*+|栏次|行次|[甲乙丙])$"),
        money=squashed.str.contains(r"^-?\d[\d,]*(?:\.\d+)?(?:亿元|万元|千元|元)$"),
        counts=text.str.contains(r"^\D*1\D*$") | text.str.contains(r"\*\*|栏次"),
        counted=squashed.str.extract(r"^(\d{1,2})$", 1).cast(pl.Int32),
        captioning=squashed.str.contains(CAPTION_CELL),
        unit=squashed.str.contains(UNIT),
        listed=squashed.str.contains(LISTED),
        coded=squashed.str.contains(CODE),
    )
    rows = (
        cells.group_by("place", maintain_order=True)
        .agg(
            pl.col("document_id", "grid", "row", "page").first(),
            line=pl.col("line").min(),
            size=pl.len(),
            numbers=(pl.col("number").is_not_null() | pl.col("money")).sum(),
            known=pl.col("known").mean(),
            items=(pl.col("known") | pl.col("item")).mean(),
            joined=pl.col("joined").mean(),
            total=pl.col("total").all(),
            coding=pl.col("coding").any(),
            counters=pl.col("counter").all() & (pl.len() >= 2),
            all_counted=pl.col("counted").is_not_null().all(),
            captioning=pl.col("captioning").all() & pl.col("unit").any(),
            counts=pl.col("counts").any(),
            listed=pl.col("listed").any(),
            coded=pl.col("coded").any(),
            first_column=pl.col("column").min(),
            last_column=(pl.col("column") + pl.col("column_span") - 1).max(),
            left=pl.col("x0").min(),
            right=pl.col("x1").max(),
            text=pl.col("squashed"),
        )
        # Lists are joined in half the time that joining inside the groups takes.
        .with_columns(pl.col("text").list.join("|"), grid_of(pl.col("place")).alias(GRID))
    )
    whole = rows.group_by(GRID).agg(
        pl.col("last_column").max().alias("columns"), pl.col("left").min(), pl.col("right").max(),
        first_wide=pl.when((pl.col("size") >= 2) & ~pl.col("captioning")).then("place").min(),
    )  # fmt: skip
    rows = rows.drop("last_column", "left", "right").join(whole, on=GRID, how="left", maintain_order="left")
    # 2 | 3 | 4 numbers columns also where the first number is lost.
    counting = pl.col("place").is_in(_one_after_the_other(cells, rows).implode())
    index = pl.col("counters") & (pl.col("counts") | counting)
    rows = rows.with_columns(index=index, seen_header=(pl.col("place") > pl.col("first_wide")).fill_null(False)).drop(
        "first_wide", "all_counted"
    )
    single = ((pl.col("size") == 1) | pl.col("captioning")) & (pl.col("numbers") == 0)
    # Wide group headings (2022年执行数) are told by the row of plain headings below them.
    plain = ((pl.col("known") >= 0.5) & (pl.col("size") >= 3) & (pl.col("numbers") == 0)).shift(-1, fill_value=False).over(GRID)
    like_header = (
        pl.when(pl.col("index") | (plain & (pl.col("size") >= 2) & (pl.col("numbers") == 0)))
        .then(pl.lit(True))
        # An item of a list (八、社会保障和就业支出, 216商业服务业等支出) is a row, also where a fund stands beside it.
        .when((pl.col("numbers") > 0) | (pl.col("listed") & ~single))
        .then(pl.lit(False))
        .when(single)
        .then(
            (~pl.col("seen_header") & ~pl.col("total"))
            | (((pl.col("first_column") > 1) | pl.col("coding")) & (pl.col("known") > 0) & ~pl.col("total"))
        )
        # 基本工资 | 津贴补贴 | 奖金: items side by side are headings.
        .otherwise(
            (pl.col("known") >= 0.34)
            | ((pl.col("size") >= 3) & (pl.col("items") >= 0.5))
            | ((pl.col("size") >= 0.6 * pl.col("columns")) & (pl.col("size") >= 3))
        )
    )
    rows = rows.with_columns(like_header=like_header, caption=single & ~pl.col("seen_header") & ~pl.col("total"))
    body = rows.filter(~pl.col("like_header")).group_by(GRID).agg(body=pl.col("place").min())
    rows = rows.join(body, on=GRID, how="left", maintain_order="left")
    rows = rows.with_columns(header=(pl.col("place") < pl.col("body")).fill_null(True)).drop("body")
    # Lone labels at the top are captions only above a header; a grid that lost its header begins with its body.
    first = ~pl.col("seen_header") & (pl.col("size") >= FEWEST_JOINED)
    told = (pl.col("known") >= 0.34) | (first & (pl.col("joined") >= MOST_KNOWN))
    headed = (pl.col("header") & ~pl.col("caption") & told).any().over(GRID)
    captioned = headed | pl.when("caption").then("text").str.contains("表", literal=True)
    rows = rows.with_columns(header=pl.col("header") & headed, caption=pl.col("caption") & captioned, headed=headed)
    return rows.drop("seen_header", "captioning")


def _one_after_the_other(cells: pl.DataFrame, rows: pl.DataFrame) -> pl.Series:
    """The places of rows that are at least FEWEST_JOINED numbers and nothing else, each by one more than the one before."""
    numbered = rows.filter("all_counted", pl.col("size") >= FEWEST_JOINED)["place"].implode()
    steps = cells.select("place", "counted").filter(pl.col("place").is_in(numbered)).group_by("place")
    return steps.agg(each=(pl.col("counted").diff().drop_nulls() == 1).all()).filter("each")["place"]


def statement_of_title(text: pl.Expr) -> pl.Expr:
    """The statement whose title pattern matches first (vocabulary/statement_titles.csv), else null."""
    return pl.coalesce(
        pl.when(text.str.contains(pattern) & (~text.str.contains(but) if but else pl.lit(True))).then(pl.lit(statement))
        for statement, pattern, but in load("statement_titles").select("statement", "pattern", "not_pattern").iter_rows()
    )


def title_words(text: pl.Expr) -> pl.Expr:
    """A title without quotation marks and the numbering in front of it."""
    return text.str.replace_all(r"[“”\"'\s]", "").str.replace(r"^\(?第?[一二三四五六七八九十\d]+\)?[、.]", "")


def titles(cells: pl.DataFrame, above: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """For each grid its best title, from the lines above it and its captions.

    Columns GRID, title, title_line, title_statement, title_score.
    """
    captions = cells.select("place", "line", "squashed").filter(pl.col("place").is_in(rows.filter("caption")["place"].implode()))
    captions = captions.select(grid_of(pl.col("place")).alias(GRID), "line", "squashed", distance=pl.lit(0, dtype=pl.Int64))
    between = above.select(captions.columns)
    candidates = pl.concat([between, captions]).with_columns(text=pl.col("squashed").str.replace(r"^#+|\*+", ""))
    candidates = candidates.filter(pl.col("text").str.len_chars().is_between(4, LONGEST_TITLE), ~pl.col("text").str.contains(PROSE_END))
    candidates = once_for_each(candidates, ["text"], bare=title_words(pl.col("text")))
    candidates = once_for_each(candidates, ["bare"], title_statement=statement_of_title(pl.col("bare"))).drop("bare")
    matched = candidates.filter(pl.col("title_statement").is_not_null())
    # Three titles one below the other are a contents list.
    matched = matched.sort(GRID, maintain_order=True)
    steps = {k: (pl.col("line") - pl.col("line").shift(k)).abs() <= LIST_STEP * abs(k) for k in (-2, -1, 1, 2)}
    matched = matched.with_columns((pl.col(GRID) == pl.col(GRID).shift(k)).and_(step).alias(f"near_{k}") for k, step in steps.items())
    near = [pl.col(f"near_{k}") for k in steps]
    listed = (near[0] & near[1]) | (near[1] & near[2]) | (near[2] & near[3])
    matched = matched.filter(~(listed.fill_null(False) & pl.col("squashed").str.contains(ENTRY)))
    is_table = pl.col("text").str.contains("表")
    # The first row of a page may be an item of a list that names a fund (二十一、国有资本经营预算支出); it opens no table.
    item = (pl.col("distance") == 0) & pl.col("text").str.contains(r"^[一二三四五六七八九十]+[、.]") & ~is_table
    matched = matched.filter(~item)
    # 政府性基金预算支出表 … 本表为空表: a title above that note is the one of the empty table.
    empty = between.filter(pl.col("squashed").str.contains(EMPTY_NOTE), pl.col("squashed").str.contains(SENTENCE_END))
    figured = cells.select("number", grid_of(pl.col("place")).alias(GRID)).filter(pl.col(GRID).is_in(empty[GRID].unique().implode()))
    in_grids = figured.filter(pl.col("number").str.contains(".", literal=True))[GRID].unique().implode()
    empty = empty.filter(pl.col(GRID).is_in(in_grids)).group_by(GRID).agg(empty_until=pl.col("line").max())
    matched = matched.join(empty, on=GRID, how="left", maintain_order="left")
    matched = matched.filter((pl.col("line") > pl.col("empty_until")).fill_null(True))
    # A heading that does not say 表 (机关运行经费) counts only right above its table.
    matched = matched.filter(is_table | (pl.col("distance") <= 4)).with_columns(title_score=is_table.cast(pl.Float64) * 0.4 + 0.5)
    # A lone heading of the grid (部门预算支出经济分类科目) is no title.
    heading = header_term(pl.col("text")).is_in(load("header_terms")["term"].implode())
    matched = matched.filter((pl.col("distance") > 0) | ~heading)
    return (
        matched.sort(GRID, "title_score", "line")
        .group_by(GRID, maintain_order=True)
        .agg(
            pl.last("text").alias("title"),
            title_line=pl.last("line"),
            title_statement=pl.last("title_statement"),
            title_score=pl.last("title_score"),
        )
    )


def free_lines(lines: pl.DataFrame, texts: LineTexts) -> pl.DataFrame:
    """document_id, line, page and squashed of lines with text outside of grids."""
    free = lines.select("document_id", "line", "page", "grid", "text_id").filter(pl.col("grid").is_null())
    free = free.filter(texts.told(pl.col("text").str.strip_chars() != ""))
    return free.select("document_id", "line", "page", squashed=texts.squashed())


def _owned(free: pl.DataFrame, grids: pl.DataFrame) -> pl.DataFrame:
    """Free lines that stand above a grid and below the one before it, with their GRID. Lines between the pages of a grid are neither."""
    starts = grids.select("document_id", "first_line", "last_line", GRID).sort("document_id", "first_line")
    starts = starts.with_columns(after=pl.col("last_line").shift(1).over("document_id").fill_null(0))
    places = free.select(place=place_of_line()).to_series()
    nearest = starts.select(place_of_line("first_line")).to_series().search_sorted(places, side="left")
    below = starts[nearest.set(nearest == starts.height, None)]
    return free.with_columns(below[GRID]).filter(below["document_id"] == free["document_id"], below["after"] < free["line"])


def _lines_above(owned: pl.DataFrame) -> pl.DataFrame:
    """The nearest free lines above each grid, with their distance (1 = directly above)."""
    above = owned.sort("document_id", "line")
    return above.with_columns(distance=pl.int_range(pl.len(), 0, -1).over(GRID)).filter(pl.col("distance") <= TITLE_DISTANCE)


def without_furniture(free: pl.DataFrame) -> pl.DataFrame:
    """Free lines without page numbers and without what stands on at least three pages of a document, or, where a format has no pages,
    three times in it and is neither a title nor a caption of a table."""
    line = ["document_id", "squashed"]
    several = free.select(*line, "page").filter(pl.len().over(line) >= PAGES)
    times = several.group_by(line).agg(pages=pl.col("page").n_unique(), paged=pl.col("page").is_not_null().all())
    head = ~pl.col("paged") & ~pl.col("squashed").str.contains(OF_TABLE)
    repeated = times.filter((pl.col("paged") & (pl.col("pages") >= PAGES)) | head).select(line)
    return free.filter(~pl.col("squashed").str.contains(PAGE_NUMBER)).join(repeated, on=line, how="anti")


def logical_tables(cells: pl.DataFrame, lines: pl.DataFrame, texts: LineTexts) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Grids grouped to tables. `cells` are prepared, `lines` have the text_id of their `texts`.

    Returns (tables, rows): tables with document_id, table, title…, unit, first/last line and page, columns; rows with place,
    document_id, grid, row (in the grid), table, number (row in the table), header depth marks and `breaks` (the row is
    the first after a page break or a gap).
    """
    rows = _without_statistics(grid_rows(cells))
    of_grid = pl.col("document_id").cast(pl.UInt64) * 2**20 + pl.col("grid").cast(pl.UInt64)
    in_grids = lines.select(of_grid.alias(GRID), "line", "text_id").filter(pl.col(GRID).is_not_null())
    in_grids = in_grids.with_columns(tabs=texts.told(pl.col("text").str.count_matches("\t", literal=True)))
    tabs = in_grids.group_by(GRID).agg(last_line=pl.col("line").max(), tabs=pl.col("tabs").mode().max())
    pair = pl.when(pl.col("size") == 2).then("text")
    grids = (
        rows.group_by(GRID, maintain_order=True)
        .agg(
            pl.col("document_id", "grid").first(),
            first_line=pl.col("line").min(),
            page=pl.col("page").first(),
            last_page=pl.col("page").last(),
            row_count=pl.len(),
            header_only=pl.col("header").all() & pl.col("headed").first(),
            columns=pl.col("columns").first(),
            left=pl.col("left").first(),
            right=pl.col("right").first(),
            headed=pl.col("headed").first(),
            header_text=pl.col("text").filter(pl.col("header") & ~pl.col("caption")),
            listing=(pair.str.contains(r"\|\d{1,3}$") & ~pair.str.contains(r"\.\d")).fill_null(False).mean(),
            first_text=pl.col("text").first(),
            coded=pl.col("coded").filter(~pl.col("header")).mean().fill_null(0),
        )
        .join(tabs, on=GRID, how="left", maintain_order="left")
        .with_columns(columns=pl.max_horizontal("columns", pl.col("tabs").cast(pl.Int32) + 1))
    )
    figured = cells.select("place", "column", "number").filter(pl.col("number").is_not_null())
    figured = figured.group_by(grid_of(pl.col("place")).alias(GRID)).agg(figured=pl.col("column").unique())
    grids = grids.join(figured, on=GRID, how="left", maintain_order="left")
    # A contents list with page numbers is laid out like a table of two columns.
    grids = grids.filter(~((pl.col("listing") >= 0.8) & (pl.col("columns") <= 2) & (pl.col("row_count") >= 2)))
    rows = rows.filter(pl.col(GRID).is_in(grids[GRID].implode()))
    free = free_lines(lines, texts)
    above = _lines_above(_owned(free, grids))
    named = titles(cells, above, rows)
    grids = grids.join(named, on=GRID, how="left", maintain_order="left").sort(GRID)
    # How many lines that are not page furniture stand directly above each grid (after the grid before it).
    between = _owned(without_furniture(free), grids)
    gaps = between.group_by(GRID).agg(gap=pl.len(), said=pl.col("squashed"))
    grids = grids.join(gaps, on=GRID, how="left", maintain_order="left")
    marked = pl.concat([_marked(above, rows), _printed_again(grids, rows)])
    grids = grids.with_columns(pl.col("gap").fill_null(0), marked=pl.col(GRID).is_in(marked.implode())).drop("said")
    # Lazily, so that what `continues` asks for several times is found once.
    grids = grids.lazy().with_columns(starts=~continues()).collect()
    grids = grids.with_columns(table=pl.col("starts").cum_sum().over("document_id").cast(pl.Int32))
    units = _units(cells, above, grids)
    grids = grids.with_columns(pl.col("marked") & ~pl.col("starts"))
    rows = _number_rows(rows.join(grids.select(GRID, "table", "starts", "marked"), on=GRID, maintain_order="left").drop(GRID))
    tables = (
        grids.join(units, on=GRID, how="left", maintain_order="left")
        .group_by("document_id", "table", maintain_order=True)
        .agg(
            pl.col("title", "title_line", "title_statement", "title_score", "first_line").first(),
            pl.col("unit").drop_nulls().first(),
            last_line=pl.col("last_line").last(),
            first_page=pl.col("page").first(),
            last_page=pl.col("last_page").last(),
            columns=pl.col("columns").max(),
            headed=pl.col("headed").first(),
            parts=pl.len(),
        )
    )
    return tables, rows


def _without_statistics(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows down to the one that only says 相关统计数, where nothing below it has decimals: that is no money, in columns of its own."""
    said = rows.filter((pl.col("size") == 1) & pl.col("text").str.contains(STATISTICS))
    if said.is_empty():
        return rows
    ends = said.group_by(GRID).agg(end=pl.col("place").min())
    below = rows.join(ends, on=GRID).filter(pl.col("place") >= pl.col("end"))
    money = below.filter(pl.col("text").str.contains(r"\d\.\d"))[GRID]
    return rows.filter(~pl.col("place").is_in(below.filter(~pl.col(GRID).is_in(money.implode()))["place"].implode()))


def _marked(above: pl.DataFrame, rows: pl.DataFrame) -> pl.Series:
    """Grids that say that they go on with the one before: 续表 or a title with （续） above them or in a caption row of theirs."""
    captions = rows.select(GRID, "caption", squashed="text").filter("caption")
    said = pl.concat([above.select(GRID, "squashed"), captions.select(GRID, "squashed")])
    said = said.filter(pl.col("squashed").str.contains_any(["续", "接上"]))
    return said.filter(pl.col("squashed").str.len_chars() <= LONGEST_TITLE, pl.col("squashed").str.contains(CONTINUED))[GRID].unique()


def _printed_again(grids: pl.DataFrame, rows: pl.DataFrame) -> pl.Series:
    """Grids above which the title and header of the grid before are printed once more, with no word that is new (another unit's name), and
    that do not both print a total: two tables of one title do."""
    before = {name: pl.col(name).shift(1).over("document_id") for name in ("title", "header_text", "said")}
    again = (pl.col("title") == before["title"]) & (pl.col("header_text") == before["header_text"])
    again = again & (pl.col("header_text").list.len() > 0) & ~pl.col("title_statement").str.ends_with("_performance")
    pairs = grids.select(GRID, before=pl.col(GRID).shift(1).over("document_id"), again=again, said="said", heard=before["said"])
    pairs = pairs.filter("again")
    new = pl.col("said").list.eval(pl.element().filter(~pl.element().str.contains(ONLY_UNIT))).list.set_difference("heard").list.len() > 0
    pairs = pairs.filter(~new.fill_null(False))
    asked = pl.concat([pairs[GRID], pairs["before"]]).unique().implode()
    totals = rows.filter(pl.col(GRID).is_in(asked), ~pl.col("header"), pl.col("text").str.contains(TOTAL_ROW))[GRID].unique().implode()
    return pairs.filter(~(pl.col(GRID).is_in(totals) & pl.col("before").is_in(totals)))[GRID]


def continues() -> pl.Expr:
    """Whether a grid goes on with the grid before it: nothing between them, no title of its own, the same frame. One that is marked as
    a continuation may repeat the title, the caption and any part of the header.

    The same frame is the same width, or, where the format has boxes, a place between the same edges on the next page.
    """
    names = ("columns", "title", "page", "last_page", "left", "right", "figured", "coded", "header_only")
    before = {name: pl.col(name).shift(1).over("document_id") for name in names}
    # The part before this one may itself be a part without a header.
    own_header = pl.when(pl.col("header_text").list.len() > 0).then("header_text")
    before["header_text"] = own_header.forward_fill().shift(1).over("document_id")
    wider = pl.col("columns") - before["columns"]
    # A text does not show blank cells at the end of its rows: a part may be narrower where its figures stand below figures
    # of the part before it or of the one with the title.
    first_figured = pl.when(pl.col("title").is_not_null()).then("figured").forward_fill().shift(1).over("document_id")
    seen = before["figured"].list.set_union(pl.coalesce(first_figured, before["figured"]))
    below = pl.col("figured").list.set_difference(seen).list.len() == 0
    narrower = ((wider < 0) & below).fill_null(False)
    same_width = (wider.abs() <= 1) | (narrower & pl.col("page").is_null())
    # Blank cells are not in the frames, so one frame may only lie inside the other.
    inside = (pl.col("left") >= before["left"] - EDGE) & (pl.col("right") <= before["right"] + EDGE)
    around = (pl.col("left") <= before["left"] + EDGE) & (pl.col("right") >= before["right"] - EDGE)
    next_page = (pl.col("page") - before["last_page"]) == 1
    same_frame = (same_width | ((inside | around) & next_page)).fill_null(False)
    repeats_header = (pl.col("header_text").list.len() > 0) & (pl.col("header_text") == before["header_text"]).fill_null(False)
    # The part before it may show fewer columns than the header that both stand below. A form opens with its own values.
    opens_form = pl.col("first_text").str.contains(FORM_HEAD)
    same_frame = same_frame | (repeats_header & pl.col("page").is_null() & ~opens_form)
    bare = (pl.col("gap") == 0) & pl.col("title").is_null()
    other_rows = (before["coded"] >= CODED_SHARE) & (pl.col("coded") <= FEW_CODED) & (pl.col("row_count") >= ROWS_WITHOUT_CODE)
    # The lower part of a goal form begins with headings of its own (一级指标 …); they open no new table.
    in_form = pl.col("title_statement").forward_fill().over("document_id").str.ends_with("_performance").fill_null(False)
    in_form = in_form & ~opens_form
    # The parts of a form are of many widths; where a text has no boxes, only what stands between them tells. One with a header of its
    # own may be another table.
    same_frame = same_frame | (in_form & pl.col("page").is_null() & ~pl.col("headed")).fill_null(False)
    # A page may keep its header in view in a grid of its own; blank cells at the end of the rows below it are not seen.
    same_frame = same_frame | (before["header_only"] & (wider <= 1) & ~pl.col("headed")).fill_null(False)
    other_rows = other_rows.fill_null(False) & ~repeats_header
    goes_on = bare & same_frame & ~other_rows & (~pl.col("headed") | repeats_header | in_form)
    return (goes_on | (pl.col("marked") & (same_frame | narrower | repeats_header))).fill_null(False)


def align_columns(cells: pl.DataFrame, rows: pl.DataFrame, tables: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Gives the parts of a table that goes over pages one common numbering of columns, by the edges of their cells."""
    several = tables.filter(pl.col("parts") > 1).select("document_id", "table")
    placed = rows.join(several, on=["document_id", "table"], how="semi").select("place", "table")
    boxed = cells.select("document_id", "grid", "place", "column", "x0", "x1").filter(pl.col("x0").is_not_null()).join(placed, on="place")
    if boxed.is_empty():
        return cells, tables
    keys = ["document_id", "table"]
    boxed = boxed.join(_fitting(boxed, keys), on=keys, how="semi")
    edges = pl.concat([boxed.select(*keys, edge="x0"), boxed.select(*keys, edge="x1")]).unique().sort(*keys, "edge")
    apart = (pl.col("edge") - pl.col("edge").shift(1).over(keys)) > EDGE
    edges = edges.with_columns(place=apart.fill_null(True).cum_sum().over(keys).cast(pl.Int32))
    moved = (
        boxed.join(edges.rename({"edge": "x0", "place": "from"}), on=[*keys, "x0"], how="left")
        .join(edges.rename({"edge": "x1", "place": "to"}), on=[*keys, "x1"], how="left")
        .select("place", "column", aligned=pl.col("from"), width=(pl.col("to") - pl.col("from")).clip(1))
    )
    cells = cells.join(moved, on=["place", "column"], how="left", maintain_order="left").with_columns(
        column=pl.coalesce("aligned", "column"), column_span=pl.coalesce("width", "column_span")
    )
    widths = edges.group_by(keys).agg(aligned=pl.col("place").max() - 1)
    tables = tables.join(widths, on=keys, how="left", maintain_order="left").with_columns(columns=pl.coalesce("aligned", "columns"))
    return cells.drop("aligned", "width"), tables.drop("aligned")


def _fitting(boxed: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """Tables whose parts stand on common edges: most edges of every later part are edges of the first."""
    first = boxed.filter(pl.col("grid") == pl.col("grid").min().over(keys))
    base = pl.concat([first.select(*keys, edge="x0"), first.select(*keys, edge="x1")]).unique().sort("edge")
    later = boxed.filter(pl.col("grid") != pl.col("grid").min().over(keys))
    found = pl.concat([later.select(*keys, "grid", edge="x0"), later.select(*keys, "grid", edge="x1")]).unique().sort("edge")
    near = found.join_asof(
        base.with_columns(at=pl.col("edge")), on="edge", by=keys, strategy="nearest", tolerance=EDGE, check_sortedness=False
    )
    shares = near.group_by(*keys, "grid").agg(share=pl.col("at").is_not_null().mean())
    return shares.group_by(keys).agg(pl.col("share").min()).filter(pl.col("share") >= 0.8).select(keys)


def _units(cells: pl.DataFrame, above: pl.DataFrame, grids: pl.DataFrame) -> pl.DataFrame:
    """The unit that a caption above a grid, or a caption row or header inside it, names."""
    above = above.with_columns(unit=pl.col("squashed").str.extract(UNIT, 1)).filter(pl.col("unit").is_not_null())
    above = above.sort(GRID, "line").group_by(GRID, maintain_order=True).agg(above_unit=pl.last("unit"))
    inside = (
        cells.select("place", "squashed")
        .filter(pl.col("squashed").str.contains("单位", literal=True))
        .with_columns(grid_of(pl.col("place")).alias(GRID), unit=pl.col("squashed").str.extract(UNIT, 1))
        .filter(pl.col("unit").is_not_null())
        .group_by(GRID, maintain_order=True)
        .agg(inside_unit=pl.first("unit"))
    )
    units = grids.select(GRID).join(above, on=GRID, how="left").join(inside, on=GRID, how="left")
    return units.select(GRID, unit=pl.coalesce("above_unit", "inside_unit"))


def _number_rows(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows numbered through each table; the header that a continuation or a page within the grid repeats is left out."""
    rows = rows.with_columns(joint("document_id", "table").alias(TABLE))
    own = pl.col("header") & pl.col("starts")
    # Below the header, a row is the header again where all of its several cells are.
    below = ~own & (pl.col("header") | (pl.col("like_header") & (pl.col("size") > 1)))
    headers = rows.select("place", TABLE, "text", "marked", "header", own=own, below=below).filter(pl.col("own") | pl.col("below"))
    again = headers.filter("below").join(headers.filter("own"), on=[TABLE, "text"], how="semi")["place"]
    again = pl.concat([again, headers.filter("marked", "header")["place"]])
    rows = rows.filter(~pl.col("place").is_in(again.implode())).with_columns(header=own)
    rows = rows.with_columns(
        number=pl.int_range(1, pl.len() + 1, dtype=pl.Int32).over(TABLE),
        # Within a page, what stands between two rows of a grid is blank, or a rule.
        apart=((pl.col("line") - pl.col("line").shift(1) > 1) & (pl.col("page") != pl.col("page").shift(1))).fill_null(False).over(TABLE),
        other_grid=(pl.col("grid") != pl.col("grid").shift(1)).fill_null(False).over(TABLE),
    )
    # A text that prints a cell on a line leaves lines between all rows.
    stacked = pl.col("apart").mean().over(TABLE) > 0.5
    return rows.with_columns(breaks=pl.col("other_grid") | (pl.col("apart") & ~stacked)).drop(TABLE, "apart", "other_grid")
