"""What outlives a build in the working database: the results of all check runs, and when each finding was first seen.

dbt makes quality.finding_history (its models read it before this module first runs) and words the findings; here rows are added.
"""

import json
from datetime import UTC, datetime
from pathlib import Path

from yusuan.quality.results import CheckResult, QualityResult

RESULTS = """
create table if not exists quality.validation_results (
    run_id varchar, ran_at timestamp, check_id varchar, family varchar, suite varchar, version integer, blocking boolean, success boolean,
    unexpected_count bigint, instance_count bigint, samples varchar
)
"""
# A finding that comes back keeps its first day.
REMEMBER = """
merge into quality.finding_history as history
using (select fingerprint, min(first_seen) as first_seen from quality.findings where severity <> 'info' group by fingerprint) as seen
    on history.fingerprint = seen.fingerprint
when matched then update set last_seen = $now
when not matched then insert (fingerprint, first_seen, last_seen) values (seen.fingerprint, seen.first_seen, $now)
"""


def remember(database: Path, result: QualityResult) -> None:
    """Adds one run, or replaces it when the same run is told twice."""
    import duckdb

    now = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    with duckdb.connect(str(database)) as connection:
        connection.execute("begin")
        connection.execute(RESULTS)
        connection.execute("delete from quality.validation_results where run_id = ?", [result.run_id])
        connection.executemany(
            f"insert into quality.validation_results values ({', '.join('?' * 11)})",
            [_row(result.run_id, now, check) for check in result.checks],
        )
        connection.execute(REMEMBER, {"now": now})
        connection.execute("commit")


def _row(run_id: str, now: datetime, result: CheckResult) -> list[object]:
    check = result.check
    samples = json.dumps(result.samples, ensure_ascii=False)
    counts = [result.unexpected_count, result.instance_count]
    return [run_id, now, check.id, check.family, check.suite, check.version, check.blocking, result.success, *counts, samples]
