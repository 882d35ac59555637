with source as (
    select * from {{ source('staging', 'notices') }}
),

renamed as (
    select
        document_id,
        notice_id,
        kind,
        cast(table_number as integer) as table_number,
        statement,
        cast(line as integer) as line,
        cast(page as integer) as page,
        text,
        message
    from source
)

select * from renamed
