with names as (
    select * from {{ ref('int_code_names') }}
),

official as (
    select * from {{ ref('int_official_codes') }}
),

observed as (
    select
        code_key,
        scheme,
        code,
        max(name) as name,
        min(fiscal_year) as first_year,
        max(fiscal_year) as last_year,
        sum(document_count) as document_count
    from names
    group by code_key, scheme, code
),

published as (
    select
        {{ code_key('scheme', 'code', 'name_key') }} as code_key,
        scheme,
        code,
        name,
        valid_from_year,
        -- an official name that is not known to have ended is valid in every later year
        coalesce(valid_to_year, 9999) as valid_to_year
    from official
),

versions as (
    select
        coalesce(published.code_key, observed.code_key) as code_key,
        coalesce(published.scheme, observed.scheme) as scheme,
        coalesce(published.code, observed.code) as code,
        coalesce(published.name, observed.name) as name,
        case when published.code_key is null then 'observed' else 'official' end as name_source,
        least(coalesce(published.valid_from_year, observed.first_year), coalesce(observed.first_year, published.valid_from_year)) as valid_from_year,
        greatest(coalesce(published.valid_to_year, observed.last_year), coalesce(observed.last_year, published.valid_to_year)) as valid_to_year,
        coalesce(observed.document_count, 0) as document_count
    from published
    full outer join observed
        on observed.code_key = published.code_key
),

levels as (
    select
        versions.*,
        case length(code) when 3 then 'class' when 5 then 'group' when 7 then 'item' else 'other' end as level,
        substring(code, 1, 3) as class_code,
        case when length(code) >= 5 then substring(code, 1, 5) end as group_code,
        case when length(code) >= 7 then substring(code, 1, 7) end as item_code
    from versions
),

-- a parent is named as in the version's last year; for one that has not ended, as today
parents as (
    select
        levels.code_key,
        parents.level,
        parents.name,
        row_number() over (
            partition by levels.code_key, parents.level
            order by
                case when parents.valid_from_year <= levels.valid_to_year and parents.valid_to_year >= levels.valid_to_year then 0 else 1 end,
                parents.valid_to_year desc, parents.name_source desc, parents.name
        ) as preference
    from levels
    inner join levels as parents
        on parents.scheme = levels.scheme
        and (parents.code = levels.class_code or parents.code = levels.group_code)
),

neighbours as (
    select
        code_key,
        lag(code_key) over (partition by scheme, code order by valid_from_year, valid_to_year, name) as previous_key,
        lag(name) over (partition by scheme, code order by valid_from_year, valid_to_year, name) as previous_name,
        lead(code_key) over (partition by scheme, code order by valid_from_year, valid_to_year, name) as next_key,
        lead(name) over (partition by scheme, code order by valid_from_year, valid_to_year, name) as next_name
    from levels
),

named as (
    select
        levels.code_key,
        levels.scheme,
        levels.code,
        levels.name,
        levels.level,
        levels.class_code,
        classes.name as class_name,
        levels.group_code,
        groups.name as group_name,
        levels.item_code,
        case when levels.item_code is not null then levels.name end as item_name,
        levels.valid_from_year,
        nullif(levels.valid_to_year, 9999) as valid_to_year,
        neighbours.next_key is null as is_latest,
        levels.name_source,
        neighbours.previous_key,
        neighbours.previous_name,
        neighbours.next_key,
        neighbours.next_name,
        levels.document_count
    from levels
    inner join neighbours
        on neighbours.code_key = levels.code_key
    left join parents as classes
        on classes.code_key = levels.code_key
        and classes.level = 'class'
        and classes.preference = 1
    left join parents as groups
        on groups.code_key = levels.code_key
        and groups.level = 'group'
        and groups.preference = 1
)

select * from named
