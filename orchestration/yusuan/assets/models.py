"""The dbt project as assets: every model, seed and test. What a model computes is written in dbt_project/."""

from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from threading import Thread
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DbtCliResource, dbt_assets

from yusuan.progress import Progress
from yusuan.quality import acknowledgements
from yusuan.resources import POOL
from yusuan.settings import Settings, YusuanError


class Layers(DagsterDbtTranslator):
    """Groups models by their directory, as the flow of data is drawn."""

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str:
        layer = dbt_resource_props["fqn"][1] if dbt_resource_props["resource_type"] == "model" else "reference"
        # The group named staging is the tables that parsing writes.
        return "staging_views" if layer == "staging" else layer


def models_from(manifest: Path) -> dg.AssetsDefinition:
    @dbt_assets(
        manifest=manifest,
        name="models",
        pool=POOL,
        dagster_dbt_translator=Layers(),
    )
    def models(
        context: dg.AssetExecutionContext,
        dbt: DbtCliResource,
        settings: dg.ResourceParam[Settings],
        progress: dg.ResourceParam[Progress],
        home_lock: dg.ResourceParam[object],
    ) -> Iterator[Any]:
        # Great Expectations takes seconds to import; dbt works in a process of its own meanwhile.
        Thread(target=import_module, args=("great_expectations",), daemon=True).start()
        acknowledgements.write(settings)
        expected = len(context.selected_asset_keys) + len(context.selected_asset_check_keys)
        with progress.stage("dbt", expected):
            invocation = dbt.cli(["build"], context=context, target_path=settings.dbt_target, raise_on_error=False)
            built: set[dg.AssetKey] = set()
            for number, event in enumerate(invocation.stream(), start=1):
                if isinstance(event, dg.Output):
                    built.add(context.asset_key_for_output(event.output_name))
                progress.advance(number, expected)
                yield event
        if not invocation.is_successful():
            stop(invocation.get_artifact("run_results.json")["results"])
        if missing := context.selected_asset_keys - built:
            # Dagster would skip what depends on them and call the run a success.
            names = ", ".join(sorted(key.to_user_string() for key in missing))
            raise YusuanError(f"dbt did not build {names}: the dbt project changed during the build, build again")

    return models


def stop(results: list[dict[str, Any]]) -> None:
    """A model that cannot be built is an error; a test that fails is a blocking check, and dbt has reported it as one."""
    errors = [result for result in results if result["status"] == "error"]
    failed = errors or [result for result in results if result["status"] == "fail"]
    named = "; ".join(f"{result['unique_id'].split('.', 2)[2]}: {' '.join((result['message'] or '').split())}" for result in failed)
    raise YusuanError(f"dbt: {named}") if errors else dg.Failure(f"dbt: {named}", allow_retries=False)
