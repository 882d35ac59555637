with documents as (
    select * from {{ ref('dim_document') }}
),

register as (
    select * from {{ ref('stg_register') }}
),

tables as (
    select * from {{ ref('stg_tables') }}
),

amounts as (
    select * from {{ ref('fct_budget_amount') }}
),

notices as (
    select * from {{ ref('stg_notices') }}
),

statements as (
    select * from {{ ref('dim_statement') }}
    where statement <> 'other'
),

disclosures as (
    select
        disclosure_id,
        max(publisher_agency_key) as agency_key,
        max(publisher_name) as publisher_name,
        max(division_code) as division_code,
        max(fiscal_year) as fiscal_year,
        max(document_kind) as document_kind,
        count(*) as file_count
    from documents
    group by disclosure_id
),

amounts_per_table as (
    select
        document_id,
        table_number,
        statement,
        count(*) as amount_count
    from amounts
    group by document_id, table_number, statement
),

-- a table may hold two statements (“三公”经费和机关运行经费), so its amounts tell of statements too
found as (
    select
        documents.disclosure_id,
        tables.statement,
        tables.document_id,
        case when tables.is_empty then 1 else 0 end as is_empty,
        tables.empty_note,
        0 as amount_count
    from tables
    inner join documents
        on documents.document_id = tables.document_id
    union all
    select
        documents.disclosure_id,
        amounts_per_table.statement,
        amounts_per_table.document_id,
        0 as is_empty,
        cast(null as {{ dbt.type_string() }}) as empty_note,
        amounts_per_table.amount_count
    from amounts_per_table
    inner join documents
        on documents.document_id = amounts_per_table.document_id
),

found_per_statement as (
    select
        disclosure_id,
        statement,
        sum(amount_count) as amount_count,
        max(is_empty) as is_empty,
        max(empty_note) as empty_note,
        min(case when amount_count > 0 then document_id end) as document_with_amounts,
        min(document_id) as document_id
    from found
    group by disclosure_id, statement
),

promised as (
    select
        documents.disclosure_id,
        notices.statement,
        max(notices.text) as contents_title,
        min(notices.document_id) as document_id
    from notices
    inner join documents
        on documents.document_id = notices.document_id
    where notices.kind = 'missing_table'
        and notices.statement is not null
    group by documents.disclosure_id, notices.statement
),

matrix as (
    select
        disclosures.disclosure_id,
        disclosures.agency_key,
        disclosures.publisher_name,
        disclosures.division_code,
        disclosures.fiscal_year,
        disclosures.document_kind,
        statements.statement,
        case
            when found_per_statement.amount_count > 0 then 'present'
            when found_per_statement.is_empty = 1 then 'printed_empty'
            when found_per_statement.statement is not null then 'not_read'
            when promised.statement is not null then 'promised_but_absent'
            else 'not_promised'
        end as status,
        cast(coalesce(found_per_statement.amount_count, 0) as bigint) as amount_count,
        coalesce(found_per_statement.document_with_amounts, found_per_statement.document_id, promised.document_id) as document_id,
        case
            when found_per_statement.amount_count > 0 then null
            else coalesce(found_per_statement.empty_note, promised.contents_title)
        end as note
    from disclosures
    cross join statements
    left join found_per_statement
        on found_per_statement.disclosure_id = disclosures.disclosure_id
        and found_per_statement.statement = statements.statement
    left join promised
        on promised.disclosure_id = disclosures.disclosure_id
        and promised.statement = statements.statement
),

-- a file in quarantine may hold any statement; who published it only the manifest can say
unread as (
    select
        document_id as disclosure_id,
        cast(null as {{ dbt.type_string() }}) as agency_key,
        publisher_hint as publisher_name,
        cast(null as {{ dbt.type_string() }}) as division_code,
        cast(null as {{ dbt.type_int() }}) as fiscal_year,
        cast(null as {{ dbt.type_string() }}) as document_kind,
        cast(null as {{ dbt.type_string() }}) as statement,
        'not_read' as status,
        cast(0 as bigint) as amount_count,
        document_id,
        concat(file_name, '：', landing_reason) as note
    from register
    where landing_status = 'quarantined'
),

united as (
    select * from matrix
    union all
    select * from unread
)

select * from united
