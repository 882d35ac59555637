"""PDF with a text layer: whatever grid is drawn is read, cell by cell and span by span; what is no table stays a line."""

import json
import math
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from pdf_documents import FONT, MARGIN, PAGE, SIZE, Cell, Grid, Paper, amounts, grids, labels
from yusuan.reading.continuation import stitch
from yusuan.reading.errors import UnreadableDocument
from yusuan.reading.frames import CELLS_SCHEMA, LINES_SCHEMA
from yusuan.reading.pdf import read, read_pdf
from yusuan.reading.pdf.radicals import printed_codes

SHARED = Path(__file__).resolve().parents[2] / "shared"
PLACE = ("row", "column", "row_span", "column_span", "text")
quick = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def found(cells: pl.DataFrame, grid: int = 1) -> set[tuple]:
    return {(r, c, rs, cs, bare(text)) for r, c, rs, cs, text in cells.filter(pl.col("grid") == grid).select(PLACE).iter_rows()}


def bare(text: str) -> str:
    return "".join(text.split())


def simple(rows: list[list[str]], widths: tuple[float, ...] | None = None, style: str = "lines") -> Grid:
    cells = tuple(Cell(r, c, 1, 1, text) for r, row in enumerate(rows) for c, text in enumerate(row))
    return Grid(widths or (80.0,) * len(rows[0]), (18.0,) * len(rows), cells, style)


@quick
@given(grid=grids())
def test_every_ruled_grid_is_read_with_its_spans(grid: Grid) -> None:
    assume(len(grid.cells) > 1)
    paper = Paper()
    paper.text(200, 60, "2023年单位支出预算表", size=14)
    paper.text(460, 80, "单位：万元")
    end = paper.grid(grid, 92)
    paper.text(MARGIN, end + 40, "注：本表无其他说明")

    cells, lines = read_pdf("a", paper.data())

    assert found(cells) == grid.filled()
    prose = lines.filter(pl.col("grid").is_null())["text"].to_list()
    assert [bare(text) for text in prose] == ["2023年单位支出预算表", "单位：万元", "注：本表无其他说明"]
    assert cells.schema == CELLS_SCHEMA
    assert lines.schema == LINES_SCHEMA


@quick
@given(first=grids(max_rows=4), second=grids(max_rows=4))
def test_several_tables_on_a_page_stay_apart(first: Grid, second: Grid) -> None:
    assume(len(first.cells) > 1 and len(second.cells) > 1)
    paper = Paper()
    end = paper.grid(first, 92)
    paper.text(MARGIN, end + 24, "第二张表")
    paper.grid(second, end + 40)

    cells, lines = read_pdf("a", paper.data())

    assert found(cells, 1) == first.filled()
    assert found(cells, 2) == second.filled()
    order = lines["grid"].to_list()
    assert order == sorted(order, key=lambda grid: {1: 0, None: 1, 2: 2}[grid])


@quick
@given(grid=grids(min_rows=4, max_rows=8), repeat=st.booleans(), data=st.data())
def test_a_table_broken_over_pages_is_stitched(grid: Grid, repeat: bool, data: st.DataObject) -> None:
    rows = len(grid.heights)
    # A break through a merged cell prints two cells; here the break is where no cell crosses it, below a header row of its own.
    free = [n for n in range(1, rows) if not any(c.row < n < c.row + c.row_span for c in grid.cells)]
    assume(len(free) > 1 and free[0] == 1)
    # Tables with empty columns or text-only rows at the break cannot be told from cut rows or other tables without a look at their meaning.
    grid = Grid(
        grid.widths,
        grid.heights,
        tuple(Cell(c.row, c.column, c.row_span, c.column_span, c.text if c.row else "科目") for c in grid.cells),
        grid.style,
    )
    at = data.draw(st.sampled_from(free[1:]))
    assume(all(any(c.text[:1].isdigit() for c in grid.cells if c.row == row) for row in (at - 1, at)))
    assume(repeat or sum(c.row >= at for c in grid.cells) > 1)  # a lone cell is a box, not a grid
    # A page on which merged cells hide a column from top to bottom prints fewer columns, and says nowhere which.
    assume(repeat or {c.column for c in grid.cells if c.row >= at} == set(range(len(grid.widths))))
    paper = Paper()
    paper.text(200, 60, "支出预算表", size=14)
    paper.grid(grid, 92, range(0, at))
    paper.text(290, 820, "1")
    paper.next_page()
    top = 60.0
    if repeat:
        top = paper.grid(grid, 60, range(0, 1))
    paper.grid(grid, top, range(at, rows))
    paper.text(290, 820, "2")

    cells, lines = stitch(*read_pdf("a", paper.data()))

    merged_to_the_end = any(c.row + c.row_span == at and c.row_span > 1 for c in grid.cells)
    assume(not merged_to_the_end)
    assert found(cells) == grid.filled()
    assert lines["grid"].drop_nulls().unique().to_list() == [1]


