"""Tables without vertical rules whose words stand as no designer would set them: they are read somehow, and nothing stops."""

from dataclasses import fields

import numpy as np

from yusuan.reading.pdf.borderless import borderless_tables
from yusuan.reading.pdf.frames import Rulings
from yusuan.reading.pdf.words import Words

# A form that was set in the width of its letters: text, from, to, baseline.
FORM = [
    ("绩效目标表", 80, 165, 0), ("(2023", 165, 190, 12), ("236", 145, 160, 29), ("105", 110, 125, 53), ("实施单位", 195, 215, 53),
    ("某大学本级", 245, 275, 53), ("码", 10, 15, 65), ("年度资金总额：", 60, 95, 77), ("2112.76", 255, 290, 77),
    ("其中：财政拨款", 75, 110, 94), ("2112.00", 255, 290, 94), ("0.76", 280, 300, 130), ("（10）", 315, 335, 130),
    ("1.持续推进改革", 20, 235, 154), ("20", 235, 245, 178), ("体系建", 245, 260, 190),
]  # fmt: skip


def test_a_level_of_a_header_without_words_of_its_own_stops_nothing():
    text, x0, x1, base = (np.array(column, dtype=object) for column in zip(*FORM, strict=True))
    x0, x1, base = (column.astype(float) for column in (x0, x1, base))
    line = np.unique(base, return_inverse=True)[1].reshape(-1)
    words = Words(np.zeros(len(FORM), dtype=int), line, x0, x1, base, np.full(len(FORM), 8.0), text)

    (table,) = borderless_tables(words, np.zeros(len(FORM), dtype=bool), Rulings(*(np.empty(0) for _ in fields(Rulings))))

    placed = {words.text[word] for word in table.cell_of_word}
    assert {"2112.76", "2112.00", "0.76"} <= placed
    assert table.y_edges == sorted(table.y_edges)
