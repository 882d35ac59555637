"""What the page shows, without the page: figures, queries, the way back, pictures of pages, and who is answered."""

import asyncio
import io
import shutil
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from page_documents import PERSON, PHONE, ROWS, SIGNED, box_of, disclosure
from yusuan.exploring import agencies, evidence, figures, findings, markup, overview
from yusuan.exploring.place import Place
from yusuan.exploring.published import Published
from yusuan.exploring.treemap import Box, squarify
from yusuan.exploring.wording import LANGUAGES, label, named, words
from yusuan.settings import Settings, YusuanError

pages = pytest.importorskip("yusuan.exploring.pages")
PIL = pytest.importorskip("PIL.Image")

JIAOZUO = "焦作市政务服务和大数据管理局"
ARCHIVE = "丁市档案馆"


@pytest.fixture(scope="module")
def read(explored: Settings) -> Iterator[Published]:
    reader = Published(explored)
    yield reader
    reader.close()


def agency(read: Published, name: str) -> str:
    return agencies.publishers(read).filter(pl.col("agency_name") == name)["agency_key"].item()


def amount(read: Published, where: str) -> dict[str, Any]:
    """The facts of the only amount that fits."""
    return evidence.facts(read, read.frame(f"select amount_id from marts.budget_amounts where {where}")["amount_id"].item())


# figures and words


@pytest.mark.parametrize(
    ("yuan", "shown"),
    [
        (Decimal("10743300.00"), "1,074.33"),
        (Decimal("-1234567890.00"), "-123,456.79"),
        (Decimal("0.00"), "0.00"),
        (Decimal("49.00"), "0.0049"),
        (Decimal("0.01"), "0.000001"),
        (None, "—"),
    ],
)
def test_money_is_shown_in_wan_with_separators_and_never_as_zero_that_is_none(yuan: Decimal | None, shown: str):
    assert figures.wan(yuan) == shown


def test_shares_of_nothing_are_not_shown():
    assert (figures.share(1, 0), figures.share(None, 3), figures.share(1, 3), figures.count(None)) == ("—", "—", "33.3%", "—")


def test_every_word_has_both_languages_with_the_same_values():
    from importlib import resources

    rows = pl.read_csv(resources.files("yusuan.exploring").joinpath("words.csv").read_bytes())

    assert rows.null_count().sum_horizontal().item() == 0
    assert rows["key"].is_duplicated().sum() == 0
    holes = rows.select(pl.col(language).str.extract_all(r"\{\w+\}").list.sort().alias(language) for language in LANGUAGES)
    assert holes.filter(pl.col("zh") != pl.col("en")).is_empty()


def test_a_value_that_has_no_word_yet_is_read_as_english():
    say = words("zh")

    assert (named(say, "family", "row_sum"), named(say, "family", "brand_new")) == ("行合计", "Brand new")
    assert (label("basic/personnel", "人员经费", "zh"), label("basic/personnel", "人员经费", "en")) == ("人员经费", "Basic: personnel")


# the address


def test_an_address_carries_the_whole_place_and_nothing_that_goes_without_saying():
    place = Place(view="search", lang="en", words="政务云 运维", amount="ab,cd")

    assert Place.of(dict(httpx.QueryParams(place.link().lstrip("?")))) == place
    assert Place().link() == "?"


@pytest.mark.parametrize("query", [{"view": "nowhere"}, {"lang": "xx"}, {"agency": ["a", "b"]}, {"words": "长" * 5000}, {"unknown": "1"}])
def test_an_address_that_makes_no_sense_leads_to_the_first_page(query: dict[str, object]):
    assert Place.of(query) == Place()


# treemap


@given(st.lists(st.floats(0.01, 1e6), min_size=1, max_size=40))
def test_areas_of_a_treemap_are_in_proportion_and_inside(sizes: list[float]):
    sizes = sorted(sizes, reverse=True)

    boxes = squarify(sizes, Box(0, 0, 160, 100))

    assert len(boxes) == len(sizes)
    for size, box in zip(sizes, boxes, strict=True):
        assert (box.x1 - box.x0) * (box.y1 - box.y0) == pytest.approx(size / sum(sizes) * 16_000, rel=1e-4, abs=1e-4)
        # Sides are sums of quotients: a hair of 0.0001 outside is no pixel.
        assert -1e-4 <= box.x0 <= box.x1 <= 160 + 1e-4 and -1e-4 <= box.y0 <= box.y1 <= 100 + 1e-4


