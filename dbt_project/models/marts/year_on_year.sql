with speaking as (
    select * from {{ ref('int_newest_headlines') }}
),

compared as (
    select
        speaking.agency_key,
        speaking.agency_name,
        speaking.document_kind,
        speaking.is_publisher,
        speaking.phase,
        speaking.figure,
        speaking.fiscal_year,
        speaking.amount_yuan,
        before.fiscal_year as previous_fiscal_year,
        before.amount_yuan as previous_amount_yuan,
        cast(speaking.amount_yuan - before.amount_yuan as decimal(20, 2)) as change_yuan,
        case
            when before.amount_yuan <> 0
                then cast(round(100 * (speaking.amount_yuan - before.amount_yuan) / before.amount_yuan, 2) as decimal(18, 2))
        end as change_percent,
        speaking.proof,
        before.proof as previous_proof,
        speaking.document_id,
        before.document_id as previous_document_id,
        speaking.amount_id,
        before.amount_id as previous_amount_id
    from speaking
    inner join speaking as before
        on before.agency_key = speaking.agency_key
        and before.document_kind = speaking.document_kind
        and before.is_publisher = speaking.is_publisher
        and before.phase = speaking.phase
        and before.figure = speaking.figure
        and before.fiscal_year = speaking.fiscal_year - 1
)

select * from compared
