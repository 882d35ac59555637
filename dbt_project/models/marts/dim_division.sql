with reference as (
    select * from {{ ref('division') }}
),

documents as (
    select * from {{ ref('int_current_documents') }}
),

provinces as (
    select
        division_code as province_code,
        division_name as province_name
    from reference
    where division_level = 'province'
),

observed as (
    select
        documents.division_code,
        max(documents.division_name) as division_name
    from documents
    left join reference
        on reference.division_code = documents.division_code
    where documents.division_code is not null
        and reference.division_code is null
    group by documents.division_code
),

divisions as (
    select division_code, division_name, division_level, 'GB/T 2260' as source
    from reference
    union all
    select
        division_code,
        division_name,
        case
            when division_code like '%0000' then 'province'
            when division_code like '%00' then 'prefecture'
            else 'county'
        end as division_level,
        'observed' as source
    from observed
),

dimension as (
    select
        cast(divisions.division_code as {{ dbt.type_string() }}) as division_code,
        divisions.division_name,
        divisions.division_level,
        provinces.province_code,
        provinces.province_name,
        divisions.source
    from divisions
    left join provinces
        on substring(provinces.province_code, 1, 2) = substring(divisions.division_code, 1, 2)
)

select * from dimension
