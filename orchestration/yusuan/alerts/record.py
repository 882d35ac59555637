"""What each channel has been told, in HOME/alerts/delivered.json: replaced as a whole, so that a kill leaves the old or the new one."""

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path

OPEN, CLOSED = "open", "closed"


@dataclass
class Told:
    """Of one channel: findings by fingerprint (open or closed), quarantined documents, the last failure, stale sources by the
    time of their last success."""

    findings: dict[str, str] = field(default_factory=dict)
    quarantined: list[str] = field(default_factory=list)
    failure: str | None = None
    sources: dict[str, str] = field(default_factory=dict)


def load(path: Path) -> dict[str, Told]:
    """By channel; nothing where there is no record, or none that this version understands: then everything is news again."""
    try:
        return {name: Told(**told) for name, told in json.loads(path.read_text(encoding="utf-8")).items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def save(path: Path, record: dict[str, Told]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(f".{os.getpid()}.tmp")
    temporary.write_text(json.dumps({name: asdict(told) for name, told in record.items()}, ensure_ascii=False), encoding="utf-8")
    temporary.replace(path)
