{{ config(severity='warn') }}

-- Rows that budget_amounts_additive offers for adding, whose sum is not the printed total although no identity fails among them.
select * from {{ ref('additive_totals') }}
where verdict = 'differs'
