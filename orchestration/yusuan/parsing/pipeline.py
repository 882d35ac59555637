"""The order of the parsing steps.

Every step is a function from frames to frames over all documents of the batch; nothing here loops over documents.
"""

from dataclasses import dataclass
from functools import partial

import polars as pl

from yusuan.parsing import all_amounts, staged, table_cells, table_reader, targets
from yusuan.parsing.agencies import agencies_of, publisher_codes, with_ids
from yusuan.parsing.agency_lists import listed_units
from yusuan.parsing.claim_agencies import with_agencies
from yusuan.parsing.contents import contents_entries
from yusuan.parsing.corrections import SCHEMA, correct, matching
from yusuan.parsing.corrections import examined_of as looked_at
from yusuan.parsing.corrections import notices_of as told_of
from yusuan.parsing.documents import describe
from yusuan.parsing.header_doubts import doubted
from yusuan.parsing.identities import identities_of, placed_at, sums_in_tables
from yusuan.parsing.keys import with_room
from yusuan.parsing.narrative import CLAIM_COLUMNS, claims_of, grouped, narrative_identities, paragraphs_of
from yusuan.parsing.notices import blank_totals, examined_of, notices_of, unsure_amounts
from yusuan.parsing.privacy import mask
from yusuan.parsing.proven import latest
from yusuan.parsing.readings import best_columns
from yusuan.parsing.repairs import unread_amounts
from yusuan.parsing.row_notices import looked_at_rows, odd_rows, row_notices
from yusuan.parsing.row_shifts import row_shifts
from yusuan.parsing.side_parts import joined_halves
from yusuan.parsing.statements import name_statements
from yusuan.parsing.tables import align_columns, logical_tables
from yusuan.parsing.text import prepared
from yusuan.parsing.title_rows import parted
from yusuan.parsing.uneven_rows import rules_in_body, uneven_rows
from yusuan.parsing.units import common_units, disagreements, in_units, without_unit
from yusuan.parsing.unread import examined_of as looked_through
from yusuan.parsing.unread import unread_numbers
from yusuan.parsing.ways import Extent
from yusuan.parsing.wording import wording_of

# Raise it whenever the same cells would give other rows: documents parsed by an older version are parsed again.
PARSER_VERSION = "8"


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
    cells, lines = joined_halves(*parted(cells, lines), texts)
    described = describe(lines, texts, documents)
    tables, rows = logical_tables(cells, lines, texts)
    cells, tables = align_columns(cells, rows, tables)
    entries = contents_entries(lines, texts, tables)
    tables = name_statements(tables, rows, cells, entries)
    tables = tables.join(
        described.select("document_id", "publisher_name", "fiscal_year"), on="document_id", how="left", maintain_order="left"
    )
    tables = common_units(tables, lines)
    printed = table_cells.printed_cells(cells, rows, tables)
    placed = table_cells.placed_cells(printed)
    below = table_cells.body_cells(placed)
    body = table_cells.Body.of(below, placed)
    columnar = tables.filter(~pl.col("is_form"))
    extent = Extent(tables.height, ids.height)
    columns, readings = best_columns(
        placed,
        below,
        columnar.select("tid", "columns", "statement", "fiscal_year"),
        partial(table_reader.sums_under, body=body, tables=columnar, extent=extent),
    )
    with_room(columns["panel"], 2**8, "并列的栏组")
    tables = table_cells.with_columns(tables, columns).join(readings, on="tid", how="left", maintain_order="left")
    reader = table_reader.TableReader(body, columns, tables, placed, corrections, extent)
    uneven = uneven_rows(placed, lines, texts)
    undecided, proofs = row_shifts(below, columns, uneven, reader)
    found = latest(proofs)
    figures = all_amounts.together(all_amounts.of_columns(found), all_amounts.of_forms(placed, tables), placed, described, ids)
    figures, mended = correct(figures, corrections)
    in_tables = figures.select((~pl.col("is_form")).arg_true()).to_series()
    identities, terms = identities_of(figures, placed_at(found.sums, in_tables))
    units = without_unit(figures, terms)
    if units.height:
        figures = in_units(figures, units)
        identities, terms = identities_of(figures, placed_at(sums_in_tables(figures.filter(~pl.col("is_form"))), in_tables))
    tables = doubted(staged.finished_tables(tables, rows, figures, lines, texts), columns, figures, placed)
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
