with claims as (
    select * from {{ ref('stg_claims') }}
),

documents as (
    select * from {{ ref('int_current_documents') }}
),

proof as (
    select * from {{ ref('int_amount_proof') }}
),

fact as (
    select
        -- keys
        claims.claim_id,
        claims.document_id,
        documents.fiscal_year,
        documents.division_code,
        -- what is claimed
        claims.claim,
        claims.kind,
        claims.subject,
        claims.agency_name,
        -- how much
        claims.value,
        claims.sign,
        claims.unit,
        claims.value_yuan,
        claims.compared_with,
        claims.value_printed,
        -- place
        claims.section,
        claims.page,
        claims.line,
        claims.sentence,
        -- trust
        coalesce(proof.proof, 'unproved') as proof,
        -- which of several figures of one thing
        claims.period
    from claims
    inner join documents
        on documents.document_id = claims.document_id
    left join proof
        on proof.amount_id = claims.claim_id
)

select * from fact
