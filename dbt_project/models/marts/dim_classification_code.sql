with versions as (
    select * from {{ ref('int_code_versions') }}
),

functional as (
    select
        code_key as classification_key,
        code as classification_code,
        name as classification_name,
        class_code,
        class_name,
        kuan_code,
        kuan_name,
        xiang_code,
        xiang_name,
        valid_from_year,
        valid_to_year,
        is_latest,
        cast(document_count as bigint) as document_count
    from versions
    where scheme = 'functional'
)

select * from functional
