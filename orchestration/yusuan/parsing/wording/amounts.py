"""wording.two_amounts: one item with two amounts in one paragraph.

1. A change, an amount in a reason, and an amount of another year, of the budget beside the accounts or of a part is another amount.
2. Items below different wholes may bear one name. 3. 金额 and the like are no items: what stands before them tells the item.
"""

import polars as pl

from yusuan.parsing.narrative.groups import grouped
from yusuan.parsing.wording.found import Found, counted, notice

NAMELESS = r"^(?:其中|合计|小计|总计|预算|支出|收入|安排|共计|预算数|年初预算|决算|支出决算)?$|金额$"
OTHER = r"20\d\d年|上年|去年|年初|决算|执行|调整|追加|结转|累计"


def two_amounts(claims: pl.DataFrame) -> Found:
    shown = claims.select("claim_id", "value_printed", "unit")
    rows = grouped(claims).filter("is_level").join(shown, on="claim_id", how="left", maintain_order="left")
    rows = rows.filter(
        ~pl.col("inherits"), ~pl.col("subject").fill_null("").str.contains(NAMELESS), ~pl.col("own").fill_null("").str.contains(OTHER)
    )
    item = ["document_id", "paragraph", "subject"]
    # An item in two lists has two wholes.
    single = pl.col("group").drop_nulls().n_unique().over(item) <= 1
    twice = rows.filter(pl.col("ticks").n_unique().over(item) > 1, single)
    figures = pl.format("{}{}", "value_printed", "unit").str.join("、")
    found = twice.group_by(item, maintain_order=True).agg(pl.col("line", "page").first(), figures=figures)
    quoted, message = pl.format("{} {}", "subject", "figures"), pl.format("同一段中“{}”有两个金额（{}）", "subject", "figures")
    examined = counted(rows.unique(["document_id", "paragraph"]), "wording.two_amounts")
    return Found(found.select(notice("two_amounts", quoted, message)), examined)
