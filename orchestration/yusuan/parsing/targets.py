"""Performance targets: one row per printed target of an indicator, with its levels, its project and the money of its form.

Where the cells stand is found in goal_columns.py and goal_rows.py, what a target says in goal_values.py. Here a row is put together.
"""

import polars as pl

from yusuan.parsing.goal_columns import BLOCK, TABLE, GoalColumns, goal_columns
from yusuan.parsing.goal_rows import FORM, ROW, goal_rows, without_points
from yusuan.parsing.goal_values import EXACT, QUALITATIVE, SIGN, several_values
from yusuan.parsing.keys import digest
from yusuan.parsing.text import printed
from yusuan.parsing.vocabulary import load

TARGET_COLUMNS = [
    "target_id", "document_id", "table_number", "row_number", "column_number", "part", "page", "line", "agency_name", "project_code",
    "project_name", "level_1", "level_2", "indicator_name", "operator", "value", "unit", "target_printed", "period", "form_money_yuan",
    "repair",
]  # fmt: skip
WORDS = ["指标", "目标值"]
# `row` is the row in the table; `breaks` marks the first after a gap.
CELL_COLUMNS = [*TABLE, "row", "column", "line", "page", "breaks", "text", "squashed", "bare"]
PLACE = ["document_id", "table", "row", "column"]
# What is asked of the cells that stand beside a target.
PANEL_COLUMNS = {
    "name": {"text": printed(pl.col("text")), "repair": pl.col("repair")},
    "level_1": {"text": pl.col("folded"), "level": pl.col("level")},
    "level_2": {"text": pl.col("folded"), "level": pl.col("level")},
    "operator": {"text": pl.col("folded")},
    "unit": {"text": pl.col("folded")},
}


def targets_of(cells: pl.DataFrame, tables: pl.DataFrame, amounts: pl.DataFrame, described: pl.DataFrame) -> pl.DataFrame:
    """TARGET_COLUMNS without target_id.

    `cells`: CELL_COLUMNS of prepared cells of tables; `tables`: document_id, table and title; `amounts`: the staged amounts,
    which know project, agency and money of each form; `described`: the documents, whose publisher stands for an agency that no form names.
    """
    cells = cells.select(CELL_COLUMNS)
    grids = cells.select(*TABLE, "bare").filter(pl.col("bare").str.contains_any(WORDS)).select(TABLE).unique()
    grid_cells = cells.join(grids, on=TABLE, how="semi", maintain_order="left")
    columns = goal_columns(grid_cells)
    laid = goal_rows(grid_cells, columns)
    targets = _targets(_levels(_panel_rows(laid, columns)))
    # The upper part of a form may be a table of its own: the untitled table below it has the same form.
    untitled = tables.filter(pl.col("title").is_null()).select(*TABLE, above=pl.col("table") - 1)
    labels = _labels(cells, columns)
    heads = untitled.join(grids, on=TABLE, how="semi").join(labels.select(TABLE).unique(), on=TABLE, how="anti")
    targets = targets.join(heads, on=TABLE, how="left", maintain_order="left").with_columns(form_table=pl.coalesce("above", "table"))
    targets = _forms(targets, labels, amounts)
    targets = targets.join(described.select("document_id", "publisher_name"), on="document_id", how="left", maintain_order="left")
    return (
        targets.with_columns(agency_name=pl.coalesce("agency_name", "publisher_name"))
        .rename({"table": "table_number", "row": "row_number", "column": "column_number"})
        .sort("document_id", "table_number", "row_number", "column_number", "part")
        .select(name for name in TARGET_COLUMNS if name != "target_id")
    )


def with_ids(targets: pl.DataFrame) -> pl.DataFrame:
    key = digest("document_id", "table_number", "row_number", "column_number", "part")
    return targets.with_columns(target_id=key).select(TARGET_COLUMNS)


def _panel_rows(laid: pl.DataFrame, columns: GoalColumns) -> pl.DataFrame:
    """Each row once for each panel, with what stands in the columns of the panel, also where it prints no target."""
    rows = laid.group_by(ROW, maintain_order=True).agg(pl.col(*TABLE, FORM).first())
    rows = rows.join(columns.panels, on=BLOCK, maintain_order="left").sort(*ROW, "panel")
    used = {"line", "page", "column", "folded", "kind", "operator", "value", "unit", "repair", "text", "level"}
    said = laid.filter(pl.col("role").is_not_null()).select(*ROW, "slot", *used)
    said = said.unique([*ROW, "slot"], keep="first", maintain_order=True)
    value = said.select(
        *ROW, "line", "page", "column", "folded", "kind", "operator", "value", "unit", "repair", at_value="slot", target_printed="text"
    )
    rows = rows.join(value, on=[*ROW, "at_value"], how="left", maintain_order="left")
    for role, more in PANEL_COLUMNS.items():
        beside = said.select(*ROW, pl.col("slot").alias(f"at_{role}"), *(expr.alias(f"{role}_{name}") for name, expr in more.items()))
        rows = rows.join(beside, on=[*ROW, f"at_{role}"], how="left", maintain_order="left")
    return rows


