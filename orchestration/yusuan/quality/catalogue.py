"""The public catalogue of checks (expectations/catalogue/*.yml) as values, and what is generated from it.

The dbt seed check_catalogue.csv and expectations/CATALOGUE.md are written by `python -m yusuan.quality.catalogue` and tested to be in
step; nobody edits them by hand. What a check computes belongs to parsing and dbt.
"""

import csv
import io
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

SEVERITIES = ("error", "warning", "info")
KINDS = ("identity", "notice")


@dataclass(frozen=True)
class Definition:
    """One check. `kind` tells what its instances are: an identity (figures that must agree) or a notice (a place in the text).

    `verdict` is that of a notice; an identity's follows from its residual. `absent` says why a document has nothing to look at.
    """

    id: str
    family: str
    version: int
    kind: str
    severity: str
    verdict: str | None
    zh: str
    en: str
    name_zh: str
    name_en: str
    expected_zh: str | None
    expected_en: str | None
    actual_zh: str | None
    actual_en: str | None
    tolerance: str
    exclusions: tuple[str, ...]
    absent_zh: str
    absent_en: str
    related: tuple[str, ...]


# What people write in two languages, and what every check has.
BILINGUAL = ("name", "expected", "actual", "absent")
NEEDED = ("id", "family", "version", "kind", "severity", "zh", "en", "name", "tolerance", "absent")


@cache
def load_catalogue(directory: Path) -> tuple[Definition, ...]:
    """Every check in the order of the files; all mistakes in them are told at once. `directory` is expectations/.

    What a file or a family says holds for each of its checks that does not say otherwise.
    """
    import yaml

    entries: list[dict[str, Any]] = []
    for path in sorted((directory / "catalogue").glob("*.yml")):
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        for family in content.pop("families"):
            checks = family.pop("checks")
            entries += [{**content, **family, **check} for check in checks]
    mistakes = _mistakes(entries)
    if mistakes or not entries:
        raise ValueError(f"the catalogue in {directory / 'catalogue'} cannot be used: " + ("; ".join(mistakes) or "it is empty"))
    return tuple(_definition(entry) for entry in entries)


def _mistakes(entries: list[dict[str, Any]]) -> list[str]:
    ids = [entry.get("id") for entry in entries]
    found = [f"{id_} stands {ids.count(id_)} times" for id_ in dict.fromkeys(ids) if ids.count(id_) > 1]
    for entry in entries:
        name = entry.get("id", "a check without id")
        absent = [field for field in NEEDED if not entry.get(field)]
        if absent:
            found.append(f"{name} has no {', '.join(absent)}")
            continue
        if not name.startswith(f"{entry['family']}."):
            found.append(f"{name} does not begin with its family {entry['family']}")
        if entry["severity"] not in SEVERITIES or entry["kind"] not in KINDS:
            found.append(f"{name} has an unknown severity or kind")
        if (entry["kind"] == "notice") != bool(entry.get("verdict")):
            found.append(f"{name}: a notice has a verdict, an identity has none")
        found += [f"{name} is related to {other}, which is no check" for other in entry.get("related", ()) if other not in ids]
    return found


def _definition(entry: dict[str, Any]) -> Definition:
    words = {f"{name}_{language}": entry.get(name, {}).get(language) for name in BILINGUAL for language in ("zh", "en")}
    return Definition(
        id=entry["id"],
        family=entry["family"],
        version=entry["version"],
        kind=entry["kind"],
        severity=entry["severity"],
        verdict=entry.get("verdict"),
        zh=entry["zh"],
        en=entry["en"],
        tolerance=entry["tolerance"],
        exclusions=tuple(entry.get("exclusions", ())),
        related=tuple(other for other in entry.get("related", ()) if other != entry["id"]),
        **words,
    )


SEED_COLUMNS = (
    "check_id", "family", "version", "kind", "severity", "verdict", "sentence", "sentence_en", "name", "name_en", "expected_label",
    "expected_label_en", "actual_label", "actual_label_en", "absent", "absent_en", "related",
)  # fmt: skip


def seed(checks: tuple[Definition, ...]) -> str:
    """The catalogue as dbt reads it."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(SEED_COLUMNS)
    for check in checks:
        writer.writerow(
            [
                check.id, check.family, check.version, check.kind, check.severity, check.verdict, check.zh, check.en, check.name_zh,
                check.name_en, check.expected_zh, check.expected_en, check.actual_zh, check.actual_en, check.absent_zh, check.absent_en,
                " ".join(check.related),
            ]
        )  # fmt: skip
    return text.getvalue()


OPENING = """\
# Checks

Generated from `catalogue/*.yml` by `python -m yusuan.quality.catalogue`; edit those files.

Every check on every document has an outcome (`quality.outcomes`): it holds, it found something, or it does not apply and says why.
Verdicts: `holds`; `rounding` (explained by the printed precision); `source_error` (contradicted although the parse is proved elsewhere);
`damaged_text` (the neighbourhood shows lost or shifted cells); `missing`. The severity below is that of a `source_error`; what damaged
text explains is a warning at most, and rounding is information.
"""


def documentation(checks: tuple[Definition, ...]) -> str:
    """The catalogue as people read it (Markdown)."""
    parts = [OPENING]
    for family in dict.fromkeys(check.family for check in checks):
        parts.append(f"## {family}\n")
        parts += [_section(check) for check in checks if check.family == family]
    return "\n".join(parts)


def _section(check: Definition) -> str:
    lines = [
        f"### {check.id}",
        "",
        f"{check.zh} {check.en}",
        "",
        f"- Severity: {check.severity}{'' if check.verdict is None else f' (verdict {check.verdict})'}; version {check.version}.",
        f"- Tolerance: {check.tolerance}",
        f"- Does not apply: {check.absent_zh} {check.absent_en}",
    ]
    if check.related:
        lines.append(f"- Related: {', '.join(f'`{other}`' for other in check.related)}.")
    if check.exclusions:
        lines += ["", "Exclusions:", "", *(f"{number}. {text}" for number, text in enumerate(check.exclusions, 1))]
    return "\n".join([*lines, ""])


def generated(expectations: Path, dbt_project: Path) -> dict[Path, str]:
    """The files that are made from the catalogue, with what they should hold."""
    checks = load_catalogue(expectations)
    return {
        expectations / "CATALOGUE.md": documentation(checks),
        dbt_project / "seeds" / "check_catalogue.csv": seed(checks),
    }


if __name__ == "__main__":
    from yusuan.settings import project_files

    for path, text in generated(project_files("expectations"), project_files("dbt_project")).items():
        path.write_text(text, encoding="utf-8")
        print(path)
