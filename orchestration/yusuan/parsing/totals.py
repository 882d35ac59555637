"""Labels of rows that are sums of others: of a whole list, and of some classes."""

import polars as pl

from yusuan.parsing.vocabulary import load

TOTAL = r"(?:合计|总计)$|^(?:本年|当年)(?:收入|支出)(?:合计|小计|总计)$|^总(?:收入|支出)$"


def part_totals() -> pl.DataFrame:
    """Labels of totals over some classes only (人员经费合计), with the codes of those classes."""
    return load("part_totals").drop("seen_in")
