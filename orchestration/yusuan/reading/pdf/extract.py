"""Characters and rulings of PDF pages, through PDFium's C interface into arrays.

The only loop over characters runs inside `map`, so that a page costs about 3 ms. Coordinates leave this module upright: x from the
left, y from the top of the page as its text is read, whatever /Rotate or a sideways text matrix says. What is a table is not asked here.
"""

import ctypes
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise, repeat

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as pdf

from yusuan.reading.errors import UnreadableDocument
from yusuan.reading.pdf.frames import PITCH, Chars, Pages, Rulings
from yusuan.reading.pdf.radicals import printed_codes

MAX_PAGES = 3000  # The longest published budget seen has about 400 pages; a hostile file has 100,000.
MAX_PAGE_CHARACTERS = 200_000
MAX_PAGE_OBJECTS = 100_000
MAX_FORM_DEPTH = 4
RULE_THICKNESS = 3.0  # A filled shape thicker than this is a surface, not a rule.
RECTANGLE_SEGMENTS = 5
AXIS = 0.5  # A side that drifts less than this from its axis is straight.
WHITE = 250  # A rule whose red, green and blue all reach this does not show on paper.
OVERHANG = 2000.0  # Content farther than this outside its page is dropped unseen, so that pages stay apart in the plane.
UPRIGHT = math.radians(6)  # Characters turned by more than this off the axes are a watermark or a stamp.
IN_PLACE = 0.2  # Two equal characters closer than this share of their size are one, printed twice for weight or by two layers.
OVERPRINTED = 0.15  # Different characters this close (in font sizes) lie on each other: even a full stop is wider;
FEWEST_OVERPRINTED = 3  # a few of them are accents or marks.
MEANINGLESS = 0.5  # A page with a larger share of characters without a meaning has no text layer to speak of.
PRIVATE_USE = (0xE000, 0xF8FF)

# Arrays of length one, so that PDFium writes each result straight into one buffer.
_Coordinate, _Single, _Flag, _Shade = ctypes.c_double * 1, ctypes.c_float * 1, ctypes.c_int * 1, ctypes.c_uint * 1


@dataclass(frozen=True, slots=True)
class Extracted:
    """The pages of a batch; `pictured` is the share of each page that its largest picture covers, where the format has told."""

    chars: Chars
    rulings: Rulings
    pages: Pages
    pictured: np.ndarray = field(default_factory=lambda: np.empty(0))


@dataclass(frozen=True, slots=True)
class _Page:
    """One page in PDF user space: characters (code, x0, x1, origin x, origin y, size, quarter turn, unmapped) and thin boxes."""

    box: tuple[float, float, float, float]
    rotation: int
    chars: np.ndarray
    rules: np.ndarray
    pictured: float  # share of the page that its largest picture covers


def extract_pages(documents: list[tuple[str, bytes]]) -> tuple[Extracted, dict[str, str]]:
    """The pages of all readable documents, and the reason for each document that was refused."""
    pages: list[_Page] = []
    owners: list[tuple[int, int]] = []
    refused: dict[str, str] = {}
    for place, (document_id, data) in enumerate(documents):
        try:
            found = _document(data)
        except UnreadableDocument as error:
            refused[document_id] = error.reason
            continue
        owners += [(place, number) for number in range(1, len(found) + 1)]
        pages += found
    return _plane(pages, owners), refused


def _document(data: bytes) -> list[_Page]:
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if pdf.FPDF_GetLastError() == pdf.FPDF_ERR_PASSWORD:
            raise UnreadableDocument("PDF 有密码保护；请放入没有密码的文件。") from error
        raise UnreadableDocument("PDF 损坏，打不开；请重新下载。") from error
    try:
        if len(document) == 0:
            raise UnreadableDocument("PDF 里没有页；请重新下载。")
        if len(document) > MAX_PAGES:
            raise UnreadableDocument(f"PDF 有 {len(document):,} 页，超过 {MAX_PAGES:,} 页；请拆分后放入。")
        pages = [_page(document.raw, number) for number in range(len(document))]
    finally:
        document.close()
    shares = [float(page.chars[:, -1].mean()) for page in pages if len(page.chars)]
    if not shares or min(shares) > MEANINGLESS:
        raise UnreadableDocument('PDF 没有能读出的文字；请安装文字识别后重试：pip install "yusuan[ocr]"。')
    return pages


