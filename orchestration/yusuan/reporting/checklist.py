"""`yusuan report --checklist`: the form 预算公开情况检查表 that finance bureaus fill in by hand, one sheet a disclosure.

Every finding stands in the row of the chapter or table that it is about, with the printed text, the calculation and the page.
Which chapters there are is told by parsing/chapters.py, which tables are prescribed by vocabulary/prescribed_tables.csv.
"""

import itertools
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.worksheet import Worksheet

from yusuan.parsing.chapters import chapter_at, chapter_named, chapters_of
from yusuan.parsing.text import squash
from yusuan.parsing.vocabulary import load
from yusuan.reporting.evidence import Document, Found, place_of

YES, NO, NOT_APPLICABLE = "是", "否", "不适用"
TITLE, COLUMNS = "预算公开情况检查表", ("检查内容", "符合要求", "问题")
TIMELINESS, CONTENT = "及时性", "内容规范性"
# 预算法第十四条：批复后二十日内向社会公开。
DAYS_TO_PUBLISH = 20
COVER, ELSEWHERE = "封面", "其他问题"
COVER_TITLE = r"20\d{2}年.*(?:预算|决算)"
MISSING_TABLE, MISSING_CHAPTER = "structure.missing_table", "structure.missing_chapter"
# What a conversion has damaged is for a person to compare with the original: it proves nothing against the publisher.
UNPROVEN = "damaged_text"
WORDING = "wording."
MOST_QUOTED, LONGEST_QUOTE = 4, 120
# Excel's own limits for a cell and for the name of a sheet.
LONGEST_CELL, LONGEST_NAME = 32_000, 31


@dataclass
class Row:
    """One line of the form. `present` is None where the disclosure need not have it; `problems` are sentences."""

    item: str
    present: bool | None = True
    problems: list[str] = field(default_factory=list)
    unproven: list[str] = field(default_factory=list)

    seen: set[tuple[str, str]] = field(default_factory=set)
    told: list[tuple[tuple[int | None, int | None], str, list[str], int]] = field(default_factory=list)

    def add(self, found: Found) -> None:
        """One sentence for one calculation: a row that fails for all money and for its only fund source fails once. What is wrong
        with the wording of a sentence that a problem quotes already belongs to that problem."""
        same = (found.arithmetic or found.fingerprint, found.places)
        if same in self.seen:
            return
        self.seen.add(same)
        problems = self.unproven if found.verdict == UNPROVEN else self.problems
        place, words = (found.page, found.line), _printed_sentence(found)
        for at, sentence, told_in, number in self.told:
            if found.check_id.startswith(WORDING) and told_in is problems and at == place and (words in sentence or sentence in words):
                problems[number] += f"另：{_acknowledged(found)}{found.message.rstrip('。')}。"
                return
        if words:
            self.told.append((place, words, problems, len(problems)))
        problems.append(_sentence(found))

    @property
    def verdict(self) -> str:
        if self.present is None and not self.problems:
            return NOT_APPLICABLE
        return YES if self.present is not False and not self.problems else NO

    @property
    def text(self) -> str:
        sentences = [*self.problems, *(f"（待核）{sentence}" for sentence in self.unproven)]
        return "\n".join(f"{number}. {sentence}" for number, sentence in enumerate(sentences, start=1))[:LONGEST_CELL]


@dataclass
class Form:
    publisher: str
    addresses: list[str]
    files: list[str]
    timeliness: Row
    content: list[Row]


def write(connection: duckdb.DuckDBPyConnection, documents: Sequence[Document], target: Path) -> int:
    """The workbook; how many disclosures it has."""
    made = forms(connection, documents)
    workbook = Workbook()
    workbook.remove(workbook.active)
    for number, form in enumerate(made, start=1):
        _sheet(workbook.create_sheet(_sheet_name(form, number)), form)
    if not made:
        workbook.create_sheet(TITLE)
    target.parent.mkdir(parents=True, exist_ok=True)
    workbook.save(target)
    return len(made)


