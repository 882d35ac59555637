"""The columnar form in which pages travel through the PDF reader: characters, rulings and pages of a whole batch.

All pages of a batch lie in one tall plane: page n (counted from 0 through the batch) is shifted down by n times PITCH, so that
sorting, clustering and joining by position work on all pages at once and never mix two pages.
"""

from dataclasses import dataclass, fields
from typing import Self

import numpy as np

# Higher than any page: PDF allows 14,400 points.
PITCH = 20_000.0


@dataclass(frozen=True, slots=True)
class Columns:
    """Arrays of one length."""

    def take(self, index: np.ndarray) -> Self:
        return type(self)(*(column[index] for column in self.columns()))

    def columns(self) -> list[np.ndarray]:
        return [getattr(self, field.name) for field in fields(self)]

    def __len__(self) -> int:
        return len(getattr(self, fields(self)[0].name))


@dataclass(frozen=True, slots=True)
class Chars(Columns):
    """Characters: x0 to x1 is the advance, `base` the baseline and `size` the height of the font on the page, in points."""

    page: np.ndarray
    code: np.ndarray
    x0: np.ndarray
    x1: np.ndarray
    base: np.ndarray
    size: np.ndarray

    @property
    def middle(self) -> np.ndarray:
        """Height of the middle of a digit or ideograph. Taken from the baseline, because fonts lie about their ascent."""
        return self.base - 0.38 * self.size

    @property
    def centre(self) -> np.ndarray:
        return (self.x0 + self.x1) / 2

    @property
    def top(self) -> np.ndarray:
        return self.base - 0.88 * self.size

    @property
    def bottom(self) -> np.ndarray:
        return self.base + 0.12 * self.size


@dataclass(frozen=True, slots=True)
class Rulings(Columns):
    """Straight rules along one axis, in the plane: `at` is the fixed coordinate, `low` to `high` the extent along the other."""

    page: np.ndarray
    horizontal: np.ndarray
    at: np.ndarray
    low: np.ndarray
    high: np.ndarray


@dataclass(frozen=True, slots=True)
class Pages(Columns):
    """document: place in the batch; number: page in the document, from 1; unmapped: share of characters without a meaning."""

    document: np.ndarray
    number: np.ndarray
    width: np.ndarray
    height: np.ndarray
    characters: np.ndarray
    unmapped: np.ndarray
