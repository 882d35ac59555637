"""The dbt models on small staging databases: what analysts are promised about the marts."""

import re
import shutil
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from built import Built, build
from staging_factory import WAN, unit_and_department

CONTRACT = [
    "document_id",
    "file_name",
    "document_title",
    "document_kind",
    "fiscal_year",
    "publisher_name",
    "division_code",
    "division_name",
    "province_name",
    "statement",
    "side",
    "agency_code",
    "agency_name",
    "classification_code",
    "classification_name",
    "economic_code",
    "economic_name",
    "government_economic_code",
    "government_economic_name",
    "project_code",
    "project_name",
    "project_category",
    "line_item",
    "row_kind",
    "measure",
    "fund_source",
    "period",
    "amount_yuan",
    "amount_printed",
    "unit_printed",
    "decimals_printed",
    "page",
    "line",
    "table_number",
    "row_number",
    "column_number",
    "proof",
    "repair",
]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    staging = unit_and_department()
    staging.document("older", status="superseded", document_kind="unit_budget", publisher_name="电子政务管理中心")
    staging.table("older", 1, "expenditure_summary", "2023年单位支出预算表")
    staging.amount("older", 1, 1, "9.99")
    return build(staging, tmp_path_factory.mktemp("models"))


def published_models(built: Built) -> list[dict]:
    return [
        node for node in built.manifest["nodes"].values() if node["resource_type"] == "model" and node["schema"] in ("marts", "quality")
    ]


def test_dbt_builds_without_a_warning(built: Built) -> None:
    assert re.search(r"WARN=0 ERROR=0 SKIP=0", built.output)
    assert "[WARNING]" not in built.output
    assert {result["status"] for result in built.results} <= {"success", "pass"}


def test_every_mart_has_a_contract_a_grain_and_described_columns(built: Built) -> None:
    models = published_models(built)

    assert len(models) >= 15
    for model in models:
        assert model["contract"]["enforced"], model["name"]
        assert model["description"].startswith("Grain: one "), model["name"]
        assert "Usage warning: " in model["description"], model["name"]
        assert not [name for name, column in model["columns"].items() if not column["description"]], model["name"]


def test_descriptions_are_kept_in_the_database(built: Built) -> None:
    undescribed = built.rows(
        """
        select table_name, column_name from duckdb_columns()
        where schema_name in ('marts', 'reference') and coalesce(comment, '') = ''
        """
    )

    assert undescribed == []


def test_the_front_door_has_the_columns_of_the_contract_in_their_order(built: Built) -> None:
    columns = [
        name for (name,) in built.rows("select column_name from duckdb_columns() where table_name = 'budget_amounts' order by column_index")
    ]
    types = dict(built.rows("select column_name, data_type from duckdb_columns() where table_name = 'budget_amounts'"))

    assert columns[: len(CONTRACT)] == CONTRACT
    assert types["amount_yuan"] == "DECIMAL(20,2)"
    assert types["fiscal_year"] == "INTEGER"


def test_views_work_under_another_file_name(built: Built, tmp_path: Path) -> None:
    published = Path(shutil.copy(built.settings.working, tmp_path / "warehouse.duckdb"))

    with duckdb.connect(str(published), read_only=True) as con:
        assert con.execute("select count(*) from marts.budget_amounts_consolidated").fetchone() == (3,)


def test_only_current_documents_are_in_the_marts(built: Built) -> None:
    assert built.rows("select document_id from marts.dim_document order by 1") == [("department",), ("unit",)]
    assert built.rows("select count(*) from marts.budget_amounts where document_id = 'older'") == [(0,)]


def test_additive_rows_add_up_to_the_printed_total(built: Built) -> None:
    sums = dict(
        built.rows(
            """
            select document_id, sum(amount_yuan) from marts.budget_amounts_additive
            where statement = 'expenditure_summary' and measure = 'total' group by 1
            """
        )
    )

    assert sums["department"] == 100 * WAN
    # The unit prints 14.43 over 10.33 and 4.11: half a unit of the last place of three figures.
    assert abs(sums["unit"] - Decimal("14.43") * WAN) <= Decimal("0.015") * WAN


def test_the_money_of_a_unit_counts_once_inside_its_department(built: Built) -> None:
    assert built.rows("select document_id, counted_in, counted_in_reason from marts.dim_document where counted_in is not null") == [
        ("unit", "department", "named_in_rows")
    ]
    assert built.rows("select sum(amount_yuan) from marts.budget_amounts_consolidated where statement = 'expenditure_summary'") == [
        (100 * WAN,)
    ]


def test_a_unit_is_the_child_of_its_department_under_one_row_for_both_spellings(built: Built) -> None:
    assert built.rows(
        """
        select unit.agency_name, unit.agency_code, unit.spelling_count, department.agency_name
        from marts.dim_agency as unit inner join marts.dim_agency as department on department.agency_key = unit.parent_agency_key
        """
    ) == [("电子政务管理中心（云计算中心）", "122201", 2, "政务服务和大数据管理局")]


def test_an_amount_is_proved_by_its_identities(built: Built) -> None:
    assert built.rows("select distinct proof from marts.budget_amounts") == [("proved",)]


def test_the_same_rows_in_another_order_give_the_same_rows_and_keys(built: Built, tmp_path: Path) -> None:
    queries = [
        "select * from marts.fct_budget_amount order by amount_id",
        "select * from marts.dim_agency order by agency_key",
        "select * from marts.dim_classification_code order by classification_key",
        "select * exclude (first_seen) from quality.findings order by finding_id",
    ]
    staging = unit_and_department()
    for rows in staging.rows.values():
        rows.reverse()

    again = build(staging, Path(shutil.copytree(built.settings.home, tmp_path / "home")), "run")

    for query in queries:
        assert built.rows(query) == again.rows(query)
