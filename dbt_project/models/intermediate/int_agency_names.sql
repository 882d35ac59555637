{#- Read by nearly every mart; as a view it would be worked out each time. -#}
{{ config(materialized='table') }}

with mentions as (
    select * from {{ ref('int_document_agencies') }}
),

agencies as (
    select * from {{ ref('stg_agencies') }}
),

documents as (
    select * from {{ ref('int_current_documents') }}
),

divisions as (
    select * from {{ ref('dim_division') }}
),

-- what the document itself says about a name: another spelling of it, and the agency above
told as (
    select
        document_id,
        {{ name_key('agency_name') }} as agency_name_key,
        max({{ name_key('same_as') }}) as same_as_key,
        max({{ name_key('parent_name') }}) as parent_key,
        max(role) as role
    from agencies
    group by document_id, {{ name_key('agency_name') }}
),

names as (
    select
        document_id,
        agency_name_key,
        max(division_code) as division_code,
        max(fiscal_year) as fiscal_year,
        max(agency_name) as agency_name,
        max(agency_code) as agency_code,
        max(case when is_publisher then 1 else 0 end) as is_publisher,
        sum(amount_count) as amount_count
    from mentions
    group by document_id, agency_name_key
),

-- a row that prints a code and no name is the agency that the document names beside that code
codes_of_document as (
    select
        document_id,
        agency_code,
        min(agency_name_key) as agency_name_key
    from names
    where agency_code is not null
        and agency_name_key <> agency_code
    group by document_id, agency_code
),

resolved as (
    select
        names.*,
        coalesce(told.role = 'parent', false) as is_superior,
        {{ without_qualifier("coalesce(told.same_as_key, codes_of_document.agency_name_key, names.agency_name_key)") }} as base_key,
        case
            when told.same_as_key is not null then 'same_document'
            when codes_of_document.agency_name_key is not null then 'code_only'
        end as first_rule,
        case
            when names.is_publisher = 1 or told.role = 'parent' then null
            when documents.document_kind like 'department_%' then {{ without_qualifier(name_key('documents.publisher_name')) }}
            else {{ without_qualifier('told.parent_key') }}
        end as above_key,
        case when divisions.division_level <> 'province' then coalesce(divisions.province_name, '') else '' end as province_prefix,
        case when divisions.division_level <> 'prefecture' then coalesce(divisions.prefecture_name, '') else '' end as prefecture_prefix,
        coalesce(divisions.division_name, '') as own_prefix
    from names
    inner join documents
        on documents.document_id = names.document_id
    left join told
        on told.document_id = names.document_id
        and told.agency_name_key = names.agency_name_key
    left join codes_of_document
        on codes_of_document.document_id = names.document_id
        and codes_of_document.agency_code = names.agency_name_key
    left join divisions
        on divisions.division_code = names.division_code
),

-- 某市某区财政局 and 某区财政局: what is left after the division's own name and those above it
measured as (
    select
        resolved.*,
        {{ without_division('base_key') }} as base_stem
    from resolved
),

publishers as (
    select distinct
        division_code,
        base_key
    from measured
    where is_publisher = 1
),

full_names as (
    select distinct
        division_code,
        above_key,
        base_stem
    from measured
    where base_stem is not null
        and above_key is not null
),

-- a name without a place, in a document of the agency above it, is that agency's own (信息中心); anywhere else it says who it is
placed as (
    select
        measured.*,
        full_names.base_stem is not null as is_named_in_full_elsewhere,
        measured.base_stem is null
        and measured.above_key is not null
        and publishers.base_key is null
        and measured.base_key not like concat(measured.above_key, '%')
        and (measured.province_prefix = '' or measured.base_key not like concat(measured.province_prefix, '%')) as is_relative
    from measured
    left join publishers
        on publishers.base_key = measured.base_key
        and coalesce(publishers.division_code, '') = coalesce(measured.division_code, '')
    left join full_names
        on full_names.base_stem = measured.base_key
        and full_names.above_key = measured.above_key
        and coalesce(full_names.division_code, '') = coalesce(measured.division_code, '')
),

completed as (
    select
        placed.*,
        case when is_relative and not is_named_in_full_elsewhere then concat(above_key, base_key) else base_key end as full_key
    from placed
),

keyed as (
    select
        document_id,
        agency_name_key,
        agency_name,
        agency_code,
        division_code,
        fiscal_year,
        is_publisher,
        is_superior,
        amount_count,
        coalesce({{ without_division('full_key') }}, full_key) as stem,
        coalesce(
            first_rule,
            case
                when base_key <> agency_name_key then 'qualifier'
                when full_key <> base_key then 'unit_of_publisher'
                else 'division'
            end
        ) as rule
    from completed
),

-- six digits and more are one agency's in the budget of a government; departments alone have shorter codes, and give them up
stems_of_codes as (
    select
        division_code,
        agency_code,
        stem,
        row_number() over (
            partition by division_code, agency_code
            order by max(fiscal_year) desc, max(is_publisher) desc, sum(amount_count) desc, stem
        ) as preference
    from keyed
    where length(agency_code) >= 6
        and division_code is not null
        and agency_name_key <> agency_code
    group by division_code, agency_code, stem
),

joined_by_code as (
    select
        others.division_code,
        others.stem,
        min(preferred.stem) as same_stem
    from stems_of_codes as others
    inner join stems_of_codes as preferred
        on preferred.division_code = others.division_code
        and preferred.agency_code = others.agency_code
        and preferred.preference = 1
    where others.stem <> preferred.stem
    group by others.division_code, others.stem
),

joined as (
    select
        keyed.*,
        coalesce(second.same_stem, first.same_stem, keyed.stem) as agency_stem,
        case when first.same_stem is null then keyed.rule else 'same_code' end as joined_by
    from keyed
    left join joined_by_code as first
        on first.division_code = keyed.division_code
        and first.stem = keyed.stem
    left join joined_by_code as second
        on second.division_code = keyed.division_code
        and second.stem = first.same_stem
        and second.same_stem <> keyed.stem
),

agency_names as (
    select
        {{ surrogate_key(['division_code', 'agency_stem']) }} as agency_key,
        agency_stem,
        document_id,
        agency_name_key,
        agency_name,
        agency_code,
        division_code,
        fiscal_year,
        is_publisher = 1 as is_publisher,
        is_superior,
        amount_count,
        joined_by
    from joined
)

select * from agency_names
