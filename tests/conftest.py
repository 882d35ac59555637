"""Fixtures that every test may use; what only one test file needs stays there."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis_settings

from yusuan.build import build
from yusuan.progress import Progress
from yusuan.settings import Settings
from yusuan.summary import Summary

ROOT = Path(__file__).resolve().parents[1]

# The same examples in each run, so that a change is judged by what it changed; `pytest --hypothesis-profile=default` looks for new ones.
hypothesis_settings.register_profile("repeatable", derandomize=True)
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
    directory = tmp_path_factory.mktemp("published")
    raw = Path(shutil.copytree(ROOT / "raw", directory / "raw"))
    settings = Settings.load(raw=raw, home=directory / "home")
    return settings, build(settings, Progress())


@pytest.fixture(scope="session")
def published_with_pdf(published: tuple[Settings, Summary], shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The same warehouse with the published PDFs of the reference material added to it."""
    original, _ = published
    directory = tmp_path_factory.mktemp("published_with_pdf")
    raw, home = directory / "raw", directory / "home"
    shutil.copytree(original.raw, raw)
    shutil.copytree(original.home, home, symlinks=True)
    for file in sorted((shared / "pdf").iterdir()):
        shutil.copyfile(file, raw / file.name)
    settings = Settings.load(raw=raw, home=home)
    assert build(settings, Progress()).status == "published"
    return settings


@pytest.fixture(scope="session")
def explored(published: tuple[Settings, Summary], tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The founding disclosures and two years of a PDF whose numbers stand at known places."""
    from page_documents import disclosure

    original, _ = published
    directory = tmp_path_factory.mktemp("explored")
    raw, home = directory / "raw", directory / "home"
    shutil.copytree(original.raw, raw)
    shutil.copytree(original.home, home, symlinks=True)
    (raw / "upright.pdf").write_bytes(disclosure(2024))
    (raw / "turned.pdf").write_bytes(disclosure(2023, turned=True))
    settings = Settings.load(raw=raw, home=home)
    build(settings, Progress())
    return settings


@pytest.fixture
def changeable(published: tuple[Settings, Summary], tmp_path: Path) -> Settings:
    """A copy of the published warehouse that a test may change and build again."""
    original, _ = published
    raw, home = tmp_path / "raw", tmp_path / "home"
    shutil.copytree(original.raw, raw)
    shutil.copytree(original.home, home, symlinks=True)
    return Settings.load(raw=raw, home=home)
