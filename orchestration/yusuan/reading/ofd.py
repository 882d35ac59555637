"""OFD documents (GB/T 33190): pages of placed characters and drawn paths, read with the grid finder that PDF uses.

Here are only the container, the coordinates and the habits of its makers (absolute and relative paths, any namespace, templates,
pages anywhere). Signatures, annotations and attachments are not print of the disclosure and are left out.
"""

import math
import posixpath
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from yusuan.reading.continuation import stitch
from yusuan.reading.errors import UnreadableDocument
from yusuan.reading.package import DAMAGED, Package
from yusuan.reading.pdf.assemble import assemble
from yusuan.reading.pdf.extract import MAX_PAGE_CHARACTERS, MAX_PAGES, RULE_THICKNESS, UPRIGHT, Extracted
from yusuan.reading.pdf.frames import PITCH, Chars, Pages, Rulings
from yusuan.reading.pdf.radicals import printed_codes

POINTS = 72 / 25.4  # OFD measures in millimetres
A4 = (0.0, 0.0, 210.0, 297.0)
AXIS = 0.3  # mm that a straight rule may drift from its axis
MAX_PAGE_RULES = 100_000
MAX_BLOCK_DEPTH = 20
DEFAULT_LINE_WIDTH = 0.353
MOST_SPACING = 2.5  # of a character's own width, between the characters of one word
LINE_PITCH = 12.0  # points; runs that may overlap are looked for in the three nearest bands of this height
LINE_PITCH_SHARE = 0.8
IN_PLACE = 0.2  # of the size: closer than this, a text printed again only makes it bold

_NUMBER = re.compile(r"-?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d{1,2})?")
_PATH_TOKEN = re.compile(rf"[A-Za-z]|{_NUMBER.pattern}")
# How many numbers follow each path operator; the last two are the point that it ends at.
_OPERANDS = {"M": 2, "S": 2, "L": 2, "Q": 4, "B": 6, "A": 7, "C": 0}

Matrix = tuple[float, float, float, float, float, float]


class _Char(NamedTuple):
    code: int
    x0: float
    x1: float
    base: float
    size: float


class _Rule(NamedTuple):
    x0: float
    y0: float
    x1: float
    y1: float


class _Page(NamedTuple):
    width: float
    height: float
    chars: list[_Char]
    rules: list[_Rule]
    has_image: bool


def read_ofd(document_id: str, data: bytes) -> tuple[pl.DataFrame, pl.DataFrame]:
    pages = list(_Document(Package(data)).pages())
    if not any(page.chars for page in pages):
        what = "只有图片，没有文字" if any(page.has_image for page in pages) else "没有任何文字"
        raise UnreadableDocument(f"OFD 文件里{what}；请用阅读器导出为 PDF 后放入（扫描件按图片识别）。")
    return stitch(*assemble(_plane(pages), [document_id]))


def _name(element: Any) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _children(element: Any, *names: str) -> list[Any]:
    """Children of these names, whatever namespace their maker chose."""
    return [child for child in element if _name(child) in names] if element is not None else []


def _child(element: Any, *path: str) -> Any:
    for name in path:
        element = next(iter(_children(element, name)), None)
    return element


def _numbers(text: str | None) -> list[float]:
    return [number for match in _NUMBER.findall(text or "") if math.isfinite(number := float(match))]


def _number(text: str | None, default: float) -> float:
    return next(iter(_numbers(text)), default)


def _matrix(text: str | None) -> Matrix:
    numbers = _numbers(text)
    return (*numbers[:4], *numbers[4:6]) if len(numbers) >= 6 else (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)  # type: ignore[return-value]


class _Document:
    def __init__(self, package: Package) -> None:
        self._package = package

    def pages(self) -> Iterator[_Page]:
        roots = [_child(body, "DocRoot") for body in _children(self._package.xml("OFD.xml"), "DocBody")]
        paths = [root.text.strip() for root in roots if root is not None and root.text]
        if not paths:
            raise UnreadableDocument(DAMAGED)
        count = 0
        for path in paths:
            document = self._package.xml(path)
            common = _child(document, "CommonData")
            templates = {t.get("ID"): self._beside(path, t.get("BaseLoc")) for t in _children(common, "TemplatePage")}
            box = _box(_child(common, "PageArea")) or A4
            for page in _children(_child(document, "Pages"), "Page"):
                count += 1
                if count > MAX_PAGES:
                    raise UnreadableDocument(f"OFD 文件超过 {MAX_PAGES:,} 页；请拆分后放入。")
                yield self._page(self._beside(path, page.get("BaseLoc")), templates, box)

    def _beside(self, path: str, location: str | None) -> str:
        """A location as makers write it: from the root of the container, or from the folder of the file that names it."""
        location = (location or "").strip().replace("\\", "/")
        near = posixpath.join(posixpath.dirname(path), location)
        return location if location.startswith("/") or near not in self._package else near

    def _page(self, path: str, templates: dict[str, str], box: tuple[float, ...]) -> _Page:
        root = self._package.xml(path)
        left, top, width, height = _box(_child(root, "Area")) or box
        canvas = _Canvas(left, top)
        for template in _children(root, "Template"):
            location = templates.get(template.get("TemplateID"), "")
            if location in self._package:
                canvas.draw(_child(self._package.xml(location), "Content"))
        canvas.draw(_child(root, "Content"))
        return _Page(width * POINTS, height * POINTS, canvas.chars(), canvas.rules, canvas.has_image)


