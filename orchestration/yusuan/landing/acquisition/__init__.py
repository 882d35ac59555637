"""Fetches what raw/sources.yml declares into HOME/acquired, one row of what happened for each address.

Landing then treats what was fetched like any other file; where the rows are kept belongs to yusuan.warehouse.
"""
