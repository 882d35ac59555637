"""Where the rectangles of a treemap stand: squarified (Bruls, Huizing, van Wijk 2000), so that areas can be compared by eye."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Box:
    x0: float
    y0: float
    x1: float
    y1: float


def squarify(sizes: Sequence[float], inside: Box) -> list[Box]:
    """One box a size, areas in proportion. Sizes are positive and come largest first."""
    boxes: list[Box] = []
    area = (inside.x1 - inside.x0) * (inside.y1 - inside.y0)
    scale = area / sum(sizes) if sizes else 0
    areas = [size * scale for size in sizes]
    while len(boxes) < len(areas):
        rest = areas[len(boxes) :]
        short = min(inside.x1 - inside.x0, inside.y1 - inside.y0)
        taken = 1
        while taken < len(rest) and _worst(rest[: taken + 1], short) <= _worst(rest[:taken], short):
            taken += 1
        row, inside = _row(rest[:taken], inside)
        boxes += row
    return boxes


def _worst(areas: Sequence[float], side: float) -> float:
    """The longest shape of a row along `side`: width through height, or the other way round."""
    total = sum(areas)
    return max(side**2 * areas[0] / total**2, total**2 / (side**2 * areas[-1])) if side and areas[-1] else float("inf")


def _row(areas: Sequence[float], inside: Box) -> tuple[list[Box], Box]:
    """A row along the shorter side, and what is left beside it."""
    wide = inside.x1 - inside.x0 >= inside.y1 - inside.y0
    side = inside.y1 - inside.y0 if wide else inside.x1 - inside.x0
    depth = sum(areas) / side if side else 0
    boxes = []
    at = inside.y0 if wide else inside.x0
    for area in areas:
        length = area / depth if depth else 0
        boxes.append(Box(inside.x0, at, inside.x0 + depth, at + length) if wide else Box(at, inside.y0, at + length, inside.y0 + depth))
        at += length
    left = Box(inside.x0 + depth, inside.y0, inside.x1, inside.y1) if wide else Box(inside.x0, inside.y0 + depth, inside.x1, inside.y1)
    return boxes, left
