"""Rows that lose an empty cell or gain one, as a conversion of a table to text does to them, and whether the parse is none the worse."""

import random
from dataclasses import dataclass

import polars as pl

from founding import parse_texts

# What an amount is and means; where in its line it is printed is what a slip changes.
FACTS = [
    "line", "statement", "side", "agency_name", "classification_code", "economic_code", "government_economic_code", "project_name",
    "line_item", "row_kind", "measure", "fund_source", "period", "amount_yuan",
]  # fmt: skip


@dataclass(frozen=True)
class Slip:
    line: int
    field: int
    lost: bool
    text: str


@dataclass(frozen=True)
class Outcome:
    """`same`: all amounts of the document are as before. `told`: a contradiction or a notice names the line."""

    slip: Slip
    same: bool
    told: bool


def slips_of(text: str, lines: list[int], count: int | None, draw: random.Random) -> list[Slip]:
    """`count` slips (all, for None) on these lines, each left of the last filled field, where it moves something."""
    printed = text.split("\n")
    found = []
    for number in lines:
        fields = printed[number - 1].split("\t")
        last = max(k for k, field in enumerate(fields) if field.strip())
        lost = [(k, True, [*fields[:k], *fields[k + 1 :]]) for k in range(last) if not fields[k].strip()]
        gained = [(k, False, [*fields[:k], "", *fields[k:]]) for k in range(last + 1)]
        for field, is_lost, changed in lost + gained:
            row = "\t".join(changed)
            found.append((number, field, is_lost, row))
    drawn = found if count is None else draw.sample(found, min(count, len(found)))
    return [Slip(n, field, lost, "\n".join([*printed[: n - 1], row, *printed[n:]])) for n, field, lost, row in drawn]


def judge_slips(text: str, count: int | None, seed: int, batch: int = 40) -> list[Outcome]:
    original = parse_texts({"d": text})
    forms = original.tables.filter(pl.col("statement").str.ends_with("_performance"))["table_number"].implode()
    lines = original.amounts.filter(~pl.col("table_number").is_in(forms))["line"].unique().sort().to_list()
    slips = slips_of(text, lines, count, random.Random(seed))
    facts = original.amounts.select(FACTS).sort(FACTS)
    outcomes = []
    for start in range(0, len(slips), batch):
        part = {f"{k:06d}": slip for k, slip in enumerate(slips[start : start + batch])}
        parsed = parse_texts({name: slip.text for name, slip in part.items()})
        failed = parsed.identities.filter(pl.col("verdict") == "contradicted").select("identity_id")
        told = set(parsed.identity_terms.join(failed, on="identity_id").select("document_id", "line").iter_rows())
        named = parsed.notices.select("document_id", line=pl.coalesce("message", pl.lit("")).str.extract_all(r"行[\d、]+"), at="line")
        for document, places, at in named.iter_rows():
            told.add((document, at))
            told.update((document, int(n)) for place in places for n in place.strip("行").split("、") if n)
        for name, slip in part.items():
            amounts = parsed.amounts.filter(pl.col("document_id") == name).select(FACTS).sort(FACTS)
            outcomes.append(Outcome(slip, amounts.equals(facts, null_equal=True), (name, slip.line) in told))
    return outcomes
