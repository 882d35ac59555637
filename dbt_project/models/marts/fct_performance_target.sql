with targets as (
    select * from {{ ref('stg_targets') }}
),

documents as (
    select * from {{ ref('int_current_documents') }}
),

tables as (
    select * from {{ ref('stg_tables') }}
),

agencies as (
    select * from {{ ref('int_agency_names') }}
),

project_names as (
    select * from {{ ref('int_project_names') }}
),

-- a form prints no code where the table of projects does: its name is enough where one project of the agency has it
projects as (
    select
        document_id,
        agency_label_key,
        project_label_key,
        min(project_key) as project_key
    from project_names
    group by document_id, agency_label_key, project_label_key
    having count(distinct project_key) = 1
),

-- a form may name an agency or a project beside which no amount is printed: the dimensions do not know it
keyed as (
    select
        targets.*,
        documents.fiscal_year,
        documents.division_code,
        {{ name_key('targets.agency_name') }} as agency_name_key,
        {{ name_key('targets.project_name') }} as project_name_key
    from targets
    inner join documents
        on documents.document_id = targets.document_id
),

fact as (
    select
        -- keys
        keyed.target_id,
        keyed.document_id,
        keyed.fiscal_year,
        keyed.division_code,
        agencies.agency_key,
        projects.project_key,
        tables.statement,
        -- whose
        keyed.agency_name,
        keyed.project_code,
        keyed.project_name,
        keyed.form_money_yuan,
        -- what is measured
        keyed.level_1,
        keyed.level_2,
        keyed.indicator_name,
        -- what is asked for
        keyed.operator,
        keyed.value,
        keyed.unit,
        keyed.target_printed,
        keyed.period,
        -- place
        keyed.page,
        keyed.line,
        keyed.table_number,
        keyed.row_number,
        keyed.column_number,
        keyed.part,
        -- trust
        keyed.repair
    from keyed
    left join tables
        on tables.document_id = keyed.document_id
        and tables.table_number = keyed.table_number
    left join agencies
        on agencies.document_id = keyed.document_id
        and agencies.agency_name_key = keyed.agency_name_key
    left join projects
        on projects.document_id = keyed.document_id
        and projects.agency_label_key = keyed.agency_name_key
        and projects.project_label_key = keyed.project_name_key
)

select * from fact
