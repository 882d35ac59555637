"""Structural facts that no arithmetic shows: promised tables that are absent, empty tables, lost headers, unknown tables."""

import polars as pl

from yusuan.parsing.identities import columns_of_tree
from yusuan.parsing.line_texts import LineTexts
from yusuan.parsing.tables import EMPTY_NOTE
from yusuan.parsing.vocabulary import load

NOTE_DISTANCE = 6
# Below this an OCR reading is not sure (yusuan.reading.scan marks cells by the same figure).
UNSURE = 0.8
COLUMNS = ["document_id", "kind", "table_number", "statement", "line", "page", "text", "message"]


def empty_notes(tables: pl.DataFrame, lines: pl.DataFrame, texts: LineTexts) -> pl.DataFrame:
    """For each table the note below it that says that it is empty: document_id, table, empty_note, note_line."""
    says = (pl.col("squashed").str.len_chars() <= 80) & pl.col("squashed").str.contains(EMPTY_NOTE)
    notes = lines.select("document_id", "line", "grid", "text_id").filter(pl.col("grid").is_null(), texts.told(says)).sort("line")
    near = notes.join_asof(
        tables.select("document_id", "table", "last_line").sort("last_line"),
        left_on="line", right_on="last_line", by="document_id", strategy="backward", check_sortedness=False,
    )  # fmt: skip
    near = near.filter(pl.col("line") - pl.col("last_line") <= NOTE_DISTANCE).with_columns(key=texts.squashed())
    return near.group_by("document_id", "table").agg(empty_note=pl.col("key").first(), note_line=pl.col("line").first())


def unsure_amounts(figures: pl.DataFrame, identities: pl.DataFrame, terms: pl.DataFrame) -> pl.DataFrame:
    """Amounts of scans, and of texts whose columns only white shows, that were not read surely and that no identity proves: one notice a
    table, with all of them."""
    unsure = figures.filter(pl.col("confidence") < UNSURE)
    terms = terms.select("key", "amount_id").join(unsure, on="amount_id", how="semi")
    held = identities.filter(pl.col("verdict") != "contradicted").select("key")
    proved = terms.join(held, on="key", how="semi").select("amount_id")
    failed = terms.join(identities.filter(pl.col("verdict") == "contradicted").select("key"), on="key", how="semi").select("amount_id")
    unsure = pl.concat([unsure.join(proved, on="amount_id", how="anti"), unsure.join(failed, on="amount_id", how="semi")]).unique(
        "amount_id"
    )
    return (
        unsure.sort("document_id", "table", "line", "printed_column")
        .group_by("document_id", "table", maintain_order=True)
        .agg(pl.col("statement", "line", "page").first(), text=pl.col("number").str.join("、"), count=pl.len())
        .select(
            "document_id", "statement", "line", "page", "text", kind=pl.lit("unsure_amounts"), table_number=pl.col("table"),
            message=pl.format("有{}个金额识别不确定（扫描件，或栏位只凭空格），且没有勾稽关系证实，请对照原件：{}", "count", "text"),
        )
    )  # fmt: skip


def blank_totals(figures: pl.DataFrame, terms: pl.DataFrame) -> pl.DataFrame:
    """Rows that print figures and leave the sum of them blank, where a sum above them holds only with these figures in it."""
    parts = columns_of_tree(terms, figures)
    blank = parts.filter(pl.col("into") != pl.lit(figures["column"]).gather("at"))["at"]
    places = figures.select("document_id", "table", "statement", "line", "page", label=pl.coalesce("project_name", "label"))[blank].unique(
        ["document_id", "table", "line", "label"], maintain_order=True
    )
    return (
        places.sort("document_id", "table", "line")
        .group_by("document_id", "table", maintain_order=True)
        .agg(pl.col("statement", "line", "page").first(), text=pl.col("label").str.join("、"), count=pl.len())
        .select(
            "document_id", "statement", "line", "page", "text", kind=pl.lit("blank_total"), table_number=pl.col("table"),
            message=pl.format("有{}行印了分项数而未印合计数：{}", "count", "text"),
        )
    )  # fmt: skip


