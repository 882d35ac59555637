"""wording.wrong_year: a sentence about this budget that names another year, and a comparison with a year that is not the one before.

1. Only a year directly before the words of a budget speaks of this budget; after 比, 与, 较, 截至 and the like it does not.
2. A comparison names the year before; what was compared over several years says so (逐年, 以来, 至).
"""

import polars as pl

from yusuan.parsing.wording.found import Found, counted, notice, placed
from yusuan.parsing.wording.sentences import Sentences

BUDGET = (
    r"(?:部门|单位|本级)?(?:预算(?:安排|编制|总计|收入|支出|公开|收支|情况)|收入(?:总计|合计|预算)|支出(?:总计|合计|预算)|收支(?:总计|预算|总预算)"
    r"|财政拨款(?:收入|支出|收支|预算)|一般公共预算|政府性基金预算|国有资本经营预算|[“\"]?三公[”\"]?经费(?:支出)?预算|机关运行经费|政府采购预算)"
)
OWN = rf"([^。；，,]{{0,8}})(20\d\d)年(?:度)?{BUDGET}[^。；]{{0,12}}"
COMPARED = (
    r"[^。；]{0,10}(?:比|与|较|同)(20\d\d)年(?:度)?(?:预算|决算|年初预算)?(?:数)?(?:相比|减少|增加|持平|增长|下降|同口径)[^。；]{0,12}"
)
OTHERS = r"(?:比|与|较|同|和|从|至|截至|截止|自|对|继续|结转|结余|上年|执行|追加|编制|编报)[^，,]{0,4}$"


def wrong_years(sentences: Sentences, described: pl.DataFrame) -> Found:
    known = sentences.paragraphs.join(
        described.filter(pl.col("fiscal_year").is_not_null()).select("document_id", "fiscal_year", "document_kind"), on="document_id"
    )
    own = _extracted(known, OWN)
    own = own.with_columns(before=pl.col("quoted").str.extract(OWN, 1), year=pl.col("quoted").str.extract(OWN, 2).cast(pl.Int32))
    compared = _extracted(known, COMPARED).with_columns(year=pl.col("quoted").str.extract(COMPARED, 1).cast(pl.Int32))
    examined = pl.concat([own.select("document_id"), compared.select("document_id")])
    year, fiscal = pl.col("year"), pl.col("fiscal_year")
    # Final accounts speak of the budget of their own year and are compared with the accounts of any.
    wrong = own.filter(
        year != fiscal, (year - fiscal).abs() <= 5, ~pl.col("before").str.contains(OTHERS),
        ~pl.col("quoted").str.contains("决算|执行|完成|结转|基础|相比|对比|同期"),
        # Accounts speak of the budget that is being made meanwhile.
        ~(pl.col("document_kind").str.contains("final_accounts") & (year == fiscal + 1)),
    )  # fmt: skip
    astray = compared.filter((year >= fiscal) | (year < fiscal - 1), ~pl.col("document_kind").str.contains("final_accounts"))
    message = pl.format("年份有误，本公开为{}年度，此处为{}年：“{}”", "fiscal_year", "year", "quoted")
    found = pl.concat([frame.select("document_id", "paragraph", "at", "fiscal_year", "year", "quoted") for frame in (wrong, astray)])
    return Found(
        placed(found, sentences.pieces).select(notice("wrong_year", pl.col("quoted"), message)), counted(examined, "wording.wrong_year")
    )


def _extracted(known: pl.DataFrame, pattern: str) -> pl.DataFrame:
    """One row for each match, as `quoted`, with its byte in the paragraph."""
    found = known.filter(pl.col("text").str.contains(pattern)).with_columns(quoted=pl.col("text").str.extract_all(pattern))
    found = found.explode("quoted", empty_as_null=True, keep_nulls=True).filter(pl.col("quoted").is_not_null())
    return found.with_columns(at=pl.col("text").str.find(pl.col("quoted"), literal=True))
