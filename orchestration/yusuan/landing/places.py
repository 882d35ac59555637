"""Where disclosures lie: raw/, what was fetched, and the folders that raw/sources.yml declares. What lies there is only listed.

Fetching belongs to acquisition/, the rules for single files to folder.py.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from yusuan.landing.folder import ACQUIRED, SOURCES, Fingerprint, Stamp, fingerprint, walk
from yusuan.settings import Settings, YusuanError


@dataclass(frozen=True)
class Present:
    """Every disclosure's path and stamp, by relative path and in its order. `absent` are beginnings of relative paths whose
    folder cannot be looked into now, a share that is not connected for example."""

    files: Mapping[str, tuple[Path, Stamp]]
    absent: tuple[str, ...] = ()

    def fingerprints(self, known: Mapping[str, Fingerprint]) -> tuple[dict[str, Fingerprint], list[str]]:
        """By relative path; and the files that are still being written, or cannot be read."""
        taken: dict[str, Fingerprint] = {}
        moving: list[str] = []
        for relative, (path, _) in self.files.items():
            found = fingerprint(path, known.get(relative))
            if found is not None:
                taken[relative] = found
            elif path.exists():
                moving.append(relative)
        return taken, moving


def look(settings: Settings) -> Present:
    raw = settings.raw
    if not raw.is_dir():
        raise YusuanError(f"there is no directory {raw}: put the disclosures there or name another one with --raw")
    found = _below(raw, "")
    declared = (raw / SOURCES).exists()
    if not found and not declared:
        # Perhaps a disk that is not mounted: every document would be withdrawn.
        raise YusuanError(f"there is no disclosure in {raw}: put at least one there (an empty directory withdraws nothing)")
    absent: list[str] = []
    places = [(ACQUIRED, settings.acquired), *(_folders(raw) if declared else ())]
    for prefix, folder in places:
        there = _below(folder, prefix)
        if not there and folder != settings.acquired:
            absent.append(prefix)
        if twice := sorted(found.keys() & there.keys()):
            raise YusuanError(f"{raw / twice[0]} has the name of a file from a source: rename {raw / ACQUIRED}")
        found |= there
    if not found:
        raise YusuanError(f"there is no disclosure in {raw}, and none came from {raw / SOURCES}: the log says why nothing was fetched")
    return Present(dict(sorted(found.items())), tuple(absent))


def _below(folder: Path, prefix: str) -> dict[str, tuple[Path, Stamp]]:
    return {f"{prefix}{name}": (path, stamp) for name, path, stamp in walk(folder)}


def _folders(raw: Path) -> Iterable[tuple[str, Path]]:
    # YAML and its validation are imported only where there is something to validate.
    from yusuan.landing.acquisition.sources import read_sources

    return [(f"{ACQUIRED}{source.name}/", source.folder) for source in read_sources(raw) if source.folder is not None]
