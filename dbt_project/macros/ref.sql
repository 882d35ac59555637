{#-
  Relations are written without the database name. dbt-duckdb takes that name from the file's stem, and a view that
  says "working"."marts" breaks as soon as the file is published under another name.
-#}
{% macro ref() -%}
  {{ return(builtins.ref(*varargs, **kwargs).include(database=false)) }}
{%- endmacro %}
