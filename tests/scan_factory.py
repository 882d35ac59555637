"""Makes scans from grids, for the scan reader's tests: what is written is known, so reading can be judged.

A page is drawn at twice its resolution, shrunk, stamped, turned, soiled and compressed, as scanners and offices do it. Tables come
from `table()` or from documents_factory.grids().
"""

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from yusuan.reading.assembly import GridCell

FONTS = (
    "/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc",
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
    "/usr/share/fonts/truetype/arphic/uming.ttc",
    "/System/Library/Fonts/PingFang.ttc",
    "C:/Windows/Fonts/simsun.ttc",
)
INSTALLED = [font for font in FONTS if Path(font).exists()]
A4 = (11.69, 8.27)
CODES = ("20101", "2010301", "20805", "2080505", "2210201", "21011")
NAMES = ("行政运行", "一般公共服务支出", "机关事业单位基本养老保险缴费支出", "住房公积金", "培训支出", "行政单位医疗", "事业单位离退休")


@dataclass(frozen=True)
class Look:
    """How a page is printed, stamped and scanned."""

    dpi: int = 200
    points: float = 10.0
    font: int = 0
    tilt: float = 0.0  # degrees
    noise: float = 6.0  # standard deviation of grey levels
    specks: int = 60
    stamp: tuple[float, float] | None = None  # centre, as shares of width and height
    mode: str = "colour"  # colour | grey | black_and_white
    quality: int = 80  # of JPEG
    blur: float = 0.5
    keystone: float = 0.0  # share of the width by which the top edge is shorter, as in a photograph
    shading: float = 0.0  # share of light lost towards one corner
    toner: int = 0  # grey level of the print
    quarter: int = 0  # quarter turns, counter-clockwise
    seed: int = 0


def table(seed: int = 0, rows: int = 10, measures: int = 5) -> list[GridCell]:
    """A table as budgets print it: merged header, codes, names, amounts with some cells blank, and one negative amount."""
    random = np.random.default_rng(seed)
    cells = [
        GridCell(1, 1, 2, 1, "科目编码"),
        GridCell(1, 2, 2, 1, "科目名称"),
        GridCell(1, 3, 2, 1, "合计"),
        GridCell(1, 4, 1, measures - 1, "本年支出"),
    ]
    heads = ("基本支出", "项目支出", "人员经费", "公用经费", "上缴上级", "其他支出", "结转下年")
    cells += [GridCell(2, 3 + number, 1, 1, heads[number - 1]) for number in range(1, measures)]
    for row in range(3, rows + 3):
        cells.append(GridCell(row, 1, 1, 1, CODES[int(random.integers(len(CODES)))]))
        cells.append(GridCell(row, 2, 1, 1, NAMES[int(random.integers(len(NAMES)))]))
        for column in range(3, measures + 3):
            if random.random() < 0.25:
                continue
            cents = int(10 ** random.uniform(1.5, 6.5))
            sign = "-" if random.random() < 0.04 else ""
            cells.append(GridCell(row, column, 1, 1, f"{sign}{cents / 100:,.2f}"))
    return cells


def page(cells: Sequence[GridCell], look: Look, title: str = "2024年部门支出预算表", caption: str = "单位：万元") -> Image.Image:
    """One scanned page with this table."""
    image = _printed(cells, look, title, caption)
    random = np.random.default_rng(look.seed)
    if look.stamp:
        image = _stamped(image, look)
    image = _tilted(image, look)
    pixels = np.asarray(image).astype(np.float32)
    height, width = pixels.shape[:2]
    if look.shading:
        fall = np.linspace(0, 1, width)[None, :] * 0.5 + np.linspace(0, 1, height)[:, None] * 0.5
        pixels *= (1 - look.shading * fall)[..., None]
    pixels += random.normal(0, look.noise, (height, width, 1))
    for x, y in zip(random.integers(0, width - 3, look.specks), random.integers(0, height - 3, look.specks), strict=True):
        size = int(random.integers(1, 4))
        pixels[y : y + size, x : x + size] = 40
    image = Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))
    if look.quarter:
        image = image.rotate(90 * look.quarter, expand=True)
    if look.mode == "grey":
        return image.convert("L")
    if look.mode == "black_and_white":
        return image.convert("L").point(lambda value: 255 if value > 150 else 0).convert("1")
    return image