@quick
@given(rows=st.lists(st.tuples(labels, amounts, amounts), min_size=3, max_size=8), kern=st.floats(0.5, 3.0))
def test_numbers_kerned_apart_are_one_number(rows: list[tuple[str, str, str]], kern: float) -> None:
    paper = Paper()
    grid = simple([["项目", "合计", "其中"], *[list(row) for row in rows]], (100.0, 130.0, 130.0))
    paper.grid(grid, 92, kern=kern)

    cells, _ = read_pdf("a", paper.data())

    assert {text for *_, text in grid.filled()} == set(cells["text"].to_list())


@quick
@given(data=st.data(), groups=st.lists(st.integers(1, 4), min_size=2, max_size=3), rules=st.booleans())
def test_a_table_without_vertical_rules_is_read_with_its_merged_header(data: st.DataObject, groups: list[int], rules: bool) -> None:
    # A code, a name, then groups of amounts with a label centred over each group of several.
    assume(any(size > 1 for size in groups) and sum(groups) <= 6)  # the page is wide enough for six
    code, name, wide = 40.0, 90.0, 62.0
    x = MARGIN + code + name
    expected: set[tuple] = {(1, 1, 2, 1, "编码"), (1, 2, 2, 1, "科目名称")}
    paper = Paper()
    top = 100.0
    paper.text(220, 60, "一般公共预算支出表", size=14)
    paper.text(480, 80, "单位：万元")
    paper.text(MARGIN, top, "编码")
    paper.text(MARGIN + code, top, "科目名称")
    column = 3
    centres: list[float] = []
    for number, size in enumerate(groups):
        label = f"支出{'甲乙丙'[number]}"
        left = x + (column - 3) * wide
        if size == 1:
            expected.add((1, column, 2, 1, label))
            paper.text(left + wide / 2 - 1.5 * SIZE, top, label)
        else:
            expected.add((1, column, 1, size, label))
            paper.text(left + size * wide / 2 - 1.5 * SIZE, top, label)
        for place in range(size):
            centres.append(left + (place + 0.5) * wide)
            if size > 1:
                leaf = "小计甲乙丙丁"[0:2] if place == 0 else f"其中{'甲乙丙丁'[place]}"
                expected.add((2, column + place, 1, 1, leaf))
                paper.text(centres[-1] - len(leaf) / 2 * SIZE, top + 12, leaf)
        column += size
    count = data.draw(st.integers(4, 9))
    for row in range(count):
        y = top + 30 + row * 15
        expected.add((row + 3, 1, 1, 1, f"{20101 + row}"))
        paper.text(MARGIN, y, f"{20101 + row}")
        label = data.draw(labels)
        expected.add((row + 3, 2, 1, 1, label))
        paper.text(MARGIN + code, y, label)
        for place, centre in enumerate(centres):
            if row and place and data.draw(st.integers(0, 3)) == 0:
                continue
            amount = data.draw(amounts)
            expected.add((row + 3, place + 3, 1, 1, amount))
            paper.text(centre + 20 - len(amount) * SIZE / 2, y, amount)
    if rules:
        right = x + sum(groups) * wide
        for y in (top - 10, top + 16, top + 30 + count * 15 - 8):
            paper.rule(MARGIN, y, right, y)

    cells, _ = read_pdf("a", paper.data())

    assert found(cells) == expected, (sorted(found(cells) - expected), sorted(expected - found(cells)))


def test_a_total_printed_under_the_last_rule_is_a_row_of_the_table() -> None:
    paper = Paper()
    grid = simple([["科目", "合计", "基本支出"], ["办公费", "12.00", "12.00"], ["差旅费", "3.50", "3.50"]])
    end = paper.grid(grid, 92)
    for x, text in ((MARGIN + 3, "合计"), (MARGIN + 83, "15.50"), (MARGIN + 163, "15.50")):
        paper.text(x, end + 11, text)
    paper.text(290, end + 60, "12")

    cells, lines = read_pdf("a", paper.data())

    assert found(cells) == grid.filled() | {(4, 1, 1, 1, "合计"), (4, 2, 1, 1, "15.50"), (4, 3, 1, 1, "15.50")}
    assert lines.filter(pl.col("grid").is_null())["text"].to_list() == ["12"]


def test_a_caption_right_above_a_table_is_no_row_of_it() -> None:
    paper = Paper()
    paper.text(MARGIN + 3, 88, "单位：万元")
    paper.text(MARGIN + 165, 88, "15.50")
    paper.grid(simple([["科目", "合计", "基本支出"], ["办公费", "12.00", "12.00"]]), 92)

    cells, _ = read_pdf("a", paper.data())

    assert cells["row"].max() == 2


