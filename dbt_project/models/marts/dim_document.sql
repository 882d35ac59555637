with documents as (
    select * from {{ ref('int_current_documents') }}
),

containment as (
    select * from {{ ref('int_document_containment') }}
),

tables as (
    select * from {{ ref('stg_tables') }}
),

amounts as (
    select * from {{ ref('stg_amounts') }}
),

publishers as (
    select document_id, agency_key
    from {{ ref('int_agency_names') }}
    where is_publisher
),

tables_per_document as (
    select
        document_id,
        count(*) as table_count,
        sum(case when is_empty then 1 else 0 end) as empty_table_count
    from tables
    group by document_id
),

amounts_per_document as (
    select
        document_id,
        count(*) as amount_count
    from amounts
    group by document_id
),

dimension as (
    select
        documents.document_id,
        documents.disclosure_id,
        documents.file_name,
        documents.relative_path,
        documents.source_url,
        documents.media_type,
        documents.encoding,
        documents.bytes,
        documents.landed_at,
        documents.retrieved_on,
        documents.document_title,
        documents.document_kind,
        documents.fiscal_year,
        documents.publisher_name,
        documents.publisher_code,
        publishers.agency_key as publisher_agency_key,
        documents.division_code,
        documents.division_name,
        documents.province_name,
        documents.page_count,
        documents.line_count,
        cast(coalesce(tables_per_document.table_count, 0) as bigint) as table_count,
        cast(coalesce(tables_per_document.empty_table_count, 0) as bigint) as empty_table_count,
        cast(coalesce(amounts_per_document.amount_count, 0) as bigint) as amount_count,
        containment.counted_in,
        containment.counted_in_reason,
        documents.reader_version,
        documents.parser_version
    from documents
    left join publishers
        on publishers.document_id = documents.document_id
    left join containment
        on containment.document_id = documents.document_id
    left join tables_per_document
        on tables_per_document.document_id = documents.document_id
    left join amounts_per_document
        on amounts_per_document.document_id = documents.document_id
)

select * from dimension
