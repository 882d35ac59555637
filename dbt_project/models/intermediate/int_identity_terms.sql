with terms as (
    select * from {{ ref('stg_identity_terms') }}
),

documents as (
    select * from {{ ref('int_current_documents') }}
),

comparisons as (
    select * from {{ ref('int_comparison_terms') }}
),

{% set columns = 'identity_id, document_id, amount_id, role, line, page, amount_yuan, label' %}
terms_of_current_documents as (
    select terms.*
    from terms
    inner join documents
        on documents.document_id = terms.document_id
),

united as (
    select {{ columns }} from terms_of_current_documents
    union all
    select {{ columns }} from comparisons
)

select * from united
