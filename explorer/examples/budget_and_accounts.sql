-- Budget beside final accounts: how much was planned and how much was spent? 预算多少，决算多少？
-- One row for each publisher and year of which a total is printed; a year with one kind of document has one figure.
select
    publisher_name,
    fiscal_year,
    max(amount_yuan) filter (where document_kind like '%_budget') / 10000 as budget_wan,
    max(amount_yuan) filter (where document_kind like '%_final_accounts') / 10000 as accounts_wan,
    accounts_wan - budget_wan as difference_wan
from marts.budget_amounts
where statement = 'revenue_expenditure_summary'
    and side = 'expenditure'
    and row_kind = 'total'
    and measure in ('amount', 'total')
    and fund_source = 'all'
    and period in ('this_year', 'final_accounts')
    and regexp_matches(line_item, '总计$')
group by all
order by publisher_name, fiscal_year
