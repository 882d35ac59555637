"""Fixtures that every test may use; what only one test file needs stays there."""

import shutil
from pathlib import Path

import pytest

from yusuan.settings import Settings

ROOT = Path(__file__).resolve().parents[1]


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
