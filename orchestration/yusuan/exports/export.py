"""`yusuan export`: tables of the published snapshot in a format of choice. Each format has a module of its own."""

import os
import shutil
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path

import duckdb

from yusuan.exports import fiscal, parquet, text, workbook
from yusuan.settings import Settings, YusuanError
from yusuan.warehouse.catalog import EXPORTED, Relation, relations
from yusuan.warehouse.query import published_file
from yusuan.warehouse.schema import literal


class Format(StrEnum):
    parquet = "parquet"
    csv = "csv"
    xlsx = "xlsx"
    datapackage = "datapackage"


def export(settings: Settings, format: Format, out: Path, tables: Sequence[str] = (), chinese: bool = False) -> list[Path]:
    """Writes the tables (all of marts and quality, or the named ones) below `out`; what was written. Files of the same name are
    replaced, directories are not."""
    file = published_file(settings)
    out.mkdir(parents=True, exist_ok=True)
    draft = out / f".yusuan.{os.getpid()}"
    draft.mkdir()
    try:
        with duckdb.connect() as connection:
            connection.execute(f"attach {literal(str(file))} as snapshot (read_only)")
            connection.execute("use snapshot")
            chosen = _chosen(relations(connection, EXPORTED), tables)
            if format is Format.parquet:
                parquet.write(connection, chosen, draft)
            elif format is Format.csv:
                text.write(connection, chosen, draft, chinese)
            elif format is Format.xlsx:
                workbook.write(connection, chosen, draft, chinese)
            else:
                fiscal.write(connection, draft)
        return _put_in_place(draft, out)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _chosen(found: list[Relation], tables: Sequence[str]) -> list[Relation]:
    """Tables by name, with or without their schema."""
    chosen = [each for each in found if not tables or {each.name, f"{each.schema}.{each.name}"} & set(tables)]
    known = {name for each in found for name in (each.name, f"{each.schema}.{each.name}")}
    if unknown := [name for name in tables if name not in known]:
        raise YusuanError(f"there is no table {', '.join(unknown)}: there are {', '.join(sorted(each.name for each in found))}")
    return chosen


def _put_in_place(draft: Path, out: Path) -> list[Path]:
    targets = {path: out / path.name for path in sorted(draft.iterdir())}
    if there := [str(target) for target in targets.values() if target.is_dir()]:
        raise YusuanError(f"{', '.join(there)} is there already: remove it or name another --out")
    for path, target in targets.items():
        os.replace(path, target)
    return list(targets.values())
