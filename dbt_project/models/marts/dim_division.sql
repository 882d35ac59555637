with reference as (
    select * from {{ ref('division') }}
),

documents as (
    select * from {{ ref('int_current_documents') }}
),

ranked as (
    select
        *,
        row_number() over (
            partition by division_code
            order by coalesce(valid_to_year, 9999) desc, valid_from_year desc, division_name
        ) as preference
    from reference
),

spans as (
    select
        division_code,
        min(valid_from_year) as valid_from_year,
        nullif(max(coalesce(valid_to_year, 9999)), 9999) as valid_to_year
    from reference
    group by division_code
),

former as (
    select
        division_code,
        {{ dbt.listagg('division_name', "'、'", 'order by valid_from_year') }} as former_names
    from ranked
    where preference > 1
    group by division_code
),

listed as (
    select
        ranked.division_code,
        ranked.division_name,
        former.former_names,
        ranked.division_level,
        spans.valid_from_year,
        spans.valid_to_year,
        ranked.edition_year,
        ranked.source
    from ranked
    inner join spans
        on spans.division_code = ranked.division_code
    left join former
        on former.division_code = ranked.division_code
    where ranked.preference = 1
),

observed as (
    select
        documents.division_code,
        max(documents.division_name) as division_name
    from documents
    left join listed
        on listed.division_code = documents.division_code
    where documents.division_code is not null
        and listed.division_code is null
    group by documents.division_code
),

divisions as (
    select * from listed
    union all
    select
        division_code,
        division_name,
        cast(null as {{ dbt.type_string() }}) as former_names,
        case
            when division_code like '%0000' then 'province'
            when division_code like '%00' then 'prefecture'
            else 'county'
        end as division_level,
        cast(null as {{ dbt.type_int() }}) as valid_from_year,
        cast(null as {{ dbt.type_int() }}) as valid_to_year,
        cast(null as {{ dbt.type_int() }}) as edition_year,
        'observed' as source
    from observed
),

dimension as (
    select
        divisions.division_code,
        divisions.division_name,
        divisions.former_names,
        divisions.division_level,
        prefectures.division_code as prefecture_code,
        prefectures.division_name as prefecture_name,
        provinces.division_code as province_code,
        provinces.division_name as province_name,
        divisions.valid_from_year,
        divisions.valid_to_year,
        divisions.edition_year,
        divisions.source
    from divisions
    left join divisions as provinces
        on provinces.division_code = concat(substring(divisions.division_code, 1, 2), '0000')
    left join divisions as prefectures
        on prefectures.division_code = concat(substring(divisions.division_code, 1, 4), '00')
        and prefectures.division_level = 'prefecture'
)

select * from dimension
