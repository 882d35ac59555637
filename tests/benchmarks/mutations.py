"""Changes one digit of every printed amount of the founding disclosures and reports what share is noticed.

    python tests/benchmarks/mutations.py [--only 000,001] [--sample N] [--seed S] [--show]

proved: share of all amounts that an identity proves. caught: share of all changes after which a contradiction names the line.
below: share of changes of proved amounts that are not larger than the smallest tolerance of their identities. missed: changes of proved
amounts which nothing names although they exceed the tolerance and what the sum was off by before; it must be none. crossed: the same
within that, where a sum that was off by a rounding on one side is now off on the other.
silent: changes of proved amounts below it that leave an identity
holding to the cent; it must be none.
"""

import argparse
import sys
from pathlib import Path

import polars as pl

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from founding import NAMES, proofs, text_of
from mutations import judge


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default=",".join(NAMES))
    parser.add_argument("--sample", type=int, default=None, help="so many amounts of each document instead of all")
    parser.add_argument("--seed", type=int, default=20231121)
    parser.add_argument("--show", action="store_true", help="list the missed and the silent ones")
    options = parser.parse_args()
    rows, failures = [], 0
    for name in options.only.split(","):
        original, judged = judge(text_of(name), options.sample, options.seed)
        proved = [m for m in judged if m.proved]
        above = [m for m in proved if m.tolerance is not None and m.change > m.tolerance]
        missed = [m for m in above if not m.caught and m.room is not None and m.change > m.room]
        crossed = [m for m in above if not m.caught and m not in missed]
        silent = [m for m in proved if m not in above and not m.seen]
        failures += len(missed) + len(silent)
        rows.append(
            {
                "document": name, "amounts": original.amounts.height, "proved": (proofs(original)["proof"] == "proved").mean(),
                "mutants": len(judged), "caught": sum(m.caught for m in judged) / len(judged),
                "below": 1 - len(above) / len(proved), "missed": len(missed), "crossed": len(crossed), "silent": len(silent),
            }
        )  # fmt: skip
        for m in (missed + silent) if options.show else ():
            print(f"{name} line {m.mutant.line}: {m.mutant.printed} -> {m.mutant.changed} (change {m.change}, tolerance {m.tolerance})")
    with pl.Config(tbl_rows=-1, tbl_cols=-1, tbl_hide_dataframe_shape=True, float_precision=4):
        print(pl.DataFrame(rows))
    return int(failures > 0)


if __name__ == "__main__":
    sys.exit(main())
