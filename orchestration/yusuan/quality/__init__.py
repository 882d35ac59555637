"""Checks on a built working database: runs the Great Expectations suites, keeps their results and the history of findings.

The arithmetic is done by parsing and the findings are worded by dbt; here they are only asserted on. Nothing heavy is imported
before `run` is called.
"""

from yusuan.quality.results import CheckResult, QualityResult
from yusuan.quality.run import run
from yusuan.quality.suites import Check, load_checks

__all__ = ["Check", "CheckResult", "QualityResult", "load_checks", "run"]
