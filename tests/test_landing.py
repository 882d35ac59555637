"""Landing: which files count, how they are judged, and that no byte and no bad file stops anything."""

import os
import random
import time
from pathlib import Path

import pytest

from yusuan.landing import Landing, folder, land
from yusuan.landing.encoding import text_encoding
from yusuan.landing.folder import fingerprint, walk
from yusuan.landing.judgement import Refuse, refusal
from yusuan.landing.manifest import read_manifest
from yusuan.landing.store import keep, path_of
from yusuan.settings import Settings, YusuanError

DISCLOSURES = 5
CHINESE = "二〇二三年度部门预算公开：收入总计 1,592.14 万元\n"


def only_texts(media_type: str) -> str | None:
    return None if media_type == "text/plain" else refusal(media_type) or f"还没有能读取 {media_type} 的程序。"


def look(settings: Settings, previous: Landing | None = None, refuse: Refuse = only_texts) -> Landing:
    return land(settings, previous.register, previous.fingerprints, refuse) if previous else land(settings, {}, {}, refuse)


def judged(settings: Settings, content: bytes, name: str = "new.txt") -> tuple[str, str | None, str | None]:
    (settings.raw / name).write_bytes(content)
    found = next(row for row in look(settings).register.values() if row.relative_path == name)
    return found.status, found.encoding, found.reason


def test_the_founding_disclosures_land_and_what_describes_them_does_not(settings: Settings):
    (settings.raw / ".DS_Store").write_text("x")
    (settings.raw / "sources.yml").write_text("sources: []")
    (settings.raw / "upload.txt.part").write_text("x")

    landing = look(settings)

    assert [row.status for row in landing.register.values()] == ["landed"] * DISCLOSURES
    assert {row.encoding for row in landing.register.values()} == {"utf-8"}


def test_directories_are_searched_and_hidden_ones_are_not(settings: Settings):
    for directory in ("山西/大同", ".git"):
        (settings.raw / directory).mkdir(parents=True)
        (settings.raw / directory / "a.txt").write_text(CHINESE)

    assert {name for name, _, _ in walk(settings.raw) if "/" in name} == {"山西/大同/a.txt"}


def test_landed_bytes_are_kept_unchanged_under_their_hash(settings: Settings):
    before = {path.name: path.read_bytes() for path in settings.raw.iterdir()}

    landing = look(settings)

    for row in landing.register.values():
        assert path_of(settings.landing, row.document_id).read_bytes() == before[row.file_name]
    assert {path.name: path.read_bytes() for path in settings.raw.iterdir()} == before
    assert not [path for path in settings.landing.rglob("*") if path.name.startswith(".")]


def test_the_manifest_says_who_published_and_when_it_was_retrieved(settings: Settings):
    row = next(row for row in look(settings).register.values() if row.file_name.startswith("003"))

    assert row.publisher_hint == "昌吉回族自治州人民政府电子政务办公室"
    assert str(row.retrieved_on) == "2026-11-21"


def test_a_manifest_saved_by_a_spreadsheet_program_is_read(tmp_path: Path):
    (tmp_path / "manifest.csv").write_bytes("file,publisher,retrieved_on\n甲.txt,某市财政局,2026/3/1\n".encode("gb18030"))

    hint = read_manifest(tmp_path)["甲.txt"]

    assert (hint.publisher, str(hint.retrieved_on)) == ("某市财政局", "2026-03-01")


@pytest.mark.parametrize("line", ["甲.txt,某局,yesterday", "甲.txt,某局,2026-13-40"])
def test_a_manifest_with_a_wrong_date_names_the_line(tmp_path: Path, line: str):
    (tmp_path / "manifest.csv").write_text(f"file,publisher,retrieved_on\n{line}\n", encoding="utf-8")

    with pytest.raises(YusuanError, match="line 2"):
        read_manifest(tmp_path)


