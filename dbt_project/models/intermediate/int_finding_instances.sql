with verdicts as (
    select * from {{ ref('int_identity_verdicts') }}
),

notices as (
    select * from {{ ref('int_notices') }}
),

documents as (
    select * from {{ ref('int_current_documents') }}
),

tables as (
    select * from {{ ref('stg_tables') }}
),

suspects as (
    select * from {{ ref('int_suspect_terms') }}
),

checks as (
    select * from {{ ref('check_catalogue') }}
),

-- a notice is named by the second part of its check's id
kinds as (
    select
        checks.*,
        {{ dbt.split_part('check_id', "'.'", 2) }} as notice_kind
    from checks
    where kind = 'notice'
),

statements as (
    select * from {{ ref('statement') }}
),

measures as (
    select * from {{ ref('measure') }}
),

fund_sources as (
    select * from {{ ref('fund_source') }}
),

-- all terms of a contradiction in one line, and the one that the other identities leave in doubt
accused as (
    select
        identity_id,
        {{ dbt.listagg(
            measure="concat(coalesce(label, ''), ' ', printed, case when place is null then '' else concat('（', place, '）') end)",
            delimiter_text="'；'",
            order_by_clause="order by case when role in ('total', 'first') then 0 else 1 end, line, label, amount_id"
        ) }} as terms,
        max(case when is_culprit then concat(coalesce(label, ''), ' ', printed) end) as culprit,
        max(case when is_culprit then place end) as culprit_place,
        max(case when is_culprit then amount_id end) as culprit_amount_id,
        max(case when role = 'rate' then printed end) as rate_printed,
        max(case when role = 'first' then printed end) as first_printed,
        -- a whole that is no figure of its own is printed as the sum of its parts
        {{ dbt.listagg(measure="case when role = 'second' then printed end", delimiter_text="'＋'", order_by_clause="order by line, amount_id") }}
            as second_printed,
        max(case when role = 'first' then amount_yuan end) as first_yuan,
        sum(case when role = 'second' then amount_yuan end) as second_yuan
    from suspects
    group by identity_id
),

-- a wrong percentage is told as a percentage: what is printed, and what the amounts beside it give
rates as (
    select
        accused.identity_id,
        accused.rate_printed,
        accused.first_printed,
        accused.second_printed,
        cast(cast(case identities.check_id
            when 'prose.change' then accused.first_yuan / nullif(accused.second_yuan - accused.first_yuan, 0)
            else accused.first_yuan / nullif(accused.second_yuan, 0)
        end * 100 as decimal(20, 2)) as {{ dbt.type_string() }}) as rate_text,
        identities.check_id = 'prose.share' as is_share,
        identities.check_id = 'prose.completion' as is_completion
    from accused
    inner join verdicts as identities
        on identities.identity_id = accused.identity_id
    where identities.check_id in ('prose.share', 'prose.change', 'prose.completion')
        and accused.rate_printed is not null
),

-- a subject ends with the ids of its column (合计 total/general_public); a publisher knows them by name
named as (
    select
        verdicts.*,
        case
            when verdicts.subject like concat('% ', verdicts.measure, '/', verdicts.fund_source) then concat(
                left(verdicts.subject, length(verdicts.subject) - length(verdicts.measure) - length(verdicts.fund_source) - 2),
                '”（', measures.measure_name, '，', fund_sources.fund_source_name, '）'
            )
            when verdicts.subject like concat('% ', verdicts.measure) then concat(
                left(verdicts.subject, length(verdicts.subject) - length(verdicts.measure) - 1), '”（', measures.measure_name, '）'
            )
            when verdicts.subject like concat('% ', verdicts.fund_source) then concat(
                left(verdicts.subject, length(verdicts.subject) - length(verdicts.fund_source) - 1),
                '”（', fund_sources.fund_source_name, '）'
            )
            else concat(verdicts.subject, '”')
        end as subject_name
    from verdicts
    left join measures
        on measures.measure = verdicts.measure
    left join fund_sources
        on fund_sources.fund_source = verdicts.fund_source
),

