"""How fast documents go through reading and parsing, beside Polars that merely splits the same text into cells; through landing,
reading, parsing and loading; and through the whole build; and what memory that takes.

Not part of `make test`. Makes N copies of the founding disclosures with other names and other amounts (all amounts of a copy times
the same whole number, so that sums hold but those that are off by a rounding) and measures each part in a process of its own. The
copies repeat the labels of five texts, so fewer of their cells are distinct than in disclosures of as many departments: the share is
printed.

    python tests/benchmarks/throughput.py [N ...]        default 10 100 1000
"""

import csv
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from functools import partial, wraps
from pathlib import Path
from types import FunctionType, ModuleType

ROOT = Path(__file__).resolve().parents[2]
# Shares of a whole stay what they are.
AMOUNT = re.compile(r"(?<![\d.])\d[\d,]*\.(\d{1,2})(?![\d.%％])")
# Documents that warm up the processes, and whose steps are timed.
SAMPLE = 200
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
        # Where most amounts have one decimal others have none, and cannot be told from codes: that text keeps its amounts.
        most = Counter(map(len, AMOUNT.findall(text))).most_common(1)[0][0]
        factor = number // len(originals) + 1 if most == 2 else 1
        copy = AMOUNT.sub(partial(times, factor), text)
        path = raw / f"{stem}_{number:05}.txt"
        path.write_text(copy.replace(place, f"{place}{number:05}"), encoding="utf-8")
        size += path.stat().st_size
    return size


def times(factor: int, found: re.Match[str]) -> str:
    amount = Decimal(found[0].replace(",", "")) * factor
    return f"{amount:,}" if "," in found[0] else f"{amount}"


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


