-- Where is a number printed, word for word? 这个数字原文印在哪里？
-- The lines of the text that hold the total of the three public items, personal data masked.
select
    amounts.publisher_name,
    amounts.file_name,
    amounts.page,
    amounts.line,
    amounts.amount_printed,
    amounts.unit_printed,
    lines.text,
    amounts.amount_id
from marts.budget_amounts as amounts
inner join staging.lines as lines
    on lines.document_id = amounts.document_id
    and lines.line = amounts.line
where amounts.statement = 'three_public'
    and amounts.row_kind = 'total'
order by amounts.publisher_name, amounts.line, amounts.column_number
