"""Which claims are parts of which: 其中, 主要包括, lists of paragraphs. Adds the groups and heads that the checks work on.

Two levels are told apart. A sentence group begins with the first 其中 of a sentence and goes on over its semicolons; a group inside one
part of the sentence ends with that part. A list is announced by a colon at the end of a paragraph; its members open the paragraphs.
"""

import polars as pl

from yusuan.parsing.narrative.runs import before, carried, opening, running_sum
from yusuan.parsing.text import once_for_each

WITHIN = r"(?:^|[,:])([^,:;]+?)中[,:]"
SIDE = r"(?:收入|支出)(?:预算|决算)?(?:合计)?包括:"
# Headings below 一、: what they state is stated about the whole that the chapter is about.
INNER_HEADINGS = r"/(?:\([一二三四五六七八九十]+\)|\d{1,2}[、.]).*$"


# What the checks need of a claim; the sentences and the text between the figures are left behind.
COLUMNS = [
    "document_id", "paragraph", "block", "sentence_number", "segment", "begin", "start", "opens", "section", "own", "clause", "of",
    "completes", "in_bracket", "stays", "run_place", "run_size", "is_cell", "in_reason", "opener", "inherits", "kind", "sign",
    "concept", "code", "subject", "digits", "decimals", "ticks", "quantum", "claim_id", "line", "page", "period", "compared_with",
    "value_printed", "unit",
]  # fmt: skip


def grouped(claims: pl.DataFrame) -> pl.DataFrame:
    """Claims in their order with: at (a running number), chapter, part (a number for each chapter of a document), is_level, group, head
    (the `at` of the whole), head_concept, is_direct (the head is certain), lists_all (the sentence says that it lists all)."""
    rows = claims.select(COLUMNS).filter(~pl.col("is_cell")).with_row_index("at").with_columns(pl.col("at").cast(pl.Int64))
    # What an amount is compared with is neither a part nor a whole.
    level = (pl.col("kind") == "amount") & ~pl.col("in_reason") & pl.col("ticks").is_not_null() & pl.col("compared_with").is_null()
    rows = once_for_each(rows, ["section"], chapter=pl.col("section").fill_null("").str.replace(INNER_HEADINGS, ""))
    parts = rows.select("document_id", "chapter").unique(maintain_order=True).with_row_index("part")
    rows = rows.join(parts, on=["document_id", "chapter"], how="left", maintain_order="left")
    rows = rows.with_columns(is_level=level, opening=pl.col("opener") & ~pl.col("in_reason"))
    # 0万元 beside 12.35万元 is no rounded 0.4: a nothing is as exact as the finest amount of its document.
    finest = pl.col("quantum").filter(pl.col("ticks") != 0).min().over("document_id")
    rows = rows.with_columns(quantum=pl.when(pl.col("ticks") == 0).then(pl.min_horizontal("quantum", finest)).otherwise("quantum"))
    outside, bracket = pl.col("opening") & ~pl.col("in_bracket"), pl.col("opening") & pl.col("in_bracket")
    enters = pl.col("in_bracket") & ~before("in_bracket", "sentence_number").fill_null(False)
    rows = rows.with_columns(
        partner=_partner(),
        level_before=carried(before(pl.when("is_level").then("at"), "document_id"), "document_id"),
        in_sentence=running_sum(outside, "sentence_number"),
        in_segment=running_sum(outside, "segment"),
        bracket=pl.when("in_bracket").then(enters.cum_sum()),
        starts=pl.col("paragraph") != pl.col("paragraph").shift(1, fill_value=-1),
        # 收入预算包括：… and 支出预算包括：… each list all of the total that the chapter began with.
        lists_side=pl.col("opening") & pl.col("own").str.contains(SIDE),
        first_level=pl.when("is_level").then("at").min().over("part"),
    )
    announced = pl.col("starts") & pl.col("opens")
    opens_sentence = outside & (pl.col("in_sentence") == 1)
    rows = rows.with_columns(
        opened_in=carried(pl.when(opens_sentence).then("segment"), "sentence_number"),
        sentence_head=carried(
            pl.when(opens_sentence).then(pl.when("lists_side").then("first_level").otherwise("level_before")), "sentence_number"
        ),
        lists_all=carried(pl.when(opens_sentence).then("lists_side"), "sentence_number"),
        segment_head=carried(pl.when(outside).then("level_before"), "segment"),
        # A list inside a bracket ends with the bracket.
        bracket_head=carried(pl.when(enters).then("level_before"), "bracket"),
        bracket_opens=running_sum(bracket, "bracket") > 0,
        list_head=carried(pl.when(announced).then("level_before"), "block"),
        list_number=running_sum(announced, "block"),
    )
    first = pl.col("segment") == pl.col("opened_in")
    inner = (pl.col("in_sentence") > 0) & pl.when(first).then(pl.col("in_segment") > 1).otherwise(pl.col("in_segment") > 0)
    outer = (pl.col("in_sentence") > 0) & ~inner
    listed = (
        (pl.col("list_number") > 0)
        & (pl.col("in_sentence") == 0)
        & (pl.col("start") == 0)
        & (pl.col("segment") == opening("segment", "paragraph"))
    )
    inside = pl.col("in_bracket")
    rows = rows.with_columns(
        group=pl.when(inside)
        .then(pl.format("bracket {}", "bracket"))
        .when(inner)
        .then(pl.format("inner {} {}", "segment", "in_segment"))
        .when(outer)
        .then(pl.format("sentence {}", "sentence_number"))
        .when(listed)
        .then(pl.format("list {} {}", "block", "list_number")),
        head=pl.when(inside)
        .then("bracket_head")
        .when(inner)
        .then("segment_head")
        .when(outer)
        .then("sentence_head")
        .when(listed)
        .then("list_head"),
    )
    return _certain(_named_heads(rows)).drop(
        "level_before",
        "sentence_head",
        "segment_head",
        "list_head",
        "list_number",
        "opened_in",
        "starts",
        "lists_side",
        "first_level",
        "bracket",
        "bracket_head",
        "bracket_opens",
    )