def parsing(raw: str) -> None:
    """Splitting, reading and parsing of the same text in one run: MB/s, seconds of all cores, and the steps of parsing."""
    import polars as pl

    from yusuan.intake import batches
    from yusuan.parsers import Parsers
    from yusuan.parsing import parse, pipeline
    from yusuan.parsing.corrections import SCHEMA
    from yusuan.reading.text import read_texts

    @dataclass
    class Text:
        document_id: str
        path: Path
        bytes: int

    def frame(texts: list[Text]) -> pl.DataFrame:
        columns = {"document_id": [text.document_id for text in texts], "text": [text.path.read_text(encoding="utf-8") for text in texts]}
        return pl.DataFrame(columns)

    def described(texts: pl.DataFrame) -> pl.DataFrame:
        return texts.select("document_id", file_name="document_id", publisher_hint=pl.lit(None, pl.Utf8))

    def read_and_parse(texts: pl.DataFrame) -> tuple[pl.DataFrame, int]:
        with clock("reading"):
            cells, lines = read_texts(texts)
        with clock("parsing"):
            return cells, parsers.parse(cells, lines, described(texts), pl.DataFrame(schema=SCHEMA)).amounts.height

    def split(texts: pl.DataFrame) -> int:
        rows = texts.select(pl.col("text").str.split("\n")).explode("text")
        return rows.select(pl.col("text").str.split("\t")).explode("text").height

    texts = [Text(f"{path.stem:0>64}", path, path.stat().st_size) for path in sorted(Path(raw).glob("*.txt"))]
    megabytes = sum(text.bytes for text in texts) / 1e6
    sample = frame(texts[:: max(1, len(texts) // SAMPLE)])
    clock = Clock()
    fields = filled = distinct = amounts = 0
    with Parsers() as parsers:
        read_and_parse(sample)  # vocabulary is loaded, Polars has its threads, and the other processes run
        clock.clear()
        for batch in batches(texts):
            whole = frame(batch)
            with clock("splitting"):
                fields += split(whole)
            cells, found = read_and_parse(whole)
            filled, distinct, amounts = filled + cells.height, distinct + cells["text"].n_unique(), amounts + found
        peak = sum(status_of(process, "VmHWM") for process in processes()) / 1024
    told = f"{fields:,} fields, {filled:,} not empty ({distinct / filled:.0%} distinct)"
    print(f"    {told}, {amounts:,} amounts")
    reading, parsing = clock.spent["reading"], clock.spent["parsing"]
    clock.spent["both"] = reading[0] + parsing[0], reading[1] + parsing[1]
    split_wall, split_used = clock.spent["splitting"]
    for part, (seconds, used) in clock.spent.items():
        cores = f"{megabytes / used:.2f} MB per second of one core, {used / seconds:.2f} cores busy"
        beside = f"{seconds / split_wall:.0f} x splitting by the wall, {used / split_used:.0f} x by the cores"
        print(f"    {part:<9} {megabytes / seconds:7.2f} MB/s {seconds:7.2f} s {used:7.2f} s of all cores; {cores}; {beside}")
    print(f"    peak memory of all processes together: {peak:.0f} MB")
    steps = Steps(pipeline, "yusuan.parsing")
    cells, lines = read_texts(sample)
    parse(cells, lines, described(sample))
    print(f"    steps, of {sample.height} documents in one process: {', '.join(f'{name} {share:.1%}' for name, share in steps.shares())}")


class Clock:
    """Seconds by the wall and of all cores, by part."""

    def __init__(self) -> None:
        self.spent: dict[str, tuple[float, float]] = {}

    def clear(self) -> None:
        self.spent.clear()

    @contextmanager
    def __call__(self, part: str) -> Iterator[None]:
        before = time.perf_counter(), processor_time()
        yield
        wall, processor = self.spent.get(part, (0.0, 0.0))
        self.spent[part] = wall + time.perf_counter() - before[0], processor + processor_time() - before[1]


def processes() -> list[int]:
    """This process and those that it started and that still run."""
    own = os.getpid()
    return [own, *map(int, Path(f"/proc/{own}/task/{own}/children").read_text().split())]


def processor_time() -> float:
    """Seconds of all cores that these processes have used, to a hundredth."""
    ticks = [Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[11:13] for process in processes()]
    return sum(int(user) + int(system) for user, system in ticks) / os.sysconf("SC_CLK_TCK")


def status_of(process: int, name: str) -> int:
    return int(re.findall(rf"{name}:\s+(\d+)", Path(f"/proc/{process}/status").read_text())[0])


class Steps:
    """How the time of a module's functions is shared between the steps that it calls, without what they call in turn."""

    def __init__(self, module: ModuleType, package: str) -> None:
        self._spent: Counter[str] = Counter()
        self._inner = threading.local()
        below = [each for each in vars(module).values() if isinstance(each, ModuleType) and each.__name__.startswith(package)]
        for owner in (module, *below):
            for name, step in list(vars(owner).items()):
                if isinstance(step, FunctionType) and step.__module__.startswith(package):
                    setattr(owner, name, self._timed(step))

    def _timed(self, step: FunctionType) -> Callable[..., object]:
        @wraps(step)
        def timed(*args: object, **named: object) -> object:
            outer, self._inner.seconds = getattr(self._inner, "seconds", 0.0), 0.0
            started = time.perf_counter()
            try:
                return step(*args, **named)
            finally:
                seconds = time.perf_counter() - started
                self._spent[step.__name__] += seconds - self._inner.seconds
                self._inner.seconds = outer + seconds

        return timed

    def clear(self) -> None:
        self._spent.clear()

    def shares(self) -> list[tuple[str, float]]:
        steps = [(name, seconds) for name, seconds in self._spent.most_common() if name != "parse"]
        total = sum(seconds for _, seconds in steps)
        return [(name, seconds / total) for name, seconds in steps if seconds > 0.01 * total]


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
                "read, parse": [sys.executable, __file__, "--parsing", str(raw)],
                "land, read, parse, load": [sys.executable, __file__, "--intake", str(raw), f"{directory}/intake"],
                "whole build": [sys.executable, "-m", "yusuan.cli", "build", "--raw", str(raw), "--home", f"{directory}/home", "--json"],
            }
            for part, command in parts.items():
                seconds, peak, cores, printed = measured(command)
                figures = (f"{seconds:.1f}", f"{count / seconds:.1f}", f"{megabytes / seconds:.2f}", f"{peak:.0f}", f"{cores:.2f}")
                print(" | ".join((str(count), f"{megabytes:.1f}", part, *figures)), flush=True)
                print(printed if part == "read, parse" else f"    {json.loads(printed)['seconds']}", flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--intake"]:
        intake(*sys.argv[2:])
    elif sys.argv[1:2] == ["--parsing"]:
        parsing(*sys.argv[2:])
    else:
        main([int(each) for each in sys.argv[1:]] or [10, 100, 1000])
