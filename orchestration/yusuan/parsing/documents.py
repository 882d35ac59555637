"""Who published a document, for which year, and of which kind: from its cover, its titles and the captions of its tables."""

import polars as pl

from yusuan.parsing.divisions import with_divisions
from yusuan.parsing.document_signs import ends_like_an_agency, grid_years, heading_publishers, row_publishers, spoken_kinds
from yusuan.parsing.line_texts import LineTexts
from yusuan.parsing.narrative.runs import counted
from yusuan.parsing.text import once_for_each

COVER_LINES = 40
LONGEST_CAPTION = 200
YEAR = r"(20[0-4]\d)(?:年|年度)?"
COVER_TITLE = r"20\d{2}(?:年|年度)+.*(?:预算|决算)"
# What stands before a year elsewhere than on a cover: entries of a contents list, heads of tables, sentences.
NO_COVER = r"^[一二三四五六七八九十\d(]+[、.)]|收入|支出|收支|说明|情况|职责|目录|[。;:]|\.\."
NAMING = r"编制单位|编制部门|编制部(?:门)?\(单位\)|部门名称|部门|单位名称|预算单位|预算主管部门|公开部门|填报单位|部门\(单位\)"
CAPTION = rf"(?:{NAMING})[:](.+?)(?:单位[:]|金额单位|$)"
# The forms of final accounts print the year between the name and the unit, or on a line of its own above them.
CAPTION_YEAR = r"(20[0-4]\d)年度?$"


def describe(lines: pl.DataFrame, texts: LineTexts, documents: pl.DataFrame) -> pl.DataFrame:
    """One row per document: title, kind, fiscal_year, publisher and division.

    `lines` have the text_id of their `texts`; `documents` has document_id, file_name, publisher_hint. The cover decides; where it was
    lost, the headings and the captions above the tables (编制单位：…) do, then the agencies of the rows, the years over the columns, a
    year on a line of its own, and how the document speaks of itself (本单位, 本部门); the hint of the manifest comes last.
    """
    text = pl.col("text")
    filled = lines.select("document_id", "text_id", "text").filter(texts.told(text.str.strip_chars() != ""))
    telling = texts.told(text.str.contains_any(["单位", "部门", "预算", "决算", "收支"]))
    filled = filled.with_columns(nth=counted("document_id") + 1).filter(
        (pl.col("nth") <= COVER_LINES) | telling, texts.told(text.str.len_chars() <= LONGEST_CAPTION)
    )
    # Rows of several cells are no headings.
    whole = ~text.str.strip_chars().str.contains("\t", literal=True)
    plain = pl.col("squashed").str.replace(r"^#+|\*+", "").str.replace_all(r"\*\*", "")
    filled = once_for_each(filled.with_columns(squashed=texts.squashed()), ["text_id"], whole=whole, plain=plain).drop("text", "squashed")
    text = pl.col("plain")
    is_heading = (text.str.len_chars() <= 60) & text.str.contains("预算|决算|收支|情况") & ~text.str.contains("经济分类|预算管理")
    captioned = text.str.extract(CAPTION, 1).str.replace(r"[(]?单位$", "").str.strip_chars("：: \t")
    named = captioned.str.replace(CAPTION_YEAR, "")
    years = {"caption_year": captioned.str.extract(CAPTION_YEAR, 1), "lone_year": text.str.extract(rf"^{CAPTION_YEAR}", 1)}
    # 部门预算支出经济分类 names a classification in documents of units as well.
    filled = once_for_each(filled, ["text_id"], named=named, is_heading=is_heading, **years).rename({"plain": "text"})
    cover = _cover(filled.filter(pl.col("nth") <= COVER_LINES))
    captions = (
        filled.filter(pl.col("named").str.len_chars() >= 4, ~pl.col("named").str.contains("单位:"))
        .group_by("document_id")
        .agg(caption_publisher=pl.col("named").mode().sort().first())
    )
    said = filled.filter(pl.any_horizontal(pl.col(*years).is_not_null()))
    said = said.group_by("document_id").agg(pl.col(*years).drop_nulls().mode().sort().last())
    headings = filled.filter("whole", "is_heading")
    of_headings = headings.group_by("document_id").agg(
        heading_year=pl.col("text").str.extract(YEAR, 1).drop_nulls().mode().sort().last(),
        heading_kind=pl.col("text")
        .str.extract(r"((?:部门|单位)(?:\((?:单位|部门)\))?(?:预算|决算))", 1)
        .drop_nulls()
        .mode()
        .sort()
        .first(),
    )
    described = (
        documents.join(cover, on="document_id", how="left")
        .join(captions, on="document_id", how="left")
        .join(of_headings, on="document_id", how="left")
        .join(said, on="document_id", how="left")
        .join(heading_publishers(headings), on="document_id", how="left")
    )
    described = _with_signs_of_rows(described, lines)
    described = described.with_columns(
        # A cover may name only the place (某市某区2025年区级单位预算); then the others know who it is. Captions are often cut short.
        publisher_name=pl.coalesce(
            _own_name(pl.col("cover_publisher")),
            pl.when(pl.col("heading_publisher").str.len_chars() > pl.col("caption_publisher").str.len_chars()).then("heading_publisher"),
            "caption_publisher",
            "heading_publisher",
            "row_publisher",
            "cover_publisher",
            "publisher_hint",
        ),
        fiscal_year=pl.coalesce("cover_year", "caption_year", "heading_year", "grid_year", "lone_year").cast(pl.Int32),
        kind_text=pl.concat_str(
            pl.coalesce(pl.col(name).str.extract("^(部门|单位)", 1) for name in ("cover_kind", "heading_kind", "spoken_kind")),
            pl.coalesce(pl.col(name).str.extract("(预算|决算)$", 1) for name in ("cover_kind", "heading_kind", "spoken_kind")),
        ).fill_null("部门预算"),
    ).with_columns(document_title=pl.coalesce("cover_title", pl.format("{}{}年{}", "publisher_name", "fiscal_year", "kind_text")))
    unit = pl.col("kind_text").str.starts_with("单位")
    final = pl.col("kind_text").str.contains("决算")
    kind = pl.concat_str(
        pl.when(unit).then(pl.lit("unit")).otherwise(pl.lit("department")),
        pl.when(final).then(pl.lit("_final_accounts")).otherwise(pl.lit("_budget")),
    )
    described = described.with_columns(document_kind=kind)
    return with_divisions(described).select(
        "document_id", "document_title", "document_kind", "fiscal_year", "publisher_name", "division_code", "division_name", "province_name"
    )


