{{ config(materialized='view') }}

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

leaves_per_file as (
    select
        leaves.disclosure_id,
        leaves.statement,
        leaves.document_id,
        documents.landed_at,
        count(*) as leaf_count
    from leaves
    inner join documents
        on documents.document_id = leaves.document_id
    group by leaves.disclosure_id, leaves.statement, leaves.document_id, documents.landed_at
),

ranked as (
    select
        *,
        row_number() over (
            partition by disclosure_id, statement
            order by leaf_count desc, landed_at desc, document_id
        ) as preference
    from leaves_per_file
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
    select leaves.*
    from leaves
    inner join speaking
        on speaking.document_id = leaves.document_id
        and speaking.statement = leaves.statement
)

select * from additive
