with documents as (
    select * from {{ ref('int_current_documents') }}
),

agencies as (
    select * from {{ ref('int_document_agencies') }}
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
        {{ name_key('publisher_name') }} as publisher_name_key,
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

pairs as (
    select
        units.document_id,
        departments.document_id as department_document_id,
        departments.amount_count,
        units.publisher_name_key,
        units.publisher_code,
        case
            when length(departments.publisher_code) >= 3
                and units.publisher_code like concat(departments.publisher_code, '_%') then 1
            else 0
        end as is_code_prefix
    from units
    inner join departments
        on departments.division_code = units.division_code
        and departments.fiscal_year = units.fiscal_year
        and departments.document_kind = units.department_kind
),

-- the unit stands in the department's document by its name (its own name as publisher included) or by its code
named as (
    select
        pairs.document_id,
        pairs.department_document_id,
        pairs.amount_count,
        max(pairs.is_code_prefix) as is_code_prefix,
        max(case when agencies.agency_name_key = pairs.publisher_name_key then 1 else 0 end) as is_named,
        max(case when agencies.agency_code = pairs.publisher_code then 1 else 0 end) as is_coded
    from pairs
    inner join agencies
        on agencies.document_id = pairs.department_document_id
    group by pairs.document_id, pairs.department_document_id, pairs.amount_count
),

ranked as (
    select
        document_id,
        department_document_id as counted_in,
        case
            when is_named = 1 then 'named_in_rows'
            when is_coded = 1 then 'code_in_rows'
            else 'code_prefix'
        end as counted_in_reason,
        row_number() over (
            partition by document_id
            order by is_named desc, is_coded desc, amount_count desc, department_document_id
        ) as preference
    from named
    where is_named = 1 or is_coded = 1 or is_code_prefix = 1
),

containment as (
    select document_id, counted_in, counted_in_reason
    from ranked
    where preference = 1
)

select * from containment
