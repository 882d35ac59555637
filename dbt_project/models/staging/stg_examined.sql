with source as (
    select * from {{ source('staging', 'examined') }}
),

renamed as (
    select
        document_id,
        check_id,
        cast(instances as integer) as instances
    from source
)

select * from renamed
