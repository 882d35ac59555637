with terms as (
    select * from {{ ref('int_comparison_terms') }}
),

-- one figure twice: one unit of the coarser place; a sum on either side: half a unit of every term (rule 3 of the design)
compared as (
    select
        identity_id,
        check_id,
        {{ dbt.split_part('check_id', "'.'", 1) }} as family,
        owner_id as document_id,
        max(other_document_id) as other_document_id,
        max(case when role in ('first', 'total') and document_id = owner_id then table_number end) as table_number,
        max(case when role in ('first', 'total') then statement end) as statement,
        max(case when role in ('second', 'part') then statement end) as other_statement,
        max(subject) as subject,
        cast(sum(case when role in ('first', 'total') then amount_yuan else 0 end) as decimal(20, 2)) as expected_yuan,
        cast(sum(case when role in ('second', 'part') then amount_yuan else 0 end) as decimal(20, 2)) as actual_yuan,
        cast(case when count(*) = 2 then max(quantum_yuan) else sum(quantum_yuan) / 2 end as decimal(20, 6)) as tolerance_yuan,
        cast(count(*) as integer) as term_count,
        {{ dbt.listagg(
            measure="case when page is not null then concat('第', page, '页') else concat('行', line) end",
            delimiter_text="'、'",
            order_by_clause="order by case when role in ('first', 'total') then 0 else 1 end, line, amount_id"
        ) }} as places
    from terms
    group by identity_id, check_id, owner_id
    -- a side may be lost with its document
    having min(role) <> max(role)
),

judged as (
    select
        compared.*,
        cast(actual_yuan - expected_yuan as decimal(20, 2)) as residual_yuan,
        case
            when actual_yuan = expected_yuan then 'holds'
            when abs(actual_yuan - expected_yuan) <= tolerance_yuan then 'rounding'
            else 'contradicted'
        end as verdict
    from compared
)

select * from judged
