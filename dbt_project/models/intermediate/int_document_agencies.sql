with amounts as (
    select * from {{ ref('int_current_amounts') }}
),

documents as (
    select * from {{ ref('int_current_documents') }}
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

united as (
    select *, false as is_publisher from printed_on_rows
    union all
    select *, true as is_publisher from publishers
),

keyed as (
    select
        {{ agency_key('division_code', 'agency_name') }} as agency_key,
        {{ name_key('agency_name') }} as agency_name_key,
        united.*
    from united
)

select * from keyed
