"""What `yusuan check` and `yusuan status` print of the published snapshot."""

import json
from typing import Any

import duckdb

from yusuan.summary import FINDINGS
from yusuan.tabulate import plain, table
from yusuan.warehouse.schema import STEPS

# Errors first, then document by document.
FINDINGS_QUERY = f"""
    select * from quality.findings
    where verdict in {FINDINGS}
    order by case severity when 'error' then 0 when 'warning' then 1 else 2 end, file_name, check_id, subject, fingerprint
"""

DOCUMENTS_QUERY = """
    with
    proofs as (
        select
            document_id,
            count(*) as amounts,
            count(*) filter (where proof = 'proved') as proved,
            count(*) filter (where proof = 'unproved') as unproved,
            count(*) filter (where proof = 'contradicted') as contradicted
        from marts.budget_amounts
        group by all
    )

    select
        register.document_id,
        register.relative_path as file,
        register.status,
        register.media_type,
        register.source_url,
        proofs.amounts,
        proofs.proved,
        proofs.unproved,
        proofs.contradicted,
        round(proofs.proved / proofs.amounts, 4) as proved_share,
        round(proofs.contradicted / proofs.amounts, 4) as contradicted_share,
        register.reason
    from staging.register as register
    left join proofs using (document_id)
    order by register.relative_path, register.landed_at
"""
STEPS_QUERY = "select document_id, step, status, count, reason, seconds from staging.outcomes"


def findings(connection: duckdb.DuckDBPyConnection, as_json: bool) -> str:
    found = connection.sql(FINDINGS_QUERY)
    rows = [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]
    if as_json:
        return json.dumps(rows, ensure_ascii=False, indent=2, default=plain)
    if not rows:
        return "no findings: every identity that could be checked holds"
    lines = [f"{row['severity']:<8} {_life(row)}{row['check_id']}  {row['file_name']}\n         {row['message']}" for row in rows]
    return "\n".join([*lines, f"({len(rows):,} findings)"])


def _life(row: dict[str, Any]) -> str:
    """What is known about a finding besides itself; one that merely still stands needs no word."""
    state = "" if row["state"] in (None, "open") else f"{row['state']} "
    return f"{state}acknowledged by {row['acknowledged_by']} " if row["acknowledged"] else state


def documents(connection: duckdb.DuckDBPyConnection, as_json: bool) -> str:
    """Every document of the register with every step, quarantined ones too."""
    found = connection.sql(DOCUMENTS_QUERY)
    rows = [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]
    steps: dict[str, dict[str, dict[str, Any]]] = {}
    for document, step, status, count, reason, seconds in connection.execute(STEPS_QUERY).fetchall():
        steps.setdefault(document, {})[step] = {"status": status, "count": count, "reason": reason, "seconds": seconds}
    for row in rows:
        told = steps.get(row["document_id"], {})
        row["steps"] = {step: told[step] for step in STEPS if step in told}
    if as_json:
        return json.dumps(rows, ensure_ascii=False, indent=2, default=plain)
    header = ("file", "status", "bytes", "lines", "tables", "statements", "amounts", "proved", "contradicted", "reason")
    printed = [
        [
            row["file"],
            row["status"],
            *(_step(row["steps"].get(step)) for step in STEPS),
            *(_share(row, name) for name in header[7:9]),
            row["reason"],
        ]
        for row in rows
    ]
    return table(header, printed, [name not in ("file", "status", "reason") for name in header])


def _step(told: dict[str, Any] | None) -> str:
    if told is None or told["status"] == "not_reached":
        return "-"
    return "failed" if told["status"] == "failed" else f"{told['count']:,}"


def _share(row: dict[str, Any], proof: str) -> str:
    return f"{row[proof] / row['amounts']:.1%}" if row["amounts"] else "-"
