"""Builds the models on a staging database, as the pipeline does: dbt in a process of its own, under a HOME of its own."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from staging_factory import Staging
from yusuan.settings import Settings


@dataclass(frozen=True)
class Built:
    """A HOME whose working database has been built by dbt."""

    settings: Settings
    output: str

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.settings.working), read_only=True) as con:
            return con.execute(query).fetchall()

    @property
    def manifest(self) -> dict[str, Any]:
        return json.loads((self.settings.dbt_target / "manifest.json").read_text(encoding="utf-8"))

    @property
    def results(self) -> list[dict[str, Any]]:
        return json.loads((self.settings.dbt_target / "run_results.json").read_text(encoding="utf-8"))["results"]


def build(staging: Staging, home: Path, command: str = "build") -> Built:
    """With `run` instead of `build` a HOME that is already built gets its models again, without the tests."""
    settings = Settings.load(home=home)
    staging.write(settings.working)
    project = str(settings.dbt_project)
    finished = subprocess.run(
        [str(Path(sys.executable).with_name("dbt")), "--no-use-colors", command, "--project-dir", project, "--profiles-dir", project],
        env={**os.environ, **settings.environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 0, finished.stdout
    return Built(settings, finished.stdout + finished.stderr)
