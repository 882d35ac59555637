with versions as (
    select * from {{ ref('int_code_versions') }}
),

economic as (
    select
        code_key as economic_key,
        scheme,
        code as economic_code,
        name as economic_name,
        class_code,
        class_name,
        kuan_code,
        kuan_name,
        valid_from_year,
        valid_to_year,
        is_latest,
        cast(document_count as bigint) as document_count
    from versions
    where scheme in ('department', 'government')
)

select * from economic
