with names as (
    select * from {{ ref('int_agency_names') }}
),

mentions as (
    select * from {{ ref('int_document_agencies') }}
),

documents as (
    select * from {{ ref('int_current_documents') }}
),

parents as (
    select * from {{ ref('int_agency_parents') }}
),

divisions as (
    select * from {{ ref('dim_division') }}
),

mentions_of_agencies as (
    select
        names.agency_key,
        names.joined_by,
        mentions.agency_name,
        mentions.agency_code,
        mentions.division_code,
        mentions.fiscal_year,
        mentions.document_id,
        mentions.is_publisher,
        mentions.amount_count
    from names
    inner join mentions
        on mentions.document_id = names.document_id
        and mentions.agency_name_key = names.agency_name_key
),

spellings as (
    select
        agency_key,
        agency_name,
        min(case when joined_by in ('division', 'same_code') then 0 else 1 end) as is_derived,
        max(case when is_publisher then 1 else 0 end) as is_publisher,
        sum(amount_count) as amount_count,
        min(fiscal_year) as first_fiscal_year,
        max(fiscal_year) as last_fiscal_year
    from mentions_of_agencies
    group by agency_key, agency_name
),

-- the newest full name; a publisher writes its own name in full
preferred_spelling as (
    select
        *,
        row_number() over (
            partition by agency_key
            order by is_derived, is_publisher desc, last_fiscal_year desc, length(agency_name) desc, amount_count desc, agency_name
        ) as preference
    from spellings
),

-- a full name that is not printed any more since the preferred one is
earlier as (
    select
        earlier.agency_key,
        {{ dbt.listagg('earlier.agency_name', "'、'", 'order by earlier.first_fiscal_year, earlier.agency_name') }} as earlier_names
    from preferred_spelling as earlier
    inner join preferred_spelling as preferred
        on preferred.agency_key = earlier.agency_key
        and preferred.preference = 1
    where earlier.preference > 1
        and earlier.is_derived = 0
        and earlier.last_fiscal_year < preferred.first_fiscal_year
        and {{ name_key('earlier.agency_name') }} <> {{ name_key('preferred.agency_name') }}
    group by earlier.agency_key
),

distinct_codes as (
    select
        agency_key,
        agency_code,
        row_number() over (
            partition by agency_key
            order by max(fiscal_year) desc, length(agency_code) desc, sum(amount_count) desc, agency_code
        ) as preference,
        row_number() over (
            partition by agency_key
            order by max(fiscal_year) desc, length(agency_code), sum(amount_count) desc, agency_code
        ) as preference_of_department
    from mentions_of_agencies
    where agency_code is not null
    group by agency_key, agency_code
),

codes as (
    select
        agency_key,
        max(case when preference = 1 then agency_code end) as agency_code,
        -- 122 is the department, 122101 the office of that name in it
        max(case when preference_of_department = 1 then agency_code end) as department_code,
        {{ dbt.listagg('agency_code', "'、'", 'order by agency_code') }} as agency_codes
    from distinct_codes
    group by agency_key
),

per_agency as (
    select
        mentions.agency_key,
        max(mentions.division_code) as division_code,
        max(case when mentions.is_publisher then 1 else 0 end) = 1 as is_publisher,
        max(case when mentions.is_publisher and documents.document_kind like 'department_%' then 1 else 0 end) = 1 as is_department,
        count(distinct mentions.agency_name) as spelling_count,
        count(distinct mentions.document_id) as document_count,
        min(mentions.fiscal_year) as first_fiscal_year,
        max(mentions.fiscal_year) as last_fiscal_year
    from mentions_of_agencies as mentions
    inner join documents
        on documents.document_id = mentions.document_id
    group by mentions.agency_key
),

above as (
    select distinct parent_agency_key
    from parents
),

dimension as (
    select
        per_agency.agency_key,
        preferred_spelling.agency_name,
        earlier.earlier_names,
        case
            when per_agency.is_department or above.parent_agency_key is not null then 'department'
            when parents.agency_key is not null then 'unit'
            else 'unknown'
        end as agency_level,
        case
            when per_agency.is_department or above.parent_agency_key is not null then codes.department_code
            else codes.agency_code
        end as agency_code,
        codes.agency_codes,
        -- place
        per_agency.division_code,
        divisions.division_name,
        divisions.division_level,
        -- the agency above
        parents.parent_agency_key,
        parent_names.agency_name as parent_agency_name,
        parents.parent_evidence,
        -- evidence
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
    left join earlier
        on earlier.agency_key = per_agency.agency_key
    left join divisions
        on divisions.division_code = per_agency.division_code
    left join parents
        on parents.agency_key = per_agency.agency_key
    left join preferred_spelling as parent_names
        on parent_names.agency_key = parents.parent_agency_key
        and parent_names.preference = 1
    left join above
        on above.parent_agency_key = per_agency.agency_key
)

select * from dimension
