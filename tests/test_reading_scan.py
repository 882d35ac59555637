"""Scans: cells, merges and numbers are read, no wrong number passes as sure, and without the extra a scan is refused with the remedy."""

import io
import json
import re
from collections.abc import Iterable
from pathlib import Path

import polars as pl
import pypdfium2 as pdfium
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from yusuan.reading import scan, sniffing
from yusuan.reading.assembly import GridCell
from yusuan.reading.errors import UnreadableDocument
from yusuan.reading.frames import CELLS_SCHEMA, LINES_SCHEMA
from yusuan.reading.readers import reader_for
from yusuan.reading.scan import UNSURE, read_image, read_scan
from yusuan.reading.scan.documents import read_pdf

factory = pytest.importorskip("scan_factory", reason="Pillow is not installed")
Look, table = factory.Look, factory.table

needs_ocr = pytest.mark.skipif(not scan.installed(), reason="the extra yusuan[ocr] is not installed")
needs_font = pytest.mark.skipif(not factory.INSTALLED, reason="no Chinese font is installed")

NUMBER = re.compile(r"-?[\d,]+(\.\d+)?")


def scanned(look: object, cells: Iterable[GridCell], kind: str = "PDF") -> bytes:
    return factory.encoded([factory.page(list(cells), look)], kind, look)


def by_place(cells: pl.DataFrame, page: int = 1) -> dict[tuple[int, int], tuple[int, int, str, float]]:
    """The first grid of a page."""
    grid = cells.filter(pl.col("page") == page).filter(pl.col("grid") == pl.col("grid").min())
    columns = grid.select("row", "column", "row_span", "column_span", "text", "confidence")
    return {(row, column): (rs, cs, "".join(text.split()), confidence) for row, column, rs, cs, text, confidence in columns.iter_rows()}


def wrong(truth: dict[tuple[int, int], str], found: dict[tuple[int, int], tuple[int, int, str, float]]) -> dict[tuple[int, int], tuple]:
    """What is printed and what was read, where they differ."""
    pairs = {place: (truth.get(place, ""), found.get(place)) for place in truth.keys() | found.keys()}
    return {place: (printed, read) for place, (printed, read) in pairs.items() if printed != (read[2] if read else "")}


def unmarked(differences: dict[tuple[int, int], tuple]) -> list[tuple]:
    """Wrong numbers that pass as sure; one that was not seen at all is among them."""
    return [
        (place, printed, read)
        for place, (printed, read) in differences.items()
        if (NUMBER.fullmatch(printed) or (read and NUMBER.fullmatch(read[2]))) and (read is None or read[3] >= UNSURE)
    ]


@needs_ocr
@pytest.mark.parametrize(
    ("name", "cells", "numbers"),
    [("scan_clean200", 332, 122), ("scan_stamp200", 330, 122), ("scan_gray200", 328, 119), ("scan_bw200", 328, 119)],
)
def test_published_looking_scans_are_read_and_every_wrong_number_is_marked(shared: Path, name: str, cells: int, numbers: int) -> None:
    file = shared / "formats" / f"{name}.pdf"
    truths = json.loads(Path(f"{file}.truth.json").read_text(encoding="utf-8"))

    read, lines = reader_for(sniffing.PDF).load()("d", file.read_bytes())

    right = numbers_right = 0
    for page, truth in enumerate(truths, start=1):
        printed = {(c["r"] + 1, c["c"] + 1): normal(c["text"]) for c in truth["cells"]}
        found = {place: (rs, cs, normal(text), confidence) for place, (rs, cs, text, confidence) in by_place(read, page).items()}
        differences = wrong(printed, found)
        assert unmarked(differences) == []
        right += sum(place not in differences for place in printed)
        numbers_right += sum(bool(NUMBER.fullmatch(text)) for place, text in printed.items() if place not in differences)
        title = normal(truth["title"])
        assert title in [normal(line) for line in lines.filter((pl.col("page") == page) & pl.col("grid").is_null())["text"]]
    assert (right >= cells, numbers_right >= numbers) == (True, True), f"{right} cells, {numbers_right} numbers"


def normal(text: str) -> str:
    return "".join(text.split()).translate(str.maketrans("（）：，“”", '():,""'))


