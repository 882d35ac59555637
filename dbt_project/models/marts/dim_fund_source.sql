with reference as (
    select * from {{ ref('fund_source') }}
)

select * from reference
