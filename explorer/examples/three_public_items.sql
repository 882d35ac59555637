-- What do the three public items come to, item by item? “三公”经费各是多少？
-- One column of the table is enough: the same money stands again under its fund source.
with
items as (
    select
        *,
        row_number() over (
            partition by document_id, line_item, row_kind
            order by fund_source = 'all' desc, column_number
        ) as preference
    from marts.budget_amounts
    where statement = 'three_public'
        and period = 'this_year'
)

select
    publisher_name,
    fiscal_year,
    row_kind,
    line_item,
    amount_yuan / 10000 as amount_wan,
    proof
from items
where preference = 1
order by publisher_name, fiscal_year, row_number, column_number
