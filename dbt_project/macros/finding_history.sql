{#-
  What outlives a build: when each finding was seen, and what a person has said about it. Written by yusuan.quality, read by
  quality.findings. A HOME of an older version gets the columns that it lacks.
-#}
{% macro finding_history_columns() -%}
  {{ return({
    'fingerprint': 'varchar', 'first_seen': 'timestamp', 'last_seen': 'timestamp', 'closed_at': 'timestamp', 'reopened_at': 'timestamp',
    'run_count': 'integer', 'last_run_id': 'varchar', 'check_id': 'varchar', 'severity': 'varchar', 'verdict': 'varchar',
    'document_id': 'varchar', 'file_name': 'varchar', 'publisher_name': 'varchar', 'fiscal_year': 'integer', 'message': 'varchar',
  }) }}
{%- endmacro %}

{% macro create_finding_history() -%}
  create schema if not exists quality;
  create table if not exists quality.finding_history (fingerprint varchar);
  {%- for name, type in finding_history_columns().items() %}
  alter table quality.finding_history add column if not exists {{ name }} {{ type }};
  {%- endfor %}
  create table if not exists quality.acknowledgements (
    fingerprint varchar, acknowledged_by varchar, acknowledged_on date, acknowledged_why varchar
  )
{%- endmacro %}
