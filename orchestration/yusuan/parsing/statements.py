"""Which statement each table is, with the reason: its title, its place in the contents list, its rows, what
headings and rows say together, else `other`."""

import polars as pl

from yusuan.parsing.amounts import title_funds
from yusuan.parsing.columns import LABEL_ROLES
from yusuan.parsing.statement_signs import by_signs, in_order
from yusuan.parsing.text import once_for_each, squash
from yusuan.parsing.vocabulary import load

FORMS = ["project_performance", "department_performance"]
# （十五）资源勘探信息等支出: only the 财政拨款收支总表 numbers the functional classes on its second level.
# Money in 元 without decimals; so many are no years, codes or telephone numbers.
WHOLE_FIGURE, FEWEST_WHOLE = r"^-?(?:\d{1,3}(?:,\d{3})+|\d{2,9}00)$", 3
CLASS_ON_SECOND_LEVEL = r"^\([一二三四五六七八九十]+\).*(支出|事务|预算|费|管理)$"


def name_statements(tables: pl.DataFrame, rows: pl.DataFrame, cells: pl.DataFrame, entries: pl.DataFrame) -> pl.DataFrame:
    """`tables` with tid, statement, statement_score, statement_reason, contents_title, header_lost, is_form, assumed (told by
    signs only, or against them) and the statement's defaults.

    A table without a title that holds neither amounts nor targets of indicators is not a budget table and is left out.
    """
    # What a title tells needs no other evidence but that of its header.
    untitled = tables.filter(pl.col("title_statement").is_null()).select("document_id", "table")
    of_untitled = rows.select("document_id", "table", "place", "header").join(untitled, on=["document_id", "table"], how="semi")
    for evidence in (_headings(rows, cells), _evidence(of_untitled, cells)):
        tables = tables.join(evidence, on=["document_id", "table"], how="left", maintain_order="left")
    # Without a figure below its headings a table without a title is the end of the one before it.
    signs = [pl.col("decimals"), pl.col("goal_grid"), pl.col("classes_listed"), pl.col("amount_heading") & pl.col("figure_below")]
    tables = tables.filter(pl.any_horizontal(pl.col("title_statement").is_not_null(), *(sign.fill_null(False) for sign in signs)))
    tables = _places_in_contents(tables, entries)
    tables = tables.join(by_signs(cells, of_untitled), on=["document_id", "table"], how="left", maintain_order="left").pipe(in_order)
    by_rows = (
        pl.when(pl.col("classes_listed").fill_null(False))
        .then(pl.lit("appropriation_summary"))
        .when((pl.col("goal_form") | pl.col("goal_grid")).fill_null(False))
        .then(pl.lit("project_performance"))
    )
    tables = tables.with_columns(by_rows=by_rows)
    # A goal form of the whole department shows the indicators of a project's.
    overall = pl.when(pl.col("by_signs") == "department_performance").then("by_signs")
    tables = tables.with_columns(by_rows=pl.coalesce(overall, "by_rows"))
    agreed = (pl.col("by_rows") == pl.col("by_contents")).fill_null(False)
    tables = tables.with_columns(
        statement=pl.coalesce("title_statement", "by_contents", "by_rows", "by_signs", pl.lit("other")),
        statement_score=pl.when(pl.col("title_statement").is_not_null())
        .then(pl.col("title_score"))
        .when(agreed)
        .then(0.7)
        .when(pl.col("by_contents").is_not_null() | pl.col("by_rows").is_not_null())
        .then(0.5)
        .when(pl.col("by_signs").is_not_null())
        .then(0.4)
        .otherwise(0.0),
        statement_reason=pl.when(pl.col("title_statement").is_not_null())
        .then(pl.format("title {}", "title"))
        .when(agreed)
        .then(pl.lit("place in the contents list and wording of the rows"))
        .when(pl.col("by_contents").is_not_null())
        .then(pl.lit("place in the contents list"))
        .when(pl.col("by_rows").is_not_null())
        .then(pl.lit("wording of the rows"))
        .when(pl.col("by_signs").is_not_null())
        .then(pl.format("signs {}", "signs"))
        .otherwise(pl.lit("no evidence")),
    )
    told = pl.coalesce("title_statement", "by_contents", "by_rows")
    # The place in the contents list alone is no more than an assumption where headings and rows say another statement.
    doubted = pl.col("title_statement").is_null() & pl.col("by_rows").is_null() & (pl.col("by_signs") != pl.col("by_contents"))
    tables = tables.with_columns(assumed=(told.is_null() & pl.col("by_signs").is_not_null()) | doubted.fill_null(False))
    entry = entries.unique(["document_id", "statement"], keep="first", maintain_order=True).select(
        "document_id", "statement", contents_title="title"
    )
    tables = tables.join(entry, on=["document_id", "statement"], how="left", maintain_order="left")
    tables = tables.join(load("statements").drop("name", "root"), on="statement", how="left", maintain_order="left")
    named = pl.coalesce("title", "contents_title").fill_null("")
    both = squash(named).str.contains("收入.*支出|收支")
    return (
        tables.with_columns(
            header_lost=~pl.col("headed").fill_null(False) & ~pl.col("statement").is_in(FORMS),
            # A list of projects with their money names them in a column of its header; a form has 其他资金 without one.
            is_form=pl.col("statement").is_in(FORMS) & ~(pl.col("amount_heading") & pl.col("label_heading")).fill_null(False),
            title_fund=pl.coalesce(
                title_funds(pl.col("title").fill_null(""), pl.col("statement")),
                title_funds(pl.col("contents_title").fill_null(""), pl.col("statement")),
                "fund_source",
            ),
            title_side=pl.when(both)
            .then(None)
            .when(named.str.contains("收入"))
            .then(pl.lit("revenue"))
            .when(named.str.contains("支出"))
            .then(pl.lit("expenditure")),
        )
        .drop(
            "title_statement",
            "title_score",
            "by_rows",
            "by_contents",
            "by_signs",
            "signs",
            "classes_listed",
            "goal_form",
            "goal_grid",
            "decimals",
            "amount_heading",
            "figure_below",
            "label_heading",
            "fund_source",
        )
        .with_row_index("tid")
    )


