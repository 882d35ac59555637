"""Great Expectations on a working database: one expectation a check, run read-only inside DuckDB.

The context lives in memory only (a file context writes random ids into its files); Data Docs are the one thing that it leaves
behind. What a check asks is data in expectations/, what becomes of its result is told by `results`.
"""

import logging
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from yusuan.quality.results import CheckResult
from yusuan.quality.suites import Check

SAMPLES = 20
SITE = "yusuan"
# Great Expectations' words for the severities of the catalogue.
SEVERITIES = {"error": "critical", "warning": "warning", "info": "info"}
# Great Expectations looks through the source of every loaded module for each decimal that it converts: 20 ms a figure.
AS_TEXT = "select columns(*)::varchar from ({query}) as unexpected"


def validate(database: Path, checks: Sequence[Check], data_docs: Path | None = None) -> list[CheckResult]:
    """The result of every check, in their order. A check that cannot be run is our error, and is raised with all the others."""
    instances = _instances(database, checks)
    outcomes = _outcomes(database, checks, data_docs)
    broken = [f"{check.id}: {outcomes[check.id]['error']}" for check in checks if outcomes[check.id]["error"]]
    if broken:
        raise RuntimeError("these checks could not be run: " + "; ".join(broken))
    return [
        CheckResult(check, outcomes[check.id]["count"], instances[check.id], tuple(outcomes[check.id]["rows"][:SAMPLES]))
        for check in checks
    ]


def _instances(database: Path, checks: Iterable[Check]) -> dict[str, int]:
    import duckdb

    with duckdb.connect(str(database), read_only=True) as connection:
        return {check.id: _single(connection.execute(check.population.format(batch=check.table)).fetchone()) for check in checks}


def _single(row: tuple[Any, ...] | None) -> int:
    return int(row[0]) if row else 0


def _outcomes(database: Path, checks: Sequence[Check], data_docs: Path | None) -> dict[str, dict[str, Any]]:
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    import great_expectations as gx

    from yusuan.quality import dialect

    # Great Expectations tells its users about every metric that it computes.
    logging.getLogger("great_expectations").setLevel(logging.ERROR)
    context = _context(data_docs)
    source = context.data_sources.add_sql(
        "working", connection_string=f"{dialect.register()}:///{database}", kwargs={"connect_args": {"read_only": True}}
    )
    definitions = [_definition(context, source, suite, table, group) for (suite, table), group in _by_batch(checks).items()]
    checkpoint = gx.Checkpoint(name="working", validation_definitions=definitions, result_format="COMPLETE")
    # One connection that stays open: otherwise each query opens the file anew and reads everything again.
    with source.get_engine().connect():
        run = context.checkpoints.add(checkpoint).run()
    if data_docs:
        # Once for all: as an action of the checkpoint they would be built again for every suite.
        context.build_data_docs(site_names=[SITE])
    results = [result for validation in run.run_results.values() for result in validation.results]
    return {result.expectation_config.meta["id"]: _outcome(result) for result in results}


def _context(data_docs: Path | None) -> Any:
    """A context in memory. Its annotations know neither arguments of an SQLAlchemy engine nor kinds of actions: Any."""
    import great_expectations as gx
    from great_expectations.data_context.types.base import DataContextConfig, InMemoryStoreBackendDefaults, ProgressBarsConfig

    sites = {
        SITE: {
            "class_name": "SiteBuilder",
            "store_backend": {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(data_docs)},
            "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
        }
    }
    config = DataContextConfig(
        # Left to itself, a context in memory makes a directory for docs in /tmp and forgets it there.
        store_backend_defaults=InMemoryStoreBackendDefaults(init_temp_docs_sites=False),
        data_docs_sites=sites if data_docs else {},
        progress_bars=ProgressBarsConfig(globally=False),
        analytics_enabled=False,
    )
    return gx.get_context(mode="ephemeral", project_config=config)


def _by_batch(checks: Iterable[Check]) -> dict[tuple[str, str], list[Check]]:
    groups: dict[tuple[str, str], list[Check]] = {}
    for check in checks:
        groups.setdefault((check.suite, check.table), []).append(check)
    return groups


def _definition(context: Any, source: Any, suite_name: str, table: str, checks: Sequence[Check]) -> Any:
    import great_expectations as gx
    from great_expectations.expectations.metadata_types import FailureSeverity

    asset_name = f"{suite_name}: {table}"
    batch = source.add_query_asset(asset_name, query=f"select * from {table}").add_batch_definition_whole_table("all rows")
    suite = context.suites.add(gx.ExpectationSuite(name=asset_name))
    for check in checks:
        suite.add_expectation(
            gx.expectations.UnexpectedRowsExpectation(
                unexpected_rows_query=AS_TEXT.format(query=check.unexpected),
                description=f"{check.zh} {check.en}",
                severity=FailureSeverity(SEVERITIES[check.severity]),
                meta={"id": check.id, "family": check.family, "version": check.version},
            )
        )
    return context.validation_definitions.add(gx.ValidationDefinition(name=asset_name, data=batch, suite=suite))


def _outcome(result: Any) -> dict[str, Any]:
    errors = [info["exception_message"] for info in _exceptions(result.exception_info)]
    details = result.result.get("details", {})
    rows = [{name: str(value) for name, value in row.items() if value is not None} for row in details.get("unexpected_rows", [])]
    return {"count": int(result.result.get("observed_value") or 0), "rows": rows, "error": "; ".join(errors)}


def _exceptions(info: dict[str, Any]) -> list[dict[str, Any]]:
    """One exception stands by itself, several stand under the names of their metrics."""
    entries = [info] if "raised_exception" in info else list(info.values())
    return [entry for entry in entries if entry["raised_exception"]]
