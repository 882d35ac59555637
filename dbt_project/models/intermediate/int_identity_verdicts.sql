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

families as (
    select * from {{ ref('check_family') }}
),

-- every table that holds a term, so that the second place of a comparison is looked at too
tables_of_identities as (
    select distinct
        terms.identity_id,
        amounts.document_id,
        amounts.table_number
    from terms
    inner join amounts
        on amounts.amount_id = terms.amount_id
    union
    select
        identity_id,
        document_id,
        table_number
    from identities
),

damage as (
    select
        tables_of_identities.identity_id,
        max(case when tables.damage_count > 0 or tables.header_lost then 1 else 0 end) as is_damaged
    from tables_of_identities
    inner join tables
        on tables.document_id = tables_of_identities.document_id
        and tables.table_number = tables_of_identities.table_number
    group by tables_of_identities.identity_id
),

-- the figure that the others are held against: its unit and column word the finding
heads as (
    select
        terms.identity_id,
        coalesce(max(amounts.unit_printed), max(claims.unit)) as unit_printed,
        max(amounts.measure) as measure,
        max(amounts.fund_source) as fund_source
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
        heads.unit_printed,
        heads.measure,
        heads.fund_source,
        second_places.table_number as other_table_number,
        case
            when identities.verdict in ('holds', 'rounding') then identities.verdict
            when damage.is_damaged = 1 then 'damaged_text'
            else 'source_error'
        end as verdict,
        case
            when identities.verdict in ('holds', 'rounding') then 'info'
            when damage.is_damaged = 1 then 'warning'
            else coalesce(families.severity_when_contradicted, 'warning')
        end as severity
    from identities
    left join damage
        on damage.identity_id = identities.identity_id
    left join heads
        on heads.identity_id = identities.identity_id
    left join second_places
        on second_places.identity_id = identities.identity_id
    left join families
        on families.family = identities.family
)

select * from verdicts