# queries


def test_headline_figures_are_the_printed_totals(read: Published):
    rows = agencies.headlines(agencies.amounts(read, agency(read, JIAOZUO)))

    found = {metric: figures.wan(yuan) for metric, yuan in rows.select("metric", "amount_yuan").rows()}
    assert found == {
        "revenue": "1,074.33",
        "expenditure": "1,074.33",
        "basic": "914.44",
        "personnel": "830.23",
        "public": "84.21",
        "project": "159.89",
        "general_budget": "1,074.33",
        "three_public": "13.10",
        "operating_expense": "52.45",
    }


def test_years_stand_side_by_side_and_every_figure_keeps_its_amount(read: Published):
    amounts = agencies.amounts(read, agency(read, ARCHIVE))
    order = agencies.columns(amounts)

    shown, ids = agencies.side_by_side(agencies.headlines(amounts), "metric", order)

    assert order == ["2023.budget", "2024.budget"]
    assert [figures.wan(yuan) for yuan in shown.filter(pl.col("metric") == "basic").row(0)[1:]] == ["412.34", "412.34"]
    assert evidence.facts(read, ids.filter(pl.col("metric") == "basic")["2023.budget"].item())["fiscal_year"] == 2023


@pytest.mark.parametrize(("breakdown", "whole"), [(agencies.by_function, "10743300.00"), (agencies.by_economic, "9144400.00")])
def test_a_breakdown_adds_up_to_the_printed_total(read: Published, breakdown: Any, whole: str):
    rows = breakdown(agencies.amounts(read, agency(read, JIAOZUO)))

    assert str(rows["amount_yuan"].sum()) == whole
    assert set(rows["class_code"]) <= set(agencies.class_names(read))


def test_a_sum_of_several_figures_leads_to_all_of_them(read: Published):
    rows = agencies.by_economic(agencies.amounts(read, agency(read, JIAOZUO))).filter(pl.col("code") == "30101")

    parts = evidence.several(read, rows["amount_id"].item())

    assert len(parts) > 1
    assert sum(part["amount_yuan"] for part in parts) == rows["amount_yuan"].item()


def test_three_public_items_and_projects_are_found(read: Published):
    amounts = agencies.amounts(read, agency(read, JIAOZUO))

    assert "公务接待费" in agencies.three_public(amounts)["name"].to_list()
    assert str(agencies.projects(amounts)["amount_yuan"].sum()) == "1598900.00"


def test_the_printed_figure_of_the_year_before_gives_way_to_that_years_own_document():
    rows = pl.DataFrame({"column": ["2023.budget", "2022.budget_before", "2022.budget", "2021.budget_before"]})

    assert agencies.columns(rows) == ["2021.budget_before", "2022.budget", "2023.budget"]


def test_the_overview_counts_what_is_there(read: Published):
    counts = overview.counts(read)

    assert (counts["documents"], counts["agencies"]) == (7, 6)
    assert counts["proved"] + counts["unproved"] + counts["contradicted"] == counts["amounts"]
    assert overview.proof_by_province(read)["amounts"].sum() == counts["amounts"]
    assert overview.documents(read)["findings"].sum() == counts["errors"] + counts["warnings"]


def test_findings_are_filtered_by_severity_family_and_agency(read: Published):
    everything = findings.find(read, "", "", "", "")
    errors = findings.find(read, "error", "", "", "")
    of_agency = findings.find(read, "", "structure", agency(read, JIAOZUO), "open")

    assert 0 < len(errors) < len(everything) and set(errors["severity"]) == {"error"}
    assert set(of_agency["family"]) == {"structure"} and set(of_agency["publisher_name"]) == {JIAOZUO}


def test_a_finding_leads_to_its_figures(read: Published):
    found = findings.find(read, "error", "same_figure", "", "").row(0, named=True)

    terms = findings.terms(read, found["finding_id"])

    assert terms["role"].to_list() == ["first", "second"]
    assert evidence.facts(read, terms["amount_id"][0])["amount_yuan"] == terms["amount_yuan"][0]
    assert findings.one(read, "no such finding") is None


