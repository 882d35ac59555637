{{ config(materialized='view') }}

with additive as (
    select * from {{ ref('budget_amounts_additive') }}
),

not_counted_elsewhere as (
    select *
    from additive
    where counted_in is null
)

select * from not_counted_elsewhere
