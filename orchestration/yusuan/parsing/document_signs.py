"""Signs of publisher, year and kind in what is left of a document without its cover: headings, heads of tables, rows of agencies.

Each function returns one row per document that shows the sign. Which sign goes before which is decided in documents.py.
"""

import polars as pl

from yusuan.parsing.text import squash
from yusuan.parsing.vocabulary import load

YEAR_IN_HEAD = r"^(20[0-4]\d)年?度?(?:年初|年末)?(?:预算|决算|合计|数|收入|支出)?"
LONGEST_NAME, SHORTEST_NAME = 40, 4
# A short name without a code may be a purpose (图书馆).
SHORTEST_LONE_NAME = 7
LONGEST_HEADING = 80
NUMBERED = (
    r"^(?:附件\d*[::]?|附[::]|第[一二三四五六七八九十]部分|[一二三四五六七八九十]{1,3}[、.]|\([一二三四五六七八九十]{1,3}\)|\d{1,2}[、.])"
)
NOT_A_NAME = r"收入|支出|收支|情况|说明|部分|目录|\d{2}|本部门|本单位|我部门|我单位|各部门|各单位|[。;,:、|]|年度|\.\."
WORDS_OF_KIND = {"unit": ["本单位", "我单位", "单位预算", "单位决算", "单位收支", "单位收入", "单位支出"],
                 "department": ["本部门", "我部门", "部门预算", "部门决算", "部门收支", "部门收入", "部门支出"]}  # fmt: skip


def is_a_name(text: pl.Expr) -> pl.Expr:
    """Whether a squashed text may be the name of an agency: short, without figures and stops, without the words of titles."""
    return text.str.len_chars().is_between(SHORTEST_NAME, LONGEST_NAME) & ~text.str.contains(NOT_A_NAME)


def ends_like_an_agency(text: pl.Expr) -> pl.Expr:
    suffixes = "|".join(load("agency_suffixes")["suffix"].str.replace_all(r"([()])", r"\$1"))
    return text.str.contains(rf"(?:{suffixes})(?:\([^()]*\))?$") & ~text.str.contains("费$|项目$")


def heading_publishers(headings: pl.DataFrame) -> pl.DataFrame:
    """heading_publisher: the name before the year in headings such as 某市某局2023年度部门预算情况说明.

    `headings`: document_id and squashed text.
    """
    named = headings.filter(pl.col("text").str.contains(r"\D20\d{2}年"), pl.col("text").str.len_chars() <= LONGEST_HEADING)
    name = pl.col("text").str.replace(NUMBERED, "").str.extract(r"^(?:关于|纳入|汇总)?(.*?)20\d{2}年", 1)
    named = named.select("document_id", name=name).filter(is_a_name(pl.col("name")), ends_like_an_agency(pl.col("name")))
    return named.group_by("document_id").agg(heading_publisher=pl.col("name").mode().sort().first())


def row_publishers(lines: pl.DataFrame) -> pl.DataFrame:
    """row_publisher: the agency of the rows. Of those with codes the one whose code is the shortest, else the only one there is."""
    rows = lines.filter(pl.col("grid").is_not_null()).select("document_id", field=pl.col("text").str.split("\t"))
    rows = rows.with_row_index("nth").explode("field").with_columns(field=squash(pl.col("field")))
    rows = rows.filter(pl.col("field") != "")
    before = pl.col("field").shift(1).over("nth")
    rows = rows.with_columns(code=pl.when(before.str.contains(r"^\d{3,9}$")).then(before))
    named = rows.filter(is_a_name(pl.col("field")), ends_like_an_agency(pl.col("field")))
    coded = named.filter(pl.col("code").is_not_null()).sort("document_id", pl.col("code").str.len_chars(), "code")
    # Items have codes as well: 2070104 is 图书馆 as a purpose, not the library.
    classes = pl.concat([load("function_classes")["code"], load("economic_codes")["code"]]).str.slice(0, 3).unique()
    item = pl.col("code").str.len_chars().is_in([3, 5, 7]) & pl.col("code").str.slice(0, 3).is_in(classes.implode())
    coded = coded.filter(~item)
    first = coded.unique("document_id", keep="first", maintain_order=True).select("document_id", row_publisher="field")
    alone = (
        named.filter(pl.col("field").str.len_chars() >= SHORTEST_LONE_NAME)
        .group_by("document_id")
        .agg(names=pl.col("field").n_unique(), only=pl.col("field").first())
    )
    alone = alone.filter(pl.col("names") == 1).select("document_id", row_publisher="only")
    return pl.concat([first, alone.join(first, on="document_id", how="anti")])


def grid_years(lines: pl.DataFrame) -> pl.DataFrame:
    """grid_year: the latest year that heads a column (2023年预算数 beside 2022年)."""
    heads = lines.filter(pl.col("grid").is_not_null(), pl.col("text").str.contains(r"20[0-4]\d"))
    fields = heads.select("document_id", field=pl.col("text").str.split("\t")).explode("field").with_columns(field=squash(pl.col("field")))
    fields = fields.filter(pl.col("field").str.len_chars() <= 20, pl.col("field").str.contains("年"))
    return fields.group_by("document_id").agg(grid_year=pl.col("field").str.extract(YEAR_IN_HEAD, 1).drop_nulls().max())


def spoken_kinds(lines: pl.DataFrame) -> pl.DataFrame:
    """spoken_kind: 单位 or 部门 as the document speaks of itself most often, with 决算 where its texts say 决算数 or 支出决算."""
    told = lines.filter(pl.col("text").str.contains_any([*WORDS_OF_KIND["unit"], *WORDS_OF_KIND["department"], "决算"]))
    text = squash(pl.col("text"))
    counts = told.group_by("document_id").agg(
        unit=text.str.contains_any(WORDS_OF_KIND["unit"]).sum(),
        department=text.str.contains_any(WORDS_OF_KIND["department"]).sum(),
        final=text.str.contains(r"决算数|支出决算|收入决算").sum(),
        budget=text.str.contains(r"预算数|支出预算|收入预算").sum(),
    )
    who = pl.when(pl.col("unit") > pl.col("department")).then(pl.lit("单位")).otherwise(pl.lit("部门"))
    what = pl.when(pl.col("final") > pl.col("budget")).then(pl.lit("决算")).otherwise(pl.lit("预算"))
    return counts.select("document_id", spoken_kind=who + what)
