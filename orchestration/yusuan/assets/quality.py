"""The checks' results, each check of expectations/ as an asset check. What is asserted belongs to yusuan.quality.

A blocking check that fails keeps the build from being published; the others are findings about the sources and only warn.
"""

from collections.abc import Iterator, Sequence

import dagster as dg

from yusuan import quality
from yusuan.progress import Progress
from yusuan.quality import Check, CheckResult
from yusuan.resources import POOL
from yusuan.settings import Settings

KEY = dg.AssetKey(["quality", "validation_results"])


def quality_from(checks: Sequence[Check], models: dg.AssetsDefinition) -> dg.AssetsDefinition:
    @dg.asset(
        key=KEY,
        deps=list(models.keys),
        check_specs=[
            dg.AssetCheckSpec(_name(check), asset=KEY, blocking=check.blocking, description=f"{check.zh} {check.en}") for check in checks
        ],
        group_name="quality",
        description="One row per check and run: rows looked at and rows that broke it. Great Expectations runs them in DuckDB.",
        kinds={"great_expectations", "duckdb"},
        pool=POOL,
    )
    def validation_results(
        context: dg.AssetExecutionContext,
        settings: dg.ResourceParam[Settings],
        progress: dg.ResourceParam[Progress],
        home_lock: dg.ResourceParam[object],
    ) -> Iterator[dg.MaterializeResult]:
        with progress.stage("checks", len(checks)):
            result = quality.run(settings, context.run.run_id)
        yield dg.MaterializeResult(
            metadata={
                "dagster/row_count": len(result.checks),
                "failed": sum(not check.success for check in result.checks),
                "not_applicable": sum(not check.applied for check in result.checks),
                "data_docs": str(result.data_docs),
            },
            check_results=[_reported(check) for check in result.checks],
        )

    return validation_results


def _name(check: Check) -> str:
    # Names of asset checks have no points.
    return check.id.replace(".", "__")


def _reported(result: CheckResult) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        check_name=_name(result.check),
        passed=result.success,
        severity=dg.AssetCheckSeverity.ERROR if result.blocking else dg.AssetCheckSeverity.WARN,
        metadata={
            "severity": result.check.severity,
            "unexpected": result.unexpected_count,
            "looked_at": result.instance_count,
            "samples": dg.MetadataValue.json(list(result.samples)),
        },
    )
