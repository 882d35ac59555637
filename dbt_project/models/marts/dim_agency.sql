with agencies as (
    select * from {{ ref('int_document_agencies') }}
),

documents as (
    select * from {{ ref('int_current_documents') }}
),

containment as (
    select * from {{ ref('int_document_containment') }}
),

spellings as (
    select
        agency_key,
        agency_name,
        sum(amount_count) as amount_count,
        max(case when is_publisher then 1 else 0 end) as is_publisher
    from agencies
    group by agency_key, agency_name
),

-- a publisher writes its own name in full
preferred_spelling as (
    select
        *,
        row_number() over (
            partition by agency_key
            order by is_publisher desc, amount_count desc, agency_name
        ) as preference
    from spellings
),

codes as (
    select
        agency_key,
        agency_code,
        row_number() over (
            partition by agency_key
            order by max(case when is_publisher then 1 else 0 end) desc, sum(amount_count) desc, agency_code
        ) as preference
    from agencies
    where agency_code is not null
    group by agency_key, agency_code
),

publishers as (
    select
        agencies.document_id,
        agencies.agency_key,
        documents.publisher_code
    from agencies
    inner join documents
        on documents.document_id = agencies.document_id
    where agencies.is_publisher
),

-- a department is the parent of the unit whose document its own contains, and of the rows whose code begins with its code
parents as (
    select
        units.agency_key,
        departments.agency_key as parent_agency_key
    from containment
    inner join publishers as units
        on units.document_id = containment.document_id
    inner join publishers as departments
        on departments.document_id = containment.counted_in
    union all
    select
        agencies.agency_key,
        publishers.agency_key as parent_agency_key
    from agencies
    inner join publishers
        on publishers.document_id = agencies.document_id
    where length(publishers.publisher_code) >= 3
        and agencies.agency_code like concat(publishers.publisher_code, '_%')
),

parent as (
    select
        agency_key,
        min(parent_agency_key) as parent_agency_key
    from parents
    where agency_key <> parent_agency_key
    group by agency_key
),

per_agency as (
    select
        agency_key,
        max(division_code) as division_code,
        max(case when is_publisher then 1 else 0 end) = 1 as is_publisher,
        count(distinct agency_name) as spelling_count,
        count(distinct document_id) as document_count,
        min(fiscal_year) as first_fiscal_year,
        max(fiscal_year) as last_fiscal_year
    from agencies
    group by agency_key
),

dimension as (
    select
        per_agency.agency_key,
        preferred_spelling.agency_name,
        codes.agency_code,
        per_agency.division_code,
        parent.parent_agency_key,
        per_agency.is_publisher,
        per_agency.spelling_count,
        per_agency.document_count,
        per_agency.first_fiscal_year,
        per_agency.last_fiscal_year
    from per_agency
    inner join preferred_spelling
        on preferred_spelling.agency_key = per_agency.agency_key
        and preferred_spelling.preference = 1
    left join codes
        on codes.agency_key = per_agency.agency_key
        and codes.preference = 1
    left join parent
        on parent.agency_key = per_agency.agency_key
)

select * from dimension
