"""What assets are given and tests may replace: settings, progress, the lock on HOME, dbt."""

import sys
from collections.abc import Iterator, Sequence
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import DbtCliResource, DbtProject
from packaging.version import Version

from yusuan import changes
from yusuan.progress import Progress
from yusuan.settings import Settings, YusuanError
from yusuan.warehouse.lock import home_lock

# Writers of the working file take turns: DuckDB has one writing process, or readers, never both.
POOL = "working_file"


def lock_resource(settings: Settings) -> dg.ResourceDefinition:
    """Holds the lock from the first step of a run to its last: all steps of a run share one process."""

    @dg.resource
    def held() -> Iterator[None]:
        with home_lock(settings):
            yield

    return held


def dbt_project(settings: Settings) -> DbtProject:
    """The dbt project with everything that dbt writes under HOME; its manifest is made when it is missing or stale."""
    project = DbtProject(project_dir=settings.dbt_project, target_path=settings.dbt_target)
    mark = settings.dbt_target / "manifest.of"
    source = changes.source_hash(settings.dbt_project)
    if not project.manifest_path.exists() or not mark.exists() or mark.read_text() != source:
        _parse(project, settings)
        mark.write_text(source)
    return project


def _parse(project: DbtProject, settings: Settings) -> None:
    invocation = dbt_resource(project).cli(["parse", "--quiet"], target_path=settings.dbt_target, raise_on_error=False).wait()
    if not invocation.is_successful():
        raise YusuanError(f"dbt cannot parse {project.project_dir}: {invocation.get_error()}")


class QuickDbt(DbtCliResource):
    """Starts dbt at once. dagster-dbt first asks a process for dbt's version and imports dbt's adapter into this one, which takes
    longer than our models do; the adapter would be for metadata that we do not fetch."""

    @cached_property
    def _cli_version(self) -> Version:
        return Version(version("dbt-core"))

    def _initialize_dbt_core_adapter(self, args: Sequence[str]) -> Any:
        return None


def dbt_resource(project: DbtProject) -> DbtCliResource:
    # The dbt of this environment, also when the environment's bin directory is not on the PATH.
    executable = Path(sys.executable).with_name("dbt")
    return QuickDbt(
        project_dir=str(project.project_dir),
        profiles_dir=str(project.project_dir),
        dbt_executable=str(executable) if executable.exists() else "dbt",
    )


def resources(settings: Settings, project: DbtProject, progress: Progress) -> dict[str, object]:
    return {"settings": settings, "progress": progress, "home_lock": lock_resource(settings), "dbt": dbt_resource(project)}
