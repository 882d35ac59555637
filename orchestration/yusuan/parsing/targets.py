"""Performance targets: one row per printed target of an indicator, with its levels, its project and the money of its form.

Where the cells stand is found in goal_columns.py and goal_rows.py, what a target says in goal_values.py. Here a row is put together.
"""

import polars as pl

from yusuan.parsing.goal_columns import BESIDE_TARGETS, BLOCK, GoalColumns, goal_columns
from yusuan.parsing.goal_rows import FORM, ROW, SAID, GoalRows, goal_rows, without_points
from yusuan.parsing.goal_values import EXACT, QUALITATIVE, SIGN, several_values
from yusuan.parsing.keys import digest, joint
from yusuan.parsing.text import printed
from yusuan.parsing.vocabulary import load

TARGET_COLUMNS = [
    "target_id", "document_id", "table_number", "row_number", "column_number", "part", "page", "line", "agency_name", "project_code",
    "project_name", "level_1", "level_2", "indicator_name", "operator", "value", "unit", "target_printed", "period", "form_money_yuan",
    "repair",
]  # fmt: skip
WORDS = ["指标", "目标值"]
# `row` is the row in the table; `breaks` marks the first after a gap.
CELL_COLUMNS = ["document_id", "tid", "row", "column", "line", "page", "breaks", "text", "text_id", "squashed"]
# A panel of a form has the same number on all its rows.
PANEL = "form_panel"


def targets_of(cells: pl.DataFrame, tables: pl.DataFrame, amounts: pl.DataFrame, described: pl.DataFrame) -> pl.DataFrame:
    """TARGET_COLUMNS without target_id.

    `cells`: CELL_COLUMNS and bare of prepared cells of tables; `tables`: tid, document_id, table and title; `amounts`: the staged
    amounts, which know project, agency and money of each form; `described`: the documents, whose publisher stands for an agency that no
    form names.
    """
    texts = cells.select("text_id", "bare").unique("text_id")
    asking = texts.filter(pl.col("bare").str.contains_any(WORDS))["text_id"].implode()
    grids = cells.filter(pl.col("text_id").is_in(asking))["tid"].unique().implode()
    grid_cells = cells.lazy().filter(pl.col("tid").is_in(grids)).select(CELL_COLUMNS).collect()
    some = texts.filter(pl.col("text_id").is_in(grid_cells["text_id"].unique().implode()))
    columns = goal_columns(grid_cells.select("tid", "row", "column", "text_id"), some)
    goals = goal_rows(grid_cells, some, columns)
    targets = _targets(_levels(_panel_rows(goals, columns), goals), goals)
    # The upper part of a form may be a table of its own: the untitled table below it has the same form.
    labels = _labels(cells, texts, columns)
    heads = tables.filter(pl.col("title").is_null(), pl.col("tid").is_in(grids), ~pl.col("tid").is_in(labels["tid"].unique().implode()))
    numbers = tables.select("tid", "table", "document_id")
    targets = targets.join(numbers.select("tid", "table"), on="tid", maintain_order="left")
    targets = targets.join(heads.select("tid", above=pl.col("table") - 1), on="tid", how="left", maintain_order="left")
    targets = targets.with_columns(form_table=pl.coalesce("above", "table"))
    targets = _forms(targets, labels.join(numbers, on="tid"), amounts)
    targets = targets.join(described.select("document_id", "publisher_name"), on="document_id", how="left", maintain_order="left")
    return (
        targets.with_columns(agency_name=pl.coalesce("agency_name", "publisher_name"))
        .rename({"table": "table_number", "row": "row_number", "column": "column_number"})
        .select(name for name in TARGET_COLUMNS if name != "target_id")
        .sort("document_id", "table_number", "row_number", "column_number", "part")
    )


def with_ids(targets: pl.DataFrame) -> pl.DataFrame:
    key = digest("document_id", "table_number", "row_number", "column_number", "part")
    return targets.with_columns(target_id=key).select(TARGET_COLUMNS)


