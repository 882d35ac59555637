with names as (
    select * from {{ ref('int_project_names') }}
),

amounts as (
    select * from {{ ref('int_current_amounts') }}
),

mentions as (
    select
        names.project_key,
        names.agency_key,
        amounts.project_code,
        amounts.project_label as project_name,
        amounts.project_category,
        amounts.fiscal_year,
        amounts.document_id,
        count(*) as amount_count
    from names
    inner join amounts
        on amounts.document_id = names.document_id
        and amounts.agency_label_key = names.agency_label_key
        and amounts.project_label_key = names.project_label_key
        and coalesce(amounts.project_code, '') = names.project_code
    group by
        names.project_key, names.agency_key, amounts.project_code, amounts.project_label, amounts.project_category,
        amounts.fiscal_year, amounts.document_id
),

-- the newest name, category and code, and of those the most frequent
named as (
    select
        project_key,
        project_name,
        row_number() over (partition by project_key order by max(fiscal_year) desc, sum(amount_count) desc, project_name) as preference
    from mentions
    group by project_key, project_name
),

categorised as (
    select
        project_key,
        project_category,
        row_number() over (partition by project_key order by max(fiscal_year) desc, sum(amount_count) desc, project_category) as preference
    from mentions
    where project_category is not null
    group by project_key, project_category
),

coded as (
    select
        project_key,
        project_code,
        row_number() over (partition by project_key order by max(fiscal_year) desc, sum(amount_count) desc, project_code) as preference
    from mentions
    where project_code is not null
    group by project_key, project_code
),

per_project as (
    select
        project_key,
        max(agency_key) as agency_key,
        min(fiscal_year) as first_fiscal_year,
        max(fiscal_year) as last_fiscal_year,
        count(distinct fiscal_year) as year_count,
        count(distinct document_id) as document_count,
        count(distinct project_name) as spelling_count
    from mentions
    group by project_key
),

dimension as (
    select
        per_project.project_key,
        per_project.agency_key,
        coded.project_code,
        named.project_name,
        categorised.project_category,
        per_project.first_fiscal_year,
        per_project.last_fiscal_year,
        per_project.year_count,
        per_project.document_count,
        per_project.spelling_count
    from per_project
    inner join named
        on named.project_key = per_project.project_key
        and named.preference = 1
    left join categorised
        on categorised.project_key = per_project.project_key
        and categorised.preference = 1
    left join coded
        on coded.project_key = per_project.project_key
        and coded.preference = 1
)

select * from dimension
