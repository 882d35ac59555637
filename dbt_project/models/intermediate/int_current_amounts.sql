with amounts as (
    select * from {{ ref('stg_amounts') }}
),

documents as (
    select * from {{ ref('int_current_documents') }}
),

current_amounts as (
    select
        amounts.*,
        documents.fiscal_year,
        documents.division_code,
        coalesce(amounts.agency_name, amounts.agency_code, documents.publisher_name) as agency_label
    from amounts
    inner join documents
        on documents.document_id = amounts.document_id
)

select * from current_amounts
