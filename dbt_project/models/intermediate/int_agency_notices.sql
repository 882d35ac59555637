{{ config(materialized='table') }}

with names as (
    select
        document_id,
        agency_name as name,
        min(table_number) as table_number,
        min(line) as line,
        min(page) as page,
        max(case when statement in ('project_performance', 'department_performance') then 0 else 1 end) as is_in_tables
    from {{ ref('int_current_amounts') }}
    where agency_source = 'row'
        and length(agency_name) >= 8
    group by document_id, agency_name
),

-- 1. One name is the other with one or two characters left out in the middle. 2. One of them stands in performance forms only: agencies
-- that the tables of money tell apart are two.
pairs as (
    select
        forms.document_id,
        forms.table_number,
        forms.line,
        forms.page,
        forms.name,
        tables.name as other_name,
        tables.line as other_line,
        row_number() over (partition by forms.document_id, forms.name order by tables.name) as nth
    from names as forms
    inner join names as tables
        on tables.document_id = forms.document_id
        and tables.is_in_tables = 1
        and forms.is_in_tables = 0
        and abs(length(tables.name) - length(forms.name)) between 1 and 2
        and case
            when length(tables.name) > length(forms.name) then {{ is_longer_by_a_piece('tables.name', 'forms.name') }}
            else {{ is_longer_by_a_piece('forms.name', 'tables.name') }}
        end
)

select
    names.document_id,
    'agency_spelling' as kind,
    names.table_number,
    cast(null as {{ dbt.type_string() }}) as statement,
    names.line,
    names.page,
    names.name as text,
    concat('同一单位此处印“', names.name, '”，别处印“', pairs.other_name, '”（行', pairs.other_line, '）') as message,
    pairs.name is not null as is_finding
from names
left join pairs
    on pairs.document_id = names.document_id
    and pairs.name = names.name
    and pairs.nth = 1
