{{ config(materialized='view') }}

with amounts as (
    select * from {{ ref('stg_amounts') }}
),

versions as (
    select * from {{ ref('dim_document_version') }}
),

history as (
    select
        -- version
        versions.document_id,
        versions.latest_document_id,
        versions.version_number,
        versions.version_count,
        versions.is_current,
        versions.valid_from,
        versions.valid_to,
        versions.superseded_by,
        -- document
        versions.file_name,
        versions.document_title,
        versions.document_kind,
        versions.fiscal_year,
        versions.publisher_name,
        versions.division_code,
        -- labels
        amounts.statement,
        amounts.side,
        amounts.agency_code,
        amounts.agency_name,
        amounts.classification_code,
        amounts.classification_name,
        amounts.economic_code,
        amounts.economic_name,
        amounts.government_economic_code,
        amounts.government_economic_name,
        amounts.project_code,
        amounts.project_name,
        amounts.project_category,
        amounts.line_item,
        amounts.row_kind,
        amounts.measure,
        amounts.fund_source,
        amounts.period,
        amounts.breakdown,
        amounts.occurrence,
        amounts.is_leaf,
        -- money
        amounts.amount_yuan,
        amounts.amount_printed,
        amounts.unit_printed,
        -- place
        amounts.page,
        amounts.line,
        amounts.table_number,
        amounts.row_number,
        amounts.column_number,
        amounts.amount_id
    from amounts
    inner join versions
        on versions.document_id = amounts.document_id
)

select * from history
