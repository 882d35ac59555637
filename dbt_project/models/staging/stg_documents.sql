with source as (
    select * from {{ source('staging', 'documents') }}
),

renamed as (
    select
        document_id,
        disclosure_id,
        document_title,
        document_kind,
        cast(fiscal_year as integer) as fiscal_year,
        publisher_name,
        publisher_code,
        division_code,
        division_name,
        province_name,
        cast(page_count as integer) as page_count,
        cast(line_count as integer) as line_count,
        parser_version
    from source
)

select * from renamed
