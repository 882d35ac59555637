{{ config(materialized='table') }}

with containment as (
    select * from {{ ref('int_document_containment') }}
),

names as (
    select
        document_id,
        statement,
        coalesce(project_name, line_item) as name,
        -- numbering and the width of brackets are no part of a name
        regexp_replace({{ name_key('coalesce(project_name, line_item)') }}, '^[0-9一二三四五六七八九十]+[.、]', '') as name_key,
        min(table_number) as table_number,
        min(line) as line,
        min(page) as page
    from {{ ref('int_current_amounts') }}
    where row_kind = 'detail'
        and length(coalesce(project_name, line_item)) >= 8
    group by document_id, statement, coalesce(project_name, line_item)
),

-- 1. Only long names, and only where they differ in one or two characters. 2. A name that both documents print is the same.
nearest as (
    select
        units.document_id,
        units.statement,
        units.name,
        units.table_number,
        units.line,
        units.page,
        departments.name as department_name,
        departments.line as department_line,
        {{ differing_characters('units.name_key', 'departments.name_key') }} as distance,
        max(case when units.name_key = departments.name_key then 1 else 0 end) over (
            partition by units.document_id, units.statement, units.name
        ) as is_same,
        row_number() over (
            partition by units.document_id, units.statement, units.name
            order by {{ differing_characters('units.name_key', 'departments.name_key') }}, departments.name
        ) as nth
    from containment
    inner join names as units
        on units.document_id = containment.document_id
    inner join names as departments
        on departments.document_id = containment.counted_in
        and departments.statement = units.statement
        and length(departments.name_key) = length(units.name_key)
)

select
    document_id,
    'unit_department_spelling' as kind,
    table_number,
    statement,
    line,
    page,
    name as text,
    concat('单位公开印“', name, '”，部门公开印“', department_name, '”（部门公开行', department_line, '），其一有误') as message,
    is_same = 0 and distance between 1 and 2 as is_finding
from nearest
where nth = 1
