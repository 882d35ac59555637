"""What the analysts' web page shows, without the page: queries on the published snapshot, readable figures, the way back to the source.

The page itself is explorer/app.py, a marimo notebook that only lays out what is made here; nothing here imports marimo but server.py.
"""
