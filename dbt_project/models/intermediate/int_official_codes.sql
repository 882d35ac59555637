with functional as (
    select * from {{ ref('functional_classification') }}
),

economic as (
    select * from {{ ref('economic_classification') }}
),

united as (
    select 'functional' as scheme, code, name, valid_from_year, valid_to_year
    from functional
    where is_official
    union all
    select scheme, code, name, valid_from_year, valid_to_year
    from economic
    where is_official
),

keyed as (
    select
        scheme,
        code,
        name,
        {{ name_key('name') }} as name_key,
        valid_from_year,
        valid_to_year
    from united
)

select * from keyed
