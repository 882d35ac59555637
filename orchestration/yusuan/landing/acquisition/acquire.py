"""One source to its acquisitions: which addresses are due, fetched one after another, each with a row whatever comes of it.

How bytes come over the network belongs to http.py and buckets.py, where rows are kept to yusuan.warehouse.
"""

import hashlib
import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import astuple, dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from yusuan.landing.acquisition.errors import AcquisitionError
from yusuan.landing.acquisition.hosts import Hosts
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
        fetch = {"folder": self._folder, "urls": self._urls, "bucket": self._bucket}[source.kind]
        return fetch(source, earlier)

    def _folder(self, source: Source, earlier: Earlier) -> Iterator[Acquisition]:
        """Nothing is copied: landing reads the folder itself. The row says whether it was there and had changed."""
        folder = str(source.folder)

        def look(started: Acquisition) -> Acquisition:
            assert source.folder is not None
            if not source.folder.is_dir():
                raise AcquisitionError(f"没有目录 {folder}；请核对 sources.yml，或检查共享盘是否已连接（已入库的文件照旧有效）。")
            found = {name: stamp for name, _, stamp in walk(source.folder)}
            described = json.dumps([(name, *astuple(stamp)) for name, stamp in sorted(found.items())])
            etag = hashlib.sha256(described.encode()).hexdigest()
            changed = folder not in earlier or earlier[folder].etag != etag
            return replace(started, bytes=sum(stamp.size for stamp in found.values()), changed=changed, etag=etag)

        yield self._row(source, folder, None, look)

    def _urls(self, source: Source, earlier: Earlier) -> Iterator[Acquisition]:
        from yusuan.landing.acquisition.http import Fetcher, Validators

        most = int(source.max_megabytes * 1_000_000)
        fetcher = Fetcher(self.hosts, self.settings.allowed_addresses, source.seconds_between_requests, most)
        for page in source.urls or ():
            known = earlier.get(page.url)
            relative = relative_path(source.name, page.url)
            target = self.settings.home / relative
            if known is not None and not target.is_file():
                known = None
            if known is not None and _is_fresh(known, source):
                continue

            def fetch(started: Acquisition, known: Acquisition | None = known, target: Path = target) -> Acquisition:
                fetched = fetcher.fetch(started.url, target, Validators(known.etag, known.last_modified) if known else None)
                return replace(
                    _compared(started, known, fetched.downloaded and fetched.downloaded.sha256),
                    attempts=fetched.attempts,
                    http_status=fetched.http_status,
                    bytes=fetched.downloaded.bytes if fetched.downloaded else known and known.bytes,
                    etag=fetched.validators.etag,
                    last_modified=fetched.validators.last_modified,
                )

            yield self._row(source, page.url, relative, fetch)

    def _bucket(self, source: Source, earlier: Earlier) -> Iterator[Acquisition]:
        from yusuan.landing.acquisition.buckets import Bucket

        whole = f"s3://{source.bucket}/{source.prefix}"
        try:
            bucket = Bucket(source, self.settings.allowed_addresses)
            whole = bucket.url + source.prefix
            for found in bucket.objects():
                url = bucket.url_of(found)
                known = earlier.get(url)
                relative = relative_path(source.name, url)
                target = self.settings.home / relative

                def fetch(started: Acquisition, known=known, found=found, target=target) -> Acquisition:  # type: ignore[no-untyped-def]
                    if known is not None and known.etag == found.etag and target.is_file():
                        return replace(_compared(started, known, None), bytes=known.bytes, etag=known.etag)
                    saved = bucket.download(found, target)
                    return replace(_compared(started, known, saved.sha256), http_status=200, bytes=saved.bytes, etag=found.etag)

                yield self._row(source, url, relative, fetch)
        except AcquisitionError as error:
            # The list could not be had; what single objects raise is in their rows.
            problem = error

            def fail(_: Acquisition) -> Acquisition:
                raise problem

            yield self._row(source, whole, None, fail)

    def _row(self, source: Source, url: str, relative: str | None, work: Callable[[Acquisition], Acquisition]) -> Acquisition:
        """What `work` makes of the acquisition that begins now; its failure is a row too."""
        started = Acquisition(
            source.name, source.kind, url, relative, datetime.now(UTC).replace(tzinfo=None), seconds=0.0, attempts=1, run_id=self.run_id
        )
        clock = time.perf_counter()
        try:
            done = work(started)
        except AcquisitionError as error:
            done = replace(started, error=error.reason, http_status=error.http_status, attempts=error.attempts)
        except OSError as error:
            done = replace(started, error=f"不能写入 {self.settings.home}（{error}）；请检查磁盘空间和权限。")
        return replace(done, seconds=time.perf_counter() - clock)


def _compared(started: Acquisition, known: Acquisition | None, sha256: str | None) -> Acquisition:
    """With the document, and whether it is another one than before; no hash means that nothing came, because nothing changed."""
    before = known.document_id if known else None
    document = sha256 or before
    return replace(started, document_id=document, changed=document != before)


def _is_fresh(known: Acquisition, source: Source) -> bool:
    return datetime.now(UTC).replace(tzinfo=None) - known.started_at < timedelta(hours=source.refresh_hours)
