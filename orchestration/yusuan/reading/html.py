"""Web pages, also those that are named .xls or .doc: tables become grids with spans, the text between them becomes lines.

Nothing that a page refers to is fetched, scripts and hidden elements are dropped. A page that a spreadsheet program wrote
is one sheet in disguise, so sheets.py separates its titles from its tables.
"""

import email
import email.policy
import re
from collections.abc import Iterator
from typing import Any

import polars as pl
from lxml import etree, html

from yusuan.reading.assembly import MAX_COLUMNS, Assembly, GridCell
from yusuan.reading.decoding import decoded
from yusuan.reading.errors import UnreadableDocument
from yusuan.reading.package import DAMAGED
from yusuan.reading.sheets import Merge, SheetCell, add_sheet
from yusuan.reading.tables import is_layout

MAX_BYTES = 64 << 20
# The limits of the HTML standard.
MAX_COLUMN_SPAN = 1_000
MAX_ROW_SPAN = 65_534

_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_SHEET_PROGRAM = re.compile(r"urn:schemas-microsoft-com:office:excel|ProgId\"?\s+content=\"?(?:Excel|ET)\.Sheet", re.I)
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|mso-hide\s*:\s*all", re.I)
# fmt: off
_UNPRINTED = frozenset((
    "script", "style", "noscript", "template", "head", "title", "iframe", "object", "embed", "applet", "audio", "video", "canvas", "svg",
    "select", "option", "datalist", "textarea",
))
_BLOCKS = frozenset((
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dialog", "div", "dl", "dt", "fieldset",
    "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html", "legend", "li", "main", "nav",
    "ol", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
))
# fmt: on
_BREAKING_SPACE = re.compile(r"[ \t\r\n\f]+")
# What _collapsed() leaves alone and Assembly takes for a line break.
_KEPT_BREAK = "\x0b"
_ASCII = re.compile(r"[!-~]")


def read_html(document_id: str, data: bytes) -> tuple[pl.DataFrame, pl.DataFrame]:
    return _read_pages(document_id, [data])


def read_mhtml(document_id: str, data: bytes) -> tuple[pl.DataFrame, pl.DataFrame]:
    """A web archive, which Word and Excel also write: the pages in it one after another."""
    message = email.message_from_bytes(data, policy=email.policy.default)
    pages = [part.get_payload(decode=True) for part in message.walk() if part.get_content_type() == "text/html"]
    return _read_pages(document_id, [page for page in pages if isinstance(page, bytes)])


def _read_pages(document_id: str, pages: list[bytes]) -> tuple[pl.DataFrame, pl.DataFrame]:
    assembly = Assembly(document_id)
    for data in pages:
        if len(data) > MAX_BYTES:
            raise UnreadableDocument(f"网页超过 {MAX_BYTES >> 20} MB；请拆分后放入。")
        text = _XML_DECLARATION.sub("", decoded(data).replace("\0", ""))
        if not text.strip():
            continue
        # huge_tree stays off: it would lift the parser's limits on depth and on the length of a text.
        parser = html.HTMLParser(no_network=True, huge_tree=False, remove_comments=True, remove_pis=True)
        try:
            root = html.document_fromstring(text, parser=parser)
        except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
            raise UnreadableDocument(DAMAGED) from error
        if any("xcessive depth" in entry.message for entry in parser.error_log):
            raise UnreadableDocument("网页的元素嵌套过深；请用浏览器打开后存为 PDF。")
        _Walk(assembly, is_sheet=bool(_SHEET_PROGRAM.search(text[:4096]))).walk(root)
    return assembly.frames()


def _is_hidden(element: Any) -> bool:
    style = element.get("style")
    return element.get("hidden") is not None or (style is not None and _HIDDEN_STYLE.search(style) is not None)


def _collapsed(text: str) -> str:
    """Source white space as a browser shows it, but a line break of the source between Chinese characters is nothing."""

    def space(match: re.Match[str]) -> str:
        before, after = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
        broken = "\n" in match[0] or "\r" in match[0]
        both_chinese = before and after and not _ASCII.match(before) and not _ASCII.match(after)
        return "" if broken and both_chinese else " "

    return _BREAKING_SPACE.sub(space, text)


def _printed(root: Any) -> Iterator[tuple[str, Any]]:
    """("text", text), ("break", None) and ("table", element) in the order of the page; tables are not entered."""
    walker = etree.iterwalk(root, events=("start", "end"))
    preformatted = 0
    for event, element in walker:
        if event == "start":
            if element.tag in _UNPRINTED or _is_hidden(element):
                walker.skip_subtree()
                continue
            if element.tag in _BLOCKS or element.tag == "br":
                yield "break", None
            if element.tag == "table" and element is not root:
                yield "table", element
                walker.skip_subtree()
                continue
            preformatted += element.tag == "pre"
            text = element.text
        else:
            if element.tag in _BLOCKS:
                yield "break", None
            preformatted -= element.tag == "pre"
            text = element.tail if element is not root else None
        if text:
            yield "text", text.replace("\n", _KEPT_BREAK) if preformatted > 0 else text


