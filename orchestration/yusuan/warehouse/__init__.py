"""DuckDB: the staging schema, loading, publishing, locking and querying. What the rows mean belongs to parsing and dbt."""
