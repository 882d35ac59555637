with names as (
    select * from {{ ref('int_code_names') }}
),

versions as (
    select
        code_key,
        scheme,
        code,
        max(name) as name,
        min(fiscal_year) as valid_from_year,
        max(fiscal_year) as valid_to_year,
        sum(document_count) as document_count
    from names
    group by code_key, scheme, code
),

levels as (
    select
        versions.*,
        substring(code, 1, 3) as class_code,
        case when length(code) >= 5 then substring(code, 1, 5) end as kuan_code,
        case when length(code) >= 7 then substring(code, 1, 7) end as xiang_code,
        row_number() over (
            partition by scheme, code
            order by valid_to_year desc, valid_from_year desc, name
        ) = 1 as is_latest
    from versions
),

-- a parent is named as it was in the version's last year
named as (
    select
        levels.*,
        class_names.name as class_name,
        kuan_names.name as kuan_name,
        case when levels.xiang_code is not null then levels.name end as xiang_name
    from levels
    left join names as class_names
        on class_names.scheme = levels.scheme
        and class_names.code = levels.class_code
        and class_names.fiscal_year = levels.valid_to_year
    left join names as kuan_names
        on kuan_names.scheme = levels.scheme
        and kuan_names.code = levels.kuan_code
        and kuan_names.fiscal_year = levels.valid_to_year
)

select * from named
