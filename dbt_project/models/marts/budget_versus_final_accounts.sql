with newest as (
    select * from {{ ref('int_newest_headlines') }}
),

told as (
    select
        *,
        case when document_kind like 'department_%' then 'department' else 'unit' end as publisher_kind,
        case when document_kind like '%_final_accounts' and phase = 'budget' then 'final_accounts' else 'own_document' end as told_by
    from newest
),

-- the budget of the year: from the budget's own document, else the column 年初预算数 of the final accounts
ranked as (
    select
        *,
        row_number() over (
            partition by agency_key, publisher_kind, is_publisher, phase, figure, fiscal_year
            order by case when told_by = 'own_document' then 0 else 1 end, landed_at desc, document_id
        ) as rank_of_teller
    from told
),

speaking as (
    select * from ranked
    where rank_of_teller = 1
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
