{{ config(materialized='table') }}

with documents as (
    select * from {{ ref('int_current_documents') }}
),

claims as (
    select claims.*
    from {{ ref('stg_claims') }} as claims
    inner join documents
        on documents.document_id = claims.document_id
),

projects as (
    select
        document_id,
        table_number,
        count(distinct row_number) as row_count,
        count(distinct concat(agency_label, '|', project_name)) as name_count,
        sum(amount_yuan) as amount_yuan
    from {{ ref('int_current_amounts') }}
    where statement = 'project_expenditure'
        and measure in ('total', 'amount', 'project')
        and fund_source = 'all'
        and period = 'this_year'
        and is_leaf
        and project_name is not null
    group by document_id, table_number
),

-- 1. Only where the sentence states the money of all projects as well: then it speaks of all of them.
counts as (
    select
        counted.document_id,
        counted.line,
        counted.page,
        counted.sentence,
        cast(counted.value as integer) as stated_count,
        projects.table_number,
        projects.row_count,
        projects.name_count,
        -- a sentence may count some of them beside all of them
        max(case when counted.value = projects.row_count then 1 else 0 end) over (
            partition by counted.document_id, counted.sentence
        ) as is_counted,
        row_number() over (
            partition by counted.document_id, counted.sentence order by counted.value desc, projects.table_number
        ) as nth
    from claims as counted
    inner join claims as money
        on money.document_id = counted.document_id
        and money.sentence = counted.sentence
        and money.kind = 'amount'
    inner join projects
        on projects.document_id = counted.document_id
        and abs(projects.amount_yuan - money.value_yuan) < 0.005
    where counted.claim = 'project_count'
        and counted.kind = 'count'
        and counted.value > 0
)

select
    document_id,
    'project_count' as kind,
    table_number,
    'project_expenditure' as statement,
    line,
    page,
    sentence as text,
    concat(
        '文字所述项目', stated_count, '个，项目支出表印有', row_count, '行',
        case when name_count <> row_count then concat('（按单位和名称计', name_count, '个）') else '' end, '，金额合计相同：“', sentence, '”'
    ) as message,
    is_counted = 0 as is_finding
from counts
where nth = 1
