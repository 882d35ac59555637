with terms as (
    select * from {{ ref('stg_identity_terms') }}
),

documents as (
    select * from {{ ref('int_current_documents') }}
),

terms_of_current_documents as (
    select terms.*
    from terms
    inner join documents
        on documents.document_id = terms.document_id
)

select * from terms_of_current_documents
