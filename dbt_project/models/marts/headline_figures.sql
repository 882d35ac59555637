with candidates as (
    select * from {{ ref('int_headline_candidates') }}
),

documents as (
    select * from {{ ref('dim_document') }}
),

agencies as (
    select * from {{ ref('dim_agency') }}
),

ranked as (
    select
        *,
        row_number() over (
            partition by document_id, agency_key, figure, phase
            order by preference, amount_count desc, amount_id
        ) as rank_of_place
    from candidates
),

figures as (
    select
        ranked.document_id,
        documents.file_name,
        documents.disclosure_id,
        documents.document_kind,
        documents.fiscal_year,
        documents.division_code,
        ranked.agency_key,
        agencies.agency_name,
        ranked.agency_key = documents.publisher_agency_key as is_publisher,
        documents.counted_in,
        ranked.phase,
        ranked.figure,
        ranked.amount_yuan,
        ranked.proof,
        -- where it comes from
        ranked.statement,
        ranked.evidence,
        ranked.amount_id,
        cast(ranked.amount_count as bigint) as amount_count,
        ranked.page,
        ranked.line
    from ranked
    inner join documents
        on documents.document_id = ranked.document_id
    inner join agencies
        on agencies.agency_key = ranked.agency_key
    where ranked.rank_of_place = 1
)

select * from figures
