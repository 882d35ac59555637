"""What two snapshots differ in: documents and amounts that were added, revised or are gone. Reads both, changes neither.

1. A document of the one is that of the other when its bytes are the same, else when its path is, else when its address is.
   Other bytes in its place: revised. The same bytes with other rows: reread, our own reading has changed.
2. Of a document that both have, rows with the same labels and the same amount are the same. What remains is paired by its labels, in
   printed order: revised. What then remains was added or is gone. A row that only moved is no difference.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import duckdb

from yusuan.warehouse.catalog import FACTS, relations
from yusuan.warehouse.schema import literal

# What a printed amount is about; snapshots of older versions may lack some of these.
LABELS = (
    "statement",
    "side",
    "agency_code",
    "agency_name",
    "classification_code",
    "economic_code",
    "government_economic_code",
    "project_code",
    "project_name",
    "line_item",
    "row_kind",
    "measure",
    "fund_source",
    "period",
    "breakdown",
    "occurrence",
)
# Views of the working file name their catalog.
BEFORE, AFTER = "before", "working"


@dataclass(frozen=True)
class DocumentChange:
    """`change`: added, revised, reread or gone, with the numbers of amounts that changed; `reason`: why it is gone, if known."""

    change: str
    file_name: str
    publisher_name: str | None
    fiscal_year: int | None
    document_kind: str | None
    before_id: str | None
    after_id: str | None
    reason: str | None
    amounts_before: int
    amounts_after: int
    added: int
    revised: int
    gone: int


@dataclass(frozen=True)
class AmountChange:
    """One amount of a document that both snapshots have. Yuan; a side on which it is not printed is None."""

    change: str
    file_name: str
    before_id: str
    after_id: str
    statement: str | None
    agency_name: str | None
    project_name: str | None
    line_item: str | None
    measure: str | None
    fund_source: str | None
    period: str | None
    before_yuan: Decimal | None
    after_yuan: Decimal | None
    before_place: str | None
    after_place: str | None


@dataclass(frozen=True)
class Totals:
    """Documents and amounts of both, and amounts of the first that are no longer there or have another value."""

    documents_before: int
    documents_after: int
    amounts_before: int
    amounts_after: int
    amounts_lost_or_revised: int


class Differences:
    """The differences between two warehouse files, as temporary tables of one connection."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        columns = [_columns(connection, database) for database in (BEFORE, AFTER)]
        labels = ", ".join(label for label in LABELS if all(label in each for each in columns))
        connection.execute(_DOCUMENTS)
        for side, database in (("before", BEFORE), ("after", AFTER)):
            connection.execute(_AMOUNTS.format(side=side, database=database, labels=labels))
        connection.execute(_CHANGES)

    def documents(self) -> list[DocumentChange]:
        """Changed ones only; by kind of change and file name."""
        return [DocumentChange(*row) for row in self._connection.execute(_DOCUMENT_CHANGES).fetchall()]

    def amounts(self) -> list[AmountChange]:
        """By file, in printed order."""
        return [AmountChange(*row) for row in self._connection.execute(_AMOUNT_CHANGES).fetchall()]

    def row_counts(self) -> dict[str, tuple[int, int]]:
        """Rows of every fact that both have, before and after."""
        facts = [relations(self._connection, ["marts"], database) for database in (BEFORE, AFTER)]
        both = set.intersection(*({each.name for each in found if each.name.startswith(FACTS)} for found in facts))
        return {f"marts.{name}": (self._rows(BEFORE, name), self._rows(AFTER, name)) for name in sorted(both)}

    def _rows(self, database: str, table: str) -> int:
        return int(self._connection.execute(f'select count(*) from {database}.marts."{table}"').fetchall()[0][0])

    def totals(self) -> Totals:
        return Totals(*self._connection.execute(_TOTALS).fetchall()[0])


@contextmanager
def differences(before: Path, after: Path) -> Iterator[Differences]:
    """From the file `before` to the file `after`."""
    with duckdb.connect() as connection:
        connection.execute(f"attach {literal(str(before))} as {BEFORE} (read_only)")
        connection.execute(f"attach {literal(str(after))} as {AFTER} (read_only)")
        yield Differences(connection)


def _columns(connection: duckdb.DuckDBPyConnection, database: str) -> set[str]:
    rows = connection.execute(
        "select column_name from duckdb_columns() where database_name = ? and schema_name = 'marts' and table_name = 'fct_budget_amount'",
        [database],
    ).fetchall()
    return {name for (name,) in rows}