@needs_ocr
@needs_font
@settings(max_examples=4, deadline=None, derandomize=True, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(
    st.builds(
        Look,
        dpi=st.sampled_from([150, 200, 300]),
        points=st.sampled_from([7.0, 9.0, 10.5]),
        font=st.integers(0, 1),
        tilt=st.floats(-3, 3),
        specks=st.integers(0, 120),
        stamp=st.one_of(st.none(), st.tuples(st.floats(0.2, 0.6), st.floats(0.2, 0.5))),
        mode=st.sampled_from(["colour", "grey", "black_and_white"]),
        quality=st.sampled_from([45, 80]),
        seed=st.integers(0, 99),
    ),
    st.integers(0, 999),
)
def test_no_wrong_number_of_any_scan_passes_as_sure(look: factory.Look, seed: int) -> None:
    printed = table(seed, rows=8)

    cells, _ = read_scan("d", scanned(look, printed), sniffing.PDF)

    passed = unmarked(wrong({(cell.row, cell.column): cell.text for cell in printed}, by_place(cells)))
    if look.mode == "black_and_white" and look.stamp:
        # In black and white a stamp may cover a number as a whole: then only the sums can tell.
        passed = [difference for difference in passed if difference[2] is not None]
    assert passed == []


@needs_ocr
@needs_font
@pytest.mark.parametrize(
    "look",
    [Look(quarter=1), Look(quarter=2), Look(keystone=0.06, shading=0.3, tilt=1.0)],
    ids=["sideways", "upside down", "photograph"],
)
def test_a_page_that_lies_askew_is_read_as_if_it_were_straight(look: object) -> None:
    printed = table(3, rows=6, measures=4)

    cells, lines = read_scan("d", scanned(look, printed), sniffing.PDF)

    found = by_place(cells)
    assert wrong({(cell.row, cell.column): cell.text for cell in printed}, found) == {}
    assert [found[cell.row, cell.column][:2] for cell in printed] == [(cell.row_span, cell.column_span) for cell in printed]
    assert lines["text"][0].endswith("支出预算表")


@needs_ocr
@needs_font
@pytest.mark.parametrize(("kind", "mode"), [("PNG", "colour"), ("JPEG", "grey"), ("TIFF", "black_and_white")])
def test_images_of_every_kind_give_the_frames_of_all_readers(kind: str, mode: str) -> None:
    look = Look(mode=mode, specks=10)
    printed = table(5, rows=4, measures=3)
    data = scanned(look, printed, kind)

    cells, lines = reader_for(sniffing.media_type(data, "")).load()("d", data)

    assert dict(cells.schema) == CELLS_SCHEMA
    assert dict(lines.schema) == LINES_SCHEMA
    assert wrong({(cell.row, cell.column): cell.text for cell in printed}, by_place(cells)) == {}
    assert lines["line"].to_list() == list(range(1, lines.height + 1))
    joined = cells.join(lines, on=["line", "grid"], suffix="_line")
    assert joined.height == cells.height
    assert joined.select(pl.col("text_line").str.contains(pl.col("text"), literal=True).all()).item()
    # Boxes are points of an A4 page, inside the row that they stand in.
    assert cells.select(pl.col("x0").min(), pl.col("x1").max()).row(0) < (842, 842)
    assert joined.select((pl.col("y0") >= pl.col("y0_line") - 3).all()).item()


@needs_ocr
@needs_font
def test_every_page_of_a_tiff_is_read() -> None:
    look = Look(mode="black_and_white", specks=0)
    pages = [factory.page(table(seed, rows=2, measures=3), look) for seed in (1, 2)]

    cells, lines = read_image("d", factory.encoded(pages, "TIFF", look))

    assert cells["page"].unique(maintain_order=True).to_list() == [1, 2]
    assert cells["grid"].unique(maintain_order=True).to_list() == [1, 2]
    assert lines.filter(pl.col("grid").is_null())["text"].str.contains("单位").sum() == 2


@needs_ocr
@needs_font
def test_a_picture_between_pages_with_text_is_read_in_its_place(shared: Path) -> None:
    data = mixed(shared)

    cells, lines = read_pdf("d", data)

    assert lines["page"].is_sorted()
    assert lines["line"].to_list() == list(range(1, lines.height + 1))
    assert cells.filter(pl.col("page") == 2)["confidence"].null_count() == 0
    assert cells.filter(pl.col("page") != 2)["confidence"].null_count() == cells.filter(pl.col("page") != 2).height
    assert cells["grid"].unique(maintain_order=True).to_list() == list(range(1, cells["grid"].n_unique() + 1))
    assert cells.join(lines, on=["line", "grid", "page"]).height == cells.height


@needs_font
def test_without_ocr_a_picture_between_pages_with_text_is_named(shared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scan, "find_spec", lambda name: None)

    _, lines = read_pdf("d", mixed(shared))

    assert lines.filter(pl.col("page") == 2)["text"].to_list() == ["〔第 2 页是图片，没有识别；安装 yusuan[ocr] 后可以识别〕"]


def mixed(shared: Path) -> bytes:
    """A page with text, a scanned page, a page with text."""
    text = pdfium.PdfDocument(shared / "formats" / "budget.pdf")
    look = Look(specks=0)
    document = pdfium.PdfDocument.new()
    document.import_pages(text, [0])
    document.import_pages(pdfium.PdfDocument(scanned(look, table(2, rows=2, measures=3))))
    document.import_pages(text, [1])
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


@needs_font
@pytest.mark.parametrize("kind", ["PDF", "PNG"])
def test_without_ocr_a_scan_is_refused_with_the_command_that_installs_it(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    look = Look(dpi=72, specks=0)
    data = scanned(look, table(1, rows=2, measures=2), kind)
    monkeypatch.setattr(scan, "find_spec", lambda name: None)

    with pytest.raises(UnreadableDocument, match=re.escape("pip install 'yusuan[ocr]'")):
        reader_for(sniffing.media_type(data, "")).load()("d", data)


@needs_ocr
def test_a_broken_image_is_refused() -> None:
    with pytest.raises(UnreadableDocument, match="损坏"):
        read_image("d", b"\x89PNG\r\n\x1a\n" + bytes(200))


@needs_ocr
@pytest.mark.parametrize(
    ("read", "repaired"),
    [
        (".14.40", "14.40"),
        ("0.56.", "0.56"),
        ("·174.15", "174.15"),
        ("1;301.40", "1,301.40"),
        ("—56.30", "-56.30"),
        ("合计.", "合计"),
        ("2010301", "2010301"),
    ],
)
def test_what_recognition_habitually_puts_wrong_is_set_right(read: str, repaired: str) -> None:
    from yusuan.reading.scan.recognise import repaired as repair

    assert repair(read) == repaired
