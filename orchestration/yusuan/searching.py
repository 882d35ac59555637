"""Finds projects and printed items by words inside their names, in the published snapshot.

Chinese text has no spaces between words, and DuckDB's full-text index is an extension that offline machines cannot fetch: every
distinct name is scanned for the words instead. Names repeat over tables, units and years, so there are far fewer of them than rows.
"""

import string
from collections.abc import Sequence
from functools import reduce

import duckdb
import polars as pl

from yusuan.settings import YusuanError

# Typesetting is not meaning: full-width letters and digits are the plain ones, all kinds of brackets are one kind.
ASCII = string.ascii_letters + string.digits + "+-/%.,:;"
OPENING, CLOSING = "（〔【［〖﹝｛[{", "）〕】］〗﹞｝]}"
FOLDED = {chr(ord(each) + 0xFEE0): each for each in ASCII} | dict.fromkeys(OPENING, "(") | dict.fromkeys(CLOSING, ")")
# Quotation marks and white space: people search for 三公经费 and the table prints “三公” 经费.
FOLDED |= dict.fromkeys("“”„‟‘’\"'「」『』《》〈〉 \t\u00a0\u3000", "")

NAMES = """
    select project_name as name from marts.fct_budget_amount where project_name is not null
    union
    select line_item from marts.fct_budget_amount where line_item is not null
"""
# One hit is one name in one agency's rows of one document. It stands in several tables and columns; the table and column that say
# most stand for it: of the document's own year, over all columns and all sources, a project table before a form. A name on several
# lines there (one for each economic item) has the sum of these lines, for none of them alone is what the name costs.
HITS = """
    with
    -- two joins and not one with "or", which DuckDB cannot use to leave rows unread
    named as (
        select amounts.*, true as is_project, matching.name
        from marts.fct_budget_amount as amounts
        inner join matching on matching.name = amounts.project_name
        union all by name
        select amounts.*, false as is_project, matching.name
        from marts.fct_budget_amount as amounts
        inner join matching on matching.name = amounts.line_item
        where coalesce(amounts.project_name not in (from matching), true)
    ),

    summed as (
        select
            document_id,
            agency_name,
            is_project,
            name,
            statement,
            side,
            breakdown,
            measure,
            fund_source,
            period,
            coalesce(sum(amount_yuan) filter (where is_leaf), max(amount_yuan)) as amount_yuan,
            greatest(count(*) filter (where is_leaf), 1) as figures,
            coalesce(
                string_agg(amount_id, ',' order by amount_yuan desc, amount_id) filter (where is_leaf), max_by(amount_id, amount_yuan)
            ) as amount_ids,
            first({'amount_id': amount_id, 'page': page, 'line': line} order by is_leaf desc, amount_yuan desc, amount_id) as place
        from named
        group by all
    ),

    ranked as (
        select
            *,
            row_number() over (
                partition by document_id, agency_name, is_project, name
                order by
                    period in ('this_year', 'final_accounts') desc,
                    measure in ('total', 'amount') desc,
                    fund_source = 'all' desc,
                    statement like '%performance' asc,
                    amount_yuan desc,
                    place.amount_id
            ) as preference
        from summed
    )

    select
        case when ranked.is_project then 'project' else 'item' end as kind,
        ranked.name,
        coalesce(ranked.agency_name, documents.publisher_name) as agency_name,
        documents.fiscal_year,
        ranked.amount_yuan,
        ranked.statement,
        ranked.figures,
        documents.file_name,
        ranked.place.page as page,
        ranked.place.line as line,
        ranked.place.amount_id as amount_id,
        ranked.amount_ids
    from ranked
    inner join marts.dim_document as documents
        on documents.document_id = ranked.document_id
    where ranked.preference = 1
    order by ranked.is_project desc, abs(ranked.amount_yuan) desc, ranked.name, 3, 4, amount_id
    limit $limit
"""


def search(connection: duckdb.DuckDBPyConnection, texts: Sequence[str], limit: int) -> duckdb.DuckDBPyRelation:
    """Hits that hold every word: kind (project, item), name, agency_name, fiscal_year, amount_yuan (yuan), statement, figures (how
    many printed amounts amount_yuan is the sum of), the place of the largest (file_name, page, line, amount_id) and amount_ids, all of
    them with commas between. Projects first, then by amount. The relation reads from `connection`, which must stay open."""
    words = words_of(texts)
    if not words:
        raise YusuanError("there is no word to look for: give one or more, for example 政务云 运维")
    # Folded here and not in SQL, whose translate() takes a hundred times as long.
    names = connection.sql(NAMES).pl()
    holds = reduce(pl.Expr.and_, (_fold(pl.col("name")).str.contains(word, literal=True) for word in words))
    connection.register("matching", names.filter(holds).to_arrow())
    return connection.sql(HITS, params={"limit": limit})


def words_of(texts: Sequence[str]) -> list[str]:
    """The words to look for, folded as names are: 政务云　运维 are two words."""
    words = pl.Series([word for text in texts for word in text.split()], dtype=pl.Utf8)
    return [word for word in words.to_frame("word").select(_fold(pl.col("word")))["word"].unique(maintain_order=True) if word]


def _fold(text: pl.Expr) -> pl.Expr:
    return text.str.replace_many(FOLDED).str.to_lowercase()
