with source as (
    select * from {{ source('staging', 'identity_terms') }}
),

renamed as (
    select
        identity_id,
        document_id,
        amount_id,
        role,
        cast(line as integer) as line,
        cast(page as integer) as page,
        cast(amount_yuan as decimal(20, 2)) as amount_yuan,
        label
    from source
)

select * from renamed
