with reference as (
    select * from {{ ref('statement') }}
)

select * from reference
