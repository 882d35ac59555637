"""The reference seeds against what documents print: nothing is called official that a document at hand names otherwise."""

import csv
from itertools import pairwise
from pathlib import Path

import polars as pl

from yusuan.parsing.divisions import with_divisions
from yusuan.settings import Settings
from yusuan.summary import Summary
from yusuan.warehouse.query import snapshot

# A founding disclosure books 其他工资福利支出 of its government body under 工资奖金津补贴 instead of 50199.
KNOWN_OTHERS = [("30199", "50101", "001")]
SEEDS = Path(__file__).resolve().parents[1] / "dbt_project" / "seeds"
DISAGREEING = """
    select printed.scheme, printed.code, printed.fiscal_year, printed.name_printed, seeds.name, printed.file_name
    from marts.code_names_printed as printed
    inner join (
        select 'functional' as scheme, code, name, valid_from_year, valid_to_year, is_official from reference.functional_classification
        union all
        select scheme, code, name, valid_from_year, valid_to_year, is_official from reference.economic_classification
    ) as seeds
        on seeds.scheme = printed.scheme and seeds.code = printed.code
        and printed.fiscal_year between seeds.valid_from_year and coalesce(seeds.valid_to_year, 9999)
    where seeds.is_official = {official}
        and translate(printed.name_printed, '（）', '()') <> translate(seeds.name, '（）', '()')
"""


def rows(settings: Settings, query: str) -> list[tuple]:
    with snapshot(settings) as connection:
        return connection.execute(query).fetchall()


def seed(name: str) -> list[dict[str, str]]:
    with (SEEDS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def divisions_of(*publishers: tuple[str | None, int | None]) -> list[str | None]:
    names, years = zip(*publishers, strict=True)
    described = pl.DataFrame(
        {"document_id": [str(n) for n in range(len(names))], "publisher_name": names, "fiscal_year": years},
        schema_overrides={"publisher_name": pl.Utf8, "fiscal_year": pl.Int32},
    )
    return with_divisions(described)["division_code"].to_list()


def test_no_official_name_differs_from_one_that_a_founding_disclosure_prints(published: tuple[Settings, Summary]):
    settings, _ = published

    compared = rows(settings, "select count(*) from marts.code_names_printed where name_source = 'official'")

    assert compared[0][0] > 100
    assert rows(settings, DISAGREEING.format(official="true")) == []


def test_no_official_name_differs_from_one_that_a_published_pdf_prints(published_with_pdf: Settings):
    compared = rows(published_with_pdf, "select count(distinct file_name) from marts.code_names_printed where name_source = 'official'")

    assert compared[0][0] >= 10
    assert rows(published_with_pdf, DISAGREEING.format(official="true")) == []


def test_a_row_is_withheld_from_the_official_ones_for_a_reason_that_it_gives(published: tuple[Settings, Summary]):
    settings, _ = published
    withheld = {
        row["code"]: row["note"]
        for name in ("functional_classification", "economic_classification")
        for row in seed(name)
        if row["is_official"] == "false"
    }

    assert all(withheld.values())
    assert {code for _, code, *_ in rows(settings, DISAGREEING.format(official="false"))} == {
        code for code, note in withheld.items() if "手头一份文件" in note
    }


def test_every_level_has_its_parent_and_names_of_a_code_do_not_overlap():
    for name in ("functional_classification", "economic_classification"):
        found = seed(name)
        codes = {(row.get("scheme"), row["code"]) for row in found}
        assert [row for row in found if len(row["code"]) > 3 and (row.get("scheme"), row["code"][:-2]) not in codes] == []
        spans: dict[tuple, list[tuple[int, int]]] = {}
        for row in found:
            spans.setdefault((row.get("scheme"), row["code"]), []).append((int(row["valid_from_year"]), int(row["valid_to_year"] or 9999)))
        for code, years in spans.items():
            years.sort()
            assert all(end < start for (_, end), (start, _) in pairwise(years)), code


def test_the_official_correspondence_joins_codes_of_both_classifications():
    codes = {(row["scheme"], row["code"]) for row in seed("economic_classification")}
    pairs = seed("economic_correspondence")

    assert {("department", pair["department_code"]) for pair in pairs} | {
        ("government", pair["government_code"]) for pair in pairs
    } <= codes
    assert {pair["government_code"] for pair in pairs if pair["department_code"] == "30101"} == {"50101", "50501"}


def test_every_class_of_the_functional_classification_has_a_cofog_division():
    classes = {row["code"] for row in seed("functional_classification") if row["level"] == "class"}

    assert {row["class_code"] for row in seed("cofog_division")} == classes
    assert {row["cofog_division"] for row in seed("cofog_division")} <= {f"{number:02}" for number in range(1, 11)}


def test_printed_pairs_of_economic_codes_are_those_of_the_correspondence_but_for_what_is_known(published: tuple[Settings, Summary]):
    settings, _ = published
    official = {(pair["department_code"], pair["government_code"]) for pair in seed("economic_correspondence")}
    pairs = rows(
        settings,
        "select distinct economic_code, government_economic_code, file_name from marts.budget_amounts "
        "where length(economic_code) = 5 and length(government_economic_code) = 5",
    )

    others = sorted(
        (department, government, name[:3]) for department, government, name in pairs if (department, government) not in official
    )

    assert len(pairs) > 30
    assert others == KNOWN_OTHERS


def test_a_division_is_told_by_the_code_of_its_year_and_by_the_division_above_it():
    assert divisions_of(("大同市南郊区财政局", 2017), ("大同市云冈区财政局", 2023), ("北京市密云县教育局", 2014)) == [
        "140211",
        "140214",
        "110228",
    ]
    assert divisions_of(("南京市鼓楼区教育局", 2024), ("福建省福州市鼓楼区教育局", 2024), ("上海市普陀区财政局", 2024)) == [
        "320106",
        "350102",
        "310107",
    ]


def test_a_name_that_several_divisions_bear_tells_none_of_them():
    assert divisions_of(("鼓楼区教育局", 2024), ("某大学", 2024), (None, 2024), ("江苏省驻上海市办事处", None)) == [
        None,
        None,
        None,
        "320000",
    ]
