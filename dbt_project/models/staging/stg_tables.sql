with source as (
    select * from {{ source('staging', 'tables') }}
),

renamed as (
    select
        document_id,
        cast(table_number as integer) as table_number,
        statement,
        title,
        cast(title_line as integer) as title_line,
        contents_title,
        unit,
        cast(first_line as integer) as first_line,
        cast(last_line as integer) as last_line,
        cast(first_page as integer) as first_page,
        cast(last_page as integer) as last_page,
        cast(row_count as integer) as row_count,
        cast(column_count as integer) as column_count,
        cast(is_empty as boolean) as is_empty,
        empty_note,
        cast(statement_score as double) as statement_score,
        statement_reason,
        cast(header_lost as boolean) as header_lost,
        cast(damage_count as integer) as damage_count,
        damage_note
    from source
)

select * from renamed
