"""What outlives a build in the working database: the results of all check runs, and the life of each finding.

dbt makes quality.finding_history (its models read it before this module first runs) and words the findings; here rows are added.
A finding that is no longer there is closed, one that comes back is reopened and keeps its first day.
"""

import json
from datetime import UTC, datetime
from pathlib import Path

from yusuan.quality import descriptions
from yusuan.quality.results import CheckResult, QualityResult

RESULTS = """
create table if not exists quality.validation_results (
    run_id varchar, ran_at timestamp, check_id varchar, family varchar, suite varchar, version integer, blocking boolean, success boolean,
    unexpected_count bigint, instance_count bigint, samples varchar
)
"""
SEEN = """
create or replace temp table seen as
select fingerprint, first_seen, check_id, severity, verdict, document_id, file_name, publisher_name, fiscal_year, message
from quality.findings
where severity <> 'info'
"""
# The same run told twice changes nothing: it has closed, reopened and counted already.
REMEMBER = """
merge into quality.finding_history as history
using seen
    on history.fingerprint = seen.fingerprint
when matched then update set
    last_seen = $now,
    reopened_at = case when history.closed_at is not null then $now else history.reopened_at end,
    closed_at = null,
    run_count = coalesce(history.run_count, 1) + case when history.last_run_id is distinct from $run then 1 else 0 end,
    last_run_id = $run,
    check_id = seen.check_id, severity = seen.severity, verdict = seen.verdict, document_id = seen.document_id,
    file_name = seen.file_name, publisher_name = seen.publisher_name, fiscal_year = seen.fiscal_year, message = seen.message
when not matched then insert
    (fingerprint, first_seen, last_seen, run_count, last_run_id, check_id, severity, verdict, document_id, file_name, publisher_name,
     fiscal_year, message)
    values (seen.fingerprint, seen.first_seen, $now, 1, $run, seen.check_id, seen.severity, seen.verdict, seen.document_id,
            seen.file_name, seen.publisher_name, seen.fiscal_year, seen.message)
"""
CLOSE = """
update quality.finding_history set closed_at = $now
where closed_at is null and fingerprint not in (select fingerprint from seen)
"""


def remember(database: Path, result: QualityResult) -> None:
    """Adds one run, or replaces it when the same run is told twice."""
    import duckdb

    now = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    with duckdb.connect(str(database)) as connection:
        connection.execute("begin")
        connection.execute(RESULTS)
        descriptions.write(connection)
        connection.execute("delete from quality.validation_results where run_id = ?", [result.run_id])
        connection.executemany(
            f"insert into quality.validation_results values ({', '.join('?' * 11)})",
            [_row(result.run_id, now, check) for check in result.checks],
        )
        connection.execute(SEEN)
        connection.execute(REMEMBER, {"now": now, "run": result.run_id})
        connection.execute(CLOSE, {"now": now})
        connection.execute("commit")


def _row(run_id: str, now: datetime, result: CheckResult) -> list[object]:
    check = result.check
    samples = json.dumps(result.samples, ensure_ascii=False)
    counts = [result.unexpected_count, result.instance_count]
    return [run_id, now, check.id, check.family, check.suite, check.version, check.blocking, result.success, *counts, samples]