# Every document of either side once, with the other side's where there is one.
_DOCUMENTS = f"""
create temp table documents as
with a as (select * from {BEFORE}.marts.dim_document),
b as (select * from {AFTER}.marts.dim_document),
by_bytes as (select document_id as before_id, document_id as after_id from a semi join b using (document_id)),
by_path as (
    select a.document_id as before_id, b.document_id as after_id
    from (from a anti join b using (document_id)) as a
    inner join (from b anti join a using (document_id)) as b using (relative_path)
),
found as (from by_bytes union all from by_path),
by_address as (
    select a.document_id as before_id, b.document_id as after_id
    from a inner join b using (source_url)
    where a.document_id not in (select before_id from found) and b.document_id not in (select after_id from found)
    qualify row_number() over (partition by a.document_id order by b.document_id) = 1
        and row_number() over (partition by b.document_id order by a.document_id) = 1
),
matched as (from found union all from by_address)
select row_number() over (order by before_id, after_id) as document, before_id, after_id
from (
    from matched
    union all select document_id, null from a where document_id not in (select before_id from matched)
    union all select null, document_id from b where document_id not in (select after_id from matched)
)
"""

_AMOUNTS = """
create temp table {side}_amounts as
select documents.document, amounts.*, hash(row({labels})) as labels, hash(row({labels}, amount_yuan)) as content
from {database}.marts.fct_budget_amount as amounts
inner join documents on documents.{side}_id = amounts.document_id
"""

# Most rows are where they were; of the others those that only moved are found, and what is left is paired.
_CHANGES = """
create temp table changes as
with a as (
    select *, row_number() over (partition by document, content order by table_number, row_number, column_number) as repetition
    from (from before_amounts anti join after_amounts using (document, amount_id, content))
),
b as (
    select *, row_number() over (partition by document, content order by table_number, row_number, column_number) as repetition
    from (from after_amounts anti join before_amounts using (document, amount_id, content))
),
other_a as (
    select *, row_number() over (partition by document, labels order by table_number, row_number, column_number) as place
    from (from a anti join b using (document, content, repetition))
),
other_b as (
    select *, row_number() over (partition by document, labels order by table_number, row_number, column_number) as place
    from (from b anti join a using (document, content, repetition))
)
select
    document,
    case when a.amount_id is null then 'added' when b.amount_id is null then 'gone' else 'revised' end as change,
    a.amount_yuan as before_yuan,
    b.amount_yuan as after_yuan,
    coalesce('page ' || a.page, 'line ' || a.line) as before_place,
    coalesce('page ' || b.page, 'line ' || b.line) as after_place,
    coalesce(b.statement, a.statement) as statement,
    coalesce(b.agency_name, a.agency_name) as agency_name,
    coalesce(b.project_name, a.project_name) as project_name,
    coalesce(b.line_item, a.line_item) as line_item,
    coalesce(b.measure, a.measure) as measure,
    coalesce(b.fund_source, a.fund_source) as fund_source,
    coalesce(b.period, a.period) as period,
    coalesce(b.table_number, a.table_number) as table_number,
    coalesce(b.row_number, a.row_number) as row_number,
    coalesce(b.column_number, a.column_number) as column_number
from other_a as a
full join other_b as b using (document, labels, place)
"""

_DOCUMENT_CHANGES = f"""
with counted as (
    select
        document,
        count(*) filter (change = 'added') as added,
        count(*) filter (change = 'revised') as revised,
        count(*) filter (change = 'gone') as gone
    from changes group by document
),
told as (
    select
        case
            when before_id is null then 'added'
            when after_id is null then 'gone'
            when before_id <> after_id then 'revised'
            else 'reread'
        end as change,
        coalesce(b.file_name, a.file_name) as file_name,
        coalesce(b.publisher_name, a.publisher_name) as publisher_name,
        coalesce(b.fiscal_year, a.fiscal_year) as fiscal_year,
        coalesce(b.document_kind, a.document_kind) as document_kind,
        before_id,
        after_id,
        case when after_id is null then register.reason end as reason,
        coalesce(a.amount_count, 0) as amounts_before,
        coalesce(b.amount_count, 0) as amounts_after,
        coalesce(added, 0) as added,
        coalesce(revised, 0) as revised,
        coalesce(gone, 0) as gone
    from documents
    left join {BEFORE}.marts.dim_document as a on a.document_id = before_id
    left join {AFTER}.marts.dim_document as b on b.document_id = after_id
    left join {AFTER}.staging.register as register on register.document_id = before_id
    left join counted using (document)
)
from told
where change <> 'reread' or added + revised + gone > 0
order by list_position(['gone', 'revised', 'reread', 'added'], change), file_name, after_id
"""

_AMOUNT_CHANGES = f"""
select
    change, b.file_name, before_id, after_id, statement, agency_name, project_name, line_item, measure, fund_source, period,
    before_yuan, after_yuan, before_place, after_place
from changes
inner join documents using (document)
inner join {BEFORE}.marts.dim_document as a on a.document_id = before_id
inner join {AFTER}.marts.dim_document as b on b.document_id = after_id
order by 2, table_number, row_number, column_number
"""

_TOTALS = f"""
select
    (select count(*) from {BEFORE}.marts.dim_document),
    (select count(*) from {AFTER}.marts.dim_document),
    (select count(*) from before_amounts),
    (select count(*) from after_amounts),
    (select count(*) from changes where change <> 'added')
"""
