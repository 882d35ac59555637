with source as (
    select * from {{ source('staging', 'amounts') }}
),

renamed as (
    select
        amount_id,
        document_id,
        cast(table_number as integer) as table_number,
        cast(row_number as integer) as row_number,
        cast(column_number as integer) as column_number,
        cast(page as integer) as page,
        cast(line as integer) as line,
        statement,
        side,
        agency_code,
        agency_name,
        agency_source,
        classification_code,
        classification_name,
        economic_code,
        economic_name,
        government_economic_code,
        government_economic_name,
        code_source,
        project_code,
        project_name,
        project_category,
        line_item,
        row_kind,
        measure,
        fund_source,
        period,
        breakdown,
        cast(occurrence as integer) as occurrence,
        cast(is_leaf as boolean) as is_leaf,
        cast(amount_yuan as decimal(20, 2)) as amount_yuan,
        cast(quantum_yuan as decimal(20, 6)) as quantum_yuan,
        amount_printed,
        unit_printed,
        cast(decimals_printed as integer) as decimals_printed,
        repair,
        cast(confidence as float) as confidence,
        cast(x0 as float) as x0,
        cast(y0 as float) as y0,
        cast(x1 as float) as x1,
        cast(y1 as float) as y1
    from source
)

select * from renamed
