"""Fixtures that every test may use; what only one test file needs stays there."""

import contextlib
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import settings as hypothesis_settings

from yusuan.build import build
from yusuan.progress import Progress
from yusuan.settings import Settings
from yusuan.summary import Summary

ROOT = Path(__file__).resolve().parents[1]

# The same examples in each run, so that a change is judged by what it changed; `pytest --hypothesis-profile=default` looks for new ones.
hypothesis_settings.register_profile("repeatable", derandomize=True, deadline=None)
hypothesis_settings.load_profile("repeatable")


@pytest.fixture(scope="session", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Models for inspections are built once for all tests, and never in the cache of who runs them."""
    directory = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("YUSUAN_CACHE", str(directory))
        yield directory


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    """A copy of raw/ that a test may change."""
    return Path(shutil.copytree(ROOT / "raw", tmp_path / "raw"))


@pytest.fixture
def settings(raw: Path, tmp_path: Path) -> Settings:
    """Settings for a copy of raw/ and an empty HOME; nothing is built."""
    return Settings.load(raw=raw, home=tmp_path / "home")


@pytest.fixture(scope="session")
def shared() -> Path:
    """Reference material beside the clone; tests that need it are skipped without it."""
    directory = ROOT.parent / "shared"
    if not directory.is_dir():
        pytest.skip("no reference material beside this clone")
    return directory


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, Summary]:
    """The whole warehouse of the founding disclosures, built once; tests read it, and change a copy."""
    with once(tmp_path_factory, "published") as (directory, is_new):
        told = directory / "summary.json"
        if is_new:
            settings = Settings.load(raw=Path(shutil.copytree(ROOT / "raw", directory / "raw")), home=directory / "home")
            told.write_text(json.dumps(build(settings, Progress()).as_json()), encoding="utf-8")
    settings = Settings.load(raw=directory / "raw", home=directory / "home")
    return settings, Summary(**json.loads(told.read_text(encoding="utf-8")))


@pytest.fixture(scope="session")
def published_with_pdf(published: tuple[Settings, Summary], shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The same warehouse with the published PDFs of the reference material added to it."""
    files = {file.name: file.read_bytes() for file in sorted((shared / "pdf").iterdir())}
    return added_to(published[0], files, tmp_path_factory, "published_with_pdf")


@pytest.fixture(scope="session")
def explored(published: tuple[Settings, Summary], tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The founding disclosures and two years of a PDF whose numbers stand at known places."""
    from page_documents import disclosure

    files = {"upright.pdf": disclosure(2024), "turned.pdf": disclosure(2023, turned=True)}
    return added_to(published[0], files, tmp_path_factory, "explored")


def added_to(original: Settings, files: dict[str, bytes], factory: pytest.TempPathFactory, name: str) -> Settings:
    """A copy of a published warehouse, built again with files beside its own."""
    with once(factory, name) as (directory, is_new):
        raw, home = directory / "raw", directory / "home"
        if is_new:
            shutil.copytree(original.raw, raw)
            shutil.copytree(original.home, home, symlinks=True)
            for file, content in files.items():
                (raw / file).write_bytes(content)
            assert build(Settings.load(raw=raw, home=home), Progress()).status == "published"
    return Settings.load(raw=raw, home=home)


@contextlib.contextmanager
def once(factory: pytest.TempPathFactory, name: str) -> Iterator[tuple[Path, bool]]:
    """A directory that all processes of a test run share, and whether this one is to fill it; the others wait meanwhile."""
    base = factory.getbasetemp()
    # Each process of pytest-xdist has a directory of its own below that of the run.
    directory = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / f"shared-{name}"
    with FileLock(f"{directory}.lock"):
        if is_new := not (directory / "finished").exists():
            shutil.rmtree(directory, ignore_errors=True)
            directory.mkdir()
        yield directory, is_new
        (directory / "finished").touch()


@pytest.fixture
def changeable(published: tuple[Settings, Summary], tmp_path: Path) -> Settings:
    """A copy of the published warehouse that a test may change and build again."""
    original, _ = published
    raw, home = tmp_path / "raw", tmp_path / "home"
    shutil.copytree(original.raw, raw)
    shutil.copytree(original.home, home, symlinks=True)
    return Settings.load(raw=raw, home=home)
