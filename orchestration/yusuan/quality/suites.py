"""The suites of expectations/ as values. A suite is a YAML file; what it says about a check is all that there is to know about it.

A suite whose `checks` is the word catalogue asserts once on every check of the catalogue. `{id}` in a suite's common query stands for
the id of the check; `{batch}` is left to Great Expectations, which puts the check's table there.
"""

from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

from yusuan.quality.catalogue import load_catalogue


@dataclass(frozen=True)
class Check:
    """`unexpected` selects the offending rows (key, detail and, where figures are compared, what they are); `population`
    counts what the check looked at. `severity` is how much a failure matters to a reader, `blocking` whether it keeps a build from
    being published."""

    id: str
    family: str
    suite: str
    blocking: bool
    severity: str
    version: int
    zh: str
    en: str
    table: str
    population: str
    unexpected: str


@cache
def load_checks(directory: Path) -> tuple[Check, ...]:
    """Every check of every suite, in the order of the files; all mistakes in them are told at once.

    What a suite says outside of `checks` holds for each of them that does not say otherwise.
    """
    import yaml

    checks: list[Check] = []
    mistakes: list[str] = []
    for path in sorted(directory.glob("*.yml")):
        suite = yaml.safe_load(path.read_text(encoding="utf-8"))
        for entry in _entries(suite["checks"], directory):
            merged = {"family": entry.get("id"), **{name: value for name, value in suite.items() if name != "checks"}, **entry}
            missing = [field.name for field in fields(Check) if merged.get(field.name) is None]
            if missing:
                mistakes.append(f"{path.name}: {entry.get('id', 'a check without id')} has no {', '.join(missing)}")
            else:
                checks.append(_check(merged))
    ids = [check.id for check in checks]
    mistakes += [f"{id_} stands {ids.count(id_)} times" for id_ in sorted(set(ids)) if ids.count(id_) > 1]
    if mistakes or not checks:
        raise ValueError(f"suites in {directory} cannot be used: " + ("; ".join(mistakes) or "there is none"))
    return tuple(checks)


def _entries(checks: list[dict[str, Any]] | str, directory: Path) -> list[dict[str, Any]]:
    if isinstance(checks, list):
        return checks
    fields_of_catalogue = ("id", "family", "severity", "version", "zh", "en")
    return [{name: getattr(definition, name) for name in fields_of_catalogue} for definition in load_catalogue(directory)]


def _check(entry: dict[str, Any]) -> Check:
    values = {field.name: entry[field.name] for field in fields(Check)}
    for query in ("population", "unexpected"):
        values[query] = values[query].replace("{id}", values["id"])
    return Check(**values)
