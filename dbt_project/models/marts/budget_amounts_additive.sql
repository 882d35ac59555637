{#- A table: as a view its windows were worked out for each query, and `limit` on it was seen never to return on 300,000 amounts. -#}
{{ config(materialized='table') }}

with amounts as (
    select * from {{ ref('budget_amounts') }}
),

documents as (
    select * from {{ ref('dim_document') }}
),

leaves as (
    select *
    from amounts
    where is_leaf
        and occurrence = 1
),

-- A column that prints its total and no rows of its own contributes the total: on the revenue side the rows name their fund
-- source, so all funds together stand in the total only. Each project's form has its own.
lone_totals as (
    select
        amounts.*,
        row_number() over (
            partition by
                amounts.document_id, amounts.statement, amounts.side, amounts.measure, amounts.fund_source, amounts.period,
                case when amounts.statement = 'project_performance' then amounts.table_number end
            order by amounts.amount_yuan desc, amounts.table_number, amounts.row_number desc, amounts.amount_id
        ) as rank_of_total
    from amounts
    left join leaves
        on leaves.document_id = amounts.document_id
        and leaves.statement = amounts.statement
        and coalesce(leaves.side, '') = coalesce(amounts.side, '')
        and leaves.measure = amounts.measure
        and leaves.fund_source = amounts.fund_source
        and leaves.period = amounts.period
        and (amounts.statement <> 'project_performance' or leaves.table_number = amounts.table_number)
    where amounts.row_kind = 'total'
        and amounts.occurrence = 1
        and leaves.amount_id is null
),

addable as (
    select * from leaves
    union all
    select amounts.*
    from amounts
    inner join lone_totals
        on lone_totals.amount_id = amounts.amount_id
        and lone_totals.rank_of_total = 1
),

amounts_per_file as (
    select
        addable.disclosure_id,
        addable.statement,
        addable.document_id,
        documents.landed_at,
        count(*) as amount_count
    from addable
    inner join documents
        on documents.document_id = addable.document_id
    group by addable.disclosure_id, addable.statement, addable.document_id, documents.landed_at
),

ranked as (
    select
        *,
        row_number() over (
            partition by disclosure_id, statement
            order by amount_count desc, landed_at desc, document_id
        ) as preference
    from amounts_per_file
),

-- a disclosure may come as several files that print the same table (a PDF beside its Word source): one of them speaks;
-- project_performance is exempt, because each file may hold the form of another project
speaking as (
    select document_id, statement
    from ranked
    where preference = 1
        or statement = 'project_performance'
),

additive as (
    select addable.*
    from addable
    inner join speaking
        on speaking.document_id = addable.document_id
        and speaking.statement = addable.statement
)

select * from additive
