with source as (
    select * from {{ source('staging', 'identities') }}
),

renamed as (
    select
        identity_id,
        document_id,
        check_id,
        family,
        cast(table_number as integer) as table_number,
        statement,
        other_statement,
        subject,
        cast(expected_yuan as decimal(20, 2)) as expected_yuan,
        cast(actual_yuan as decimal(20, 2)) as actual_yuan,
        cast(residual_yuan as decimal(20, 2)) as residual_yuan,
        cast(tolerance_yuan as decimal(20, 6)) as tolerance_yuan,
        verdict,
        cast(term_count as integer) as term_count,
        places
    from source
)

select * from renamed
