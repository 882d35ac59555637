"""prose_table.<claim>: a figure of the prose and the same figure in the tables (vocabulary/narrative_figures.csv).

1. A claim is compared with every table of the same kind of money (一般公共预算, 财政拨款, or all) that prints its figure. 2. Where
a table prints several totals (本年收入合计, 收入总计), the one that fits is meant, or that is called so, or the nearest. 3. Where the text
is about final accounts, its 年初预算 is compared with a column of budgets only. 4. Economic items are compared below 人员经费 and
公用经费, because projects have such items too.
"""

import polars as pl

from yusuan.parsing.narrative.instances import INSTANCE, TERMS, Found
from yusuan.parsing.text import QUOTES, name_key, once_for_each
from yusuan.parsing.vocabulary import load

TICKS = 10_000
OTHER_FUNDS = "政府性基金|国有资本"
FIGURE_COLUMNS = [
    "document_id", "amount_id", "statement", "side", "measure", "fund_source", "period", "row_kind", "occurrence", "line_item",
    "classification_code", "classification_name", "economic_code", "economic_name", "project_name", "table_number", "line", "page",
    "amount_yuan", "quantum_yuan",
]  # fmt: skip
CLAIM_COLUMNS = [
    "document_id", "at", "concept", "head_concept", "section", "period", "code", "claim_id", "line", "page", "ticks", "quantum",
    "subject", "head", "clause",
]  # fmt: skip
# Rows that are found by what they are called.
CALLED = ["class", "name", "economic", "project"]
# Totals of everything, whatever the section is about.
OWN_FUNDS = ["revenue_total", "expenditure_total", "budget_total"]


def table_comparisons(levels: pl.DataFrame, figures: pl.DataFrame) -> Found:
    """Instances and terms; the table's figure is the first, the claim the second."""
    rules = load("narrative_figures").with_columns(
        pl.col("rank").cast(pl.Int32), measure=pl.col("measures").str.split("|"), fund_source=pl.col("fund_sources").str.split("|")
    )
    rules = (
        rules.drop("measures", "fund_sources")
        .with_columns(place=pl.int_ranges(pl.col("measure").list.len()))
        .explode("measure", "place", empty_as_null=True, keep_nulls=True)
        .explode("fund_source", empty_as_null=True, keep_nulls=True)
    )
    printed = _printed(figures, rules)
    claims = _with_printed_names(_comparable(levels, rules), printed, figures)
    pairs = claims.join(printed, on=["document_id", "concept", "match"], suffix="_figure")
    split = pl.col("period").is_in(["budget", "final_accounts"])
    own_period = pl.when(pl.col("budgeted")).then(pl.col("period") == "budget").otherwise(pl.col("period") != "budget")
    pairs = pairs.filter(own_period | pl.col("budgeted").is_null())
    difference = (pl.col("ticks") - pl.col("figure_ticks")).abs()
    coarser = pl.max_horizontal("quantum", "figure_quantum")
    fits = difference <= coarser
    like = pl.col("funds").is_null() | (pl.col("funds") == pl.col("figure_funds"))
    # 收支总计 is the row 总计, not 本年支出合计 above it, unless only that fits.
    named = pl.col("subject").str.contains("总计") & pl.col("figure_label").str.contains("总计")
    pairs = pairs.with_columns(difference=difference, tolerance=coarser, fits=fits, named=named)
    # A summary prints the totals that a text states; other tables leave out what is carried over, and count only where it is missing.
    leading = ~pl.col("concept").is_in(OWN_FUNDS) | (pl.col("rank") == pl.col("rank").min().over("at"))
    # Which tables are compared never depends on what they print: a figure that was changed must not escape to another table.
    chosen = (
        pairs.filter(like, leading, ~(split & pl.col("budgeted").is_null()))
        # The id decides between two equal figures of one row, so that a document gives the same rows in any batch.
        .sort(
            "at",
            "table_number",
            "place",
            "fits",
            "named",
            "difference",
            "rank",
            "figure_line",
            "amount_id",
            descending=[False, False, False, True, True, False, False, False, False],
        )
        .unique(["at", "table_number"], keep="first", maintain_order=True)
    )
    chosen = chosen.with_columns(
        key=pl.format("table {} {}", "at", "table_number"),
        about=pl.format("{} {}", "claim_id", "table_number"),
        check_id=pl.format("prose_table.{}", "concept"),
        expected=pl.col("figure_ticks"),
        actual=pl.col("ticks"),
        verdict=pl.when(pl.col("difference") == 0)
        .then(pl.lit("holds"))
        .when("fits")
        .then(pl.lit("rounding"))
        .otherwise(pl.lit("contradicted")),
    )
    terms = [
        chosen.select(
            "key",
            amount_id="amount_id",
            role=pl.lit("first"),
            line="figure_line",
            page="figure_page",
            ticks="figure_ticks",
            label="figure_label",
        ),
        chosen.select("key", amount_id="claim_id", role=pl.lit("second"), line="line", page="page", ticks="ticks", label="subject"),
    ]
    return chosen.select(INSTANCE), pl.concat(terms).select(TERMS)


