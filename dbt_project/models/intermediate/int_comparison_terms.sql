with projects as (
    select * from {{ ref('int_project_comparisons') }}
),

units as (
    select * from {{ ref('int_unit_comparisons') }}
),

years as (
    select * from {{ ref('int_year_comparisons') }}
),

{% set columns = 'identity_id, check_id, owner_id, other_document_id, subject, role, amount_id, document_id, table_number, statement, line, page, amount_yuan, quantum_yuan, label' %}
united as (
    select {{ columns }} from projects
    union all
    select {{ columns }} from units
    union all
    select {{ columns }} from years
)

select * from united
