"""Structural facts of single rows and amounts: repaired and unlabelled rows, forms printed twice, codes left out, implausible figures.

Facts of whole tables are told by yusuan.parsing.notices; sums belong to yusuan.parsing.identities. Every function gives notices in the
columns that staging has, and `looked_at_rows` how many places were looked at.
"""

import polars as pl

from yusuan.parsing.text import name_key

# Repairs of rows that the conversion tore or shifted; typing mistakes in numbers are not among them.
TORN = ["shifted_cells", "broken_name", "joined_pieces", "name_above"]
MOST_SHOWN = 6
MAY_BE_NEGATIVE = "carryover|balance"
COLUMNS = ["document_id", "kind", "table_number", "statement", "line", "page", "text", "message"]


def row_notices(
    figures: pl.DataFrame, tables: pl.DataFrame, described: pl.DataFrame, claims: pl.DataFrame, targets: pl.DataFrame
) -> pl.DataFrame:
    """`figures` as identities_of takes them; `tables` are finished tables; `claims` those of the prose."""
    found = [
        _broken_rows(figures, tables, targets),
        _repeated_forms(figures),
        _unlabelled_rows(figures),
        _missing_codes(figures),
        _negative(figures, described),
        _shares(claims).filter("over").select(
            "document_id", "line", "page", kind=pl.lit("share_over_100"), text=pl.format("{}%：{}", "value_printed", "sentence"),
            message=pl.format("占比{}%超过100%：“{}”", "value_printed", "sentence"),
        ),
    ]  # fmt: skip
    return pl.concat(found, how="diagonal_relaxed")


def looked_at_rows(figures: pl.DataFrame, tables: pl.DataFrame, described: pl.DataFrame, claims: pl.DataFrame) -> pl.DataFrame:
    """document_id, check_id, instances of the checks of this module."""
    # Only their number counts here, and an amount has a hundred columns.
    figures, tables = figures.select("document_id", "statement", "code_source"), tables.select("document_id")
    looked = {
        "structure.broken_rows": tables,
        "structure.uneven_row": tables,
        "structure.shifted_row": tables,
        "structure.unlabelled_row": tables,
        "structure.repeated_form": figures.filter(pl.col("statement") == "project_performance"),
        "code_name.missing_code": figures.filter(pl.col("code_source") == "printed"),
        "plausibility.negative": figures.join(_budgets(described), on="document_id", how="semi"),
        "plausibility.share_over_100": _shares(claims),
    }
    counts = [
        frame.group_by("document_id").agg(instances=pl.len().cast(pl.Int32)).with_columns(check_id=pl.lit(check))
        for check, frame in looked.items()
    ]
    return pl.concat(counts).select("document_id", "check_id", "instances")


def _broken_rows(figures: pl.DataFrame, tables: pl.DataFrame, targets: pl.DataFrame) -> pl.DataFrame:
    """One notice a table: rows that were put together or moved back, and single cells that stand alone at a break."""
    keys = ["document_id", "table"]
    amounts = figures.filter(pl.col("repair").str.contains_any(TORN)).select(*keys, "line", "page", mended="amount_id")
    indicators = targets.filter(pl.col("repair").str.contains_any(TORN)).select(
        "document_id", "line", "page", table="table_number", mended=pl.lit("")
    )
    torn = pl.concat([amounts, indicators.select(amounts.columns)]).sort("line")
    rows = torn.group_by(keys).agg(
        lines=pl.col("line").unique(maintain_order=True).cast(pl.Utf8).str.join("、"),
        first=pl.col("line").min(),
        page_of_row=pl.col("page").min(),
        indicators=(pl.col("mended") == "").sum(),
    )
    broken = tables.join(rows, on=keys, how="left", maintain_order="left")
    broken = broken.filter((pl.col("repaired") + pl.col("loose") + pl.col("indicators").fill_null(0)) > 0)
    shown = pl.coalesce("title", "contents_title", pl.lit("（无标题）"))
    mended = pl.when(pl.col("lines").is_not_null()).then(pl.format("行{}的单元格错位或断裂，已修复", "lines"))
    loose = pl.when(pl.col("loose") > 0).then(pl.format("{}处断行", "loose"))
    return broken.select(
        "document_id", "statement", kind=pl.lit("broken_rows"), table_number=pl.col("table"),
        line=pl.coalesce("first", "loose_line", "first_line"), page=pl.coalesce("page_of_row", "first_page"), text=shown,
        message=pl.format("“{}”{}", shown, pl.concat_str([mended, loose], separator="，", ignore_nulls=True)),
    )  # fmt: skip