def _comparable(levels: pl.DataFrame, rules: pl.DataFrame) -> pl.DataFrame:
    """Claims that a table may print, with `match` (class code or name), `funds` (which money they speak of) and `budgeted`."""
    claims = levels.select(CLAIM_COLUMNS).filter(pl.col("concept").is_in(rules["claim"].unique().to_list()))
    words = pl.concat_str([pl.col("section").str.extract("([^/]*)$", 1).fill_null(""), pl.col("subject")])
    # 五、一般公共预算财政拨款支出/（二）财政拨款支出结构: what the chapter is about holds below its headings.
    chapter = pl.col("section").str.extract("([^/]*)/[^/]*$", 1).fill_null("")
    funds = (
        pl.when(pl.col("concept").is_in(OWN_FUNDS))
        .then(pl.lit("all"))
        .when(words.str.contains("一般公共预算") | chapter.str.contains("一般公共预算"))
        .then(pl.lit("general_public"))
        .when(words.str.contains("财政拨款"))
        .then(pl.lit("financial"))
        .otherwise(pl.lit("all"))
    )
    # One table prints these, whatever money it says that it is.
    single = pl.col("concept").is_in(
        ["three_public_total", "vehicle_total", "vehicle_purchase", "vehicle_operation", "reception", "overseas", "conference", "training"]
    )
    single |= pl.col("concept").is_in(["operating_expense", "procurement_total", "project_amount"])
    named = pl.col("concept").is_in(["function_item_amount", "economic_item", "project_amount"])
    project = pl.col("concept") == "project_amount"
    item = (
        pl.when("named")
        .then(pl.col("subject"))
        .str.replace_all(QUOTES, "")
        .str.replace(r"科目$", "")
        .str.replace(r"^.*(?:\((?:款|类)\)|-)(.+)", "${1}")
        .str.replace(r"\((?:项|款)\)(?:支出)?$", "")
    )
    name = name_key(pl.when("project").then("subject").otherwise(item))
    match = pl.when(pl.col("concept") == "function_amount").then(pl.col("code")).when(named).then("name").otherwise(pl.lit(""))
    # Parts are of the period of their whole; and what a chapter of final accounts states without a word is what was spent.
    wholes = levels.select(head="at", head_period="period")
    claims = claims.join(wholes, on="head", how="left", maintain_order="left")
    split = ["budget", "final_accounts"]
    spent = pl.col("section").fill_null("").str.contains("决算") & ~pl.col("clause").fill_null("").str.contains("预算")
    budgeted = (
        pl.when(pl.col("period").is_in(split))
        .then(pl.col("period") == "budget")
        .when(pl.col("head_period").is_in(split))
        .then(pl.col("head_period") == "budget")
        .when(spent)
        .then(False)
    )
    claims = claims.filter(
        (pl.col("concept") != "economic_item") | pl.col("head_concept").is_in(["personnel_expenditure", "public_expenditure"])
    )
    claims = once_for_each(claims.with_columns(named=named, project=project), ["subject", "named", "project"], name=name)
    claims = claims.with_columns(funds=pl.when(~single).then(funds), match=match, budgeted=budgeted)
    of_general = (pl.col("concept") == "appropriation_total") & (pl.col("funds") == "general_public").fill_null(False)
    claims = claims.with_columns(concept=pl.when(of_general).then(pl.lit("general_budget_total")).otherwise("concept"))
    fund_section = pl.col("section").fill_null("").str.contains(OTHER_FUNDS)
    return claims.filter(~fund_section).select(
        "document_id", "at", "concept", "match", "funds", "budgeted", "claim_id", "line", "page", "ticks", "quantum", "subject"
    )


def _with_printed_names(claims: pl.DataFrame, printed: pl.DataFrame, figures: pl.DataFrame) -> pl.DataFrame:
    """Items that no compared table prints under the name of the text, under the name that it does print."""
    names = printed.filter(pl.col("concept") == "function_item_amount").select("document_id", name="match").unique()
    items = claims.filter(pl.col("concept") == "function_item_amount").select("document_id", "match").unique()
    items = items.join(names, left_on=["document_id", "match"], right_on=["document_id", "name"], how="anti")
    found = pl.concat([_by_group(items, names), _by_code(items, names, figures)])
    found = found.unique(["document_id", "match"], keep="first", maintain_order=True)
    claims = claims.join(found, on=["document_id", "match"], how="left", maintain_order="left")
    return claims.with_columns(match=pl.coalesce("name", "match")).drop("name")


def _by_group(items: pl.DataFrame, names: pl.DataFrame) -> pl.DataFrame:
    """人大事务行政运行 is 行政运行 of 人大事务, where the tables print both names and not the two as one."""
    pairs = items.join(names, on="document_id").filter(pl.col("match").str.ends_with(pl.col("name")))
    pairs = pairs.with_columns(group=pl.col("match").str.strip_suffix(pl.col("name")))
    pairs = pairs.join(names, left_on=["document_id", "group"], right_on=["document_id", "name"], how="semi")
    return pairs.unique(["document_id", "match"], keep="none").select("document_id", "match", "name")


