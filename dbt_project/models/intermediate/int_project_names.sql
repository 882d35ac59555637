{#- Read by nearly every mart; as a view it would be worked out each time. -#}
{{ config(materialized='table') }}

with amounts as (
    select * from {{ ref('int_current_amounts') }}
),

agencies as (
    select * from {{ ref('int_agency_names') }}
),

parents as (
    select * from {{ ref('int_agency_parents') }}
),

printed as (
    select
        amounts.document_id,
        amounts.agency_label_key,
        amounts.project_label_key,
        coalesce(amounts.project_code, '') as project_code,
        agencies.agency_key,
        amounts.division_code,
        amounts.fiscal_year,
        -- a row that names no agency was given the publisher's; the project may be one of its units'
        min(case when amounts.agency_source = 'publisher' then 0 else 1 end) as names_its_agency,
        count(*) as amount_count
    from amounts
    inner join agencies
        on agencies.document_id = amounts.document_id
        and agencies.agency_name_key = amounts.agency_label_key
    where amounts.project_label is not null
    group by
        amounts.document_id, amounts.agency_label_key, amounts.project_label_key, coalesce(amounts.project_code, ''),
        agencies.agency_key, amounts.division_code, amounts.fiscal_year
),

-- the one unit below the agency that has a project of this name in the same year
owners as (
    select
        printed.document_id,
        printed.agency_label_key,
        printed.project_label_key,
        printed.project_code,
        min(of_units.agency_key) as agency_key
    from printed
    inner join parents
        on parents.parent_agency_key = printed.agency_key
    inner join printed as of_units
        on of_units.agency_key = parents.agency_key
        and of_units.project_label_key = printed.project_label_key
        and of_units.fiscal_year = printed.fiscal_year
    where printed.names_its_agency = 0
    group by printed.document_id, printed.agency_label_key, printed.project_label_key, printed.project_code
    having count(distinct of_units.agency_key) = 1
),

owned as (
    select
        printed.document_id,
        printed.agency_label_key,
        printed.project_label_key,
        printed.project_code,
        coalesce(owners.agency_key, printed.agency_key) as agency_key,
        printed.division_code,
        printed.fiscal_year,
        printed.amount_count,
        owners.agency_key is not null as is_found_in_unit
    from printed
    left join owners
        on owners.document_id = printed.document_id
        and owners.agency_label_key = printed.agency_label_key
        and owners.project_label_key = printed.project_label_key
        and owners.project_code = printed.project_code
),

-- a project code is one project's within a government: names under it that differ (a torn line, a short form) are its spellings
names_of_codes as (
    select
        agency_key,
        project_code,
        project_label_key,
        row_number() over (
            partition by agency_key, project_code
            order by max(fiscal_year) desc, sum(amount_count) desc, length(project_label_key) desc, project_label_key
        ) as preference
    from owned
    where length(project_code) >= 10
    group by agency_key, project_code, project_label_key
),

joined_by_code as (
    select
        others.agency_key,
        others.project_label_key,
        min(preferred.project_label_key) as same_label_key
    from names_of_codes as others
    inner join names_of_codes as preferred
        on preferred.agency_key = others.agency_key
        and preferred.project_code = others.project_code
        and preferred.preference = 1
    where others.preference > 1
    group by others.agency_key, others.project_label_key
    -- a name under several codes is several projects' (党建经费); its code does not rename it
    having count(distinct others.project_code) = 1
),

joined as (
    select
        owned.*,
        coalesce(joined_by_code.same_label_key, owned.project_label_key) as project_stem,
        case
            when joined_by_code.same_label_key is not null then 'same_code'
            when owned.is_found_in_unit then 'named_in_unit'
            else 'same_name'
        end as joined_by
    from owned
    left join joined_by_code
        on joined_by_code.agency_key = owned.agency_key
        and joined_by_code.project_label_key = owned.project_label_key
),

project_names as (
    select
        {{ surrogate_key(['agency_key', 'project_stem']) }} as project_key,
        document_id,
        agency_label_key,
        project_label_key,
        project_code,
        agency_key,
        project_stem,
        fiscal_year,
        amount_count,
        joined_by
    from joined
)

select * from project_names
