"""Sources to rows and landed documents: what is asked for, what is logged, and what the register makes of it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from web_server import LOOPBACK, WebServer, in_turn, say, serving, text, with_etag
from yusuan.assets.acquisition import acquisitions
from yusuan.assets.landing import register
from yusuan.landing.acquisition import acquire
from yusuan.landing.acquisition.http import Fetcher, Limits
from yusuan.progress import Progress
from yusuan.settings import Settings, YusuanError

FIRST = "二〇二四年部门预算公开：收入总计 1,592.14 万元\n".encode()
SECOND = "二〇二四年部门预算公开：收入总计 1,600.00 万元\n".encode()


@pytest.fixture
def server() -> Iterator[WebServer]:
    with serving() as server:
        yield server


@pytest.fixture
def ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """An empty raw/ and a machine that may fetch from loopback, without patience."""
    limits = Limits(connect_seconds=1, read_seconds=1, total_seconds=2, attempts=2, first_pause_seconds=0.01)
    monkeypatch.setattr(acquire, "Fetcher", lambda *arguments: Fetcher(*arguments, limits=limits))
    (tmp_path / "raw").mkdir()
    return replace(Settings.load(raw=tmp_path / "raw", home=tmp_path / "home"), allow_private=LOOPBACK)


def declare(settings: Settings, *entries: str) -> None:
    (settings.raw / "sources.yml").write_text("sources:\n" + "".join(f"  - {entry}\n" for entry in entries), encoding="utf-8")


def web(server: WebServer, *paths: str, refresh_hours: float = 0) -> str:
    urls = ", ".join(f"'{server.address}{path}'" for path in paths)
    return f"{{name: web, publisher: 某省财政厅, refresh_hours: {refresh_hours}, seconds_between_requests: 0, urls: [{urls}]}}"


def run(settings: Settings, *assets: dg.AssetsDefinition) -> dg.ExecuteInProcessResult:
    settings.apply()
    resources = {"settings": settings, "progress": Progress(), "home_lock": None}
    with dg.DagsterInstance.ephemeral() as instance:
        return dg.materialize(assets or [acquisitions, register], resources=resources, instance=instance)


def rows(settings: Settings, query: str) -> list[tuple]:
    with duckdb.connect(str(settings.working), read_only=True) as connection:
        return connection.execute(query).fetchall()


LOG = "select http_status, changed, bytes, error from staging.acquisitions order by started_at"
REGISTER = "select file_name, status, source_url, publisher_hint from staging.register order by landed_at, status desc"


def test_without_sources_nothing_is_done(ours: Settings):
    result = run(ours, acquisitions)

    assert result.asset_materializations_for_node("staging__acquisitions")[0].metadata["sources"].value == 0
    assert not ours.working.exists() and not ours.acquired.exists()


def test_a_fetched_file_is_landed_with_its_address_and_publisher(ours: Settings, server: WebServer):
    server.answers["/a.txt"] = text(FIRST)
    declare(ours, web(server, "/a.txt"))

    result = run(ours)

    assert rows(ours, LOG) == [(200, True, len(FIRST), None)]
    assert rows(ours, REGISTER) == [("a.txt", "landed", f"{server.address}/a.txt", "某省财政厅")]
    assert rows(ours, "select count(*) from staging.acquisitions join staging.register using (document_id, relative_path)") == [(1,)]
    assert dg.AssetKey(["source", "web"]) in {event.asset_key for event in result.get_asset_materialization_events()}


def test_unchanged_and_changed_files_are_told_apart_and_the_new_one_supersedes(ours: Settings, server: WebServer):
    server.answers["/a.txt"] = in_turn(with_etag(FIRST, '"1"'), with_etag(FIRST, '"1"'), with_etag(SECOND, '"2"'))
    declare(ours, web(server, "/a.txt"))

    for _ in range(3):
        run(ours)

    assert [(status, changed) for status, changed, _, _ in rows(ours, LOG)] == [(200, True), (304, False), (200, True)]
    assert sorted(status for _, status, _, _ in rows(ours, REGISTER)) == ["landed", "superseded"]


def test_a_server_without_validators_is_compared_by_bytes(ours: Settings, server: WebServer):
    server.answers["/a.txt"] = text(FIRST)
    declare(ours, web(server, "/a.txt"))

    run(ours)
    run(ours)

    assert [(status, changed) for status, changed, _, _ in rows(ours, LOG)] == [(200, True), (200, False)]


def test_what_was_asked_a_moment_ago_is_not_asked_again_and_what_failed_is(ours: Settings, server: WebServer):
    server.answers["/a.txt"] = text(FIRST)
    declare(ours, web(server, "/a.txt", "/missing.txt", refresh_hours=20))

    run(ours)
    run(ours)

    assert sorted(server.paths()) == ["/a.txt", "/missing.txt", "/missing.txt"]


def test_a_file_that_is_gone_from_the_disk_is_fetched_again(ours: Settings, server: WebServer):
    server.answers["/a.txt"] = with_etag(FIRST, '"1"')
    declare(ours, web(server, "/a.txt", refresh_hours=20))
    run(ours)
    next(ours.acquired.rglob("a.txt")).unlink()

    run(ours)

    assert rows(ours, REGISTER)[0][1] == "landed"


def test_one_address_that_fails_stops_neither_the_others_nor_the_build(ours: Settings, server: WebServer):
    server.answers["/bad.txt"] = lambda handler: say(handler, 500)
    server.answers["/a.txt"] = text(FIRST)
    declare(ours, web(server, "/bad.txt", "/missing.txt", "/a.txt"))

    assert run(ours).success

    assert [(status, changed, bool(error)) for status, changed, _, error in rows(ours, LOG)] == [
        (500, None, True),
        (404, None, True),
        (200, True, False),
    ]


def test_a_document_stands_when_its_address_is_gone(ours: Settings, server: WebServer):
    server.answers["/a.txt"] = in_turn(text(FIRST), lambda handler: say(handler, 404))
    declare(ours, web(server, "/a.txt"))

    run(ours)
    run(ours)

    assert [row[1] for row in rows(ours, REGISTER)] == ["landed"]


def test_addresses_with_the_same_file_name_are_kept_apart(ours: Settings, server: WebServer):
    server.answers["/1/a.txt"], server.answers["/2/a.txt"] = text(FIRST), text(SECOND)
    declare(ours, web(server, "/1/a.txt", "/2/a.txt"))

    run(ours)

    assert [row[:2] for row in rows(ours, REGISTER)] == [("a.txt", "landed")] * 2


def test_files_of_a_folder_are_landed_where_they_are(ours: Settings, tmp_path: Path):
    (tmp_path / "share" / "2024").mkdir(parents=True)
    (tmp_path / "share" / "2024" / "a.txt").write_bytes(FIRST)
    declare(ours, f"{{name: share, publisher: 某市, folder: {tmp_path / 'share'}}}")

    run(ours)
    run(ours)

    assert rows(ours, "select relative_path, status, publisher_hint from staging.register") == [
        ("acquired/share/2024/a.txt", "landed", "某市")
    ]
    assert [changed for _, changed, _, _ in rows(ours, LOG)] == [True, False]
    assert not ours.acquired.exists()


def test_a_share_that_is_not_connected_withdraws_nothing(ours: Settings, tmp_path: Path):
    share = tmp_path / "share"
    share.mkdir()
    (share / "a.txt").write_bytes(FIRST)
    (ours.raw / "b.txt").write_bytes(SECOND)
    declare(ours, f"{{name: share, folder: {share}}}")
    run(ours)
    share.rename(tmp_path / "elsewhere")

    run(ours)

    assert {row[1] for row in rows(ours, REGISTER)} == {"landed"}
    assert "共享盘" in rows(ours, LOG)[1][3]


def test_sources_that_gave_nothing_yet_are_an_error_that_says_where_to_look(ours: Settings, server: WebServer):
    declare(ours, web(server, "/missing.txt"))

    with pytest.raises(YusuanError, match="none came from"):
        run(ours)


def test_the_private_network_stays_closed_without_the_settings(ours: Settings, server: WebServer):
    server.answers["/a.txt"] = text(FIRST)
    (ours.raw / "b.txt").write_bytes(SECOND)
    declare(ours, web(server, "/a.txt"))

    run(replace(ours, allow_private=""))

    assert server.asked == [] and "内部地址" in rows(ours, LOG)[0][3]
