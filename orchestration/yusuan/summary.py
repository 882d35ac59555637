"""What came of a build, in numbers, for people and for machines. Reads the warehouse; computes nothing that it does not count."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import duckdb

from yusuan.settings import Settings

# Verdicts that a person should look at; the others (holds, rounding, not_applicable) are information.
FINDINGS = ("source_error", "damaged_text", "missing")


@dataclass(frozen=True)
class Summary:
    """`status`: published, unchanged (nothing changed since), or blocked (a blocking check failed) or held (documents would be lost, or
    much would change); the old snapshot then stands, and `failed_checks` says why."""

    status: str
    snapshot: str
    documents: dict[str, int]
    quarantined: list[dict[str, str]]
    tables: int
    amounts: int
    proof: dict[str, int]
    findings: dict[str, int]
    rounding: int
    seconds: dict[str, float]
    failed_checks: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def summarise(
    settings: Settings, connection: duckdb.DuckDBPyConnection, status: str, seconds: Mapping[str, float], failed_checks: list[str]
) -> Summary:
    counted = _counts(connection, "select status, count(*) from staging.register group by all")
    quarantined = connection.execute(
        "select relative_path, reason from staging.register where status = 'quarantined' order by relative_path"
    ).fetchall()
    proof = _counts(connection, "select proof, count(*) from marts.budget_amounts group by all")
    findings = _counts(connection, f"select severity, count(*) from quality.findings where verdict in {FINDINGS} group by all")
    verdicts = _counts(connection, "select verdict, count(*) from quality.findings group by all")
    return Summary(
        status=status,
        snapshot=str(settings.published),
        documents={name: counted.get(name, 0) for name in ("landed", "quarantined", "superseded", "withdrawn")},
        quarantined=[{"file": path, "reason": reason} for path, reason in quarantined],
        tables=_counts(connection, "select 'tables', coalesce(sum(table_count), 0)::bigint from marts.dim_document").get("tables", 0),
        amounts=sum(proof.values()),
        proof={name: proof.get(name, 0) for name in ("proved", "unproved", "contradicted")},
        findings={name: findings.get(name, 0) for name in ("error", "warning", "info")},
        rounding=verdicts.get("rounding", 0),
        seconds={name: round(value, 3) for name, value in seconds.items()},
        failed_checks=failed_checks,
    )


def _counts(connection: duckdb.DuckDBPyConnection, query: str) -> dict[str, int]:
    try:
        return dict(connection.execute(query).fetchall())
    except duckdb.CatalogException:
        # A blocked build may have stopped before this table was made.
        return {}


HEADLINES = {
    "published": "published {snapshot}",
    "unchanged": "nothing changed since {snapshot} was published",
    "blocked": "NOT published: a blocking check failed, {snapshot} is as it was",
    "held": "NOT published but held back: see yusuan diff current working, publish with yusuan build --accept ({snapshot} is as it was)",
}


def as_text(summary: Summary) -> str:
    """The summary for a terminal or a log."""
    lines = [HEADLINES[summary.status].format(snapshot=summary.snapshot)]
    lines += [
        f"  documents  {_list(summary.documents, always=('landed', 'quarantined'))}",
        f"  tables     {summary.tables:,}",
        f"  amounts    {summary.amounts:,}: {_list(summary.proof, always=tuple(summary.proof))}",
        f"  findings   {_list(summary.findings, always=tuple(summary.findings))} ({summary.rounding:,} sums differ by rounding only)",
    ]
    if summary.seconds:
        lines.append(f"  seconds    {', '.join(f'{name} {value:.1f}' for name, value in summary.seconds.items())}")
    lines += [f"  {'held back' if summary.status == 'held' else 'blocking':<10} {check}" for check in summary.failed_checks]
    lines += [f"  quarantine {each['file']}: {each['reason']}" for each in summary.quarantined]
    return "\n".join(lines)


def _list(counts: Mapping[str, int], always: tuple[str, ...]) -> str:
    return ", ".join(f"{count:,} {name}" for name, count in counts.items() if count or name in always)
