with identities as (
    select * from {{ ref('stg_identities') }}
),

documents as (
    select * from {{ ref('int_current_documents') }}
),

comparisons as (
    select * from {{ ref('int_comparisons') }}
),

{% set columns %}
        identity_id, document_id, check_id, family, table_number, statement, other_statement, subject, expected_yuan, actual_yuan,
        residual_yuan, tolerance_yuan, verdict, term_count, places
{% endset %}
-- those that parsing wrote, and those across documents and years in the same columns
identities_of_current_documents as (
    select identities.*
    from identities
    inner join documents
        on documents.document_id = identities.document_id
),

united as (
    select
        {{ columns }},
        cast(null as {{ dbt.type_string() }}) as other_document_id
    from identities_of_current_documents
    union all
    select
        {{ columns }},
        other_document_id
    from comparisons
)

select * from united
