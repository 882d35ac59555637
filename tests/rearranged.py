"""A disclosure as another department would have drawn up its tables: columns, rows, codes, headings, unit and titles otherwise, same facts.

The tables are those of the parsed original, as sheets of header and body; each arrangement changes the sheets or the lines around them.
How the cells of a row are delimited is left to relayout.py.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import partial
from itertools import pairwise
from random import Random

import polars as pl

from relayout import LABELS, Rows, delimited
from yusuan.parsing import Parsed

POWERS = {"元": 0, "千元": 3, "万元": 4, "亿元": 8}
UNIT = re.compile(r"亿元|万元|千元|元")
UNIT_LINE = re.compile(r"单\s*位\s*[:：)）]?\s*[(（]?\s*(?:人民币)?\s*(?:亿元|万元|千元|元)")
NUMBER = re.compile(r"-?\d[\d,]*(?:[.。]\d+)?")
CODE_LEVELS = ("类", "款", "项")


@dataclass(frozen=True)
class Sheet:
    """A table with merged headings printed once. `kinds` says what each column holds: label, amount or blank; `amounts` and `totals` are
    places (row, column) and rows of the body; `breaks` are rows of the body above which a page or a gap ends."""

    header: Rows
    body: Rows
    spans: dict[tuple[int, int], int]
    kinds: list[str]
    amounts: frozenset[tuple[int, int]]
    totals: frozenset[int]
    unit: str
    statement: str
    two_sided: bool
    title: str | None
    breaks: frozenset[int] = frozenset()

    @property
    def is_form(self) -> bool:
        return self.statement.endswith("_performance")

    @property
    def panels(self) -> list[list[int]]:
        """The columns of each panel: a label column after an amount column begins the next."""
        found: list[list[int]] = [[]]
        for column, kind in enumerate(self.kinds):
            if kind == "label" and any(self.kinds[c] == "amount" for c in found[-1]):
                found.append([])
            found[-1].append(column)
        return found

    def origins(self) -> list[list[int | None]]:
        """For each header row the column in which the heading over each column is printed."""
        width, bounds = len(self.kinds), [False] * len(self.kinds)
        found = []
        for level, row in enumerate(self.header):
            bounds = [bound or bool(text) for bound, text in zip(bounds, row, strict=True)]
            over: list[int | None] = []
            for column in range(width):
                if row[column]:
                    over.append(column)
                elif column and not bounds[column] and over[-1] is not None:
                    span = self.spans.get((level, over[-1]), 1)
                    over.append(over[-1] if span == 1 or column < over[-1] + span else None)
                else:
                    over.append(None)
            found.append(over)
        return found

    def in_order(self, order: list[int], turned: frozenset[int] = frozenset()) -> "Sheet":
        """The sheet with its columns in another order; header rows in `turned` (栏次) keep theirs."""
        origins = self.origins()
        header = []
        for level, (row, over) in enumerate(zip(self.header, origins, strict=True)):
            if level in turned:
                header.append(row)
                continue
            printed = [over[column] for column in order]
            header.append(["" if at is None or (k and printed[k - 1] == at) else row[at] for k, at in enumerate(printed)])
        place = {column: k for k, column in enumerate(order)}
        return replace(
            self, header=header, body=[[row[column] for column in order] for row in self.body], spans={},
            kinds=[self.kinds[column] for column in order], amounts=frozenset((row, place[column]) for row, column in self.amounts),
        )  # fmt: skip

    def counters(self) -> frozenset[int]:
        """Header rows that only number the columns."""
        return frozenset(
            k for k, row in enumerate(self.header) if all(re.fullmatch(r"[*\d]+|栏次|行次|", text) for text in row) and any(row)
        )


@dataclass
class Pieces:
    """A disclosure as lines, sheets and, where no table was recognised, rows of cells."""

    parts: list["str | Sheet | Rows"] = field(default_factory=list)

    def each(self, change: Callable[[Sheet], Sheet]) -> "Pieces":
        return Pieces([change(part) if isinstance(part, Sheet) else part for part in self.parts])


def pieces_of(parsed: Parsed, document: str) -> Pieces:
    of_document = pl.col("document_id") == document
    tables = {row["table_number"]: row for row in parsed.tables.filter(of_document).iter_rows(named=True)}
    amounts, cells = parsed.amounts.filter(of_document), parsed.cells.filter(of_document)
    lines = parsed.lines.filter(of_document).sort("line")
    inside = {line for table in tables.values() for line in range(table["first_line"], table["last_line"] + 1)}
    done: set[tuple[str, int]] = set()
    found: list[str | Sheet | Rows] = []
    headers: dict[tuple, Rows] = {}
    owner = dict(cells.filter(pl.col("table_number").is_not_null()).select("grid", "table_number").unique().iter_rows())
    for number, grid, text in lines.select("line", "grid", "text").iter_rows():
        if grid is None:
            if text.strip() or number not in inside:
                found.append(text)
            continue
        table = owner.get(grid)
        key = ("grid", grid) if table is None else ("table", table)
        if key in done:
            continue
        done.add(key)
        if table is None:
            found.append(_loose(cells.filter(pl.col("grid") == grid)))
        else:
            own = pl.col("table_number") == table
            sheet = _sheet(cells.filter(own), amounts.filter(own), tables[table])
            # A conversion that broke the header of one table of a form left it whole in another.
            headings = (len(sheet.kinds), *sorted(re.sub(r"\s", "", text) for row in sheet.header for text in row if text))
            straight = headers.setdefault(headings, _over_their_leaves(sheet.header))
            found.append(replace(sheet, header=straight if tables[table]["reading"] else _over_their_leaves(sheet.header)))
    return Pieces(found)


def _over_their_leaves(header: Rows) -> Rows:
    """Group headings that stand one column before the first of their leaves (项目支出 over 资本性支出) moved over it."""
    header = [list(row) for row in header]
    for above, below, lower in zip(header, header[1:], [*header[2:], None], strict=False):
        for column in range(len(above) - 1):
            early = above[column] and not above[column + 1] and not below[column] and below[column + 1] and lower and lower[column]
            if early:
                above[column], above[column + 1] = "", above[column]
    return header


def _loose(cells: pl.DataFrame) -> Rows:
    height, width = cells["row_number"].max(), cells["column_number"].max()
    rows = [[""] * width for _ in range(height)]
    for row, column, text in cells.select("row_number", "column_number", "text").iter_rows():
        rows[row - 1][column - 1] = text
    return rows


def _sheet(cells: pl.DataFrame, amounts: pl.DataFrame, table: dict) -> Sheet:
    width = max(table["column_count"], cells["column_number"].max())
    of_header = cells.filter(pl.col("role") == "header").sort("row_number", "column_number")
    of_body = cells.filter(pl.col("role") != "header").sort("row_number", "column_number")
    header_at = {row: k for k, row in enumerate(of_header["row_number"].unique().sort())}
    body_at = {row: k for k, row in enumerate(of_body["row_number"].unique().sort())}
    shifts = _shifts(amounts)
    header, body = [[""] * width for _ in header_at], [[""] * width for _ in body_at]
    gaps = cells.group_by("row_number").agg(pl.col("line").min()).sort("row_number").with_columns(gap=pl.col("line").diff() > 1)
    # A text that prints a cell on a line has gaps everywhere.
    apart = gaps.filter("gap") if 2 * gaps["gap"].sum() < gaps.height else gaps.clear()
    spans = {}
    for row, column, text, span in of_header.select("row_number", "column_number", "text", "column_span").iter_rows():
        header[header_at[row]][column - 1] = text
        spans[header_at[row], column - 1] = span
    kinds = ["blank"] * width
    for row, column, text, role in of_body.select("row_number", "column_number", "text", "role").iter_rows():
        body[body_at[row]][column - 1 + shifts.get(row, 0)] = text
        if row not in shifts and role in ("label", "amount"):
            kinds[column - 1] = role
    placed = amounts.select("row_number", "column_number").iter_rows()
    return Sheet(
        header, body, spans, kinds, frozenset((body_at[row], column - 1 + shifts.get(row, 0)) for row, column in placed),
        frozenset(body_at[row] for row in amounts.filter(pl.col("row_kind") == "total")["row_number"].unique()),
        table["unit"], table["statement"], amounts["side"].n_unique() > 1, table["title"],
        frozenset(body_at[row] for row in apart["row_number"] if row in body_at),
    )  # fmt: skip


def _shifts(amounts: pl.DataFrame) -> dict[int, int]:
    """Rows whose cells stand too far to the left, with how far: their amounts mean what others mean in another column."""
    meaning = ["measure", "fund_source", "period"]
    shifted = amounts.filter(pl.col("repair").str.contains("shifted_cells", literal=True))
    rest = amounts.filter(pl.col("repair").is_null()).group_by(meaning).agg(usual=pl.col("column_number").min())
    moved = shifted.join(rest, on=meaning).select("row_number", by=pl.col("usual") - pl.col("column_number")).unique()
    return dict(moved.iter_rows())


def lines_of(pieces: Pieces, print_rows: Callable[[Rows], list[str]]) -> str:
    lines: list[str] = []
    for part in pieces.parts:
        if isinstance(part, str):
            lines.append(part)
        elif isinstance(part, Sheet):
            lines += _with_breaks(part, print_rows)
        else:
            lines += print_rows(part)
    return "\n".join(lines) + "\n"


def _with_breaks(sheet: Sheet, print_rows: Callable[[Rows], list[str]]) -> list[str]:
    """The rows of a sheet with a blank line at each break; columns are as wide on all pages."""
    rows = [*sheet.header, *sheet.body]
    starts = [0, *sorted(len(sheet.header) + row for row in sheet.breaks), len(rows)]
    whole = print_rows(rows)
    parts = [whole[a:b] if len(whole) == len(rows) else print_rows(rows[a:b]) for a, b in pairwise(starts)]
    return [line for part in parts for line in [*part, ""]]


# Arrangements of the sheets.


def columns_permuted(sheet: Sheet) -> Sheet:
    """The amount columns of each panel in another order, groups of the header kept together."""
    if sheet.is_form and not sheet.header:
        return sheet
    origins, draw = sheet.origins(), Random(len(sheet.body))

    def shuffled(columns: list[int], level: int) -> list[int]:
        if level == len(origins) or len(columns) == 1:
            return columns
        groups: list[list[int]] = []
        for column in columns:
            same = groups and origins[level][column] is not None and origins[level][column] == origins[level][groups[-1][-1]]
            (groups[-1].append(column) if same else groups.append([column]))
        groups = [shuffled(group, level + 1) for group in groups]
        draw.shuffle(groups)
        return [column for group in groups for column in group]

    order = []
    for panel in sheet.panels:
        first = next((k for k, column in enumerate(panel) if sheet.kinds[column] == "amount"), len(panel))
        # A heading that covers labels and amounts cannot be moved.
        order += [*panel[:first], *shuffled(panel[first:], 0)]
    return sheet.in_order(order, sheet.counters())


def labels_reversed(sheet: Sheet) -> Sheet:
    """The label columns of each panel in reverse order (name before code, project before agency), parts of one code kept in order."""
    if not any(sheet.header) or sheet.is_form:
        return sheet
    parts = {column for columns in code_parts(sheet) for column in columns[1:]}
    order = []
    for panel in sheet.panels:
        first = next((k for k, column in enumerate(panel) if sheet.kinds[column] == "amount"), len(panel))
        groups: list[list[int]] = []
        for column in panel[:first]:
            groups[-1].append(column) if column in parts else groups.append([column])
        order += [column for group in reversed(groups) for column in group] + panel[first:]
    return sheet.in_order(order, sheet.counters())


def total_row_last(sheet: Sheet) -> Sheet:
    """The rows of totals that open a table close it."""
    opening = 0
    labels = [column for column, kind in enumerate(sheet.kinds) if kind == "label"]
    # A row without a label right below a total repeats it.
    while opening < len(sheet.body) and (opening in sheet.totals or (opening and not any(sheet.body[opening][c] for c in labels))):
        opening += 1
    if not opening or sheet.is_form or sheet.two_sided or opening == len(sheet.body):
        return sheet
    order = [*range(opening, len(sheet.body)), *range(opening)]
    place = {row: k for k, row in enumerate(order)}
    return replace(
        sheet,
        breaks=frozenset(place[row] for row in sheet.breaks),
        body=[sheet.body[row] for row in order],
        amounts=frozenset((place[row], column) for row, column in sheet.amounts),
        totals=frozenset(place[row] for row in sheet.totals),
    )


def code_parts(sheet: Sheet) -> list[list[int]]:
    """The columns 类 | 款 | 项 of each code that stands in several."""
    lowest = [next((re.sub(r"\s", "", row[c]) for row in reversed(sheet.header) if row[c]), "") for c in range(len(sheet.kinds))]
    found, column = [], 0
    while column < len(lowest):
        width = next((k for k in (3, 2) if tuple(lowest[column : column + k]) == CODE_LEVELS[:k]), 0)
        if width:
            found.append(list(range(column, column + width)))
        column += max(width, 1)
    return found


def codes_joined(sheet: Sheet) -> Sheet:
    """201 | 03 | 01 as 2010301."""
    groups = code_parts(sheet)
    gone = {column for columns in groups for column in columns[1:]}
    if not gone:
        return sheet
    body = [list(row) for row in sheet.body]
    header = [list(row) for row in sheet.header]
    for columns in groups:
        for row in body:
            if all(re.fullmatch(r"\d{1,3}|", row[column].strip("\u3000 ")) for column in columns):
                row[columns[0]] = "".join(row[column].strip("\u3000 ") for column in columns)
        for row in header:
            if re.sub(r"\s", "", row[columns[0]]) == CODE_LEVELS[0]:
                row[columns[0]] = "" if any(other[columns[0]] for other in header if other is not row) else "科目编码"
    kept = [column for column in range(len(sheet.kinds)) if column not in gone]
    return replace(sheet, header=header, body=body).in_order(kept)


def codes_split(sheet: Sheet) -> Sheet:
    """2010301 as 201 | 03 | 01, 30101 as 301 | 01."""
    if sheet.is_form or not sheet.header:
        return sheet
    found = []
    for column in range(len(sheet.kinds)):
        texts = [row[column] for row in sheet.body if row[column].strip()]
        coded = [text for text in texts if re.fullmatch(r"\d{3}|\d{5}|\d{7}", text.strip())]
        if sheet.kinds[column] == "label" and len(set(coded)) > 1 and len(coded) >= 0.8 * len(texts):
            found.append((column, 3 if any(len(text.strip()) == 7 for text in coded) else 2))
    if not found:
        return sheet
    header = [list(row) for row in sheet.header]
    level = max(k for k in range(len(header)) if k not in sheet.counters())
    if level == 0 or any(header[level][column] for column, _ in found):
        level += 1
        header.insert(level, [""] * len(sheet.kinds))
    wide = {column: count for column, count in found}

    def split(text: str, count: int) -> list[str]:
        parts = [text[:3], text[3:5], text[5:7]][:count] if re.fullmatch(r"\d{3}|\d{5}|\d{7}", text.strip()) else [text]
        return parts + [""] * (count - len(parts))

    def widened(row: list[str], below: bool) -> list[str]:
        return [
            piece
            for column, text in enumerate(row)
            for piece in (
                [text] if column not in wide else list(CODE_LEVELS[: wide[column]]) if below else [text] + [""] * (wide[column] - 1)
            )
        ]

    body = [
        [piece for column, text in enumerate(row) for piece in ([text] if column not in wide else split(text, wide[column]))]
        for row in sheet.body
    ]
    moved = {column: column + sum(count - 1 for at, count in found if at < column) for column in range(len(sheet.kinds))}
    kinds = [kind for column, kind in enumerate(sheet.kinds) for _ in range(wide.get(column, 1))]
    return replace(
        sheet, header=[widened(row, k == level) for k, row in enumerate(header)], body=body, spans={}, kinds=kinds,
        amounts=frozenset((row, moved[column]) for row, column in sheet.amounts),
    )  # fmt: skip


def header_in_one_row(sheet: Sheet, joined: Callable[[list[str]], str] = "".join) -> Sheet:
    """Every column headed by all headings over it in one cell."""
    levels = [k for k in range(len(sheet.header)) if k not in sheet.counters()]
    if sheet.is_form or len(levels) < 2:
        return sheet
    origins = sheet.origins()
    paths = [[sheet.header[k][at] for k in levels if (at := origins[k][c]) is not None] for c in range(len(sheet.kinds))]
    row = [joined(path) if path else "" for path in paths]
    return replace(sheet, header=[row, *[sheet.header[k] for k in sorted(sheet.counters())]], spans={})


def with_group_in_brackets(path: list[str]) -> str:
    """小计（基本支出）"""
    return path[-1] + (f"（{path[0]}）" if len(path) > 1 else "")


def groups_centred(sheet: Sheet) -> Sheet:
    """A heading over several columns is printed over the one in their middle."""
    if sheet.is_form or not sheet.header:
        return sheet
    header = []
    for level, (row, over) in enumerate(zip(sheet.header, sheet.origins(), strict=True)):
        centred = [""] * len(row)
        for column, text in enumerate(row):
            if text:
                below = [c for c, at in enumerate(over) if at == column and level not in sheet.counters()] or [column]
                centred[below[len(below) // 2]] = text
        header.append(centred)
    return replace(sheet, header=header, spans={})


def headings_at_the_bottom(sheet: Sheet) -> Sheet:
    """A heading of one column stands in the lowest row of the header, beside the headings below groups."""
    levels = [k for k in range(len(sheet.header)) if k not in sheet.counters()]
    if sheet.is_form or len(levels) < 2:
        return sheet
    header, origins = [list(row) for row in sheet.header], sheet.origins()
    for column in range(len(sheet.kinds)):
        over = [k for k in levels if origins[k][column] is not None]
        if over == levels[:1] and origins[levels[0]].count(column) == 1:
            header[levels[-1]][column], header[levels[0]][column] = header[levels[0]][column], ""
    return replace(sheet, header=header, spans={})


def header_cells_lost(sheet: Sheet) -> Sheet:
    """Blank cells of the header are not printed: its rows slide to the left."""
    if sheet.is_form or not sheet.header:
        return sheet
    slid = [[text for text in row if text] for row in sheet.header]
    return replace(sheet, header=[row + [""] * (len(sheet.kinds) - len(row)) for row in slid], spans={})


def lowest_headings_slid(sheet: Sheet) -> Sheet:
    """The lowest row of the header stands at the left edge."""
    levels = [k for k in range(len(sheet.header)) if k not in sheet.counters()]
    if sheet.is_form or len(levels) < 2:
        return sheet
    row = [text for text in sheet.header[levels[-1]] if text]
    header = list(sheet.header)
    header[levels[-1]] = row + [""] * (len(sheet.kinds) - len(row))
    return replace(sheet, header=header, spans={})


def header_one_to_the_left(sheet: Sheet) -> Sheet:
    """The first heading of each row lost, the others one column to the left."""
    if sheet.is_form or not sheet.header:
        return sheet
    return replace(sheet, header=[[*row[1:], ""] for row in sheet.header], spans={})


def header_slid_to_the_right(sheet: Sheet) -> Sheet:
    """Every heading one column to the right of its own, the last one of each row lost."""
    if sheet.is_form or not sheet.header:
        return sheet
    return replace(sheet, header=[["", *row[:-1]] for row in sheet.header], spans={})


def last_headings_cut_off(sheet: Sheet) -> Sheet:
    """The headings of the last column lost, the others in their places."""
    last = max((column for row in sheet.header for column, text in enumerate(row) if text), default=0)
    return sheet if sheet.is_form else replace(sheet, header=[[*row[:last], "", *row[last + 1 :]] for row in sheet.header], spans={})


def header_one_to_the_right(sheet: Sheet) -> Sheet:
    if sheet.is_form or not sheet.header:
        return sheet
    return replace(
        sheet, header=[["", *row] for row in sheet.header], body=[[*row, ""] for row in sheet.body], kinds=[*sheet.kinds, "blank"], spans={}
    )


def upper_headings_one_to_the_left(sheet: Sheet) -> Sheet:
    """Group headings stand one column too early."""
    levels = [k for k in range(len(sheet.header)) if k not in sheet.counters()]
    if sheet.is_form or len(levels) < 2:
        return sheet
    origins = sheet.origins()
    header = [list(row) for row in sheet.header]
    for level in levels[:-1]:
        for column, text in enumerate(sheet.header[level]):
            group = [c for c in range(len(sheet.kinds)) if origins[level][c] == column]
            if text and len(group) > 1 and column and sheet.kinds[column] == "amount" and not header[level][column - 1]:
                header[level][column - 1], header[level][column] = text, ""
    return replace(sheet, header=header, spans={})


def in_unit(unit: str) -> Callable[[Sheet], Sheet]:
    def changed(sheet: Sheet) -> Sheet:
        power = POWERS[sheet.unit] - POWERS[unit]
        body = [list(row) for row in sheet.body]
        for row, column in sheet.amounts:
            body[row][column] = re.sub(
                r"-?[\d０-９][\d０-９,，]*(?:[.。．][\d０-９]+)?(?=\s*$|\u3000*$)", lambda m: shifted(m[0], power), body[row][column]
            )
        named = [[text if (k, c) in sheet.amounts else _renamed(text, unit) for c, text in enumerate(row)] for k, row in enumerate(body)]
        return replace(sheet, body=named, header=[[_renamed(text, unit) for text in row] for row in sheet.header], unit=unit)

    return changed


def _renamed(text: str, unit: str) -> str:
    """A caption or heading of money with the unit named anew; a sentence or a target (≤18万元) is left alone."""
    return re.sub(r"(?<=[（(:：])(?:亿元|万元|千元|元)(?=[）)]|$)", unit, text) if len(text) <= 40 else text


def shifted(number: str, power: int) -> str:
    """The figure times 10^power, to the same place: 1,234.56 in 万元 is 12,345,600 in 元."""
    wide = number.translate(str.maketrans("０１２３４５６７８９．，。", "0123456789.,."))
    value = Decimal(wide.replace(",", "")).scaleb(power)
    places = max(0, -int(value.as_tuple().exponent))
    return f"{value:{',' if ',' in wide else ''}.{places}f}"


def two_panels(sheet: Sheet) -> Sheet:
    """A list set in two columns of the page: its upper half left, its lower half right."""
    if sheet.is_form or not sheet.header or sheet.two_sided or sheet.breaks or len(sheet.body) < 6 or len(sheet.panels) > 1:
        return sheet
    half, width = (len(sheet.body) + 1) // 2, len(sheet.kinds)
    right = [*sheet.body[half:], *[[""] * width] * (2 * half - len(sheet.body))]
    return replace(
        sheet, header=[row + row for row in sheet.header], body=[a + b for a, b in zip(sheet.body[:half], right, strict=True)],
        spans={**sheet.spans, **{(level, column + width): span for (level, column), span in sheet.spans.items()}},
        kinds=sheet.kinds * 2,
        amounts=frozenset((row - half, column + width) if row >= half else (row, column) for row, column in sheet.amounts),
    )  # fmt: skip


def header_on_every_page(sheet: Sheet) -> Sheet:
    """A page break in the middle, after which the header is printed again."""
    if sheet.is_form or len(sheet.body) < 4 or not sheet.header:
        return sheet
    half = len(sheet.body) // 2
    later = {row + len(sheet.header) if row > half else row for row in sheet.breaks}
    return replace(sheet, body=[*sheet.body[:half], *sheet.header, *sheet.body[half:]], breaks=frozenset({*later, half}))


def page_break(sheet: Sheet) -> Sheet:
    half = len(sheet.body) // 2
    return replace(sheet, breaks=sheet.breaks | {half}) if len(sheet.body) >= 4 else sheet


# Arrangements of the text around them.


def named_in_text(pieces: Pieces, unit: str) -> Pieces:
    """The unit lines above the tables name another unit."""
    parts: list[str | Sheet | Rows] = []
    for k, part in enumerate(pieces.parts):
        near = isinstance(part, str) and UNIT_LINE.search(part) and any(isinstance(p, Sheet) for p in pieces.parts[k : k + 8])
        parts.append(UNIT_LINE.sub(lambda m: UNIT.sub(unit, m[0]), part) if near else part)  # type: ignore[type-var]
    return Pieces(parts)


def without_titles(pieces: Pieces, every: int = 1) -> Pieces:
    """The titles of every so-manieth table are lost, with the numbers (表3) and headings above them."""
    sheets = [k for k, part in enumerate(pieces.parts) if isinstance(part, Sheet)]
    lost: set[int] = set()
    for nth, place in enumerate(sheets):
        if nth % every == 0 and pieces.parts[place].title:  # type: ignore[union-attr]
            title = squashed(pieces.parts[place].title)  # type: ignore[union-attr]
            for above in range(place - 1, max(place - 13, -1), -1):
                part = pieces.parts[above]
                if not isinstance(part, str):
                    break
                text = re.sub(r"^#+|\*+", "", squashed(part))
                if text and (text == title or re.fullmatch(r"(预算公开|预算)?表\d+|附件[:：].*表|[一二三四五六七八九十]+、.*表", text)):
                    lost.add(above)
    return Pieces([part for k, part in enumerate(pieces.parts) if k not in lost])


def squashed(text: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))


Arrangement = Callable[[Pieces], Pieces]


def facts(parsed: Parsed, document: str) -> list[tuple]:
    """Every amount with its labels, without its place; a label that names the unit (部门预算总额（万元）) names it anew."""
    return _facts_of(parsed.amounts.filter(pl.col("document_id") == document))


def _facts_of(amounts: pl.DataFrame) -> list[tuple]:
    plain = amounts.with_columns(pl.col("line_item").str.replace(r"[（(](?:亿元|万元|千元|元)[）)]", ""))
    return sorted(plain.select(LABELS).rows(), key=repr)


def silently_wrong(original: Parsed, name: str, again: Parsed, document: str) -> list[tuple]:
    """The facts that the original does not have, of amounts that no contradiction and no notice of their table marks."""
    notices = again.notices.filter(pl.col("document_id") == document, pl.col("table_number").is_not_null())
    failed = again.identities.filter(pl.col("verdict") == "contradicted").select("identity_id")
    marked = again.identity_terms.join(failed, on="identity_id").select("amount_id").unique()
    unmarked = again.amounts.join(notices.select("document_id", "table_number"), on=["document_id", "table_number"], how="anti")
    unmarked = unmarked.join(marked, on="amount_id", how="anti")
    wrong = Counter(facts(again, document)) - Counter(facts(original, name))
    return sorted((Counter(_facts_of(unmarked.filter(pl.col("document_id") == document))) & wrong).elements(), key=repr)


def of_sheets(change: Callable[[Sheet], Sheet]) -> Arrangement:
    return lambda pieces: pieces.each(change)


def in_money(unit: str) -> Arrangement:
    return lambda pieces: named_in_text(pieces.each(in_unit(unit)), unit)


ARRANGEMENTS: dict[str, Arrangement] = {
    "as_it_is": lambda pieces: pieces,
    "columns_permuted": of_sheets(columns_permuted),
    "labels_reversed": of_sheets(labels_reversed),
    "total_row_last": of_sheets(total_row_last),
    "codes_joined": of_sheets(codes_joined),
    "codes_split": of_sheets(codes_split),
    "header_in_one_row": of_sheets(header_in_one_row),
    "header_with_slashes": of_sheets(partial(header_in_one_row, joined="/".join)),
    "lowest_headings_only": of_sheets(partial(header_in_one_row, joined=lambda path: path[-1])),
    "lowest_headings_first": of_sheets(partial(header_in_one_row, joined=lambda path: "".join(path[::-1]))),
    "groups_in_brackets": of_sheets(partial(header_in_one_row, joined=with_group_in_brackets)),
    "groups_centred": of_sheets(groups_centred),
    "headings_at_the_bottom": of_sheets(headings_at_the_bottom),
    "header_cells_lost": of_sheets(header_cells_lost),
    "lowest_headings_slid": of_sheets(lowest_headings_slid),
    "header_one_to_the_left": of_sheets(header_one_to_the_left),
    "last_headings_cut_off": of_sheets(last_headings_cut_off),
    "header_one_to_the_right": of_sheets(header_one_to_the_right),
    "header_slid_to_the_right": of_sheets(header_slid_to_the_right),
    "upper_headings_one_to_the_left": of_sheets(upper_headings_one_to_the_left),
    "in_yuan": in_money("元"),
    "in_thousands": in_money("千元"),
    "in_hundred_millions": in_money("亿元"),
    "every_second_title_lost": lambda pieces: without_titles(pieces, 2),
    "titles_lost": without_titles,
    "two_panels": of_sheets(two_panels),
    "page_break": of_sheets(page_break),
    "header_on_every_page": of_sheets(header_on_every_page),
}


def rearranged(pieces: Pieces, names: Iterable[str], print_rows: Callable[[Rows], list[str]] | None = None) -> str:
    for name in names:
        pieces = ARRANGEMENTS[name](pieces)
    return lines_of(pieces, print_rows or delimited("\t"))