def odd_rows(
    uneven: pl.DataFrame, rules: pl.DataFrame, undecided: pl.DataFrame, placed: pl.DataFrame, tables: pl.DataFrame
) -> pl.DataFrame:
    """Notices of rows with a cell too many or too few, one a table, and of rows whose figures stand where they do not fit, one a row.

    `uneven` and `rules` are those of uneven_rows.py, `undecided` those of row_shifts.py (tid, row); `placed` the cells of tables.
    """
    shown = tables.select("tid", "document_id", "table", "statement", shown=pl.coalesce("title", "contents_title", pl.lit("（无标题）")))
    lines = pl.col("line").cast(pl.Utf8).str.join("、")
    counts = uneven.sort("line").group_by("tid", "usual", "fields", maintain_order=True).agg(pl.col("line").first(), lines=lines)
    counts = counts.with_columns(said=pl.format("行{}有{}栏，该表其他行有{}栏", "lines", "fields", "usual"))
    dashes = rules.sort("line").group_by("tid", maintain_order=True).agg(pl.col("line").first(), lines=lines)
    dashes = dashes.with_columns(said=pl.format("行{}是转换留下的分隔线", "lines"))
    said = pl.concat([frame.select("tid", "line", "said") for frame in (counts, dashes)])
    said = said.group_by("tid", maintain_order=True).agg(pl.col("line").min(), pl.col("said").str.join("，")).join(shown, on="tid")
    uneven_notices = said.select(
        "document_id", "statement", "line", kind=pl.lit("uneven_row"), table_number=pl.col("table"), text="shown",
        message=pl.format("“{}”的行多出或缺少单元格：{}", "shown", "said"),
    )  # fmt: skip
    rows = placed.select("tid", "row", "column", "line", "page", "text").join(undecided, on=["tid", "row"], how="semi")
    rows = rows.sort("tid", "row", "column").group_by("tid", "row", maintain_order=True).agg(
        pl.col("line", "page").first(), text=pl.col("text").str.strip_chars().head(MOST_SHOWN).str.join(" ")
    ).join(shown, on="tid")  # fmt: skip
    shifted = rows.select(
        "document_id", "statement", "line", "page", "text", kind=pl.lit("shifted_row"), table_number=pl.col("table"),
        message=pl.format("“{}”此行的数不在其栏内，勾稽关系不能确定应移到哪一栏，请对照原件：{}", "shown", "text"),
    )  # fmt: skip
    return pl.concat([uneven_notices, shifted], how="diagonal_relaxed")


def _repeated_forms(figures: pl.DataFrame) -> pl.DataFrame:
    again = figures.filter(pl.col("statement") == "project_performance", pl.col("occurrence") > 1)
    first = again.group_by("document_id", "table", "project_name", maintain_order=True).agg(pl.col("statement", "line", "page").first())
    return first.select(
        "document_id", "statement", "line", "page", kind=pl.lit("repeated_form"), table_number=pl.col("table"), text="project_name",
        message=pl.format("“{}”的绩效目标表金额印了两次，只计一次", "project_name"),
    )  # fmt: skip


def _unlabelled_rows(figures: pl.DataFrame) -> pl.DataFrame:
    rows = figures.filter("is_repeat").group_by("document_id", "table", "row", maintain_order=True).agg(
        pl.col("statement", "line", "page").first(), printed=pl.col("amount_printed").str.join("、")
    )  # fmt: skip
    return rows.select(
        "document_id", "statement", "line", "page", kind=pl.lit("unlabelled_row"), table_number=pl.col("table"), text="printed",
        message=pl.format("此行既无编码又无名称，未计入合计：{}", "printed"),
    )  # fmt: skip


def _missing_codes(figures: pl.DataFrame) -> pl.DataFrame:
    """A 款 without a code that bears the name of its 类, in a table that prints codes."""
    coded = figures.select(
        "document_id", "table", "row", "statement", "line", "page", "label", "code_source", "classification_code", "classification_name"
    ).filter(pl.col("classification_code").is_not_null())
    classes = coded.filter(pl.col("code_source") == "printed", pl.col("classification_code").str.len_chars() == 3)
    classes = classes.select("document_id", "table", parent="classification_code", name=name_key(pl.col("label"))).unique()
    bare = coded.filter(pl.col("code_source") == "inferred", pl.col("classification_code").str.len_chars() == 5)
    bare = bare.with_columns(parent=pl.col("classification_code").str.slice(0, 3), name=name_key(pl.col("label")))
    bare = bare.join(classes, on=["document_id", "table", "parent", "name"], how="semi", maintain_order="left")
    rows = bare.group_by("document_id", "table", "row", maintain_order=True).agg(
        pl.col("statement", "line", "page", "label", "classification_code", "classification_name").first()
    )
    return rows.select(
        "document_id", "statement", "line", "page", kind=pl.lit("missing_code"), table_number=pl.col("table"), text="label",
        message=pl.format("此行没有编码，名称“{}”重复了类级，应为{} {}", "label", "classification_code", "classification_name"),
    )  # fmt: skip


def _budgets(described: pl.DataFrame) -> pl.DataFrame:
    return described.filter(pl.col("document_kind").str.ends_with("budget")).select("document_id")


def _negative(figures: pl.DataFrame, described: pl.DataFrame) -> pl.DataFrame:
    # A column without a meaning may print changes.
    below = figures.filter(
        pl.col("ticks") < 0, pl.col("measure").is_not_null(), ~pl.col("fund_source").fill_null("").str.contains(MAY_BE_NEGATIVE)
    )
    below = below.join(_budgets(described), on="document_id", how="semi", maintain_order="left")
    return below.select(
        "document_id", "statement", "line", "page", kind=pl.lit("negative"), table_number=pl.col("table"),
        text=pl.format("{} {}", pl.col("label").fill_null(""), "amount_printed"),
        message=pl.format("“{}”印的是负数：{}", pl.col("label").fill_null(""), "amount_printed"),
    )  # fmt: skip


def _shares(claims: pl.DataFrame) -> pl.DataFrame:
    """Shares of a whole; 完成预算的120% is none."""
    shares = claims.filter(pl.col("kind") == "share", ~pl.col("completes"), ~pl.col("is_cell"))
    return shares.with_columns(over=pl.col("value").cast(pl.Float64) > 100)
