{#- Yuan as people read it in the unit of the document: exact decimal, trailing zeros dropped (10628000.00 in 万元 = 1062.8). -#}
{% macro money_text(amount, unit) -%}
  {%- set factors = {'亿元': '0.00000001', '万元': '0.0001', '千元': '0.001', '元': '1'} -%}
  case {{ unit }}
    {%- for name, factor in factors.items() %}
    when '{{ name }}' then {{ trim_zeros("cast(" ~ amount ~ " * cast(" ~ factor ~ " as decimal(9, 8)) as decimal(28, 10))") }}
    {%- endfor %}
    else {{ trim_zeros("cast(" ~ amount ~ " as decimal(28, 10))") }}
  end
{%- endmacro %}

{% macro trim_zeros(number) -%}
  rtrim(rtrim(cast({{ number }} as {{ dbt.type_string() }}), '0'), '.')
{%- endmacro %}
