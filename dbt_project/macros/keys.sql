{#- One home for each natural key, so that facts and dimensions cannot drift apart. -#}

{#- An agency is a name within the government that it belongs to; a row that prints only a code is known by its code. -#}
{% macro agency_key(division_code, name) -%}
  case when {{ name }} is not null then {{ surrogate_key([division_code, name_key(name)]) }} end
{%- endmacro %}

{#- A code with the name it has in that year: codes are renamed over the years. -#}
{% macro code_key(scheme, code, name) -%}
  case when {{ code }} is not null then {{ surrogate_key([scheme, code, name]) }} end
{%- endmacro %}

{#- A project is a name within its agency: few tables print its code. -#}
{% macro project_key(division_code, agency, project) -%}
  case when {{ project }} is not null then {{ surrogate_key([division_code, name_key(agency), name_key(project)]) }} end
{%- endmacro %}
