"""How much the published snapshot holds and how far it can be trusted."""

from typing import Any

import polars as pl

from yusuan.exploring.published import Published
from yusuan.summary import FINDINGS

COUNTS = f"""
    select
        (select count(*) from marts.dim_document) as documents,
        (select count(*) from staging.register where status = 'quarantined') as quarantined,
        (select count(distinct publisher_agency_key) from marts.dim_document) as agencies,
        (select count(*) from marts.fct_budget_amount) as amounts,
        (select count(*) from marts.fct_budget_amount where proof = 'proved') as proved,
        (select count(*) from marts.fct_budget_amount where proof = 'unproved') as unproved,
        (select count(*) from marts.fct_budget_amount where proof = 'contradicted') as contradicted,
        (select count(*) from quality.findings where verdict in {FINDINGS} and severity = 'error') as errors,
        (select count(*) from quality.findings where verdict in {FINDINGS} and severity = 'warning') as warnings,
        (select max(landed_at) from staging.register) as landed_at
"""
PROOF = """
    select
        coalesce(documents.province_name, '') as province_name,
        amounts.proof,
        count(*) as amounts
    from marts.fct_budget_amount as amounts
    inner join marts.dim_document as documents
        on documents.document_id = amounts.document_id
    group by all
    order by all
"""
FAMILIES = f"""
    select family, severity, count(*) as findings
    from quality.findings
    where verdict in {FINDINGS}
    group by all
    order by findings desc, family, severity
"""
DOCUMENTS = f"""
    with
    proofs as (
        select document_id, count(*) as amounts, count(*) filter (where proof = 'proved') as proved
        from marts.fct_budget_amount
        group by all
    ),

    found as (
        select document_id, count(*) as findings
        from quality.findings
        where verdict in {FINDINGS} and severity <> 'info'
        group by all
    )

    select
        documents.document_title,
        documents.publisher_name,
        documents.province_name,
        documents.fiscal_year,
        documents.document_kind,
        coalesce(proofs.amounts, 0) as amounts,
        proofs.proved / proofs.amounts as proved_share,
        coalesce(found.findings, 0) as findings,
        documents.file_name,
        documents.publisher_agency_key
    from marts.dim_document as documents
    left join proofs
        on proofs.document_id = documents.document_id
    left join found
        on found.document_id = documents.document_id
    order by documents.publisher_name, documents.fiscal_year, documents.file_name
"""


def counts(published: Published) -> dict[str, Any]:
    return published.frame(COUNTS).to_dicts()[0]


def proof_by_province(published: Published) -> pl.DataFrame:
    """province_name, proof, amounts."""
    return published.frame(PROOF)


def findings_by_family(published: Published) -> pl.DataFrame:
    """family, severity, findings; the most frequent first."""
    return published.frame(FAMILIES)


def documents(published: Published) -> pl.DataFrame:
    """One row a document with its publisher, how much of it is proved and how many findings it has."""
    return published.frame(DOCUMENTS)
