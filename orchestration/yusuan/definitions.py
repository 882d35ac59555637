"""The Dagster code location: assets, checks, job, schedule, sensor and resources wired together, and nothing else.

Loading needs no network; the dbt manifest is made from the project's files when it is missing or stale.
"""

from collections.abc import Mapping

import dagster as dg

from yusuan.assets.acquisition import acquisitions, source_specs
from yusuan.assets.alerts import deliveries
from yusuan.assets.landing import register
from yusuan.assets.models import models_from
from yusuan.assets.publish import warehouse
from yusuan.assets.quality import quality_from
from yusuan.assets.staging import staging
from yusuan.automation import daily_schedule, failure_alert, raw_sensor
from yusuan.progress import Progress
from yusuan.quality import load_checks
from yusuan.resources import dbt_project, resources
from yusuan.settings import Settings

JOB = "build_warehouse"


def build_definitions(
    settings: Settings, progress: Progress | None = None, overrides: Mapping[str, object] | None = None
) -> dg.Definitions:
    """The definitions for one HOME; `overrides` replaces resources by key."""
    settings.apply()
    progress = progress or Progress()
    project = dbt_project(settings)
    models = models_from(project.manifest_path)
    checked = quality_from(load_checks(settings.expectations), models)
    # One process a run: the steps share the lock, and the working file has one writer.
    job = dg.define_asset_job(
        JOB,
        selection=dg.AssetSelection.all(),
        executor_def=dg.in_process_executor,
        hooks={failure_alert(settings, progress)},
        description="Sources and raw/ to published snapshot: acquire, land, read, parse, load, dbt, checks, publish.",
    )
    return dg.Definitions(
        assets=[*source_specs(settings), acquisitions, register, staging, models, checked, warehouse, deliveries],
        jobs=[job],
        schedules=[daily_schedule(JOB)],
        sensors=[raw_sensor(JOB, settings)],
        resources={**resources(settings, project, progress), **(overrides or {})},
    )


@dg.definitions
def defs() -> dg.Definitions:
    """What `dagster dev` and a deployed code server load; HOME and raw/ come from the environment."""
    return build_definitions(Settings.load())