def _panel_rows(goals: GoalRows, columns: GoalColumns) -> pl.DataFrame:
    """Each row once for each panel, also where it prints no target, with the numbers of the cells that stand in the columns of the panel
    (value, name, level_1, level_2, operator, unit)."""
    rows = goals.rows.select(ROW, BLOCK, FORM).join(columns.panels, on=BLOCK, maintain_order="left_right")
    rows = rows.with_columns(joint(FORM, "panel").alias(PANEL))
    placed = goals.cells.select(ROW, "column", "role", at=joint(ROW, "slot"), cell=pl.int_range(pl.len(), dtype=pl.UInt32))
    placed = placed.filter(pl.col("role").is_not_null()).sort("at", "column").unique("at", keep="first").select("at", "cell")
    roles = ["value", *BESIDE_TARGETS]
    # One join for the columns of all roles, one below the other.
    places = pl.concat([rows.select(at=joint(ROW, f"at_{role}")) for role in roles])
    cells = places.join(placed, on="at", how="left", maintain_order="left")["cell"]
    rows = rows.select(ROW, PANEL, "period", "heading")
    return rows.hstack([cells.slice(nth * rows.height, rows.height).alias(role) for nth, role in enumerate(roles)])


def _levels(rows: pl.DataFrame, goals: GoalRows) -> pl.DataFrame:
    """level_1 and level_2 of each panel row: cells merged over several rows hold for the rows below, until the next of a higher level."""
    words = goals.said.select("level", word=_whole_word(pl.col("folded")))
    said = {name: words.select(pl.all().gather(goals.cells[SAID].gather(rows[name]))) for name in ("level_1", "level_2")}
    rows = rows.with_columns(
        *(said[name]["level"].alias(f"{name}_level") for name in said), *(said[name]["word"].alias(f"{name}_text") for name in said)
    )
    # A level in the wrong one of the two columns: its wording knows its place.
    lower = (pl.col("level_1_level") == "2") & pl.col("level_2_text").is_null()
    upper = (pl.col("level_2_level") == "1") & pl.col("level_1_text").is_null()
    rows = rows.with_columns(
        own_level_1=pl.when(lower).then(None).when(upper).then(pl.col("level_2_text")).otherwise(pl.col("level_1_text")),
        own_level_2=pl.when(lower).then(pl.col("level_1_text")).when(upper).then(None).otherwise(pl.col("level_2_text")),
    )
    own = ["own_level_1", "own_level_2"]
    of_row = rows.group_by(ROW, maintain_order=True).agg(pl.col(own).first(ignore_nulls=True))
    rows = rows.with_columns(pl.coalesce(name, of_row[name].gather(rows[ROW]).alias("of_row")).alias(name) for name in own)
    rows = _broken_level(rows.with_columns(run=pl.col("own_level_1").is_not_null().cum_sum().over(PANEL)))
    return rows.with_columns(
        level_1=pl.coalesce(pl.col("own_level_1").forward_fill().over(PANEL), "heading"),
        level_2=pl.col("own_level_2").forward_fill().over(PANEL, "run"),
    )


def _whole_word(level: pl.Expr) -> pl.Expr:
    """A level without its points, and whole where its last character was cut off (服务对象满意度指)."""
    return without_points(level).str.replace("指$", "指标")


def _broken_level(rows: pl.DataFrame) -> pl.DataFrame:
    """A second level that a page break cut in two (重点工作任务 | 完成), if the two make a known one."""
    terms = load("goal_levels")["term"].implode()
    level = pl.col("own_level_2")
    cells = rows.with_row_index("at").filter(level.is_not_null()).select("at", PANEL, "run", "own_level_2").sort(PANEL, "at")
    in_run = pl.when(pl.col(PANEL) == pl.col(PANEL).shift(-1), pl.col("run") == pl.col("run").shift(-1))
    cells = cells.with_columns(with_next=in_run.then(level + level.shift(-1)))
    pairs = (pl.col("with_next"), pl.col("with_next").shift(1))
    cells = cells.with_columns(whole=pl.coalesce(pl.when(pair.is_in(terms)).then(pair) for pair in pairs))
    cells = cells.filter(pl.col("whole").is_not_null())
    if cells.is_empty():
        return rows
    rows = rows.with_row_index("at").join(cells.select("at", "whole"), on="at", how="left", maintain_order="left")
    return rows.with_columns(own_level_2=pl.coalesce("whole", "own_level_2")).drop("at", "whole")


