"""Mistakes that examiners look for by hand, put into the founding disclosures one at a time: a finding names the line of each."""

from collections import defaultdict
from fnmatch import fnmatch

import polars as pl
import pytest

from founding import NAMES, parse_texts, text_of
from injections import MISTAKES, Injected, injected
from yusuan.parsing import Parsed
from yusuan.quality.catalogue import load_catalogue
from yusuan.settings import project_files

EACH, SEED = 2, 20231121
Told = set[tuple[str, str, str, tuple[int, ...]]]


def told(parsed: Parsed) -> dict[str, Told]:
    """For each document (check, what it says, what it is about, lines) of every contradiction and notice."""
    checks = {check.id.split(".")[1]: check.id for check in load_catalogue(project_files("expectations")) if check.kind == "notice"}
    wrong = parsed.identities.filter(pl.col("verdict") == "contradicted")
    lines = parsed.identity_terms.group_by("identity_id").agg(lines=pl.col("line").drop_nulls())
    found: dict[str, Told] = defaultdict(set)
    for row in wrong.join(lines, on="identity_id").iter_rows(named=True):
        found[row["document_id"]].add((row["check_id"], str(row["actual_yuan"]), row["subject"], tuple(sorted(row["lines"]))))
    for row in parsed.notices.iter_rows(named=True):
        found[row["document_id"]].add((checks[row["kind"]], row["message"] or "", row["text"] or "", (row["line"],)))
    # 占120%: dbt compares a share with 100.
    for row in parsed.claims.filter(pl.col("kind") == "share", pl.col("value") > 100).iter_rows(named=True):
        found[row["document_id"]].add(("plausibility.share_over_100", "", row["claim_id"], (row["line"],)))
    return found


@pytest.fixture(scope="module")
def bench() -> tuple[list[Injected], dict[str, Told]]:
    texts = {name: text_of(name) for name in NAMES}
    # Entries of a contents list with a tab before their page are a grid.
    lines = parse_texts(texts).lines.filter(pl.col("table_number").is_null(), ~pl.col("text").str.contains("...", literal=True))
    prose = {name: set(lines.filter(document_id=name)["line"].to_list()) for name in NAMES}
    cases = list(injected(texts, prose, EACH, SEED))
    return cases, told(parse_texts(texts | {str(number): case.text for number, case in enumerate(cases)}))


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_named_with_its_line(bench: tuple[list[Injected], dict[str, Told]], mistake: str) -> None:
    cases, found = bench
    made = {number: case for number, case in enumerate(cases) if case.mistake == mistake}

    missed = {}
    for number, case in made.items():
        new = found[str(number)] - found[case.document]
        if not any(case.line in lines and any(fnmatch(check, wanted) for wanted in MISTAKES[mistake].checks) for check, *_, lines in new):
            missed[f"{case.document}:{case.line} {case.after}"] = sorted(new)

    assert len(made) > 0
    assert missed == {}
