{{ config(materialized='view') }}

with figures as (
    select * from {{ ref('headline_figures') }}
),

documents as (
    select * from {{ ref('dim_document') }}
),

-- the budget of the year: from the budget's own document, else the column 年初预算数 of the final accounts
ranked as (
    select
        figures.*,
        case when figures.document_kind like 'department_%' then 'department' else 'unit' end as publisher_kind,
        case when figures.document_kind like '%_final_accounts' and figures.phase = 'budget' then 'final_accounts' else 'own_document' end as told_by,
        row_number() over (
            partition by
                figures.agency_key, figures.is_publisher, figures.phase, figures.figure, figures.fiscal_year,
                case when figures.document_kind like 'department_%' then 'department' else 'unit' end
            order by
                case when figures.document_kind like '%_final_accounts' and figures.phase = 'budget' then 1 else 0 end,
                documents.landed_at desc, figures.document_id
        ) as preference
    from figures
    inner join documents
        on documents.document_id = figures.document_id
),

speaking as (
    select * from ranked
    where preference = 1
),

compared as (
    select
        final_accounts.agency_key,
        final_accounts.agency_name,
        final_accounts.publisher_kind,
        final_accounts.is_publisher,
        final_accounts.fiscal_year,
        final_accounts.figure,
        budget.amount_yuan as budget_yuan,
        final_accounts.amount_yuan as final_accounts_yuan,
        cast(final_accounts.amount_yuan - budget.amount_yuan as decimal(20, 2)) as difference_yuan,
        case
            when budget.amount_yuan <> 0
                then cast(round(100 * final_accounts.amount_yuan / budget.amount_yuan, 2) as decimal(18, 2))
        end as execution_percent,
        budget.told_by as budget_told_by,
        budget.proof as budget_proof,
        final_accounts.proof as final_accounts_proof,
        budget.document_id as budget_document_id,
        final_accounts.document_id as final_accounts_document_id,
        budget.amount_id as budget_amount_id,
        final_accounts.amount_id as final_accounts_amount_id
    from speaking as final_accounts
    inner join speaking as budget
        on budget.agency_key = final_accounts.agency_key
        and budget.publisher_kind = final_accounts.publisher_kind
        and budget.is_publisher = final_accounts.is_publisher
        and budget.figure = final_accounts.figure
        and budget.fiscal_year = final_accounts.fiscal_year
        and budget.phase = 'budget'
    where final_accounts.phase = 'final_accounts'
)

select * from compared