worded as (
    select
        named.*,
        coalesce(checks.name, named.family) as family_name,
        coalesce(checks.name_en, named.family) as family_name_en,
        coalesce(checks.expected_label, '应为') as expected_label,
        coalesce(checks.actual_label, '实为') as actual_label,
        coalesce(checks.expected_label_en, 'expected') as expected_label_en,
        coalesce(checks.actual_label_en, 'actual') as actual_label_en,
        case
            when rates.is_share then concat(
                '文字印占比', rates.rate_printed, '，按', rates.first_printed, '除以', rates.second_printed, '计算应为', rates.rate_text, '%'
            )
            when rates.is_completion then concat(
                '文字印完成', rates.rate_printed, '，按', rates.first_printed, '除以预算', rates.second_printed, '计算应为', rates.rate_text, '%'
            )
            when rates.identity_id is not null then concat(
                '文字印增减幅度', rates.rate_printed, '，按本年数', rates.second_printed, '和增减额', rates.first_printed, '计算应为',
                rates.rate_text, '%'
            )
        end as rate_message,
        case
            when rates.is_share then concat(
                'the text prints a share of ', rates.rate_printed, ', ', rates.first_printed, ' of ', rates.second_printed, ' is ',
                rates.rate_text, '%'
            )
            when rates.is_completion then concat(
                'the text prints ', rates.rate_printed, ' of the budget as used, ', rates.first_printed, ' of ', rates.second_printed, ' is ',
                rates.rate_text, '%'
            )
            when rates.identity_id is not null then concat(
                'the text prints a change of ', rates.rate_printed, ', ', rates.second_printed, ' after a change of ', rates.first_printed,
                ' is ', rates.rate_text, '%'
            )
        end as rate_message_en,
        accused.terms,
        accused.culprit,
        accused.culprit_place,
        accused.culprit_amount_id,
        coalesce(named.unit_printed, '元') as unit,
        coalesce(tables.title, statements.statement_name, named.statement, '文字说明') as table_name,
        coalesce(other_tables.title, other_statements.statement_name) as other_table_name,
        -- all places stand in their own column
        case
            when named.term_count > 12
                then concat({{ dbt.split_part('named.places', "'、'", 1) }}, '起共', named.term_count, '处')
            else named.places
        end as place_text,
        {{ money_text('named.expected_yuan', 'named.unit_printed') }} as expected_text,
        {{ money_text('named.actual_yuan', 'named.unit_printed') }} as actual_text,
        {{ money_text('abs(named.residual_yuan)', 'named.unit_printed') }} as difference_text,
        {{ money_text('named.tolerance_yuan', 'named.unit_printed') }} as tolerance_text
    from named
    left join tables
        on tables.document_id = named.document_id
        and tables.table_number = named.table_number
    left join tables as other_tables
        on other_tables.document_id = named.document_id
        and other_tables.table_number = named.other_table_number
        and other_tables.table_number <> named.table_number
    left join checks
        on checks.check_id = named.check_id
    left join accused
        on accused.identity_id = named.identity_id
    left join rates
        on rates.identity_id = named.identity_id
    left join statements
        on statements.statement = named.statement
    left join statements as other_statements
        on other_statements.statement = named.other_statement
        and other_statements.statement <> named.statement
),

