"""ZIP archives and hostile files at landing: every member a document, and nothing that strangers make stops a build."""

import os
from importlib import import_module
from pathlib import Path

import pytest

from documents_factory import make_zip
from yusuan.landing import Landing, land
from yusuan.landing.store import path_of
from yusuan.reading import archive, package
from yusuan.settings import Settings

FIRST = "二〇二四年部门预算公开：收入总计 1,592.14 万元\n".encode()
SECOND = "二〇二四年部门预算公开：收入总计 1,600.00 万元\n".encode()


@pytest.fixture
def ours(tmp_path: Path) -> Settings:
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "good.txt").write_bytes("二〇二三年部门预算公开\n".encode())
    return Settings.load(raw=tmp_path / "raw", home=tmp_path / "home")


def look(settings: Settings, before: Landing | None = None) -> Landing:
    return land(settings, before.register, before.fingerprints) if before else land(settings, {}, {})


def told(landing: Landing) -> dict[str, str]:
    return {row.relative_path: row.status for row in landing.register.values() if row.relative_path != "good.txt"}


def reasons(landing: Landing) -> dict[str, str]:
    return {row.relative_path: row.reason or "" for row in landing.register.values() if row.status == "quarantined"}


def test_every_member_is_a_document_of_its_own(ours: Settings):
    (ours.raw / "局.zip").write_bytes(make_zip({"2024/a.txt": FIRST, "b.txt": SECOND}))

    landing = look(ours)

    assert told(landing) == {"局.zip/2024/a.txt": "landed", "局.zip/b.txt": "landed"}
    entry = next(row for row in landing.register.values() if row.file_name == "a.txt")
    assert (entry.bytes, entry.encoding, entry.media_type) == (len(FIRST), "utf-8", "text/plain")
    assert path_of(ours.landing, entry.document_id).read_bytes() == FIRST


def test_names_in_gbk_and_paths_that_lead_out_are_made_good(ours: Settings):
    (ours.raw / "a.zip").write_bytes(make_zip({"部门预算/说明.txt": FIRST, "../../../etc/b.txt": SECOND}, windows_names=True))

    landing = look(ours)

    assert told(landing) == {"a.zip/部门预算/说明.txt": "landed", "a.zip/etc/b.txt": "landed"}
    kept = {path.resolve() for path in ours.landing.rglob("*") if path.is_file()}
    assert all(path.is_relative_to(ours.landing.resolve()) for path in kept)


def test_a_bad_member_is_quarantined_alone(ours: Settings):
    (ours.raw / "a.zip").write_bytes(make_zip({"a.txt": FIRST, "b.bin": os.urandom(4096)}))

    landing = look(ours)

    assert told(landing) == {"a.zip/a.txt": "landed", "a.zip/b.bin": "quarantined"}


def test_a_bomb_is_quarantined_with_the_reason(ours: Settings):
    (ours.raw / "bomb.zip").write_bytes(make_zip({"a.txt": bytes(package.RATIO_FREE_BYTES + 1)}))

    landing = look(ours)

    assert "压缩炸弹" in reasons(landing)["bomb.zip"]
    assert landing.register and sum(row.status == "landed" for row in landing.register.values()) == 1


@pytest.mark.parametrize(
    ("content", "word"), [(make_zip({"a.txt": FIRST})[:-30], "不完整"), (make_zip({}), "没有文件"), (make_zip({"empty/": b""}), "没有文件")]
)
def test_an_archive_that_gives_nothing_is_quarantined_itself(ours: Settings, content: bytes, word: str):
    (ours.raw / "a.zip").write_bytes(content)

    assert word in reasons(look(ours))["a.zip"]


def test_an_archive_is_opened_once_and_not_at_every_build(ours: Settings, monkeypatch: pytest.MonkeyPatch):
    (ours.raw / "a.zip").write_bytes(make_zip({"a.txt": FIRST}))
    before = look(ours)
    monkeypatch.setattr(archive, "open_zip", lambda _: pytest.fail("was opened"))

    assert look(ours, before).register == before.register


