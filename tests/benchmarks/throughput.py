"""How fast documents go through landing, reading, parsing and loading, and through the whole build, and what memory that takes.

Not part of `make test`. Makes N copies of the founding disclosures with other names and other amounts (all amounts of a copy times
the same whole number, so that every sum still holds) and measures each part in a process of its own.

    python tests/benchmarks/throughput.py [N ...]        default 10 100 1000
"""

import csv
import json
import re
import subprocess
import sys
import tempfile
import time
from decimal import Decimal
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
AMOUNT = re.compile(r"\d[\d,]*\.\d{2}(?!\d)")
COLUMNS = ("documents", "MB", "part", "seconds", "documents/s", "MB/s", "peak MB", "cores used")


def corpus(raw: Path, count: int) -> int:
    """Writes `count` documents to `raw`; their bytes."""
    with (ROOT / "raw" / "manifest.csv").open(encoding="utf-8") as file:
        publishers = {row["file"]: row["publisher"] for row in csv.DictReader(file)}
    originals = [(path.stem, path.read_text(encoding="utf-8"), publishers[path.name]) for path in sorted((ROOT / "raw").glob("*.txt"))]
    size = 0
    for number in range(count):
        stem, text, publisher = originals[number % len(originals)]
        place = publisher[:3]
        factor = number // len(originals) + 1
        copy = AMOUNT.sub(partial(times, factor), text)
        path = raw / f"{stem}_{number:05}.txt"
        path.write_text(copy.replace(place, f"{place}{number:05}"), encoding="utf-8")
        size += path.stat().st_size
    return size


def times(factor: int, found: re.Match[str]) -> str:
    amount = Decimal(found[0].replace(",", "")) * factor
    return f"{amount:,.2f}" if "," in found[0] else f"{amount:.2f}"


def intake(raw: str, home: str) -> None:
    """Landing, reading, parsing and loading, without models and checks."""
    from yusuan.intake import take_in
    from yusuan.landing import land
    from yusuan.progress import Progress
    from yusuan.settings import Settings
    from yusuan.warehouse import load

    settings = Settings.load(raw, home)
    progress = Progress()
    with load.working(settings) as connection:
        with progress.timed("land"):
            load.write_register(connection, land(settings, {}, {}).register)
        taken = take_in(settings, connection, load.due(connection, "", "", full=True), progress, "benchmark")
    assert not taken.quarantined, taken.quarantined
    print(json.dumps({"seconds": progress.seconds, "amounts": taken.rows["amounts"]}))


def measured(command: list[str]) -> tuple[float, float, float, str]:
    """Seconds, peak memory in MB, cores used, and what it printed; of the command and its children."""
    code = "import resource, subprocess, sys; code = subprocess.call(sys.argv[1:]); used = resource.getrusage(resource.RUSAGE_CHILDREN)\n"
    code += "print(used.ru_maxrss, used.ru_utime + used.ru_stime, file=sys.stderr); sys.exit(code)"
    started = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", code, *command], capture_output=True, text=True, check=False, cwd=ROOT)
    seconds = time.perf_counter() - started
    if done.returncode:
        raise SystemExit(done.stderr)
    peak, processor = done.stderr.split()[-2:]
    return seconds, int(peak) / 1024, float(processor) / seconds, done.stdout


def main(counts: list[int]) -> None:
    print(" | ".join(COLUMNS))
    for count in counts:
        with tempfile.TemporaryDirectory() as directory:
            raw = Path(directory, "raw")
            raw.mkdir()
            megabytes = corpus(raw, count) / 1e6
            parts = {
                "land, read, parse, load": [sys.executable, __file__, "--intake", str(raw), f"{directory}/intake"],
                "whole build": [sys.executable, "-m", "yusuan.cli", "build", "--raw", str(raw), "--home", f"{directory}/home", "--json"],
            }
            for part, command in parts.items():
                seconds, peak, cores, printed = measured(command)
                figures = (f"{seconds:.1f}", f"{count / seconds:.1f}", f"{megabytes / seconds:.2f}", f"{peak:.0f}", f"{cores:.2f}")
                print(" | ".join((str(count), f"{megabytes:.1f}", part, *figures)), flush=True)
                print(f"    {json.loads(printed)['seconds']}", flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--intake"]:
        intake(*sys.argv[2:])
    else:
        main([int(each) for each in sys.argv[1:]] or [10, 100, 1000])
