"""expectations/acknowledged.csv (fingerprint, who, when, why): findings that a person knows of. They stay visible and are silenced.

Read before dbt runs, so that quality.findings can say who knows. Alerts and reports decide what silence means to them.
"""

import csv
from datetime import date
from pathlib import Path

from yusuan.settings import Settings, YusuanError

COLUMNS = ("fingerprint", "who", "when", "why")
TABLE = """
create schema if not exists quality;
create table if not exists quality.acknowledgements (
    fingerprint varchar, acknowledged_by varchar, acknowledged_on date, acknowledged_why varchar
);
delete from quality.acknowledgements;
"""


def write(settings: Settings) -> int:
    """Brings quality.acknowledgements of the working database up to date with the file; how many there are."""
    import duckdb

    rows = read(settings.acknowledged)
    with duckdb.connect(str(settings.working)) as connection:
        connection.execute("begin")
        connection.execute(TABLE)
        if rows:
            connection.executemany("insert into quality.acknowledgements values (?, ?, ?, ?)", rows)
        connection.execute("commit")
    return len(rows)


def read(path: Path) -> list[tuple[str, str, date, str]]:
    """The rows of the file, none where there is no file; every row that cannot be used is told at once (YusuanError)."""
    if not path.exists():
        return []
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        if tuple(reader.fieldnames or ()) != COLUMNS:
            raise YusuanError(f"{path} must begin with the line {','.join(COLUMNS)}")
        lines = [(reader.line_num, line) for line in reader]
    mistakes = [f"line {number} {mistake}" for number, line in lines if (mistake := _mistake(line))]
    if mistakes:
        raise YusuanError(f"{path} cannot be used: {'; '.join(mistakes)}")
    return [
        (line["fingerprint"].strip(), line["who"].strip(), date.fromisoformat(line["when"].strip()), line["why"].strip())
        for _, line in lines
    ]


def _mistake(line: dict[str, str | None]) -> str | None:
    empty = [name for name in COLUMNS if not (line[name] or "").strip()]
    if empty:
        return f"has no {', '.join(empty)}"
    try:
        date.fromisoformat((line["when"] or "").strip())
    except ValueError:
        return f"has {line['when']} where a day like 2026-02-01 belongs"
    return None