def test_rows_without_rules_between_them_come_apart() -> None:
    paper = Paper()
    grid = Grid(
        (120.0, 80.0), (18.0, 60.0), (Cell(0, 0, 1, 1, "项目"), Cell(0, 1, 1, 1, "金额"), Cell(1, 0, 1, 1, ""), Cell(1, 1, 1, 1, ""))
    )
    paper.grid(grid, 92)
    for place, (label, amount) in enumerate((("办公费", "1.00"), ("差旅费", "2.00"), ("会议费", "3.00"))):
        paper.text(MARGIN + 3, 122 + place * 16, label)
        paper.text(MARGIN + 125, 122 + place * 16, amount)

    cells, lines = read_pdf("a", paper.data())

    assert cells.select("row", "text").rows() == [
        (1, "项目"),
        (1, "金额"),
        (2, "办公费"),
        (2, "1.00"),
        (3, "差旅费"),
        (3, "2.00"),
        (4, "会议费"),
        (4, "3.00"),
    ]
    assert lines["text"].to_list() == ["项目\t金额", "办公费\t1.00", "差旅费\t2.00", "会议费\t3.00"]


def test_a_frame_around_rows_without_rules_is_no_table_of_one_column() -> None:
    rows = [
        ["科目编码", "科目名称", "合计"],
        ["201", "一般公共服务支出", "5.00"],
        ["208", "社会保障支出", "4.00"],
        ["221", "住房保障支出", "3.00"],
    ]
    paper = Paper()
    for side in ((100, 90, 400, 90), (100, 110, 400, 110), (100, 180, 400, 180), (100, 90, 100, 180), (400, 90, 400, 180)):
        paper.rule(*side)
    for number, row in enumerate(rows):
        for x, text in zip((110, 200, 350), row, strict=True):
            paper.text(x, 102 + 20 * number, text)
    paper.next_page()

    cells, _ = read_pdf("d", paper.data())

    assert cells.sort("row", "column").group_by("row", maintain_order=True).agg("text")["text"].to_list() == rows


def test_prose_and_contents_are_no_tables() -> None:
    paper = Paper()
    for place in range(6):
        paper.text(MARGIN, 100 + place * 16, f"第{place + 1}部分")
        paper.text(MARGIN + 80, 100 + place * 16, "." * 60 + f" {place + 3}")
    for place in range(6):
        paper.text(MARGIN, 300 + place * 16, f"本年收入{place}15.20 万元，比上年增加 13.00 万元，主要原因是人员增加。")

    cells, lines = read_pdf("a", paper.data())

    assert cells.is_empty()
    assert lines.height == 12


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_sideways_page_is_read_upright(turn: int) -> None:
    grid = simple([["科目", "合计"], ["办公费", "12.00"], ["差旅费", "3.50"]])
    paper = Paper()
    x, y = {90: (PAGE[0], 0.0), 180: PAGE, 270: (0.0, PAGE[1])}[turn]
    paper.canvas.translate(x, y)
    paper.canvas.rotate(turn)
    if turn != 180:
        paper.canvas.translate(0, PAGE[0] - PAGE[1])
    paper.grid(grid, 92)

    cells, _ = read_pdf("a", paper.data())

    assert found(cells) == grid.filled()
    assert cells["y0"].is_sorted()


def test_text_printed_twice_in_place_or_off_the_page_counts_once() -> None:
    grid = simple([["科目", "合计"], ["办公费", "12.00"]])
    paper = Paper()
    paper.grid(grid, 92)
    paper.canvas.saveState()
    paper.canvas.translate(0.3, 0)
    paper.grid(grid, 92)
    paper.canvas.restoreState()
    paper.text(MARGIN, 900, "页外文字")

    cells, lines = read_pdf("a", paper.data())

    assert found(cells) == grid.filled()
    assert lines.height == 2


def test_text_clipped_away_below_other_text_is_not_read() -> None:
    grid = simple([["科目", "合计"], ["办公费", "12.00"]])
    paper = Paper()
    paper.grid(grid, 92)
    paper.canvas.saveState()
    away = paper.canvas.beginPath()
    away.rect(0, 0, 200, 200)
    paper.canvas.clipPath(away, stroke=0, fill=0)
    for x, y, text in ((MARGIN + 4, 92 + 12, "年度"), (MARGIN + 84, 92 + 12, "本年"), (MARGIN + 4, 92 + 30, "差旅费")):
        paper.text(x, y, text)
    paper.canvas.restoreState()

    cells, _ = read_pdf("a", paper.data())

    assert found(cells) == grid.filled()


