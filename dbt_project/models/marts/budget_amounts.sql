{{ config(materialized='view') }}

with amounts as (
    select * from {{ ref('fct_budget_amount') }}
),

documents as (
    select * from {{ ref('dim_document') }}
),

front_door as (
    select
        -- document
        amounts.document_id,
        documents.file_name,
        documents.document_title,
        documents.document_kind,
        documents.fiscal_year,
        documents.publisher_name,
        documents.division_code,
        documents.division_name,
        documents.province_name,
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
        -- money
        amounts.amount_yuan,
        amounts.amount_printed,
        amounts.unit_printed,
        amounts.decimals_printed,
        -- place
        amounts.page,
        amounts.line,
        amounts.table_number,
        amounts.row_number,
        amounts.column_number,
        -- trust
        amounts.proof,
        amounts.repair,
        -- appended to the contract: new columns go to the end
        amounts.x0,
        amounts.y0,
        amounts.x1,
        amounts.y1,
        amounts.confidence,
        documents.source_url,
        documents.disclosure_id,
        amounts.code_source,
        amounts.breakdown,
        amounts.occurrence,
        amounts.agency_source,
        amounts.amount_id,
        amounts.is_leaf,
        documents.counted_in
    from amounts
    inner join documents
        on documents.document_id = amounts.document_id
)

select * from front_door
