with instances as (
    select * from {{ ref('int_finding_instances') }}
),

documents as (
    select * from {{ ref('int_current_documents') }}
),

history as (
    select
        fingerprint,
        min(first_seen) as first_seen,
        max(closed_at) as closed_at,
        max(reopened_at) as reopened_at
    from {{ source('quality_history', 'finding_history') }}
    group by fingerprint
),

acknowledgements as (
    select
        fingerprint,
        max(acknowledged_by) as acknowledged_by,
        max(acknowledged_on) as acknowledged_on,
        max(acknowledged_why) as acknowledged_why
    from {{ source('quality_history', 'acknowledgements') }}
    group by fingerprint
),

checks as (
    select * from {{ ref('check_catalogue') }}
),

-- the same check on the same figures in the same disclosure (two columns of one row, two files): told apart by their order
placed as (
    select
        instances.*,
        documents.file_name,
        documents.disclosure_id,
        documents.publisher_name,
        documents.fiscal_year,
        documents.document_kind,
        {{ name_key('documents.publisher_name') }} as publisher_name_key,
        row_number() over (
            partition by
                instances.check_id, {{ name_key('documents.publisher_name') }}, documents.fiscal_year, documents.document_kind,
                instances.statement, instances.other_statement, instances.subject, instances.expected_yuan, instances.actual_yuan
            order by instances.table_number, instances.places, instances.finding_id
        ) as repetition
    from instances
    inner join documents
        on documents.document_id = instances.document_id
),

fingerprinted as (
    select
        placed.*,
        {{ surrogate_key([
            'check_id', 'publisher_name_key', 'fiscal_year', 'document_kind', 'statement', 'other_statement', 'subject',
            'expected_yuan', 'actual_yuan', 'repetition',
        ]) }} as fingerprint
    from placed
),

findings as (
    select
        fingerprinted.check_id,
        fingerprinted.family,
        fingerprinted.severity,
        fingerprinted.verdict,
        fingerprinted.document_id,
        fingerprinted.file_name,
        fingerprinted.statement,
        fingerprinted.other_statement,
        fingerprinted.subject,
        fingerprinted.expected_yuan,
        fingerprinted.actual_yuan,
        fingerprinted.difference_yuan,
        fingerprinted.tolerance_yuan,
        fingerprinted.places,
        fingerprinted.message,
        fingerprinted.message_en,
        fingerprinted.fingerprint,
        -- what holds is no finding, and has no first day
        case
            when fingerprinted.severity <> 'info'
                then coalesce(history.first_seen, cast('{{ run_started_at.strftime("%Y-%m-%d %H:%M:%S") }}' as timestamp))
        end as first_seen,
        acknowledgements.fingerprint is not null as acknowledged,
        -- appended to the contract
        fingerprinted.finding_id,
        fingerprinted.table_number,
        fingerprinted.disclosure_id,
        fingerprinted.publisher_name,
        fingerprinted.fiscal_year,
        -- closed findings are no longer here: quality.finding_history has them
        case
            when fingerprinted.severity = 'info' then null
            when history.fingerprint is null then 'new'
            when history.closed_at is not null then 'reopened'
            else 'open'
        end as state,
        case
            when fingerprinted.severity <> 'info' and history.closed_at is not null
                then cast('{{ run_started_at.strftime("%Y-%m-%d %H:%M:%S") }}' as timestamp)
            when fingerprinted.severity <> 'info' then history.reopened_at
        end as reopened_at,
        acknowledgements.acknowledged_by,
        acknowledgements.acknowledged_on,
        acknowledgements.acknowledged_why,
        fingerprinted.culprit,
        fingerprinted.culprit_place,
        fingerprinted.culprit_amount_id,
        fingerprinted.terms,
        fingerprinted.line,
        fingerprinted.page,
        fingerprinted.quoted,
        fingerprinted.other_document_id,
        coalesce(checks.version, 0) as check_version
    from fingerprinted
    left join history
        on history.fingerprint = fingerprinted.fingerprint
    left join acknowledgements
        on acknowledgements.fingerprint = fingerprinted.fingerprint
    left join checks
        on checks.check_id = fingerprinted.check_id
)

select * from findings