def test_a_watermark_across_the_page_is_not_read() -> None:
    grid = simple([["科目", "合计"], ["办公费", "12.00"]])
    paper = Paper()
    paper.grid(grid, 92)
    paper.canvas.translate(80, 700)
    paper.canvas.rotate(math.degrees(math.pi / 5))
    paper.text(0, PAGE[1], "草案草案草案草案", size=30)

    cells, lines = read_pdf("a", paper.data())

    assert found(cells) == grid.filled()
    assert lines.height == 2


def test_radicals_become_the_characters_that_they_look_like() -> None:
    import numpy as np

    codes = np.array([ord(letter) for letter in "⼈⺠⻓⻅１民\x02"], dtype=np.uint32)

    assert "".join(map(chr, printed_codes(codes))) == "人民长见１民-"


def test_a_document_without_text_is_refused_with_advice() -> None:
    paper = Paper()
    paper.rule(10, 10, 100, 10)

    with pytest.raises(UnreadableDocument, match=r"文字识别.*yusuan\[ocr\]"):
        read_pdf("a", paper.data())


def test_an_encrypted_document_is_refused_with_advice() -> None:
    import io

    from reportlab.lib.pdfencrypt import StandardEncryption
    from reportlab.pdfgen.canvas import Canvas

    buffer = io.BytesIO()
    canvas = Canvas(buffer, encrypt=StandardEncryption("secret", "owner"))
    canvas.setFont(FONT, SIZE)
    canvas.drawString(100, 100, "合计")
    canvas.save()

    with pytest.raises(UnreadableDocument, match="密码"):
        read_pdf("a", buffer.getvalue())


def test_a_damaged_document_does_not_stop_the_batch() -> None:
    paper = Paper()
    paper.grid(simple([["科目", "合计"], ["办公费", "12.00"]]), 92)

    reading = read([("bad", b"%PDF-1.7 nothing"), ("good", paper.data())])

    assert list(reading.refused) == ["bad"]
    assert reading.cells["document_id"].unique().to_list() == ["good"]
    assert reading.pages.select("document_id", "page", "unmapped", "needs_ocr").rows() == [("good", 1, 0.0, False)]


def test_a_scanned_page_among_others_is_marked_for_ocr() -> None:
    from PIL import Image
    from reportlab.lib.utils import ImageReader

    paper = Paper()
    paper.grid(simple([["科目", "合计"], ["办公费", "12.00"]]), 92)
    paper.next_page()
    paper.canvas.drawImage(ImageReader(Image.new("L", (40, 60), 200)), 0, 0, *PAGE)

    reading = read([("a", paper.data())])

    assert reading.pages["needs_ocr"].to_list() == [False, True]


@pytest.mark.parametrize("name", ["js_npc_2018", "sh_gov_office_unit_2025"])
def test_every_amount_of_a_published_budget_stands_in_a_cell_of_its_page(shared: Path, name: str) -> None:
    file = shared / "pdf" / (shared / "gold" / f"{name}.file").read_text().strip()
    money = pl.Decimal(20, 2)
    gold = pl.read_csv(shared / "gold" / f"{name}.csv", infer_schema=False).select(
        pl.col("page").cast(pl.Int32), pl.col("amount").cast(money)
    )

    cells, _ = read_pdf("a", file.read_bytes())

    printed = cells.select("page", amount=pl.col("text").str.replace_all("[,，]", "").cast(money, strict=False)).drop_nulls()
    missing = gold.group_by("page", "amount").len().join(printed.group_by("page", "amount").len(), on=["page", "amount"], how="left")
    assert missing.filter(pl.col("len_right").fill_null(0) < pl.col("len")).is_empty()


def _truths() -> list[Path]:
    folders = (SHARED / "formats", SHARED / "formats" / "pitfalls")
    paths = [path for folder in folders for path in sorted(folder.glob("*.pdf"))]
    return [path for path in paths if Path(f"{path}.truth.json").exists() and not path.name.startswith("scan_")]


@pytest.mark.skipif(not SHARED.exists(), reason="the shared documents are not here")
@pytest.mark.parametrize("path", _truths(), ids=lambda path: path.name)
def test_documents_with_true_grids_are_read_without_a_fault(path: Path) -> None:
    cells, _ = stitch(*read_pdf("a", path.read_bytes()))
    numbers = cells["grid"].unique(maintain_order=True).to_list()

    for number, table in zip(numbers, json.loads(Path(f"{path}.truth.json").read_text()), strict=True):
        # What no rule and no position shows: how far a label in the body of a table without rules reaches.
        ruled = not path.name.startswith(("borderless", "rl_threeline"))
        expected = {
            (c["r"] + 1, c["c"] + 1, c["rs"], c["cs"] if ruled or c["hdr"] else 1, bare(c["text"]))
            for c in table["cells"]
            if bare(c["text"])
        }
        assert found(cells, number) == expected
