"""The citation of a printed amount: which document says it, who published that, where and when it was had, and where it stands.

The order of parts follows GB/T 7714-2015 for electronic documents (responsible party, title, type, date cited, access path); the
fingerprint and the printed text follow, so that a reader can tell whether he looks at the same bytes and the same figure.
"""

from typing import Any

import duckdb

from yusuan.settings import YusuanError

SOURCE = """
    select
        amounts.amount_id,
        amounts.document_title,
        amounts.publisher_name,
        documents.source_url,
        documents.retrieved_on,
        amounts.file_name,
        amounts.document_id,
        amounts.page,
        amounts.line,
        amounts.statement,
        statements.statement_name,
        coalesce(amounts.project_name, amounts.line_item, amounts.classification_name, amounts.economic_name) as label,
        amounts.measure,
        measures.measure_name,
        amounts.fiscal_year,
        amounts.amount_printed,
        amounts.unit_printed,
        amounts.amount_yuan,
        amounts.proof
    from marts.budget_amounts as amounts
    inner join marts.dim_document as documents
        on documents.document_id = amounts.document_id
    left join marts.dim_statement as statements
        on statements.statement = amounts.statement
    left join marts.dim_measure as measures
        on measures.measure = amounts.measure
    where starts_with(amounts.amount_id, $amount)
    order by amounts.amount_id
    limit 2
"""
# Shorter beginnings of an id name another amount after the next build.
SHORTEST = 8


def source(connection: duckdb.DuckDBPyConnection, amount: str) -> dict[str, Any]:
    """What a citation is made of. `amount` is an amount_id or a unique beginning of one."""
    if len(amount) < SHORTEST:
        raise YusuanError(f"{amount!r} is too short: give at least {SHORTEST} characters of an amount_id of marts.budget_amounts")
    found = connection.execute(SOURCE, {"amount": amount})
    names = [column[0] for column in found.description]
    rows = found.fetchall()
    if len(rows) != 1:
        reason = "several amounts begin like that, give more of it" if rows else "yusuan search and marts.budget_amounts show amount_ids"
        raise YusuanError(f"there is {'more than one' if rows else 'no'} amount {amount}: {reason}")
    return dict(zip(names, rows[0], strict=True))


def chinese(cited: dict[str, Any]) -> str:
    """One line in Chinese; parts that are not known are left out."""
    place = "，".join(f"第{number}{unit}" for number, unit in ((cited["page"], "页"), (cited["line"], "行")) if number is not None)
    labels = "，".join(filter(None, (cited["statement_name"], cited["label"], cited["measure_name"], f"{cited['fiscal_year']}年")))
    parts = [
        cited["publisher_name"],
        f"{cited['document_title'] or cited['file_name']}[EB/OL]",
        f"[{cited['retrieved_on']}]" if cited["retrieved_on"] else None,
        cited["source_url"],
        f"{place}：“{cited['amount_printed']}”{cited['unit_printed'] or ''}（{labels}），合{cited['amount_yuan']:,}元",
        f"文件{cited['file_name']}，SHA-256：{cited['document_id']}",
    ]
    return ". ".join(filter(None, parts)) + "."


def english(cited: dict[str, Any]) -> str:
    """The same in English; titles, names and labels stay as they are printed."""
    place = ", ".join(f"{unit} {number}" for number, unit in ((cited["page"], "Page"), (cited["line"], "Line")) if number is not None)
    labels = ", ".join(filter(None, (cited["statement_name"], cited["label"], cited["measure_name"], str(cited["fiscal_year"]))))
    parts = [
        cited["publisher_name"],
        f"{cited['document_title'] or cited['file_name']} [EB/OL]",
        f"Retrieved {cited['retrieved_on']}" if cited["retrieved_on"] else None,
        cited["source_url"],
        f"{place}: “{cited['amount_printed']}” {cited['unit_printed'] or ''} ({labels}), that is {cited['amount_yuan']:,} yuan",
        f"File {cited['file_name']}, SHA-256 {cited['document_id']}",
    ]
    return ". ".join(filter(None, parts)) + "."
