"""What people take away: the tables of a snapshot as Parquet, CSV, Excel or a Fiscal Data Package, and the dictionary beside them.

Reads a snapshot and writes files; what is in the snapshot is decided elsewhere.
"""
