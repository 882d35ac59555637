with recursive register as (
    select * from {{ ref('stg_register') }}
),

documents as (
    select * from {{ ref('stg_documents') }}
),

amounts as (
    select * from {{ ref('stg_amounts') }}
),

-- what could not be read is no version, and what was withdrawn is gone
readable as (
    select register.*
    from register
    inner join documents
        on documents.document_id = register.document_id
    where register.landing_status in ('landed', 'superseded')
),

-- from the newest version back: each version leads to the one that took its place
chains as (
    select
        newest.document_id,
        newest.document_id as latest_document_id,
        0 as successors
    from readable as newest
    left join readable as successor
        on successor.document_id = newest.superseded_by
    where successor.document_id is null

    union all

    select
        older.document_id,
        chains.latest_document_id,
        chains.successors + 1 as successors
    from chains
    inner join readable as older
        on older.superseded_by = chains.document_id
),

amounts_per_document as (
    select
        document_id,
        count(*) as amount_count
    from amounts
    group by document_id
),

numbered as (
    select
        readable.document_id,
        chains.latest_document_id,
        row_number() over (
            partition by chains.latest_document_id
            order by chains.successors desc, readable.landed_at, readable.document_id
        ) as version_number,
        count(*) over (partition by chains.latest_document_id) as version_count
    from chains
    inner join readable
        on readable.document_id = chains.document_id
),

dimension as (
    select
        -- version
        numbered.document_id,
        numbered.latest_document_id,
        cast(numbered.version_number as integer) as version_number,
        cast(numbered.version_count as integer) as version_count,
        readable.landing_status = 'landed' as is_current,
        readable.landed_at as valid_from,
        readable.superseded_at as valid_to,
        readable.superseded_by,
        -- document
        readable.file_name,
        readable.relative_path,
        readable.source_url,
        readable.retrieved_on,
        documents.document_title,
        documents.document_kind,
        documents.fiscal_year,
        documents.publisher_name,
        documents.division_code,
        cast(coalesce(amounts_per_document.amount_count, 0) as bigint) as amount_count,
        documents.parser_version
    from numbered
    inner join readable
        on readable.document_id = numbered.document_id
    inner join documents
        on documents.document_id = numbered.document_id
    left join amounts_per_document
        on amounts_per_document.document_id = numbered.document_id
)

select * from dimension
