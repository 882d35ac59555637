"""S3-compatible buckets, against moto's server on loopback: new, unchanged and changed objects, and what is refused."""

import ipaddress
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer

from yusuan.landing.acquisition import buckets
from yusuan.landing.acquisition.acquire import Acquirer
from yusuan.landing.acquisition.buckets import Bucket
from yusuan.landing.acquisition.errors import AcquisitionError
from yusuan.landing.acquisition.hosts import Hosts
from yusuan.landing.acquisition.http import Limits
from yusuan.landing.acquisition.record import Acquisition
from yusuan.landing.acquisition.sources import Source
from yusuan.settings import Settings

LOOPBACK = "127.0.0.1"
OURS = (ipaddress.ip_network(f"{LOOPBACK}/32"),)


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    server = ThreadedMotoServer(LOOPBACK, 0)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def store(endpoint: str, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Any:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    client = boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1")
    client.create_bucket(Bucket="disclosures")
    yield client
    for found in client.list_objects_v2(Bucket="disclosures").get("Contents", ()):
        client.delete_object(Bucket="disclosures", Key=found["Key"])


@pytest.fixture
def source(endpoint: str, store: Any) -> Source:
    return Source(name="archive", bucket="disclosures", prefix="2025/", endpoint_url=endpoint)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return replace(Settings.load(raw=tmp_path, home=tmp_path / "home"), allow_private=LOOPBACK)


def put(store: Any, key: str, content: bytes) -> None:
    store.put_object(Bucket="disclosures", Key=key, Body=content)


def take(settings: Settings, source: Source, earlier: list[Acquisition] | None = None) -> list[Acquisition]:
    return list(Acquirer(settings, Hosts(), "run").acquire(source, {row.url: row for row in earlier or []}))


def test_every_object_under_the_prefix_is_fetched(settings: Settings, source: Source, store: Any, endpoint: str):
    for key in ("2025/财政局/预算.pdf", "2025/b.pdf", "2024/old.pdf", "2025/", "2025/half.pdf.part"):
        put(store, key, key.encode())

    rows = take(settings, source)

    assert [(row.changed, row.error, row.bytes) for row in rows] == [
        (True, None, len(b"2025/b.pdf")),
        (True, None, len("2025/财政局/预算.pdf".encode())),
    ]
    assert [(settings.home / (row.relative_path or "")).read_bytes().decode() for row in rows] == ["2025/b.pdf", "2025/财政局/预算.pdf"]
    assert rows[0].url == f"{endpoint}/disclosures/2025/b.pdf"


def test_unchanged_objects_are_not_downloaded_again_and_changed_ones_are(
    settings: Settings, source: Source, store: Any, monkeypatch: pytest.MonkeyPatch
):
    put(store, "2025/a.pdf", b"one")
    put(store, "2025/b.pdf", b"two")
    first = take(settings, source)
    put(store, "2025/b.pdf", b"three")
    fetched = []
    download = Bucket.download
    monkeypatch.setattr(Bucket, "download", lambda self, found, target: fetched.append(found.key) or download(self, found, target))

    second = take(settings, source, first)

    assert [(row.changed, row.bytes) for row in second] == [(False, 3), (True, 5)]
    assert fetched == ["2025/b.pdf"]
    assert (settings.home / (second[1].relative_path or "")).read_bytes() == b"three"


def test_an_object_that_is_too_large_is_left_and_the_others_come(settings: Settings, source: Source, store: Any):
    put(store, "2025/a.pdf", bytes(2000))
    put(store, "2025/b.pdf", b"two")

    rows = take(settings, source.model_copy(update={"max_megabytes": 0.001}))

    assert ["max_megabytes" in (row.error or "") for row in rows] == [True, False]
    assert [path.name for path in settings.acquired.rglob("*.pdf")] == ["b.pdf"]


def test_a_bucket_that_is_not_there_is_one_row_with_the_reason(settings: Settings, source: Source):
    (row,) = take(settings, source.model_copy(update={"bucket": "nowhere"}))

    assert row.error and "NoSuchBucket" in row.error and row.http_status == 404


def test_a_store_inside_the_private_network_is_refused_unless_allowed(settings: Settings, source: Source):
    (row,) = take(replace(settings, allow_private=""), source)

    assert row.error and "内部地址" in row.error


def test_a_download_that_takes_too_long_leaves_no_file(settings: Settings, source: Source, store: Any, tmp_path: Path):
    put(store, "2025/a.pdf", bytes(1 << 16))
    bucket = Bucket(source, OURS, Limits(total_seconds=-1))

    with pytest.raises(AcquisitionError, match="已中断"):
        bucket.download(next(bucket.objects()), tmp_path / "a.pdf")

    assert list(tmp_path.glob("*.pdf")) + list(tmp_path.glob(".fetching*")) == []


def test_an_object_that_was_replaced_since_the_list_is_left_for_the_next_build(source: Source, store: Any, tmp_path: Path):
    put(store, "2025/a.pdf", b"one")
    bucket = Bucket(source, OURS)
    listed = next(bucket.objects())
    put(store, "2025/a.pdf", b"two")

    with pytest.raises(AcquisitionError, match="PreconditionFailed"):
        bucket.download(listed, tmp_path / "a.pdf")


def test_an_endless_list_is_refused(settings: Settings, source: Source, store: Any, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(buckets, "MAX_OBJECTS", 1)
    put(store, "2025/a.pdf", b"one")
    put(store, "2025/b.pdf", b"two")

    rows = take(settings, source)

    assert [bool(row.error) for row in rows] == [False, True] and "prefix" in (rows[1].error or "")


def test_without_the_extra_the_row_says_what_to_install(settings: Settings, source: Source, monkeypatch: pytest.MonkeyPatch):
    import sys

    monkeypatch.setitem(sys.modules, "boto3", None)

    (row,) = take(settings, source)

    assert row.error and "yusuan[s3]" in row.error
