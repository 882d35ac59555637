"""Understanding budget tables: from the cells and lines of a batch to labelled, proved amounts. Polars only, no I/O."""

from yusuan.parsing.pipeline import PARSER_VERSION, Parsed, parse

__all__ = ["PARSER_VERSION", "Parsed", "parse"]
