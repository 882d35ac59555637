with amounts as (
    select * from {{ ref('int_current_amounts') }}
),

printed as (
    select 'functional' as scheme, classification_code as code, classification_name as name, fiscal_year, document_id, code_source
    from amounts
    union all
    select 'department' as scheme, economic_code as code, economic_name as name, fiscal_year, document_id, code_source
    from amounts
    union all
    select 'government' as scheme, government_economic_code as code, government_economic_name as name, fiscal_year, document_id, code_source
    from amounts
),

keyed as (
    select
        scheme,
        code,
        fiscal_year,
        document_id,
        case when code_source = 'printed' then 1 else 0 end as is_printed,
        {{ name_key('name') }} as name_key,
        {{ remove_white_space('name') }} as name
    from printed
    where code is not null
),

counted as (
    select
        scheme,
        code,
        fiscal_year,
        name_key,
        max(name) as name,
        max(is_printed) as is_printed,
        count(distinct document_id) as document_count
    from keyed
    group by scheme, code, fiscal_year, name_key
),

ranked as (
    select
        *,
        row_number() over (
            partition by scheme, code, fiscal_year
            order by case when name_key is null then 1 else 0 end, is_printed desc, document_count desc, name_key
        ) as preference
    from counted
),

-- the name that most documents of the year print; one beside a printed code outweighs one that the code was found by
name_of_year as (
    select
        {{ code_key('scheme', 'code', 'name_key') }} as code_key,
        scheme,
        code,
        fiscal_year,
        name_key,
        name,
        document_count
    from ranked
    where preference = 1
)

select * from name_of_year
