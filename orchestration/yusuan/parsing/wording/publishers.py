"""wording.other_agency: a sentence about this budget, or a caption, that names another agency than the document's own.

1. An agency that the document lists or prints amounts for is its own, and so is a short form of its name (no other character, the same
order). 2. A name counts only where it stands at the beginning of a clause before the year of a budget or before what is said of one's
own agency, or behind 单位名称 and the like; after 根据, 经, 由 and so on it is somebody else's by right. 3. A name that a document uses as
often as its own is its own: the publisher has been read wrongly.
"""

import polars as pl

from yusuan.parsing.text import name_key, once_for_each
from yusuan.parsing.vocabulary import load
from yusuan.parsing.wording.found import NOTICE, Found, counted, notice, place_of, placed
from yusuan.parsing.wording.sentences import Sentences

# The longest first: 服务中心 before 中心.
SUFFIXES = "|".join(sorted(load("agency_suffixes")["suffix"].str.replace(r"\(.*$", "").unique(), key=lambda suffix: (-len(suffix), suffix)))
NAME = rf"\p{{Han}}[\p{{Han}}（）()]{{2,38}}(?:{SUFFIXES})(?:（[^（）]{{2,20}}）)?"
BUDGET = r"(?:部门|单位|本级)?(?:预算|决算|收入|支出|收支|一般公共预算|政府性基金|国有资本|财政拨款|[“\"]?三公|机关|机构|政府采购|整体)"
HEADED = r"(?:^|[。；，、：])(?:第[一二三四五六七八九十]{1,3}部分|[一二三四五六七八九十]{1,3}、|附件[：:]?)?(?:关于)?"
# What a document says of its own agency only.
OWN = (
    r"所有收入和支出|(?:共有|占用使用|固定资产|预算(?:未)?安排|按要求编制|[无没]有?(?:使用)?(?:政府性基金|国有资本))|的?(?:机关|机构)运行经费"
    r"|政府采购(?:预算|支出)|(?:收入|支出)(?:预算|总计|合计)"
)
NAMED = rf"{HEADED}(?:20\d\d年(?:度)?[，,]?)?({NAME})(?:本级|部门|单位|机关)?(?:(?:20\d\d年(?:度)?|本年(?:度)?)(?:项目)?{BUDGET}|{OWN})"
CAPTION = rf"^(?:单位名称|部门(?:名称)?|编制单位|编制部门|预算单位|公开单位|公开部门)[：:]({NAME})(?:本级|部门|单位[：:].*)?$"
OTHERS = r"^(?:根据|按照|按|依据|依照|经|由|向|对|与|和|及|在|从|为|各|本|我|全|[省市县区]?财政)"


def other_agencies(sentences: Sentences, agencies: pl.DataFrame) -> Found:
    """One notice for each other name, at the first place, that tells all of them."""
    known = agencies.select("document_id", own=name_key(pl.col("agency_name"))).filter(pl.col("own") != "").unique(maintain_order=True)
    named = pl.concat([_named(sentences, pattern) for pattern in (NAMED, CAPTION)])
    named = named.join(known.select("document_id").unique(), on="document_id", how="semi", maintain_order="left")
    examined = counted(named, "wording.other_agency")
    pairs = named.select("document_id", "key").unique(maintain_order=True).join(known, on="document_id")
    own = once_for_each(pairs, ["key", "own"], same=_short_form("key", "own")).filter("same").select("document_id", "key").unique()
    mentions = named.join(own, on=["document_id", "key"], how="semi").group_by("document_id").agg(mentions=pl.len())
    others = placed(named.join(own, on=["document_id", "key"], how="anti"), sentences.pieces)
    told = (
        others.with_columns(place=place_of())
        .sort("document_id", "line")
        .group_by("document_id", "key", maintain_order=True)
        .agg(
            pl.col("line", "page", "name", "quoted").first(), count=pl.len(),
            places=pl.col("place").unique(maintain_order=True).str.join("、"),
        )
        .join(mentions, on="document_id", maintain_order="left")
        .filter(pl.col("count") < pl.col("mentions"))
    )  # fmt: skip
    if told.is_empty():
        return Found(pl.DataFrame(schema=NOTICE), examined)
    message = pl.format("文中出现其他单位的名称“{}”，共{}处（{}）：“{}”", "name", "count", "places", "quoted")
    return Found(told.select(notice("other_agency", pl.col("name"), message)), examined)


def _named(sentences: Sentences, pattern: str) -> pl.DataFrame:
    found = sentences.texts.with_columns(quoted=pl.col("text").str.extract_all(pattern)).filter(pl.col("quoted").list.len() > 0)
    found = found.explode("quoted", empty_as_null=True, keep_nulls=True)
    found = found.select(
        "text_id", name=pl.col("quoted").str.extract(pattern, 1),
        quoted=pl.col("quoted").str.strip_chars_start("。；，、："), at=pl.col("text").str.find(pl.col("quoted"), literal=True),
    )  # fmt: skip
    return sentences.with_each(found.filter(~pl.col("name").str.contains(OTHERS)).with_columns(key=name_key(pl.col("name"))))


def _short_form(one: str, other: str) -> pl.Expr:
    """All characters of the shorter stand in the longer, in their order."""
    longer = pl.col(one).str.len_chars() > pl.col(other).str.len_chars()
    short, long = pl.when(longer).then(other).otherwise(one), pl.when(longer).then(one).otherwise(other)
    # Most names hold each other as they are, and a pattern made of each name is dear.
    held = long.str.contains(short, literal=True)
    return held | pl.when(~held).then(long).str.contains(pl.when(~held).then(short).str.replace_all(r"(.)", r"${1}.*"))
