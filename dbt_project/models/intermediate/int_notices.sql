with staged as (
    select notices.*
    from {{ ref('stg_notices') }} as notices
    inner join {{ ref('int_current_documents') }} as documents
        on documents.document_id = notices.document_id
),

{% set columns = 'document_id, kind, table_number, statement, line, page, text, message' %}
-- those that need more than one document, or the reference lists
derived as (
    {% for model in [
        'int_agency_notices', 'int_code_name_notices', 'int_spelling_notices', 'int_target_notices', 'int_count_notices',
        'int_scale_notices',
    ] %}
    select {{ columns }} from {{ ref(model) }} where is_finding
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

keyed as (
    select
        {{ surrogate_key(['document_id', 'kind', 'table_number', 'statement', 'line', 'page', 'text']) }} as notice_id,
        {{ columns }}
    from derived
),

once as (
    select distinct * from keyed
),

united as (
    select notice_id, {{ columns }} from staged
    union all
    select notice_id, {{ columns }} from once
)

select * from united
