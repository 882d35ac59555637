"""The way back: from an amount to the lines of the text it was read from, to the page it is printed on, and to the sums it is in."""

import re
from dataclasses import dataclass
from typing import Any

import polars as pl

from yusuan import citing
from yusuan.exploring import pages
from yusuan.exploring.published import Published
from yusuan.landing import store
from yusuan.parsing.privacy import MASK
from yusuan.settings import YusuanError

FACTS = """
    select
        amounts.amount_id,
        amounts.document_id,
        amounts.agency_name,
        amounts.table_number,
        amounts.row_number,
        amounts.column_number,
        amounts.fund_source,
        sources.fund_source_name,
        amounts.period,
        amounts.repair,
        amounts.confidence,
        amounts.x0,
        amounts.y0,
        amounts.x1,
        amounts.y1,
        register.media_type,
        tables.title as table_title
    from marts.budget_amounts as amounts
    left join staging.register as register
        on register.document_id = amounts.document_id
    left join staging.tables as tables
        on tables.document_id = amounts.document_id and tables.table_number = amounts.table_number
    left join marts.dim_fund_source as sources
        on sources.fund_source = amounts.fund_source
    where amounts.amount_id = $amount
"""
LINES = """
    select line, text
    from staging.lines
    where document_id = $document and line between $line - $around and $line + $around
    order by line
"""
# The same text may stand several times on a line: the cells say which of them is meant.
SAME_TEXT = """
    select column_number
    from staging.cells
    where document_id = $document and line = $line and trim(text) = trim($printed)
    order by grid, row_number, column_number
"""
SUMS = """
    select distinct
        findings.finding_id,
        findings.verdict,
        findings.message,
        findings.message_en,
        terms.role
    from staging.identity_terms as terms
    inner join quality.findings as findings
        on findings.finding_id = terms.identity_id
    where terms.amount_id = $amount
    order by findings.verdict in ('source_error', 'damaged_text') desc, findings.verdict, findings.finding_id
    limit 50
"""
# Cells hold the value alone; where a masked value stands in prose, its whole line is covered.
MASKED = """
    with
    cells as (
        select line, x0, y0, x1, y1
        from staging.cells
        where document_id = $document and page = $page and contains(text, $mask) and x0 is not null
    )

    select x0, y0, x1, y1 from cells
    union all
    select x0, y0, x1, y1
    from staging.lines
    where document_id = $document
        and page = $page
        and contains(text, $mask)
        and x0 is not null
        and line not in (select line from cells where line is not null)
"""
AROUND = 6


@dataclass(frozen=True)
class Line:
    """`pieces` are the text in parts; the marked one is the number."""

    number: int
    pieces: tuple[tuple[str, bool], ...]
    is_target: bool


def facts(published: Published, amount: str) -> dict[str, Any]:
    """Everything that is known of one amount: what a citation is made of, and its labels and place."""
    cited = published.ask(lambda connection: citing.source(connection, amount))
    rows = published.frame(FACTS, {"amount": cited["amount_id"]}).to_dicts()
    return {**rows[0], **cited}


def lines(published: Published, found: dict[str, Any]) -> list[Line]:
    """The line of the number with the lines around it, as the reader saw them; personal data are masked there."""
    if found["line"] is None:
        return []
    place = {"document": found["document_id"], "line": found["line"]}
    rows = published.frame(LINES, {**place, "around": AROUND}).rows()
    same = published.frame(SAME_TEXT, {**place, "printed": found["amount_printed"]})["column_number"].to_list()
    turn = same.index(found["column_number"]) if found["column_number"] in same else 0
    return [
        Line(number, _marked(text, found["amount_printed"], turn) if number == found["line"] else ((text, False),), number == found["line"])
        for number, text in rows
    ]


def around(published: Published, document: str, line: int) -> list[Line]:
    """A line with the lines around it; nothing on it is marked."""
    rows = published.frame(LINES, {"document": document, "line": line, "around": AROUND}).rows()
    return [Line(number, ((text, False),), number == line) for number, text in rows]


def _marked(text: str, printed: str, turn: int) -> tuple[tuple[str, bool], ...]:
    """The text in three pieces, the middle one the `turn`-th printing of the number; in one where it cannot be found."""
    # Not inside a longer number: 1.00 is no part of 11.00 or 1.005.
    places = list(re.finditer(rf"(?<![\d.,]){re.escape(printed.strip())}(?![\d]|[.,]\d)", text))
    if not places:
        return ((text, False),)
    start, end = places[min(turn, len(places) - 1)].span()
    return ((text[:start], False), (text[start:end], True), (text[end:], False))


def has_picture(found: dict[str, Any]) -> bool:
    return found["media_type"] == "application/pdf" and found["page"] is not None and found["x0"] is not None


def picture(published: Published, found: dict[str, Any]) -> pages.Picture:
    """The page with the number's box marked and the boxes of personal data covered.

    Raises YusuanError for a scanned page with personal data: recognition may have turned the page before it read it, and boxes of a
    turned page would cover the wrong place.
    """
    masked = published.frame(MASKED, {"document": found["document_id"], "page": found["page"], "mask": MASK})
    if found["confidence"] is not None and not masked.is_empty():
        raise YusuanError("the page is a scan that shows personal data, so its picture is not drawn: open the original file instead")
    path = store.path_of(published.settings.landing, found["document_id"])
    covered = [pages.Box(*box) for box in masked.rows()]
    return pages.render(path, found["page"], pages.Box(*(found[side] for side in ("x0", "y0", "x1", "y1"))), covered)


def sums(published: Published, found: dict[str, Any]) -> pl.DataFrame:
    """The accounting identities that the number is a term of: finding_id, verdict, message, message_en, role."""
    return published.frame(SUMS, {"amount": found["amount_id"]})


def several(published: Published, amounts: str) -> list[dict[str, Any]]:
    """The facts of comma-separated amount_ids; those that are not there any more are left out."""
    found = []
    for amount in dict.fromkeys(amounts.split(",")):
        try:
            found.append(facts(published, amount))
        except YusuanError:
            continue
    return found