def _partner() -> pl.Expr:
    """The `at` of the figure that a share or a rate speaks of: the one before; behind a bracket the one before the bracket; in a list
    (分别为60万元和40万元，分别占60%和40%) that in the same place of the list before."""
    at, outside = pl.col("at"), ~pl.col("in_bracket")
    last_outside = before(carried(pl.when(outside).then("at"), "sentence_number"), "sentence_number")
    closed = outside & before("in_bracket", "sentence_number").fill_null(False)
    first = pl.when(pl.col("run_size").is_not_null()).then(at - pl.col("run_size").cast(pl.Int64))
    alike = (pl.col("run_place").gather(first) == pl.col("run_place")) & (pl.col("run_size").gather(first) == pl.col("run_size"))
    listed = pl.when((first >= 0) & alike.fill_null(False)).then(first)
    return pl.when(pl.col("run_size").is_not_null()).then(listed).when(closed).then(last_outside).when(at > 0).then(at - 1)


def _named_heads(rows: pl.DataFrame) -> pl.DataFrame:
    """基本支出中，人员经费…: the head is named. It is the last claim of that name before."""
    named = carried(pl.when("opening").then("own").str.extract(WITHIN, 1), "sentence_number")
    rows = rows.with_columns(head_name=pl.when(named != "其").then(named))
    heads = rows.select("part", "is_level", head_name="subject", of="at", named_head="at").filter("is_level")
    found = rows.select("at", "part", "head_name").filter(pl.col("head_name").is_not_null())
    found = found.join_asof(
        heads, left_on="at", right_on="of", by=["part", "head_name"], strategy="backward", allow_exact_matches=False,
        check_sortedness=False,
    )  # fmt: skip
    rows = rows.join(found.select("at", "named_head"), on="at", how="left", maintain_order="left")
    return rows.with_columns(
        # A name that no claim carries before leaves the head unknown.
        head=pl.when(pl.col("head_name").is_not_null()).then("named_head").otherwise("head"),
    )


def _certain(rows: pl.DataFrame) -> pl.DataFrame:
    """is_direct: the head stands in the same sentence, is named, or is the only amount of the sentence before."""
    # `at` is the number of the row.
    heads = {f"head_{name}": pl.col(name).gather("head") for name in ("sentence_number", "paragraph", "block", "concept")}
    alone = (pl.col("is_level").sum().over("sentence_number") == 1).gather(pl.col("head"))
    rows = rows.with_columns(**heads, alone=alone)
    # Without 其中 a bracket need not hold parts: 支出100万元（2022年120万元）.
    remark = pl.col("in_bracket") & ~pl.col("bracket_opens")
    same = (pl.col("sentence_number") == pl.col("head_sentence_number")) & ~remark
    near = pl.col("alone") & (pl.col("head_paragraph") >= pl.col("paragraph") - 1)
    listed = pl.col("group").str.starts_with("list") & (pl.col("block") == pl.col("head_block"))
    side = pl.col("lists_all") & pl.col("head_concept").str.ends_with("_total")
    direct = same | pl.col("named_head").is_not_null() | near | listed | side
    return rows.with_columns(
        is_direct=direct.fill_null(False), lists_all=pl.col("lists_all").fill_null(False) & pl.col("group").str.starts_with("sentence")
    ).drop("head_sentence_number", "head_paragraph", "head_block", "alone")
