with register as (
    select * from {{ ref('stg_register') }}
),

documents as (
    select * from {{ ref('stg_documents') }}
),

-- left join: a landed document that parsing lost must be seen by the checks, not vanish
current_documents as (
    select
        register.document_id,
        coalesce(documents.disclosure_id, register.document_id) as disclosure_id,
        register.file_name,
        register.relative_path,
        register.source_url,
        register.media_type,
        register.bytes,
        register.encoding,
        register.landed_at,
        register.retrieved_on,
        documents.document_title,
        documents.document_kind,
        documents.fiscal_year,
        documents.publisher_name,
        documents.publisher_code,
        documents.division_code,
        documents.division_name,
        documents.province_name,
        documents.page_count,
        documents.line_count,
        register.reader_version,
        documents.parser_version
    from register
    left join documents
        on documents.document_id = register.document_id
    where register.landing_status = 'landed'
)

select * from current_documents
