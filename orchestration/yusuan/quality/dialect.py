"""A SQLAlchemy dialect for DuckDB whose rows outlive their connection.

Great Expectations fetches a result after it has closed the connection that made it, which loses DuckDB's rows ("list index out
of range"; issues 10738 and 11579 of its tracker). Here every result is read into memory as soon as it is there: checks select
offending rows only, so there are few.
"""

import atexit

import duckdb_engine
from duckdb_engine import Dialect as DuckDBDialect
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.psycopg2 import PGExecutionContext_psycopg2
from sqlalchemy.engine.cursor import FullyBufferedCursorFetchStrategy
from sqlalchemy.engine.url import URL
from sqlalchemy.pool import NullPool, Pool

NAME = "duckdb+buffered"


class BufferedExecutionContext(PGExecutionContext_psycopg2):
    def post_exec(self) -> None:
        super().post_exec()
        if self.cursor.description:
            self.cursor_fetch_strategy = FullyBufferedCursorFetchStrategy(
                self.cursor, alternate_description=self.cursor.description, initial_buffer=self.cursor.fetchall()
            )


class BufferedDuckDBDialect(DuckDBDialect):
    execution_ctx_cls = BufferedExecutionContext
    supports_statement_cache = False

    @classmethod
    def get_pool_class(cls, url: URL) -> type[Pool]:
        """A connection that waits in a pool keeps the file open read-only, and nobody in this process could write to it."""
        return NullPool


def register() -> str:
    """Makes the dialect known to SQLAlchemy; returns the name to use in a connection string."""
    registry.register("duckdb.buffered", __name__, BufferedDuckDBDialect.__name__)
    return NAME


@atexit.register
def _release() -> None:
    """Great Expectations keeps duckdb_engine alive until the interpreter is gone, and DuckDB's binding (nanobind) then prints
    sixty lines about leaked objects on the terminal of whoever ran a build."""
    vars(duckdb_engine).clear()
