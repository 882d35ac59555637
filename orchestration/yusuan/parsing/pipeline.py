"""The order of the parsing steps.

Every step is a function from frames to frames over all documents of the batch; nothing here loops over documents.
"""

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from yusuan.parsing import staged, targets
from yusuan.parsing.agencies import agencies_of, publisher_codes, with_ids
from yusuan.parsing.agency_lists import listed_units
from yusuan.parsing.amounts import (
    OF_CELL,
    additive_leaves,
    breakdowns,
    effective_parents,
    in_ticks,
    named,
    names_in_document,
    printed_at,
    table_amounts,
)
from yusuan.parsing.claim_agencies import with_agencies
from yusuan.parsing.contents import contents_entries
from yusuan.parsing.corrections import AMOUNT, SCHEMA, UNIT, correct, matching
from yusuan.parsing.corrections import examined_of as looked_at
from yusuan.parsing.corrections import notices_of as told_of
from yusuan.parsing.documents import describe
from yusuan.parsing.forms import form_amounts
from yusuan.parsing.header_doubts import doubted
from yusuan.parsing.identities import identities_of, placed_at, row_sums, sums_in_tables, table_sums
from yusuan.parsing.keys import digest, with_room
from yusuan.parsing.narrative import CLAIM_COLUMNS, claims_of, grouped, narrative_identities, paragraphs_of
from yusuan.parsing.notices import blank_totals, examined_of, notices_of, unsure_amounts
from yusuan.parsing.privacy import mask
from yusuan.parsing.proven import Copies, Proven, latest
from yusuan.parsing.readings import best_columns
from yusuan.parsing.repairs import damage, join_split, read_units, split_glued, unread_amounts
from yusuan.parsing.row_notices import looked_at_rows, odd_rows, row_notices
from yusuan.parsing.row_shifts import row_shifts
from yusuan.parsing.rows import carry_labels, fold_panels, label_rows, lost_agencies, move_cells, with_lines
from yusuan.parsing.statements import name_statements
from yusuan.parsing.tables import align_columns, logical_tables
from yusuan.parsing.text import prepared
from yusuan.parsing.uneven_rows import rules_in_body, uneven_rows
from yusuan.parsing.units import common_units, disagreements, in_units, without_unit
from yusuan.parsing.unread import examined_of as looked_through
from yusuan.parsing.unread import unread_numbers
from yusuan.parsing.wording import wording_of

# Raise it whenever the same cells would give other rows: documents parsed by an older version are parsed again.
PARSER_VERSION = "7"

DASHES = ["-", "—", "–", "－", "--", "——", "/", "／"]

# Every join, filter and sort copies all columns that it is given. Of cells below a header only this is read, and `cell`, the place of
# the cell among all placed ones; what it prints is looked up for labels alone, and where it is printed for amounts alone, when they have
# all their labels.
OF_BODY = ["cell", "tid", "row", "column", "column_span", "breaks", "text", "text_id", "squashed", "bare", "number", "number_repair"]
OF_ROWS = ["cell", "tid", "row", "column", "column_span", "breaks", "number", "number_repair", "is_glued", "has_unit"]
OF_LABELS = ["text", "text_id", "squashed", "bare"]
OF_PLACE = ["page", "line", "x0", "y0", "x1", "y1", "confidence"]
# What has told all that it has to tell is left behind.
USED_UP = [
    "scheme", "name_scheme", "code", "agency", "project", "project_group", "category", "name", "plain_name", "item", "printed_elsewhere",
    "reference_name", "number_repair", "common_unit", "table_unit", "unit",
]  # fmt: skip


# Cells of amounts, and labels of rows.
Read = tuple[pl.DataFrame, pl.DataFrame]


@dataclass(frozen=True)
class Parsed:
    """Frames with the columns of the staging tables of the same names (yusuan.warehouse.schema)."""

    documents: pl.DataFrame
    tables: pl.DataFrame
    cells: pl.DataFrame
    lines: pl.DataFrame
    amounts: pl.DataFrame
    identities: pl.DataFrame
    identity_terms: pl.DataFrame
    claims: pl.DataFrame
    agencies: pl.DataFrame
    targets: pl.DataFrame
    notices: pl.DataFrame
    corrections: pl.DataFrame
    examined: pl.DataFrame


