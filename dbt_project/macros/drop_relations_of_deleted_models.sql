{#-
  A model that was deleted or renamed leaves its table behind, and analysts would go on reading figures that no build renews.
  Schemas that models and seeds write to hold what the project makes or declares as a source, and nothing else.
-#}
{% macro drop_relations_of_deleted_models() -%}
  {%- if execute -%}
    {%- set made = graph.nodes.values() | selectattr('resource_type', 'in', ['model', 'seed']) | list -%}
    {%- set kept = [] -%}
    {%- for node in made + (graph.sources.values() | list) -%}
      {%- do kept.append(node.schema ~ '.' ~ (node.alias or node.identifier)) -%}
    {%- endfor -%}
    {%- for schema in made | map(attribute='schema') | unique -%}
      {%- set place = api.Relation.create(database=target.database, schema=schema) -%}
      {%- for found in list_relations_without_caching(place) if schema ~ '.' ~ found['name'] not in kept -%}
        {%- set relation = api.Relation.create(database=target.database, schema=schema, identifier=found['name'], type=found['type']) -%}
        {%- do log('dropped ' ~ relation ~ ': no model makes it any more', info=true) -%}
        drop {{ found['type'] }} if exists {{ relation }};
      {%- endfor -%}
    {%- endfor %}
    {#- Asking for the relations began a transaction, which dbt rolls back after the last hook. #}
    commit;
  {%- endif -%}
{%- endmacro %}
