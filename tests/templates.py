"""Disclosures as the finance ministry's and the provinces' templates lay them out, filled with figures that agree.

Each template is a list of tables; every amount of a table carries the labels that it must come back with. Tables are
rendered as text with tabs or as ruled PDF. Wording and order of columns follow the published forms (财决公开01-09表 of the
years 2015 to 2025; 部门预算公开表 of several provinces); names and figures are invented.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import accumulate
from random import Random
from typing import Any

from pdf_documents import MARGIN, PAGE, Cell, Grid, Paper

NAMES = {
    "201": "一般公共服务支出", "20103": "政府办公厅（室）及相关机构事务", "2010301": "行政运行", "2010302": "一般行政管理事务",
    "208": "社会保障和就业支出", "20805": "行政事业单位养老支出", "2080505": "机关事业单位基本养老保险缴费支出",
    "2080506": "机关事业单位职业年金缴费支出", "210": "卫生健康支出", "21011": "行政事业单位医疗", "2101101": "行政单位医疗",
    "212": "城乡社区支出", "21208": "国有土地使用权出让收入安排的支出", "2120899": "其他国有土地使用权出让收入安排的支出",
    "221": "住房保障支出", "22102": "住房改革支出", "2210201": "住房公积金",
}  # fmt: skip
ECONOMIC = {
    "301": "工资福利支出", "30101": "基本工资", "30102": "津贴补贴", "30103": "奖金", "30108": "机关事业单位基本养老保险缴费",
    "302": "商品和服务支出", "30201": "办公费", "30202": "印刷费", "30211": "差旅费", "30213": "维修（护）费",
    "30231": "公务用车运行维护费",
    "303": "对个人和家庭的补助", "30301": "离休费", "30302": "退休费", "310": "资本性支出", "31002": "办公设备购置",
}  # fmt: skip
CLASSES = [
    "一般公共服务支出", "外交支出", "国防支出", "公共安全支出", "教育支出", "科学技术支出", "文化旅游体育与传媒支出", "社会保障和就业支出",
    "卫生健康支出", "节能环保支出", "城乡社区支出", "农林水支出", "交通运输支出", "资源勘探工业信息等支出", "商业服务业等支出", "金融支出",
    "援助其他地区支出", "自然资源海洋气象等支出", "住房保障支出", "粮油物资储备支出", "国有资本经营预算支出",
    "灾害防治及应急管理支出", "其他支出",
]  # fmt: skip
NUMERALS = [
    "一",
    "二",
    "三",
    "四",
    "五",
    "六",
    "七",
    "八",
    "九",
    "十",
    "十一",
    "十二",
    "十三",
    "十四",
    "十五",
    "十六",
    "十七",
    "十八",
    "十九",
    "二十",
    "二十一",
    "二十二",
    "二十三",
    "二十四",
    "二十五",
    "二十六",
]
CODE_OF_CLASS = {name: code for code, name in NAMES.items() if len(code) == 3}


class Books:
    """The money of one agency in hundredths of 万元: by function and fund, basic and project, and by economic item."""

    def __init__(self, seed: int) -> None:
        draw = Random(seed)
        self.economic = {code: draw.randint(100, 90_000) for code in ECONOMIC if len(code) == 5}
        self.personnel = sum(v for c, v in self.economic.items() if c[:3] in ("301", "303"))
        self.public = sum(self.economic.values()) - self.personnel
        basic = self._split(draw, self.personnel + self.public, ["2010301", "2080505", "2080506", "2101101", "2210201"])
        self.general = {code: (amount, 0) for code, amount in basic.items()}
        self.general["2010302"] = (0, draw.randint(10_000, 99_999))
        self.general["2010301"] = (self.general["2010301"][0], draw.randint(100, 999))
        self.fund = {"2120899": (0, draw.randint(10_000, 99_999))}
        self.business, self.other = draw.randint(1_000, 5_000), draw.randint(100, 900)
        self.own = {"2010302": (0, self.business + self.other)}
        self.opening, self.opening_general = 6_000 + draw.randint(1, 2_000), draw.randint(100, 5_000)
        car, buy, trip, meal = (draw.randint(100, 900) for _ in range(4))
        self.three = {"trip": trip, "buy": buy, "run": car, "meal": meal}
        self.three_used = {name: value - draw.randint(1, 90) for name, value in self.three.items()}
        self.year = 2023

    @staticmethod
    def _split(draw: Random, whole: int, keys: list[str]) -> dict[str, int]:
        cuts = sorted(draw.sample(range(1, whole), len(keys) - 1))
        return {key: b - a for key, a, b in zip(keys, [0, *cuts], [*cuts, whole], strict=True)}

    def spent(self, *funds: str) -> dict[str, tuple[int, int]]:
        """(basic, project) of every item, section and class that the funds pay for."""
        paid: dict[str, tuple[int, int]] = {}
        for fund in funds:
            for item, (basic, project) in getattr(self, fund).items():
                for code in (item[:3], item[:5], item):
                    a, b = paid.get(code, (0, 0))
                    paid[code] = (a + basic, b + project)
        return dict(sorted(paid.items()))

    def total(self, *funds: str) -> tuple[int, int]:
        classes = [pair for code, pair in self.spent(*funds).items() if len(code) == 3]
        return sum(a for a, _ in classes), sum(b for _, b in classes)


@dataclass(frozen=True)
class Amount:
    """A printed amount with the labels that it must come back with."""

    hundredths: int
    labels: dict[str, str]


Row = list[Any]


@dataclass
class Table:
    """`header` has rows of texts or (text, columns, rows); body rows hold texts and amounts, one for each column."""

    title: str
    header: list[list[str | tuple[str, int, int]]]
    body: list[Row] = field(default_factory=list)
    unit: str = "万元"
    number: str = ""
    notes: list[str] = field(default_factory=list)

    def amounts(self) -> Iterator[Amount]:
        return (cell for row in self.body for cell in row if isinstance(cell, Amount))

    def grid(self) -> list[Cell]:
        taken: set[tuple[int, int]] = set()
        cells = []
        for r, row in enumerate(self.header):
            c = 0
            for heading in row:
                text, width, height = heading if isinstance(heading, tuple) else (heading, 1, 1)
                while (r, c) in taken:
                    c += 1
                cells.append(Cell(r, c, height, width, text))
                taken |= {(r + i, c + j) for i in range(height) for j in range(width)}
        for r, row in enumerate(self.body, start=len(self.header)):
            cells += [Cell(r, c, 1, 1, printed(cell, self.unit)) for c, cell in enumerate(row)]
        return cells

    def rows(self) -> list[list[str]]:
        """The text of every column of every row; a merged cell prints in its first place."""
        cells = self.grid()
        height, width = max(c.row + c.row_span for c in cells), max(c.column + c.column_span for c in cells)
        texts = {(c.row, c.column): c.text for c in cells}
        return [[texts.get((r, c), "") for c in range(width)] for r in range(height)]


def printed(cell: Any, unit: str) -> str:
    if not isinstance(cell, Amount):
        return cell
    places = {"元": 2, "千元": 1, "万元": 0, "亿元": -4}[unit]
    shown = f"{Decimal(cell.hundredths).scaleb(-2) * {'元': 10_000, '千元': 10, '万元': 1, '亿元': Decimal('0.0001')}[unit]:,.6f}"
    decimals = 6 if places < 0 else 2
    return shown[: shown.index(".") + 1 + decimals]


def of(labels: dict[str, str], *columns: tuple[int, dict[str, str]], blank_zero: bool = True) -> Row:
    """Amount cells of a row: the row's labels and each column's."""
    return ["" if blank_zero and not value else Amount(value, {**labels, **column}) for value, column in columns]


def coded(statement: str, code: str, kind: str | None = None, **more: str) -> dict[str, str]:
    found = {
        "statement": statement,
        "side": "expenditure",
        "kind": kind or ("detail" if (len(code) in (5, 7) and code[0] == "3") or len(code) == 7 else "subtotal"),
    }
    return found | ({"economic": code} if code[0] == "3" else {"classification": code}) | more


def whole(statement: str, item: str, **more: str) -> dict[str, str]:
    return {"statement": statement, "side": "expenditure", "kind": "total", "item": item} | more


def code_cells(code: str, style: int) -> list[str]:
    """One column (2010301), two (301 | 01) or three (201 | 03 | 01)."""
    if style == 1:
        return [code]
    parts = [code[:3], code[3:5], code[5:7]]
    return parts[:style]


def function_rows(
    books: Books,
    statement: str,
    funds: tuple[str, ...],
    style: int,
    columns: Callable[[str | None, int, int], list[tuple[int, dict[str, str]]]],
    total_last: bool = False,
    side: str = "expenditure",
    lead: Callable[[str], list[str]] | None = None,
) -> list[Row]:
    rows: list[Row] = []
    for code, (basic, project) in books.spent(*funds).items():
        labels = coded(statement, code, side=side)
        rows.append([*code_cells(code, style), NAMES[code], *of(labels, *columns(code, basic, project))])
    basic, project = books.total(*funds)
    total: Row = [*[""] * (style - 1), "", "合计", *of(whole(statement, "合计", side=side), *columns(None, basic, project))]
    return [*rows, total] if total_last else [total, *rows]


def code_heads(style: int, code: str = "科目编码", name: str = "科目名称") -> list[str | tuple[str, int, int]]:
    return [("功能分类科目编码" if style == 3 else code, style, 1), name]


def cover(books: Books, final: bool) -> list[str]:
    return ["某市某局", f"{books.year}年度部门{'决算' if final else '预算'}", ""]


def as_text(tables: list[Table], head: list[str], caption: str = "编制单位：某市某局\t\t单位：{unit}", joint: str = "\t") -> str:
    lines = list(head)
    for table in tables:
        lines += [*([table.number] if table.number else []), table.title, "", caption.format(unit=table.unit).replace("\t", " " * 8), ""]
        lines += [joint.join(row) for row in table.rows()]
        lines += ["", *table.notes, ""]
    return "\n".join(lines) + "\n"


def as_pdf(tables: list[Table], head: list[str]) -> bytes:
    """Ruled pages; a table that does not fit goes on without its header."""
    paper = Paper()
    for k, line in enumerate(head):
        paper.text(MARGIN, 80 + 20 * k, line)
    for table in tables:
        paper.next_page()
        cells = table.grid()
        width, height = max(c.column + c.column_span for c in cells), max(c.row + c.row_span for c in cells)
        share = (PAGE[0] - 2 * MARGIN) / width
        texts = [max((len(c.text) for c in cells if c.column == k and c.column_span == 1), default=1) for k in range(width)]
        scale = (PAGE[0] - 2 * MARGIN) / sum(min(max(t, 4), 12) for t in texts)
        widths = tuple(min(max(t, 4), 12) * scale for t in texts) if share else ()
        grid = Grid(widths, tuple(30.0 if k < len(table.header) else 22.0 for k in range(height)), tuple(cells))
        top, start = 90.0, 0
        paper.text(MARGIN, 50, table.title)
        paper.text(PAGE[0] - MARGIN - 60, 70, f"单位：{table.unit}")
        while start < height:
            room = [k for k, y in enumerate(accumulate(grid.heights[start:], initial=top)) if y <= PAGE[1] - MARGIN][-1]
            end = min(start + room, height)
            paper.grid(grid, top, range(start, end))
            if end < height:
                paper.next_page()
            start, top = end, 50.0
        for k, note in enumerate(table.notes):
            paper.text(MARGIN, PAGE[1] - 30 + 10 * k, note)
    paper.next_page()
    return paper.data()
