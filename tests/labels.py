"""Whether amounts came back with the labels that a template gave them; the rules are those of the gold scorer."""

import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import polars as pl

from templates import Amount
from yusuan.parsing import Parsed

ORDINAL = re.compile(r"^(其中[:：]|[（(][一二三四五六七八九十\d]+[）)]|[一二三四五六七八九十\d]+[、.．]|[①-⑳])+")
SAME = {
    "side": "side",
    "kind": "row_kind",
    "fund": "fund_source",
    "classification": "classification_code",
    "economic": "economic_code",
    "project": "project_name",
}


@dataclass(frozen=True)
class Score:
    """How many amounts were wanted, read, found, and found with every label; and what was wrong with the others."""

    wanted: int
    read: int
    found: int
    labelled: int
    wrong: tuple[str, ...]

    @property
    def perfect(self) -> bool:
        return self.wanted == self.read == self.labelled


def plain(text: str | None) -> str:
    """A label by its wording alone."""
    text = unicodedata.normalize("NFKC", ORDINAL.sub("", re.sub(r"\s+", "", text or "")))
    return re.sub(r"[“”\"'、，。,.:：;；()（）\-—_*]", "", text)


def score(parsed: Parsed, document: str, wanted: list[Amount]) -> Score:
    read: dict[tuple[str, Decimal], list[dict[str, Any]]] = defaultdict(list)
    rows = parsed.amounts.filter(pl.col("document_id") == document).to_dicts()
    for row in rows:
        read[row["statement"], row["amount_yuan"]].append(row)
    rest = []
    for amount in wanted:
        candidates = read[amount.labels["statement"], Decimal(amount.hundredths) * 100]
        right = next((row for row in candidates if not _difference(amount.labels, row)), None)
        if right:
            candidates.remove(right)
        else:
            rest.append(amount)
    found, wrong = len(wanted) - len(rest), []
    for amount in rest:
        candidates = read[amount.labels["statement"], Decimal(amount.hundredths) * 100]
        if candidates:
            found += 1
            wrong.append(f"{_difference(amount.labels, candidates.pop(0))}: {amount}")
        else:
            wrong.append(f"missing: {amount}")
    return Score(len(wanted), len(rows), found, len(wanted) - len(rest), tuple(wrong))


def _difference(labels: dict[str, str], row: dict[str, Any]) -> str | None:
    """The first label that differs, or None."""
    coded = {"classification", "economic", "agency", "government"} & labels.keys()
    differences = {
        **{name: row[column] for name, column in SAME.items() if name in labels and labels[name] != row[column]},
        **({"period": row["period"]} if labels.get("period", "this_year") != row["period"] else {}),
    }
    if labels["kind"] == "total" and (row["classification_code"] or row["economic_code"]):
        differences["codes of a total"] = row["classification_code"] or row["economic_code"]
    if "agency" in labels and plain(labels["agency"]) != plain(row["agency_name"]) and labels.get("agency_code") != row["agency_code"]:
        differences["agency"] = row["agency_name"]
    if not coded and "item" in labels and plain(labels["item"]) != plain(row["line_item"]):
        differences["item"] = row["line_item"]
    alike = {labels.get("measure"), row["measure"]} <= {"amount", "total"}
    if "measure" in labels and labels["measure"] != row["measure"] and not alike:
        differences["measure"] = row["measure"]
    return ", ".join(f"{name} is {value}" for name, value in differences.items()) or None
