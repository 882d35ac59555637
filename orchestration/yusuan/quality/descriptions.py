"""What the tables that the checks keep over the builds mean, as comments in DuckDB. dbt describes the tables that it makes itself."""

import duckdb

from yusuan.warehouse.schema import literal

TABLES = {
    "validation_results": (
        "Grain: one check in one run of all checks. Usage warning: holds every run, take the latest run_id for the state of things.",
        {
            "run_id": "Dagster run",
            "ran_at": "when, UTC",
            "check_id": "check of the catalogue",
            "family": "family of the check",
            "suite": "file of expectations/ that the check is declared in",
            "version": "version of the check",
            "blocking": "whether a failure keeps the build from being published",
            "success": "whether no row broke it",
            "unexpected_count": "rows that broke it",
            "instance_count": "rows that it looked at; 0: it did not apply",
            "samples": "the first rows that broke it, as JSON",
        },
    ),
    "finding_history": (
        "Grain: one finding that was ever seen. Usage warning: closed findings are kept; those of today are in quality.findings.",
        {
            "fingerprint": "the finding, the same over all builds",
            "first_seen": "when a build first saw it, UTC",
            "last_seen": "when a build last saw it, UTC",
            "closed_at": "when a build first missed it; null while it stands",
            "reopened_at": "when it last came back after it had been closed",
            "run_count": "in how many runs it was seen",
            "last_run_id": "Dagster run that last saw it",
            "check_id": "check that found it",
            "severity": "error or warning",
            "verdict": "source_error, damaged_text or missing",
            "document_id": "document in which it was last seen",
            "file_name": "base name of that file",
            "publisher_name": "agency that publishes the document",
            "fiscal_year": "fiscal year of the document",
            "message": "the finding in a Chinese sentence, as it was last told",
        },
    ),
    "acknowledgements": (
        "Grain: one finding that a person has acknowledged, from expectations/acknowledged.csv. Usage warning: it need not stand any more.",
        {
            "fingerprint": "the finding",
            "acknowledged_by": "who acknowledged it",
            "acknowledged_on": "when",
            "acknowledged_why": "why",
        },
    ),
}


def write(connection: duckdb.DuckDBPyConnection) -> None:
    """Comments on those tables and columns that are there."""
    there = set(connection.execute("select table_name, column_name from duckdb_columns() where schema_name = 'quality'").fetchall())
    for table, (description, columns) in TABLES.items():
        present = [column for column in columns if (table, column) in there]
        if present:
            connection.execute(f"comment on table quality.{table} is {literal(description)}")
        for column in present:
            connection.execute(f"comment on column quality.{table}.{column} is {literal(columns[column])}")
