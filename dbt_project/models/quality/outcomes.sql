with documents as (
    select * from {{ ref('int_current_documents') }}
),

checks as (
    select * from {{ ref('check_catalogue') }}
),

findings as (
    select * from {{ ref('findings') }}
),

examined as (
    select * from {{ ref('int_examined') }}
),

-- the complete index first, so that no pair can be lost by what was or was not found
grid as (
    select
        documents.document_id,
        documents.file_name,
        checks.check_id,
        checks.kind,
        checks.absent,
        checks.absent_en
    from documents
    cross join checks
),

-- a comparison across documents is an outcome of both
told as (
    select document_id, check_id, verdict, acknowledged
    from findings
    union all
    select other_document_id as document_id, check_id, verdict, acknowledged
    from findings
    where other_document_id is not null
),

counted as (
    select
        document_id,
        check_id,
        count(*) as instances,
        sum(case when verdict in ('source_error', 'damaged_text', 'missing') then 1 else 0 end) as findings,
        sum(case when verdict in ('source_error', 'damaged_text', 'missing') and acknowledged then 1 else 0 end) as acknowledged
    from told
    group by document_id, check_id
),

filled as (
    select
        grid.document_id,
        grid.file_name,
        grid.check_id,
        grid.absent,
        grid.absent_en,
        -- what is noticed was looked at, even where a check does not count what it looks at
        cast(greatest(coalesce(examined.instances, 0), coalesce(counted.instances, 0)) as integer) as instances,
        cast(coalesce(counted.findings, 0) as integer) as findings,
        cast(coalesce(counted.acknowledged, 0) as integer) as acknowledged
    from grid
    left join counted
        on counted.document_id = grid.document_id
        and counted.check_id = grid.check_id
    left join examined
        on examined.document_id = grid.document_id
        and examined.check_id = grid.check_id
),

outcomes as (
    select
        document_id,
        file_name,
        check_id,
        case
            when findings > 0 then 'finding'
            when instances > 0 then 'holds'
            else 'not_applicable'
        end as outcome,
        case when instances = 0 then absent end as reason,
        case when instances = 0 then absent_en end as reason_en,
        instances,
        findings,
        acknowledged
    from filled
)

select * from outcomes