def _page(document: object, number: int) -> _Page:
    page = pdf.FPDF_LoadPage(document, number)
    if not page:
        # A broken page between good ones leaves an empty page, so that the page numbers of the others stay right.
        return _Page((0.0, 0.0, 0.0, 0.0), 0, np.empty((0, 8)), np.empty((0, 4)), 0.0)
    try:
        box = pdf.FS_RECTF()
        pdf.FPDF_GetPageBoundingBox(page, box)
        count = pdf.FPDFPage_CountObjects(page)
        objects = list(map(pdf.FPDFPage_GetObject, repeat(page), range(count))) if count <= MAX_PAGE_OBJECTS else []
        rules: list[np.ndarray] = []
        pictures: list[float] = [0.0]
        _collect_rules(objects, None, rules, pictures, 0)
        area = (box.right - box.left) * (box.top - box.bottom)
        return _Page(
            (box.left, box.bottom, box.right, box.top),
            pdf.FPDFPage_GetRotation(page),
            _characters(page),
            np.concatenate(rules) if rules else np.empty((0, 4)),
            max(pictures) / area if area > 0 else 0.0,
        )
    finally:
        pdf.FPDF_ClosePage(page)


def _characters(page: object) -> np.ndarray:
    text = pdf.FPDFText_LoadPage(page)
    if not text:
        return np.empty((0, 8))
    try:
        count = min(max(pdf.FPDFText_CountChars(text), 0), MAX_PAGE_CHARACTERS)
        codes = np.fromiter(map(pdf.FPDFText_GetUnicode, repeat(text), range(count)), np.uint32, count)
        # PDFium adds line breaks and spaces of its own; printed spaces stay.
        blank = np.flatnonzero(codes <= 0x20)
        added = blank[[pdf.FPDFText_IsGenerated(text, int(place)) != 0 for place in blank]] if len(blank) else blank
        keep = np.ones(count, dtype=bool)
        keep[added] = False
        keep &= ~np.isin(codes, (0x0A, 0x0D))
        places = np.flatnonzero(keep).tolist()
        codes = codes[keep]
        boxes = (pdf.FS_RECTF * len(places))()
        xs, ys = (_Coordinate * len(places))(), (_Coordinate * len(places))()
        _exhaust(map(pdf.FPDFText_GetLooseCharBox, repeat(text), places, boxes))
        _exhaust(map(pdf.FPDFText_GetCharOrigin, repeat(text), places, xs, ys))
        matrices = (pdf.FS_MATRIX * len(places))()
        _exhaust(map(pdf.FPDFText_GetMatrix, repeat(text), places, matrices))
        matrix = _array(matrices, np.float32).reshape(-1, 6).astype(np.float64)
        set_size = np.fromiter(map(pdf.FPDFText_GetFontSize, repeat(text), places), np.float64, len(places))
        error = np.fromiter(map(pdf.FPDFText_HasUnicodeMapError, repeat(text), places), np.int32, len(places)) == 1
        box = _array(boxes, np.float32).reshape(-1, 4).astype(np.float64)  # left, top, right, bottom
        x, y = _array(xs, np.float64), _array(ys, np.float64)
        size = set_size * np.hypot(matrix[:, 2], matrix[:, 3])
        angle = np.arctan2(-matrix[:, 1], matrix[:, 0])  # clockwise, as /Rotate counts
        quarter = np.rint(angle / (math.pi / 2))
        straight = np.abs(angle - quarter * (math.pi / 2)) < UPRIGHT
        quarter %= 4
        unmapped = error | (codes == 0) | (codes == 0xFFFD) | ((codes >= PRIVATE_USE[0]) & (codes <= PRIVATE_USE[1]))
        found = np.column_stack((printed_codes(codes), box[:, 0], box[:, 2], x, y, size, quarter, unmapped))
        for place in np.flatnonzero(straight & (quarter != 0)).tolist():
            found[place, 1:3] = _turned_extent(text, places[place], bool(quarter[place] % 2))
        if _overprinted(found):
            straight &= _unclipped(text, places, x, y)
        return found[straight]
    finally:
        pdf.FPDFText_ClosePage(text)


