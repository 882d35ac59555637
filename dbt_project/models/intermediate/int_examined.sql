with staged as (
    select * from {{ ref('stg_examined') }}
),

{% set models = {
    'code_name.agency_spelling': 'int_agency_notices',
    'code_name.reference': 'int_code_name_notices',
    'code_name.unit_department_spelling': 'int_spelling_notices',
    'performance.cost_target': 'int_target_notices',
    'prose_rows.project_count': 'int_count_notices',
    'plausibility.scale': 'int_scale_notices',
} %}
derived as (
    {% for check_id, model in models.items() %}
    select document_id, '{{ check_id }}' as check_id, cast(count(*) as integer) as instances
    from {{ ref(model) }}
    group by document_id
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

united as (
    select document_id, check_id, instances from staged
    union all
    select document_id, check_id, instances from derived
)

select * from united
