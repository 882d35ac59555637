with amounts as (
    select * from {{ ref('int_current_amounts') }}
),

united as (
    select 'functional' as scheme, classification_code as code, classification_name as name, fiscal_year, document_id, code_source
    from amounts
    union all
    select 'department' as scheme, economic_code as code, economic_name as name, fiscal_year, document_id, code_source
    from amounts
    union all
    select 'government' as scheme, government_economic_code as code, government_economic_name as name, fiscal_year, document_id, code_source
    from amounts
),

keyed as (
    select
        scheme,
        code,
        fiscal_year,
        document_id,
        case when code_source = 'printed' then 1 else 0 end as is_printed,
        {{ name_key('name') }} as name_key,
        {{ remove_white_space('name') }} as name
    from united
    where code is not null
),

-- a name that was looked up for a row without a code says nothing about what the document prints
names_of_documents as (
    select
        scheme,
        code,
        fiscal_year,
        document_id,
        name_key,
        max(name) as name,
        max(is_printed) as is_printed,
        count(*) as amount_count
    from keyed
    group by scheme, code, fiscal_year, document_id, name_key
)

select * from names_of_documents
