"""A disclosure that is published again with other numbers: the marts show the newest, history and diff tell the rest, and an
incremental build is worth as much as a full one."""

import shutil
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

import dagster as dg
import duckdb
import pytest
from typer.testing import CliRunner

from yusuan import changes
from yusuan.assets.publish import KEY, warehouse
from yusuan.build import build
from yusuan.cli import app
from yusuan.progress import Progress
from yusuan.settings import Settings
from yusuan.summary import Summary
from yusuan.warehouse import gate, snapshots
from yusuan.warehouse.catalog import SCHEMAS, relations
from yusuan.warehouse.differences import DocumentChange, Totals, differences
from yusuan.warehouse.query import snapshot
from yusuan.warehouse.snapshots import Snapshot

# What a run writes about itself, and not about a document.
OF_THE_RUN = {
    "staging.outcomes": ("seconds", "run_id", "at"),
    "quality.finding_history": ("last_seen", "run_count", "last_run_id"),
    "quality.findings": ("state",),
}
RUNS = {"quality.validation_results"}


@dataclass(frozen=True)
class Revised:
    """The founding disclosures (`before`), one of them published again and one added (`after`), and the same read as a whole (`full`)."""

    settings: Settings
    before: Snapshot
    after: Snapshot
    full: Snapshot

    def path(self, of: Snapshot) -> Path:
        return snapshots.database_of(self.settings, of)


@pytest.fixture(scope="module")
def revised(published: tuple[Settings, Summary], tmp_path_factory: pytest.TempPathFactory) -> Revised:
    original, _ = published
    directory = tmp_path_factory.mktemp("revised")
    raw = Path(shutil.copytree(original.raw, directory / "raw"))
    settings = Settings.load(raw, Path(shutil.copytree(original.home, directory / "home", symlinks=True)))
    before = snapshots.current(settings)
    file = next(raw.glob("003*.txt"))
    text = file.read_text(encoding="utf-8")
    (raw / "another.txt").write_text(text.replace("昌吉回族自治州", "伊犁哈萨克自治州"), encoding="utf-8")
    assert text.count("570.00") > 1
    file.write_text(text.replace("570.00", "571.00"), encoding="utf-8")
    with duckdb.connect(str(settings.working)) as connection:
        connection.execute("create table marts.of_a_deleted_model as select 1 as answer")
        connection.execute(
            "update staging.documents set parser_version = 'old' where document_id = "
            "(select document_id from staging.register where file_name like '000%')"
        )
    assert build(settings, Progress()).status == "published"
    after = snapshots.current(settings)
    assert build(replace(settings, full=True), Progress()).status == "published"
    full = snapshots.current(settings)
    assert before and after and full
    return Revised(settings, before, after, full)


def rows(file: Path, query: str) -> list[tuple]:
    with duckdb.connect(str(file), read_only=True) as connection:
        return connection.execute(query).fetchall()


def test_only_new_changed_and_outdated_documents_are_read_again(revised: Revised):
    runs = "select count(*) from staging.outcomes where step = 'opened' group by run_id order by min(\"at\")"

    # Four as they were, the superseded one among them; the outdated, the revised and the new one.
    assert [count for (count,) in rows(revised.path(revised.after), runs)] == [4, 3]
    assert [count for (count,) in rows(revised.path(revised.full), runs)] == [7]


def test_a_full_build_gives_the_same_rows_in_every_table(revised: Revised):
    differing = []
    with duckdb.connect() as connection:
        for name, of in (("incremental", revised.after), ("whole", revised.full)):
            connection.execute(f"attach '{revised.path(of)}' as {name} (read_only)")
        compared = [each for each in relations(connection, SCHEMAS, "whole") if f"{each.schema}.{each.name}" not in RUNS]
        for relation in compared:
            columns = ", ".join(
                f'"{name}"' for name in relation.column_names if name not in OF_THE_RUN.get(f"{relation.schema}.{relation.name}", ())
            )
            one, other = (f"select {columns} from {name}.{relation.qualified}" for name in ("incremental", "whole"))
            if connection.execute(f"({one} except all {other}) union all ({other} except all {one}) limit 1").fetchone():
                differing.append(relation.qualified)
    assert len(compared) > 25
    assert differing == []


def test_the_marts_show_the_newest_version_and_history_has_both(revised: Revised):
    file = revised.path(revised.after)
    of_both = "from marts.budget_amounts_history where file_name like '003%' and amount_printed in ('570.00', '571.00')"

    assert rows(
        file, "select distinct amount_printed from marts.budget_amounts where file_name like '003%' and amount_printed like '57_.00'"
    ) == [("571.00",)]
    assert rows(file, f"select distinct version_number, is_current, amount_printed, valid_to is null {of_both} order by all") == [
        (1, False, "570.00", False),
        (2, True, "571.00", True),
    ]
    assert rows(file, "select count(*) from marts.dim_document_version where version_count > 1") == [(2,)]
    assert rows(file, "select count(*) from marts.dim_document where file_name like '003%'") == [(1,)]


def test_diff_tells_documents_and_amounts_that_changed(revised: Revised):
    with differences(revised.path(revised.before), revised.path(revised.after)) as found:
        documents, amounts, totals = found.documents(), found.amounts(), found.totals()

    told = [(each.change, each.file_name[:3], each.added, each.revised > 1, each.gone) for each in documents]
    assert told == [("revised", "003", 0, True, 0), ("added", "ano", documents[1].amounts_after, False, 0)]
    assert {(each.change, each.before_yuan, each.after_yuan) for each in amounts} == {
        ("revised", Decimal("5700000.00"), Decimal("5710000.00"))
    }
    assert (totals.documents_before, totals.documents_after, totals.amounts_lost_or_revised) == (5, 6, len(amounts))


