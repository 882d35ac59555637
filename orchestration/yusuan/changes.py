"""Whether anything that the published snapshot depends on has changed since, told in a moment and without heavy imports.

Depends on: the bytes in raw/ and of its sources, its manifest, the program, the dbt project and the expectations, and the snapshot itself.
Which documents are then worked on is decided by their versions, not here.
"""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import astuple, dataclass, replace
from pathlib import Path

from yusuan.landing.folder import MANIFEST, SOURCES, Fingerprint, Stamp, stamp_of, walk
from yusuan.landing.places import look
from yusuan.settings import PACKAGE, Settings, YusuanError

NOT_SOURCE = frozenset({"__pycache__", "target", "logs", "_share"})


@dataclass(frozen=True)
class State:
    """What a build rests on; written before the work begins, and again beside the snapshot once that is published."""

    files: Mapping[str, Fingerprint]
    recipe: str
    snapshot: Stamp | None = None


def state_of(settings: Settings, files: Mapping[str, Fingerprint]) -> State:
    return State(files, recipe_of(settings), stamp_of(settings.published))


def recipe_of(settings: Settings) -> str:
    """One hash over everything but the documents themselves."""
    digest = hashlib.sha256()
    for description in (settings.raw / MANIFEST, settings.raw / SOURCES, settings.acknowledged, settings.corrections):
        if description.exists():
            digest.update(description.read_bytes())
    for directory in (PACKAGE, settings.dbt_project, settings.expectations):
        digest.update(source_hash(directory).encode())
    return digest.hexdigest()


def source_hash(directory: Path) -> str:
    """One hash over the source files below a directory."""
    digest = hashlib.sha256()
    for parent, directories, names in os.walk(directory):
        directories[:] = sorted(name for name in directories if name not in NOT_SOURCE and not name.startswith("."))
        for name in sorted(names):
            if not name.startswith("."):
                path = Path(parent, name)
                digest.update(path.relative_to(directory).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def nothing_changed(settings: Settings) -> bool:
    if (settings.raw / SOURCES).exists():
        # Only the sources themselves can say; the job asks them.
        return False
    present, built = look(settings), load(settings.built)
    if built is None or built.snapshot is None or built.snapshot != stamp_of(settings.published):
        return False
    # Cheapest question first: another set of names needs no hashing.
    if present.files.keys() != built.files.keys() or recipe_of(settings) != built.recipe:
        return False
    now, writing = present.fingerprints(built.files)
    return not writing and _bytes(now) == _bytes(built.files)


def already_published(settings: Settings) -> bool:
    """Whether what has landed is what the published snapshot was built from, or what a rollback took back."""
    landed, built = load(settings.landed), load(settings.built)
    if landed is None or built is None or built.snapshot is None:
        return False
    same = landed.recipe == built.recipe and _bytes(landed.files) == _bytes(built.files)
    return same and built.snapshot == stamp_of(settings.published)


def hold(settings: Settings) -> None:
    """After a rollback: the snapshot that is now published stands until something changes."""
    if (built := load(settings.built)) is not None:
        save(replace(built, snapshot=stamp_of(settings.published)), settings.built)


def _bytes(files: Mapping[str, Fingerprint]) -> dict[str, str]:
    return {path: taken.sha256 for path, taken in files.items()}


def raw_fingerprint(raw: Path) -> str:
    """One hash over paths, sizes and times of modification in raw/: what the sensor compares, many times an hour."""
    if not raw.is_dir():
        raise YusuanError(f"there is no directory {raw}: put the disclosures there or name another one with --raw")
    described = sorted((name, *astuple(stamp)) for name, _, stamp in walk(raw))
    descriptions = [stamp and astuple(stamp) for stamp in (stamp_of(raw / MANIFEST), stamp_of(raw / SOURCES))]
    return hashlib.sha256(json.dumps([described, descriptions]).encode()).hexdigest()


def load(path: Path) -> State | None:
    """The state at `path`; None where there is none that this version understands."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        files = {
            name: Fingerprint(Stamp(size, modified), sha256, taken) for name, (size, modified, sha256, taken) in content["files"].items()
        }
        return State(files, content["recipe"], Stamp(*content["snapshot"]) if content["snapshot"] else None)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def save(state: State, path: Path) -> None:
    files = {name: [*astuple(taken.stamp), taken.sha256, taken.taken_ns] for name, taken in state.files.items()}
    content = {"recipe": state.recipe, "snapshot": state.snapshot and astuple(state.snapshot), "files": files}
    temporary = path.with_suffix(".tmp")
    temporary.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")
    temporary.replace(path)
