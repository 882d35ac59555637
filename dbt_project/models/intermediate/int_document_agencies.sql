with amounts as (
    select * from {{ ref('int_current_amounts') }}
),

documents as (
    select * from {{ ref('int_current_documents') }}
),

agencies as (
    select * from {{ ref('stg_agencies') }}
),

printed_on_rows as (
    select
        document_id,
        division_code,
        fiscal_year,
        agency_label as agency_name,
        agency_code,
        count(*) as amount_count
    from amounts
    where agency_label is not null
    group by document_id, division_code, fiscal_year, agency_label, agency_code
),

publishers as (
    select
        document_id,
        division_code,
        fiscal_year,
        publisher_name as agency_name,
        publisher_code as agency_code,
        0 as amount_count
    from documents
    where publisher_name is not null
),

-- 预算单位构成, 主管部门 and the like: agencies that the text names, most of them without an amount beside the name
named_in_text as (
    select
        documents.document_id,
        documents.division_code,
        documents.fiscal_year,
        agencies.agency_name,
        agencies.agency_code,
        0 as amount_count
    from agencies
    inner join documents
        on documents.document_id = agencies.document_id
),

united as (
    select *, false as is_publisher from printed_on_rows
    union all
    select *, true as is_publisher from publishers
    union all
    select *, false as is_publisher from named_in_text
),

keyed as (
    select
        {{ name_key('agency_name') }} as agency_name_key,
        united.*
    from united
)

select * from keyed
