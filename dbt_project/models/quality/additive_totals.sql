with amounts as (
    select * from {{ ref('fct_budget_amount') }}
),

documents as (
    select * from {{ ref('dim_document') }}
),

groups as (
    select
        amounts.*,
        -- each project's form has a total of its own
        case when statement = 'project_performance' then table_number end as form_number
    from amounts
    where occurrence = 1
),

leaves as (
    select
        document_id,
        statement,
        form_number,
        side,
        breakdown,
        measure,
        fund_source,
        period,
        sum(amount_yuan) as additive_yuan,
        sum(quantum_yuan) / 2 as rounding_yuan,
        max(case when proof = 'contradicted' then 1 else 0 end) as is_contradicted,
        count(*) as leaf_count
    from groups
    where is_leaf
    group by document_id, statement, form_number, side, breakdown, measure, fund_source, period
),

-- 本年收入合计 above 收入总计: the largest is the whole; 人员经费合计 beside 公用经费合计: together they are
totals as (
    select
        document_id,
        statement,
        form_number,
        side,
        measure,
        fund_source,
        period,
        max(amount_yuan) as largest_yuan,
        sum(amount_yuan) as together_yuan,
        max(quantum_yuan) / 2 as rounding_yuan,
        max(case when proof = 'contradicted' then 1 else 0 end) as is_contradicted,
        count(*) as total_count
    from groups
    where row_kind = 'total'
    group by document_id, statement, form_number, side, measure, fund_source, period
),

compared as (
    select
        leaves.*,
        totals.total_count,
        leaves.rounding_yuan + totals.rounding_yuan as tolerance_yuan,
        case
            when abs(leaves.additive_yuan - totals.together_yuan) < abs(leaves.additive_yuan - totals.largest_yuan) then totals.together_yuan
            else totals.largest_yuan
        end as printed_total_yuan,
        greatest(leaves.is_contradicted, coalesce(totals.is_contradicted, 0)) as has_contradiction
    from leaves
    left join totals
        on totals.document_id = leaves.document_id
        and totals.statement = leaves.statement
        and coalesce(totals.form_number, 0) = coalesce(leaves.form_number, 0)
        and coalesce(totals.side, '') = coalesce(leaves.side, '')
        and totals.measure = leaves.measure
        and totals.fund_source = leaves.fund_source
        and totals.period = leaves.period
),

verdicts as (
    select
        compared.document_id,
        documents.file_name,
        compared.statement,
        compared.form_number as table_number,
        compared.side,
        compared.breakdown,
        compared.measure,
        compared.fund_source,
        compared.period,
        cast(compared.additive_yuan as decimal(20, 2)) as additive_yuan,
        cast(compared.printed_total_yuan as decimal(20, 2)) as printed_total_yuan,
        cast(compared.additive_yuan - compared.printed_total_yuan as decimal(20, 2)) as difference_yuan,
        cast(compared.tolerance_yuan as decimal(20, 6)) as tolerance_yuan,
        compared.leaf_count,
        case
            when compared.printed_total_yuan is null then 'no_printed_total'
            when compared.additive_yuan = compared.printed_total_yuan then 'holds'
            when abs(compared.additive_yuan - compared.printed_total_yuan) <= compared.tolerance_yuan then 'rounding'
            -- the document's own sums do not hold here, and findings says so
            when compared.has_contradiction = 1 then 'contradicted'
            else 'differs'
        end as verdict
    from compared
    inner join documents
        on documents.document_id = compared.document_id
)

select * from verdicts
