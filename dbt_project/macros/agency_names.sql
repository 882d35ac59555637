{#-
  A department writes its own office with a qualifier (本级, 本部, 机关, 部门), to tell it from the department as a whole. The
  agency is the same; whether an amount covers the units below is told by the table, not by the name.
-#}
{% macro without_qualifier(name_key) -%}
  {{ return(adapter.dispatch('without_qualifier')(name_key)) }}
{%- endmacro %}

{% macro default__without_qualifier(name_key) -%}
  regexp_replace({{ name_key }}, '(.)((部门|机关)?(本级|本部)|[(](部门|机关)?(本级|本部|部门|机关|汇总)[)])$', '\1')
{%- endmacro %}

{% macro spark__without_qualifier(name_key) -%}
  regexp_replace({{ name_key }}, '(.)((部门|机关)?(本级|本部)|[(](部门|机关)?(本级|本部|部门|机关|汇总)[)])$', '$1')
{%- endmacro %}

{#-
  What is left of a name after the names of the division and of those above it (columns own_prefix, province_prefix and
  prefecture_prefix, empty where there is none); null where it does not begin with the division's own name, or where fewer than three
  characters would be left: 局 could be anybody's.
-#}
{% macro without_division(key) -%}
  {%- set lower = without_prefix(without_prefix(key, 'province_prefix'), 'prefecture_prefix') -%}
  case
    when own_prefix <> '' and {{ lower }} like concat(own_prefix, '___%') then substring({{ lower }}, length(own_prefix) + 1)
  end
{%- endmacro %}

{% macro without_prefix(name, prefix) -%}
  case
    when {{ prefix }} <> '' and {{ name }} like concat({{ prefix }}, '_%') then substring({{ name }}, length({{ prefix }}) + 1)
    else {{ name }}
  end
{%- endmacro %}
