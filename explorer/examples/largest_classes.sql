-- On which functional classes is the money spent? 钱花在哪些功能分类上？
-- The consolidated view counts no money twice, so these sums may be added over publishers.
select
    amounts.fiscal_year,
    left(amounts.classification_code, 3) as class_code,
    any_value(classes.class_name) as class_name,
    sum(amounts.amount_yuan) / 10000 as amount_wan,
    count(distinct amounts.publisher_name) as publishers
from marts.budget_amounts_consolidated as amounts
left join marts.dim_classification_code as classes
    on classes.classification_code = amounts.classification_code
    and classes.classification_name = amounts.classification_name
where amounts.statement = 'expenditure_summary'
    and amounts.breakdown = 'function'
    and amounts.measure = 'total'
    and amounts.period = 'this_year'
group by all
order by amounts.fiscal_year, amount_wan desc
