with names as (
    select * from {{ ref('int_agency_names') }}
),

agencies as (
    select * from {{ ref('dim_agency') }}
),

mentions as (
    select * from {{ ref('int_document_agencies') }}
),

spellings as (
    select
        names.agency_key,
        mentions.agency_name as spelling,
        names.agency_name_key,
        names.joined_by,
        mentions.agency_code,
        names.document_id,
        names.fiscal_year,
        mentions.amount_count
    from names
    inner join mentions
        on mentions.document_id = names.document_id
        and mentions.agency_name_key = names.agency_name_key
),

named as (
    select
        spellings.*,
        agencies.agency_name,
        case
            when spellings.spelling = agencies.agency_name then 'preferred'
            when spellings.agency_name_key = {{ name_key('agencies.agency_name') }} then 'typography'
            else spellings.joined_by
        end as rule
    from spellings
    inner join agencies
        on agencies.agency_key = spellings.agency_key
),

-- documents may join one spelling by different rules; one of them is shown
counted as (
    select
        agency_key,
        agency_name,
        spelling,
        min(rule) as joined_by,
        max(agency_code) as agency_code,
        count(distinct document_id) as document_count,
        cast(sum(amount_count) as bigint) as amount_count,
        min(fiscal_year) as first_fiscal_year,
        max(fiscal_year) as last_fiscal_year
    from named
    group by agency_key, agency_name, spelling
)

select * from counted
