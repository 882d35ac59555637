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

    `caught`: a contradiction names the line. `seen`: none of the identities of the amount that held to the cent still does so.
    """

    mutant: Mutant
    proved: bool
    change: Decimal
    tolerance: Decimal | None
    caught: bool
    seen: bool


def mutants_of(text: str, amounts: pl.DataFrame, count: int | None, draw: random.Random) -> list[Mutant]:
    """`count` changes (all amounts, one each, for None) of amounts that stand once on their line."""
    lines = text.split("\n")
    rows = amounts.select("amount_id", "line", "amount_printed").sort("amount_id").rows()
    alone = [row for row in rows if len(re.findall(_whole(row[2]), lines[row[1] - 1])) == 1]
    found = []
    for amount_id, number, printed in alone if count is None else draw.sample(alone, min(count, len(alone))):
        position = draw.choice([k for k, character in enumerate(printed) if character.isdigit()])
        digit = draw.choice([d for d in "0123456789" if d != printed[position]])
        changed = printed[:position] + digit + printed[position + 1 :]
        line = re.sub(_whole(printed), changed, lines[number - 1])
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
    exact = dict(terms.filter(pl.col("residual_yuan") == 0).group_by("amount_id").agg("identity").iter_rows())
    rows = {row["amount_id"]: row for row in amounts.iter_rows(named=True)}
    judged = []
    for start in range(0, len(mutants), batch):
        part = {f"{k:06d}": mutant for k, mutant in enumerate(mutants[start : start + batch])}
        parsed = parse_texts({name: mutant.text for name, mutant in part.items()})
        failed = parsed.identities.filter(pl.col("verdict") == "contradicted").select("identity_id")
        caught = set(parsed.identity_terms.join(failed, on="identity_id").select("document_id", "line").iter_rows())
        exactly = parsed.identities.filter(pl.col("residual_yuan") == 0).with_columns(IDENTITY)
        held = set(exactly.select("document_id", "identity").iter_rows())
        for name, mutant in part.items():
            row = rows[mutant.amount_id]
            value = Decimal(mutant.changed.replace(",", "")) * YUAN[row["unit_printed"]]
            judged.append(
                Judged(
                    mutant,
                    row["proof"] == "proved",
                    abs(value - row["amount_yuan"]),
                    smallest.get(mutant.amount_id),
                    (name, mutant.line) in caught,
                    all((name, identity) not in held for identity in exact.get(mutant.amount_id, [])),
                )
            )
    return original, judged