def parse(cells: pl.DataFrame, lines: pl.DataFrame, documents: pl.DataFrame, corrections: pl.DataFrame | None = None) -> Parsed:
    """Parses a batch.

    `cells` and `lines` are what readers return (yusuan.reading.frames), those of other documents are left out; `documents` has
    document_id, file_name, publisher_hint and, where it took the place of others, formerly (parsing.corrections.matching);
    `corrections` what people have mended (parsing.corrections.SCHEMA). Documents do not depend on each other: parts of a batch give
    the same rows.

    Personal data is masked before anything else is looked at.
    """
    corrections = matching(pl.DataFrame(schema=SCHEMA) if corrections is None else corrections, documents)
    # Documents as small integers: every step groups and joins by document, and 64 hex digits are slow to compare.
    ids = documents.select("document_id").unique(maintain_order=True).with_row_index("code")
    cells, lines, documents, corrections = (_coded(frame, ids) for frame in (cells, lines, documents, corrections))
    with_room(lines["line"], 2**24, "行")
    with_room(cells["column"], 2**16, "栏")
    cells, lines, texts = mask(prepared(cells), lines)
    described = describe(lines, texts, documents)
    tables, rows = logical_tables(cells, lines, texts)
    cells, tables = align_columns(cells, rows, tables)
    entries = contents_entries(lines, texts, tables)
    tables = name_statements(tables, rows, cells, entries)
    tables = tables.join(
        described.select("document_id", "publisher_name", "fiscal_year"), on="document_id", how="left", maintain_order="left"
    )
    tables = common_units(tables, lines)
    printed = _printed(cells, rows, tables)
    # A dash stands for a blank cell, among labels as among figures.
    placed = join_split(printed.filter(pl.col("tid").is_not_null(), ~pl.col("squashed").is_in(DASHES)))
    body = _body(placed)
    of_rows, prints = body.select(*OF_BODY, *damage()).select(OF_ROWS), placed.select(OF_LABELS)
    columnar = tables.filter(~pl.col("is_form"))

    def copies_of(tries: pl.DataFrame) -> Callable[..., pl.DataFrame]:
        """A function that copies frames: of each table and its document one copy for each rank that `tries` has."""
        copies = tries.select("tid", "rank").unique()
        moved = {"tid": tables.height, "document_id": ids.height}

        def copied(frame: pl.DataFrame, *keys: str) -> pl.DataFrame:
            frame = frame.join(copies, on=["tid", *keys], maintain_order="left")
            return frame.with_columns(pl.col(name) + pl.col("rank") * count for name, count in moved.items() if name in frame.columns)

        return copied

    def of_originals(sums: pl.DataFrame) -> pl.DataFrame:
        return sums.with_columns(tid=pl.col("tid") % tables.height, rank=pl.col("tid") // tables.height)

    def sums_of(tries: pl.DataFrame) -> pl.DataFrame:
        """All readings of headers at once, each on a copy of its tables."""
        copied = copies_of(tries)
        columns, some = copied(tries, "rank"), copied(columnar)
        return of_originals(row_sums(table_amounts(*_labelled(copied(of_rows), prints, columns, some), _with_columns(some, columns))))

    columns, readings = best_columns(
        placed,
        body,
        columnar.select("tid", "columns", "statement", "fiscal_year"),
        sums_of,
    )
    with_room(columns["panel"], 2**8, "并列的栏组")
    tables = _with_columns(tables, columns).join(readings, on="tid", how="left", maintain_order="left")
    read, forms = _labelled(of_rows, prints, columns, tables), _from_forms(placed, tables)

    def proven(read: Read, tables: pl.DataFrame) -> Proven:
        """Amounts of tables and the sums within them."""
        figures = effective_parents(table_amounts(*read, tables), read[1])
        sums = sums_in_tables(figures)
        return Proven(figures, figures, read[1], sums, table_sums(sums, figures))

    def corrected(read: Proven) -> Proven:
        """Sums are proved by figures as people corrected them; readings of rows are compared by what is printed."""
        of_figures = corrections.filter(pl.col("field").is_in([AMOUNT, UNIT]))
        if of_figures.is_empty():
            return read
        figures, _ = correct(named(_printed_at(read.figures, placed), read.labels), of_figures)
        figures = read.figures.with_columns(figures.select("number", "unit_printed", "quantum", "ticks"))
        return read._replace(corrected=figures, sums=sums_in_tables(figures))

    def shifted(shifts: pl.DataFrame) -> Proven:
        """The tables that have shifts, labelled anew."""
        moved = of_rows.join(shifts.select("tid").unique(), on="tid", how="semi", maintain_order="left")
        return proven(_labelled(moved, prints, columns, tables, shifts), tables)

    def tried(tries: pl.DataFrame, shifts: pl.DataFrame) -> Copies:
        """All shifts of rows at once, each on a copy of its table."""
        copied = copies_of(tries)
        moves = tries.filter(pl.col("to") != pl.col("column"))
        moves = moves.select("row", "column", "to", tid=pl.col("tid") + pl.col("rank") * tables.height)
        every = pl.concat([moves, copied(shifts).drop("rank").select(moves.columns)])
        some = copied(tables)
        return Copies(proven(_labelled(copied(of_rows), prints, copied(columns), some, every), some), tables.height, ids.height)

    uneven, printed_rows = uneven_rows(placed, lines, texts), corrected(proven(read, tables))
    undecided, proofs = row_shifts(body, columns, uneven, printed_rows, shifted, tried, corrected)
    found = latest(proofs)
    figures = _finish(_columnar(found), forms, placed, described, ids)
    figures, mended = correct(figures, corrections)
    in_tables = figures.select((~pl.col("is_form")).arg_true()).to_series()
    identities, terms = identities_of(figures, placed_at(found.sums, in_tables))
    units = without_unit(figures, terms)
    if units.height:
        figures = in_units(figures, units)
        identities, terms = identities_of(figures, placed_at(sums_in_tables(figures.filter(~pl.col("is_form"))), in_tables))
    tables = doubted(staged.finished_tables(tables, rows, figures, lines, texts), columns, figures)
    amounts = staged.amounts_of(figures)
    agencies = agencies_of(described, amounts, cells, lines, texts, listed_units(cells, lines, texts, rows))
    paragraphs, places = paragraphs_of(lines, texts)
    claims = claims_of(lines, ids.rename({"document_id": "fingerprint", "code": "document_id"}), (paragraphs, places))
    claims = with_agencies(claims, agencies, lines, described)
    groups = grouped(claims)
    wording, worded = wording_of(lines, texts, places, described, groups, figures, agencies)
    goals = targets.targets_of(placed, tables, amounts, described)
    sums = _together(staged.identity_frames(identities, terms, tables), narrative_identities(groups, amounts))
    frames = {
        "documents": publisher_codes(staged.documents(described, lines, PARSER_VERSION), agencies),
        "tables": tables.select(staged.TABLE_COLUMNS),
        "cells": staged.cells_of(printed, columns),
        "lines": staged.lines_of(lines, placed),
        "amounts": amounts,
        **sums,
        "claims": claims.select(*CLAIM_COLUMNS, "agency_name"),
        "agencies": agencies,
        "targets": goals,
        "notices": pl.concat(
            [
                notices_of(tables, entries),
                unsure_amounts(figures, identities, terms),
                blank_totals(figures, terms),
                disagreements(sums["identities"], sums["identity_terms"], amounts, tables),
                unread_amounts(placed, columns, figures, tables),
                unread_numbers(printed, lines, texts, figures, goals, claims, tables, columns),
                told_of(mended, figures),
                row_notices(figures, tables, described, claims, goals),
                odd_rows(uneven, rules_in_body(placed, lines, texts), undecided, placed, tables),
                wording,
            ],
            how="diagonal_relaxed",
        ),
        "examined": pl.concat(
            [
                examined_of(tables, entries, figures),
                looked_at(mended),
                looked_at_rows(figures, tables, described, claims),
                looked_through(lines, texts),
                worded,
            ]
        ),
        "corrections": mended.select(staged.CORRECTION_COLUMNS),
    }
    frames = {name: _decoded(frame, ids) for name, frame in frames.items()}
    keyed = {
        "documents": staged.with_disclosure(frames["documents"]),
        "agencies": with_ids(frames["agencies"]),
        "targets": targets.with_ids(frames["targets"]),
        "notices": staged.notices_with_ids(frames["notices"]),
    }
    return Parsed(**frames | keyed)


def _together(tabular: dict[str, pl.DataFrame], narrative: tuple[pl.DataFrame, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """Identities of the tables and of the prose, and their terms, in the same columns."""
    return {name: pl.concat([frame, more]) for (name, frame), more in zip(tabular.items(), narrative, strict=True)}


def _coded(frame: pl.DataFrame, ids: pl.DataFrame) -> pl.DataFrame:
    # Rows of one document stand together: names are looked up once for each run of them.
    runs = frame.select(pl.col("document_id").rle()).unnest("document_id").join(
        ids, left_on="value", right_on="document_id", how="left", maintain_order="left"
    )  # fmt: skip
    codes = runs.select(pl.col("code").repeat_by("len")).explode("code", empty_as_null=False).to_series()
    frame = frame.with_columns(document_id=codes)
    # A filter copies all columns, also where it leaves nothing out.
    return frame.filter(pl.col("document_id").is_not_null()) if codes.null_count() else frame


def _decoded(frame: pl.DataFrame, ids: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(document_id=ids["document_id"].gather(frame["document_id"]))


def _with_columns(tables: pl.DataFrame, columns: pl.DataFrame) -> pl.DataFrame:
    """Tables with what only their columns tell: how many panels and fund sources they print, and whether their header was put straight."""
    told = columns.group_by("tid").agg(
        panels=pl.col("panel").max(), column_funds=pl.col("fund_source").drop_nulls().n_unique(), straightened=pl.col("straightened").any()
    )
    return tables.join(told, on="tid", how="left", maintain_order="left")


def _printed(cells: pl.DataFrame, rows: pl.DataFrame, tables: pl.DataFrame) -> pl.DataFrame:
    """All cells with their place in the logical table (tid, row), null where they stand in none."""
    rows = rows.select("place", "document_id", "table", "header", "caption", "index", "breaks", row="number")
    tables = tables.select("tid", "document_id", "table", "is_form")
    rows = rows.join(tables, on=["document_id", "table"], how="left", maintain_order="left").drop("document_id")
    return cells.rename({"row": "grid_row"}).join(rows, on="place", how="left", maintain_order="left").drop("place")


def _body(placed: pl.DataFrame) -> pl.DataFrame:
    """Cells of columnar tables below their headers."""
    cells = placed.with_row_index("cell").select(*OF_BODY, "header", "caption", "index", "is_form")
    return cells.filter(~pl.col("header"), ~pl.col("caption"), ~pl.col("index"), ~pl.col("is_form")).select(OF_BODY)


def _labelled(
    body: pl.DataFrame, prints: pl.DataFrame, columns: pl.DataFrame, tables: pl.DataFrame, shifts: pl.DataFrame | None = None
) -> Read:
    """Cells of amounts with the meaning of their column, and rows with theirs. Tables do not depend on each other here.

    `body` are cells below headers (OF_ROWS), whose texts (OF_LABELS) stand in `prints` at their place `cell`.
    """
    body = split_glued(move_cells(body, shifts), prints, columns)
    meaning = columns.select(
        "tid", "column", "role", "kind", "panel", "measure", "fund_source", "side", "period", "unit", "parent_heading",
        column_scheme="scheme", column_heading="heading", purpose="purpose", column_of_which="column_of_which",
    ).with_row_index("meant")  # fmt: skip
    # One integer for two keys is joined in a third of the time; all else is looked up at the place of the column.
    place = pl.col("tid").cast(pl.UInt64) * 2**32 + pl.col("column").cast(pl.UInt64)
    paneled = meaning.filter(pl.col("panel").is_not_null()).select("meant", "panel", is_amount=pl.col("kind") == "amount", place=place)
    body = body.with_columns(place=place).join(paneled, on="place", how="inner", maintain_order="left").drop("place")
    body = with_lines(fold_panels(carry_labels(read_units(body, prints), meaning), prints, meaning, tables))
    cells = body.select(*OF_CELL, "list_row", "own_unit", "is_amount").filter("is_amount", pl.col("number").is_not_null())
    cells = cells.drop("is_amount").hstack(meaning.drop("meant", "tid", "column", "kind", "panel", "column_scheme")[cells["meant"]])
    cells = cells.join(tables.select("tid", "common_unit", table_unit="unit"), on="tid", how="left", maintain_order="left")
    cells = in_ticks(cells.with_columns(unit=pl.coalesce("own_unit", "unit")).with_columns(*_units()))
    cells = cells.drop("own_unit", "unit", "table_unit", "common_unit")
    return cells.drop("list_row"), label_rows(body, prints, meaning, cells, tables)


def _columnar(read: Proven) -> pl.DataFrame:
    """Amounts of columnar tables. What one table of a document tells of another is told here."""
    figures = names_in_document(named(read.figures, lost_agencies(read.labels)))
    return breakdowns(additive_leaves(figures)).with_columns(is_form=pl.lit(False))


def _printed_at(figures: pl.DataFrame, placed: pl.DataFrame) -> pl.DataFrame:
    """Amounts with the place in which they are printed, and as they are printed."""
    figures = figures.hstack(placed.select(*OF_PLACE, "text", "squashed")[figures["cell"]])
    return figures.with_columns(amount_printed=staged.printed_amount()).drop("text", "squashed")


def _units() -> list[pl.Expr]:
    """The unit of a cell and who names it: its column, its table, or only other tables of the document."""
    own, table = pl.col("unit").is_not_null(), pl.col("table_unit").is_not_null()
    source = pl.when(own).then(pl.lit("column")).when(table).then(pl.lit("table")).otherwise(pl.lit("document"))
    return [pl.coalesce("unit", "table_unit", "common_unit").alias("unit_printed"), source.alias("unit_source")]


def _from_forms(placed: pl.DataFrame, tables: pl.DataFrame) -> pl.DataFrame:
    """Amounts of performance-goal forms, with the columns of `_columnar` as far as a form has them."""
    cells = placed.with_row_index("cell").filter("is_form")
    figures = form_amounts(cells.select("cell", "tid", "row", "column", "text", "text_id", "squashed", "bare", "number"))
    figures = figures.hstack(placed.select("document_id", "table", "column", "number_repair")[figures["cell"]])
    of_table = tables.select("tid", "statement", "breakdown", "common_unit", table_unit="unit")
    figures = figures.join(of_table, on="tid", how="left", maintain_order="left")
    figures = figures.with_columns(*_units())
    figures = in_ticks(figures)
    total = pl.col("row_kind") == "total"
    parts = (~total & (pl.col("ticks").is_not_null())).any().over("tid", "form", "period")
    return figures.with_columns(
        side=pl.lit("expenditure"), measure=pl.lit("total"), project_name="project", agency_name="agency",
        agency_source=pl.when(pl.col("agency").is_not_null()).then(pl.lit("row")).otherwise(pl.lit("publisher")),
        is_form=pl.lit(True), is_total=total, is_leaf=~total | ~parts, panel="form", repair="number_repair", printed_column="column",
        printed_row="row",
    )  # fmt: skip


def _finish(columnar: pl.DataFrame, forms: pl.DataFrame, placed: pl.DataFrame, described: pl.DataFrame, ids: pl.DataFrame) -> pl.DataFrame:
    """All amounts of columnar tables and of forms: keys, publisher as the last resort for the agency, and the second printing of a row."""
    figures = pl.concat([frame.drop(USED_UP, strict=False) for frame in (columnar, forms)], how="diagonal_relaxed", rechunk=True)
    # Amounts are wide: their order is found in a few columns, and each of them is copied once.
    figures = _printed_at(figures[figures.select(printed_at().arg_sort()).to_series()], placed).drop("cell")
    figures = figures.join(described.select("document_id", publisher="publisher_name"), on="document_id", how="left", maintain_order="left")
    figures = figures.with_columns(fingerprint=ids["document_id"].gather(figures["document_id"]))
    figures = figures.with_columns(amount_id=digest("fingerprint", "table", "printed_row", "printed_column"))
    # A form on two pages prints its money on both; the same project, item and money in one document is one figure.
    same = ["document_id", "statement", "agency_name", "project_name", "line_item", "fund_source", "period", "ticks"]
    again = figures.select("amount_id", *same).filter(
        pl.col("statement") == "project_performance", pl.col("project_name").is_not_null(), pl.col("ticks") != 0
    )
    printings = again.select("amount_id", occurrence=pl.int_range(1, pl.len() + 1, dtype=pl.Int32).over(same))
    figures = figures.join(printings, on="amount_id", how="left", maintain_order="left")
    breakdown = pl.when(pl.col("purpose").fill_null(False)).then(pl.lit("purpose")).otherwise(pl.col("breakdown"))
    return figures.with_columns(
        doc=pl.col("document_id"),
        occurrence=pl.when(pl.col("again_of").is_not_null()).then(2).otherwise(pl.col("occurrence").fill_null(1)).cast(pl.Int32),
        agency_name=pl.coalesce("agency_name", "publisher"),
        breakdown=breakdown,
        label=pl.coalesce("line_item", "project_name", "agency_name"),
        is_form=pl.col("is_form").fill_null(False),
        is_repeat=pl.col("is_repeat").fill_null(False),
        is_agency=pl.col("is_agency").fill_null(False),
        of_which=pl.col("of_which").fill_null(False),
    )
