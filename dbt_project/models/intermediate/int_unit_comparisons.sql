{{ config(materialized='table') }}

with containment as (
    select * from {{ ref('int_document_containment') }}
),

documents as (
    select * from {{ ref('int_current_documents') }}
),

amounts as (
    select
        amounts.*,
        {{ name_key('agency_label') }} as agency_key,
        -- the same place in two documents; the label tells rows apart that have neither code nor project, and names no agency
        {{ surrogate_key([
            'statement', 'side', 'measure', 'fund_source', 'classification_code', 'economic_code', 'government_economic_code',
            name_key('project_name'),
            "case when coalesce(classification_code, economic_code, government_economic_code, project_name) is null and row_kind = 'detail'"
            ~ " and " ~ name_key('line_item') ~ " <> " ~ name_key('agency_label') ~ " then " ~ name_key('line_item') ~ " end",
        ]) }} as place_key
    from {{ ref('int_current_amounts') }} as amounts
    where period = 'this_year'
        and occurrence = 1
        and statement <> 'department_performance'
),

units as (
    select
        containment.document_id,
        containment.counted_in,
        documents.publisher_code,
        {{ name_key('documents.publisher_name') }} as publisher_key
    from containment
    inner join documents
        on documents.document_id = containment.document_id
),

unit_rows as (
    select
        amounts.*,
        units.counted_in,
        count(*) over (partition by amounts.document_id, amounts.place_key) as printings
    from amounts
    inner join units
        on units.document_id = amounts.document_id
),

-- only rows that name the unit themselves: what stands below no agency belongs to the whole department
department_rows as (
    select
        amounts.*,
        units.document_id as unit_id,
        count(*) over (partition by units.document_id, amounts.place_key) as printings
    from amounts
    inner join units
        on units.counted_in = amounts.document_id
        and (units.publisher_key = amounts.agency_key or units.publisher_code = amounts.agency_code)
    where amounts.agency_source <> 'publisher'
        and amounts.row_kind <> 'total'
),

-- the unit's total stands in the department's row of the unit, which has no code either
pairs as (
    select
        department_rows.amount_id as first_id,
        unit_rows.amount_id as second_id,
        unit_rows.document_id,
        unit_rows.counted_in
    from unit_rows
    inner join department_rows
        on department_rows.unit_id = unit_rows.document_id
        and department_rows.place_key = unit_rows.place_key
    where unit_rows.printings = 1
        and department_rows.printings = 1
),

same_figures as (
    select
        {{ surrogate_key(["'unit_department.same_figure'", 'pairs.first_id', 'pairs.second_id']) }} as identity_id,
        'unit_department.same_figure' as check_id,
        pairs.document_id as owner_id,
        pairs.counted_in as other_document_id,
        case when amounts.amount_id = pairs.first_id then 'first' else 'second' end as role,
        amounts.*
    from pairs
    inner join amounts
        on amounts.amount_id in (pairs.first_id, pairs.second_id)
),

-- every agency that the department's rows name has its own document here
covered as (
    select
        named.document_id
    from (
        select distinct document_id, agency_key
        from amounts
        where agency_source <> 'publisher'
            and agency_name is not null
    ) as named
    inner join documents
        on documents.document_id = named.document_id
    left join units
        on units.counted_in = named.document_id
        and units.publisher_key = named.agency_key
    where documents.document_kind in ('department_budget', 'department_final_accounts')
    group by named.document_id
    having count(*) > 1
        and count(units.document_id) = count(*)
),

totals as (
    select
        amounts.*,
        row_number() over (partition by document_id order by table_number, row_number, column_number) as nth
    from amounts
    where statement = 'expenditure_summary'
        and measure = 'total'
        and fund_source = 'all'
        and row_kind = 'total'
),

sums as (
    select
        {{ surrogate_key(["'unit_department.sum'", 'covered.document_id']) }} as identity_id,
        'unit_department.sum' as check_id,
        covered.document_id as owner_id,
        cast(null as {{ dbt.type_string() }}) as other_document_id,
        case when totals.document_id = covered.document_id then 'total' else 'part' end as role,
        totals.*
    from covered
    inner join units
        on units.counted_in = covered.document_id
    inner join totals
        on totals.document_id in (covered.document_id, units.document_id)
        and totals.nth = 1
),

distinct_sums as (
    select distinct * from sums
),

united as (
    select
        identity_id, check_id, owner_id, other_document_id, role, amount_id, document_id, table_number, statement, line, page,
        amount_yuan, quantum_yuan, coalesce(line_item, project_name, agency_label) as label, measure, fund_source
    from same_figures
    union all
    select
        identity_id, check_id, owner_id, other_document_id, role, amount_id, document_id, table_number, statement, line, page,
        amount_yuan, quantum_yuan, agency_label as label, measure, fund_source
    from distinct_sums
),

subjects as (
    select
        identity_id,
        max(concat(label, ' ', measure, '/', fund_source)) as subject
    from united
    where role in ('second', 'total')
    group by identity_id
),

keyed as (
    select
        united.identity_id,
        united.check_id,
        united.owner_id,
        united.other_document_id,
        subjects.subject,
        united.amount_id as pair,
        united.role,
        united.amount_id,
        united.document_id,
        united.table_number,
        united.statement,
        united.line,
        united.page,
        united.amount_yuan,
        united.quantum_yuan,
        united.label
    from united
    inner join subjects
        on subjects.identity_id = united.identity_id
)

select * from keyed