def notices_of(tables: pl.DataFrame, entries: pl.DataFrame) -> pl.DataFrame:
    """One row per notice. `tables` are finished tables (table_number, statement, is_empty, header_lost, unit, amounts)."""
    present = tables.select("document_id", "statement").unique()
    missing = entries.join(present, on=["document_id", "statement"], how="anti").select(
        "document_id", "statement", "line", text="title", kind=pl.lit("missing_table"),
        message=pl.format("目录列出“{}”，正文中未见此表", "title"),
    )  # fmt: skip
    named = tables.with_columns(
        shown=pl.coalesce("title", "contents_title", pl.lit("（无标题）")),
        statement_name=pl.col("statement").replace_strict(dict(load("statements").select("statement", "name").iter_rows()), default="其他"),
        line=pl.col("first_line"),
        page=pl.col("first_page"),
    )
    assumed = pl.col("unit_source") == "document"
    kinds = [
        ("empty_table", pl.col("is_empty"), pl.format("“{}”为空表", "shown")),
        ("headless_table", pl.col("header_lost") & ~pl.col("is_empty"), pl.format("“{}”的表头缺失，部分栏目含义无法确定", "shown")),
        # Also where only columns without a figure were moved, and the sums had nothing to decide.
        (
            "shifted_header",
            pl.coalesce(pl.col("reading") != "as_printed", "straightened").fill_null(False),
            pl.format("“{}”的表头与各栏错位，已对齐，请对照原件", "shown"),
        ),
        ("empty_without_note", pl.col("is_empty") & pl.col("empty_note").is_null(), pl.format("“{}”为空表，没有说明", "shown")),
        ("unknown_table", pl.col("statement") == "other", pl.format("未能识别的表：{}", "shown")),
        (
            "assumed_statement",
            pl.col("assumed") & ~pl.col("is_empty"),
            pl.format("一张表没有标题，按表头与行的内容认作“{}”，请对照原件", "statement_name"),
        ),
        (
            "ambiguous_header",
            pl.col("unsure").fill_null(False),
            pl.format("“{}”的表头读法存疑：有不止一种读法，或栏目与数据不符，或几栏含义相同，请对照原件", "shown"),
        ),
        (
            "unit_missing",
            assumed & ~pl.col("unit_told"),
            pl.format("本文件各表均未标明金额单位，“{}”暂按{}计，请对照原件", "shown", "unit"),
        ),
        # Where the document prints one unit it is meant; where it prints several, somebody must look.
        (
            "unit_missing",
            assumed & pl.col("unit_told") & pl.col("several_units"),
            pl.format("“{}”未标明金额单位，而本文件用了几种单位，暂按{}计", "shown", "unit"),
        ),
        ("unit_missing", pl.col("unit_source") == "sums", pl.format("“{}”未标明金额单位，按与其他表的勾稽关系定为{}", "shown", "unit")),
    ]
    found = [
        named.filter(condition).with_columns(kind=pl.lit(kind), text=pl.col("empty_note"), message=message)
        for kind, condition, message in kinds
    ]
    return pl.concat([missing, *(frame.select([c for c in COLUMNS if c in frame.columns]) for frame in found)], how="diagonal_relaxed")


def examined_of(tables: pl.DataFrame, entries: pl.DataFrame, figures: pl.DataFrame) -> pl.DataFrame:
    """How many places each check of this module looked at: document_id, check_id, instances."""
    looked = [
        ("structure.missing_table", entries),
        ("structure.empty_table", tables.filter("is_empty")),
        ("structure.empty_without_note", tables.filter("is_empty")),
        *(
            (f"structure.{kind}", tables)
            for kind in (
                "headless_table",
                "shifted_header",
                "ambiguous_header",
                "unknown_table",
                "assumed_statement",
                "blank_total",
                "unread_amount",
            )
        ),
        ("structure.unsure_amounts", figures.filter(pl.col("confidence").is_not_null())),
        *((f"units.{kind}", tables.filter(~pl.col("is_empty"))) for kind in ("unit_missing", "unit_disagrees", "unit_unconfirmed")),
    ]
    return pl.concat(
        frame.group_by("document_id").agg(instances=pl.len().cast(pl.Int32)).with_columns(check_id=pl.lit(check)) for check, frame in looked
    ).select("document_id", "check_id", "instances")
