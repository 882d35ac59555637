"""The Dagster code location: loads from nothing, holds one job, and its parts do what they say."""

import socket
from pathlib import Path

import dagster as dg
import pytest

from yusuan import automation
from yusuan.assets.acquisition import source_specs
from yusuan.automation import raw_sensor
from yusuan.definitions import JOB, build_definitions
from yusuan.progress import Progress
from yusuan.resources import POOL
from yusuan.settings import Settings

OURS = {
    "staging/acquisitions",
    "staging/register",
    "staging/documents",
    "staging/tables",
    "staging/cells",
    "staging/lines",
    "staging/amounts",
    "staging/identities",
    "staging/identity_terms",
    "staging/notices",
    "staging/outcomes",
    "quality/validation_results",
    "published/warehouse",
    "published/alerts",
}
FROM_DBT = {
    "marts/budget_amounts",
    "marts/budget_amounts_additive",
    "marts/budget_amounts_consolidated",
    "marts/dim_agency",
    "marts/dim_document",
    "marts/fct_budget_amount",
    "quality/findings",
}


@pytest.fixture(scope="module")
def definitions(tmp_path_factory: pytest.TempPathFactory) -> dg.Definitions:
    """Loaded in an empty HOME, so without a manifest, and without network."""
    home = tmp_path_factory.mktemp("definitions")
    (home / "raw").mkdir()
    (home / "raw" / "sources.yml").write_text("sources: [{name: jiangsu, urls: [https://example.org/a.pdf]}]", encoding="utf-8")

    def refuse(*_: object) -> None:
        raise OSError("no network in this test")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", refuse)
        return build_definitions(Settings.load(raw=home / "raw", home=home / "home"))


@pytest.fixture(scope="module")
def job(definitions: dg.Definitions) -> dg.JobDefinition:
    return definitions.resolve_job_def(JOB)


def test_one_job_makes_every_asset_and_runs_every_check(definitions: dg.Definitions, job: dg.JobDefinition):
    made = {key.to_user_string() for key in job.asset_layer.executable_asset_keys}

    assert made >= OURS | FROM_DBT
    assert len(job.asset_layer.asset_graph.asset_check_keys) > 50


def test_everything_that_is_published_was_checked_before(job: dg.JobDefinition):
    graph = job.asset_layer.asset_graph
    upstream = graph.get_ancestor_asset_keys(dg.AssetKey(["published", "warehouse"]))

    assert {key.to_user_string() for key in upstream} >= (OURS | FROM_DBT) - {
        "published/warehouse",
        "published/alerts",
        "staging/outcomes",
        "staging/cells",
        "staging/lines",
    }


def test_the_dbt_models_run_in_one_step_after_staging(job: dg.JobDefinition):
    assert {node.name for node in job.graph.nodes} == {
        "staging__acquisitions",
        "staging__register",
        "staging",
        "models",
        "quality__validation_results",
        "published__warehouse",
        "published__alerts",
    }


def test_writers_of_the_working_file_share_one_pool(job: dg.JobDefinition):
    assert {node.definition.pool for node in job.graph.nodes} == {POOL}  # type: ignore[attr-defined]


def test_every_asset_of_ours_is_described_and_grouped(job: dg.JobDefinition):
    graph = job.asset_layer.asset_graph

    for name in OURS:
        node = graph.get(dg.AssetKey(name.split("/")))
        assert node.description and node.group_name in {"landing", "staging", "quality", "published"}, name


def test_it_builds_every_night(definitions: dg.Definitions):
    schedule = definitions.resolve_schedule_def("build_daily")

    assert (schedule.job_name, schedule.cron_schedule, schedule.execution_timezone) == (JOB, "30 3 * * *", "Asia/Shanghai")


def test_tests_can_replace_resources(tmp_path: Path):
    settings = Settings.load(raw=tmp_path, home=tmp_path / "home")
    mine = Progress()

    replaced = build_definitions(settings, overrides={"progress": mine})

    assert replaced.resources and replaced.resources["progress"] is mine


def test_the_sensor_waits_for_an_upload_to_finish_and_then_starts_one_run(settings: Settings):
    sensor = raw_sensor(JOB, settings)
    cursor: str | None = None

    def look() -> dg.SensorResult | dg.SkipReason:
        nonlocal cursor
        result = sensor(dg.build_sensor_context(cursor=cursor))
        assert isinstance(result, dg.SensorResult | dg.SkipReason)
        cursor = result.cursor or cursor if isinstance(result, dg.SensorResult) else cursor
        return result

    def started() -> bool:
        result = look()
        return isinstance(result, dg.SensorResult) and bool(result.run_requests)

    assert [started(), started(), started()] == [False, True, False]

    (settings.raw / "new.txt").write_text("half")
    assert not started()
    (settings.raw / "new.txt").write_text("half and half")
    assert [started(), started(), started()] == [False, True, False]


def test_the_sensor_leaves_alone_what_somebody_else_has_built(settings: Settings, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(automation, "nothing_changed", lambda _: True)
    sensor = raw_sensor(JOB, settings)
    first = sensor(dg.build_sensor_context())
    assert isinstance(first, dg.SensorResult)

    second = sensor(dg.build_sensor_context(cursor=first.cursor))

    assert isinstance(second, dg.SensorResult) and not second.run_requests


def test_the_sensor_says_when_there_is_no_raw_directory(tmp_path: Path):
    result = raw_sensor(JOB, Settings.load(raw=tmp_path / "none", home=tmp_path))(dg.build_sensor_context())

    assert isinstance(result, dg.SkipReason) and "there is no directory" in str(result.skip_message)


def test_every_source_has_a_freshness_policy_and_is_nothing_that_the_job_makes(definitions: dg.Definitions, job: dg.JobDefinition):
    graph = definitions.resolve_asset_graph()

    source, register = graph.get(dg.AssetKey(["source", "jiangsu"])), graph.get(dg.AssetKey(["staging", "register"]))

    assert source.freshness_policy and register.freshness_policy
    assert source.key not in job.asset_layer.executable_asset_keys


def test_a_file_of_sources_that_cannot_be_understood_leaves_the_definitions_standing(settings: Settings):
    (settings.raw / "sources.yml").write_text("sources: 7", encoding="utf-8")

    assert source_specs(settings) == []
