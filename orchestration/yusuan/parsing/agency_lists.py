"""The units that a department says its budget is made up of (预算单位构成): lists in prose, numbered lists, and small tables.

Only names and their places. What a name stands for in the document is decided in agencies.py.
"""

import polars as pl

from yusuan.parsing.line_texts import LineTexts
from yusuan.parsing.narrative.paragraphs import paragraphs_of
from yusuan.parsing.narrative.runs import behind
from yusuan.parsing.text import once_for_each
from yusuan.parsing.vocabulary import load

# How many lines below its heading such a section may be long.
LONGEST_SECTION = 60
LONGEST_HEADING = 40
SHORTEST_NAME, LONGEST_NAME = 3, 40
WIDEST_LIST = 4
NAME_HEADINGS = ["单位名称", "预算单位名称", "预算单位", "单位全称", "部门(单位)名称", "所属单位名称"]
KIND_HEADINGS = ["单位性质", "单位类别", "单位类型", "单位性质及类别", "经费形式", "经费性质", "单位经费性质", "预算单位性质"]
ORDINAL = r"^(?:[一二三四五六七八九十]{1,3}[、.]|\([一二三四五六七八九十\d]{1,3}\)|\d{1,3}[、.]?|[①-⑳])"
SEPARATOR = r"[、,;]|(?:以及|及|和|与)"
CODE_HEADINGS = ["单位代码", "单位编码", "预算单位代码", "预算单位编码", "部门代码", "预算代码"]
COLUMNS = ["document_id", "agency_name", "agency_code", "source", "line", "page", "table_number"]


def listed_units(cells: pl.DataFrame, lines: pl.DataFrame, texts: LineTexts, rows: pl.DataFrame) -> pl.DataFrame:
    """COLUMNS of every unit that a list names, `source` being list (prose) or list_table.

    `cells` are prepared cells, `lines` those of the readers with the text_id of their `texts`, `rows` the grid rows of the tables
    (document_id, grid, row, table).
    """
    sections = _sections(lines, texts)
    prose = _in_prose(sections, texts)
    tables = _in_tables(cells, sections)
    grids = rows.select("document_id", "grid", table_number="table")
    grids = grids.join(tables, on=["document_id", "grid"], how="semi", maintain_order="left")
    tables = tables.join(grids.unique(["document_id", "grid"], keep="first"), on=["document_id", "grid"], how="left")
    prose = prose.with_columns(agency_code=pl.lit(None, pl.Utf8))
    found = pl.concat([prose.select(COLUMNS), tables.select(COLUMNS)])
    name = pl.col("agency_name")
    return found.filter(
        name.str.len_chars().is_between(SHORTEST_NAME, LONGEST_NAME),
        ~name.str.contains(any_of("generic")),
        ~name.str.contains(r"\d|[。:]|X{2}"),
    )


def any_of(role: str) -> str:
    """One pattern for all patterns of a role of vocabulary/agency_lists.csv."""
    return "(?:" + "|".join(load("agency_lists").filter(pl.col("role") == role)["pattern"]) + ")"


def _sections(lines: pl.DataFrame, texts: LineTexts) -> pl.DataFrame:
    """Lines of the sections whose heading promises the units, without the heading; `grid` tells the lines of tables."""
    key = pl.col("squashed")
    heading = key.str.contains(any_of("heading")) & ~key.str.contains(r"[。;,:]|\.\.|^\d+\.\d")
    other = key.str.contains(any_of("end")) & ~key.str.contains(r"[。;,:]")
    is_short = texts.told(pl.col("text").str.len_chars().is_between(1, LONGEST_HEADING))
    short = lines.select("document_id", "line", "text_id", "grid").filter(pl.col("grid").is_null(), is_short)
    marks = once_for_each(short.with_columns(squashed=texts.squashed()), ["text_id"], heading=heading, ends=other & ~heading)
    marks = marks.filter(pl.col("heading") | pl.col("ends"))
    # A section ends with the next mark; lines of one document stand together.
    end = pl.min_horizontal(pl.col("line") + LONGEST_SECTION, behind("line", "document_id") - 1)
    inside = marks.with_columns(line=pl.int_ranges(pl.col("line") + 1, end + 1, dtype=pl.Int32)).filter("heading")
    inside = inside.select("document_id", "line").explode("line", empty_as_null=False)
    return lines.join(inside, on=["document_id", "line"], how="semi", maintain_order="left")


def _in_prose(sections: pl.DataFrame, texts: LineTexts) -> pl.DataFrame:
    empty = pl.DataFrame(schema={"document_id": sections.schema["document_id"], "agency_name": pl.Utf8, "source": pl.Utf8, "line": pl.Int32,
                                 "page": pl.Int32, "table_number": pl.Int32})  # fmt: skip
    if sections.is_empty():
        return empty
    paragraphs, places = paragraphs_of(sections, texts)
    paragraphs = paragraphs.filter(~pl.col("is_cell"))
    names = pl.concat([_sentences(paragraphs), _numbered(paragraphs)]).with_columns(agency_name=_bare_name(pl.col("agency_name")))
    begins = names.with_columns(begin=pl.col("whole").str.find(pl.col("agency_name"), literal=True)).join(
        places, on=["document_id", "paragraph"]
    )
    begins = begins.filter(pl.col("whole").str.slice(0, pl.col("offset")).str.len_bytes() <= pl.col("begin"))
    placed = begins.sort("offset").unique(["paragraph", "agency_name"], keep="last", maintain_order=True).sort("paragraph", "line")
    return placed.with_columns(source=pl.lit("list"), table_number=pl.lit(None, dtype=pl.Int32))


