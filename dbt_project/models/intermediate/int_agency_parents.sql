with names as (
    select * from {{ ref('int_agency_names') }}
),

agencies as (
    select * from {{ ref('stg_agencies') }}
),

documents as (
    select * from {{ ref('int_current_documents') }}
),

containment as (
    select * from {{ ref('int_document_containment') }}
),

publishers as (
    select distinct
        document_id,
        agency_key,
        fiscal_year
    from names
    where is_publisher
),

-- 主管部门 in the unit's own document, or the publisher of a department's document for the units that it lists
told as (
    select
        units.agency_key,
        parents.agency_key as parent_agency_key,
        units.fiscal_year,
        case agencies.source_of_name when 'row' then 3 else 1 end as evidence
    from (
        select
            document_id,
            {{ name_key('agency_name') }} as agency_name_key,
            {{ name_key('parent_name') }} as parent_key,
            named_in as source_of_name
        from agencies
        where parent_name is not null
    ) as agencies
    inner join names as units
        on units.document_id = agencies.document_id
        and units.agency_name_key = agencies.agency_name_key
    inner join names as parents
        on parents.document_id = agencies.document_id
        and parents.agency_name_key = agencies.parent_key
),

-- the department whose document contains the unit's
contained as (
    select
        units.agency_key,
        departments.agency_key as parent_agency_key,
        units.fiscal_year,
        2 as evidence
    from containment
    inner join publishers as units
        on units.document_id = containment.document_id
    inner join publishers as departments
        on departments.document_id = containment.counted_in
),

-- rows of a department's document are its own or its units'
on_rows as (
    select
        names.agency_key,
        publishers.agency_key as parent_agency_key,
        names.fiscal_year,
        3 as evidence
    from names
    inner join publishers
        on publishers.document_id = names.document_id
    inner join documents
        on documents.document_id = names.document_id
        and documents.document_kind like 'department_%'
    where names.amount_count > 0
),

found as (
    select * from told
    union all
    select * from contained
    union all
    select * from on_rows
),

ranked as (
    select
        agency_key,
        parent_agency_key,
        case evidence when 1 then 'named_in_text' when 2 then 'document_contained' else 'named_on_rows' end as parent_evidence,
        row_number() over (
            partition by agency_key
            order by fiscal_year desc, evidence, parent_agency_key
        ) as preference
    from found
    where agency_key <> parent_agency_key
),

parents as (
    select agency_key, parent_agency_key, parent_evidence
    from ranked
    where preference = 1
)

select * from parents
