with identities as (
    select * from {{ ref('int_identities') }}
),

-- 1. Zero has no scale.
compared as (
    select
        *,
        case when expected_yuan <> 0 and actual_yuan <> 0 then actual_yuan / expected_yuan end as ratio
    from identities
    where family in ('prose_table', 'same_figure')
)

select
    document_id,
    'scale' as kind,
    table_number,
    statement,
    cast(null as integer) as line,
    cast(null as integer) as page,
    concat(subject, ' ', places) as text,
    concat('“', subject, '”一处是另一处的一万倍，金额单位可能印错（', places, '）') as message,
    coalesce(ratio between 9990 and 10010 or ratio between 0.0000999 and 0.0001001, false) as is_finding
from compared
