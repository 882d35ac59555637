"""The whole way, from raw/ to the published snapshot, as `yusuan build` goes it."""

import json
import os
import random
import subprocess
import sys
from dataclasses import replace

import pytest

from yusuan import quality
from yusuan.build import build
from yusuan.progress import PlainProgress, Progress
from yusuan.quality import QualityResult
from yusuan.settings import Settings
from yusuan.summary import Summary, as_text
from yusuan.warehouse.query import snapshot

DISCLOSURES = 5
TABLES_OF_ROWS = (
    "staging.documents",
    "staging.tables",
    "staging.amounts",
    "staging.identities",
    "marts.budget_amounts",
    "quality.findings",
)


def rows(settings: Settings, *tables: str, without: str = "''") -> dict[str, list[tuple]]:
    """Rows of the tables, in order; those of file names in `without` are left out."""
    with snapshot(settings) as connection:
        document = f"document_id not in (select document_id from staging.register where file_name in ({without}))"
        return {table: connection.execute(f"select * from {table} where {document} order by all").fetchall() for table in tables}


def yusuan(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    return subprocess.run([sys.executable, "-m", "yusuan.cli", *arguments], capture_output=True, text=True, env=environment, check=False)


def test_the_founding_disclosures_are_published_and_counted(published: tuple[Settings, Summary]):
    _, summary = published

    assert summary.status == "published"
    assert summary.documents == {"landed": DISCLOSURES, "quarantined": 0, "superseded": 0, "withdrawn": 0}
    assert summary.tables > 50
    assert summary.amounts == sum(summary.proof.values()) > 1000
    assert summary.proof["proved"] > 0.8 * summary.amounts
    assert {"land", "read", "parse", "load", "dbt", "checks", "publish", "total"} <= summary.seconds.keys()


def test_the_summary_can_be_read_by_people_and_by_machines(published: tuple[Settings, Summary]):
    settings, summary = published
    text = as_text(summary)

    assert "5 landed, 0 quarantined" in text and "proved" in text and str(settings.published) in text
    assert json.loads(json.dumps(summary.as_json()))["documents"]["landed"] == DISCLOSURES


def test_a_second_build_says_that_nothing_changed_and_starts_nothing(changeable: Settings):
    before = rows(changeable, *TABLES_OF_ROWS)

    done = yusuan("build", "--raw", str(changeable.raw), "--home", str(changeable.home))

    assert done.returncode == 0
    assert done.stdout.startswith("nothing changed") and done.stderr == ""
    assert rows(changeable, *TABLES_OF_ROWS) == before


def test_bad_files_are_quarantined_and_change_nothing_else(changeable: Settings):
    before = rows(changeable, *TABLES_OF_ROWS)
    original = next(changeable.raw.glob("004*.txt")).read_text(encoding="utf-8")
    (changeable.raw / "gb18030.txt").write_bytes(original.replace("吉林市政务信息中心", "吉林市另一中心").encode("gb18030"))
    (changeable.raw / "empty.txt").write_bytes(b"")
    (changeable.raw / "binary.txt").write_bytes(random.Random(3).randbytes(5000))

    summary = build(changeable, Progress())

    assert summary.status == "published"
    assert summary.documents["landed"] == DISCLOSURES + 1
    assert [each["file"] for each in summary.quarantined] == ["binary.txt", "empty.txt"]
    after = rows(changeable, *TABLES_OF_ROWS, without="'gb18030.txt'")
    assert after["staging.amounts"] == before["staging.amounts"]
    with snapshot(changeable) as connection:
        counts = connection.execute(
            "select count(*) from marts.budget_amounts where file_name = 'gb18030.txt' or file_name like '004%' group by file_name"
        ).fetchall()
    assert len(counts) == 2 and counts[0] == counts[1]


def test_a_failed_blocking_check_keeps_the_old_snapshot(changeable: Settings, monkeypatch: pytest.MonkeyPatch):
    stamp = changeable.published.stat().st_mtime_ns
    run = quality.run

    def failing(settings: Settings, run_id: str | None = None) -> QualityResult:
        result = run(settings, run_id, with_data_docs=False)
        first = next(check for check in result.checks if check.blocking)
        return replace(result, checks=tuple(replace(check, unexpected_count=1) if check is first else check for check in result.checks))

    monkeypatch.setattr(quality, "run", failing)

    summary = build(replace(changeable, full=True), Progress())

    assert summary.status == "blocked"
    assert len(summary.failed_checks) == 1 and "NOT published" in as_text(summary)
    assert changeable.published.stat().st_mtime_ns == stamp


def test_status_and_check_tell_about_every_document_and_finding(published: tuple[Settings, Summary]):
    home = str(published[0].home)

    status = yusuan("status", "--home", home)
    findings = json.loads(yusuan("check", "--home", home, "--json").stdout)

    assert status.stdout.count(" landed ") == DISCLOSURES
    assert {finding["verdict"] for finding in findings} <= {"source_error", "damaged_text", "missing"}
    assert all(finding["message"] and finding["places"] for finding in findings if finding["verdict"] == "source_error")


def test_a_log_gets_a_line_a_stage(capsys: pytest.CaptureFixture[str]):
    progress = PlainProgress()
    with progress.stage("land", 5):
        progress.advance(1, 5)

    assert capsys.readouterr().err.splitlines()[0] == "landing files (5) ..."
    assert set(progress.seconds) == {"land"}
