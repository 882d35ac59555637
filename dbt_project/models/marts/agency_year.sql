{%- set figures = [
    'total_revenue', 'total_expenditure', 'basic_expenditure', 'project_expenditure', 'appropriation', 'general_budget',
    'personnel', 'public', 'three_public', 'operating_expense', 'procurement',
] -%}

with figures as (
    select * from {{ ref('headline_figures') }}
),

-- a final account tells its own figures here; the budget that it prints beside them is in budget_versus_final_accounts
own as (
    select
        *,
        concat(
            statement,
            case when page is null then '' else concat(' 第', page, '页') end,
            case when line is null then '' else concat(' 行', line) end,
            case when evidence = 'sum_of_rows' then concat(' 起', amount_count, '行之和') else '' end
        ) as source
    from figures
    where phase = case when document_kind like '%_final_accounts' then 'final_accounts' else 'budget' end
),

wide as (
    select
        document_id,
        file_name,
        disclosure_id,
        document_kind,
        fiscal_year,
        division_code,
        agency_key,
        agency_name,
        is_publisher,
        is_publisher and document_kind like 'department_%' as includes_units,
        counted_in,
        {%- for figure in figures %}
        max(case when figure = '{{ figure }}' then amount_yuan end) as {{ figure }}_yuan,
        max(case when figure = '{{ figure }}' then source end) as {{ figure }}_source,
        max(case when figure = '{{ figure }}' then proof end) as {{ figure }}_proof,
        max(case when figure = '{{ figure }}' then amount_id end) as {{ figure }}_amount_id{{ "," if not loop.last }}
        {%- endfor %}
    from own
    group by
        document_id, file_name, disclosure_id, document_kind, fiscal_year, division_code, agency_key, agency_name, is_publisher, counted_in
)

select * from wide
