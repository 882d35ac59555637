"""Word documents (DOCX): walks the body in document order; tables become grids with spans, paragraphs become lines.

Tracked insertions count as printed, deletions do not. Automatic numbers are computed, because the text of the document
does not hold them (numbering.py). Old Word formats are converted elsewhere and come back here.
"""

from collections.abc import Iterator
from typing import Any

import polars as pl

from yusuan.reading.assembly import Assembly, GridCell
from yusuan.reading.errors import UnreadableDocument
from yusuan.reading.numbering import Numbering
from yusuan.reading.package import DAMAGED, Package
from yusuan.reading.tables import is_layout

# Word itself allows 63 columns.
MAX_SPAN = 1_000

# Elements that hold blocks or runs without being either.
_WRAPPERS = frozenset({"sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag", "hyperlink", "fldSimple", "dir", "bdo", "body"})
# What Word does not print: deletions, the fallback twin of a modern shape, the reading aid over a character, field codes.
_UNPRINTED = frozenset({"del", "moveFrom", "Fallback", "rt", "instrText", "delText", "delInstrText", "pPr", "rPr"})


def read_docx(document_id: str, data: bytes) -> tuple[pl.DataFrame, pl.DataFrame]:
    package = Package(data)
    main = _main_part(package)
    root = package.xml(main)
    body = next((element for element in root.iter("{*}body")), None)
    if body is None:
        raise UnreadableDocument(DAMAGED)
    assembly = Assembly(document_id)
    _Walk(assembly, Numbering.of(package, main)).blocks(body)
    return assembly.frames()


def _main_part(package: Package) -> str:
    if "_rels/.rels" in package:
        for relation in package.xml("_rels/.rels"):
            if relation.get("Type", "").endswith("/officeDocument"):
                return relation.get("Target", "")
    return "word/document.xml"


def _name(element: Any) -> str:
    return element.tag.rpartition("}")[2]


def _child(element: Any, *path: str) -> Any:
    for name in path:
        if element is None:
            return None
        element = next((child for child in element if _name(child) == name), None)
    return element


def _value(element: Any, default: str = "") -> str:
    """The w:val attribute."""
    return next((value for name, value in element.attrib.items() if name.rpartition("}")[2] == "val"), default)


def _is_on(element: Any) -> bool:
    """A switch such as w:vanish: present means on, unless it says otherwise."""
    return element is not None and _value(element, "true") not in ("false", "0", "off", "none")


def _span(element: Any, default: int) -> int:
    try:
        return max(0, min(int(_value(element)), MAX_SPAN)) if element is not None else default
    except ValueError:
        return default


def _within(element: Any, name: str) -> Iterator[Any]:
    """Children of this name, also those inside content controls and tracked insertions."""
    for child in element:
        if _name(child) == name:
            yield child
        elif _name(child) in _WRAPPERS:
            yield from _within(child, name)


class _Walk:
    def __init__(self, assembly: Assembly, numbering: Numbering) -> None:
        self._assembly = assembly
        self._numbering = numbering

    def blocks(self, container: Any) -> None:
        """Appends the paragraphs and tables of a body, text box or layout cell."""
        for element in container:
            name = _name(element)
            if name == "p":
                text, boxes = self._paragraph(element)
                self._assembly.line(text)
                for box in boxes:
                    self.blocks(box)
            elif name == "tbl":
                self._table(element)
            elif name in _WRAPPERS:
                self.blocks(element)

    def _paragraph(self, paragraph: Any) -> tuple[str, list[Any]]:
        """The text of a paragraph with its automatic number, and the text boxes that are anchored in it."""
        parts: list[str] = []
        boxes: list[Any] = []
        self._runs(paragraph, parts, boxes)
        text = "".join(parts)
        return (self._numbering.label(paragraph) + text if text.strip() else text), boxes

    def _runs(self, element: Any, parts: list[str], boxes: list[Any]) -> None:
        for child in element:
            name = _name(child)
            if name in _UNPRINTED:
                continue
            if name == "t":
                parts.append(child.text or "")
            elif name == "tab":
                parts.append("\t")
            elif name in ("br", "cr"):
                parts.append("\n")
            elif name == "noBreakHyphen":
                parts.append("-")
            elif name == "txbxContent":
                boxes.append(child)
            elif not (name == "r" and _is_on(_child(child, "rPr", "vanish"))):
                self._runs(child, parts, boxes)

    def _table(self, table: Any) -> None:
        cells, contents = self._cells(table)
        nested = [any(not isinstance(item, str) and _name(item) == "tbl" for item in content) for content in contents]
        if is_layout(cells, nested):
            for item in (item for content in contents for item in content):
                self._item(item)
            return
        self._assembly.grid(cells)
        for item in (item for content in contents for item in content):
            if not isinstance(item, str):
                self._item(item)

    def _item(self, item: Any) -> None:
        if isinstance(item, str):
            self._assembly.line(item)
        elif _name(item) == "tbl":
            self._table(item)
        else:
            self.blocks(item)

    def _content(self, cell: Any) -> Iterator[Any]:
        """What a cell holds, in order: the text of each paragraph, and nested tables and text boxes as elements."""
        for element in cell:
            if _name(element) == "p":
                text, boxes = self._paragraph(element)
                yield text
                yield from boxes
            elif _name(element) == "tbl":
                yield element
            elif _name(element) in _WRAPPERS:
                yield from self._content(element)

    def _cells(self, table: Any) -> tuple[list[GridCell], list[list[Any]]]:
        """The cells of a table, merged ones joined, and the content of each."""
        cells: list[GridCell] = []
        contents: list[list[Any]] = []
        # By column, the cell that a vertical merge in the next row may continue, and its own width there.
        above: dict[int, tuple[int, int]] = {}
        number = 0
        for row in _within(table, "tr"):
            if _child(row, "trPr", "del") is not None or _is_on(_child(row, "trPr", "hidden")):
                continue
            number += 1
            column = 1 + _span(_child(row, "trPr", "gridBefore"), 0)
            below: dict[int, tuple[int, int]] = {}
            origin: int | None = None
            grows = False
            for cell in _within(row, "tc"):
                if _child(cell, "tcPr", "cellDel") is not None:
                    continue
                span = max(1, _span(_child(cell, "tcPr", "gridSpan"), 1))
                sideways, downwards = _child(cell, "tcPr", "hMerge"), _child(cell, "tcPr", "vMerge")
                goes_on = downwards is not None and _value(downwards, "continue") == "continue"
                if origin is not None and sideways is not None and _value(sideways, "continue") == "continue":
                    if grows:
                        cells[origin] = cells[origin]._replace(column_span=cells[origin].column_span + span)
                elif goes_on and column in above and above[column][1] == span:
                    origin, grows = above[column][0], False
                    cells[origin] = cells[origin]._replace(row_span=number - cells[origin].row + 1)
                    below[column] = above[column]
                else:
                    content = list(self._content(cell))
                    origin, grows = len(cells), True
                    cells.append(GridCell(number, column, 1, span, "\n".join(item for item in content if isinstance(item, str))))
                    contents.append(content)
                    if downwards is not None:
                        below[column] = (origin, span)
                column += span
            above = below
        return cells, contents
