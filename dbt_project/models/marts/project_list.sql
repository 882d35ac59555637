with additive as (
    select * from {{ ref('budget_amounts_additive') }}
),

facts as (
    select amount_id, project_key from {{ ref('fct_budget_amount') }}
),

projects as (
    select * from {{ ref('dim_project') }}
),

agencies as (
    select * from {{ ref('dim_agency') }}
),

-- one row of one table may print all money, the general public budget, or both
money as (
    select
        additive.document_id,
        facts.project_key,
        additive.statement,
        max(additive.file_name) as file_name,
        max(additive.document_kind) as document_kind,
        max(additive.fiscal_year) as fiscal_year,
        max(additive.publisher_name) as publisher_name,
        max(additive.division_code) as division_code,
        max(additive.project_name) as project_name,
        max(additive.project_category) as project_category,
        max(additive.counted_in) as counted_in,
        sum(case when additive.fund_source = 'all' then additive.amount_yuan end) as all_yuan,
        sum(case when additive.fund_source = 'general_public' then additive.amount_yuan end) as general_public_yuan,
        sum(case when additive.fund_source = 'financial' then additive.amount_yuan end) as financial_yuan,
        min(additive.page) as page,
        min(additive.line) as line,
        count(*) as amount_count,
        case
            when max(case when additive.proof = 'contradicted' then 1 else 0 end) = 1 then 'contradicted'
            when max(case when additive.proof = 'unproved' then 1 else 0 end) = 1 then 'unproved'
            else 'proved'
        end as proof
    from additive
    inner join facts
        on facts.amount_id = additive.amount_id
    where facts.project_key is not null
        and additive.period = 'this_year'
        and additive.measure in ('total', 'amount')
        and additive.statement in ('project_expenditure', 'general_budget_project_by_economic', 'project_performance')
    group by additive.document_id, facts.project_key, additive.statement
),

preferred as (
    select
        *,
        {{ name_key('project_name') }} as project_name_key,
        case statement when 'project_expenditure' then 1 when 'general_budget_project_by_economic' then 2 else 3 end as preference
    from money
),

-- a list of projects says what is planned for the year; a form repeats it, at times under the name of another unit
ranked as (
    select
        *,
        min(preference) over (partition by document_id, project_name_key) as best_preference
    from preferred
),

listed as (
    select
        ranked.project_key,
        ranked.project_name,
        ranked.project_category,
        projects.project_code,
        projects.agency_key,
        agencies.agency_name,
        ranked.publisher_name,
        ranked.division_code,
        ranked.fiscal_year,
        ranked.document_kind,
        ranked.document_id,
        ranked.file_name,
        ranked.counted_in,
        cast(coalesce(ranked.all_yuan, ranked.financial_yuan, ranked.general_public_yuan) as decimal(20, 2)) as amount_yuan,
        cast(ranked.general_public_yuan as decimal(20, 2)) as general_public_yuan,
        ranked.proof,
        ranked.statement,
        ranked.page,
        ranked.line,
        projects.first_fiscal_year,
        projects.last_fiscal_year
    from ranked
    inner join projects
        on projects.project_key = ranked.project_key
    inner join agencies
        on agencies.agency_key = projects.agency_key
    where ranked.preference = ranked.best_preference
)

select * from listed