def test_diff_the_other_way_round_takes_away_what_was_added(revised: Revised):
    with differences(revised.path(revised.after), revised.path(revised.before)) as found:
        assert [(each.change, each.file_name[:3]) for each in found.documents()] == [("gone", "ano"), ("revised", "003")]


def test_a_snapshot_has_no_differences_from_itself_or_from_the_same_read_again(revised: Revised):
    for one in (revised.after, revised.full):
        with differences(revised.path(revised.after), revised.path(one)) as found:
            assert (found.documents(), found.amounts(), found.totals().amounts_lost_or_revised) == ([], [], 0)


def test_diff_is_told_to_people_and_to_machines(revised: Revised):
    arguments = ["diff", revised.before.id, revised.after.id, "--home", str(revised.settings.home)]

    text = CliRunner().invoke(app, arguments).output
    machines = CliRunner().invoke(app, [*arguments, "--json"]).output

    assert "documents  5 -> 6" in text and "5,700,000.00 -> 5,710,000.00 (+10,000.00)" in text
    assert '"change": "revised"' in machines and '"documents_after": 6' in machines


def test_tables_of_deleted_models_are_not_published(revised: Revised):
    assert rows(revised.path(revised.after), "select * from duckdb_tables() where table_name = 'of_a_deleted_model'") == []


def publish_asset(settings: Settings) -> dg.ExecuteInProcessResult:
    return dg.materialize([warehouse], resources={"settings": settings, "progress": Progress(), "home_lock": None}, raise_on_error=False)


@pytest.fixture
def losing(changeable: Settings) -> Settings:
    """A finished build that has lost a document."""
    with duckdb.connect(str(changeable.working)) as connection:
        lost = "select document_id from marts.dim_document where file_name like '004%'"
        connection.execute(f"delete from marts.fct_budget_amount where document_id in ({lost})")
        connection.execute("delete from marts.dim_document where file_name like '004%'")
    changeable.built.unlink()
    return changeable


def test_a_build_that_loses_a_document_is_held_back_until_a_person_accepts_it(losing: Settings):
    before = snapshots.current(losing)

    held = publish_asset(losing)
    assert not held.success and snapshots.current(losing) == before
    [check] = held.get_asset_check_evaluations()
    assert (check.asset_key, check.check_name, check.passed) == (KEY, gate.CHECK, False)
    assert (check.description or "").startswith("1 published document would be lost: 004_")

    accepted = publish_asset(replace(losing, accept=True))
    assert accepted.success and snapshots.current(losing) != before


def test_a_snapshot_with_the_same_input_is_not_published_again_so_that_a_rollback_holds(changeable: Settings):
    first = snapshots.current(changeable)
    publish_asset(replace(changeable, accept=True))
    snapshots.roll_back(changeable, "previous")
    changes.hold(changeable)

    again = publish_asset(changeable)

    assert again.success and snapshots.current(changeable) == first
    assert changes.nothing_changed(changeable)


def lost(name: str) -> DocumentChange:
    return DocumentChange("gone", name, None, None, None, "x", None, None, 1, 0, 0, 0, 1)


@pytest.mark.parametrize(("lost_or_revised", "held"), [(25, False), (26, True)])
def test_more_than_the_set_share_of_amounts_is_held_back(lost_or_revised: int, held: bool):
    volume = gate.judge(Totals(5, 5, 100, 140, lost_or_revised), [], {}, 0.25)

    assert bool(volume.reasons) is held
    assert not held or "26% of the published amounts (26 of 100)" in volume.reasons[0]


def test_lost_documents_are_named_and_the_rest_counted():
    volume = gate.judge(Totals(9, 4, 100, 100, 5), [lost(f"{number}.pdf") for number in range(5)], {}, 0.25)

    assert volume.reasons == ("5 published documents would be lost: 0.pdf, 1.pdf, 2.pdf and 2 more",)


def test_facts_that_lose_many_rows_are_named():
    rows_of = {"marts.fct_narrative_claim": (100, 74), "marts.fct_performance_target": (100, 75)}

    assert gate.judge(Totals(5, 5, 100, 100, 0), [], rows_of, 0.25).reasons == (
        "marts.fct_narrative_claim would have 74 rows instead of 100",
    )


def test_what_cannot_be_compared_is_replaced(changeable: Settings):
    assert gate.measure(changeable).totals
    snapshots.database_of(changeable, snapshots.kept(changeable)[0]).write_bytes(b"no database")

    assert gate.measure(changeable) == gate.Volume()


def test_the_snapshots_are_listed_and_one_is_gone_back_to_by_command(revised: Revised, tmp_path: Path):
    home = str(shutil.copytree(revised.settings.home, tmp_path / "home", symlinks=True))

    listed = CliRunner().invoke(app, ["snapshots", "--home", home]).output.splitlines()
    rolled = CliRunner().invoke(app, ["rollback", revised.before.id, "--home", home])

    assert [line.split()[0] for line in listed[2:-1]] == [revised.full.id, revised.after.id, revised.before.id]
    assert listed[2].endswith("current") and revised.before.id in rolled.output
    with snapshot(Settings.load(home=home)) as connection:
        assert connection.execute("select count(*) from marts.dim_document").fetchone() == (5,)