def _targets(rows: pl.DataFrame, goals: GoalRows) -> pl.DataFrame:
    """Panel rows that print a target, with operator and unit from columns of their own where the grid has them."""
    rows = rows.select(
        ROW, "level_1", "level_2", "period", "operator", "unit", cell="value", name=pl.col("name").forward_fill().over(PANEL),
        nameless=pl.col("name").is_null(),
    )  # fmt: skip
    rows = rows.filter(pl.col("cell").is_not_null())
    cells, texts = goals.cells, goals.said
    targets = rows.drop("operator", "unit").hstack(cells.select("line", "page", "column", "text", SAID, "kind", "repair")[rows["cell"]])
    targets = targets.hstack(goals.rows.select("document_id", "tid", "row")[rows[ROW]])
    targets = targets.hstack(texts.select("folded", "operator", "value", "unit")[targets[SAID]])
    targets = targets.with_columns(
        operator_text=texts["folded"].gather(cells[SAID].gather(rows["operator"])),
        unit_text=texts["folded"].gather(cells[SAID].gather(rows["unit"])),
        name_repair=cells["repair"].gather(rows["name"]),
        indicator_name=cells["text"].gather(rows["name"]),
    ).with_columns(printed(pl.col("indicator_name")))
    targets = targets.filter(pl.col("folded") != "", ~pl.col("kind").is_in(["level", "sign"]))
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
        target_printed=pl.col("text").str.strip_chars(),
        repair=pl.when("nameless").then(pl.lit("name_above")).otherwise(pl.coalesce("repair", "name_repair")),
    )
    return several_values(targets, "cell")


def _forms(targets: pl.DataFrame, labels: pl.DataFrame, amounts: pl.DataFrame) -> pl.DataFrame:
    """Project, agency and money of each target: those of the nearest money above it; a label (项目名称) nearer to it goes before."""
    of_form = (pl.col("row_kind") == "total") | (pl.col("line_item") == pl.col("project_name"))
    whole = (pl.col("fund_source") == "all") & pl.col("measure").is_in(["total", "amount"]) & of_form
    money = amounts.select(
        "document_id", "period", "project_name", "project_code", form_table="table_number", money_line="line", money="amount_yuan",
        money_agency=pl.when(pl.col("agency_source") != "publisher").then(pl.col("agency_name")), whole=whole,
    ).filter("whole").drop("whole")  # fmt: skip
    # Where a row's money names its project, its column of projects says nothing more.
    named = money.filter(pl.col("project_name").is_not_null()).select("document_id", table="form_table").unique()
    labels = pl.concat(
        [labels.filter(~pl.col("in_column")), labels.filter("in_column").join(named, on=["document_id", "table"], how="anti")]
    )
    targets = targets.sort("line")
    places = targets.select("document_id", "form_table", "period", "line")
    with_period = money.select("document_id", "form_table", "period", "money_line", "money")
    with_names = money.select("document_id", "form_table", "project_name", "project_code", "money_agency", named_line="money_line")
    targets = targets.hstack(_nearest_above(places, with_period, "money_line"))
    targets = targets.hstack(_nearest_above(places.drop("period"), with_names, "named_line"))
    for role in ("project", "project_code", "agency"):
        some = labels.filter(pl.col("role") == role).select(
            "document_id", pl.col("line").alias(f"{role}_line"), pl.col("said").alias(f"said_{role}"), form_table="table"
        )
        targets = targets.hstack(_nearest_above(places.drop("period"), some, f"{role}_line"))
    newer = (pl.col("project_line") > pl.col("named_line")).fill_null(False)
    other_money = (pl.col("project_line") > pl.col("money_line")).fill_null(False)
    return targets.with_columns(
        project_name=pl.when(newer).then(pl.col("said_project")).otherwise(pl.coalesce("project_name", "said_project")),
        project_code=pl.when(newer).then(pl.col("said_project_code")).otherwise(pl.coalesce("project_code", "said_project_code")),
        agency_name=pl.when(newer).then(pl.col("said_agency")).otherwise(pl.coalesce("money_agency", "said_agency")),
        form_money_yuan=pl.when(~other_money).then(pl.col("money")),
    )


