"""wording.two_amounts: one item with two amounts in one paragraph, or, where a document has but one of it, in one section.

1. A change, an amount in a reason, and an amount of another year, of the budget beside the accounts or of a part is another amount.
2. Items below different wholes may bear one name. 3. 金额 and the like are no items: what stands before them tells the item.
4. Amounts that differ by the rounding of the coarser one are one amount.
"""

import polars as pl

from yusuan.parsing.wording.found import Found, counted, notice

NAMELESS = r"^(?:其中|合计|小计|总计|预算|支出|收入|安排|共计|预算数|年初预算|决算|支出决算)?$|金额$"
OTHER_TIME = "上年|去年|年初|决算|执行|调整|追加|结转|累计"
OTHER = rf"20\d\d年|{OTHER_TIME}"
# Of these a budget has one amount, however often its section states it.
SINGLE = ["three_public_total", "overseas", "vehicle_total", "vehicle_purchase", "vehicle_operation", "reception", "conference", "training"]
SINGLE_PART = "本级|机关|下属|所属|单位|其中|外宾|外事|国内"
ACCOUNTS = "决算"
COLUMNS = [
    "document_id", "paragraph", "subject", "own", "clause", "chapter", "concept", "group", "is_level", "inherits", "ticks", "quantum",
    "claim_id", "line", "page", "value_printed", "unit",
]  # fmt: skip


def two_amounts(rows: pl.DataFrame) -> Found:
    """`rows` are the claims as yusuan.parsing.narrative.groups gives them."""
    rows = rows.select(COLUMNS).filter("is_level", ~pl.col("inherits"))
    own = pl.col("own").fill_null("")
    named = rows.filter(~pl.col("subject").fill_null("").str.contains(NAMELESS), ~own.str.contains(OTHER))
    item = ["document_id", "paragraph", "subject"]
    # An item in two lists has two wholes.
    single = pl.col("group").drop_nulls().n_unique().over(item) <= 1
    twice = named.filter(pl.col("ticks").n_unique().over(item) > 1, single)
    figures = pl.format("{}{}", "value_printed", "unit").str.join("、")
    found = twice.group_by(item, maintain_order=True).agg(pl.col("line", "page").first(), figures=figures)
    quoted, message = pl.format("{} {}", "subject", "figures"), pl.format("同一段中“{}”有两个金额（{}）", "subject", "figures")
    once = _in_sections(rows.join(twice.select("claim_id"), on="claim_id", how="anti", maintain_order="left"))
    told = pl.concat([found.select(notice("two_amounts", quoted, message)), once])
    return Found(told, counted(named.unique(["document_id", "paragraph"]), "wording.two_amounts"))


def _in_sections(rows: pl.DataFrame) -> pl.DataFrame:
    """The last of the places whose amount is another than that of the first."""
    place = ["document_id", "chapter", "concept"]
    rows = rows.filter(
        pl.col("concept").is_in(SINGLE),
        ~pl.col("chapter").str.contains(ACCOUNTS),
        ~pl.col("clause").fill_null("").str.contains(f"{OTHER_TIME}|{SINGLE_PART}"),
    )
    first = {name: pl.col(name).first().over(place) for name in ("ticks", "quantum", "value_printed", "unit")}
    rows = rows.with_columns(**{f"first_{name}": value for name, value in first.items()})
    differs = (pl.col("ticks") - pl.col("first_ticks")).abs() > pl.max_horizontal("quantum", "first_quantum")
    found = rows.filter(differs).unique(place, keep="last", maintain_order=True)
    figures = pl.format("{}{}、{}{}", "first_value_printed", "first_unit", "value_printed", "unit")
    message = pl.format("同一部分中“{}”有两个金额（{}）", "subject", figures)
    return found.select(notice("two_amounts", pl.format("{} {}", "subject", figures), message))
