with printed as (
    select * from {{ ref('int_printed_code_names') }}
),

names as (
    select * from {{ ref('int_code_names') }}
),

documents as (
    select * from {{ ref('dim_document') }}
),

compared as (
    select
        printed.scheme,
        printed.code,
        printed.fiscal_year,
        printed.document_id,
        documents.file_name,
        printed.name as name_printed,
        names.name as name_of_year,
        names.name_source,
        coalesce(printed.name_key = names.name_key, false) as is_name_of_year,
        printed.amount_count
    from printed
    inner join names
        on names.scheme = printed.scheme
        and names.code = printed.code
        and names.fiscal_year = printed.fiscal_year
    inner join documents
        on documents.document_id = printed.document_id
    where printed.is_printed = 1
        and printed.name is not null
)

select * from compared
