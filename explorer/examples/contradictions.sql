-- Which printed figures contradict each other, and by how much? 哪些数字互相矛盾，差多少？
select
    publisher_name,
    fiscal_year,
    severity,
    expected_yuan / 10000 as expected_wan,
    actual_yuan / 10000 as actual_wan,
    difference_yuan / 10000 as difference_wan,
    message
from quality.findings
where verdict = 'source_error'
order by severity, abs(difference_yuan) desc, finding_id
