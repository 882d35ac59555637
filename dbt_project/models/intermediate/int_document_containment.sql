with documents as (
    select * from {{ ref('int_current_documents') }}
),

agencies as (
    select * from {{ ref('int_document_agencies') }}
),

names as (
    select * from {{ ref('int_agency_names') }}
),

amounts_per_document as (
    select
        document_id,
        sum(amount_count) as amount_count
    from agencies
    group by document_id
),

units as (
    select
        document_id,
        division_code,
        fiscal_year,
        publisher_code,
        replace(document_kind, 'unit_', 'department_') as department_kind
    from documents
    where document_kind in ('unit_budget', 'unit_final_accounts')
),

-- a file that holds only the prose of a disclosure contains nobody's money
departments as (
    select
        documents.document_id,
        documents.division_code,
        documents.fiscal_year,
        documents.publisher_code,
        documents.document_kind,
        amounts_per_document.amount_count
    from documents
    inner join amounts_per_document
        on amounts_per_document.document_id = documents.document_id
    where documents.document_kind in ('department_budget', 'department_final_accounts')
        and amounts_per_document.amount_count > 0
),

-- among the agencies that the department's document names in its rows or lists, the department's own name included
found_by_name as (
    select
        units.document_id,
        names.document_id as department_document_id,
        units.department_kind,
        1 as evidence
    from units
    inner join names as own_names
        on own_names.document_id = units.document_id
        and own_names.is_publisher
    inner join names
        on names.agency_key = own_names.agency_key
        and names.fiscal_year = units.fiscal_year
    where not names.is_superior
),

found_by_code as (
    select
        units.document_id,
        agencies.document_id as department_document_id,
        units.department_kind,
        2 as evidence
    from units
    inner join agencies
        on agencies.agency_code = units.publisher_code
        and agencies.division_code = units.division_code
        and agencies.fiscal_year = units.fiscal_year
),

found_by_prefix as (
    select
        units.document_id,
        departments.document_id as department_document_id,
        units.department_kind,
        3 as evidence
    from units
    inner join departments
        on departments.division_code = units.division_code
        and departments.fiscal_year = units.fiscal_year
        and length(departments.publisher_code) >= 3
        and units.publisher_code like concat(departments.publisher_code, '_%')
),

found as (
    select * from found_by_name
    union all
    select * from found_by_code
    union all
    select * from found_by_prefix
),

ranked as (
    select
        found.document_id,
        found.department_document_id as counted_in,
        case found.evidence
            when 1 then 'named_in_rows'
            when 2 then 'code_in_rows'
            else 'code_prefix'
        end as counted_in_reason,
        row_number() over (
            partition by found.document_id
            order by found.evidence, departments.amount_count desc, found.department_document_id
        ) as preference
    from found
    inner join departments
        on departments.document_id = found.department_document_id
        and departments.document_kind = found.department_kind
),

containment as (
    select document_id, counted_in, counted_in_reason
    from ranked
    where preference = 1
)

select * from containment
