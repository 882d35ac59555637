"""`yusuan inspect`: the evidence of one document for a terminal, in Chinese or English, and for machines."""

from dataclasses import asdict
from typing import Any

from yusuan.reporting.evidence import Document, Found

SEVERITIES = {"error": "错误", "warning": "提醒", "info": "说明"}
PROOFS = {"proved": "已证实", "unproved": "无勾稽", "contradicted": "有矛盾"}


def as_text(document: Document, english: bool = False) -> str:
    facts = document.facts
    lines = [document.title, f"  {facts['file_name']}  {facts['publisher_name'] or ''}  {facts['fiscal_year'] or ''}".rstrip(), ""]
    lines += [_proof(document, english), ""]
    for figure in document.figures:
        lines.append(f"  {figure.statement_name}  {figure.label}  {figure.amount_printed} {figure.unit_printed}  {figure.place}")
    lines.append("")
    for found in document.findings:
        lines += [*_found(found, english), ""]
    counts = (document.count("error"), document.count("warning"))
    if english:
        lines.append("{} errors, {} warnings".format(*counts) if document.findings else "no findings")
    else:
        lines.append("错误{}项，提醒{}项".format(*counts) if document.findings else "未发现问题")
    return "\n".join(lines)


def _proof(document: Document, english: bool) -> str:
    share = "" if document.proved_share is None else f"{document.proved_share:.1%}"
    if english:
        counts = ", ".join(f"{document.proof.get(name, 0):,} {name}" for name in PROOFS)
        return f"  {document.amounts:,} amounts: {counts} ({share} proved)" if share else "  no amounts were found"
    counts = "，".join(f"{words}{document.proof.get(name, 0):,}" for name, words in PROOFS.items())
    return f"  金额{document.amounts:,}个：{counts}（已证实{share}）" if share else "  没有读到金额"


def _found(found: Found, english: bool) -> list[str]:
    severity = found.severity if english else SEVERITIES[found.severity]
    lines = [f"{severity}  {found.check_id}", f"  {found.message_en if english else found.message}"]
    if found.arithmetic:
        lines.append(f"  {found.arithmetic}")
    return [*lines, *(f"  > {quote.place}  {quote.text}" for quote in found.quotes)]


def as_json(document: Document) -> dict[str, Any]:
    """The places and the printed text of every finding are in it."""
    findings = [
        {
            **{name: value for name, value in asdict(found).items() if name != "quotes"},
            "quotes": [{"page": quote.page, "line": quote.line, "text": quote.text} for quote in found.quotes],
        }
        for found in document.findings
    ]
    return {
        "document": document.facts,
        "amounts": document.amounts,
        "proof": document.proof,
        "proved_share": document.proved_share,
        "figures": [asdict(figure) for figure in document.figures],
        "changed": [asdict(change) for change in document.changed],
        "findings": findings,
    }
