with source as (
    select * from {{ source('staging', 'agencies') }}
),

renamed as (
    select
        agency_id,
        document_id,
        agency_name,
        agency_code,
        code_rule,
        role,
        parent_name,
        same_as,
        source as named_in,
        cast(mentions as integer) as mentions,
        cast(table_number as integer) as table_number,
        cast(line as integer) as line,
        cast(page as integer) as page
    from source
)

select * from renamed
