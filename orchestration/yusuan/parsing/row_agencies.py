"""Whose money a row is: agencies that rows name, that hold for the rows below them, or that were lost with a page."""

import polars as pl

from yusuan.parsing.lists import PANEL_ROW
from yusuan.parsing.row_order import beside, last, last_value
from yusuan.parsing.text import name_key, once_for_each, squash, term
from yusuan.parsing.totals import TOTAL
from yusuan.parsing.vocabulary import load

# One item name may well stand twice for one agency; several that come again after a break do not by chance.
MOST_CHANCE_REPEATS = 2
NOT_AN_AGENCY = r"费|经费|项目|建设|补助|奖|资金|工程|工作|采购|维护|专项|支出|补贴|工资|保险|公积金"


def roll_ups_by_name(labels: pl.DataFrame) -> pl.DataFrame:
    """Agencies that stand in the column of projects, or of names of classes, as headings over what is theirs.

    A name that ends like an agency's is a heading when the figures below it, down to the next such name, add up to its
    own (to within half a unit of 0.01 for each), or when it opens or closes the table and stands for the missing total.
    """
    suffix = "(?:" + "|".join(load("agency_suffixes")["suffix"].str.replace_all(r"([()])", r"\$1")) + ")$"
    uncoded = pl.col("breakdown").is_in(["function", "economic"]) & pl.col("code").is_null()
    listed = (pl.col("breakdown") == "project") | uncoded
    heading_name = pl.when(listed).then(pl.coalesce("project", "name"))
    # 农业农村厅机关, 统计局（本级） are named like their agency.
    name = squash(pl.col("heading_name")).str.replace(r"(?:机关|本级|本部|[(（][^()（）]*[)）])+$", "")
    labels = once_for_each(
        labels.with_columns(heading_name=heading_name), ["heading_name"],
        like_agency=name.str.contains(suffix) & ~name.str.contains(NOT_AN_AGENCY),
    )  # fmt: skip
    candidate = pl.col("agency").is_null() & ~pl.col("is_total") & (pl.col("figures") > 0) & pl.col("like_agency")
    labels = labels.with_columns(candidate=candidate.fill_null(False)).drop("like_agency")
    if not labels["candidate"].any():
        return labels.drop("candidate", "heading_name")
    lists = labels.filter("candidate").select("list").unique()
    rows = labels.select("list", "row", "candidate", "code", "first_figure", "is_total").join(
        lists, on="list", how="semi", maintain_order="left"
    )
    rows = rows.with_columns(block=pl.col("candidate").cum_sum().over("list"))
    # 301 counts with its items 30101 and 30102 only.
    after = beside(pl.col("code"), -1)
    has_items = (after.str.starts_with(pl.col("code")) & (after != pl.col("code"))).fill_null(False)
    rows = rows.with_columns(has_items=has_items, figure=pl.when(~has_items).then("first_figure").fill_null(0))
    block = ["list", "block"]
    rows = rows.with_columns(
        below=(pl.col("figure").sum() - pl.col("figure").first()).over(block), members=(~pl.col("has_items")).sum().over(block) - 1,
        no_total=~pl.col("is_total").any().over("list"),
    )  # fmt: skip
    members, no_total = pl.col("members"), pl.col("no_total")
    tolerance = 50 * 10_000 * (members + 1)
    opens = (pl.col("block") == 1) & (members == 0)
    heading = pl.col("candidate") & ((pl.col("below") - pl.col("first_figure")).abs() <= tolerance) & (members > 0)
    rows = rows.with_columns(heading=heading, opens=pl.col("candidate") & opens & no_total)
    closes = pl.col("candidate") & (members == 0) & (pl.col("block") == pl.col("block").max().over("list")) & no_total
    closes = closes & ~pl.col("opens").any().over("list") & pl.col("heading").any().over("list")
    headings = pl.when("heading").then(pl.col("first_figure")).sum().over("list")
    closes = closes & ((headings - pl.col("first_figure")).abs() <= 50 * 10_000 * pl.len().over("list"))
    rows = rows.with_columns(stands_for_total=pl.col("opens") | closes).filter(pl.col("heading") | pl.col("stands_for_total"))
    labels = labels.join(rows.select("list", "row", "stands_for_total"), on=["list", "row"], how="left", maintain_order="left")
    stands_for_total = pl.col("stands_for_total").fill_null(False)
    return (
        labels.with_columns(named=pl.col("stands_for_total").is_not_null(), stands_for_total=stands_for_total)
        .with_columns(
            agency=pl.when("named").then("heading_name").otherwise(pl.col("agency")),
            item=pl.when("named").then("heading_name").otherwise(pl.col("item")),
            name=pl.when(pl.col("named") & (pl.col("name") == pl.col("heading_name"))).then(None).otherwise(pl.col("name")),
            project=pl.when("named").then(None).otherwise(pl.col("project")),
            is_agency=pl.col("is_agency") | (pl.col("named") & ~pl.col("stands_for_total")),
            is_total=pl.col("is_total") | pl.col("stands_for_total"),
        )
        .drop("candidate", "heading_name", "named", "stands_for_total")
    )