# the way back


def test_the_number_is_marked_on_its_line(read: Published):
    found = amount(read, f"publisher_name = '{JIAOZUO}' and line = 423 and amount_printed = '6.00'")

    lines = evidence.lines(read, found)

    (target,) = [line for line in lines if line.is_target]
    assert (target.number, len(lines)) == (423, 2 * evidence.AROUND + 1)
    assert [text for text, marked in target.pieces if marked] == ["6.00"]


def test_of_equal_numbers_on_a_line_the_right_one_is_marked(read: Published):
    # 13.10, blank, 7.10, blank, 7.10, 6.00: the second 7.10 is the running of official cars.
    found = amount(read, f"publisher_name = '{JIAOZUO}' and line = 423 and line_item = '公务用车运行费'")

    (target,) = [line for line in evidence.lines(read, found) if line.is_target]

    before = target.pieces[0][0]
    assert before.count("7.10") == 1 and target.pieces[1] == ("7.10", True)


def test_a_number_inside_a_longer_one_is_not_marked():
    assert evidence._marked("11.00\t1.005\t1.00", "1.00", 0)[0][0] == "11.00\t1.005\t"


def test_published_text_is_never_markup():
    line = evidence.Line(1, (("<script>alert(1)</script>", False), ("1<2", True)), True)

    shown = markup.source([line]) + markup.facts([("<b>", '"><img>')]) + markup.cards([("<i>", "<u>", "<s>")]) + markup.badge('"x', "<p>")

    assert not {"<script>", "<b>", "<img>", "<i>", "<u>", "<s>", "<p>"} & {piece + ">" for piece in shown.split(">")}
    assert "1&lt;2" in shown


def test_the_sums_of_a_number_are_told_with_their_verdicts(read: Published):
    found = amount(read, f"publisher_name = '{ARCHIVE}' and fiscal_year = 2024 and amount_printed = '512.34'")

    assert set(evidence.sums(read, found)["verdict"]) == {"holds"}


def test_an_amount_that_is_gone_is_left_out(read: Published):
    assert evidence.several(read, "0000000000000000,,'; drop table x") == []


# pictures of pages


def red(picture: Any) -> tuple[int, int, int, int]:
    """The box around everything in the mark's colour."""
    image = PIL.open(io.BytesIO(picture.whole))
    channels = image.split()
    only = [
        channel.point(lambda value, wanted=wanted: 255 if value == wanted else 0)
        for channel, wanted in zip(channels, pages.MARK, strict=True)
    ]
    from PIL import ImageChops

    return ImageChops.darker(ImageChops.darker(only[0], only[1]), only[2]).getbbox()


@pytest.mark.parametrize("year", [2024, 2023])
@pytest.mark.parametrize(("row", "column"), [(1, 3), (2, 2), (4, 2), (5, 4)])
def test_the_mark_is_around_the_number_also_where_the_table_lies_sideways(read: Published, year: int, row: int, column: int):
    where = f"publisher_name = '{ARCHIVE}' and fiscal_year = {year} and row_number = {row + 1} and column_number = {column + 1}"
    found = amount(read, where)

    picture = evidence.picture(read, found)

    assert found["amount_printed"] == ROWS[row][column]
    scale = pages.LONG_SIDE / 841.89
    expected = [side * scale for side in box_of(row, column)]
    assert red(picture) == pytest.approx(expected, abs=4 * scale)


def test_personal_data_cannot_be_read_in_the_picture(read: Published):
    found = amount(read, f"publisher_name = '{ARCHIVE}' and fiscal_year = 2024 and amount_printed = '512.34'")

    image = PIL.open(io.BytesIO(evidence.picture(read, found).whole)).convert("L")

    scale = pages.LONG_SIDE / 841.89
    x, y = SIGNED
    words_on_paper = image.crop(tuple(round(side * scale) for side in (x + 1, y - 8, x + 195, y)))
    darkest, lightest = words_on_paper.getextrema()
    assert darkest == lightest