def _headings(rows: pl.DataFrame, cells: pl.DataFrame) -> pl.DataFrame:
    """Whether the header of each table has headings of amounts and of labels."""
    terms = load("header_terms")
    amounts = terms.filter(pl.col("role") == "amount")["term"].implode()
    labelling = terms.filter(pl.col("role").is_in(LABEL_ROLES))["term"].implode()
    headers = rows.filter("header").select("document_id", "table", "place")
    headings = cells.select("place", "heading").join(headers, on="place")
    of_rows = headings.group_by("document_id", "table", "place").agg(
        amount_heading=pl.col("heading").is_in(amounts).any(),
        label_heading=pl.col("heading").is_in(labelling).any(),
        filled=(pl.col("heading") != "").sum(),
    )
    # 项目名称 alone beside a name is the label of a form; the heading of a column has others beside it.
    heads = pl.col("label_heading") & (pl.col("amount_heading") | (pl.col("filled") > 2))
    return of_rows.group_by("document_id", "table").agg(amount_heading=pl.col("amount_heading").any(), label_heading=heads.any())


def _evidence(rows: pl.DataFrame, cells: pl.DataFrame) -> pl.DataFrame:
    """What the cells of each table show about it, apart from its title and its header."""
    text = pl.col("bare")
    placed = cells.select("place", "text_id", "bare").join(rows, on="place")
    placed = once_for_each(
        placed,
        ["text_id"],
        second_level=text.str.contains(CLASS_ON_SECOND_LEVEL),
        money=text.str.contains("资金总额|预算总额"),
        indicator=text.str.contains("三级指标", literal=True),
        indicator_heading=text.str.contains("^(?:三级(?:绩效)?指标|指标(?:名称|内容))"),
        target_heading=text.str.contains("(?:指标值|目标值)$"),
        decimal=text.str.contains(r"^-?[\d,]+\.\d+$"),
        figure=text.str.contains(r"^-?[\d,]*\d$"),
        whole=text.str.contains(WHOLE_FIGURE),
    )
    return placed.group_by("document_id", "table").agg(
        classes_listed=pl.col("second_level").sum() >= 3,
        goal_form=pl.col("money").any() & pl.col("indicator").any(),
        goal_grid=pl.col("indicator_heading").any() & pl.col("target_heading").any(),
        decimals=pl.col("decimal").any() | (pl.col("whole").sum() >= FEWEST_WHOLE),
        figure_below=(~pl.col("header") & pl.col("figure")).any(),
    )


def _places_in_contents(tables: pl.DataFrame, entries: pl.DataFrame) -> pl.DataFrame:
    """by_contents: the one promised table between the table before and the table after, for tables without a title."""
    first = entries.unique(["document_id", "statement"], keep="first", maintain_order=True).select(
        "document_id", title_statement="statement", entry="entry"
    )
    tables = tables.join(first, on=["document_id", "title_statement"], how="left", maintain_order="left")
    tables = tables.with_columns(
        before=pl.col("entry").forward_fill().over("document_id"), after=pl.col("entry").backward_fill().over("document_id")
    )
    gap = pl.col("title_statement").is_null() & (pl.col("after") - pl.col("before") == 2)
    tables = tables.with_columns(missing=pl.when(gap).then(pl.col("before") + 1))
    promised = entries.select("document_id", missing="entry", by_contents="statement")
    return tables.join(promised, on=["document_id", "missing"], how="left", maintain_order="left").drop(
        "entry", "before", "after", "missing"
    )
