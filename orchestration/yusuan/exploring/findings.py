"""What needs attention in the published documents, and the numbers that a finding is about."""

from typing import Any

import polars as pl

from yusuan.exploring.published import Published
from yusuan.summary import FINDINGS

# All filters are optional: an empty text lets everything through.
LIST = f"""
    select
        findings.finding_id,
        findings.severity,
        findings.verdict,
        findings.family,
        findings.publisher_name,
        findings.fiscal_year,
        findings.difference_yuan,
        findings.message,
        findings.message_en,
        findings.state
    from quality.findings as findings
    where findings.verdict in {FINDINGS}
        and ($severity = '' or findings.severity = $severity)
        and ($state = '' or findings.state = $state)
        and ($family = '' or findings.family = $family)
        and ($agency = '' or findings.document_id in (select document_id from marts.dim_document where publisher_agency_key = $agency))
    order by case findings.severity when 'error' then 0 when 'warning' then 1 else 2 end, abs(findings.difference_yuan) desc nulls last,
        findings.finding_id
"""
FAMILIES = f"select distinct family from quality.findings where verdict in {FINDINGS} order by family"
STATES = f"select distinct state from quality.findings where verdict in {FINDINGS} order by state"
ONE = "select * from quality.findings where finding_id = $finding"
TERMS = """
    select terms.role, terms.label, terms.amount_yuan, terms.line, terms.page, terms.amount_id
    from staging.identity_terms as terms
    where terms.identity_id = $finding
    order by terms.role not in ('total', 'first'), terms.line, terms.amount_id
"""


def find(published: Published, severity: str, family: str, agency: str, state: str) -> pl.DataFrame:
    """The findings that pass the filters, errors first, then by the size of the difference."""
    return published.frame(LIST, {"severity": severity, "family": family, "agency": agency, "state": state})


def families(published: Published) -> list[str]:
    return published.frame(FAMILIES)["family"].to_list()


def states(published: Published) -> list[str]:
    return published.frame(STATES)["state"].drop_nulls().to_list()


def one(published: Published, finding: str) -> dict[str, Any] | None:
    rows = published.frame(ONE, {"finding": finding}).to_dicts()
    return rows[0] if rows else None


def terms(published: Published, finding: str) -> pl.DataFrame:
    """The figures of a finding: role, label, amount_yuan, line, page, amount_id."""
    return published.frame(TERMS, {"finding": finding})
