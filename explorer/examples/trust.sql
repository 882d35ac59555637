-- How much of a disclosure is proved by its own sums? 一份公开文件中有多少金额经勾稽验证？
select
    file_name,
    publisher_name,
    count(*) as amounts,
    count(*) filter (where proof = 'proved') as proved,
    count(*) filter (where proof = 'contradicted') as contradicted,
    round(100.0 * count(*) filter (where proof = 'proved') / count(*), 1) as proved_percent
from marts.budget_amounts
group by all
order by proved_percent, file_name
