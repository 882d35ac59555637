"""The tables of a disclosure in another layout: the same cells, delimited and ordered as another conversion would print them."""

import csv
import re
import unicodedata
from collections.abc import Callable, Iterable
from io import StringIO

import polars as pl

from yusuan.parsing import Parsed
from yusuan.reading.text import read_texts

Rows = list[list[str]]
LABELS = [
    "statement", "side", "agency_name", "classification_code", "economic_code", "government_economic_code", "project_name", "line_item",
    "row_kind", "measure", "fund_source", "period", "amount_yuan",
]  # fmt: skip
AMOUNT = re.compile(r"-?[\d,]+\.\d+")


def facts(parsed: Parsed, document: str) -> list[tuple]:
    """Every amount with its labels, without its place."""
    return sorted(parsed.amounts.filter(pl.col("document_id") == document).select(LABELS).rows(), key=repr)


def same(one: list[tuple], other: list[tuple]) -> float:
    """Share of the facts of both that stand in both."""
    rest, both = list(other), 0
    for fact in one:
        if fact in rest:
            rest.remove(fact)
            both += 1
    return both / max(len(one), len(other), 1)


def pieces(text: str) -> list[str | Rows]:
    """The lines of a text and, in their place, the rows of its tables, all of one width."""
    cells, lines = read_texts(pl.DataFrame({"document_id": ["d"], "text": [text]}))
    printed: dict[int, dict[int, dict[int, str]]] = {}
    for grid, row, column, cell in cells.select("grid", "row", "column", "text").iter_rows():
        printed.setdefault(grid, {}).setdefault(row, {})[column] = cell
    # The blank cells at the end of a row are no cells, but a text with tabs has their tabs.
    by_row = lines.filter(pl.col("grid").is_not_null()).group_by("grid").agg(tabs=pl.col("text").str.count_matches("\t").max())
    tabs = dict(by_row.iter_rows())
    found: list[str | Rows] = []
    done = set()
    for grid, line in lines.sort("line").select("grid", "text").iter_rows():
        if grid is None:
            found.append(line)
        elif grid not in done:
            done.add(grid)
            rows = printed.get(grid, {})
            columns = max(tabs[grid] + 1, *(column for row in rows.values() for column in row))
            found.append([[rows.get(row, {}).get(column, "") for column in range(1, columns + 1)] for row in range(1, max(rows) + 1)])
    return found


def width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WFA" else 1 for character in text)


def delimited(joint: str, before: str = "", after: str = "") -> Callable[[Rows], list[str]]:
    return lambda rows: [before + joint.join(row) + after for row in rows]


def aligned(rows: Rows) -> list[str]:
    """Columns padded to one width, figures to the right."""
    widths = [max(width(row[column]) for row in rows) for column in range(len(rows[0]))]
    padded = [
        [
            " " * (w - width(cell)) + cell if AMOUNT.fullmatch(cell) else cell + " " * (w - width(cell))
            for cell, w in zip(row, widths, strict=True)
        ]
        for row in rows
    ]
    return ["  ".join(row).rstrip() for row in padded]


def aligned_by_characters(rows: Rows) -> list[str]:
    """Columns padded to as many characters, although a Chinese one is twice as wide."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return ["  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip() for row in rows]


def commas(rows: Rows) -> list[str]:
    """As a spreadsheet writes them."""
    file = StringIO()
    csv.writer(file, lineterminator="\n").writerows(rows)
    return file.getvalue().splitlines()


def drawn(rows: Rows) -> list[str]:
    """A box around every cell."""
    widths = [max(width(row[column]) for row in rows) for column in range(len(rows[0]))]
    rule = "├" + "┼".join("─" * (w + 2) for w in widths) + "┤"
    lines = [rule]
    for row in rows:
        cells = (cell + " " * (w - width(cell)) for cell, w in zip(row, widths, strict=True))
        lines += ["│ " + " │ ".join(cells) + " │", rule]
    return lines


def ruled(rows: Rows) -> list[str]:
    """Framed by pipes, with a rule of dashes below the first row (Markdown)."""
    lines = delimited(" | ", "| ", " |")(rows)
    return [lines[0], "|" + "---|" * len(rows[0]), *lines[1:]]


def with_a_tab_behind(rows: Rows) -> list[str]:
    return ["\t".join(row) + "\t" for row in rows]


def without_blanks_behind(rows: Rows) -> list[str]:
    return ["\t".join(row).rstrip() for row in rows]


def with_dashes(rows: Rows) -> list[str]:
    """A dash in every blank cell of a row with an amount, but for the codes at its left."""
    dashed = [
        ["-" if k > 3 and not cell.strip() and any(AMOUNT.fullmatch(each) for each in row) else cell for k, cell in enumerate(row)]
        for row in rows
    ]
    return ["\t".join(row) for row in dashed]


def with_heads_and_feet(rows: Rows) -> list[str]:
    """A page number, a line that stands on every page, and the header again in the middle of a table."""
    lines = ["\t".join(row) for row in rows]
    half = len(rows) // 2
    header = next((k for k, row in enumerate(rows) if any(AMOUNT.fullmatch(cell) for cell in row)), 1)
    return [*lines[:half], "", "第 12 页 共 40 页", "", "二〇二三年度预算公开", "", *lines[:header], *lines[half:]] if half >= 4 else lines


def cell_a_line(rows: Rows) -> list[str]:
    return ["", *(line for row in rows for line in [*("\t" + cell for cell in row), ""]), ""]


def cut_in_the_middle(rows: Rows) -> list[str]:
    half = len(rows) // 2
    lines = delimited("\t")(rows)
    return [*lines[:half], "", *lines[half:]] if half >= 3 else lines


LAYOUTS: dict[str, Callable[[Rows], list[str]]] = {
    "tabs": delimited("\t"),
    "pipes": delimited(" | "),
    "framed_pipes": delimited(" | ", "| ", " |"),
    "spaces_for_tabs": delimited("    "),
    "aligned_with_spaces": aligned,
    "aligned_by_characters": aligned_by_characters,
    "drawn": drawn,
    "commas": commas,
    "with_a_tab_behind": with_a_tab_behind,
    "without_blanks_behind": without_blanks_behind,
    "with_dashes": with_dashes,
    "with_heads_and_feet": with_heads_and_feet,
    "ruled": ruled,
    "one_cell_a_line": cell_a_line,
    "page_break_in_the_middle": cut_in_the_middle,
}


def rendered(parts: Iterable[str | Rows], layout: str) -> str:
    lines: list[str] = []
    for part in parts:
        lines += [part] if isinstance(part, str) else LAYOUTS[layout](part)
    return "\n".join(lines) + "\n"
