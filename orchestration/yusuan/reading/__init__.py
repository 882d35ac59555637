"""From landed bytes to the two columnar frames, one reader per format; nothing here knows what a budget is.

The way in is batch.read_batch. This module imports nothing, so that asking for the version costs nothing.
"""

# Part of what a document's rows depend on: a new version reads every document again.
READER_VERSION = "5"
