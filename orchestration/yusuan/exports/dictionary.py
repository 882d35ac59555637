"""The data dictionary as Markdown, made from the descriptions that the snapshot itself holds."""

from collections.abc import Iterable, Sequence

from yusuan.warehouse.catalog import Relation

INTRODUCTION = """\
# Data dictionary

Made from the descriptions in warehouse.duckdb (`describe marts.budget_amounts`, `duckdb_columns()`). Money is in yuan.
"""


def markdown(relations: Iterable[Relation]) -> str:
    """A contents list, then every table and view with its grain, its usage warning and its columns."""
    listed = list(relations)
    contents = [f"- [{relation.schema}.{relation.name}](#{_anchor(relation)})" for relation in listed]
    return "\n".join([INTRODUCTION, *contents, "", *(_section(relation) for relation in listed)])


def _anchor(relation: Relation) -> str:
    # As GitHub and others make it from the heading: the point is dropped.
    return f"{relation.schema}{relation.name}"


def _section(relation: Relation) -> str:
    rows = [(f"`{column.name}`", column.type, column.description) for column in relation.columns]
    heading = f"## {relation.schema}.{relation.name}"
    return "\n".join([heading, "", relation.description, "", *_table(("column", "type", "meaning"), rows), ""])


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    return [_row(header), _row(["---"] * len(header)), *map(_row, rows)]


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(' '.join(cell.replace('|', '&#124;').split()) for cell in cells)} |"
