{#-
  A name as it is compared: no white space, one width of brackets. Names differ in nothing else by accident of
  typesetting; anything looser would merge on similarity.
-#}
{% macro name_key(name) -%}
  replace(replace({{ remove_white_space(name) }}, '（', '('), '）', ')')
{%- endmacro %}

{% macro remove_white_space(text) -%}
  {{ return(adapter.dispatch('remove_white_space')(text)) }}
{%- endmacro %}

{#- \s of DuckDB's regular expressions is ASCII only: the ideographic and the no-break space are named. -#}
{% macro default__remove_white_space(text) -%}
  regexp_replace({{ text }}, '[\s　 ]+', '', 'g')
{%- endmacro %}

{#- Spark replaces every match and unescapes string literals. -#}
{% macro spark__remove_white_space(text) -%}
  regexp_replace({{ text }}, '[\\s　 ]+', '')
{%- endmacro %}

{#- The name of a code without what varies in print: brackets and their content stay, punctuation and a closing 支出 go. -#}
{% macro plain_name(name) -%}
  regexp_replace(regexp_replace({{ name_key(name) }}, '[()（）、，,。“”"*·]|^[0-9]+', '', 'g'), '支出$', '')
{%- endmacro %}
