"""Words: characters of one line without a gap between them. Tables without rules are found from where words stand and where none does."""

from dataclasses import dataclass

import numpy as np

from yusuan.reading.pdf.frames import Chars, Columns
from yusuan.reading.pdf.text import BASELINE, SPACES

GAP = 0.35  # A gap of this many font sizes ends a word; numbers kerned apart stay whole, columns set tight come apart.
DIGIT_GAP = 0.6


@dataclass(frozen=True, slots=True)
class Words(Columns):
    """page, line (numbered from the top through the batch), extent, baseline, size; `text` is an array of str objects."""

    page: np.ndarray
    line: np.ndarray
    x0: np.ndarray
    x1: np.ndarray
    base: np.ndarray
    size: np.ndarray
    text: np.ndarray


def words_of(chars: Chars) -> tuple[Words, np.ndarray]:
    """Words from top to bottom and left to right, and for each character the word it belongs to (-1 for white space)."""
    word_of_char = np.full(len(chars), -1, dtype=np.int64)
    index = np.flatnonzero((chars.code > 0x20) & ~np.isin(chars.code, SPACES))
    index = index[np.argsort(chars.base[index], kind="stable")]
    base, size, page = chars.base[index], chars.size[index], chars.page[index]
    line = np.zeros(len(index), dtype=np.int64)
    line[1:] = np.cumsum((np.diff(base) > BASELINE * np.minimum(size[1:], size[:-1])) | (np.diff(page) != 0))
    order = np.lexsort((chars.x0[index], line))
    index, line = index[order], line[order]
    x0, x1, size, code = chars.x0[index], chars.x1[index], chars.size[index], chars.code[index]
    number = (code >= ord(",")) & (code <= ord("9"))
    limit = np.where(number[1:] & number[:-1], DIGIT_GAP, GAP) * np.minimum(size[1:], size[:-1])
    word = np.zeros(len(index), dtype=np.int64)
    word[1:] = np.cumsum((np.diff(line) != 0) | (x0[1:] - x1[:-1] > limit))
    word_of_char[index] = word
    count = int(word[-1]) + 1 if len(word) else 0
    first = np.searchsorted(word, np.arange(count))
    code = np.where((code >= 0xD800) & (code <= 0xDFFF) | (code > 0x10FFFF), 0xFFFD, code)
    spelled = code.astype("<u4").tobytes().decode("utf-32-le")
    text = np.empty(count, dtype=object)
    text[:] = [spelled[a:b] for a, b in zip(first.tolist(), [*first[1:].tolist(), len(index)], strict=True)] if count else []
    if not count:
        empty = np.empty(0)
        return Words(empty.astype(int), empty.astype(int), empty, empty, empty, empty, text), word_of_char
    return (
        Words(
            chars.page[index][first],
            line[first],
            x0[first],
            np.maximum.reduceat(x1, first),
            chars.base[index][first],
            np.maximum.reduceat(size, first),
            text,
        ),
        word_of_char,
    )