def _levels(rows: pl.DataFrame) -> pl.DataFrame:
    """level_1 and level_2 of each panel row: cells merged over several rows hold for the rows below, until the next of a higher level."""
    # A level in the wrong one of the two columns: its wording knows its place.
    lower = (pl.col("level_1_level") == "2") & pl.col("level_2_text").is_null()
    upper = (pl.col("level_2_level") == "1") & pl.col("level_1_text").is_null()
    rows = rows.with_columns(
        own_level_1=pl.when(lower).then(None).when(upper).then(pl.col("level_2_text")).otherwise(pl.col("level_1_text")),
        own_level_2=pl.when(lower).then(pl.col("level_1_text")).when(upper).then(None).otherwise(pl.col("level_2_text")),
    )
    rows = rows.with_columns(
        own_level_1=_whole_word(pl.coalesce("own_level_1", pl.col("own_level_1").drop_nulls().first().over(ROW))),
        own_level_2=_whole_word(pl.coalesce("own_level_2", pl.col("own_level_2").drop_nulls().first().over(ROW))),
    )
    panel = [FORM, "panel"]
    changes = pl.col("own_level_1").is_not_null().cum_sum().over(panel)
    rows = rows.with_columns(run_1=changes).with_columns(run_2=pl.col("own_level_2").is_not_null().cum_sum().over(*panel, "run_1"))
    rows = _broken_level(rows)
    return rows.with_columns(
        level_1=pl.coalesce(pl.col("own_level_1").forward_fill().over(panel), "heading"),
        level_2=pl.col("own_level_2").forward_fill().over(*panel, "run_1"),
    )


def _whole_word(level: pl.Expr) -> pl.Expr:
    """A level without its points, and whole where its last character was cut off (服务对象满意度指)."""
    return without_points(level).str.replace("指$", "指标")


def _broken_level(rows: pl.DataFrame) -> pl.DataFrame:
    """A second level that a page break cut in two (重点工作任务 | 完成), if the two make a known one."""
    terms = load("goal_levels")["term"].implode()
    run = [FORM, "panel", "run_1", "run_2"]
    runs = rows.filter(pl.col("own_level_2").is_not_null()).select(*run, "own_level_2").unique(run, keep="first", maintain_order=True)
    runs = runs.sort(run).with_columns(
        after=pl.col("own_level_2").shift(-1).over(run[:-1]), before=pl.col("own_level_2").shift(1).over(run[:-1])
    )
    whole = pl.coalesce(
        pl.when((pl.col("own_level_2") + pl.col("after")).is_in(terms)).then(pl.col("own_level_2") + pl.col("after")),
        pl.when((pl.col("before") + pl.col("own_level_2")).is_in(terms)).then(pl.col("before") + pl.col("own_level_2")),
    )
    runs = runs.with_columns(whole=whole).filter(pl.col("whole").is_not_null()).select(*run, "whole")
    rows = rows.join(runs, on=run, how="left", maintain_order="left")
    return rows.with_columns(own_level_2=pl.coalesce(pl.when(pl.col("own_level_2").is_not_null()).then(pl.col("whole")), "own_level_2"))


def _targets(rows: pl.DataFrame) -> pl.DataFrame:
    """Panel rows that print a target, with operator and unit from columns of their own where the grid has them."""
    name_above = pl.col("name_text").forward_fill().over(FORM, "panel")
    nameless = pl.col("name_text").is_null()
    rows = rows.with_columns(indicator_name=name_above, nameless=nameless)
    targets = rows.filter(pl.col("folded").is_not_null(), pl.col("folded") != "", ~pl.col("kind").is_in(["level", "sign"]))
    # Where a conversion printed the end of a name once more in the column of targets, it is no target.
    again = pl.col("nameless") & (pl.col("kind") == "text") & pl.col("indicator_name").str.ends_with(pl.col("folded"))
    targets = targets.filter(~again.fill_null(False))
    meaning = {row["word"]: row["operator"] for row in load("goal_operators").iter_rows(named=True)} | {"定性": QUALITATIVE}
    said = pl.col("operator_text").replace_strict(meaning, default=None, return_dtype=pl.Utf8)
    words = (said == QUALITATIVE).fill_null(False)
    signed = pl.col("folded").str.contains(f"^(?:{SIGN})") | (pl.col("operator") != EXACT)
    targets = targets.with_columns(
        operator=pl.when(words)
        .then(said)
        .when(signed | pl.col("value").is_null())
        .then(pl.col("operator"))
        .otherwise(pl.coalesce(said, "operator")),
        value=pl.when(~words).then(pl.col("value")),
        unit=pl.when(~words).then(pl.coalesce("unit", pl.when(pl.col("value").is_not_null()).then(pl.col("unit_text")))),
        target_printed=pl.col("target_printed").str.strip_chars(),
        repair=pl.when("nameless").then(pl.lit("name_above")).otherwise(pl.coalesce("repair", "name_repair")),
    )
    return several_values(targets, PLACE)