def forms(connection: duckdb.DuckDBPyConnection, documents: Sequence[Document]) -> list[Form]:
    """One for each disclosure, which may be several files, in the order of its first document."""
    ids = [document.document_id for document in documents]
    columns = "document_id, line, page, table_number, text"
    lines = connection.execute(f"select {columns} from staging.lines where document_id in $ids", {"ids": ids}).fetchall()
    frame = pl.DataFrame(
        lines, schema=dict.fromkeys(columns.split(", "), pl.Int64) | {"document_id": pl.Utf8, "text": pl.Utf8}, orient="row"
    )
    tables = connection.execute(
        """
        select document_id, table_number, statement, coalesce(title, contents_title) as title, first_line, last_line
        from staging.tables
        where document_id in $ids
        order by document_id, table_number
        """,
        {"ids": ids},
    )
    names = [column[0] for column in tables.description]
    rows = [dict(zip(names, row, strict=True)) for row in tables.fetchall()]
    headings = chapters_of(frame)
    together: dict[str, list[Document]] = defaultdict(list)
    for document in documents:
        together[str(document.facts["disclosure_id"])].append(document)
    return [_form(files, headings, frame, rows) for files in together.values()]


def _form(documents: Sequence[Document], headings: pl.DataFrame, lines: pl.DataFrame, tables: Sequence[dict[str, Any]]) -> Form:
    ids = [document.document_id for document in documents]
    own = pl.col("document_id").is_in(ids)
    headings, lines = headings.filter(own), lines.filter(own)
    tables = [table for table in tables if table["document_id"] in ids]
    rows = _Rows(documents, headings, lines, tables)
    rows.place_findings()
    facts = [document.facts for document in documents]
    return Form(
        publisher=str(facts[0]["publisher_name"] or ""),
        addresses=list(dict.fromkeys(fact["source_url"] for fact in facts if fact["source_url"])),
        files=[str(fact["file_name"]) for fact in facts],
        timeliness=_timeliness(facts),
        content=rows.in_order(),
    )


def _timeliness(facts: Iterable[dict[str, Any]]) -> Row:
    """Only two known dates can be compared: the day of publication and the day of the bureau's approval."""
    known = [(fact.get("published_on"), fact.get("approved_on")) for fact in facts]
    published = min((day for day, _ in known if day), default=None)
    approved = min((day for _, day in known if day), default=None)
    row = Row("公开时间", present=None)
    if published is None or approved is None:
        row.unproven.append(
            f"{_day('公开日期', published)}，{_day('批复日期', approved)}；请在 manifest.csv 中填写 published_on 与 approved_on。"
        )
        return row
    latest = approved + timedelta(days=DAYS_TO_PUBLISH)
    row.present = published <= latest
    if not row.present:
        row.problems.append(
            f"{approved}批复，应于{latest}前（批复后{DAYS_TO_PUBLISH}日内）公开，实际于{published}公开，逾期{(published - latest).days}日。"
        )
    return row


def _day(name: str, day: date | None) -> str:
    return f"{name}为{day}" if day else f"未取得{name}"


