"""The analysts' page in a real browser, over a warehouse built from the founding texts and from PDFs whose numbers' places are known.

The browser may ask this machine only, and no test ends with an error in its console.
"""

import base64
import contextlib
import io
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from page_documents import PERSON, PHONE, box_of
from yusuan.settings import Settings

pytest.importorskip("marimo")
pytest.importorskip("altair")
playwright = pytest.importorskip("playwright.sync_api")
PIL = pytest.importorskip("PIL.Image")

CHROMIUM = next((found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium on this machine")
QUIET = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
QUIET += " --disable-component-update --disable-sync"
# A page of a loaded machine may take its time; nothing is measured here.
PATIENCE = 60_000
JIAOZUO = "焦作市政务服务和大数据管理局"


@contextlib.contextmanager
def served(home: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The page, served by the command as a person would; its address and its process."""
    command = [sys.executable, "-m", "yusuan.cli", "explore", "--home", str(home), "--port", "0"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as server:
        assert server.stdout is not None
        found = re.match(r"http://127\.0\.0\.1:\d+", server.stdout.readline())
        assert found, "the command must print its address first"
        try:
            yield f"{found[0]}/", server
            server.send_signal(signal.SIGINT)
            server.wait(timeout=PATIENCE / 1000)
        finally:
            server.kill()


@pytest.fixture(scope="module")
def address(explored: Settings) -> Iterator[str]:
    with served(explored.home) as (found, _):
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as running:
        started = running.chromium.launch(executable_path=CHROMIUM, args=QUIET.split())
        yield started
        started.close()


@pytest.fixture(scope="module")
def context(browser: Any) -> Iterator[Any]:
    # One for all tests, so that marimo's own files are fetched once.
    opened = browser.new_context(viewport={"width": 1500, "height": 1000})
    opened.set_default_timeout(PATIENCE)
    yield opened
    opened.close()


@pytest.fixture
def page(context: Any, tmp_path: Path) -> Iterator[Any]:
    asked: list[str] = []
    errors: list[str] = []
    tab = context.new_page()
    tab.on("request", lambda request: asked.append(request.url))
    tab.on("websocket", lambda socket: asked.append(socket.url))
    tab.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    tab.on("pageerror", lambda error: errors.append(str(error)))
    yield tab
    tab.screenshot(path=tmp_path / "page.png")
    tab.close()
    assert asked and not [url for url in asked if not re.match(r"(http|ws)://127\.0\.0\.1:\d+/|data:|blob:", url)]
    assert not errors


def drawer(page: Any) -> Any:
    """The source of a number, once it is there."""
    page.wait_for_selector(".ys-cite")
    return page


def marked_box(page: Any) -> tuple[float, float, float, float]:
    """Of the whole page's picture, in points of the PDF page."""
    from PIL import ImageChops

    from yusuan.exploring.pages import LONG_SIDE, MARK

    source = page.locator("img.ys-page").last.get_attribute("src")
    image = PIL.open(io.BytesIO(base64.b64decode(source.partition(",")[2]))).convert("RGB")
    ones = [each.point([255 if value == wanted else 0 for value in range(256)]) for each, wanted in zip(image.split(), MARK, strict=True)]
    box = ImageChops.darker(ImageChops.darker(ones[0], ones[1]), ones[2]).getbbox()
    return tuple(side * 841.89 / LONG_SIDE for side in box)


def test_the_first_page_shows_documents_agencies_proof_and_findings(page: Any, address: str):
    page.goto(address)

    page.wait_for_selector("text=已验证比例")

    figures = page.locator(".ys-figure").all_inner_texts()
    assert figures[:2] == ["7", "6"] and figures[3].endswith("%")
    page.wait_for_selector("text=问题类型")
    page.wait_for_selector("marimo-vega canvas, marimo-vega svg")
    assert page.locator("td", has_text=JIAOZUO).count()


def test_from_an_agency_s_figure_to_the_lines_it_is_printed_on(page: Any, address: str):
    page.goto(address)
    page.locator("td", has_text=JIAOZUO).last.click()
    page.wait_for_selector("text=主要数字")

    page.get_by_text("52.45", exact=True).first.click()

    drawer(page)
    target = page.locator(".ys-target")
    assert target.locator("mark").inner_text() == "52.45"
    assert "机关(机构)运行经费" in page.locator(".ys-facts").inner_text()
    assert "“52.45”万元" in page.locator(".ys-cite").inner_text()
    page.wait_for_selector("text=成立")


def test_a_person_picks_an_agency_from_the_list(page: Any, address: str):
    page.goto(f"{address}?view=agency")
    page.wait_for_selector("text=主要数字")

    page.locator("[data-testid=marimo-plugin-searchable-dropdown] button").click()
    page.keyboard.type("大同")
    page.get_by_role("option", name="大同市云冈区人民政府办公室").click()

    page.get_by_text("653.89", exact=True).first.wait_for()
    assert "agency=" in page.url


@pytest.mark.parametrize("year", [2024, 2023])
def test_from_a_figure_to_the_page_of_the_pdf_with_the_mark_on_the_number(page: Any, address: str, year: int):
    page.goto(address)
    page.locator("td", has_text=f"丁市档案馆{year}年部门预算").click()
    page.wait_for_selector("text=主要数字")

    # 基本支出: 2023 on the left, 2024 on the right.
    page.locator("marimo-table").first.get_by_text("412.34", exact=True).nth(year - 2023).click()

    drawer(page)
    page.wait_for_selector("img.ys-page")
    assert f"{year}年部门预算" in page.locator(".ys-facts").inner_text()
    assert page.locator(".ys-target mark").inner_text() == "412.34"
    # Row 合计, column 基本支出.
    assert marked_box(page) == pytest.approx(box_of(1, 3), abs=4)
    shown = page.locator("body").inner_text()
    assert PERSON not in shown and PHONE not in shown


def test_projects_are_found_by_words_and_lead_to_their_source(page: Any, address: str):
    page.goto(f"{address}?view=search")
    box = page.locator("marimo-text input")
    box.fill("政务云")
    box.press("Enter")
    page.wait_for_selector("text=找到 3 条")

    page.get_by_text("政务云平台机房存储扩容项目").first.click()

    drawer(page)
    assert "政务云平台机房存储扩容项目" in page.locator(".ys-facts").inner_text()
    assert "words=%E6%94%BF%E5%8A%A1%E4%BA%91" in page.url and "amount=" in page.url


def test_a_search_without_a_hit_says_what_to_try(page: Any, address: str):
    page.goto(f"{address}?view=search&words=没有这样的项目")

    page.wait_for_selector(".ys-empty")


def test_the_language_can_be_switched_and_back(page: Any, address: str):
    page.goto(f"{address}?view=compare")
    page.wait_for_selector("text=同一指标")

    page.get_by_text("English").click()
    page.wait_for_selector(".ys-heading >> text=Total expenditure")
    assert "lang=en" in page.url
    page.locator("marimo-radio").get_by_text("Findings").click()
    page.get_by_text(re.compile(r"^\d+ findings$")).wait_for()
    assert "view=findings" in page.url
    page.locator("marimo-radio").get_by_text("Compare").click()
    page.get_by_text("中文").click()
    page.wait_for_selector("text=同一指标")
    assert "lang=en" not in page.url


def test_an_address_shows_another_person_the_same(page: Any, address: str, context: Any):
    page.goto(f"{address}?view=findings&lang=en&severity=error")
    counted = page.get_by_text(re.compile(r"^\d+ findings$"))
    counted.wait_for()
    page.locator("td", has_text="Same figure").first.click()
    page.wait_for_selector("text=Figures it is about")

    other = context.new_page()
    other.goto(page.url)
    other.wait_for_selector("text=Figures it is about")

    assert other.locator(".ys-facts").inner_text() == page.locator(".ys-facts").inner_text()
    assert other.get_by_text(re.compile(r"^\d+ findings$")).inner_text() == counted.inner_text()
    other.close()


def test_an_address_that_makes_no_sense_still_shows_a_page(page: Any, address: str):
    page.goto(f"{address}?view=nowhere&lang=xx&amount=%27%3B+drop+table")

    page.wait_for_selector("text=这个数字已不在当前数据中")
    page.get_by_text("关闭").click()
    page.wait_for_selector(".ys-empty", state="detached")
    assert "amount=" not in page.url and page.locator("text=已验证比例").count()


def test_a_page_that_is_still_open_does_not_keep_the_command_from_ending(context: Any, explored: Settings):
    tab = context.new_page()
    with served(explored.home) as (address, server):
        tab.goto(address)
        tab.get_by_role("heading").first.wait_for()
    tab.close()

    assert server.returncode == 0
