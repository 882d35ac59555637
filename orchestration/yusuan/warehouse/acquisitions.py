"""The log of acquisitions: rows are added and never changed, and what was fetched is told from the latest ones."""

from collections.abc import Iterable
from dataclasses import astuple, fields

import duckdb

from yusuan.landing.acquisition.record import Acquisition
from yusuan.landing.acquisition.sources import Source
from yusuan.landing.folder import ACQUIRED
from yusuan.landing.manifest import Hint
from yusuan.warehouse.schema import ACQUISITIONS

COLUMNS = tuple(field.name for field in fields(Acquisition))
_LATEST = f"""
    select {", ".join(COLUMNS)} from {ACQUISITIONS.qualified}
    where error is null and {{condition}}
    qualify row_number() over (partition by source, url order by started_at desc) = 1
"""


def record(connection: duckdb.DuckDBPyConnection, acquisition: Acquisition) -> None:
    values = [acquisition.acquisition_id, *astuple(acquisition)]
    names = ", ".join(("acquisition_id", *COLUMNS))
    places = ", ".join("?" * len(values))
    connection.execute(f"insert into {ACQUISITIONS.qualified} ({names}) values ({places})", values)


def latest(connection: duckdb.DuckDBPyConnection, source: str) -> dict[str, Acquisition]:
    """By address, the latest acquisition of a source that did not fail."""
    rows = connection.execute(_LATEST.format(condition="source = ?"), [source]).fetchall()
    return {row[COLUMNS.index("url")]: Acquisition(*row) for row in rows}


def hints(connection: duckdb.DuckDBPyConnection, sources: Iterable[Source]) -> dict[str, Hint]:
    """What is known of every fetched file, by relative path: its address, the day its bytes came, and who publishes it.
    By the beginning of the path, what is known of all files of a source."""
    declared = {source.name: source for source in sources}
    known = {f"{ACQUIRED}{name}/": Hint(source.publisher, source_note=_note(name)) for name, source in declared.items()}
    for row in connection.execute(_LATEST.format(condition="changed and relative_path is not null")).fetchall():
        each = Acquisition(*row)
        source = declared.get(each.source)
        known[each.relative_path or ""] = Hint(
            source.publisher_of(each.url) if source else None, each.url, each.started_at.date(), _note(each.source)
        )
    return known


def _note(source: str) -> str:
    return f"sources.yml: {source}"
