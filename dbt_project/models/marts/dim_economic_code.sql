with versions as (
    select * from {{ ref('int_code_versions') }}
),

economic as (
    select
        code_key as economic_key,
        scheme,
        code as economic_code,
        name as economic_name,
        level,
        -- hierarchy
        class_code,
        class_name,
        group_code,
        group_name,
        -- years
        valid_from_year,
        valid_to_year,
        is_latest,
        previous_key,
        previous_name,
        next_key,
        next_name,
        -- evidence
        name_source,
        cast(document_count as bigint) as document_count
    from versions
    where scheme in ('department', 'government')
)

select * from economic
