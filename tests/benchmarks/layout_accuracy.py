"""Share of the facts that come back from each layout: founding disclosures re-rendered and re-drawn, and templates.

python tests/benchmarks/layout_accuracy.py          each layout and arrangement alone
python tests/benchmarks/layout_accuracy.py --pairs  arrangements two by two as well, and in other delimiters (20 minutes)

`silent` counts amounts that the original does not have, of documents that tell nothing about the table they stand in: no
contradiction, no notice. It is to be 0.
"""

import sys
from itertools import combinations
from pathlib import Path

import polars as pl

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from founding import NAMES, parse_founding, parse_texts, text_of
from labels import score
from rearranged import ARRANGEMENTS, facts, pieces_of, rearranged, silently_wrong
from relayout import LAYOUTS, pieces, rendered, same
from templates import Books, as_text, cover
from templates_budget import BUDGET
from templates_final import FINAL


def founding() -> list[dict[str, object]]:
    texts = {name: text_of(name) for name in NAMES}
    parsed = parse_texts(texts | {f"{n}/{layout}": rendered(pieces(text), layout) for n, text in texts.items() for layout in LAYOUTS})
    return [
        {"layout": layout, **{name: same(facts(parsed, name), facts(parsed, f"{name}/{layout}")) for name in NAMES}} for layout in LAYOUTS
    ]


def redrawn(jobs: list[tuple[tuple[str, ...], str]], batch: int = 12) -> list[dict[str, object]]:
    """Each job is arrangements, one after the other, and the delimiting of the cells."""
    original = parse_founding()
    drawn = {name: pieces_of(original, name) for name in NAMES}
    rows: list[dict[str, object]] = []
    for start in range(0, len(jobs), batch):
        part = {f"{'+'.join(how)} {delimiting}": (how, delimiting) for how, delimiting in jobs[start : start + batch]}
        texts = {f"{n}/{key}": rearranged(drawn[n], how, LAYOUTS[joint]) for key, (how, joint) in part.items() for n in NAMES}
        again = parse_texts(texts)
        for key in part:
            shares = {name: same(facts(original, name), facts(again, f"{name}/{key}")) for name in NAMES}
            silent = sum(len(silently_wrong(original, name, again, f"{name}/{key}")) for name in NAMES)
            rows.append({"arrangement": key, **shares, "silent": silent})
    return rows


def jobs_of(pairs: bool) -> list[tuple[tuple[str, ...], str]]:
    alone: list[tuple[tuple[str, ...], str]] = [((how,), "tabs") for how in ARRANGEMENTS]
    if not pairs:
        return alone
    two = [(pair, "tabs") for pair in combinations([how for how in ARRANGEMENTS if how != "as_it_is"], 2)]
    return [*alone, *[((how,), joint) for joint in LAYOUTS if joint != "tabs" for how in ARRANGEMENTS], *two]


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
        print(pl.DataFrame(redrawn(jobs_of("--pairs" in sys.argv))))
        print(pl.DataFrame(templates()))
