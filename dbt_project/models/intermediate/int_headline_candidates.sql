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
        end as phase,
        -- 会议费 and 培训费 may stand beside the “三公” items
        amounts.statement = 'three_public' and (amounts.line_item like '%会议费%' or amounts.line_item like '%培训费%') as is_beside
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
    where (evidence = 'row' and row_kind <> 'detail' and line_item like row_pattern)
        or (evidence = 'total' and row_kind = 'total' and (row_pattern is null or line_item like row_pattern))
        or (
            evidence = 'total'
            and row_pattern is null
            and row_kind <> 'total'
            and agency_source = 'row'
            and agency_key <> publisher_agency_key
            and classification_code is null
            and economic_code is null
            and project_key is null
        )
),

items as (
    select
        document_id,
        table_number,
        agency_key,
        measure,
        fund_source,
        period,
        sum(amount_yuan) as amount_yuan,
        sum(case when is_beside then 0 else amount_yuan end) as three_public_yuan
    from phased
    where statement = 'three_public'
        and is_leaf
    group by document_id, table_number, agency_key, measure, fund_source, period
),

-- a total that is nearer to the sum with what stands beside the items than to the sum without it is not that of the “三公”
with_meetings as (
    select phased.amount_id
    from phased
    inner join items
        on items.document_id = phased.document_id
        and items.table_number = phased.table_number
        and items.agency_key = phased.agency_key
        and items.measure = phased.measure
        and items.fund_source = phased.fund_source
        and items.period = phased.period
    where phased.statement = 'three_public'
        and abs(phased.amount_yuan - items.amount_yuan) < abs(phased.amount_yuan - items.three_public_yuan)
),

-- several totals stand in one column (本年收入合计 above 收入总计): the last and largest is the whole
ranked as (
    select
        printed.*,
        row_number() over (
            partition by printed.document_id, printed.agency_key, printed.figure, printed.phase, printed.preference
            order by printed.amount_yuan desc, printed.line desc, printed.amount_id
        ) as rank_of_amount
    from printed
    left join with_meetings
        on with_meetings.amount_id = printed.amount_id
    where with_meetings.amount_id is null
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
        and coalesce(is_beside, false) = false
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
