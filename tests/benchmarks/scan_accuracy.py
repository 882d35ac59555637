"""Scan reader against true grids: cells, numbers, merges, how many wrong numbers are marked unsure, seconds per page, peak memory.

    python tests/benchmarks/scan_accuracy.py [--shared DIR] [--made N]

Read are the scans with a `.truth.json` beside them and N pages that tests/scan_factory.py makes (photographs, small type, stamps, grey
and black-and-white copies). A number counts when its cell has exactly its text; one that is not found at all counts as wrong and unmarked.
"""

import argparse
import json
import re
import resource
import sys
import time
import unicodedata
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import polars as pl

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from scan_factory import Look, encoded, page, table
from yusuan.reading import sniffing
from yusuan.reading.scan import UNSURE, read_scan

NUMBER = re.compile(r"-?[\d,]+(\.\d+)?")

Truth = dict[tuple[int, int], tuple[int, int, str]]

LOOKS = (
    Look(stamp=(0.4, 0.4), tilt=0.7),
    Look(stamp=(0.45, 0.4), tilt=-0.7, mode="grey"),
    Look(stamp=(0.45, 0.4), tilt=1.4, mode="black_and_white"),
    Look(keystone=0.06, shading=0.35, tilt=1.0),
    Look(dpi=150, points=6.5, toner=70, quality=45, tilt=2.1),
    Look(dpi=200, points=6.5, toner=70, quality=45, tilt=-2.1, stamp=(0.5, 0.4)),
    Look(dpi=300, stamp=(0.5, 0.4), tilt=-1.0),
    Look(quarter=1, font=1),
)


def normal(text: str) -> str:
    return unicodedata.normalize("NFKC", "".join(text.split())).replace("“", '"').replace("”", '"')


def published(shared: Path) -> Iterator[tuple[str, bytes, list[Truth]]]:
    for path in sorted((shared / "formats").glob("scan_*.pdf")):
        tables = json.loads(Path(f"{path}.truth.json").read_text())
        yield path.name, path.read_bytes(), [{(c["r"] + 1, c["c"] + 1): (c["rs"], c["cs"], c["text"]) for c in t["cells"]} for t in tables]


def made(count: int) -> Iterator[tuple[str, bytes, list[Truth]]]:
    for number in range(count):
        look = LOOKS[number % len(LOOKS)]
        cells = table(number, rows=14, measures=7)
        truth = {(c.row, c.column): (c.row_span, c.column_span, c.text) for c in cells}
        yield f"made {number + 1}: {look.dpi} dpi, {look.points} pt, {look.mode}", encoded([page(cells, look)], "PDF", look), [truth]


def compare(truth: Truth, found: dict[tuple[int, int], tuple[int, int, str, float]]) -> Counter[str]:
    """One grid against the one that was read; cells that hold nothing in either count as right."""
    score: Counter[str] = Counter()
    for place in truth.keys() | found.keys():
        row_span, column_span, text = truth.get(place, (1, 1, ""))
        read = found.get(place)
        want, have = normal(text), normal(read[2]) if read else ""
        unsure = read is not None and read[3] < UNSURE
        is_number = bool(NUMBER.fullmatch(want))
        if place in truth:
            score["cells"] += 1
            score["cells right"] += want == have
            score["merges"] += row_span * column_span > 1
            score["merges right"] += row_span * column_span > 1 and read is not None and read[:2] == (row_span, column_span)
            score["numbers"] += is_number
            score["numbers right"] += is_number and want == have
            score["right marked"] += is_number and want == have and unsure
        if want != have and (is_number or NUMBER.fullmatch(have)):
            score["wrong"] += 1
            score["wrong marked"] += unsure
    return score


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path(__file__).resolve().parents[3] / "shared")
    parser.add_argument("--made", type=int, default=len(LOOKS))
    arguments = parser.parse_args()
    rows = []
    for name, data, truths in (*published(arguments.shared), *made(arguments.made)):
        started, processor = time.perf_counter(), time.process_time()
        cells, _ = read_scan(name, data, sniffing.PDF)
        seconds, processor = time.perf_counter() - started, time.process_time() - processor
        score: Counter[str] = Counter()
        for number, truth in enumerate(truths, start=1):
            grid = cells.filter(pl.col("page") == number).filter(pl.col("grid") == pl.col("grid").min())
            columns = grid.select("row", "column", "row_span", "column_span", "text", "confidence")
            score += compare(truth, {row[:2]: row[2:] for row in columns.iter_rows()})
        rows.append(
            {
                "file": name,
                "cells": f"{score['cells right']}/{score['cells']}",
                "numbers": f"{score['numbers right']}/{score['numbers']}",
                "merges": f"{score['merges right']}/{score['merges']}",
                "wrong numbers marked": f"{score['wrong marked']}/{score['wrong']}",
                "right numbers marked": f"{score['right marked']}/{score['numbers right']}",
                "s/page": round(seconds / len(truths), 1),
                "processor s/page": round(processor / len(truths), 1),
            }
        )
    with pl.Config(
        tbl_rows=-1, tbl_cols=-1, tbl_width_chars=200, tbl_hide_dataframe_shape=True, tbl_hide_column_data_types=True, fmt_str_lengths=60
    ):
        print(pl.DataFrame(rows))
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
