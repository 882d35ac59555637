"""One digit of one printed amount changed: what a conversion, a typist or a mis-reading does to a disclosure, and whether we notice.

A mutant is the text of a disclosure with one digit of one amount changed. It is parsed again in memory, and judged against the
original: was the amount proved, is the change larger than the smallest tolerance of its identities, does a contradiction name its line?
"""

import random
import re
from dataclasses import dataclass
from decimal import Decimal

import polars as pl

from founding import parse_texts, proofs
from yusuan.parsing import Parsed

YUAN = {"元": 1, "千元": 1_000, "万元": 10_000, "亿元": 100_000_000}

# The same identity in two texts of one layout.
IDENTITY = pl.concat_str("check_id", "subject", "places", separator="|", ignore_nulls=True).alias("identity")


@dataclass(frozen=True)
class Mutant:
    amount_id: str
    line: int
    printed: str
    changed: str
    text: str


@dataclass(frozen=True)
class Judged:
    """`change` in yuan; `tolerance` is the smallest among the identities of the amount, None where it is in none.

    `room` is the smallest sum of tolerance and residual: a sum that was off by 0.01 from the start may be off by 0.01 on the other side.
    `caught`: a contradiction names the line, or the finding that its figures stand in no column.
    `seen`: none of the identities of the amount that held to the cent still does so.
    """

    mutant: Mutant
    proved: bool
    change: Decimal
    tolerance: Decimal | None
    room: Decimal | None
    caught: bool
    seen: bool


def mutants_of(text: str, amounts: pl.DataFrame, count: int | None, draw: random.Random) -> list[Mutant]:
    """`count` changes (all amounts, one each, for None) of amounts that can be told on their line by their order among equals."""
    lines = text.split("\n")
    equals = pl.int_range(pl.len()).over("line", "amount_printed")
    ordered = amounts.sort("line", "row_number", "column_number").with_columns(nth=equals, equals=pl.len().over("line", "amount_printed"))
    rows = ordered.select("amount_id", "line", "amount_printed", "nth", "equals").sort("amount_id").rows()
    placed = []
    for amount_id, number, printed, nth, count_on_line in rows:
        places = [match.start() for match in re.finditer(_whole(printed), lines[number - 1])]
        if len(places) == count_on_line:
            placed.append((amount_id, number, printed, places[nth]))
    found = []
    for amount_id, number, printed, place in placed if count is None else draw.sample(placed, min(count, len(placed))):
        position = draw.choice([k for k, character in enumerate(printed) if character.isdigit()])
        digit = draw.choice([d for d in "0123456789" if d != printed[position]])
        changed = printed[:position] + digit + printed[position + 1 :]
        line = lines[number - 1][:place] + changed + lines[number - 1][place + len(printed) :]
        found.append(Mutant(amount_id, number, printed, changed, "\n".join([*lines[: number - 1], line, *lines[number:]])))
    return found


def _whole(printed: str) -> str:
    return rf"(?<![\d.,]){re.escape(printed)}(?![\d.,%])"


def judge(text: str, count: int | None, seed: int, only_proved: bool = False, batch: int = 40) -> tuple[Parsed, list[Judged]]:
    """The parsed original, and its mutants judged; `batch` mutants are parsed at once."""
    original = parse_texts({"d": text})
    amounts = proofs(original)
    drawn = amounts.filter(pl.col("proof") == "proved") if only_proved else amounts
    mutants = mutants_of(text, drawn, count, random.Random(seed))
    terms = original.identity_terms.select("identity_id", "amount_id").join(original.identities.with_columns(IDENTITY), on="identity_id")
    smallest = dict(terms.group_by("amount_id").agg(pl.col("tolerance_yuan").min()).iter_rows())
    widened = terms.with_columns(room=pl.col("tolerance_yuan") + pl.col("residual_yuan").abs())
    room = dict(widened.group_by("amount_id").agg(pl.col("room").min()).iter_rows())
    exact = dict(terms.filter(pl.col("residual_yuan") == 0).group_by("amount_id").agg("identity").iter_rows())
    before = dict(original.identities.filter(pl.col("residual_yuan") == 0).with_columns(IDENTITY).group_by("identity").len().iter_rows())
    rows = {row["amount_id"]: row for row in amounts.iter_rows(named=True)}
    judged = []
    for start in range(0, len(mutants), batch):
        part = {f"{k:06d}": mutant for k, mutant in enumerate(mutants[start : start + batch])}
        parsed = parse_texts({name: mutant.text for name, mutant in part.items()})
        failed = parsed.identities.filter(pl.col("verdict") == "contradicted").select("identity_id")
        caught = set(parsed.identity_terms.join(failed, on="identity_id").select("document_id", "line").iter_rows())
        # A shifted row that no shift puts right any more is in no sum; a finding of its own names it.
        shifted = parsed.notices.filter(pl.col("kind") == "shifted_row").select("document_id", "line")
        caught |= set(shifted.iter_rows())
        exactly = parsed.identities.filter(pl.col("residual_yuan") == 0).with_columns(IDENTITY)
        held = {(name, identity): count for name, identity, count in exactly.group_by("document_id", "identity").len().iter_rows()}
        for name, mutant in part.items():
            row = rows[mutant.amount_id]
            value = Decimal(mutant.changed.replace(",", "").replace("。", ".")) * YUAN[row["unit_printed"]]
            judged.append(
                Judged(
                    mutant,
                    row["proof"] == "proved",
                    abs(value - row["amount_yuan"]),
                    smallest.get(mutant.amount_id),
                    room.get(mutant.amount_id),
                    (name, mutant.line) in caught,
                    all(held.get((name, identity), 0) < before[identity] for identity in exact.get(mutant.amount_id, [])),
                )
            )
    return original, judged