from_identities as (
    select
        identity_id as finding_id,
        check_id,
        family,
        severity,
        verdict,
        document_id,
        table_number,
        statement,
        other_statement,
        subject,
        expected_yuan,
        actual_yuan,
        residual_yuan as difference_yuan,
        tolerance_yuan,
        places,
        concat(
            '《', table_name, '》', case when other_table_name is null then '' else concat('与《', other_table_name, '》') end,
            case when subject is null then '' else concat('“', subject_name) end, family_name, '：',
            coalesce(rate_message, concat(expected_label, expected_text, unit, '，', actual_label, actual_text, unit)),
            case case when rate_message is null then verdict end
                when 'holds' then '，相符'
                when 'rounding' then concat('，相差', difference_text, unit, '，在四舍五入的范围（', tolerance_text, unit, '）以内')
                when 'damaged_text' then concat('，相差', difference_text, unit, '；该表文字转换有缺损，请先对照原件')
                when 'source_error' then concat('，相差', difference_text, unit, '，超出四舍五入的范围，请核对并更正')
            end,
            case when culprit is null then '' else concat('；其他勾稽关系指向“', culprit, '”', coalesce(concat('（', culprit_place, '）'), '')) end,
            case when places is null then '' else concat('（', place_text, '）') end, '。'
        ) as message,
        concat(
            family_name_en, case when subject is null then '' else concat(' of ', subject) end, ' in ', table_name,
            case when other_table_name is null then '' else concat(' and ', other_table_name) end, ': ',
            coalesce(rate_message_en, concat(expected_label_en, ' ', expected_text, ' ', unit, ', ', actual_label_en, ' ', actual_text, ' ', unit)),
            case case when rate_message is null then verdict end
                when 'holds' then ', equal'
                when 'rounding' then concat(', difference ', difference_text, ', explained by rounding (tolerance ', tolerance_text, ')')
                when 'damaged_text' then concat(', difference ', difference_text, '; the table''s text is damaged, compare the original first')
                when 'source_error' then concat(', difference ', difference_text, ', more than rounding explains')
                else ''
            end,
            case when culprit is null then '' else concat('; the other identities point to "', culprit, '"', coalesce(concat(' (', culprit_place, ')'), '')) end,
            case when places is null then '' else concat(' (', place_text, ')') end, '.'
        ) as message_en,
        terms,
        culprit,
        culprit_place,
        culprit_amount_id,
        line,
        page,
        cast(null as {{ dbt.type_string() }}) as quoted,
        other_document_id
    from worded
),

statements_of_disclosures as (
    select distinct
        documents.disclosure_id,
        tables.statement
    from tables
    inner join documents
        on documents.document_id = tables.document_id
),

-- a table that the contents list of one file promises may stand in another file of the same disclosure
placed_notices as (
    select
        notices.*,
        notices.kind = 'missing_table' and elsewhere.statement is not null as is_elsewhere,
        case
            when notices.page is not null then concat('第', notices.page, '页')
            when notices.line is not null then concat('行', notices.line)
        end as places
    from notices
    inner join documents
        on documents.document_id = notices.document_id
    left join statements_of_disclosures as elsewhere
        on elsewhere.disclosure_id = documents.disclosure_id
        and elsewhere.statement = notices.statement
),

from_notices as (
    select
        notices.notice_id as finding_id,
        coalesce(kinds.check_id, concat('structure.', notices.kind)) as check_id,
        coalesce(kinds.family, 'structure') as family,
        case when notices.is_elsewhere then 'info' else coalesce(kinds.severity, 'warning') end as severity,
        case when notices.is_elsewhere then 'holds' else coalesce(kinds.verdict, 'not_applicable') end as verdict,
        notices.document_id,
        notices.table_number,
        notices.statement,
        cast(null as {{ dbt.type_string() }}) as other_statement,
        notices.text as subject,
        cast(null as decimal(20, 2)) as expected_yuan,
        cast(null as decimal(20, 2)) as actual_yuan,
        cast(null as decimal(20, 2)) as difference_yuan,
        cast(null as decimal(20, 6)) as tolerance_yuan,
        notices.places,
        concat(
            rtrim(coalesce(notices.message, concat(kinds.name, '：“', coalesce(notices.text, statements.statement_name, '未知'), '”')), '。'),
            case when notices.is_elsewhere then '，在同一公开的另一文件中' else '' end,
            case when notices.places is null then '' else concat('（', notices.places, '）') end, '。'
        ) as message,
        concat(
            coalesce(kinds.name_en, notices.kind), case when notices.is_elsewhere then ', but in another file' else '' end, ' (', coalesce(notices.text, notices.statement, 'unknown'),
            case when notices.places is null then '' else concat(', ', notices.places) end, ')'
        ) as message_en,
        cast(null as {{ dbt.type_string() }}) as terms,
        cast(null as {{ dbt.type_string() }}) as culprit,
        cast(null as {{ dbt.type_string() }}) as culprit_place,
        cast(null as {{ dbt.type_string() }}) as culprit_amount_id,
        notices.line,
        notices.page,
        notices.text as quoted,
        cast(null as {{ dbt.type_string() }}) as other_document_id
    from placed_notices as notices
    left join kinds
        on kinds.notice_kind = notices.kind
    left join statements
        on statements.statement = notices.statement
),

instances as (
    select * from from_identities
    union all
    select * from from_notices
)

select * from instances
