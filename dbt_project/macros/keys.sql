{#- One home for each natural key, so that facts and dimensions cannot drift apart. -#}

{#- A code with the name it has in that year: codes are renamed over the years. -#}
{% macro code_key(scheme, code, name) -%}
  case when {{ code }} is not null then {{ surrogate_key([scheme, code, name]) }} end
{%- endmacro %}
