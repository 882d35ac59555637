"""raw/sources.yml: what can be declared, and that mistakes are told together and in words."""

from pathlib import Path

import pytest

from yusuan.landing.acquisition.record import file_name, relative_path
from yusuan.landing.acquisition.sources import read_sources
from yusuan.settings import Settings, YusuanError

GOOD = """
sources:
  - name: jiangsu
    publisher: 江苏省财政厅
    seconds_between_requests: 2
    urls:
      - https://example.com/2024.pdf#page=2
      - {url: "http://example.com/部门 预算.doc", publisher: 江苏省审计厅}
  - name: archive
    bucket: disclosures
    prefix: 2025/
    endpoint_url: https://minio.example.com
    anonymous: true
  - name: share
    folder: /mnt/share
"""


def declared(tmp_path: Path, text: str) -> Path:
    (tmp_path / "sources.yml").write_text(text, encoding="utf-8")
    return tmp_path


def test_folders_web_addresses_and_buckets_can_be_declared(tmp_path: Path):
    web, bucket, folder = read_sources(declared(tmp_path, GOOD))

    assert [source.kind for source in (web, bucket, folder)] == ["urls", "bucket", "folder"]
    assert web.urls and [page.url for page in web.urls] == [
        "https://example.com/2024.pdf",
        "http://example.com/%E9%83%A8%E9%97%A8%20%E9%A2%84%E7%AE%97.doc",
    ]
    assert [web.publisher_of(page.url) for page in web.urls] == ["江苏省财政厅", "江苏省审计厅"]
    assert (bucket.prefix, bucket.anonymous, folder.folder) == ("2025/", True, Path("/mnt/share"))


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "sources: []"])
def test_nothing_declared_is_nothing_to_do(tmp_path: Path, text: str):
    assert read_sources(tmp_path) == ()
    assert read_sources(declared(tmp_path, text)) == ()


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("sources: [{name: a}]", "exactly one of folder, urls and bucket"),
        ("sources: [{name: a, folder: /x, bucket: y}]", "has folder and bucket"),
        ("sources: [{name: a, folder: x}]", "whole path"),
        ("sources: [{name: ../a, folder: /x}]", r"sources\[1\].name"),
        ("sources: [{name: a, folder: /x}, {name: a, folder: /y}]", "a stands twice"),
        ("sources: [{name: a, urls: ['ftp://example.com/a']}]", "must begin with http"),
        ("sources: [{name: a, urls: ['https://me:secret@example.com/a']}]", "no place for secrets"),
        ("sources: [{name: a, bucket: b, secret_key: x}]", "secret_key: is not known here"),
        ("sources: [{name: a, urls: [], allow_private: true}]", "allow_private: is not known here"),
        ("sources: [{name: a, urls: [], prefix: x}]", "belong to a bucket"),
        ("sources: [{name: a, urls: [], refresh_hours: -1}]", "refresh_hours"),
        ("sources: {a: b}", "sources"),
        ("- a", "must be like this"),
        ("sources: [", "is no YAML"),
    ],
)
def test_a_mistake_is_told_in_one_sentence_with_its_place(tmp_path: Path, text: str, word: str):
    with pytest.raises(YusuanError, match=word) as caught:
        read_sources(declared(tmp_path, text))

    assert "\n" not in str(caught.value) and "sources.yml" in str(caught.value)


def test_all_mistakes_are_told_at_once(tmp_path: Path):
    with pytest.raises(YusuanError, match=r"sources\[1\].*sources\[2\]"):
        read_sources(declared(tmp_path, "sources: [{name: a, folder: x}, {name: b, colour: red, folder: /y}]"))


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://e.com/files/2024%E5%B9%B4.pdf?x=1", "2024年.pdf"),
        ("https://e.com/%D4%A4%CB%E3.xls", "预算.xls"),
        ("https://e.com/", "index"),
        ("https://e.com", "index"),
        ("https://e.com/..%2f..%2fetc%2fpasswd", "_.._etc_passwd"),
        ("https://e.com/.bashrc", "bashrc"),
        ("https://e.com/~%24a.doc", "a.doc"),
        ("https://e.com/a%00b%0a.pdf", "a_b_.pdf"),
        ("https://e.com/manifest.csv", "manifest.csv.file"),
        ("https://e.com/a.part", "a.part.file"),
    ],
)
def test_a_strangers_address_gives_a_harmless_name(url: str, name: str):
    assert file_name(url) == name


def test_long_names_keep_their_suffix_and_fit_into_a_file_system(tmp_path: Path):
    name = file_name(f"https://e.com/{'预' * 300}.docx")

    (tmp_path / name).touch()
    assert name.endswith(".docx")


def test_every_address_has_a_path_of_its_own():
    paths = {relative_path("s", url) for url in ("https://e.com/a", "http://e.com/a", "https://e.com/a?x=1", "https://e.com/b/a")}

    assert len(paths) == 4 and all(path.startswith("acquired/s/") for path in paths)


@pytest.mark.parametrize(("value", "count"), [("", 0), ("0", 0), ("1", 2), ("10.0.0.0/8, 127.0.0.1", 2)])
def test_private_addresses_are_allowed_by_the_environment_only(monkeypatch: pytest.MonkeyPatch, value: str, count: int):
    monkeypatch.setenv("YUSUAN_ALLOW_PRIVATE_ADDRESSES", value)

    assert len(Settings.load().allowed_addresses) == count


def test_a_wrong_list_of_addresses_is_told(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("YUSUAN_ALLOW_PRIVATE_ADDRESSES", "intranet")

    with pytest.raises(YusuanError, match="list of networks"):
        _ = Settings.load().allowed_addresses