def _array(buffer: ctypes.Array, kind: type) -> np.ndarray:
    return np.frombuffer(memoryview(buffer), kind)


def _exhaust(calls: map) -> None:
    for _ in calls:
        pass


def _turned_extent(text: object, place: int, sideways: bool) -> tuple[float, float]:
    """Extent along the line of writing of a turned character, whose loose box is degenerate in PDFium: that of its ink."""
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    pdf.FPDFText_GetCharBox(text, place, left, right, bottom, top)
    return (bottom.value, top.value) if sideways else (left.value, right.value)


def _overprinted(chars: np.ndarray) -> bool:
    """Do different characters lie on each other? Then some of them may be clipped away, which is too slow to ask of every page."""
    chars = chars[chars[:, 0] > 0x20]
    across = np.where(chars[:, 6] % 2 == 1, chars[:, 3], chars[:, 4])
    order = np.lexsort((chars[:, 1], np.rint(across / 2)))
    code, along, size = chars[order][:, [0, 1, 5]].T
    near = (np.abs(np.diff(along)) < OVERPRINTED * size[1:]) & (np.abs(np.diff(across[order])) < OVERPRINTED * size[1:])
    near &= np.diff(code) != 0
    return bool(near.sum() >= FEWEST_OVERPRINTED)


def _unclipped(text: object, places: list[int], x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Which characters begin inside the clip of their text object. One that is cut off in print after its beginning is read whole."""
    seen: dict[int, tuple[float, float, float, float]] = {}
    inside = np.ones(len(places), dtype=bool)
    for number, place in enumerate(places):
        thing = pdf.FPDFText_GetTextObject(text, place)
        address = ctypes.cast(thing, ctypes.c_void_p).value
        if not address:
            continue
        if address not in seen:
            seen[address] = _clip(thing)
        left, bottom, right, top = seen[address]
        inside[number] = left - 1 <= x[number] <= right + 1 and bottom - 1 <= y[number] <= top + 1
    return inside


def _clip(thing: object) -> tuple[float, float, float, float]:
    """The box around what an object is clipped to; everything when it is not clipped."""
    clip = pdf.FPDFPageObj_GetClipPath(thing)
    left = bottom = -math.inf
    right = top = math.inf
    x, y = ctypes.c_float(), ctypes.c_float()
    for path in range(max(pdf.FPDFClipPath_CountPaths(clip), 0) if clip else 0):
        points = []
        for place in range(max(pdf.FPDFClipPath_CountPathSegments(clip, path), 0)):
            pdf.FPDFPathSegment_GetPoint(pdf.FPDFClipPath_GetPathSegment(clip, path, place), x, y)
            points.append((x.value, y.value))
        if points:
            left, right = max(left, min(p[0] for p in points)), min(right, max(p[0] for p in points))
            bottom, top = max(bottom, min(p[1] for p in points)), min(top, max(p[1] for p in points))
    return left, bottom, right, top


def _collect_rules(objects: list, matrix: tuple[float, ...] | None, rules: list[np.ndarray], pictures: list[float], depth: int) -> None:
    """Appends arrays of thin boxes (left, bottom, right, top) that the objects of a page or form draw, and the areas of pictures."""
    kinds = np.fromiter(map(pdf.FPDFPageObj_GetType, objects), np.int32, len(objects))
    if depth < MAX_FORM_DEPTH:
        for place in np.flatnonzero(kinds == pdf.FPDF_PAGEOBJ_FORM).tolist():
            form = objects[place]
            count = min(pdf.FPDFFormObj_CountObjects(form), MAX_PAGE_OBJECTS)
            inner = list(map(pdf.FPDFFormObj_GetObject, repeat(form), range(count)))
            _collect_rules(inner, _compose(_matrix(form), matrix), rules, pictures, depth + 1)
    is_path = kinds == pdf.FPDF_PAGEOBJ_PATH
    drawn = np.flatnonzero(is_path | (kinds == pdf.FPDF_PAGEOBJ_IMAGE))
    if not len(drawn):
        return
    things = [objects[place] for place in drawn.tolist()]
    is_path = is_path[drawn]
    sides = [(_Single * len(things))() for _ in range(4)]
    bounded = np.fromiter(map(pdf.FPDFPageObj_GetBounds, things, *sides), np.int32, len(things)) != 0
    box = np.column_stack([_array(side, np.float32) for side in sides]).astype(np.float64)
    thin = bounded & (np.minimum(box[:, 2] - box[:, 0], box[:, 3] - box[:, 1]) <= RULE_THICKNESS)
    found = [box[thin & ~is_path]]
    picture = box[bounded & ~thin & ~is_path]
    picture = picture if matrix is None else _moved(picture, matrix)
    pictures += ((picture[:, 2] - picture[:, 0]) * (picture[:, 3] - picture[:, 1])).tolist()
    # Only thin shapes and outlines can be rules; the colour is asked of no other.
    fills, strokes = (_Flag * len(things))(), (_Flag * len(things))()
    paths = np.flatnonzero(is_path & bounded).tolist()
    _exhaust(map(pdf.FPDFPath_GetDrawMode, [things[p] for p in paths], [fills[p] for p in paths], [strokes[p] for p in paths]))
    fill, stroke = _array(fills, np.int32) != 0, _array(strokes, np.int32) != 0
    for colour, group in (
        (pdf.FPDFPageObj_GetStrokeColor, is_path & bounded & stroke),
        (pdf.FPDFPageObj_GetFillColor, is_path & bounded & fill & ~stroke),
    ):
        places = np.flatnonzero(group)
        visible = _visible(colour, [things[place] for place in places.tolist()])
        found.append(box[places[visible & thin[places]]])
        for place in places[visible & ~thin[places]].tolist():
            if stroke[place] or pdf.FPDFPath_CountSegments(things[place]) > RECTANGLE_SEGMENTS:
                found.append(np.array(_outline(things[place], bool(stroke[place])), dtype=np.float64).reshape(-1, 4))
    boxes = np.concatenate(found)
    rules.append(boxes if matrix is None else _moved(boxes, matrix))


def _visible(colour: Callable[..., int], paths: list) -> np.ndarray:
    """Which paths are drawn in a colour that shows on white paper."""
    shades = [(_Shade * len(paths))() for _ in range(4)]
    known = np.fromiter(map(colour, paths, *shades), np.int32, len(paths)) != 0
    red, green, blue, alpha = (_array(shade, np.uint32) for shade in shades) if paths else (np.empty(0, np.uint32),) * 4
    return ~known | ((alpha > 0) & (np.minimum(np.minimum(red, green), blue) < WHITE))


def _outline(path: object, stroke: bool) -> list[tuple[float, float, float, float]]:
    """The thin pieces of a path that is not thin as a whole: straight sides of an outline, narrow parts of a filled shape."""
    matrix = _matrix(path)
    found: list[tuple[float, float, float, float]] = []
    for points in _subpaths(path):
        moved = [_point(x, y, matrix) for x, y in points]
        xs, ys = [x for x, _ in moved], [y for _, y in moved]
        around = (min(xs), min(ys), max(xs), max(ys))
        if min(around[2] - around[0], around[3] - around[1]) <= RULE_THICKNESS:
            found.append(around)
        elif stroke:
            for (xa, ya), (xb, yb) in pairwise(moved):
                if abs(xa - xb) < AXIS or abs(ya - yb) < AXIS:
                    found.append((min(xa, xb), min(ya, yb), max(xa, xb), max(ya, yb)))
    return found


def _subpaths(path: object) -> list[list[tuple[float, float]]]:
    """Corner points of each piece of a path without curves; a piece with a curve draws no rule."""
    x, y = ctypes.c_float(), ctypes.c_float()
    pieces: list[list[tuple[float, float]]] = []
    curved: set[int] = set()
    for place in range(min(pdf.FPDFPath_CountSegments(path), MAX_PAGE_OBJECTS)):
        segment = pdf.FPDFPath_GetPathSegment(path, place)
        kind = pdf.FPDFPathSegment_GetType(segment)
        pdf.FPDFPathSegment_GetPoint(segment, x, y)
        if kind == pdf.FPDF_SEGMENT_MOVETO or not pieces:
            pieces.append([])
        elif kind == pdf.FPDF_SEGMENT_BEZIERTO:
            curved.add(len(pieces))
        pieces[-1].append((x.value, y.value))
        if pdf.FPDFPathSegment_GetClose(segment) and pieces[-1][0] != pieces[-1][-1]:
            pieces[-1].append(pieces[-1][0])
    return [points for number, points in enumerate(pieces, 1) if len(points) > 1 and number not in curved]


def _matrix(thing: object) -> tuple[float, ...]:
    matrix = pdf.FS_MATRIX()
    pdf.FPDFPageObj_GetMatrix(thing, matrix)
    return matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f


def _compose(inner: tuple[float, ...], outer: tuple[float, ...] | None) -> tuple[float, ...]:
    if outer is None:
        return inner
    a, b, c, d, e, f = inner
    p, q, r, s, t, u = outer
    return a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u


def _point(x: float, y: float, matrix: tuple[float, ...]) -> tuple[float, float]:
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


def _moved(boxes: np.ndarray, matrix: tuple[float, ...]) -> np.ndarray:
    a, b, c, d, e, f = matrix
    x, y = boxes[:, [0, 2]], boxes[:, [1, 3]]
    xs, ys = a * x + c * y + e, b * x + d * y + f
    return np.column_stack((xs.min(axis=1), ys.min(axis=1), xs.max(axis=1), ys.max(axis=1)))


def _plane(pages: list[_Page], owners: list[tuple[int, int]]) -> Extracted:
    """All pages upright in one plane; characters doubled in place are dropped."""
    index = np.arange(len(pages))
    counts = np.array([len(page.chars) for page in pages], dtype=np.int64)
    of_char = np.repeat(index, counts)
    of_rule = np.repeat(index, [len(page.rules) for page in pages])
    chars = np.concatenate([page.chars for page in pages]) if pages else np.empty((0, 8))
    rules = np.concatenate([page.rules for page in pages]) if pages else np.empty((0, 4))
    box = np.array([page.box for page in pages], dtype=np.float64).reshape(-1, 4)

    turns = np.zeros((len(pages), 4), dtype=np.int64)
    np.add.at(turns, (of_char, chars[:, 6].astype(np.int64)), 1)
    rotation = np.array([page.rotation for page in pages], dtype=np.int64)
    quarter = np.where(turns.sum(axis=1) > 0, turns.argmax(axis=1), rotation % 4)
    sideways = quarter % 2 == 1
    wide, high = box[:, 2] - box[:, 0], box[:, 3] - box[:, 1]
    width, height = np.where(sideways, high, wide), np.where(sideways, wide, high)

    code, along0, along1, x, y, size, turn, unmapped = chars.T
    x, y = _upright(x, y, box[of_char], quarter[of_char])
    own = turn == quarter[of_char]
    x0, x1 = _extent(along0, along1, box[of_char], quarter[of_char])
    # A character turned against its page keeps its place; its advance is taken to be its size.
    x0, x1 = np.where(own, x0, x - size / 2), np.where(own, x1, x + size / 2)
    shift = of_char * PITCH
    found = Chars(of_char, code.astype(np.uint32), np.minimum(x0, x1), np.maximum(x0, x1), y + shift, np.maximum(size, 1.0))
    middle = found.middle - shift
    near = (found.centre > -OVERHANG) & (found.centre < width[of_char] + OVERHANG)
    near &= (middle > -OVERHANG) & (middle < height[of_char] + OVERHANG)
    once = near & ~_doubled(found)

    bad = np.bincount(of_char, weights=unmapped, minlength=len(pages))
    share = np.divide(bad, counts, out=np.zeros(len(pages)), where=counts > 0)
    owner = np.array(owners, dtype=np.int64).reshape(-1, 2)
    pictured = np.array([page.pictured for page in pages], dtype=np.float64)
    table = Pages(owner[:, 0], owner[:, 1], width, height, counts, share)
    return Extracted(found.take(once), _straight(rules, of_rule, box, quarter, width, height), table, pictured)


def _upright(x: np.ndarray, y: np.ndarray, box: np.ndarray, quarter: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """From user space (y up) to the upright page (y down) whose text was turned by `quarter` as PDFium counts angles."""
    left, bottom, right, top = box.T
    return (
        np.select([quarter == 1, quarter == 2, quarter == 3], [top - y, right - x, y - bottom], x - left),
        np.select([quarter == 1, quarter == 2, quarter == 3], [right - x, y - bottom, x - left], top - y),
    )


def _extent(low: np.ndarray, high: np.ndarray, box: np.ndarray, quarter: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    left, bottom, right, top = box.T
    ends = [
        np.select([quarter == 1, quarter == 2, quarter == 3], [top - end, right - end, end - bottom], end - left) for end in (low, high)
    ]
    return ends[0], ends[1]


def _doubled(chars: Chars) -> np.ndarray:
    """Characters equal to one at their left or in the same place, closer than IN_PLACE of their size."""
    # Twice, because baselines on both sides of a bucket's edge would not meet.
    return _doubled_in(chars, np.rint(chars.base / 2)) | _doubled_in(chars, np.floor(chars.base / 2))


def _doubled_in(chars: Chars, bucket: np.ndarray) -> np.ndarray:
    order = np.lexsort((chars.x0, bucket, chars.code, chars.page))
    page, code, x0, base, size = (a[order] for a in (chars.page, chars.code, chars.x0, chars.base, chars.size))
    near = np.zeros(len(chars), dtype=bool)
    if len(chars) > 1:
        near[1:] = (
            (page[1:] == page[:-1])
            & (code[1:] == code[:-1])
            & (np.abs(x0[1:] - x0[:-1]) < IN_PLACE * size[1:])
            & (np.abs(base[1:] - base[:-1]) < IN_PLACE * size[1:])
        )
    doubled = np.zeros(len(chars), dtype=bool)
    doubled[order] = near
    return doubled


def _straight(rules: np.ndarray, page: np.ndarray, box: np.ndarray, quarter: np.ndarray, width: np.ndarray, height: np.ndarray) -> Rulings:
    xa, ya = _upright(rules[:, 0], rules[:, 1], box[page], quarter[page])
    xb, yb = _upright(rules[:, 2], rules[:, 3], box[page], quarter[page])
    x0, x1 = np.minimum(xa, xb), np.maximum(xa, xb)
    y0, y1 = np.minimum(ya, yb), np.maximum(ya, yb)
    near = (x0 > -OVERHANG) & (x1 < width[page] + OVERHANG) & (y0 > -OVERHANG) & (y1 < height[page] + OVERHANG)
    shift = page * PITCH
    horizontal = (x1 - x0) >= (y1 - y0)
    found = Rulings(
        page,
        horizontal,
        np.where(horizontal, (y0 + y1) / 2 + shift, (x0 + x1) / 2),
        np.where(horizontal, x0, y0 + shift),
        np.where(horizontal, x1, y1 + shift),
    )
    return found.take(near)