def _own_name(publisher: pl.Expr) -> pl.Expr:
    return pl.when(~publisher.str.contains(r"[省市区县州盟旗]$")).then(publisher)


def _with_signs_of_rows(described: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """What rows and sentences tell of the documents whose cover, captions and headings do not tell it: few, so that most cost nothing."""
    no_publisher = pl.coalesce(_own_name(pl.col("cover_publisher")), "caption_publisher", "heading_publisher").is_null()
    no_year = pl.coalesce("cover_year", "caption_year", "heading_year").is_null()
    no_kind = ~pl.coalesce("cover_kind", pl.lit("")).str.contains("^(?:部门|单位)") & pl.col("heading_kind").is_null()
    for missing, signs in ((no_publisher, row_publishers), (no_year, grid_years), (no_kind, spoken_kinds)):
        some = lines.join(described.filter(missing).select("document_id"), on="document_id", how="semi", maintain_order="left")
        described = described.join(signs(some), on="document_id", how="left", maintain_order="left")
    return described


def _cover(lines: pl.DataFrame) -> pl.DataFrame:
    """The title on the cover, joined over its lines, up to the first line that names a year and a budget."""
    titled = (
        pl.col("text").str.contains(COVER_TITLE)
        & (pl.col("text").str.len_chars() <= 60)
        & ~pl.col("text").str.contains("第.部分|表$|说明|[预决]算数")
    )
    hit = lines.filter(titled).group_by("document_id").agg(hit=pl.col("nth").min())
    above = (
        lines.join(hit, on="document_id")
        .filter(pl.col("nth") <= pl.col("hit"), pl.col("hit") - pl.col("nth") <= 3, ~pl.col("text").str.contains(r"^附件\d*$|^目录$|表$"))
        .sort("document_id", "nth")
    )
    # Only lines that can be a name stand above the year: no sentence, no number.
    named = above.filter((pl.col("nth") == pl.col("hit")) | ~pl.col("text").str.contains(r"[。；:]|\d{2,}|第.部分"))
    title = named.group_by("document_id", maintain_order=True).agg(cover_title=pl.col("text").str.join(""))
    publisher = pl.col("cover_title").str.extract(r"^(.*?)20\d{2}(?:年|年度)", 1).str.replace(r"^附件\d*[:：]?", "")
    # 2023年度某市某局部门决算: the year may stand before the name.
    behind = pl.col("cover_title").str.extract(r"^(?:附件\d*[:：]?)?20\d{2}年度?(.+?)(?:部门|单位)?(?:预算|决算)", 1)
    publisher = pl.when(publisher == "", ends_like_an_agency(behind)).then(behind).otherwise(publisher)
    return title.with_columns(
        cover_publisher=pl.when(publisher.str.len_chars() >= 4, ~publisher.str.contains(NO_COVER)).then(publisher),
        cover_year=pl.col("cover_title").str.extract(YEAR, 1),
        cover_kind=pl.col("cover_title").str.extract(
            r"年度?(?:区级|市级|省级|本级)?((?:部门|单位)?(?:\((?:单位|部门)\))?(?:预算|决算))", 1
        ),
    )
