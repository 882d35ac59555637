{#-
  Hash of a natural key: same natural key, same key, on every build and every engine (no sequences).
  An absent part is the empty string; the parts are joined by a unit separator that no printed text holds.
-#}
{% macro surrogate_key(parts) -%}
  {%- set texts = [] -%}
  {%- for part in parts -%}
    {%- do texts.append("coalesce(cast(" ~ part ~ " as " ~ dbt.type_string() ~ "), '')") -%}
    {%- if not loop.last %}{% do texts.append("'" ~ "\x1f" ~ "'") %}{% endif -%}
  {%- endfor -%}
  {{ dbt.hash(dbt.concat(texts)) }}
{%- endmacro %}
