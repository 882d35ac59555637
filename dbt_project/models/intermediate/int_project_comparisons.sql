{{ config(materialized='table') }}

with amounts as (
    select
        *,
        {{ name_key('project_name') }} as project_key,
        {{ name_key('agency_label') }} as agency_key
    from {{ ref('int_current_amounts') }}
    where project_name is not null
        and period = 'this_year'
        and occurrence = 1
        -- a form calls the money of its project a total
        and (row_kind <> 'total' or statement = 'project_performance')
),

-- the money of a project: its total, else its part of the general budget, else what its items add up to
table_rows as (
    select
        *,
        case
            when measure in ('total', 'amount', 'project') and fund_source = 'all' then 1
            when measure in ('total', 'amount', 'project') and fund_source = 'general_public' then 2
            when measure like 'project/%' and fund_source in ('all', 'general_public') then 3
        end as preference
    from amounts
    where statement in ('project_expenditure', 'general_budget_project_by_economic')
        and is_leaf
),

preferred as (
    select
        table_rows.*,
        min(preference) over (partition by document_id, project_key) as best_preference,
        min(table_number) over (partition by document_id, project_key, preference) as best_table
    from table_rows
    where preference is not null
),

chosen_rows as (
    select *
    from preferred
    where preference = best_preference
        and table_number = best_table
),

projects as (
    select
        document_id,
        project_key,
        agency_key,
        count(*) over (partition by document_id, project_key) as agency_count
    from chosen_rows
    group by document_id, project_key, agency_key
),

forms as (
    select *
    from amounts
    where statement = 'project_performance'
        and measure = 'total'
        and fund_source = 'all'
),

exact as (
    select
        forms.amount_id,
        forms.document_id,
        projects.project_key,
        projects.agency_key
    from forms
    inner join projects
        on projects.document_id = forms.document_id
        and projects.project_key = forms.project_key
        and (projects.agency_key = forms.agency_key or projects.agency_count = 1)
),

-- what neither side finds by its name, and what is then most alike: 网站改版、办公区域装修 and 网站改版及办公区域维修结转项目
alike as (
    select
        forms.amount_id,
        forms.document_id,
        projects.project_key,
        projects.agency_key,
        {{ name_similarity('forms.project_key', 'projects.project_key') }} as similarity
    from forms
    inner join projects
        on projects.document_id = forms.document_id
    where forms.amount_id not in (select amount_id from exact)
        and (projects.document_id, projects.project_key) not in (select document_id, project_key from exact)
),

ranked as (
    select
        alike.*,
        row_number() over (partition by amount_id order by similarity desc, project_key, agency_key) as nth_project,
        row_number() over (partition by document_id, project_key, agency_key order by similarity desc, amount_id) as nth_form
    from alike
    where similarity >= 0.4
),

pairs as (
    select amount_id, document_id, project_key, agency_key
    from exact
    union all
    select amount_id, document_id, project_key, agency_key
    from ranked
    where nth_project = 1
        and nth_form = 1
),

-- two rows of one name are two projects where one of them is the form's money
rows_of_pairs as (
    select
        pairs.amount_id as pair,
        chosen_rows.*,
        sum(case when chosen_rows.amount_yuan = forms.amount_yuan then 1 else 0 end) over (partition by pairs.amount_id) as match_count,
        row_number() over (
            partition by pairs.amount_id
            order by case when chosen_rows.amount_yuan = forms.amount_yuan then 0 else 1 end, chosen_rows.amount_id
        ) as nth
    from pairs
    inner join forms
        on forms.amount_id = pairs.amount_id
    inner join chosen_rows
        on chosen_rows.document_id = pairs.document_id
        and chosen_rows.project_key = pairs.project_key
        and chosen_rows.agency_key = pairs.agency_key
),

terms as (
    select
        pair,
        'first' as role,
        amount_id,
        document_id,
        table_number,
        statement,
        line,
        page,
        amount_yuan,
        quantum_yuan,
        project_name as label
    from rows_of_pairs
    where match_count = 0
        or nth = 1
    union all
    select
        pairs.amount_id as pair,
        'second' as role,
        forms.amount_id,
        forms.document_id,
        forms.table_number,
        forms.statement,
        forms.line,
        forms.page,
        forms.amount_yuan,
        forms.quantum_yuan,
        forms.project_name as label
    from pairs
    inner join forms
        on forms.amount_id = pairs.amount_id
),

keyed as (
    select
        {{ surrogate_key(["'performance.project_money'", 'pair']) }} as identity_id,
        'performance.project_money' as check_id,
        document_id as owner_id,
        cast(null as {{ dbt.type_string() }}) as other_document_id,
        label as subject,
        terms.*
    from terms
)

select * from keyed
