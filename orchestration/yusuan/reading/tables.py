"""What Word and web tables have in common: telling a table of data from a table that only arranges the page."""

import re
from collections.abc import Sequence

from yusuan.reading.assembly import GridCell

# A label, a name or an amount is shorter than this; a navigation bar or a paragraph is longer.
SHORT_TEXT = 60
_NUMBER = re.compile(r"[-+(（]?[\d０-９][\d０-９,，.．%]*[)）]?")


def is_layout(cells: Sequence[GridCell], nested: Sequence[bool]) -> bool:
    """Whether a table only arranges text or other tables on the page; `nested` says which cells hold a table.

    1. All cells in one column: a frame around text. 2. One row of one or two texts: a caption such as 编制单位 beside 单位：万元.
    3. Cells with tables inside, and few short cells beside them: the scaffold of a web page.
    """
    filled = [cell for cell, has_table in zip(cells, nested, strict=True) if cell.text.strip() and not has_table]
    tables = sum(nested)
    if all(cell.column == 1 for cell in cells):
        return True
    if not tables:
        texts = [cell.text.strip() for cell in filled]
        return len({cell.row for cell in cells}) == 1 and len(texts) <= 2 and not any(map(_NUMBER.fullmatch, texts))
    short = [cell for cell in filled if len(cell.text.strip()) <= SHORT_TEXT and "\n" not in cell.text.strip()]
    return len(short) < 2 * tables
