with identities as (
    select * from {{ ref('stg_identities') }}
),

documents as (
    select * from {{ ref('int_current_documents') }}
),

-- those across documents and years come from the models int_*_comparisons, in the same columns
identities_of_current_documents as (
    select
        identities.*,
        cast(null as {{ dbt.type_string() }}) as other_document_id
    from identities
    inner join documents
        on documents.document_id = identities.document_id
)

select * from identities_of_current_documents
