with amounts as (
    select * from {{ ref('int_current_amounts') }}
),

agencies as (
    select * from {{ ref('int_agency_names') }}
),

projects as (
    select * from {{ ref('int_project_names') }}
),

code_names as (
    select * from {{ ref('int_code_names') }}
),

proof as (
    select * from {{ ref('int_amount_proof') }}
),

fact as (
    select
        -- keys
        amounts.amount_id,
        amounts.document_id,
        amounts.fiscal_year,
        amounts.division_code,
        amounts.statement,
        agencies.agency_key,
        classification_names.code_key as classification_key,
        economic_names.code_key as economic_key,
        government_names.code_key as government_economic_key,
        projects.project_key,
        amounts.measure,
        amounts.fund_source,
        -- labels as printed
        amounts.side,
        amounts.agency_code,
        amounts.agency_name,
        amounts.agency_source,
        amounts.classification_code,
        amounts.classification_name,
        amounts.economic_code,
        amounts.economic_name,
        amounts.government_economic_code,
        amounts.government_economic_name,
        amounts.code_source,
        amounts.project_code,
        amounts.project_name,
        amounts.project_category,
        amounts.line_item,
        amounts.row_kind,
        amounts.period,
        -- what may be added to what
        amounts.breakdown,
        amounts.occurrence,
        amounts.is_leaf,
        -- money
        amounts.amount_yuan,
        amounts.quantum_yuan,
        amounts.amount_printed,
        amounts.unit_printed,
        amounts.decimals_printed,
        -- place
        amounts.page,
        amounts.line,
        amounts.table_number,
        amounts.row_number,
        amounts.column_number,
        amounts.x0,
        amounts.y0,
        amounts.x1,
        amounts.y1,
        -- trust
        coalesce(proof.proof, 'unproved') as proof,
        amounts.repair,
        amounts.confidence
    from amounts
    left join proof
        on proof.amount_id = amounts.amount_id
    left join agencies
        on agencies.document_id = amounts.document_id
        and agencies.agency_name_key = amounts.agency_label_key
    left join projects
        on projects.document_id = amounts.document_id
        and projects.agency_label_key = amounts.agency_label_key
        and projects.project_label_key = amounts.project_label_key
        and projects.project_code = coalesce(amounts.project_code, '')
    left join code_names as classification_names
        on classification_names.scheme = 'functional'
        and classification_names.code = amounts.classification_code
        and classification_names.fiscal_year is not distinct from amounts.fiscal_year
    left join code_names as economic_names
        on economic_names.scheme = 'department'
        and economic_names.code = amounts.economic_code
        and economic_names.fiscal_year is not distinct from amounts.fiscal_year
    left join code_names as government_names
        on government_names.scheme = 'government'
        and government_names.code = amounts.government_economic_code
        and government_names.fiscal_year is not distinct from amounts.fiscal_year
)

select * from fact
