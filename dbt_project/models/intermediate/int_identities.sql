with identities as (
    select * from {{ ref('stg_identities') }}
),

documents as (
    select * from {{ ref('int_current_documents') }}
),

-- the identities that parsing wrote; those across documents and years are united here in the same columns
identities_of_current_documents as (
    select identities.*
    from identities
    inner join documents
        on documents.document_id = identities.document_id
)

select * from identities_of_current_documents