def test_members_of_a_new_version_supersede_and_missing_ones_are_withdrawn(ours: Settings):
    file = ours.raw / "a.zip"
    file.write_bytes(make_zip({"a.txt": FIRST, "gone.txt": b"2023\n"}))
    before = look(ours)
    file.write_bytes(make_zip({"a.txt": SECOND}))

    after = look(ours, before)

    assert sorted((row.relative_path, row.status) for row in after.register.values() if row.relative_path != "good.txt") == [
        ("a.zip/a.txt", "landed"),
        ("a.zip/a.txt", "superseded"),
        ("a.zip/gone.txt", "withdrawn"),
    ]


def test_a_broken_new_version_takes_no_good_figures_away(ours: Settings):
    file = ours.raw / "a.zip"
    file.write_bytes(make_zip({"a.txt": FIRST}))
    before = look(ours)
    file.write_bytes(make_zip({"a.txt": SECOND})[:-30])

    assert told(look(ours, before)) == {"a.zip": "quarantined", "a.zip/a.txt": "landed"}


def test_what_the_manifest_says_of_an_archive_holds_for_its_members(ours: Settings):
    (ours.raw / "a.zip").write_bytes(make_zip({"a.txt": FIRST, "附件/b.txt": SECOND}))
    (ours.raw / "manifest.csv").write_text("file,publisher,source_url\na.zip,某市财政局,https://e.com/a.zip\n", encoding="utf-8")

    landing = look(ours)

    found = {row.relative_path: (row.status, row.publisher_hint, row.source_url) for row in landing.register.values()}
    assert found["a.zip/a.txt"] == ("landed", "某市财政局", "https://e.com/a.zip#a.txt")
    assert found["a.zip/附件/b.txt"] == ("landed", "某市财政局", "https://e.com/a.zip#%E9%99%84%E4%BB%B6/b.txt")


def test_the_same_document_inside_and_outside_is_one(ours: Settings):
    (ours.raw / "a.txt").write_bytes(FIRST)
    (ours.raw / "b.zip").write_bytes(make_zip({"a.txt": FIRST}))

    assert told(look(ours)) == {"a.txt": "landed"}


def test_a_file_name_in_gbk_is_read_as_its_maker_wrote_it(ours: Settings):
    with open(os.path.join(os.fsencode(ours.raw), "预算.txt".encode("gbk")), "wb") as file:
        file.write(FIRST)

    assert told(look(ours)) == {"预算.txt": "landed"}


def test_pipes_dead_links_and_links_in_circles_are_left_out(ours: Settings):
    os.mkfifo(ours.raw / "pipe.txt")
    (ours.raw / "dead.txt").symlink_to(ours.raw / "nothing")
    (ours.raw / "self.txt").symlink_to(ours.raw / "self.txt")
    (ours.raw / "folder").mkdir()
    (ours.raw / "folder" / "up").symlink_to(ours.raw)

    assert told(look(ours)) == {}


def test_a_file_that_may_not_be_read_is_left_for_the_next_build(ours: Settings, monkeypatch: pytest.MonkeyPatch):
    (ours.raw / "locked.txt").write_bytes(FIRST)
    opened = Path.open

    def locked(path: Path, *arguments: object, **named: object):  # type: ignore[no-untyped-def]
        if path.name == "locked.txt":
            raise PermissionError(13, "Permission denied")
        return opened(path, *arguments, **named)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", locked)

    landing = look(ours)

    assert landing.still_writing == ["locked.txt"] and len(landing.register) == 1


def test_a_file_beyond_all_measure_is_neither_copied_nor_looked_at(ours: Settings, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(import_module("yusuan.landing.land"), "MAX_BYTES", 1000)
    (ours.raw / "huge.pdf").write_bytes(b"%PDF-1.7" + bytes(2000))

    landing = look(ours)

    assert "1,024 MB" in reasons(landing)["huge.pdf"]
    assert max(path.stat().st_size for path in ours.landing.rglob("*") if path.is_file()) < 1000
