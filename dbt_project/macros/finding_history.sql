{#- When each finding was first seen. Written by yusuan.quality after a build, read by quality.findings. -#}
{% macro create_finding_history() -%}
  create schema if not exists quality;
  create table if not exists quality.finding_history (
    fingerprint varchar,
    first_seen timestamp,
    last_seen timestamp
  )
{%- endmacro %}