def test_a_scanned_page_with_personal_data_is_not_drawn(read: Published):
    found = amount(read, f"publisher_name = '{ARCHIVE}' and fiscal_year = 2024 and amount_printed = '512.34'")

    with pytest.raises(YusuanError, match="personal data"):
        evidence.picture(read, {**found, "confidence": 0.9})


def test_a_page_without_masked_text_is_not_covered(tmp_path: Path):
    path = tmp_path / "a.pdf"
    path.write_bytes(disclosure())

    picture = pages.render(path, 2, pages.Box(*box_of(1, 3)), [])

    image = PIL.open(io.BytesIO(picture.whole)).convert("L")
    scale = pages.LONG_SIDE / 841.89
    assert image.crop(tuple(round(side * scale) for side in (SIGNED[0], SIGNED[1] - 8, SIGNED[0] + 195, SIGNED[1]))).getextrema()[1] == 255


@pytest.mark.parametrize(("content", "page"), [(b"not a PDF", 1), (disclosure(), 3), (None, 1)])
def test_a_page_that_cannot_be_drawn_is_told_in_a_sentence(tmp_path: Path, content: bytes | None, page: int):
    path = tmp_path / "a.pdf"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(YusuanError, match=r"cannot be drawn|build again"):
        pages.render(path, page, pages.Box(0, 0, 10, 10), [])


def test_what_the_page_shows_names_nobody(read: Published):
    for found in read.frame("select amount_id from marts.budget_amounts where publisher_name = $name", {"name": ARCHIVE})["amount_id"]:
        shown = markup.source(evidence.lines(read, evidence.facts(read, found)))
        assert PERSON not in shown and PHONE not in shown


# the snapshot that is read


def test_a_snapshot_that_is_replaced_meanwhile_is_read_from_then_on(published: tuple[Settings, Any], explored: Settings, tmp_path: Path):
    shutil.copy(published[0].published, tmp_path / "warehouse.duckdb")
    reader = Published(Settings.load(home=tmp_path))
    before = overview.counts(reader)["documents"]

    shutil.copy(explored.published, tmp_path / "new")
    (tmp_path / "new").replace(tmp_path / "warehouse.duckdb")

    assert (before, overview.counts(reader)["documents"]) == (5, 7)
    reader.close()


def test_a_home_without_a_snapshot_says_what_to_do(tmp_path: Path):
    with pytest.raises(YusuanError, match="run yusuan build first"):
        Published(Settings.load(home=tmp_path)).frame("select 1")


def test_a_snapshot_of_another_version_says_what_to_do(tmp_path: Path):
    import duckdb

    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as connection:
        connection.execute("create schema marts")
    reader = Published(Settings.load(home=tmp_path))

    with pytest.raises(YusuanError, match="another version of yusuan"):
        overview.counts(reader)
    reader.close()


# who is answered


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"host": "127.0.0.1:2718"}, 200),
        ({"host": "localhost:2718", "origin": "http://localhost:2718"}, 200),
        ({"host": "127.0.0.1:2718", "origin": "https://example.org"}, 403),
        ({"host": "127.0.0.1:2718", "origin": "null"}, 403),
        ({"host": "example.org"}, 403),
    ],
)
def test_only_pages_of_this_machine_are_answered(headers: dict[str, str], status: int):
    from yusuan.exploring.server import Guard

    async def page(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"page"})

    async def ask() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=Guard(page))) as client:
            return await client.get("http://127.0.0.1/", headers=headers)

    answer = asyncio.run(ask())

    assert answer.status_code == status
    assert ("default-src 'self'" in answer.headers.get("content-security-policy", "")) == (status == 200)


@pytest.mark.parametrize("absent", ["marimo", "altair"])
def test_an_extra_that_is_not_installed_is_told_with_the_command_that_installs_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, absent: str
):
    from yusuan.exploring.server import serve

    monkeypatch.setitem(sys.modules, absent, None)

    with pytest.raises(YusuanError, match=r'pip install "yusuan\[explore\]"'):
        serve(Settings.load(home=tmp_path), 0)


def test_a_port_that_is_taken_is_told_in_a_sentence():
    import socket

    from yusuan.exploring.server import _listening

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(YusuanError, match="name another with --port"):
            _listening(taken.getsockname()[1])