def _cell_text(element: Any) -> str:
    """The text of a cell without the tables inside it; a line for each that a browser shows."""
    lines = [""]
    for kind, part in _printed(element):
        if kind == "text":
            lines[-1] += part
        elif lines[-1]:
            lines.append("")
    return "\n".join(collapsed for line in lines if (collapsed := _collapsed(line)).strip())


class _Parts:
    """The parts of a table, nested ones left out: rows of cells by section, captions, and text that stands in no cell."""

    def __init__(self, table: Any) -> None:
        self.captions: list[Any] = []
        self.strays: list[str] = [table.text or ""]
        body: list[list[Any]] = []
        foot: list[list[Any]] = []
        self.sections = [body]
        walker = etree.iterwalk(table, events=("start",))
        for _, element in walker:
            if element is table:
                continue
            self.strays.append(element.tail or "")
            if element.tag in _UNPRINTED or _is_hidden(element):
                walker.skip_subtree()
            elif element.tag == "caption":
                self.captions.append(element)
                walker.skip_subtree()
            elif element.tag in ("thead", "tbody"):
                self.sections.append([])
            elif element.tag == "tfoot":
                # Browsers print it last, wherever it stands.
                self.sections.append(foot)
            elif element.tag == "tr":
                self.sections[-1].append([])
            elif element.tag in ("td", "th"):
                if not self.sections[-1]:
                    self.sections[-1].append([])
                self.sections[-1][-1].append(element)
                walker.skip_subtree()
            elif element.tag == "table":
                walker.skip_subtree()
            else:
                self.strays.append(element.text or "")
        self.sections = [section for section in self.sections if section is not foot] + [foot]


def _span(element: Any, name: str, most: int) -> int:
    match = re.match(r"\s*\+?(\d{1,9})", element.get(name) or "")
    return min(int(match[1]), most) if match else 1


def _grid(sections: list[list[list[Any]]]) -> tuple[list[GridCell], list[Any]]:
    """The cells of a table where the rules of HTML place them, and the element of each."""
    cells: list[GridCell] = []
    elements: list[Any] = []
    top = 0
    for section in sections:
        # By column, the first row that no cell from above covers. A row span ends with its section.
        covered_until: dict[int, int] = {}
        end = top + len(section)
        for row, row_elements in enumerate(section, start=top):
            column = 0
            for element in row_elements:
                while covered_until.get(column, 0) > row:
                    column += 1
                height = _span(element, "rowspan", MAX_ROW_SPAN)
                height = end - row if height == 0 else min(height, end - row)
                width = max(1, _span(element, "colspan", MAX_COLUMN_SPAN))
                if column + width > MAX_COLUMNS:
                    raise UnreadableDocument(f"一张表超过 {MAX_COLUMNS:,} 列；请核对文件是不是预算公开。")
                for covered in range(column, column + width):
                    covered_until[covered] = max(covered_until.get(covered, 0), row + height)
                cells.append(GridCell(row + 1, column + 1, height, width, _cell_text(element)))
                elements.append(element)
                column += width
        top = end
    return cells, elements


class _Walk:
    """Appends a page to the assembly. Only tables inside tables recurse, and the parser limits how deep they can be."""

    def __init__(self, assembly: Assembly, is_sheet: bool) -> None:
        self._assembly = assembly
        self._is_sheet = is_sheet

    def walk(self, root: Any) -> None:
        line = ""
        for kind, part in _printed(root):
            if kind == "text":
                line += part
                continue
            self._assembly.line(_collapsed(line))
            line = ""
            if kind == "table":
                self._table(part)
        self._assembly.line(_collapsed(line))

    def _table(self, table: Any) -> None:
        parts = _Parts(table)
        for caption in parts.captions:
            self.walk(caption)
        for stray in parts.strays:
            self._assembly.line(_collapsed(stray))
        cells, elements = _grid(parts.sections)
        nested = [next(element.iter("table"), None) is not None for element in elements]
        if is_layout(cells, nested):
            for element in elements:
                self.walk(element)
            return
        if self._is_sheet:
            merges = [Merge(c.row, c.row + c.row_span - 1, c.column, c.column + c.column_span - 1) for c in cells]
            add_sheet(self._assembly, None, [SheetCell(c.row, c.column, c.text, False) for c in cells], merges)
        else:
            self._assembly.grid(cells)
        for element in (element for element, has_table in zip(elements, nested, strict=True) if has_table):
            for kind, inner in _printed(element):
                if kind == "table":
                    self._table(inner)
