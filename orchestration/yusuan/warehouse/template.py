"""A working file that has every model and no document, and the models run over staged rows without dbt.

dbt takes seconds to start and to parse its project, too long for one document. So it builds the models once, on empty staging tables,
and what it built stays in the user's cache until the project changes: the file with views, seeds and history, and beside it
the SQL of the models that are tables, as dbt compiled it. No model is written twice.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from graphlib import TopologicalSorter
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from yusuan.changes import source_hash
from yusuan.settings import Settings, YusuanError
from yusuan.warehouse import load
from yusuan.warehouse.schema import ALL

WORKING, MODELS = "working.duckdb", "models.json"
DBT = [sys.executable, "-m", "dbt.cli.main", "--no-use-colors", "build", "--exclude-resource-type", "test", "unit_test"]


def lay_out(settings: Settings, say: Callable[[str], None] = lambda line: None) -> list[str]:
    """Puts an empty working file with all models into HOME; returns the statements that build the tables, in their order."""
    directory = settings.cache / f"models-{_key(settings)}"
    if not directory.exists():
        say(f"the models are built once for this version, into {settings.cache}: some ten seconds")
        _make(settings, directory)
    settings.working.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(directory / WORKING, settings.working)
    return list(json.loads((directory / MODELS).read_text(encoding="utf-8")))


def run_models(connection: duckdb.DuckDBPyConnection, statements: list[str]) -> None:
    for statement in statements:
        connection.execute(statement)


def _key(settings: Settings) -> str:
    """What the file depends on: the dbt project, the staging tables, and the programs that wrote it."""
    digest = hashlib.sha256(source_hash(settings.dbt_project).encode())
    for part in (*(table.ddl for table in ALL), *(version(name) for name in ("dbt-core", "dbt-duckdb", "duckdb"))):
        digest.update(part.encode())
    return digest.hexdigest()[:16]


def _make(settings: Settings, directory: Path) -> None:
    """Made aside and then renamed: whoever is killed here, or comes second, harms nobody."""
    try:
        directory.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=directory.parent) as aside:
            made = _built(Settings.load(raw=settings.raw, home=Path(aside, "home")), Path(aside, "made"))
            if not directory.exists():
                made.replace(directory)
    except OSError as error:
        raise YusuanError(f"{settings.cache} cannot be written ({error}): name another directory in YUSUAN_CACHE") from None


def _built(home: Settings, made: Path) -> Path:
    with load.working(home):
        pass
    project = str(home.dbt_project)
    done = subprocess.run(
        [*DBT, "--project-dir", project, "--profiles-dir", project],
        env={**os.environ, **home.environment},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise YusuanError(f"dbt could not build the models of {project}: {' '.join(done.stdout.split())[-500:]}")
    made.mkdir()
    home.working.replace(made / WORKING)
    manifest = json.loads((home.dbt_target / "manifest.json").read_text(encoding="utf-8"))
    (made / MODELS).write_text(json.dumps(_statements(manifest)), encoding="utf-8")
    return made


def _statements(manifest: dict[str, Any]) -> list[str]:
    """Views read what is there when they are read; seeds are in the file: only tables are made again, each after those it reads."""
    models = {name: node for name, node in manifest["nodes"].items() if node["resource_type"] == "model"}
    order = TopologicalSorter({name: node["depends_on"]["nodes"] for name, node in models.items()}).static_order()
    tables = [models[name] for name in order if name in models and models[name]["config"]["materialized"] != "view"]
    return [f'create or replace table "{node["schema"]}"."{node["alias"]}" as {node["compiled_code"]}' for node in tables]
