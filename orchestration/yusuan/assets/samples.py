"""A few rows of a relation as a Markdown table, for the metadata of an asset."""

import dagster as dg
import duckdb

# A sample is looked at, not read: long texts are cut.
LONGEST = 40


def markdown(relation: duckdb.DuckDBPyRelation) -> dg.MarkdownMetadataValue:
    rows = [relation.columns, ["---"] * len(relation.columns), *relation.fetchall()]
    return dg.MetadataValue.md("\n".join(f"| {' | '.join(map(_cell, row))} |" for row in rows))


def _cell(value: object) -> str:
    text = "" if value is None else " ".join(str(value).replace("|", "\\|").split())
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
