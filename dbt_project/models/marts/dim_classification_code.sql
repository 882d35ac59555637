with versions as (
    select * from {{ ref('int_code_versions') }}
),

cofog as (
    select * from {{ ref('cofog_division') }}
),

functional as (
    select
        versions.code_key as classification_key,
        versions.code as classification_code,
        versions.name as classification_name,
        versions.level,
        -- hierarchy
        versions.class_code,
        versions.class_name,
        versions.group_code,
        versions.group_name,
        versions.item_code,
        versions.item_name,
        cofog.cofog_division,
        cofog.cofog_name,
        -- years
        versions.valid_from_year,
        versions.valid_to_year,
        versions.is_latest,
        versions.previous_key,
        versions.previous_name,
        versions.next_key,
        versions.next_name,
        -- evidence
        versions.name_source,
        cast(versions.document_count as bigint) as document_count
    from versions
    left join cofog
        on cofog.class_code = versions.class_code
    where versions.scheme = 'functional'
)

select * from functional
