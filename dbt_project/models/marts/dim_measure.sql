with reference as (
    select * from {{ ref('measure') }}
)

select * from reference
