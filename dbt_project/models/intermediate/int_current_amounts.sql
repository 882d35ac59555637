with amounts as (
    select * from {{ ref('stg_amounts') }}
),

documents as (
    select * from {{ ref('int_current_documents') }}
),

labelled as (
    select
        amounts.*,
        documents.fiscal_year,
        documents.division_code,
        coalesce(amounts.agency_name, amounts.agency_code, documents.publisher_name) as agency_label,
        coalesce(amounts.project_name, amounts.project_code) as project_label
    from amounts
    inner join documents
        on documents.document_id = amounts.document_id
),

current_amounts as (
    select
        labelled.*,
        {{ name_key('agency_label') }} as agency_label_key,
        {{ name_key('project_label') }} as project_label_key
    from labelled
)

select * from current_amounts
