with identities as (
    select * from {{ ref('int_identities') }}
),

terms as (
    select * from {{ ref('int_identity_terms') }}
),

amounts as (
    select * from {{ ref('int_current_amounts') }}
),

claims as (
    select * from {{ ref('stg_claims') }}
),

contradicted as (
    select identity_id
    from identities
    where verdict = 'contradicted'
),

suspects as (
    select terms.*
    from terms
    inner join contradicted
        on contradicted.identity_id = terms.identity_id
),

-- how the other identities of each suspect came out
records as (
    select
        terms.amount_id,
        sum(case when identities.verdict = 'contradicted' then 0 else 1 end) as confirmed_count,
        sum(case when identities.verdict = 'contradicted' then 1 else 0 end) as contradicted_count
    from terms
    inner join identities
        on identities.identity_id = terms.identity_id
    where terms.amount_id in (select amount_id from suspects)
    group by terms.amount_id
),

described as (
    select
        suspects.identity_id,
        suspects.document_id,
        suspects.amount_id,
        suspects.role,
        suspects.amount_yuan,
        suspects.label,
        suspects.line,
        suspects.page,
        coalesce(amounts.table_number, 0) as table_number,
        concat(
            coalesce(amounts.amount_printed, claims.value_printed, cast(suspects.amount_yuan as {{ dbt.type_string() }})),
            coalesce(amounts.unit_printed, claims.unit, '元')
        ) as printed,
        case
            when suspects.page is not null then concat('第', suspects.page, '页')
            when suspects.line is not null then concat('行', suspects.line)
        end as place,
        coalesce(records.confirmed_count, 0) as confirmed_count,
        coalesce(records.contradicted_count, 1) as contradicted_count
    from suspects
    left join records
        on records.amount_id = suspects.amount_id
    left join amounts
        on amounts.amount_id = suspects.amount_id
    left join claims
        on claims.claim_id = suspects.amount_id
),

compared as (
    select
        described.*,
        sum(case when confirmed_count = 0 then 1 else 0 end) over (partition by identity_id) as uncleared_count,
        sum(case when contradicted_count > 1 then 1 else 0 end) over (partition by identity_id) as accused_count
    from described
),

-- the one term that nothing confirms while the others are confirmed; else the one term that several identities accuse
judged as (
    select
        compared.*,
        confirmed_count > 0 as is_cleared,
        case
            when uncleared_count = 1 then confirmed_count = 0
            when accused_count = 1 then contradicted_count > 1
            else false
        end as is_culprit
    from compared
)

select * from judged
