"""PDF documents made from grids that are known, for the tests of the PDF reader: drawn with reportlab, rule by rule and label by label."""

import io
from dataclasses import dataclass, field

from hypothesis import strategies as st
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

FONT = "STSong-Light"
SIZE = 8.0
PAGE = (595.0, 842.0)
MARGIN = 40.0

pdfmetrics.registerFont(UnicodeCIDFont(FONT))

WORDS = "一般公共预算财政拨款收入支出基本工资津贴补贴奖金办公费差旅费项目合计小计人员经费商品和服务社会保障住房"
RULE_STYLES = ("lines", "rectangles", "filled", "double", "dashed")


@dataclass(frozen=True)
class Cell:
    """A cell of a known grid; rows and columns count from 0."""

    row: int
    column: int
    row_span: int
    column_span: int
    text: str


@dataclass(frozen=True)
class Grid:
    widths: tuple[float, ...]
    heights: tuple[float, ...]
    cells: tuple[Cell, ...]
    style: str = "lines"

    def filled(self) -> set[tuple[int, int, int, int, str]]:
        """What a reader returns: cells with text, rows and columns counted from 1."""
        return {(c.row + 1, c.column + 1, c.row_span, c.column_span, c.text) for c in self.cells if c.text}


@dataclass
class Paper:
    """A PDF under construction, with y measured from the top of the page."""

    pages: int = 0
    buffer: io.BytesIO = field(default_factory=io.BytesIO)

    def __post_init__(self) -> None:
        self.canvas = Canvas(self.buffer, pagesize=PAGE)
        self.canvas.setFont(FONT, SIZE)

    def text(self, x: float, y: float, text: str, size: float = SIZE, kern: float = 0.0) -> None:
        self.canvas.setFont(FONT, size)
        if kern:
            for place, letter in enumerate(text):
                self.canvas.drawString(x + place * (size / 2 + kern), PAGE[1] - y, letter)
        else:
            self.canvas.drawString(x, PAGE[1] - y, text)

    def rule(self, x0: float, y0: float, x1: float, y1: float, style: str = "lines") -> None:
        self.canvas.setLineWidth(0.5)
        self.canvas.setDash([2, 1.5] if style == "dashed" else [])
        if style == "filled":
            self.canvas.rect(x0 - 0.3, PAGE[1] - y1 - 0.3, x1 - x0 + 0.6, y1 - y0 + 0.6, stroke=0, fill=1)
        elif style == "double":
            dx, dy = (0.9, 0.0) if x0 == x1 else (0.0, 0.9)
            for sign in (-1, 1):
                self.canvas.line(x0 + sign * dx, PAGE[1] - y0 - sign * dy, x1 + sign * dx, PAGE[1] - y1 - sign * dy)
        else:
            self.canvas.line(x0, PAGE[1] - y0, x1, PAGE[1] - y1)

    def grid(self, grid: Grid, top: float, rows: range | None = None, kern: float = 0.0) -> float:
        """Draws the grid (or only some of its rows) and returns where it ends."""
        rows = rows if rows is not None else range(len(grid.heights))
        xs = [MARGIN + sum(grid.widths[:n]) for n in range(len(grid.widths) + 1)]
        ys = [top + sum(grid.heights[rows.start : n]) for n in range(rows.start, rows.stop + 1)]
        for cell in grid.cells:
            first, last = max(cell.row, rows.start), min(cell.row + cell.row_span, rows.stop)
            if first >= last:
                continue
            x0, x1 = xs[cell.column], xs[cell.column + cell.column_span]
            y0, y1 = ys[first - rows.start], ys[last - rows.start]
            if grid.style == "rectangles":
                self.canvas.setDash([])
                self.canvas.rect(x0, PAGE[1] - y1, x1 - x0, y1 - y0)
            else:
                for side in ((x0, y0, x1, y0), (x0, y1, x1, y1), (x0, y0, x0, y1), (x1, y0, x1, y1)):
                    self.rule(*side, style=grid.style)
            if first == cell.row and cell.text:
                self._cell_text(cell.text, x0, y0, x1, y1, kern)
        return ys[-1]

    def _cell_text(self, text: str, x0: float, y0: float, x1: float, y1: float, kern: float) -> None:
        if kern and text[-1].isdigit():
            self.text(x0 + 3, (y0 + y1) / 2 + 0.35 * SIZE, text, kern=kern)
            return
        wide = max(int((x1 - x0 - 6) / SIZE), 1)
        lines = [text[n : n + wide] for n in range(0, len(text), wide)] if not text[-1].isdigit() else [text]
        first = (y0 + y1) / 2 - (len(lines) - 1) * 0.6 * SIZE + 0.35 * SIZE
        for number, line in enumerate(lines):
            self.text(x0 + 3, first + number * 1.2 * SIZE, line)

    def next_page(self) -> None:
        self.canvas.showPage()
        self.pages += 1

    def data(self) -> bytes:
        self.canvas.save()
        return self.buffer.getvalue()


amounts = st.integers(0, 9_999_999).map(lambda n: f"{n / 100:,.2f}") | st.integers(0, 9_999_999).map(lambda n: f"{n / 100:.2f}")
labels = st.text(alphabet=WORDS, min_size=1, max_size=8)


@st.composite
def grids(draw: st.DrawFn, style: str | None = None, min_rows: int = 2, max_rows: int = 8, max_columns: int = 8) -> Grid:
    """A grid with cells merged at random; every edge of the grid separates some two cells, as only such an edge is printed."""
    rows, columns = draw(st.integers(min_rows, max_rows)), draw(st.integers(2, max_columns))
    owner = {(r, c): (r, c, 1, 1) for r in range(rows) for c in range(columns)}
    for _ in range(draw(st.integers(0, 4))):
        r, c = draw(st.integers(0, rows - 1)), draw(st.integers(0, columns - 1))
        rs, cs = draw(st.integers(1, min(3, rows - r))), draw(st.integers(1, min(3, columns - c)))
        places = [(r + i, c + j) for i in range(rs) for j in range(cs)]
        if all(owner[place][2:] == (1, 1) for place in places):
            owner |= dict.fromkeys(places, (r, c, rs, cs))
    spans = sorted(set(owner.values()))
    used_rows = sorted({r for r, _, _, _ in spans} | {r + rs for r, _, rs, _ in spans})
    used_columns = sorted({c for _, c, _, _ in spans} | {c + cs for _, c, _, cs in spans})
    heights = tuple(draw(st.sampled_from((30.0, 36.0, 44.0))) for _ in used_rows[:-1])
    widths = tuple(draw(st.sampled_from((48.0, 60.0, 64.0))) for _ in used_columns[:-1])
    texts = st.one_of(st.just(""), amounts, labels)
    cells = []
    for r, c, rs, cs in spans:
        row, column = used_rows.index(r), used_columns.index(c)
        cells.append(Cell(row, column, used_rows.index(r + rs) - row, used_columns.index(c + cs) - column, draw(texts)))
    if len(cells) > 1 and not any(cell.text for cell in cells):
        cells[0] = Cell(cells[0].row, cells[0].column, cells[0].row_span, cells[0].column_span, "合计")
    return Grid(widths, heights, tuple(cells), style or draw(st.sampled_from(RULE_STYLES)))
