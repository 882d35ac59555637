{#- The schema that a model names is the schema it gets: dbt's default would prefix the target's (marts_marts). -#}
{% macro generate_schema_name(custom_schema_name, node) -%}
  {{ custom_schema_name | trim if custom_schema_name else target.schema }}
{%- endmacro %}
