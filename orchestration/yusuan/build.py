"""`yusuan build`: the job of the Dagster code location, run in this process. What the job does is defined in definitions.py.

Dagster, dbt and Great Expectations are imported only when there is something to build.
"""

import time
from contextlib import redirect_stdout
from typing import TYPE_CHECKING

import duckdb

from yusuan.changes import nothing_changed
from yusuan.progress import Progress
from yusuan.settings import Settings, YusuanError
from yusuan.summary import Summary, summarise
from yusuan.warehouse import gate, snapshots
from yusuan.warehouse.lock import home_lock
from yusuan.warehouse.query import snapshot

if TYPE_CHECKING:
    from dagster import ExecuteInProcessResult

# Runs of the web UI take turns as a whole (granularity run): two runs that change staging in turns would mix their work.
# Standard output is not captured, which would take two more processes a step; what dbt says is in HOME/dbt.
DAGSTER_YAML = """\
telemetry:
  enabled: false
concurrency:
  pools:
    default_limit: 1
    granularity: run
compute_logs:
  module: dagster.core.storage.noop_compute_log_manager
  class: NoOpComputeLogManager
"""
INTERRUPTED = "the build was interrupted, nothing was published: build again, finished documents are kept"


def build(settings: Settings, progress: Progress) -> Summary:
    started = time.perf_counter()
    with home_lock(settings), progress.shown():
        if not settings.full and nothing_changed(settings):
            if settings.alerts.exists():
                from yusuan import alerts

                # A channel that failed after the last run is told now; a source may have become stale meanwhile.
                alerts.published(settings, progress.say)
            with snapshot(settings) as connection:
                return summarise(settings, connection, "unchanged", {"total": time.perf_counter() - started}, [])
        before = snapshots.current(settings)
        refused = _run(settings, progress)
        # The documents' stage is told by its parts: read, parse, load.
        parts = {name: value for name, value in progress.seconds.items() if name != "documents"}
        seconds = {**parts, "total": time.perf_counter() - started}
        if refused:
            status, reasons = refused
            with duckdb.connect(str(settings.working), read_only=True) as connection:
                return summarise(settings, connection, status, seconds, reasons)
        status = "unchanged" if before is not None and snapshots.current(settings) == before else "published"
        with snapshot(settings) as connection:
            return summarise(settings, connection, status, seconds, [])


def prepare_instance(settings: Settings) -> None:
    """Directories, environment and the configuration of Dagster's instance under HOME."""
    settings.apply()
    (settings.dagster_home / "dagster.yaml").write_text(DAGSTER_YAML, encoding="utf-8")


def _run(settings: Settings, progress: Progress) -> tuple[str, list[str]] | None:
    """Runs the job. None when it published, else `blocked` with the blocking checks that failed or `held` with the reasons; an error
    when anything else went wrong."""
    prepare_instance(settings)
    with progress.timed("start"):
        from dagster import DagsterInstance

        from yusuan.definitions import JOB, build_definitions

        job = build_definitions(settings, progress).resolve_job_def(JOB)
    with DagsterInstance.from_config(str(settings.dagster_home)) as instance:
        quiet = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
        # dbt's chatter is told to standard output, where the summary belongs.
        with (settings.home / "dbt" / "build.log").open("w", encoding="utf-8") as chatter, redirect_stdout(chatter):
            result = job.execute_in_process(instance=instance, run_config=quiet, raise_on_error=False)
        return _outcome(settings, result)


def _outcome(settings: Settings, result: "ExecuteInProcessResult") -> tuple[str, list[str]] | None:
    if result.success:
        return None
    failed = next(event for event in result.all_events if event.is_failure)
    error = getattr(failed.event_specific_data, "error", None)
    if error is not None and error.cls_name == "DagsterExecutionInterruptedError":
        raise YusuanError(INTERRUPTED)
    # What the asset raised, without Dagster's wrapping.
    cause = error.cause if error is not None and error.cause is not None else error
    broken = [check for check in result.get_asset_check_evaluations() if not check.passed and check.severity.value == "ERROR"]
    if broken and (cause is None or cause.cls_name != YusuanError.__name__):
        held = [check.description or check.check_name for check in broken if check.check_name == gate.CHECK]
        return ("held", held) if held else ("blocked", [f"{check.asset_key.to_user_string()}: {check.check_name}" for check in broken])
    log = settings.home / "work" / "error.txt"
    log.write_text(error.to_string() if error is not None else failed.message or "", encoding="utf-8")
    sentence = " ".join((cause.message if cause is not None else failed.message or "").split())
    if cause is not None and cause.cls_name == YusuanError.__name__:
        # Already a sentence for people; Dagster put the name of its class before it.
        raise YusuanError(sentence.partition(": ")[2])
    raise YusuanError(f"{failed.step_key or 'the run'} failed, nothing was published: {sentence} (details in {log})")
