"""PDF reader against true grids and against pdfplumber's table finder, in one run: cells, numbers, merged cells, pages per second.

    python tests/benchmarks/pdf_accuracy.py [--shared DIR] [--rounds N]

Accuracy is measured on the documents with a `.truth.json` beside them, speed on those and on the published PDFs. Both readers join grids
over page breaks, because the true grids do.
"""

import argparse
import json
import multiprocessing
import re
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pdfplumber
import polars as pl

from yusuan.reading.continuation import stitch
from yusuan.reading.pdf import read, read_pdf

NUMBER = re.compile(r"-?[\d,]+(\.\d+)?")
SNAP = 2.5

Cells = dict[tuple[int, int], tuple[int, int, str]]


def own_grids(path: Path) -> list[Cells]:
    """Our grids: (row, column) from 0 -> (row span, column span, text)."""
    cells, _ = stitch(*read_pdf("document", path.read_bytes()))
    return [
        {
            (r - 1, c - 1): (rs, cs, text)
            for r, c, rs, cs, text in part.select("row", "column", "row_span", "column_span", "text").iter_rows()
        }
        for part in cells.partition_by("grid", maintain_order=True)
    ]


def pdfplumber_grids(path: Path) -> list[Cells]:
    """pdfplumber's grids with spans from its cell boxes, joined over pages in the simplest way that its users write."""
    found: list[tuple[int, int, Cells]] = []
    with pdfplumber.open(path) as document:
        for number, page in enumerate(document.pages):
            for table in page.find_tables():
                xs = _snapped([box[0] for box in table.cells] + [box[2] for box in table.cells])
                ys = _snapped([box[1] for box in table.cells] + [box[3] for box in table.cells])
                grid: Cells = {}
                for row, texts in zip(table.rows, table.extract(), strict=True):
                    for box, text in zip(row.cells, texts, strict=True):
                        if box is not None:
                            r, c = _nearest(ys, box[1]), _nearest(xs, box[0])
                            grid[r, c] = (_nearest(ys, box[3]) - r, _nearest(xs, box[2]) - c, text or "")
                rows = len(ys) - 1
                if found and found[-1][0] == number - 1 and _width(found[-1][2]) == _width(grid):
                    _, above, whole = found.pop()
                    same = 0
                    while same < rows and _row(whole, same) == _row(grid, same):
                        same += 1
                    whole |= {(r - same + above, c): cell for (r, c), cell in grid.items() if r >= same}
                    found.append((number, above + rows - same, whole))
                else:
                    found.append((number, rows, grid))
            page.close()
    return [grid for _, _, grid in found]


def _snapped(values: list[float]) -> list[float]:
    groups: list[list[float]] = []
    for value in sorted(values):
        if groups and value - groups[-1][-1] <= SNAP:
            groups[-1].append(value)
        else:
            groups.append([value])
    return [sum(group) / len(group) for group in groups]


def _nearest(edges: list[float], value: float) -> int:
    return min(range(len(edges)), key=lambda place: abs(edges[place] - value))


def _width(grid: Cells) -> int:
    return max(c + cs for (_, c), (_, cs, _) in grid.items())


def _row(grid: Cells, row: int) -> list[tuple[int, str]]:
    return sorted((c, bare(text)) for (r, c), (_, _, text) in grid.items() if r == row)


def bare(text: str) -> str:
    return re.sub(r"\s", "", text)


def score(true_tables: list[dict], grids: list[Cells]) -> dict[str, tuple[int, int]]:
    """Right and all: cells (text at its place, empty ones too), body cells, numbers, merged cells. Tables are matched in their order by the
    number of equal texts, so that a table found in excess or missed does not shift the others."""
    totals = dict.fromkeys(("cells", "body", "numbers", "merged"), (0, 0))
    free = list(range(len(grids)))
    for table in true_tables:
        texts = {bare(cell["text"]) for cell in table["cells"]}
        best = max(free, key=lambda place: len(texts & {bare(text) for _, _, text in grids[place].values()}), default=None)
        grid: Cells = {}
        if best is not None:
            grid = grids[best]
            free.remove(best)
        for cell in table["cells"]:
            found = grid.get((cell["r"], cell["c"]), (1, 1, ""))
            right = bare(found[2]) == bare(cell["text"])
            kinds = {"cells": right}
            if not cell["hdr"]:
                kinds["body"] = right
            if NUMBER.fullmatch(bare(cell["text"])):
                kinds["numbers"] = right
            if cell["rs"] * cell["cs"] > 1:
                kinds["merged"] = right and found[:2] == (cell["rs"], cell["cs"])
            for kind, good in kinds.items():
                totals[kind] = (totals[kind][0] + good, totals[kind][1] + 1)
    return totals


def timed(read_one: Callable[[Path], object], paths: list[Path], rounds: int) -> float:
    """Seconds of the fastest round; nothing else on the machine makes a round faster than it is."""
    return min(_round(read_one, paths) for _ in range(rounds))


def _round(read_one: Callable[[Path], object], paths: list[Path]) -> float:
    started = time.perf_counter()
    for path in paths:
        read_one(path)
    return time.perf_counter() - started


def read_one(path: Path) -> int:
    return read_pdf("document", path.read_bytes())[0].height


def find_tables(path: Path) -> int:
    with pdfplumber.open(path) as document:
        found = 0
        for page in document.pages:
            found += sum(len(table.extract()) for table in page.find_tables())
            page.close()
    return found


def in_two_processes(work: Callable[[Path], int], paths: list[Path], rounds: int) -> float:
    with ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as pool:  # Polars has threads, which a fork loses
        list(pool.map(work, paths[:2]))  # imports are not the readers' speed
        seconds = []
        for _ in range(rounds):
            started = time.perf_counter()
            list(pool.map(work, paths))
            seconds.append(time.perf_counter() - started)
    return min(seconds)


def documents(shared: Path) -> list[Path]:
    """PDFs with a true grid and a text layer."""
    found = sorted((shared / "formats").glob("*.pdf")) + sorted((shared / "formats" / "pitfalls").glob("*.pdf"))
    return [path for path in found if Path(f"{path}.truth.json").exists() and not path.name.startswith("scan_")]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path(__file__).resolve().parents[3] / "shared")
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    rows = []
    for path in documents(arguments.shared):
        truth = json.loads(Path(f"{path}.truth.json").read_text())
        for reader, grids in (("yusuan", own_grids(path)), ("pdfplumber", pdfplumber_grids(path))):
            rows.append({"file": path.name, "reader": reader, **{kind: f"{a}/{b}" for kind, (a, b) in score(truth, grids).items()}})
    paths = documents(arguments.shared) + sorted((arguments.shared / "pdf").glob("*.pdf"))
    reading = read([(path.name, path.read_bytes()) for path in paths])
    pages = reading.pages.height
    speeds = []
    for reader, work in (("yusuan", read_one), ("pdfplumber", find_tables)):
        one, two = timed(work, paths, arguments.rounds), in_two_processes(work, paths, arguments.rounds)
        speeds.append({"reader": reader, "pages": pages, "pages/s, 1 process": round(pages / one, 1), "2 processes": round(pages / two, 1)})
    with pl.Config(tbl_rows=-1, tbl_hide_dataframe_shape=True, tbl_hide_column_data_types=True, fmt_str_lengths=60):
        print(pl.DataFrame(rows))
        print(pl.DataFrame(speeds))


if __name__ == "__main__":
    main()
