with amounts as (
    select * from {{ ref('int_current_amounts') }}
),

printed as (
    select
        {{ project_key('division_code', 'agency_label', 'coalesce(project_name, project_code)') }} as project_key,
        {{ agency_key('division_code', 'agency_label') }} as agency_key,
        project_code,
        coalesce(project_name, project_code) as project_name,
        project_category,
        fiscal_year,
        document_id
    from amounts
    where coalesce(project_name, project_code) is not null
),

dimension as (
    select
        project_key,
        max(agency_key) as agency_key,
        max(project_code) as project_code,
        max(project_name) as project_name,
        max(project_category) as project_category,
        min(fiscal_year) as first_fiscal_year,
        max(fiscal_year) as last_fiscal_year,
        count(distinct document_id) as document_count
    from printed
    group by project_key
)

select * from dimension