def _nearest_above(places: pl.DataFrame, others: pl.DataFrame, line: str) -> pl.DataFrame:
    """What stands nearest above each of these places (sorted by line), or on its own line, and agrees with it in its other columns."""
    by = [name for name in places.columns if name != "line"]
    near = places.join_asof(
        others.sort(line), left_on="line", right_on=line, by=by, strategy="backward", coalesce=False, check_sortedness=False
    )
    return near.select(name for name in others.columns if name not in by)


def _labels(cells: pl.DataFrame, texts: pl.DataFrame, columns: GoalColumns) -> pl.DataFrame:
    """tid, line, role, said, in_column: project, code and agency beside the labels of vocabulary/goal_labels.csv (of two labels of a row
    that of the lower rank), or in a column of a grid that prints them on its rows (in_column)."""
    meanings = load("goal_labels").filter(pl.col("role") != "end").rows(named=True)

    def what(name: str) -> pl.Expr:
        return pl.coalesce(pl.when(pl.col("bare").str.contains(row["pattern"])).then(pl.lit(row[name])) for row in meanings)

    words = texts.select("text_id", role=what("role"), rank=what("rank")).filter(pl.col("role").is_not_null())
    place = cells.select(place=joint("tid", "row")).to_series()
    labelled = place.filter(cells["text_id"].is_in(words["text_id"].implode())).unique()
    near = cells.select("tid", "row", "column", "line", "text", "text_id").with_columns(place)
    near = near.filter(pl.col("place").is_in(labelled.implode())).sort("place", "column")
    near = near.join(words, on="text_id", how="left", maintain_order="left")
    in_row = pl.when(pl.col("place") == pl.col("place").shift(-1))
    near = near.with_columns(said=in_row.then(pl.col("text").shift(-1)), beside=in_row.then(pl.col("role").shift(-1)))
    # A label over a column (项目单位 | 项目名称) has another heading beside it, not a value.
    found = near.filter(pl.col("role").is_not_null(), pl.col("said").is_not_null(), pl.col("beside").is_null())
    found = found.with_columns(printed(pl.col("said"))).filter(pl.col("said") != "")
    found = found.sort("place", "rank").unique(["place", "role"], keep="first", maintain_order=True)
    headers = columns.blocks.select("tid", "first", "last")
    heading = found.join(headers, on="tid").filter(pl.col("row").is_between("first", "last"))["place"].implode()
    found = found.filter(~pl.col("place").is_in(heading)).select("tid", "line", "role", "said", in_column=pl.lit(False))
    listing = columns.slots.filter(pl.col("role").is_in(["project", "project_code", "agency"])).join(columns.blocks, on=BLOCK)
    below = cells.select("tid", "row", "column", "line", "text").filter(pl.col("tid").is_in(listing["tid"].unique().implode()))
    below = below.join(listing.select("tid", "column", "role", "last", "end"), on=["tid", "column"], maintain_order="left")
    below = below.filter(pl.col("row") > pl.col("last"), pl.col("row") <= pl.col("end").fill_null(pl.col("row")))
    said = below.select("tid", "line", "role", said=printed(pl.col("text")), in_column=pl.lit(True))
    return pl.concat([found, said.filter(pl.col("said") != "")])