def _by_code(items: pl.DataFrame, names: pl.DataFrame, figures: pl.DataFrame) -> pl.DataFrame:
    """A code that the document prints with two names, that of the text and one of the compared tables: these are one item."""
    coded = figures.filter(pl.col("classification_code").str.len_bytes() >= 5).select(
        "document_id", "classification_name", code="classification_code"
    )
    coded = once_for_each(coded.unique(), ["classification_name"], name=name_key(pl.col("classification_name")))
    coded = coded.select("document_id", "code", "name").unique()
    own = items.join(coded, left_on=["document_id", "match"], right_on=["document_id", "name"])
    # A name that stands beside two codes says nothing of the code.
    own = own.unique(["document_id", "match"], keep="none")
    pairs = own.join(coded, on=["document_id", "code"]).join(names, on=["document_id", "name"], how="semi")
    return pairs.unique(["document_id", "match"], keep="none").select("document_id", "match", "name")


def _printed(figures: pl.DataFrame, rules: pl.DataFrame) -> pl.DataFrame:
    """Amounts of tables that the rules name, by (document, concept, match)."""
    matched = _matched(figures, rules)
    rows = pl.col("rows")
    name = pl.when(rows == "name").then("classification_name").when(rows == "economic").then("economic_name")
    name = name.when(rows == "project").then("project_name")
    matched = once_for_each(matched.with_columns(named=name), ["named"], named_key=name_key(pl.col("named")).fill_null(""))
    match = pl.when(rows == "class").then(pl.col("classification_code")).otherwise("named_key")
    matched = matched.with_columns(match=match).filter((pl.col("match") != "") | ~rows.is_in(CALLED))
    once = pl.len().over("document_id", "claim", "match", "table_number", "measure", "fund_source", "period") == 1
    # A name or class that a table prints for several agencies or projects has no single figure there.
    matched = matched.filter(~pl.col("rows").is_in(CALLED) | once)
    funds = (
        pl.when(pl.col("fund_source") == "general_public")
        .then(pl.lit("general_public"))
        .when((pl.col("fund_source") == "financial") | pl.col("statement").str.starts_with("appropriation"))
        .then(pl.lit("financial"))
    )
    return matched.select(
        "document_id", "match", "rank", "period", "amount_id", "statement", "table_number", concept="claim",
        # The columns of one row are compared in the order of the rule, whatever they print.
        place=pl.when(rows.is_in(CALLED)).then("place").otherwise(0),
        figure_line="line", figure_page="page", figure_label=pl.coalesce("line_item", pl.lit("合计")),
        figure_funds=funds.otherwise(pl.lit("all")), figure_ticks=(pl.col("amount_yuan") * 100).cast(pl.Int64) * (TICKS // 100),
        figure_quantum=(pl.col("quantum_yuan") * TICKS).cast(pl.Int64),
    )  # fmt: skip


def _matched(figures: pl.DataFrame, rules: pl.DataFrame) -> pl.DataFrame:
    """FIGURE_COLUMNS of the figures that a rule names, beside what the rule says; a figure that several rules name once for each.

    Few of the pairs of a figure and a rule are any: the columns that they are not judged by are fetched for those alone.
    """
    keys = ["statement", "side", "measure", "fund_source"]
    size, economic = pl.col("size"), pl.col("economic_size")
    total = pl.col("row_kind") == "total"
    narrow = figures.select(
        *keys, "line_item", "row_kind", "occurrence", "period", size=pl.col("classification_code").str.len_bytes().fill_null(0),
        economic_size=pl.col("economic_code").str.len_bytes().fill_null(0), of_project=pl.col("project_name").is_not_null(),
    ).with_row_index("nth").filter(
        total | (size == 3) | (size >= 5) | (economic == 5) | pl.col("of_project") | (pl.col("statement") == "three_public"),
        pl.col("statement").is_in(rules["statement"].unique().to_list()), pl.col("occurrence") == 1,
        ~pl.col("period").is_in(["last_year", "whole_period"]),
    )  # fmt: skip
    pairs = narrow.drop("occurrence", "period").join(rules, on=keys, suffix="_rule")
    rows, pattern = pl.col("rows"), pl.col("line_item_rule")
    pairs = pairs.filter(
        ((rows == "total") & total)
        | ((rows == "class") & ~total & (size == 3))
        | (rows == "item")
        | ((rows == "name") & ~total & (size >= 5))
        | ((rows == "economic") & ~total & (economic == 5))
        | ((rows == "project") & ~total & pl.col("of_project"))
    )
    label = pl.when(pattern.is_not_null()).then(pl.col("line_item").fill_null("")).str.replace_all(QUOTES, "").str.normalize("NFKC")
    pairs = once_for_each(pairs, ["line_item", "line_item_rule"], called=pattern.is_null() | label.str.contains(pattern))
    pairs = pairs.filter(pl.col("called") | ~rows.is_in(["total", "item"]))
    return pl.concat([figures.select(FIGURE_COLUMNS)[pairs["nth"]], pairs.select("claim", "rank", "rows", "place")], how="horizontal")