@pytest.mark.parametrize(
    ("codec", "expected"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8-sig"), ("gb18030", "gb18030"), ("gbk", "gb18030"), ("utf-16", "utf-16")],
)
def test_texts_in_the_encodings_of_government_sites_are_recognised(settings: Settings, codec: str, expected: str):
    assert judged(settings, CHINESE.encode(codec)) == ("landed", expected, None)


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "为空"),
        (b" \r\n\t ", "为空"),
        (random.Random(1).randbytes(4096), "格式"),
        (b"\x7fELF\x02\x01\x01" + bytes(64), "格式"),
        (CHINESE.encode("gb18030")[:-3] + b"\xff\xff", "格式"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n" + bytes(16), "image/png"),
        (b"<!DOCTYPE html><html><body>x</body></html>", "text/html"),
    ],
)
def test_what_cannot_be_read_is_quarantined_with_a_reason_and_the_rest_lands(settings: Settings, content: bytes, word: str):
    status, _, reason = judged(settings, content)

    assert status == "quarantined"
    assert reason and word in reason and reason.endswith("。")
    assert sum(row.status == "landed" for row in look(settings).register.values()) == DISCLOSURES


def test_random_bytes_are_never_taken_for_chinese_text():
    dice = random.Random(7)
    # Only bytes of two-byte characters, so that strict decoding alone would accept most of them.
    pairs = [bytes(byte for _ in range(40) for byte in (dice.randrange(0x81, 0xFE), dice.randrange(0x80, 0xFE))) for _ in range(200)]

    assert [text_encoding(content) for content in pairs] == [None] * len(pairs)


def test_a_quarantined_document_gets_a_new_chance_when_a_reader_arrives(settings: Settings):
    (settings.raw / "page.html").write_text("<html><body>预算</body></html>", encoding="utf-8")
    before = look(settings)

    after = look(settings, before, refuse=refusal)

    changed = {row.document_id for row in before.register.values() if row.status == "quarantined"}
    assert len(changed) == 1 and all(after.register[document].status == "landed" for document in changed)


def test_an_unchanged_file_is_not_read_again_and_a_fresh_one_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "a.txt"
    path.write_text(CHINESE)
    fresh = fingerprint(path)
    os.utime(path, ns=(0, 0))
    settled = fingerprint(path)
    assert fresh and settled

    monkeypatch.setattr(Path, "open", lambda *_: pytest.fail("was read"))

    assert fingerprint(path, settled) is settled
    with pytest.raises(pytest.fail.Exception):
        fingerprint(path, fresh)


def test_a_file_that_changes_while_it_is_read_is_left_for_the_next_build(settings: Settings, monkeypatch: pytest.MonkeyPatch):
    growing = settings.raw / "growing.txt"
    growing.write_text(CHINESE)
    stamps = folder.stamp_of

    def touched(path: Path) -> folder.Stamp | None:
        if path == growing:
            with growing.open("a") as file:
                file.write("more")
        return stamps(path)

    monkeypatch.setattr(folder, "stamp_of", touched)

    landing = look(settings)

    assert landing.still_writing == ["growing.txt"]
    assert len(landing.register) == DISCLOSURES


def test_bytes_that_changed_after_their_hash_was_taken_are_not_kept(tmp_path: Path):
    source = tmp_path / "a.txt"
    source.write_text(CHINESE)

    assert not keep(source, tmp_path / "landing", "0" * 64)
    assert not [path for path in (tmp_path / "landing").rglob("*") if path.is_file()]


def test_an_empty_or_missing_raw_directory_is_an_error_and_withdraws_nothing(tmp_path: Path):
    for raw in (tmp_path / "missing", tmp_path):
        with pytest.raises(YusuanError, match="put"):
            look(Settings.load(raw=raw, home=tmp_path / ".home"))


def test_a_thousand_small_files_land_in_seconds(tmp_path: Path):
    raw = tmp_path / "raw"
    raw.mkdir()
    for number in range(1000):
        (raw / f"{number}.txt").write_text(f"{CHINESE}{number}", encoding="utf-8")
    started = time.perf_counter()

    landing = look(Settings.load(raw=raw, home=tmp_path / "home"))

    assert len(landing.register) == 1000
    assert time.perf_counter() - started < 20
