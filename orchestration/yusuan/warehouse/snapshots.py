"""The snapshots that HOME keeps: which there are, which one is current, going back to one, and dropping old ones.

HOME/snapshots/ID is a directory that is complete before it has its name and is never changed afterwards. HOME/current is a link
to one of them, HOME/warehouse.duckdb a link to the file in HOME/current: replacing one link publishes everything at once. What is
in a snapshot belongs to yusuan.warehouse.publish.
"""

import hashlib
import json
import os
import shutil
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from yusuan.settings import Settings, YusuanError

DESCRIPTION = "snapshot.json"
CHECKSUMS = "SHA256SUMS"
CURRENT, PREVIOUS = "current", "previous"
# Times as ids sort by age; milliseconds, because tests and impatient people publish twice in a second.
ID_FORMAT = "%Y%m%d-%H%M%S-%f"


@dataclass(frozen=True)
class Snapshot:
    """`rows` counts the rows of every table by qualified name; `created_at` is UTC."""

    id: str
    created_at: str
    documents: int
    amounts: int
    rows: dict[str, int]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def directory_of(settings: Settings, snapshot: Snapshot) -> Path:
    return settings.snapshots / snapshot.id


def database_of(settings: Settings, snapshot: Snapshot) -> Path:
    return directory_of(settings, snapshot) / settings.published.name


def kept(settings: Settings) -> list[Snapshot]:
    """The snapshots that can be gone back to, the newest first."""
    # Names that begin with a point are being made or dropped.
    found = [_described(path) for path in sorted(settings.snapshots.glob(f"[!.]*/{DESCRIPTION}"), reverse=True)]
    return [snapshot for snapshot in found if snapshot is not None]


def current(settings: Settings) -> Snapshot | None:
    """The published one; None before the first."""
    return _described(settings.current / DESCRIPTION)


def find(settings: Settings, name: str) -> Snapshot:
    """By id, by the beginning of an id that only one has, or as `current` or `previous` (the one before the current)."""
    snapshots, published = kept(settings), current(settings)
    if name == CURRENT and published is not None:
        return published
    if name == PREVIOUS and published is not None:
        older = [snapshot for snapshot in snapshots if snapshot.id < published.id]
        if older:
            return older[0]
        raise YusuanError(f"there is no snapshot before {published.id}: it is the oldest that {settings.home} keeps")
    matching = [snapshot for snapshot in snapshots if name and snapshot.id.startswith(name)]
    if len(matching) == 1:
        return matching[0]
    problem = "is the beginning of several ids" if matching else "is none of the snapshots"
    raise YusuanError(f"{name} {problem} in {settings.home}: yusuan snapshots lists them")


def seal(settings: Settings, draft: Path, counts: dict[str, int]) -> Snapshot:
    """Gives the finished draft its description, its checksums and its name; after this it is a snapshot, not yet the current one."""
    created = datetime.now(UTC)
    snapshot = Snapshot(
        id=created.strftime(ID_FORMAT)[:-3],
        created_at=created.isoformat(timespec="seconds"),
        documents=counts.get("marts.dim_document", 0),
        amounts=counts.get("marts.fct_budget_amount", 0),
        rows=counts,
    )
    (draft / DESCRIPTION).write_text(json.dumps(snapshot.as_json(), indent=1) + "\n", encoding="utf-8")
    _write_checksums(draft)
    for path in (*_files(draft), *(path for path in draft.rglob("*") if path.is_dir()), draft):
        _sync(path)
    draft.rename(directory_of(settings, snapshot))
    _sync(settings.snapshots)
    return snapshot


def make_current(settings: Settings, snapshot: Snapshot) -> None:
    """The published snapshot is this one from one instant to the next, under all its names."""
    _keep_copied_directory(settings)
    _link(settings.current, Path(settings.snapshots.name, snapshot.id))
    _link(settings.published, Path(settings.current.name, settings.published.name))


def roll_back(settings: Settings, name: str) -> Snapshot:
    """Publishes an earlier snapshot again, after a look at its checksums."""
    snapshot = find(settings, name)
    if damaged := damage(directory_of(settings, snapshot)):
        raise YusuanError(f"snapshot {snapshot.id} is damaged ({', '.join(damaged)}) and was not published: go back to another one")
    make_current(settings, snapshot)
    return snapshot


def drop_old(settings: Settings) -> list[Snapshot]:
    """Drops all but the newest and the current one; readers that have a dropped file open keep reading it."""
    published = current(settings)
    old = [snapshot for snapshot in kept(settings)[settings.keep_snapshots :] if snapshot != published]
    for snapshot in old:
        directory = directory_of(settings, snapshot)
        # Renamed first: what is half gone when we are killed is no snapshot any more.
        rubbish = directory.with_name(f".{directory.name}")
        directory.rename(rubbish)
        shutil.rmtree(rubbish, ignore_errors=True)
    return old


def remove_leftovers(settings: Settings) -> None:
    """What builds left that were killed: only one writer is here at a time, so nobody needs it."""
    for leftover in settings.snapshots.glob(".*"):
        shutil.rmtree(leftover, ignore_errors=True)
    for link in (settings.current, settings.published):
        for leftover in settings.home.glob(f".{link.name}.*.tmp*"):
            leftover.unlink(missing_ok=True)


def damage(directory: Path) -> list[str]:
    """Files that are missing or no longer what the checksums say."""
    try:
        lines = (directory / CHECKSUMS).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return [CHECKSUMS]
    expected = {name: digest for digest, name in (line.split("  ", 1) for line in lines)}
    return [name for name, digest in expected.items() if not (directory / name).is_file() or _sha256(directory / name) != digest]


def _described(path: Path) -> Snapshot | None:
    try:
        return Snapshot(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _files(directory: Path) -> list[Path]:
    return sorted(path for path in directory.rglob("*") if path.is_file())


def _write_checksums(directory: Path) -> None:
    """In the form that sha256sum --check reads."""
    lines = [f"{_sha256(path)}  {path.relative_to(directory).as_posix()}\n" for path in _files(directory)]
    (directory / CHECKSUMS).write_text("".join(lines), encoding="utf-8")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _link(name: Path, target: Path) -> None:
    """The link is made beside the old one and put in its place: whoever opens the name finds the one or the other."""
    temporary = name.with_name(f".{name.name}.{os.getpid()}.tmp")
    temporary.unlink(missing_ok=True)
    temporary.symlink_to(target)
    os.replace(temporary, name)
    _sync(name.parent)


def _keep_copied_directory(settings: Settings) -> None:
    """Programs that copy a HOME may copy what a link leads to: the directory that then stands in the link's place is a snapshot."""
    if settings.current.is_dir() and not settings.current.is_symlink():
        copied = current(settings)
        if copied is not None and not directory_of(settings, copied).exists():
            settings.current.rename(directory_of(settings, copied))
        else:
            shutil.rmtree(settings.current)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
