"""wording.wrong_year: a sentence or a title of this budget that names another year, and a comparison with another year than the one before.

1. In a sentence only a year directly before the words of a budget, or the year that opens a sentence about one, speaks of this budget;
after 比, 与, 较, 截至 and the like it does not. 2. A comparison names the year before; what was compared over several years says so
(逐年, 以来, 至). 3. Where most places name one other year, the document's own year is what is wrong, and is told of once.
"""

import polars as pl

from yusuan.parsing.wording.found import Found, counted, notice, place_of, placed
from yusuan.parsing.wording.sentences import Sentences

BUDGET = (
    r"(?:部门|单位|本级)?(?:预算(?:安排|编制|总计|收入|支出|公开|收支|情况)|收入(?:总计|合计|预算)|支出(?:总计|合计|预算)|收支(?:总计|预算|总预算)"
    r"|收入支出(?:预算|决算)?总|财政拨款(?:收入|支出|收支|收、支|预算|安排)|一般公共预算|政府性基金预算|国有资本经营预算"
    r"|[“\"]?三公[”\"]?经费(?:支出)?预算|机关运行经费|政府采购预算|(?:部门|单位)汇总预算|预算绩效|预算数[为是])"
)
OWN = rf"([^。；，,]{{0,8}})(20\d\d)年(?:度)?{BUDGET}[^。；]{{0,12}}"
# 2023年度某局政府采购预算5万元: the year stands before the name.
OPENING = (
    r"(?:^|[。；])([^。；，,\d]{0,30})(20\d\d)年(?:度)?[，,]?[^。；，,\d]{0,30}?"
    r"(?:预算|政府采购|机关运行经费|三公[”\"]?经费|绩效目标)[^。；]{0,12}"
)
TITLE = (
    r"^([^。；，,]{0,40}?)(20\d\d)年(?:度)?"
    r"(?:[）)]|[^。；，,\d]{0,40}(?:表|说明|预算|决算|公开|概况|目录|情况|目标|任务)(?:[（(][^）)]*[）)])?[.·…\d]*)$"
)
SEVERAL_YEARS = r"20\d\d年?度?[-—~至、和]+20\d\d年|[-—~至、和]20\d\d年"
COMPARED = (
    r"[^。；]{0,10}(?:比|与|较|同)(20\d\d)年(?:度)?(?:预算|决算|年初预算)?(?:数)?(?:相比|减少|增加|持平|增长|下降|同口径)[^。；]{0,12}"
)
OTHERS = r"(?:比|与|较|同|和|从|至|截至|截止|自|对|继续|结转|结余|上年|执行|追加|编制|编报)[^，,]{0,4}$"
OTHER_MATTERS = "决算|执行|完成|结转|基础|相比|对比|同期"
OTHER_TITLES = "执行|结转|自评|评价"
COLUMNS = ["document_id", "paragraph", "at", "fiscal_year", "document_kind", "year", "quoted"]


def wrong_years(sentences: Sentences, described: pl.DataFrame) -> Found:
    dated = sentences.texts.filter(pl.col("text").str.contains(r"20\d\d年"))
    known = described.filter(pl.col("fiscal_year").is_not_null()).select("document_id", "fiscal_year", "document_kind")

    def told(found: pl.DataFrame) -> pl.DataFrame:
        return sentences.with_each(found).join(known, on="document_id", maintain_order="left")

    year, fiscal, accounts = pl.col("year"), pl.col("fiscal_year"), pl.col("document_kind").str.contains("final_accounts")
    titles = told(_named(dated.filter(~pl.col("text").str.contains(SEVERAL_YEARS)), TITLE))
    # 2023年支出预算表（不含上年结转）: what stands in brackets is not what the title is about.
    bare = pl.col("quoted").str.replace_all(r"[（(][^）)]*[）)]", "")
    titles = titles.filter(~bare.str.contains(OTHER_TITLES), accounts | ~pl.col("quoted").str.contains("决算"))
    sentenced = pl.concat([told(_named(dated, OWN)), told(_named(dated, OPENING)).filter(~accounts)])
    # Final accounts speak of the budget of their own year and are compared with the accounts of any.
    sentenced = sentenced.filter(~pl.col("quoted").str.contains(OTHER_MATTERS))
    own = pl.concat([sentenced, titles]).filter(
        ~pl.col("before").str.contains(OTHERS),
        (year - fiscal).abs() <= 5,
        # Accounts speak of the budget that is being made meanwhile.
        ~(accounts & (year == fiscal + 1)),
    )
    own = own.unique(["paragraph", "year"], keep="first", maintain_order=True).select(COLUMNS)
    compared = _extracted(dated.filter(pl.col("text").str.contains(r"(?:比|与|较|同)20\d\d年")), COMPARED).with_columns(
        year=pl.col("quoted").str.extract(COMPARED, 1).cast(pl.Int32)
    )
    compared = told(compared).select(COLUMNS)
    astray = compared.filter((year >= fiscal) | (year < fiscal - 1), ~accounts)
    examined = counted(pl.concat([own.select("document_id"), compared.select("document_id")]), "wording.wrong_year")
    doubtful, single = _told_once(own, sentences)
    found = pl.concat([own.filter(year != fiscal).join(doubtful, on="document_id", how="anti"), astray])
    found = found.unique(["paragraph", "year"], keep="first", maintain_order=True)
    message = pl.format("年份有误，本公开为{}年度，此处为{}年：“{}”", "fiscal_year", "year", "quoted")
    notices = placed(found, sentences.pieces).select(notice("wrong_year", pl.col("quoted"), message))
    return Found(pl.concat([notices, single]), examined)


def _told_once(own: pl.DataFrame, sentences: Sentences) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Documents most of whose places name one other year, and the notice of each."""
    votes = own.group_by("document_id", "fiscal_year", "year").len().filter(pl.col("len") > pl.col("len").sum().over("document_id") / 2)
    doubtful = votes.filter(pl.col("year") != pl.col("fiscal_year"), pl.col("len") > 1)
    places = placed(own.join(doubtful, on=["document_id", "year"], how="semi"), sentences.pieces).sort("document_id", "line")
    told = (
        places.with_columns(place=place_of())
        .group_by("document_id", "fiscal_year", "year", maintain_order=True)
        .agg(
            pl.col("line", "page", "quoted").first(),
            count=pl.len(),
            places=pl.col("place").unique(maintain_order=True).head(8).str.join("、"),
        )
    )
    message = pl.format("年份不一，封面为{}年度，文中有{}处为{}年：“{}”，见{}", "fiscal_year", "count", "year", "quoted", "places")
    return doubtful.select("document_id"), told.select(notice("wrong_year", pl.col("quoted"), message))


def _named(texts: pl.DataFrame, pattern: str) -> pl.DataFrame:
    """Matches with what stands before their year, and the year."""
    found = _extracted(texts, pattern)
    groups = pl.col("quoted").str.extract_groups(pattern)
    return found.with_columns(before=groups.struct.field("1"), year=groups.struct.field("2").cast(pl.Int32))


def _extracted(texts: pl.DataFrame, pattern: str) -> pl.DataFrame:
    """One row for each match, as `quoted`, with its byte in the text."""
    found = texts.with_columns(quoted=pl.col("text").str.extract_all(pattern))
    found = found.explode("quoted", empty_as_null=True, keep_nulls=True).filter(pl.col("quoted").is_not_null())
    return found.select("text_id", "quoted", at=pl.col("text").str.find(pl.col("quoted"), literal=True))
