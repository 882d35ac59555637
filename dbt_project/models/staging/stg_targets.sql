with source as (
    select * from {{ source('staging', 'targets') }}
),

renamed as (
    select
        target_id,
        document_id,
        cast(table_number as integer) as table_number,
        cast(row_number as integer) as row_number,
        cast(column_number as integer) as column_number,
        cast(part as integer) as part,
        cast(page as integer) as page,
        cast(line as integer) as line,
        agency_name,
        project_code,
        project_name,
        level_1,
        level_2,
        indicator_name,
        operator,
        cast(value as decimal(20, 4)) as value,
        unit,
        target_printed,
        period,
        cast(form_money_yuan as decimal(20, 2)) as form_money_yuan,
        repair
    from source
)

select * from renamed
