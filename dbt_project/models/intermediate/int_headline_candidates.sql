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

-- a printed total is the publisher's; a row that names another agency and nothing else is that agency's
printed as (
    select
        phased.document_id,
        case when phased.row_kind = 'total' then phased.publisher_agency_key else phased.agency_key end as agency_key,
        places.figure,
        phased.phase,
        places.preference,
        phased.statement,
        case when phased.row_kind = 'total' then 'printed_total' else 'printed_row' end as evidence,
        phased.amount_id,
        phased.amount_yuan,
        phased.proof,
        phased.page,
        phased.line,
        1 as amount_count
    from phased
    inner join places
        on places.statement = phased.statement
        and places.side = phased.side
        and places.measure = phased.measure
        and places.fund_source = phased.fund_source
    where places.evidence = 'total'
        and (
            (phased.row_kind = 'total' and (places.row_pattern is null or phased.line_item like places.row_pattern))
            or (
                places.row_pattern is null
                and phased.row_kind <> 'total'
                and phased.agency_source = 'row'
                and phased.agency_key <> phased.publisher_agency_key
                and phased.classification_code is null
                and phased.economic_code is null
                and phased.project_key is null
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

classes as (
    select
        phased.document_id,
        phased.publisher_agency_key as agency_key,
        places.figure,
        phased.phase,
        places.preference,
        phased.statement,
        'sum_of_rows' as evidence,
        cast(null as {{ dbt.type_string() }}) as amount_id,
        cast(sum(phased.amount_yuan) as decimal(20, 2)) as amount_yuan,
        case
            when max(case when phased.proof = 'contradicted' then 1 else 0 end) = 1 then 'contradicted'
            when max(case when phased.proof = 'unproved' then 1 else 0 end) = 1 then 'unproved'
            else 'proved'
        end as proof,
        min(phased.page) as page,
        min(phased.line) as line,
        count(*) as amount_count
    from phased
    inner join places
        on places.statement = phased.statement
        and places.side = phased.side
        and places.measure = phased.measure
        and places.fund_source = phased.fund_source
    where places.evidence = 'classes'
        and length(phased.economic_code) = 3
        and concat('|', places.economic_codes, '|') like concat('%|', phased.economic_code, '|%')
    group by
        phased.document_id, phased.publisher_agency_key, places.figure, phased.phase, places.preference, phased.statement
),

-- a unit without a row of its own has the rows that stand below its name
of_units as (
    select
        phased.document_id,
        phased.agency_key,
        places.figure,
        phased.phase,
        10 + places.preference as preference,
        phased.statement,
        'sum_of_rows' as evidence,
        cast(null as {{ dbt.type_string() }}) as amount_id,
        cast(sum(phased.amount_yuan) as decimal(20, 2)) as amount_yuan,
        case
            when max(case when phased.proof = 'contradicted' then 1 else 0 end) = 1 then 'contradicted'
            when max(case when phased.proof = 'unproved' then 1 else 0 end) = 1 then 'unproved'
            else 'proved'
        end as proof,
        min(phased.page) as page,
        min(phased.line) as line,
        count(*) as amount_count
    from phased
    inner join places
        on places.statement = phased.statement
        and places.side = phased.side
        and places.measure = phased.measure
        and places.fund_source = phased.fund_source
    where places.evidence = 'total'
        and places.row_pattern is null
        and phased.is_leaf
        and phased.agency_source in ('row', 'rollup')
        and phased.agency_key <> phased.publisher_agency_key
    group by
        phased.document_id, phased.agency_key, places.figure, phased.phase, places.preference, phased.statement, phased.breakdown
),

united as (
    select
        document_id, agency_key, figure, phase, preference, statement, evidence, amount_id, amount_yuan, proof, page, line, amount_count
    from ranked
    where rank_of_amount = 1
    union all
    select
        document_id, agency_key, figure, phase, preference, statement, evidence, amount_id, amount_yuan, proof, page, line, amount_count
    from classes
    union all
    select
        document_id, agency_key, figure, phase, preference, statement, evidence, amount_id, amount_yuan, proof, page, line, amount_count
    from of_units
)

select * from united
