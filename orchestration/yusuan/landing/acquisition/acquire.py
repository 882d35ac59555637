"""One source to its acquisitions: which addresses are due, fetched one after another, each with a row whatever comes of it.

How bytes come over the network belongs to http.py and buckets.py, where rows are kept to yusuan.warehouse.
"""

import hashlib
import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import astuple, dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from yusuan.landing.acquisition.buckets import Bucket, Object, bucket_url
from yusuan.landing.acquisition.download import Downloaded
from yusuan.landing.acquisition.errors import AcquisitionError
from yusuan.landing.acquisition.hosts import Hosts
from yusuan.landing.acquisition.http import Fetcher, Validators
from yusuan.landing.acquisition.record import Acquisition, relative_path
from yusuan.landing.acquisition.sources import Source
from yusuan.landing.folder import walk
from yusuan.settings import Settings

# By address: the latest acquisition of a source that did not fail.
Earlier = Mapping[str, Acquisition]


@dataclass(frozen=True)
class Acquirer:
    """`hosts` is shared by all sources of a run."""

    settings: Settings
    hosts: Hosts
    run_id: str

    def acquire(self, source: Source, earlier: Earlier) -> Iterator[Acquisition]:
        ways = {"folder": self._folder, "urls": self._pages, "bucket": self._objects}
        return ways[source.kind](source, earlier)

    def _folder(self, source: Source, earlier: Earlier) -> Iterator[Acquisition]:
        assert source.folder is not None
        folder = str(source.folder)
        yield _done(self._begun(source, folder), partial(_look, source.folder, earlier.get(folder)))

    def _pages(self, source: Source, earlier: Earlier) -> Iterator[Acquisition]:
        fetcher = Fetcher(self.hosts, self.settings.allowed_addresses, source.seconds_between_requests, source.max_bytes)
        for page in source.urls or ():
            relative = relative_path(source.name, page.url)
            target = self.settings.home / relative
            known = earlier.get(page.url) if target.is_file() else None
            if known is None or not _is_fresh(known, source):
                yield _done(self._begun(source, page.url, relative), partial(_fetch, fetcher, target, known))

    def _objects(self, source: Source, earlier: Earlier) -> Iterator[Acquisition]:
        try:
            bucket = Bucket(source, self.settings.allowed_addresses)
            for found in bucket.objects():
                url = bucket.url_of(found)
                relative = relative_path(source.name, url)
                target = self.settings.home / relative
                known = earlier.get(url) if target.is_file() else None
                yield _done(self._begun(source, url, relative), partial(_download, bucket, found, target, known))
        except AcquisitionError as error:
            # The list could not be had; what goes wrong with one object is in the object's row.
            yield _failed(self._begun(source, bucket_url(source) + source.prefix), error)

    def _begun(self, source: Source, url: str, relative: str | None = None) -> Acquisition:
        return Acquisition(source.name, source.kind, url, relative, datetime.now(UTC).replace(tzinfo=None), run_id=self.run_id)


def _done(begun: Acquisition, work: Callable[[Acquisition], Acquisition]) -> Acquisition:
    """What `work` makes of the acquisition that has begun; its failure is a row too."""
    clock = time.perf_counter()
    try:
        done = work(begun)
    except AcquisitionError as error:
        done = _failed(begun, error)
    except OSError as error:
        done = replace(begun, error=f"读写文件出错（{error}）；请检查磁盘空间和权限。")
    return replace(done, seconds=time.perf_counter() - clock)


def _failed(begun: Acquisition, error: AcquisitionError) -> Acquisition:
    return replace(begun, error=error.reason, http_status=error.http_status, attempts=error.attempts)


def _look(folder: Path, known: Acquisition | None, begun: Acquisition) -> Acquisition:
    """Nothing is copied: landing reads the folder itself. The row says whether it was there and had changed."""
    found = {name: stamp for name, _, stamp in walk(folder)}
    if not found:
        raise AcquisitionError(f"目录 {folder} 不存在或是空的；请核对 sources.yml，或检查共享盘是否已连接（已入库的文件照旧有效）。")
    described = json.dumps([(name, *astuple(stamp)) for name, stamp in sorted(found.items())])
    etag = hashlib.sha256(described.encode()).hexdigest()
    return replace(begun, bytes=sum(stamp.size for stamp in found.values()), changed=known is None or known.etag != etag, etag=etag)


def _fetch(fetcher: Fetcher, target: Path, known: Acquisition | None, begun: Acquisition) -> Acquisition:
    fetched = fetcher.fetch(begun.url, target, Validators(known.etag, known.last_modified) if known else None)
    said = fetched.validators
    answered = replace(begun, attempts=fetched.attempts, http_status=fetched.http_status, etag=said.etag, last_modified=said.last_modified)
    return _compared(answered, fetched.downloaded, known)


def _download(bucket: Bucket, found: Object, target: Path, known: Acquisition | None, begun: Acquisition) -> Acquisition:
    listed = replace(begun, etag=found.etag)
    if known is not None and known.etag == found.etag:
        return _compared(listed, None, known)
    return _compared(replace(listed, http_status=200), bucket.download(found, target), known)


def _compared(answered: Acquisition, downloaded: Downloaded | None, known: Acquisition | None) -> Acquisition:
    """With the document, and whether it is another one than before; when nothing came, nothing had changed."""
    if downloaded is None:
        assert known is not None
        return replace(answered, bytes=known.bytes, document_id=known.document_id, changed=False)
    changed = known is None or known.document_id != downloaded.sha256
    return replace(answered, bytes=downloaded.bytes, document_id=downloaded.sha256, changed=changed)


def _is_fresh(known: Acquisition, source: Source) -> bool:
    return datetime.now(UTC).replace(tzinfo=None) - known.started_at < timedelta(hours=source.refresh_hours)
