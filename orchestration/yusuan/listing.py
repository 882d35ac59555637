"""What `yusuan check` and `yusuan status` print of the published snapshot."""

import json

import duckdb

from yusuan.summary import FINDINGS
from yusuan.tabulate import plain, table

# Errors first, then document by document.
FINDINGS_QUERY = f"""
    select * from quality.findings
    where verdict in {FINDINGS}
    order by case severity when 'error' then 0 when 'warning' then 1 else 2 end, file_name, check_id, subject, fingerprint
"""

STATUS_QUERY = """
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
    ),

    steps as (
        select document_id, max(count) filter (where step = 'opened') as lines, max(count) filter (where step = 'tables_found') as tables
        from staging.outcomes
        group by all
    )

    select
        register.relative_path as file,
        register.status,
        register.media_type,
        steps.lines,
        steps.tables,
        proofs.amounts,
        proofs.proved,
        proofs.unproved,
        proofs.contradicted,
        register.reason
    from staging.register as register
    left join steps using (document_id)
    left join proofs using (document_id)
    order by register.relative_path, register.landed_at
"""


def findings(connection: duckdb.DuckDBPyConnection, as_json: bool) -> str:
    found = connection.sql(FINDINGS_QUERY)
    rows = [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]
    if as_json:
        return json.dumps(rows, ensure_ascii=False, indent=2, default=plain)
    if not rows:
        return "no findings: every identity that could be checked holds"
    lines = [
        f"{row['severity']:<8} {row['check_id']}  {row['file_name']}\n         {row['message']}\n         {row['places'] or ''}".rstrip()
        for row in rows
    ]
    return "\n".join([*lines, f"({len(rows):,} findings)"])


def documents(connection: duckdb.DuckDBPyConnection, as_json: bool) -> str:
    found = connection.sql(STATUS_QUERY)
    rows = found.fetchall()
    if as_json:
        return json.dumps([dict(zip(found.columns, row, strict=True)) for row in rows], ensure_ascii=False, indent=2, default=plain)
    return table(found.columns, rows, [name not in {"file", "status", "media_type", "reason"} for name in found.columns])
