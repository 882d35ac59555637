"""Share of the facts that come back from each layout: founding disclosures re-rendered, and templates in text and PDF.

python tests/benchmarks/layout_accuracy.py
"""

import sys
from pathlib import Path

import polars as pl

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from founding import NAMES, parse_texts, text_of
from labels import score
from relayout import LAYOUTS, facts, pieces, rendered, same
from templates import Books, as_text, cover
from templates_budget import BUDGET
from templates_final import FINAL


def founding() -> list[dict[str, object]]:
    texts = {name: text_of(name) for name in NAMES}
    parsed = parse_texts(texts | {f"{n}/{layout}": rendered(pieces(text), layout) for n, text in texts.items() for layout in LAYOUTS})
    return [
        {"layout": layout, **{name: same(facts(parsed, name), facts(parsed, f"{name}/{layout}")) for name in NAMES}} for layout in LAYOUTS
    ]


def templates(seed: int = 20231121) -> list[dict[str, object]]:
    books, forms = Books(seed), FINAL | BUDGET
    texts = {name: as_text([make(books)], cover(books, name in FINAL)) for name, make in forms.items()}
    parsed = parse_texts({f"{name}/{layout}": rendered(pieces(text), layout) for name, text in texts.items() for layout in LAYOUTS})
    rows = []
    for layout in LAYOUTS:
        scores = [score(parsed, f"{name}/{layout}", list(make(books).amounts())) for name, make in forms.items()]
        wanted = sum(s.wanted for s in scores)
        rows.append(
            {
                "layout": layout, "templates": len(forms), "amounts": wanted, "found": sum(s.found for s in scores) / wanted,
                "labelled": sum(s.labelled for s in scores) / wanted, "templates perfect": sum(s.perfect for s in scores),
            }
        )  # fmt: skip
    return rows


if __name__ == "__main__":
    with pl.Config(tbl_rows=-1, tbl_cols=-1, tbl_hide_dataframe_shape=True, float_precision=4):
        print(pl.DataFrame(founding()))
        print(pl.DataFrame(templates()))
