"""Citations: any number can be taken away with everything that a reader needs to find it again."""

import json

import duckdb
import pytest
from typer.testing import CliRunner

from yusuan import citing
from yusuan.cli import app
from yusuan.settings import Settings, YusuanError
from yusuan.summary import Summary
from yusuan.warehouse.query import snapshot

Published = tuple[Settings, Summary]
DOCUMENT = "469de53bbe02f9d967493bc445159b8b472bd6f3b17ad54456e29c78368c775a"
# 焦作, “三公”经费合计 13.10 万元 on line 423 of the text.
QUERY = f"select amount_id from marts.budget_amounts where document_id = '{DOCUMENT}' and line = 423 and amount_printed = '13.10'"


@pytest.fixture
def amount(published: Published) -> str:
    with snapshot(published[0]) as connection:
        ((found,),) = connection.execute(QUERY).fetchall()
    return found


def cite(published: Published, *arguments: str) -> str:
    result = CliRunner().invoke(app, ["cite", *arguments, "--home", str(published[0].home)])
    assert result.exit_code == 0, result.output
    return result.output.strip()


def test_a_citation_names_document_publisher_date_place_printed_text_and_fingerprint(published: Published, amount: str):
    said = cite(published, amount)

    assert said.startswith("焦作市政务服务和大数据管理局. 焦作市政务服务和大数据管理局2023年度部门预算[EB/OL]. [2026-")
    assert "第423行：“13.10”万元（“三公”经费，“三公”经费合计，金额，2023年），合131,000.00元" in said
    assert said.endswith(f"文件001_2d610ba8f08dc01a.txt，SHA-256：{DOCUMENT}.")


def test_a_citation_in_english_keeps_printed_names(published: Published, amount: str):
    said = cite(published, amount, "--english")

    assert "Line 423: “13.10” 万元" in said and "131,000.00 yuan" in said and DOCUMENT in said


def test_a_citation_for_machines_has_every_part(published: Published, amount: str):
    said = json.loads(cite(published, amount[:12], "--json"))

    assert (said["amount_id"], said["line"], said["amount_printed"], said["document_id"]) == (amount, 423, "13.10", DOCUMENT)


def test_address_and_page_are_cited_where_they_are_known():
    cited = {
        **dict.fromkeys(("retrieved_on", "line", "statement_name", "label", "measure_name"), None),
        "publisher_name": "某局",
        "document_title": None,
        "file_name": "a.pdf",
        "source_url": "https://example.org/a.pdf",
        "page": 7,
        "fiscal_year": 2024,
        "amount_printed": "1.00",
        "unit_printed": "元",
        "amount_yuan": 1,
        "document_id": "ab",
    }

    assert citing.chinese(cited) == (
        "某局. a.pdf[EB/OL]. https://example.org/a.pdf. 第7页：“1.00”元（2024年），合1元. 文件a.pdf，SHA-256：ab."
    )


@pytest.mark.parametrize("amount", ["", "0000000", "0123456789", "%%%%%%%%%%", "'; drop table x; --"])
def test_an_amount_that_is_not_there_is_told_in_a_sentence(published: Published, amount: str):
    with snapshot(published[0]) as connection, pytest.raises(YusuanError, match=r"too short|there is no amount"):
        citing.source(connection, amount)


def test_a_beginning_that_fits_two_amounts_is_refused():
    with duckdb.connect() as connection:
        connection.execute("create schema marts")
        connection.execute("create table marts.dim_document as select 'd' as document_id, null as source_url, null as retrieved_on")
        connection.execute("create table marts.dim_statement as select 's' as statement, 's' as statement_name")
        connection.execute("create table marts.dim_measure as select 'm' as measure, 'm' as measure_name")
        columns = "document_title, publisher_name, file_name, page, line, statement, project_name, line_item, classification_name"
        more = "economic_name, measure, fiscal_year, amount_printed, unit_printed, amount_yuan, proof"
        nulls = ", ".join(f"null as {name}" for name in f"{columns}, {more}".split(", "))
        connection.execute(
            f"create table marts.budget_amounts as select 'aaaaaaaa' || n as amount_id, 'd' as document_id, {nulls} from range(2) t(n)"
        )

        with pytest.raises(YusuanError, match="more than one"):
            citing.source(connection, "aaaaaaaa")