class _Rows:
    """The rows of 内容规范性 of one disclosure, filled step by step."""

    def __init__(
        self, documents: Sequence[Document], headings: pl.DataFrame, lines: pl.DataFrame, tables: Sequence[dict[str, Any]]
    ) -> None:
        self.documents, self.headings, self.lines, self.tables = documents, headings, lines, tables
        self.chapters = {
            chapter: self._chapter(chapter, title, required == "yes")
            for chapter, title, required in load("chapters").select("chapter", "title", "required").iter_rows()
            if chapter != "tables"
        }
        self.cover = self._cover()
        self.by_title: dict[str, Row] = {}
        self.statements: dict[str, str] = {}
        self.by_table: dict[tuple[str, int], Row] = {}
        for table in tables:
            if table["title"]:
                row = self.by_title.setdefault(_name(table["title"]), Row(" ".join(table["title"].split())))
                self.statements.setdefault(_name(table["title"]), table["statement"])
                self.by_table[(table["document_id"], table["table_number"])] = row
        self.elsewhere = Row(ELSEWHERE)

    def _chapter(self, chapter: str, title: str, is_required: bool) -> Row:
        found = self.headings.filter(pl.col("chapter") == chapter)
        listed = found.filter("is_listed")
        if found.filter(~pl.col("is_listed")).height:
            return Row(title)
        if listed.height:
            return Row(title, False, [f"目录列出“{_clean(listed['text'][0])}”，正文中未见（{_place(listed)}）。"])
        return Row(title, False, [f"未见“{title}”。"]) if is_required else Row(title, None)

    def _cover(self) -> Row:
        """A cover names the year, the kind and the publisher, before the contents list and everything else."""
        begin = self.headings.group_by("document_id").agg(begin=pl.col("line").min())
        before = self.lines.join(begin, on="document_id", how="left").filter(
            (pl.col("line") < pl.col("begin")) | pl.col("begin").is_null(), pl.col("table_number").is_null()
        )
        text = before.select(squash(pl.col("text")).str.join("")).item()
        facts = self.documents[0].facts
        problems = []
        if not re.search(COVER_TITLE, text or ""):
            problems.append("封面未见年度与预算（决算）标题。")
        publisher = _name(str(facts["publisher_name"] or ""))
        if not publisher or publisher not in _name(text or ""):
            problems.append("封面未见单位名称。")
        return Row(COVER, not problems, problems)

    def place_findings(self) -> None:
        for document in self.documents:
            for found in document.findings:
                row = self._row_of(document.document_id, found)
                # A chapter that is not there has said so itself.
                if found.severity != "info" and not (found.check_id == MISSING_CHAPTER and row.present is False):
                    row.add(found)

    def _row_of(self, document_id: str, found: Found) -> Row:
        if found.check_id == MISSING_TABLE:
            self.statements.setdefault(_name(found.subject), found.statement or "")
            return self.by_title.setdefault(_name(found.subject), Row(_clean(found.subject), False))
        if found.check_id == MISSING_CHAPTER:
            return self.chapters.get(chapter_named(found.subject) or "contents", self.chapters["contents"])
        if found.sentence_line is not None:
            return self._row_at(document_id, found.sentence_line)
        table = self.by_table.get((document_id, found.table_number or self._table_at(document_id, found.line)))
        if table is not None:
            return table
        return self._row_at(document_id, found.line) if found.line is not None else self.elsewhere

    def _table_at(self, document_id: str, line: int | None) -> int:
        """The table that the line is a row of; 0 where it is none's."""
        return next(
            (
                table["table_number"]
                for table in self.tables
                if table["document_id"] == document_id and line is not None and table["first_line"] <= line <= table["last_line"]
            ),
            0,
        )

    def _row_at(self, document_id: str, line: int) -> Row:
        """The chapter that a line stands in; before the first it is the cover, among the tables it is the table above."""
        place = pl.DataFrame({"document_id": [document_id], "line": [line]}, schema={"document_id": pl.Utf8, "line": pl.Int64})
        chapter = chapter_at(self.headings, place)["chapter"].item()
        if chapter is None:
            return self.cover
        if chapter == "tables":
            above = [
                table for table in self.tables if table["document_id"] == document_id and table["first_line"] <= line and table["title"]
            ]
            return self.by_table[(document_id, above[-1]["table_number"])] if above else self.elsewhere
        return self.chapters[chapter]

    def in_order(self) -> list[Row]:
        """As on the form: cover and contents, chapters, tables, and the two chapters that come after them."""
        chapters = dict(self.chapters)
        last = [chapters.pop("other"), chapters.pop("projects")]
        rows = [self.cover, *chapters.values(), *self._tables(), *last]
        return [*rows, self.elsewhere] if self.elsewhere.problems or self.elsewhere.unproven else rows

    def _tables(self) -> list[Row]:
        """The prescribed tables in the order of the rule, whether they are there or not, and then the others in that of the document.

        The rule is for local governments' budgets: nothing else must have its tables."""
        facts = [document.facts for document in self.documents]
        is_bound = any(fact["division_code"] and "budget" in str(fact["document_kind"]) for fact in facts)
        rows: list[Row] = []
        for statement, title, source in load("prescribed_tables").iter_rows():
            own = [row for name, row in self.by_title.items() if self.statements[name] == statement]
            absent = [Row(title, False, [f"未见“{title}”（{source}）。"])] if is_bound and not own and not self._has(statement) else []
            rows += own or absent
        known = {id(row) for row in rows}
        return [*rows, *(row for row in self.by_title.values() if id(row) not in known)]

    def _has(self, statement: str) -> bool:
        """A table without a title has no row of its own."""
        return any(table["statement"] == statement for table in self.tables)


def _printed_sentence(found: Found) -> str:
    """The sentence that the first quotation marks, without white space; empty where no prose is quoted."""
    if not found.quotes or len(found.quotes[0].cells) != 1:
        return ""
    (pieces,) = found.quotes[0].cells
    before = "".join(text for text, _ in itertools.takewhile(lambda piece: not piece[1], pieces)) if any(m for _, m in pieces) else ""
    text = "".join(text for text, _ in pieces)
    start = before.rfind("。") + 1
    end = text.find("。", len(before))
    return "".join(text[start : end if end > 0 else None].split())


def _acknowledged(found: Found) -> str:
    return "（已确认）" if found.acknowledged else ""


