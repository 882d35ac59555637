with printed as (
    select * from {{ ref('int_printed_code_names') }}
),

official as (
    select * from {{ ref('int_official_codes') }}
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
    from printed
    group by scheme, code, fiscal_year, name_key
),

documents_per_code as (
    select
        scheme,
        code,
        fiscal_year,
        count(distinct document_id) as document_count
    from printed
    group by scheme, code, fiscal_year
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

-- the official name of the year; else the one that most documents of the year print, and one beside a printed code
-- outweighs one that the code was found by
name_of_year as (
    select
        ranked.scheme,
        ranked.code,
        ranked.fiscal_year,
        coalesce(official.name_key, ranked.name_key) as name_key,
        coalesce(official.name, ranked.name) as name,
        case when official.code is null then 'observed' else 'official' end as name_source,
        documents_per_code.document_count
    from ranked
    inner join documents_per_code
        on documents_per_code.scheme = ranked.scheme
        and documents_per_code.code = ranked.code
        and documents_per_code.fiscal_year = ranked.fiscal_year
    left join official
        on official.scheme = ranked.scheme
        and official.code = ranked.code
        and official.valid_from_year <= ranked.fiscal_year
        and coalesce(official.valid_to_year, 9999) >= ranked.fiscal_year
    where ranked.preference = 1
),

keyed as (
    select
        {{ code_key('scheme', 'code', 'name_key') }} as code_key,
        name_of_year.*
    from name_of_year
)

select * from keyed
