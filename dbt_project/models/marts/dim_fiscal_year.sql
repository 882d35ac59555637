with documents as (
    select * from {{ ref('int_current_documents') }}
),

-- 预算法 article 18: the budget year is the calendar year
years as (
    select
        fiscal_year,
        cast(concat(fiscal_year, '-01-01') as date) as starts_on,
        cast(concat(fiscal_year, '-12-31') as date) as ends_on,
        count(*) as document_count
    from documents
    where fiscal_year is not null
    group by fiscal_year
)

select * from years
