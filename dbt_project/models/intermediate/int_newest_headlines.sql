with figures as (
    select * from {{ ref('headline_figures') }}
),

documents as (
    select * from {{ ref('dim_document') }}
),

ranked as (
    select
        figures.*,
        documents.landed_at,
        row_number() over (
            partition by figures.agency_key, figures.document_kind, figures.is_publisher, figures.phase, figures.figure, figures.fiscal_year
            order by documents.landed_at desc, figures.document_id
        ) as preference
    from figures
    inner join documents
        on documents.document_id = figures.document_id
),

newest as (
    select * from ranked
    where preference = 1
)

select * from newest