def fill_down(labels: pl.DataFrame) -> pl.DataFrame:
    """Cells merged over several rows (the agency, the kind, the purchase class) hold for the rows below as well."""
    # A total ends a section.
    opens = pl.col("is_total") | (pl.col("nth") == pl.col("list"))
    labels = labels.with_columns(
        section=pl.when(opens).then("nth").forward_fill(), own_agency=pl.col("agency"), own_category=pl.col("category"),
        rolled=pl.when("is_agency").then("agency"), printed_agency=pl.when(~pl.col("is_agency") & ~pl.col("is_total")).then("agency"),
    )  # fmt: skip
    has_agencies = pl.col("printed_agency").is_not_null().any().over("list") & (pl.col("breakdown").is_in(["project", "item"])).fill_null(
        False
    )
    column_agency = pl.when(~pl.col("is_agency") & has_agencies).then(last_value("printed_agency", "section"))
    # A purchase stands under its project and its economic item.
    goods = pl.col("procurement_item").is_not_null() & pl.col("project").is_null()
    labels = labels.with_columns(
        *(pl.when(goods).then(last_value(name, "section")).otherwise(name).alias(name) for name in ("project", "plain_name")),
        own_project=pl.col("project"),
        rolled=last_value("rolled", "section"),
        rolled_code=pl.col("agency_code").gather(last(pl.col("is_agency"), "section")),
        printed_here=pl.coalesce(pl.when(~pl.col("is_total")).then("agency"), column_agency),
        category_above=last_value("category", "section"),
    )
    printed_here = pl.col("printed_here")
    return labels.with_columns(
        agency_source=pl.when(pl.col("is_total"))
        .then(pl.lit("publisher"))
        .when(printed_here.is_not_null())
        .then(pl.lit("row"))
        .when(pl.col("rolled").is_not_null())
        .then(pl.lit("rollup"))
        .otherwise(pl.lit("publisher")),
        agency=pl.when(pl.col("is_total"))
        .then(pl.when(~term(pl.when("is_total").then("agency")).str.contains(TOTAL)).then(pl.col("agency")))
        .otherwise(pl.coalesce(printed_here, "rolled")),
        agency_code=pl.when(pl.col("is_agency"))
        .then(pl.col("agency_code"))
        .when(pl.col("owner_code").is_not_null())
        .then(pl.col("owner_code"))
        .when(printed_here.is_null() & ~pl.col("is_total"))
        .then("rolled_code"),
        category=pl.when(~pl.col("is_total") & ~pl.col("is_agency")).then("category_above"),
    ).with_columns(agency_code=pl.when(pl.col("agency_code") != "").then(pl.col("agency_code")))


def lost_agencies(labels: pl.DataFrame) -> pl.DataFrame:
    """Rows after a break whose merged agency cell was lost with a page: they are not the agency above.

    The same items printed again after a break belong to another agency. Where another table of the document lists its
    agencies and exactly one stands between the agency above and the next one, it is that one (source `inferred`);
    otherwise nobody knows, and the publisher stands for it.
    """
    # Only tables of projects have agencies to lose.
    some = labels.select(
        *PANEL_ROW, "document_id", "breakdown", "is_agency", "is_total", "own_agency", "project", "agency_source", "agency", "breaks"
    )
    own = pl.when(~pl.col("is_agency") & ~pl.col("is_total")).then(pl.col("own_agency"))
    some = some.filter(pl.col("breakdown") == "project").with_columns(own=own)
    some = some.with_columns(
        block=pl.col("own").is_not_null().cum_sum().over("tid", "panel"),
        next_own=pl.col("own").shift(-1).backward_fill().over("tid", "panel"),
    )
    held = some.filter(pl.col("block") > 0, pl.col("project").is_not_null(), pl.col("agency_source") == "row")
    held = held.with_columns(part=pl.col("breaks").cum_sum().over("tid", "panel", "block"), key=name_key(pl.col("project")))
    again = pl.col("part") > pl.col("part").min().over("tid", "panel", "block", "key")
    held = held.with_columns(again=again).with_columns(
        lost=pl.col("again").sum().over("tid", "panel", "block", "part") >= MOST_CHANCE_REPEATS
    )
    lost = held.filter(pl.col("lost").cum_max().over("tid", "panel", "block")).select(*PANEL_ROW, "document_id", "agency", "next_own")
    if lost.is_empty():
        return labels
    listed = some.filter(pl.col("own").is_not_null()).unique(["tid", "own"], keep="first", maintain_order=True)
    listed = listed.join(lost.select("tid").unique(), on="tid", how="anti")
    longest = listed.filter((pl.len().over("tid")) == (pl.len().over("tid")).max().over("document_id"))
    longest = longest.filter(pl.col("tid") == pl.col("tid").min().over("document_id"))
    order = longest.select("document_id", key=name_key(pl.col("own")), known="own", place=pl.int_range(pl.len()).over("document_id"))
    lost = lost.with_columns(key=name_key(pl.col("agency")), next_key=name_key(pl.col("next_own")))
    lost = lost.join(order.select("document_id", "key", before="place"), on=["document_id", "key"], how="left")
    lost = lost.join(order.select("document_id", next_key="key", after="place"), on=["document_id", "next_key"], how="left")
    lost = lost.with_columns(place=pl.when(pl.col("after") - pl.col("before") == 2).then(pl.col("before") + 1))
    lost = lost.join(order.select("document_id", "place", between="known"), on=["document_id", "place"], how="left")
    labels = labels.join(lost.select(*PANEL_ROW, "between", is_lost=pl.lit(True)), on=PANEL_ROW, how="left", maintain_order="left")
    found = pl.when(pl.col("between").is_not_null()).then(pl.lit("inferred")).otherwise(pl.lit("publisher"))
    return labels.with_columns(
        agency=pl.when(pl.col("is_lost")).then(pl.col("between")).otherwise(pl.col("agency")),
        agency_source=pl.when(pl.col("is_lost")).then(found).otherwise(pl.col("agency_source")),
    ).drop("between", "is_lost")
