with amounts as (
    select * from {{ ref('fct_budget_amount') }}
),

documents as (
    select * from {{ ref('dim_document') }}
),

places as (
    select * from {{ ref('headline_figure') }}
),

phased as (
    select
        amounts.*,
        documents.publisher_agency_key,
        case
            when amounts.period = 'budget' then 'budget'
            when documents.document_kind like '%_final_accounts' then 'final_accounts'
            else 'budget'
        end as phase
    from amounts
    inner join documents
        on documents.document_id = amounts.document_id
    where amounts.period in ('this_year', 'budget', 'final_accounts')
        and amounts.occurrence = 1
),

placed as (
    select
        phased.*,
        places.figure,
        places.preference,
        places.evidence,
        places.row_pattern,
        places.economic_codes
    from phased
    inner join places
        on places.statement = phased.statement
        and places.side = phased.side
        and places.measure = phased.measure
        and places.fund_source = phased.fund_source
),

-- a printed total is the publisher's; a row that names another agency and nothing else is that agency's
printed as (
    select
        document_id,
        case when row_kind = 'total' then publisher_agency_key else agency_key end as agency_key,
        figure,
        phase,
        preference,
        statement,
        case when row_kind = 'total' then 'printed_total' else 'printed_row' end as evidence,
        amount_id,
        amount_yuan,
        proof,
        page,
        line,
        1 as amount_count
    from placed
    where placed.evidence = 'total'
        and (
            (row_kind = 'total' and (row_pattern is null or line_item like row_pattern))
            or (
                row_pattern is null
                and row_kind <> 'total'
                and agency_source = 'row'
                and agency_key <> publisher_agency_key
                and classification_code is null
                and economic_code is null
                and project_key is null
            )
        )
),

-- several totals stand in one column (本年收入合计 above 收入总计): the last and largest is the whole
ranked as (
    select
        *,
        row_number() over (
            partition by document_id, agency_key, figure, phase, preference
            order by amount_yuan desc, line desc, amount_id
        ) as rank_of_amount
    from printed
),

rows_of_figures as (
    select
        document_id,
        publisher_agency_key as agency_key,
        figure,
        phase,
        preference,
        statement,
        cast(null as {{ dbt.type_string() }}) as breakdown,
        amount_yuan,
        proof,
        page,
        line
    from placed
    where evidence = 'classes'
        and length(economic_code) = 3
        and concat('|', economic_codes, '|') like concat('%|', economic_code, '|%')
    union all
    -- a unit without a row of its own has the rows that stand below its name
    select
        document_id,
        agency_key,
        figure,
        phase,
        10 + preference as preference,
        statement,
        breakdown,
        amount_yuan,
        proof,
        page,
        line
    from placed
    where evidence = 'total'
        and row_pattern is null
        and is_leaf
        and agency_source in ('row', 'rollup')
        and agency_key <> publisher_agency_key
),

summed as (
    select
        document_id,
        agency_key,
        figure,
        phase,
        preference,
        statement,
        'sum_of_rows' as evidence,
        cast(null as {{ dbt.type_string() }}) as amount_id,
        cast(sum(amount_yuan) as decimal(20, 2)) as amount_yuan,
        case
            when max(case when proof = 'contradicted' then 1 else 0 end) = 1 then 'contradicted'
            when max(case when proof = 'unproved' then 1 else 0 end) = 1 then 'unproved'
            else 'proved'
        end as proof,
        min(page) as page,
        min(line) as line,
        count(*) as amount_count
    from rows_of_figures
    group by document_id, agency_key, figure, phase, preference, statement, breakdown
),

united as (
    select
        document_id, agency_key, figure, phase, preference, statement, evidence, amount_id, amount_yuan, proof, page, line, amount_count
    from ranked
    where rank_of_amount = 1
    union all
    select
        document_id, agency_key, figure, phase, preference, statement, evidence, amount_id, amount_yuan, proof, page, line, amount_count
    from summed
)

select * from united
