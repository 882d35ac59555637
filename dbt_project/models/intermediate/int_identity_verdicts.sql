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

tables as (
    select * from {{ ref('stg_tables') }}
),

suspects as (
    select * from {{ ref('int_suspect_terms') }}
),

checks as (
    select * from {{ ref('check_catalogue') }}
),

-- where cells may be lost: of a sum every table with a term, of a comparison the tables whose figure nothing else confirms
tables_of_identities as (
    select distinct
        identity_id,
        document_id,
        table_number
    from suspects
    where table_number > 0
        and (role in ('total', 'part') or not is_cleared)
),

-- a table most of whose identities fail is misread as a whole; one wrong total alone fails two or three
misread as (
    select
        document_id,
        table_number
    from identities
    where table_number is not null
    group by document_id, table_number
    having sum(case when verdict = 'contradicted' then 1 else 0 end) >= 5
        and sum(case when verdict = 'contradicted' then 1 else -1 end) > 0
),

damage as (
    select
        tables_of_identities.identity_id,
        max(case when tables.damage_count > 0 or tables.header_lost or misread.document_id is not null then 1 else 0 end) as is_damaged
    from tables_of_identities
    inner join tables
        on tables.document_id = tables_of_identities.document_id
        and tables.table_number = tables_of_identities.table_number
    left join misread
        on misread.document_id = tables_of_identities.document_id
        and misread.table_number = tables_of_identities.table_number
    group by tables_of_identities.identity_id
),

-- the figure that the others are held against: its unit and column word the finding
heads as (
    select
        terms.identity_id,
        coalesce(max(amounts.unit_printed), max(claims.unit)) as unit_printed,
        max(amounts.measure) as measure,
        max(amounts.fund_source) as fund_source,
        min(terms.line) as line,
        min(terms.page) as page
    from terms
    left join amounts
        on amounts.amount_id = terms.amount_id
    left join claims
        on claims.claim_id = terms.amount_id
        and claims.unit in ('元', '千元', '万元', '亿元')
    where terms.role in ('total', 'first')
    group by terms.identity_id
),

second_places as (
    select
        terms.identity_id,
        max(amounts.table_number) as table_number
    from terms
    inner join amounts
        on amounts.amount_id = terms.amount_id
    where terms.role = 'second'
    group by terms.identity_id
),

verdicts as (
    select
        identities.identity_id,
        identities.check_id,
        identities.family,
        identities.document_id,
        identities.table_number,
        identities.statement,
        identities.other_statement,
        identities.subject,
        identities.expected_yuan,
        identities.actual_yuan,
        identities.residual_yuan,
        identities.tolerance_yuan,
        identities.places,
        identities.term_count,
        identities.other_document_id,
        heads.unit_printed,
        heads.measure,
        heads.fund_source,
        heads.line,
        heads.page,
        second_places.table_number as other_table_number,
        case
            when identities.verdict in ('holds', 'rounding') then identities.verdict
            when damage.is_damaged = 1 then 'damaged_text'
            else 'source_error'
        end as verdict,
        case
            when identities.verdict in ('holds', 'rounding') then 'info'
            when damage.is_damaged = 1 and checks.severity = 'error' then 'warning'
            else coalesce(checks.severity, 'warning')
        end as severity
    from identities
    left join damage
        on damage.identity_id = identities.identity_id
    left join heads
        on heads.identity_id = identities.identity_id
    left join second_places
        on second_places.identity_id = identities.identity_id
    left join checks
        on checks.check_id = identities.check_id
)

select * from verdicts