def _box(area: Any) -> tuple[float, float, float, float] | None:
    """Left, top, width and height of a page area in millimetres."""
    box = _child(area, "PhysicalBox")
    numbers = _numbers(box.text) if box is not None else []
    # A page that is larger than the plane's pitch in points is no page.
    if len(numbers) < 4 or not all(0 < side * POINTS < PITCH / 2 for side in numbers[2:4]):
        return None
    return numbers[0], numbers[1], numbers[2], numbers[3]


class _Canvas:
    """What a page and its templates draw, in points from the top left of the page."""

    def __init__(self, left: float, top: float) -> None:
        self._left, self._top = left, top
        self._runs: list[list[_Char]] = []
        self._count = 0
        self.rules: list[_Rule] = []
        self.has_image = False

    def chars(self) -> list[_Char]:
        """The characters of all runs of text. Of two runs that overlap, the later one is moved down to a line of its own."""
        lines: dict[int, list[list[_Char]]] = {}
        for run in filter(None, self._runs):
            size = run[0].size
            near = [other for line in (-1, 0, 1) for other in lines.get(round(run[0].base / LINE_PITCH) + line, ())]
            over = [other for other in near if len(run) > 1 and len(other) > 1 and _overlap(run, other) > size]
            if any(_is_again(run, other) for other in over):
                continue
            if over:
                run = [char._replace(base=char.base + LINE_PITCH_SHARE * size) for char in run]
            lines.setdefault(round(run[0].base / LINE_PITCH), []).append(run)
        return [char for line in lines.values() for run in line for char in run]

    def draw(self, container: Any, depth: int = 0) -> None:
        """Draws a Content, Layer or PageBlock."""
        for element in container if container is not None and depth < MAX_BLOCK_DEPTH else ():
            name = _name(element)
            if element.get("Visible") in ("false", "0"):
                continue
            if name in ("Layer", "PageBlock"):
                self.draw(element, depth + 1)
            elif name == "TextObject":
                self._text(element)
            elif name == "PathObject":
                self._path(element)
            elif name == "ImageObject":
                self.has_image = True
        if self._count > MAX_PAGE_CHARACTERS or len(self.rules) > MAX_PAGE_RULES:
            raise UnreadableDocument(f"OFD 的一页超过 {MAX_PAGE_CHARACTERS:,} 个字符或 {MAX_PAGE_RULES:,} 条线；请核对文件是不是预算公开。")

    def _placed(self, element: Any) -> tuple[Matrix, float, float]:
        boundary = _numbers(element.get("Boundary")) or [0.0, 0.0]
        return _matrix(element.get("CTM")), boundary[0] - self._left, boundary[1] - self._top

    def _text(self, element: Any) -> None:
        (a, b, c, d, e, f), left, top = self._placed(element)
        turn = math.atan2(b, a)
        if abs(turn - math.pi / 2 * round(turn / (math.pi / 2))) > UPRIGHT:
            return  # a watermark or a stamp
        size = _number(element.get("Size"), 3.0)
        wide = size * _number(element.get("HScale"), 1.0)
        height = size * math.hypot(c, d)
        x, y = 0.0, 0.0
        for code in _children(element, "TextCode"):
            run: list[_Char] = []
            text = (code.text or "").strip("\r\n\t")
            # A code without a place goes on where the one before ended.
            x, y = _number(code.get("X"), x), _number(code.get("Y"), y)
            steps = _deltas(code.get("DeltaX"), len(text))
            drops = _deltas(code.get("DeltaY"), len(text)) or [0.0] * len(text)
            for place, character in enumerate(text):
                advance = wide * (0.5 if character < "\u2e80" else 1.0)
                step = steps[place] if steps else (0.0 if any(drops) else advance)
                # The step is the advance, unless it leaps to another column.
                across = step if 0 < step < MOST_SPACING * advance else advance
                if not character.isspace():
                    x0, x1 = sorted((left + a * x + c * y + e, left + a * (x + across) + c * y + e))
                    base = top + b * x + d * y + f
                    # A turned character keeps its place and takes its size for its width.
                    x1 = x1 if x1 - x0 > across / 10 else x0 + height
                    run.append(_Char(ord(character), x0 * POINTS, x1 * POINTS, base * POINTS, height * POINTS))
                x, y = x + step, y + drops[place]
            self._runs.append(run)
            self._count += len(run)

    def _path(self, element: Any) -> None:
        data = _child(element, "AbbreviatedData")
        if data is None or _is_unseen(element):
            return
        filled, stroked = element.get("Fill") in ("true", "1"), element.get("Stroke") not in ("false", "0")
        (a, b, c, d, e, f), left, top = self._placed(element)
        thick = _number(element.get("LineWidth"), DEFAULT_LINE_WIDTH) * max(math.hypot(a, b), math.hypot(c, d))
        for points in _subpaths(data.text or ""):
            seen = [(left + a * x + c * y + e, top + b * x + d * y + f) for x, y in points]
            xs, ys = [x for x, _ in seen], [y for _, y in seen]
            x0, x1, y0, y1 = min(xs), max(xs), min(ys), max(ys)
            if filled and min(x1 - x0, y1 - y0) * POINTS < RULE_THICKNESS and len(seen) > 2:
                # A thin filled rectangle is a rule.
                upright = x1 - x0 < y1 - y0
                middle_x, middle_y = (x0 + x1) / 2, (y0 + y1) / 2
                self._rule(*((middle_x, y0, middle_x, y1) if upright else (x0, middle_y, x1, middle_y)))
            elif stroked and thick * POINTS < 2 * RULE_THICKNESS:
                for (xa, ya), (xb, yb) in pairwise(seen):
                    if abs(xa - xb) < AXIS or abs(ya - yb) < AXIS:
                        self._rule(min(xa, xb), min(ya, yb), max(xa, xb), max(ya, yb))

    def _rule(self, x0: float, y0: float, x1: float, y1: float) -> None:
        if max(x1 - x0, y1 - y0) > AXIS:
            self.rules.append(_Rule(x0 * POINTS, y0 * POINTS, x1 * POINTS, y1 * POINTS))


