"""What makes a build necessary."""

import os
from pathlib import Path

import pytest

from yusuan import changes
from yusuan.landing.places import look
from yusuan.settings import Settings


@pytest.fixture
def built(settings: Settings) -> Settings:
    """As after a build: a snapshot, and the state that it was built from."""
    settings.apply()
    settings.published.write_bytes(b"a snapshot")
    changes.save(changes.state_of(settings, look(settings).fingerprints({})[0]), settings.built)
    return settings


def text(settings: Settings) -> Path:
    return next(settings.raw.glob("000*.txt"))


def test_after_a_build_nothing_has_changed(built: Settings):
    assert changes.nothing_changed(built)


def test_a_touched_file_with_the_same_bytes_is_no_change(built: Settings):
    os.utime(text(built))

    assert changes.nothing_changed(built)


@pytest.mark.parametrize(
    "change",
    [
        lambda settings: (settings.raw / "new.txt").write_text("新"),
        lambda settings: text(settings).unlink(),
        lambda settings: text(settings).rename(settings.raw / "other.txt"),
        lambda settings: text(settings).write_text(text(settings).read_text().replace("1", "2", 1)),
        lambda settings: (settings.raw / "manifest.csv").unlink(),
        lambda settings: settings.published.unlink(),
        lambda settings: settings.published.write_bytes(b"another snapshot"),
        lambda settings: settings.built.write_text("{broken"),
        lambda settings: settings.built.unlink(),
    ],
    ids=["new file", "file gone", "file moved", "bytes", "manifest", "no snapshot", "other snapshot", "broken state", "no state"],
)
def test_what_the_snapshot_depends_on_makes_a_build_necessary(built: Settings, change):
    change(built)

    assert not changes.nothing_changed(built)


def test_a_change_of_the_same_size_within_the_same_instant_is_seen(built: Settings):
    path = text(built)
    before = path.stat()
    content = path.read_bytes()
    path.write_bytes(content.replace(b"1", b"2", 1))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))

    # shutil.copytree kept the old time of modification, so make the state one that was taken at that very instant.
    state = changes.load(built.built)
    assert state
    fresh = {name: taken.__class__(taken.stamp, taken.sha256, taken.stamp.modified_ns) for name, taken in state.files.items()}
    changes.save(changes.State(fresh, state.recipe, state.snapshot), built.built)

    assert not changes.nothing_changed(built)


def test_the_program_the_models_and_the_expectations_are_part_of_the_recipe(tmp_path: Path):
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "a.sql").write_text("select 1")
    before = changes.source_hash(tmp_path)

    (tmp_path / "target").mkdir()
    (tmp_path / "target" / "manifest.json").write_text("{}")
    assert changes.source_hash(tmp_path) == before

    (tmp_path / "models" / "a.sql").write_text("select 2")
    assert changes.source_hash(tmp_path) != before
