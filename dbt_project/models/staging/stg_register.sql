with source as (
    select * from {{ source('staging', 'register') }}
),

renamed as (
    select
        document_id,
        file_name,
        relative_path,
        source_url,
        media_type,
        cast(bytes as bigint) as bytes,
        encoding,
        cast(landed_at as timestamp) as landed_at,
        status as landing_status,
        reason as landing_reason,
        reader_version,
        publisher_hint,
        cast(retrieved_on as date) as retrieved_on,
        source_note,
        superseded_by,
        cast(superseded_at as timestamp) as superseded_at
    from source
)

select * from renamed
