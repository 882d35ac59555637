"""How long the analysts' page takes: from the command to the first page, and from a click to what it shows.

Not part of `make test`. On the founding disclosures and on N generated ones (tests/benchmarks/throughput.py makes them); both
warehouses are built first unless --home names one. Beside the seconds of the clock stand those that the server and the queries
took, because a browser on the same machine takes its share.

    python tests/benchmarks/page.py [--home DIR] [N]        default 1000
"""

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from throughput import ROOT, corpus

QUIET = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
CLI = (sys.executable, "-m", "yusuan.cli")


def measure(home: Path) -> list[tuple[str, float]]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as running:
        browser = running.chromium.launch(executable_path=shutil.which("chromium"), args=QUIET.split())
        page = browser.new_page(viewport={"width": 1500, "height": 1000})
        page.set_default_timeout(60_000)
        started = time.perf_counter()
        with subprocess.Popen([*CLI, "explore", "--home", str(home), "--port", "0"], stdout=subprocess.PIPE, text=True) as server:
            try:
                assert server.stdout is not None
                address = server.stdout.readline().split()[0]
                taken = [("command to address", time.perf_counter() - started)]
                taken.append(("command to first page", _until(page, lambda: page.goto(address), ".ys-figure") + taken[0][1]))
                taken.append(("the page again", _until(page, lambda: page.goto(address), ".ys-figure")))
                taken += _clicks(page)
                taken.append(("CPU of the server", _cpu(server.pid)))
            finally:
                server.terminate()
        browser.close()
    return taken


def _clicks(page: Any) -> list[tuple[str, float]]:
    views = page.locator("marimo-radio")
    number = page.locator("marimo-table td", has_text=re.compile(r"^[\d,]+\.\d\d$"))
    return [
        ("overview to agency", _until(page, lambda: views.get_by_text("部门").click(), "text=主要数字")),
        ("number to its source", _until(page, lambda: number.first.click(), ".ys-cite")),
        ("source closed", _until(page, lambda: page.get_by_text("关闭").click(), ".ys-cite", gone=True)),
        ("comparison", _until(page, lambda: views.get_by_text("比较").click(), "text=同一指标")),
        ("findings", _until(page, lambda: views.get_by_text("问题").click(), "text=/共 [\\d,]+ 条/")),
        ("search opened", _until(page, lambda: views.get_by_text("检索").click(), "marimo-text input")),
        ("search for 政务云", _until(page, lambda: _ask(page), "text=/找到/")),
        ("language", _until(page, lambda: page.get_by_text("English").click(), "text=Words in names")),
    ]


def _ask(page: Any) -> None:
    page.locator("marimo-text input").fill("政务云")
    page.locator("marimo-text input").press("Enter")


def _until(page: Any, act: Callable[[], object], shown: str, gone: bool = False) -> float:
    started = time.perf_counter()
    act()
    page.wait_for_selector(shown, state="detached" if gone else "visible")
    return time.perf_counter() - started


def _cpu(process: int) -> float:
    """User and system seconds so far."""
    import psutil

    times = psutil.Process(process).cpu_times()
    return times.user + times.system


def queries(home: Path) -> list[tuple[str, float]]:
    """CPU seconds of what the views ask, without server and browser."""
    from yusuan.exploring import agencies, findings, overview
    from yusuan.exploring.published import Published
    from yusuan.searching import search
    from yusuan.settings import Settings

    read = Published(Settings.load(home=home))
    agency = agencies.publishers(read)["agency_key"][0]
    asked: dict[str, Callable[[], object]] = {
        "query: overview": lambda: [each(read) for each in (overview.counts, overview.proof_by_province, overview.documents)],
        "query: agency": lambda: agencies.headlines(agencies.amounts(read, agency)),
        "query: comparison": lambda: agencies.headlines(agencies.totals(read)),
        "query: findings": lambda: findings.find(read, "", "", "", ""),
        "query: search": lambda: read.ask(lambda connection: search(connection, ["政务云"], 500).pl()),
    }
    taken = []
    for name, act in asked.items():
        act()
        started = time.process_time()
        act()
        taken.append((name, time.process_time() - started))
    read.close()
    return taken


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--home", type=Path, help="a warehouse that is already built")
    options.add_argument("documents", nargs="?", type=int, default=1000)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        homes = (
            [chosen.home]
            if chosen.home
            else [_built(ROOT / "raw", Path(scratch) / "founding"), _generated(Path(scratch), chosen.documents)]
        )
        for home in homes:
            print(f"\n{home}")
            for name, seconds in [*measure(home), *queries(home)]:
                print(f"  {name:<24} {seconds:7.2f} s")


def _generated(scratch: Path, documents: int) -> Path:
    raw = scratch / "raw"
    raw.mkdir()
    corpus(raw, documents)
    return _built(raw, scratch / "generated")


def _built(raw: Path, home: Path) -> Path:
    subprocess.run([*CLI, "build", "--raw", str(raw), "--home", str(home)], check=True, stdout=subprocess.DEVNULL)
    return home


if __name__ == "__main__":
    main()
