{#-
  How alike two names are, character by character: DuckDB's own functions (jaccard, levenshtein) count bytes, of which a Chinese character
  has three. An engine without these list functions compares names for equality only, and finds less.
-#}

{#- Share of common characters among all characters of both names, from 0 to 1. -#}
{% macro name_similarity(first, second) -%}
  {{ return(adapter.dispatch('name_similarity')(first, second)) }}
{%- endmacro %}

{% macro default__name_similarity(first, second) -%}
  case when {{ first }} = {{ second }} then 1.0 else 0.0 end
{%- endmacro %}

{% macro duckdb__name_similarity(first, second) -%}
  len(list_intersect(string_split({{ first }}, ''), string_split({{ second }}, '')))
  / greatest(len(list_distinct(list_concat(string_split({{ first }}, ''), string_split({{ second }}, '')))), 1)
{%- endmacro %}

{#- In how many places two names of one length have different characters. -#}
{% macro differing_characters(first, second) -%}
  {{ return(adapter.dispatch('differing_characters')(first, second)) }}
{%- endmacro %}

{% macro default__differing_characters(first, second) -%}
  case when {{ first }} = {{ second }} then 0 else length({{ first }}) end
{%- endmacro %}

{% macro duckdb__differing_characters(first, second) -%}
  len([place for place in range(1, length({{ first }}) + 1) if substring({{ first }}, place, 1) <> substring({{ second }}, place, 1)])
{%- endmacro %}

{#- Whether the longer name without one piece in its middle is the shorter one: 信息网络中心 and 信息中心. -#}
{% macro is_longer_by_a_piece(longer, shorter) -%}
  {{ return(adapter.dispatch('is_longer_by_a_piece')(longer, shorter)) }}
{%- endmacro %}

{% macro default__is_longer_by_a_piece(longer, shorter) -%}
  false
{%- endmacro %}

{% macro duckdb__is_longer_by_a_piece(longer, shorter) -%}
  list_contains(
    [
      concat(left({{ longer }}, place), substring({{ longer }}, place + length({{ longer }}) - length({{ shorter }}) + 1))
      for place in range(2, length({{ shorter }}))
    ],
    {{ shorter }}
  )
{%- endmacro %}
