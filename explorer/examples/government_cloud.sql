-- Who pays how much for government clouds? 谁在为政务云花钱，花多少？
-- Leaves of the project tables only, and no unit's money that its department's document already contains.
-- Two project tables may list the same project: compare statements before adding them up.
select
    publisher_name,
    fiscal_year,
    statement,
    project_name,
    sum(amount_yuan) / 10000 as amount_wan
from marts.budget_amounts_consolidated
where contains(project_name, '政务云')
    and measure = 'total'
    and fund_source = 'general_public'
    and period = 'this_year'
group by all
order by amount_wan desc, project_name
