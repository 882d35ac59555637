"""Search: words inside names of projects and items, folded in typesetting, each hit with what it costs and where that is printed."""

import csv
import io
import json

import pytest
from typer.testing import CliRunner

from yusuan.cli import app
from yusuan.searching import search, words_of
from yusuan.settings import Settings, YusuanError
from yusuan.summary import Summary
from yusuan.warehouse.query import snapshot

Published = tuple[Settings, Summary]


def hits(published: Published, *words: str, limit: int = 100) -> list[dict[str, object]]:
    with snapshot(published[0]) as connection:
        found = search(connection, words, limit)
        return [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]


def test_a_word_inside_a_name_finds_the_project_with_its_agency_year_and_amount(published: Published):
    found = hits(published, "政务云")

    assert [(hit["kind"], hit["name"], str(hit["amount_yuan"])) for hit in found] == [
        ("project", "政务云平台机房存储扩容项目", "5700000.00"),
        ("project", "昌吉州统一政务云密码服务支撑系统项目", "1700000.00"),
        ("project", "昌吉州统一政务云密码服务支撑系统平台运行维护费", "600000.00"),
    ]
    assert {(hit["agency_name"], hit["fiscal_year"]) for hit in found} == {("昌吉回族自治州人民政府电子政务办公室", 2023)}


def test_all_words_must_be_there_in_any_order(published: Published):
    both = {hit["name"] for hit in hits(published, "运维", "网站")}

    assert both == {hit["name"] for hit in hits(published, "网站　运维")}
    assert both < {hit["name"] for hit in hits(published, "网站")}
    assert all("运维" in name and "网站" in name for name in both) and both


def test_a_project_printed_on_several_lines_costs_their_sum(published: Published):
    (hit,) = [hit for hit in hits(published, "OA协同办公系统") if hit["statement"] == "project_expenditure"]

    # 137.00 and 3.00 万元, one line for each economic item.
    assert (str(hit["amount_yuan"]), hit["figures"]) == ("1400000.00", 2)


@pytest.mark.parametrize("written", ["三公经费合计", "“三公”经费合计", "三公 经费合计", "「三公」经费合计"])
def test_quotation_marks_and_spaces_do_not_matter(published: Published, written: str):
    assert len(hits(published, written)) == 2


@pytest.mark.parametrize("written", ["维修(护)费", "维修（护）费", "维修〔护〕费", "维修【护】费"])
def test_kinds_of_brackets_do_not_matter(published: Published, written: str):
    assert {hit["name"] for hit in hits(published, written)} >= {"维修(护)费"}


@pytest.mark.parametrize("written", ["B座", "b座", "Ｂ座", "ｂ座"])
def test_full_width_and_small_letters_do_not_matter(published: Published, written: str):
    assert [hit["name"] for hit in hits(published, written)] == ["阳光大厦B座运行维护费"]


def test_words_are_told_from_quotation_marks_alone():
    assert words_of(["政务云　运维", "“”", "ＯＡ", "oa"]) == ["政务云", "运维", "oa"]


def test_no_word_is_an_error_that_says_what_to_give(published: Published):
    with pytest.raises(YusuanError, match="give one or more"):
        hits(published, "　“”")


def test_a_word_with_the_signs_of_sql_finds_nothing_and_breaks_nothing(published: Published):
    assert hits(published, "'; drop table marts.dim_document; --", "%") == []


def test_the_command_prints_for_people_and_for_machines(published: Published):
    home = ["--home", str(published[0].home)]

    shown = CliRunner().invoke(app, ["search", "网络", "安全", *home])
    as_json = CliRunner().invoke(app, ["search", "网络", "安全", "--format", "json", *home])
    as_csv = CliRunner().invoke(app, ["search", "政务云", "--limit", "2", "--format", "csv", *home])

    assert "网络安全审计费" in shown.output and "25,000.00" in shown.output
    assert json.loads(as_json.output)[0]["amount_yuan"] == 25000
    assert len(list(csv.DictReader(io.StringIO(as_csv.output)))) == 2
