with source as (
    select * from {{ source('staging', 'claims') }}
),

renamed as (
    select
        claim_id,
        document_id,
        section,
        claim,
        subject,
        kind,
        cast(value as decimal(20, 6)) as value,
        sign,
        unit,
        cast(value_yuan as decimal(20, 2)) as value_yuan,
        period,
        compared_with,
        value_printed,
        agency_name,
        cast(line as integer) as line,
        cast(page as integer) as page,
        sentence
    from source
)

select * from renamed