def _overlap(one: list[_Char], other: list[_Char]) -> float:
    """How far two runs on one line lie over each other."""
    if abs(one[0].base - other[0].base) > one[0].size / 2:
        return 0.0
    return min(one[-1].x1, other[-1].x1) - max(one[0].x0, other[0].x0)


def _is_again(one: list[_Char], other: list[_Char]) -> bool:
    near = IN_PLACE * one[0].size
    same_place = abs(one[0].x0 - other[0].x0) < near and abs(one[0].base - other[0].base) < near
    return same_place and [char.code for char in one] == [char.code for char in other]


def _is_unseen(element: Any) -> bool:
    """Drawn in white or fully transparent."""
    colour = _child(element, "FillColor" if element.get("Fill") == "true" and element.get("Stroke") == "false" else "StrokeColor")
    if element.get("Alpha") == "0" or (colour is not None and colour.get("Alpha") == "0"):
        return True
    value = _numbers(colour.get("Value")) if colour is not None else []
    return len(value) == 3 and min(value) >= 250


def _deltas(text: str | None, count: int) -> list[float]:
    """One advance for each character; `g 3 2.5` stands for three of 2.5, and the last one goes on."""
    tokens = (text or "").split()
    steps: list[float] = []
    position = 0
    while position < len(tokens) and len(steps) < count:
        repeat = 1
        if tokens[position].lower() == "g":
            repeat = int(_number(tokens[position + 1] if position + 1 < len(tokens) else None, 0))
            position += 2
        if position < len(tokens):
            steps += [_number(tokens[position], 0.0)] * min(max(repeat, 0), count - len(steps))
        position += 1
    return steps + steps[-1:] * (count - len(steps))


def _subpaths(text: str) -> Iterator[list[tuple[float, float]]]:
    """The corner points of each part of a path; curves count by their ends."""
    tokens = _PATH_TOKEN.findall(text)
    points: list[tuple[float, float]] = []
    position = 0
    while position < len(tokens):
        operator = tokens[position].upper()
        position += 1
        operands = [float(token) for token in tokens[position : position + _OPERANDS.get(operator, 0)] if not token[0].isalpha()]
        position += len(operands)
        if operator in ("M", "S"):
            if len(points) > 1:
                yield points
            points = []
        if operator == "C" and points:
            points.append(points[0])
        elif len(operands) >= 2:
            points.append((operands[-2], operands[-1]))
    if len(points) > 1:
        yield points


def _plane(pages: list[_Page]) -> Extracted:
    """All pages in the plane that the grid finder works on."""
    count = len(pages)
    of_char = np.repeat(np.arange(count), [len(page.chars) for page in pages])
    of_rule = np.repeat(np.arange(count), [len(page.rules) for page in pages])
    code, x0, x1, base, size = np.array([char for page in pages for char in page.chars], dtype=np.float64).reshape(-1, 5).T
    left, top, right, bottom = np.array([rule for page in pages for rule in page.rules], dtype=np.float64).reshape(-1, 4).T
    chars = Chars(of_char, printed_codes(code.astype(np.uint32)), x0, x1, base + of_char * PITCH, np.maximum(size, 1.0))
    shift = of_rule * PITCH
    flat = (right - left) >= (bottom - top)
    rulings = Rulings(
        of_rule,
        flat,
        np.where(flat, (top + bottom) / 2 + shift, (left + right) / 2),
        np.where(flat, left, top + shift),
        np.where(flat, right, bottom + shift),
    )
    table = Pages(
        np.zeros(count, dtype=np.int64),
        np.arange(1, count + 1),
        np.array([page.width for page in pages]),
        np.array([page.height for page in pages]),
        np.array([len(page.chars) for page in pages]),
        np.zeros(count),
    )
    return Extracted(chars, rulings, table)
