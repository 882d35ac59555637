"""What a report says about documents, read from a warehouse: figures, proof, and findings with the printed text behind each.

Reads the published snapshot or the working file of an inspection; knows no page and no spreadsheet. Lines, cells and sentences in
the warehouse are masked, so that no report can show personal data.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, TypeVar

import duckdb

from yusuan.settings import YusuanError
from yusuan.summary import FINDINGS

# A sum over a page of rows is quoted by its beginning; all its places stand in `places`.
MOST_QUOTES = 8
MOST_ADDENDS = 14
Row = TypeVar("Row")
UNITS = {"元": Decimal(1), "千元": Decimal(1_000), "万元": Decimal(10_000), "亿元": Decimal(100_000_000)}


@dataclass(frozen=True)
class Quote:
    """One printed row or sentence: its cells (a sentence is one), each in pieces that are marked or not."""

    page: int | None
    line: int | None
    cells: tuple[tuple[tuple[str, bool], ...], ...]
    file_name: str = ""

    @property
    def place(self) -> str:
        """With the file where it is another one than the finding's."""
        return f"{self.file_name} {place_of(self.page, self.line)}".strip()

    @property
    def text(self) -> str:
        cells = ("".join(text for text, _ in cell).strip() for cell in self.cells)
        return " ".join(cell for cell in cells if cell)

    def excerpt(self, most: int) -> str:
        """The text, or as much of it as stands around the first mark."""
        if len(self.text) <= most:
            return self.text
        marked = next((text.strip() for cell in self.cells for text, is_marked in cell if is_marked), "")
        start = max(0, min(self.text.find(marked) - most // 2, len(self.text) - most))
        return f"{'…' if start else ''}{self.text[start : start + most]}{'…' if start + most < len(self.text) else ''}"


@dataclass(frozen=True)
class Found:
    """A finding with its evidence. `arithmetic` is the calculation in printed figures, empty where there is none;
    `sentence_line` is where the prose stands that the finding is about; `table_number` that of the likely culprit, if there is one."""

    fingerprint: str
    check_id: str
    severity: str
    verdict: str
    statement: str | None
    table_number: int | None
    message: str
    message_en: str
    places: str
    acknowledged: bool
    state: str | None
    first_seen: datetime | None
    page: int | None
    line: int | None
    subject: str = ""
    sentence_line: int | None = None
    arithmetic: str = ""
    quotes: tuple[Quote, ...] = ()


@dataclass(frozen=True)
class Figure:
    """A printed grand total."""

    statement: str
    statement_name: str
    side: str
    label: str
    measure_name: str
    fund_source_name: str
    amount_printed: str
    unit_printed: str
    amount_yuan: Decimal
    proof: str
    page: int | None
    line: int | None

    @property
    def place(self) -> str:
        return place_of(self.page, self.line)


@dataclass(frozen=True)
class Changed:
    """An amount that is not read as it is printed, and the name of the repair or correction."""

    repair: str
    label: str
    amount_printed: str
    unit_printed: str
    amount_yuan: Decimal
    page: int | None
    line: int | None

    @property
    def place(self) -> str:
        return place_of(self.page, self.line)


@dataclass(frozen=True)
class Document:
    """One document as a report shows it; `facts` is its row of marts.dim_document, with the days of the register."""

    facts: dict[str, Any]
    proof: dict[str, int] = field(default_factory=dict)
    figures: tuple[Figure, ...] = ()
    changed: tuple[Changed, ...] = ()
    findings: tuple[Found, ...] = ()

    @property
    def document_id(self) -> str:
        return str(self.facts["document_id"])

    @property
    def title(self) -> str:
        return str(self.facts["document_title"] or self.facts["file_name"])

    @property
    def amounts(self) -> int:
        return sum(self.proof.values())

    @property
    def proved_share(self) -> float | None:
        return self.proof.get("proved", 0) / self.amounts if self.amounts else None

    def count(self, severity: str) -> int:
        return sum(found.severity == severity for found in self.findings)


def place_of(page: int | None, line: int | None) -> str:
    if page is not None:
        return f"第{page}页"
    return f"行{line}" if line is not None else ""


def chosen(connection: duckdb.DuckDBPyConnection, name: str | None) -> list[str]:
    """Ids of the documents that `name` means (beginning of the id, or file name), or of all."""
    rows = connection.execute(
        """
        select document_id from marts.dim_document
        where $name is null or file_name = $name or starts_with(document_id, lower($name))
        order by publisher_name, fiscal_year, file_name, document_id
        """,
        {"name": name},
    ).fetchall()
    if not rows and name is not None:
        raise YusuanError(f"there is no document {name}: yusuan status lists them by file name and id")
    return [document for (document,) in rows]


def documents(connection: duckdb.DuckDBPyConnection, ids: Sequence[str]) -> list[Document]:
    """In the order of `ids`."""
    facts = {row["document_id"]: row for row in _rows(connection, FACTS, ids)}
    proof: dict[str, dict[str, int]] = defaultdict(dict)
    for row in _rows(connection, PROOF, ids):
        proof[row["document_id"]][row["proof"]] = row["amounts"]
    figures = _grouped(connection, FIGURES, ids, Figure)
    changed = _grouped(connection, CHANGED, ids, Changed)
    findings = _findings(connection, ids)
    return [
        Document(facts[each], dict(proof[each]), tuple(figures[each]), tuple(changed[each]), tuple(findings[each]))
        for each in ids
        if each in facts
    ]


FACTS = """
    select dim_document.*, register.published_on, register.approved_on
    from marts.dim_document
    inner join staging.register using (document_id)
    where document_id in $ids
"""
PROOF = "select document_id, proof, count(*) as amounts from marts.budget_amounts where document_id in $ids group by all"
FIGURES = """
    select
        amounts.document_id,
        amounts.statement,
        coalesce(dim_statement.statement_name, amounts.statement) as statement_name,
        coalesce(amounts.side, '') as side,
        coalesce(amounts.line_item, '合计') as label,
        coalesce(dim_measure.measure_name, amounts.measure) as measure_name,
        coalesce(dim_fund_source.fund_source_name, amounts.fund_source) as fund_source_name,
        amounts.amount_printed,
        amounts.unit_printed,
        amounts.amount_yuan,
        amounts.proof,
        amounts.page,
        amounts.line
    from marts.budget_amounts as amounts
    left join marts.dim_statement using (statement)
    left join marts.dim_measure using (measure)
    left join marts.dim_fund_source using (fund_source)
    where
        amounts.document_id in $ids
        and amounts.row_kind = 'total'
        and amounts.measure in ('total', 'amount')
        and amounts.statement <> 'project_performance'
    order by amounts.document_id, amounts.table_number, amounts.row_number, amounts.column_number
"""
CHANGED = """
    select
        document_id,
        repair,
        coalesce(line_item, project_name, agency_name, '') as label,
        amount_printed,
        unit_printed,
        amount_yuan,
        page,
        line
    from marts.budget_amounts
    where document_id in $ids and repair is not null
    order by document_id, table_number, row_number, column_number
"""
# A comparison with another document is told of the one that is asked for.
CHOSEN = f"(findings.document_id in $ids or findings.other_document_id in $ids) and findings.verdict in {FINDINGS}"
SHOWN = f"""
    select findings.*, identities.unit_printed, coalesce(culprits.table_number, findings.table_number) as accused_table
    from quality.findings as findings
    left join staging.amounts as culprits
        on culprits.amount_id = findings.culprit_amount_id
        and culprits.document_id = findings.document_id
    left join (
        select terms.identity_id, min(coalesce(amounts.unit_printed, claims.unit)) as unit_printed
        from staging.identity_terms as terms
        left join staging.amounts as amounts using (amount_id)
        left join staging.claims as claims
            on claims.claim_id = terms.amount_id and claims.unit in {tuple(UNITS)}
        group by terms.identity_id
    ) as identities
        on identities.identity_id = findings.finding_id
    where {CHOSEN}
    order by
        case findings.severity when 'error' then 0 when 'warning' then 1 else 2 end,
        findings.table_number, findings.line, findings.check_id, findings.subject, findings.fingerprint
"""
TERMS = f"""
    with
    terms as (
        select terms.*
        from staging.identity_terms as terms
        inner join quality.findings as findings
            on findings.finding_id = terms.identity_id
        where {CHOSEN}
    ),

    rows as (
        select
            cells.document_id,
            cells.table_number,
            cells.row_number,
            list(cells.text order by cells.column_number) as texts,
            list(cells.column_number order by cells.column_number) as columns
        from staging.cells as cells
        where (cells.document_id, cells.table_number, cells.row_number) in (
            select (amounts.document_id, amounts.table_number, amounts.row_number)
            from staging.amounts as amounts
            inner join terms using (amount_id)
        )
        group by all
    )

    select
        terms.identity_id,
        terms.role,
        register.document_id,
        register.file_name,
        terms.page,
        terms.line,
        terms.amount_yuan,
        coalesce(amounts.amount_printed, claims.value_printed) as printed,
        coalesce(amounts.unit_printed, claims.unit) as unit,
        claims.kind,
        claims.sentence,
        rows.texts,
        rows.columns,
        amounts.column_number,
        amounts.table_number as accused_table
    from terms
    left join staging.amounts as amounts using (amount_id)
    left join staging.claims as claims
        on claims.claim_id = terms.amount_id
    left join staging.register as register
        on register.document_id = coalesce(amounts.document_id, claims.document_id, terms.document_id)
    left join rows
        on rows.document_id = amounts.document_id
        and rows.table_number = amounts.table_number
        and rows.row_number = amounts.row_number
    order by
        terms.identity_id, case when terms.role in ('total', 'first') then 0 else 1 end,
        terms.line, amounts.column_number, claims.claim_id
"""
NOTICED = f"""
    select notices.notice_id, lines.text
    from staging.notices as notices
    inner join quality.findings as findings
        on findings.finding_id = notices.notice_id
    inner join staging.lines as lines
        on lines.document_id = notices.document_id and lines.line = notices.line
    where findings.document_id in $ids and findings.verdict in {FINDINGS}
"""


def _rows(connection: duckdb.DuckDBPyConnection, query: str, ids: Sequence[str]) -> list[dict[str, Any]]:
    try:
        found = connection.execute(query, {"ids": list(ids)})
    except (duckdb.BinderException, duckdb.CatalogException):
        raise YusuanError("the snapshot is of another version of yusuan: run yusuan build, then report again") from None
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _grouped(connection: duckdb.DuckDBPyConnection, query: str, ids: Sequence[str], kind: type[Row]) -> dict[str, list[Row]]:
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in _rows(connection, query, ids):
        groups[row.pop("document_id")].append(kind(**row))
    return groups


def _findings(connection: duckdb.DuckDBPyConnection, ids: Sequence[str]) -> dict[str, list[Found]]:
    terms: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for term in _rows(connection, TERMS, ids):
        terms[term["identity_id"]].append(term)
    noticed = {row["notice_id"]: row["text"] for row in _rows(connection, NOTICED, ids)}
    found: dict[str, list[Found]] = defaultdict(list)
    for row in _rows(connection, SHOWN, ids):
        behind = terms[row["finding_id"]]
        shown_under = row["document_id"] if row["document_id"] in ids else row["other_document_id"]
        # Under the other document of a comparison the finding stands where that one's own figure is.
        own = [term for term in behind if term["document_id"] == shown_under]
        first = row if shown_under == row["document_id"] or not own else own[0]
        found[shown_under].append(
            Found(
                fingerprint=row["fingerprint"],
                check_id=row["check_id"],
                severity=row["severity"],
                verdict=row["verdict"],
                statement=row["statement"],
                table_number=first["accused_table"],
                message=row["message"],
                message_en=row["message_en"] or "",
                places=row["places"] or "",
                acknowledged=bool(row["acknowledged"]),
                state=row["state"],
                first_seen=row["first_seen"],
                page=first["page"],
                line=first["line"],
                subject=row["subject"] or "",
                sentence_line=next((term["line"] for term in own if term["sentence"]), None),
                arithmetic=arithmetic(behind, row["unit_printed"]),
                quotes=_quotes(behind, shown_under) or _quoted_notice(row, noticed.get(row["finding_id"])),
            )
        )
    return found


def _quotes(terms: Iterable[dict[str, Any]], document_id: str) -> tuple[Quote, ...]:
    """The sentences and rows in which the terms stand, each once, with all that is to be marked in it."""
    marks: dict[tuple[Any, ...], list[Any]] = defaultdict(list)
    lines: dict[str, int | None] = {}
    for term in terms:
        file_name = term["file_name"] if term["document_id"] != document_id else ""
        if term["sentence"]:
            # A sentence of a paged document goes over several lines; its figures stand on different ones.
            line = lines.setdefault(term["sentence"], term["line"])
            marks[(file_name, term["page"], line, term["sentence"], ())].append(term["printed"] or "")
        elif term["texts"]:
            row = (tuple(term["texts"]), tuple(term["columns"]))
            marks[(file_name, term["page"], term["line"], *row)].append(term["column_number"])
    quotes = [
        Quote(page, line, _row(text, columns, marked) if columns else (_sentence(text, marked),), file_name)
        for (file_name, page, line, text, columns), marked in marks.items()
    ]
    return tuple(quotes[:MOST_QUOTES])


def _quoted_notice(row: dict[str, Any], line: str | None) -> tuple[Quote, ...]:
    """The line with what is quoted of it; a sentence over several lines is quoted itself."""
    quoted = row["quoted"] or ""
    text = quoted if line is None or quoted not in line else line
    marks = [quoted] if quoted and quoted != text else []
    return (Quote(row["page"], row["line"], tuple(_sentence(cell, marks) for cell in text.split("\t"))),) if text else ()


def _row(texts: Sequence[str], columns: Sequence[int], marked: Sequence[int]) -> tuple[tuple[tuple[str, bool], ...], ...]:
    return tuple(((" ".join(text.split()), column in marked),) for text, column in zip(texts, columns, strict=True))


def _sentence(text: str, marks: Sequence[str]) -> tuple[tuple[str, bool], ...]:
    """The text in pieces: what is to be marked, and what stands between."""
    found = [(text.find(mark), mark) for mark in marks if mark and mark in text]
    if not found:
        return ((text, False),) if text else ()
    start, mark = min(found, key=lambda each: (each[0], -len(each[1])))
    before = ((text[:start], False),) if start else ()
    return (*before, (mark, True), *_sentence(text[start + len(mark) :], marks))


def arithmetic(terms: Sequence[dict[str, Any]], unit: str | None) -> str:
    """The calculation behind a finding in the unit of the document: a sum, a share, a change, or a difference. Figures and
    signs only, to be read in any language."""
    by_role: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for term in terms:
        by_role[term["role"]].append(term)
    unit = unit or "元"
    if by_role["total"] and by_role["part"]:
        return _sum(by_role["total"][0]["amount_yuan"], [part["amount_yuan"] for part in by_role["part"]], unit)
    if by_role["first"] and by_role["second"]:
        first, wholes = by_role["first"][0]["amount_yuan"], [term["amount_yuan"] for term in by_role["second"]]
        if first is None or None in wholes:
            return ""
        return _rate(first, wholes, by_role["rate"][0], unit) if by_role["rate"] else _difference(first, wholes[0], unit)
    return ""


def _sum(total: Decimal | None, parts: Sequence[Decimal | None], unit: str) -> str:
    amounts = [part for part in parts if part is not None]
    if total is None or len(amounts) < len(parts):
        return ""
    shown = [_signed(amount, unit) for amount in amounts[:MOST_ADDENDS]]
    rest = f"+…[{len(amounts)}]" if len(amounts) > MOST_ADDENDS else ""
    added = sum(amounts, Decimal(0))
    return f"{'+'.join(shown)}{rest}={money(added, unit)}≠{money(total, unit)}；{_difference(added, total, unit)}"


def _difference(one: Decimal, other: Decimal, unit: str) -> str:
    return f"{money(one, unit)}-{_signed(other, unit)}={money(one - other, unit)}{unit}"


def _rate(part: Decimal, wholes: Sequence[Decimal], rate: dict[str, Any], unit: str) -> str:
    """A share is the first figure of the second, or of the sum of its parts; a change is measured against what was before."""
    whole = sum(wholes, Decimal(0))
    steps = f"{'+'.join(_signed(each, unit) for each in wholes)}={money(whole, unit)}；" if len(wholes) > 1 else ""
    if rate["kind"] == "change_percent":
        steps = f"{money(whole, unit)}-{_signed(part, unit)}={money(whole - part, unit)}；"
        whole -= part
    if not whole:
        return ""
    computed = (part / whole * 100).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return f"{steps}{_signed(part, unit)}÷{money(whole, unit)}={_plainly(computed)}%≠{rate['printed']}%"


def _signed(yuan: Decimal, unit: str) -> str:
    return f"({money(yuan, unit)})" if yuan < 0 else money(yuan, unit)


def money(yuan: Decimal, unit: str) -> str:
    """Exact, in a unit as people write it: 10628000.00 in 万元 is 1062.8."""
    return _plainly(yuan / UNITS.get(unit, Decimal(1)))


def _plainly(number: Decimal) -> str:
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
