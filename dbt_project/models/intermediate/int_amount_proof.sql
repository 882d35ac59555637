with terms as (
    select * from {{ ref('int_identity_terms') }}
),

identities as (
    select * from {{ ref('int_identities') }}
),

verdicts as (
    select
        terms.amount_id,
        max(case when identities.verdict = 'contradicted' then 1 else 0 end) as is_contradicted,
        max(case when identities.verdict in ('holds', 'rounding') then 1 else 0 end) as is_confirmed
    from terms
    inner join identities
        on identities.identity_id = terms.identity_id
    where terms.amount_id is not null
        -- what one year says about another may have been changed in between by right
        and coalesce(identities.family, '') <> 'year_on_year'
    group by terms.amount_id
),

-- one failing identity outweighs any number that hold: the figure needs a look
proof as (
    select
        amount_id,
        case
            when is_contradicted = 1 then 'contradicted'
            when is_confirmed = 1 then 'proved'
            else 'unproved'
        end as proof
    from verdicts
)

select * from proof
