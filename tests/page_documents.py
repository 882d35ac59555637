"""A published PDF whose numbers stand at known places, for the way back from the page: two landscape tables and a form filler's line."""

import io

from reportlab.lib.pagesizes import A4, landscape
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

FONT = "STSong-Light"
PUBLISHER = "丁市档案馆"
PHONE, PERSON = "13812345678", "张三丰"
ROWS = (
    ("科目编码", "科目名称", "合计", "基本支出", "项目支出"),
    ("", "合计", "512.34", "412.34", "100.00"),
    ("201", "一般公共服务支出", "412.34", "312.34", "100.00"),
    ("2012604", "档案馆", "412.34", "312.34", "100.00"),
    ("208", "社会保障和就业支出", "100.00", "100.00", "0.00"),
    ("2080505", "机关事业单位基本养老保险缴费支出", "100.00", "100.00", "0.00"),
)
LEFT, TOP, HIGH = 60.0, 150.0, 28.0
WIDTHS = (90.0, 250.0, 110.0, 110.0, 110.0)
PAGE = landscape(A4)
# Below the table, where a form filler signs.
SIGNED = (LEFT, TOP + len(ROWS) * HIGH + 40)


def box_of(row: int, column: int) -> tuple[float, float, float, float]:
    """The ruled cell of ROWS[row][column] in points from the upper left corner."""
    x0 = LEFT + sum(WIDTHS[:column])
    y0 = TOP + row * HIGH
    return x0, y0, x0 + WIDTHS[column], y0 + HIGH


def disclosure(year: int = 2024, turned: bool = False) -> bytes:
    """`turned` draws the table sideways on an upright page, as landscape tables often are."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4)
    canvas.setFont(FONT, 20)
    canvas.drawCentredString(A4[0] / 2, A4[1] - 300, f"{PUBLISHER}{year}年部门预算")
    canvas.showPage()
    canvas.setPageSize(A4 if turned else PAGE)
    if turned:
        canvas.translate(A4[0], 0)
        canvas.rotate(90)
    _table(canvas, year)
    canvas.save()
    return buffer.getvalue()


def _table(canvas: Canvas, year: int) -> None:
    high = PAGE[1]

    def text(x: float, y: float, words: str, size: float = 11) -> None:
        canvas.setFont(FONT, size)
        canvas.drawString(x, high - y, words)

    text(300, 90, f"{year}年部门支出预算总表", 16)
    text(LEFT, 135, f"部门：{PUBLISHER}")
    text(620, 135, "单位：万元")
    canvas.setLineWidth(0.6)
    for row, cells in enumerate(ROWS):
        for column, words in enumerate(cells):
            x0, y0, x1, y1 = box_of(row, column)
            canvas.rect(x0, high - y1, x1 - x0, y1 - y0)
            text(x0 + 5, y0 + 18, words)
    text(*SIGNED, f"联系人：{PERSON}　联系电话：{PHONE}")