def _forms(targets: pl.DataFrame, labels: pl.DataFrame, amounts: pl.DataFrame) -> pl.DataFrame:
    """Project, agency and money of each target: those of the nearest money above it; a label (项目名称) nearer to it goes before."""
    of_form = (pl.col("row_kind") == "total") | (pl.col("line_item") == pl.col("project_name"))
    whole = (pl.col("fund_source") == "all") & pl.col("measure").is_in(["total", "amount"]) & of_form
    money = amounts.select(
        "document_id", "period", "project_name", "project_code", form_table="table_number", money_line="line", money="amount_yuan",
        money_agency=pl.when(pl.col("agency_source") != "publisher").then(pl.col("agency_name")), whole=whole,
    ).filter("whole").drop("whole")  # fmt: skip
    of_period = money.drop("project_name", "project_code", "money_agency")
    targets = _nearest_above(targets, of_period, "money_line", "period")
    targets = _nearest_above(targets, money.drop("period", "money").rename({"money_line": "named_line"}), "named_line")
    # Where a row's money names its project, its column of projects says nothing more.
    named = money.filter(pl.col("project_name").is_not_null()).select("document_id", table="form_table").unique()
    labels = pl.concat([labels.filter(~pl.col("in_column")), labels.filter("in_column").join(named, on=TABLE, how="anti")])
    labels = labels.rename({"table": "form_table"})
    for role in ("project", "project_code", "agency"):
        some = labels.filter(pl.col("role") == role).select(
            "document_id", "form_table", pl.col("line").alias(f"{role}_line"), pl.col("said").alias(f"said_{role}")
        )
        targets = _nearest_above(targets, some, f"{role}_line")
    newer = (pl.col("project_line") > pl.col("named_line")).fill_null(False)
    other_money = (pl.col("project_line") > pl.col("money_line")).fill_null(False)
    return targets.with_columns(
        project_name=pl.when(newer).then(pl.col("said_project")).otherwise(pl.coalesce("project_name", "said_project")),
        project_code=pl.when(newer).then(pl.col("said_project_code")).otherwise(pl.coalesce("project_code", "said_project_code")),
        agency_name=pl.when(newer).then(pl.col("said_agency")).otherwise(pl.coalesce("money_agency", "said_agency")),
        form_money_yuan=pl.when(~other_money).then(pl.col("money")),
    )


def _nearest_above(targets: pl.DataFrame, others: pl.DataFrame, line: str, *more: str) -> pl.DataFrame:
    """Targets with what stands nearest above them in their form's table, or on their own line."""
    return targets.sort("line").join_asof(
        others.sort(line),
        left_on="line",
        right_on=line,
        by=["document_id", "form_table", *more],
        strategy="backward",
        check_sortedness=False,
    )


def _labels(cells: pl.DataFrame, columns: GoalColumns) -> pl.DataFrame:
    """Project, code and agency with their line: beside the labels of vocabulary/goal_labels.csv (of two labels of a row that of the lower
    rank), or in a column of a grid that prints them on its rows (in_column)."""
    meanings = load("goal_labels").filter(pl.col("role") != "end").rows(named=True)

    def what(name: str) -> pl.Expr:
        return pl.coalesce(pl.when(pl.col("bare").str.contains(row["pattern"])).then(pl.lit(row[name])) for row in meanings)

    words = cells.select("bare").unique().with_columns(role=what("role"), rank=what("rank")).filter(pl.col("role").is_not_null())
    row = [*TABLE, "row"]
    labelled = cells.select(*row, "bare").join(words, on="bare", how="semi").select(row).unique()
    near = cells.select(*row, "column", "line", "bare", "text").join(labelled, on=row, how="semi").sort(*row, "column")
    near = near.join(words, on="bare", how="left", maintain_order="left").with_columns(
        said=printed(pl.col("text").shift(-1)).over(row), beside=pl.col("role").shift(-1).over(row)
    )
    # A label over a column (项目单位 | 项目名称) has another heading beside it, not a value.
    found = near.filter(pl.col("role").is_not_null(), pl.col("said").is_not_null(), pl.col("said") != "", pl.col("beside").is_null())
    found = found.sort(*row, "rank").unique([*row, "role"], keep="first", maintain_order=True)
    headers = columns.blocks.select(*TABLE, "first", "last")
    heading = found.join(headers, on=TABLE).filter(pl.col("row").is_between("first", "last")).select(row).unique()
    found = found.join(heading, on=row, how="anti").select(*TABLE, "line", "role", "said", in_column=pl.lit(False))
    listing = columns.slots.filter(pl.col("role").is_in(["project", "project_code", "agency"])).join(columns.blocks, on=BLOCK)
    below = cells.join(listing.select(*TABLE, "column", "role", "last", "end"), on=[*TABLE, "column"])
    below = below.filter(pl.col("row") > pl.col("last"), pl.col("row") <= pl.col("end").fill_null(pl.col("row")))
    said = below.select(*TABLE, "line", "role", said=printed(pl.col("text")), in_column=pl.lit(True))
    return pl.concat([found, said.filter(pl.col("said") != "")])
