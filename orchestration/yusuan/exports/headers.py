"""Column headers of exports: the names of the columns, or their Chinese names."""

from yusuan.warehouse.catalog import Relation
from yusuan.warehouse.chinese import COLUMN, name_of


def header(name: str, chinese: bool) -> str:
    return name_of(COLUMN, name) if chinese else name


def selection(relation: Relation, chinese: bool) -> str:
    """A query for all rows under these headers, in the order of the columns."""
    columns = ", ".join(f'"{name}" as "{header(name, chinese)}"' for name in relation.column_names)
    return f"select {columns} from {relation.qualified}"
