"""Chinese government budget disclosures as a checked, queryable warehouse.

Importing the package costs nothing: Dagster, dbt, Great Expectations and Polars are imported where they are used.
"""