def _sentences(paragraphs: pl.DataFrame) -> pl.DataFrame:
    """纳入…编制范围的预算单位包括：甲、乙和丙。下设甲和乙2个二级机构。"""
    sentence = paragraphs.select("document_id", "paragraph", whole="text", text=pl.col("text").str.split("。")).explode("text")
    announced = rf"{any_of('sentence')}[^。]*?{any_of('verb')}[:]?([^。:]+)$"
    counted = rf"(?:下设|下辖|设有)([^。:]+?)等?(?:\d+|[一二三四五六七八九十]+)[家个]{any_of('unit_word')}$"
    sentence = sentence.with_columns(listed=pl.coalesce(pl.col("text").str.extract(announced, 1), pl.col("text").str.extract(counted, 1)))
    # 内设机构包括：办公室、执行局: offices are no units.
    offices = rf"(?:内设|科室|处室|股室)[^。,;]*{any_of('verb')}[:]?[^。:]+$"
    sentence = sentence.filter(pl.col("listed").is_not_null(), ~pl.col("text").str.contains(offices))
    # 和 stands inside names as well: it separates only where the name of an agency ends before it.
    suffix = "(?:" + "|".join(load("agency_suffixes")["suffix"].str.replace_all(r"([()])", r"\$1")) + "|本级|本部|机关)"
    parted = pl.col("listed").str.replace_all(r"[、,;]|以及", "\n").str.replace_all(rf"({suffix}(?:\([^)]*\))?)(?:和|及|与)", "${1}\n")
    return (
        sentence.with_columns(agency_name=parted.str.split("\n"))
        .explode("agency_name")
        .filter(_bare_name(pl.col("agency_name")).str.contains(rf"(?:{suffix}|[园社团队部室])(?:\([^)]*\))?$"))
        .select("document_id", "paragraph", "whole", "agency_name")
    )


def _numbered(paragraphs: pl.DataFrame) -> pl.DataFrame:
    """The items 1. 2. 3. below a paragraph that ends with a colon and speaks of units."""
    announces = pl.col("text").str.contains(r"单位") & pl.col("text").str.ends_with(":") & pl.col("level").is_null()
    numbered = paragraphs.with_columns(announces=announces).with_columns(
        group=(pl.col("announces") | (pl.col("section") != pl.col("section").shift(1)).fill_null(True)).cum_sum().over("document_id")
    )
    numbered = numbered.with_columns(told=pl.col("announces").any().over("document_id", "group"))
    items = numbered.filter("told", ~pl.col("announces"), pl.col("text").str.contains(ORDINAL))
    return items.select("document_id", "paragraph", whole="text", agency_name="text")


def _in_tables(cells: pl.DataFrame, sections: pl.DataFrame) -> pl.DataFrame:
    """序号 | 单位名称 | 备注 in such a section, or 单位名称 | 单位性质 anywhere: only a list of units says what kind of unit each is."""
    grids = sections.filter(pl.col("grid").is_not_null()).select("document_id", "grid").unique()
    cells = cells.select("document_id", "grid", "place", "row", "column", "bare", "squashed", "line", "page")
    kinds = cells.filter(pl.col("bare").is_in(KIND_HEADINGS)).select("place")
    told = cells.filter(pl.col("bare").is_in(NAME_HEADINGS)).join(kinds, on="place", how="semi")
    grids = pl.concat([grids, told.select("document_id", "grid")]).unique()
    cells = cells.join(grids, on=["document_id", "grid"], how="semi", maintain_order="left")
    heads = cells.filter(pl.col("bare").is_in(NAME_HEADINGS)).unique(["document_id", "grid"], keep="first", maintain_order=True)
    width = cells.group_by("document_id", "grid").agg(width=pl.col("column").max())
    heads = heads.join(width.filter(pl.col("width") <= WIDEST_LIST), on=["document_id", "grid"], how="semi")
    below = cells.join(
        heads.select("document_id", "grid", "column", head="row"), on=["document_id", "grid", "column"], maintain_order="left"
    )
    coded = cells.filter(pl.col("bare").is_in(CODE_HEADINGS)).unique(["document_id", "grid"], keep="first", maintain_order=True)
    coded = cells.join(coded.select("document_id", "grid", "column"), on=["document_id", "grid", "column"], how="semi")
    coded = coded.filter(pl.col("squashed").str.contains(r"^\d{3,9}$")).select("place", agency_code="squashed")
    below = below.join(coded.unique("place", keep="first"), on="place", how="left", maintain_order="left")
    return below.filter(pl.col("row") > pl.col("head")).with_columns(
        agency_name=_bare_name(pl.col("squashed")), source=pl.lit("list_table")
    )


def _bare_name(text: pl.Expr) -> pl.Expr:
    """A list item without its number, what introduces it and what is said of it."""
    name = text.str.replace(ORDINAL, "").str.replace(any_of("lead"), "").str.replace(r"[。;,:].*$", "")
    return name.str.replace(any_of("tail"), "").str.strip_chars_end("、")