def encoded(pages: Sequence[Image.Image], kind: str, look: Look) -> bytes:
    """The pages as one PDF, PNG, JPEG or TIFF."""
    buffer = io.BytesIO()
    many = {"save_all": True, "append_images": list(pages[1:])} if kind in ("PDF", "TIFF") else {}
    options = {"quality": look.quality} if kind == "JPEG" or (kind == "PDF" and pages[0].mode != "1") else {}
    if kind == "TIFF":
        options = {"compression": "group4" if pages[0].mode == "1" else "tiff_lzw"}
    resolution = {"resolution": float(look.dpi)} if kind == "PDF" else {"dpi": (look.dpi, look.dpi)}
    pages[0].save(buffer, kind, **many, **options, **resolution)
    return buffer.getvalue()


def _font(look: Look, points: float, fine: float) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(INSTALLED[look.font % len(INSTALLED)], round(points / 72 * look.dpi * fine), index=0)


def _printed(cells: Sequence[GridCell], look: Look, title: str, caption: str) -> Image.Image:
    fine = 2
    dot = look.dpi * fine
    width, height = round(A4[0] * dot), round(A4[1] * dot)
    image = Image.new("RGB", (width, height), (246, 245, 240))
    draw = ImageDraw.Draw(image)
    font = _font(look, look.points, fine)
    colour = (look.toner,) * 3
    columns = max(cell.column + cell.column_span for cell in cells) - 1
    rows = max(cell.row + cell.row_span for cell in cells) - 1
    glyph = look.points / 72 * dot
    widest = [3 * glyph] * columns
    lines_of = {cell: _wrapped(cell.text, draw, font, 9 * glyph * cell.column_span) for cell in cells}
    for cell, lines in lines_of.items():
        if cell.column_span == 1:
            needed = max((draw.textlength(line, font) for line in lines), default=0) + 0.9 * glyph
            widest[cell.column - 1] = max(widest[cell.column - 1], needed)
    tall = [1.5 * glyph] * rows
    for cell, lines in lines_of.items():
        if cell.row_span == 1:
            tall[cell.row - 1] = max(tall[cell.row - 1], (1.25 * len(lines) + 0.3) * glyph)
    left, top = 0.7 * dot, 0.55 * dot
    big = _font(look, 1.5 * look.points, fine)
    draw.text((left + sum(widest) / 2 - draw.textlength(title, big) / 2, top), title, colour, big)
    top += 2.6 * glyph
    draw.text((left, top), "部门名称：某市财政局", colour, font)
    draw.text((left + sum(widest) - draw.textlength(caption, font), top), caption, colour, font)
    top += 2 * glyph
    x = left + np.concatenate([[0], np.cumsum(widest)])
    y = top + np.concatenate([[0], np.cumsum(tall)])
    rule = max(2, round(0.6 / 72 * dot))
    covered: set[tuple[int, int]] = set()
    every = list(cells)
    for cell in cells:
        covered |= {(r, c) for r in range(cell.row, cell.row + cell.row_span) for c in range(cell.column, cell.column + cell.column_span)}
    every += [GridCell(r, c, 1, 1, "") for r in range(1, rows + 1) for c in range(1, columns + 1) if (r, c) not in covered]
    for cell in every:
        box = (x[cell.column - 1], y[cell.row - 1], x[cell.column + cell.column_span - 1], y[cell.row + cell.row_span - 1])
        draw.rectangle([round(v) for v in box], outline=colour, width=rule)
        lines = lines_of.get(cell, [])
        up = (box[1] + box[3]) / 2 - 1.25 * glyph * len(lines) / 2
        for line in lines:
            length = draw.textlength(line, font)
            start = (box[0] + box[2] - length) / 2 if cell.row <= 2 else box[0] + 0.4 * glyph
            if any(character.isdigit() for character in line) and "." in line:
                start = box[2] - length - 0.4 * glyph
            draw.text((start, up - 0.15 * glyph), line, colour, font)
            up += 1.25 * glyph
    return image.resize((width // fine, height // fine), Image.Resampling.BOX)


def _wrapped(text: str, draw: ImageDraw.ImageDraw, font: ImageFont.FreeTypeFont, width: float) -> list[str]:
    if "." in text and any(character.isdigit() for character in text):
        return [text]
    lines: list[str] = []
    for character in text:
        if lines and draw.textlength(lines[-1] + character, font) <= width:
            lines[-1] += character
        else:
            lines.append(character)
    return lines


def _stamped(image: Image.Image, look: Look) -> Image.Image:
    """A round seal of 42 mm: ring, star and characters along the ring, in red that lets the print through."""
    assert look.stamp is not None
    radius = round(21 / 25.4 * look.dpi)
    seal = Image.new("RGBA", (2 * radius, 2 * radius), (0, 0, 0, 0))
    draw = ImageDraw.Draw(seal)
    red = (205, 35, 40, 175)
    draw.ellipse((2, 2, 2 * radius - 3, 2 * radius - 3), outline=red, width=max(3, round(1.2 / 25.4 * look.dpi)))
    star = [(radius + (0.28 if k % 2 == 0 else 0.11) * radius * math.sin(k * math.pi / 5),
             radius - (0.28 if k % 2 == 0 else 0.11) * radius * math.cos(k * math.pi / 5)) for k in range(10)]  # fmt: skip
    draw.polygon(star, fill=red)
    font = _font(look, 11, 1)
    name = "某市财政局预算公开专用章"
    for place, character in enumerate(name):
        angle = math.radians(-120 + 240 * place / (len(name) - 1))
        glyph = Image.new("RGBA", (font.size + 8, font.size + 8), (0, 0, 0, 0))
        ImageDraw.Draw(glyph).text((4, 0), character, red, font)
        glyph = glyph.rotate(-math.degrees(angle), Image.Resampling.BICUBIC)
        at = (radius + 0.8 * radius * math.sin(angle) - glyph.width / 2, radius - 0.8 * radius * math.cos(angle) - glyph.height / 2)
        seal.alpha_composite(glyph, (max(0, round(at[0])), max(0, round(at[1]))))
    base = image.convert("RGBA")
    corner = (round(look.stamp[0] * image.width - radius), round(look.stamp[1] * image.height - radius))
    layer = Image.new("RGBA", base.size, (0, 0, 0, 0))
    layer.paste(seal, corner)
    return Image.alpha_composite(base, layer).convert("RGB")


def _tilted(image: Image.Image, look: Look) -> Image.Image:
    paper = (246, 245, 240)
    if look.blur:
        image = image.filter(ImageFilter.GaussianBlur(look.blur * look.dpi / 200))
    if look.tilt:
        image = image.rotate(look.tilt, Image.Resampling.BICUBIC, fillcolor=paper)
    if look.keystone:
        width, height = image.size
        inset = look.keystone * width / 2
        # The page's corners (from the top left, clockwise) as they come out in the photograph.
        seen = ((inset, inset * 0.4), (width - inset * 0.7, 0), (width, height), (0, height - inset * 0.3))
        flat = ((0, 0), (width, 0), (width, height), (0, height))
        system, goal = [], []
        for (u, v), (x, y) in zip(seen, flat, strict=True):
            system += [[u, v, 1, 0, 0, 0, -x * u, -x * v], [0, 0, 0, u, v, 1, -y * u, -y * v]]
            goal += [x, y]
        warp = np.linalg.solve(np.array(system), np.array(goal)).tolist()
        image = image.transform(image.size, Image.Transform.PERSPECTIVE, warp, Image.Resampling.BICUBIC, fillcolor=paper)
    return image
