"""Claims in prose against the hand-made lists (`gold/*.narrative.csv`): recall and precision on (value, unit, sign, line).

    python tests/benchmarks/narrative_accuracy.py [--shared DIR] [--only 000,002,004] [--show]

The names of claims in the lists are suggestions and are not compared. Percentages and counts have no other sign than that of a
decrease. A claim that is stated twice on a line must be found twice.
"""

import argparse
import csv
import unicodedata
from collections import Counter
from decimal import Decimal
from pathlib import Path

import polars as pl

from yusuan.parsing.narrative import claims_of
from yusuan.parsing.privacy import mask
from yusuan.parsing.text import prepared
from yusuan.reading.text import read_texts

ROOT = Path(__file__).resolve().parents[2]

Fact = tuple[Decimal, str, str, int]


def expected(path: Path) -> Counter[Fact]:
    with path.open(encoding="utf-8") as file:
        return Counter(_fact(Decimal(row["amount"]), row["unit"], int(row["line"])) for row in csv.DictReader(file))


def found(raw: Path) -> Counter[Fact]:
    documents = pl.DataFrame({"document_id": [raw.stem], "text": [raw.read_text(encoding="utf-8")]})
    cells, lines = read_texts(documents)
    # The parser knows a document by a number.
    cells, lines = (frame.with_columns(document_id=pl.lit(0, pl.UInt32)) for frame in (cells, lines))
    _, lines, _ = mask(prepared(cells), lines)
    return Counter(_fact(value, unit, line) for value, unit, line in claims_of(lines).select("value", "unit", "line").iter_rows())


def _fact(value: Decimal, unit: str, line: int) -> Fact:
    # 台（套） and 台套 are one unit.
    name = unicodedata.normalize("NFKC", unit).replace("(", "").replace(")", "")
    return abs(value).normalize(), name, "-" if value < 0 else "", line


def score(gold: Path, raw: Path) -> tuple[int, int, int, Counter[Fact], Counter[Fact]]:
    """Expected, found, and in both; then what is missing and what is too much."""
    wanted, got = expected(gold), found(raw)
    return wanted.total(), got.total(), (wanted & got).total(), wanted - got, got - wanted


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared")
    parser.add_argument("--only", default="")
    parser.add_argument("--show", action="store_true", help="list what is missing and what is too much")
    options = parser.parse_args()
    chosen = {name for name in options.only.split(",") if name}
    print("document | expected | found | recall | precision")
    for gold in sorted((options.shared / "gold").glob("*.narrative.csv")):
        name = gold.name.split(".")[0]
        raw = next((ROOT / "raw").glob(f"{name}_*.txt"), None)
        if raw is None or (chosen and name not in chosen):
            continue
        wanted, got, both, missing, surplus = score(gold, raw)
        print(f"{name} | {wanted} | {got} | {both / wanted:.4f} | {both / got:.4f}")
        for label, facts in (("missing", missing), ("surplus", surplus)) if options.show else ():
            for value, unit, sign, line in sorted(facts.elements(), key=lambda fact: fact[3]):
                print(f"    {label}: line {line}: {sign}{value:f} {unit}")


if __name__ == "__main__":
    main()
