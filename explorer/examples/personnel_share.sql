-- What share of basic expenditure is personnel? 人员经费占基本支出多少？
select
    publisher_name,
    fiscal_year,
    max(amount_yuan) filter (where measure = 'basic/personnel') / 10000 as personnel_wan,
    max(amount_yuan) filter (where measure = 'total') / 10000 as basic_wan,
    round(
        100.0 * max(amount_yuan) filter (where measure = 'basic/personnel') / max(amount_yuan) filter (where measure = 'total'),
        1
    ) as personnel_percent
from marts.budget_amounts
where statement = 'general_budget_basic_by_economic'
    and row_kind = 'total'
    and period = 'this_year'
group by all
order by personnel_percent desc
