{{ config(materialized='table') }}

with documents as (
    select * from {{ ref('int_current_documents') }}
),

targets as (
    select
        targets.*,
        case targets.unit when '亿元' then 100000000 when '万元' then 10000 when '元' then 1 end * targets.value as value_yuan,
        row_number() over (
            partition by targets.document_id, targets.table_number, targets.row_number, targets.column_number, targets.period, targets.project_name
            order by targets.part
        ) as nth
    from {{ ref('stg_targets') }} as targets
    inner join documents
        on documents.document_id = targets.document_id
),

-- 1. Limits in money only: 元/天 and the like are unit costs. 2. Income and benefits are no costs.
costs as (
    select *
    from targets
    where value_yuan is not null
        and nth = 1
        and operator in ('≤', '<', '=')
        and (coalesce(level_1, '') like '%成本%' or coalesce(level_2, '') like '%成本%')
        and form_money_yuan > 0
),

-- the parts of a project's cost may be told one by one
forms as (
    select
        document_id,
        table_number,
        project_name,
        period,
        max(form_money_yuan) as money_yuan,
        sum(value_yuan) as cost_yuan,
        count(*) as target_count,
        min(line) as line,
        min(page) as page,
        max(indicator_name) as indicator_name,
        max(target_printed) as target_printed
    from costs
    where value_yuan is not null
    group by document_id, table_number, project_name, period
),

judged as (
    select
        forms.*,
        cost_yuan > money_yuan
        or (target_count = 1 and cost_yuan < money_yuan and (indicator_name like '%总成本%' or indicator_name like '%项目成本%')) as is_finding
    from forms
    where period = 'this_year'
)

select
    document_id,
    'cost_target' as kind,
    table_number,
    'project_performance' as statement,
    line,
    page,
    concat(project_name, ' ', indicator_name, ' ', target_printed) as text,
    concat(
        '“', project_name, '”的成本指标合计', {{ trim_zeros('cast(cost_yuan / 10000 as decimal(28, 4))') }}, '万元（', indicator_name, ' ', target_printed,
        '），项目金额为', {{ trim_zeros('cast(money_yuan / 10000 as decimal(28, 4))') }}, '万元'
    ) as message,
    is_finding
from judged