def _sentence(found: Found) -> str:
    """What is wrong, the printed text, the calculation, and where."""
    parts = [found.message.rstrip("。")]
    told = "".join(found.message.split())
    fresh = [quote for quote in found.quotes if "".join(quote.text.split()).strip("。") not in told]
    quoted = [f"{quote.place}“{quote.excerpt(LONGEST_QUOTE)}”" for quote in fresh[:MOST_QUOTED]]
    if quoted:
        parts.append(f"原文：{'；'.join(quoted)}")
    if found.arithmetic:
        parts.append(f"算式：{found.arithmetic}")
    place = place_of(found.page, found.line)
    if place and place not in "".join(parts):
        parts.append(place)
    return f"{_acknowledged(found)}{'。'.join(parts)}。"


def _name(text: str) -> str:
    """A title as it is compared: neither numbering nor year, brackets and quotation marks tell two tables apart."""
    bare = re.sub(r"\s+", "", text)
    bare = re.sub(r"^(?:[一二三四五六七八九十]+|\d+)[、.．]", "", bare.lstrip("#*-"))
    return re.sub(r"[“”\"'（）()《》]|^\d{4}年度?", "", bare)


def _clean(text: str) -> str:
    return re.sub(r"[.·…\s_—-]*\d{0,3}$", "", " ".join(text.split())).strip("#*- ")


def _place(headings: pl.DataFrame) -> str:
    return place_of(headings["page"][0], headings["line"][0])


THIN = Side(style="thin", color="999999")
BOX = Border(left=THIN, right=THIN, top=THIN, bottom=THIN)
HEAD = PatternFill("solid", fgColor="E7EEF7")
FAULT = Font(color="C00000", bold=True)
WIDTHS = {"A": 42, "B": 11, "C": 110}
# A line of Chinese in the widest column, and the height of a line in points.
CHARACTERS_A_LINE, LINE_HEIGHT, HIGHEST = 52, 15, 400


def _sheet(sheet: Worksheet, form: Form) -> None:
    for column, width in WIDTHS.items():
        sheet.column_dimensions[column].width = width
    _merged(sheet, TITLE).font = Font(bold=True, size=16)
    for name, value in (("单位名称", form.publisher), ("公开网址", "\n".join(form.addresses) or "未取得"), ("文件", "\n".join(form.files))):
        _line(sheet, name, value)
    _line(sheet, *COLUMNS)
    for cell in sheet[sheet.max_row]:
        cell.font, cell.fill = Font(bold=True), HEAD
    sheet.freeze_panes = f"A{sheet.max_row + 1}"
    for group, rows in ((TIMELINESS, [form.timeliness]), (CONTENT, form.content)):
        _merged(sheet, group).font = Font(bold=True)
        for row in rows:
            _line(sheet, row.item, row.verdict, row.text)
            if row.verdict == NO:
                sheet.cell(sheet.max_row, 2).font = FAULT


def _merged(sheet: Worksheet, text: str) -> Cell:
    number = sheet.max_row + 1 if sheet["A1"].value else 1
    sheet.merge_cells(start_row=number, end_row=number, start_column=1, end_column=len(COLUMNS))
    return _put(sheet, number, 1, text)


def _line(sheet: Worksheet, item: str, second: str, third: str | None = None) -> None:
    """Three cells; without a third the second is as wide as both."""
    number = sheet.max_row + 1
    _put(sheet, number, 1, item)
    _put(sheet, number, 2, second)
    if third is None:
        sheet.merge_cells(start_row=number, end_row=number, start_column=2, end_column=len(COLUMNS))
    else:
        _put(sheet, number, 3, third)
    longest = third if third is not None else second
    height = sum(1 + len(part) // CHARACTERS_A_LINE for part in longest.split("\n"))
    sheet.row_dimensions[number].height = min(HIGHEST, LINE_HEIGHT * max(1, height))


def _put(sheet: Worksheet, row: int, column: int, text: str) -> Cell:
    cell = sheet.cell(row, column)
    cell.value = ILLEGAL_CHARACTERS_RE.sub("", text)
    # What a document prints must not become a formula.
    cell.data_type = "s"
    cell.alignment, cell.border = Alignment(wrap_text=True, vertical="top"), BOX
    return cell


def _sheet_name(form: Form, number: int) -> str:
    """Excel forbids some characters, more than 31 of them, and two sheets of one name."""
    name = re.sub(r"[\[\]:*?/\\']", "", form.publisher or form.files[0])
    return f"{number} {name}"[:LONGEST_NAME]
