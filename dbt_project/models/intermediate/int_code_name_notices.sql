{{ config(materialized='table') }}

with amounts as (
    select * from {{ ref('int_current_amounts') }}
),

functional as (
    select * from {{ ref('functional_classification') }}
),

printed as (
    select
        document_id,
        table_number,
        statement,
        classification_code as code,
        line_item,
        min(line) as line,
        min(page) as page,
        {{ plain_name('line_item') }} as plain
    from amounts
    where code_source = 'printed'
        and classification_code is not null
        and line_item is not null
        and project_name is null
        and line_item <> coalesce(agency_name, '')
    group by document_id, table_number, statement, classification_code, line_item
),

reference as (
    select distinct
        code,
        name,
        {{ plain_name('name') }} as plain
    from functional
),

-- every name that the code has had, in any year: outdated names are another check's business
judged as (
    select
        printed.*,
        max(reference.name) as name,
        max(case when reference.plain = printed.plain then 1 else 0 end) as is_own,
        max({{ name_similarity('reference.plain', 'printed.plain') }}) as similarity
    from printed
    inner join reference
        on reference.code = printed.code
    group by all
),

foreign_names as (
    select
        judged.document_id,
        judged.table_number,
        judged.statement,
        judged.code,
        judged.line_item,
        judged.line,
        judged.page,
        judged.name,
        judged.is_own,
        judged.similarity,
        min(others.code) as other_code
    from judged
    left join reference as others
        on others.plain = judged.plain
        and others.code <> judged.code
        and length(others.code) = length(judged.code)
    group by all
)

select
    document_id,
    'reference' as kind,
    table_number,
    statement,
    line,
    page,
    concat(code, ' ', line_item) as text,
    concat('科目编码', code, '的名称应为“', name, '”，此处印的是', other_code, '的名称“', line_item, '”') as message,
    is_own = 0 and similarity < 0.6 and other_code is not null as is_finding
from foreign_names
