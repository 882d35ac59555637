{{ config(materialized='table') }}

with documents as (
    select * from {{ ref('int_current_documents') }}
),

claims as (
    select
        *,
        cast(
            case unit when '亿元' then 100000000 when '万元' then 10000 when '万' then 10000 when '千元' then 1000 else 1 end
            / power(10, length({{ dbt.split_part('value_printed', "'.'", 2) }}))
            as decimal(20, 6)
        ) as quantum_yuan
    from {{ ref('stg_claims') }}
),

identities as (
    select * from {{ ref('stg_identities') }}
),

terms as (
    select * from {{ ref('stg_identity_terms') }}
),

amounts as (
    select * from {{ ref('int_current_amounts') }}
),

-- what one sentence says of a total: the amount, and how much more or less it is than the year before
stated as (
    select
        identities.document_id,
        levels.amount_id as level_id,
        changes.amount_id as change_id
    from identities
    inner join terms as changes
        on changes.identity_id = identities.identity_id
        and changes.role = 'first'
    inner join terms as levels
        on levels.identity_id = identities.identity_id
        and levels.role = 'second'
    inner join claims
        on claims.claim_id = levels.amount_id
    where identities.check_id = 'prose.change'
        and claims.claim in ('revenue_total', 'expenditure_total', 'budget_total')
),

years as (
    select
        document_id,
        division_code,
        document_kind,
        fiscal_year,
        {{ name_key('publisher_name') }} as publisher_key
    from documents
    where document_kind in ('department_budget', 'unit_budget')
),

-- 收支总表 prints several totals a side; the last and largest counts what is carried over
totals as (
    select
        amounts.*,
        row_number() over (partition by amounts.document_id order by amounts.amount_yuan desc, amounts.row_number desc) as nth
    from amounts
    where amounts.statement = 'revenue_expenditure_summary'
        and amounts.side = 'expenditure'
        and amounts.row_kind = 'total'
        and amounts.period = 'this_year'
),

pairs as (
    select
        stated.*,
        totals.amount_id as total_id,
        totals.document_id as previous_id
    from stated
    inner join years as own
        on own.document_id = stated.document_id
    inner join years as previous
        on previous.publisher_key = own.publisher_key
        and previous.document_kind = own.document_kind
        and previous.fiscal_year = own.fiscal_year - 1
        and coalesce(previous.division_code, '') = coalesce(own.division_code, '')
    inner join totals
        on totals.document_id = previous.document_id
        and totals.nth = 1
),

united as (
    select
        pairs.level_id as pair, pairs.document_id as owner_id, pairs.previous_id as other_document_id, 'first' as role,
        totals.amount_id, totals.document_id, totals.table_number, totals.statement, totals.line, totals.page, totals.amount_yuan,
        totals.quantum_yuan, '上年总计' as label
    from pairs
    inner join totals
        on totals.amount_id = pairs.total_id
    union all
    select
        pairs.level_id as pair, pairs.document_id as owner_id, pairs.previous_id as other_document_id,
        case when claims.claim_id = pairs.level_id then 'second' else 'first' end as role,
        claims.claim_id as amount_id, claims.document_id, cast(null as integer) as table_number,
        cast(null as {{ dbt.type_string() }}) as statement, claims.line, claims.page, claims.value_yuan as amount_yuan,
        claims.quantum_yuan, claims.subject as label
    from pairs
    inner join claims
        on claims.claim_id in (pairs.level_id, pairs.change_id)
),

keyed as (
    select
        {{ surrogate_key(["'year_on_year.prose'", 'pair', 'other_document_id']) }} as identity_id,
        'year_on_year.prose' as check_id,
        owner_id,
        other_document_id,
        '本年总计与上年总计加增减额' as subject,
        pair,
        role,
        amount_id,
        document_id,
        table_number,
        statement,
        line,
        page,
        amount_yuan,
        quantum_yuan,
        label
    from united
)

select * from keyed
