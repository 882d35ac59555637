with catalogue as (
    select * from {{ ref('check_catalogue') }}
),

checks as (
    select
        check_id,
        family,
        version,
        kind,
        severity,
        verdict,
        sentence,
        sentence_en,
        name,
        name_en,
        absent,
        absent_en,
        related
    from catalogue
)

select * from checks
