"""S3-compatible buckets: their objects listed by prefix, and one object to one file. Needs the extra s3 (boto3).

Credentials come from where boto3 looks for them (the environment, ~/.aws), never from sources.yml.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import quote, urlsplit

from yusuan.landing.acquisition.addresses import Network, resolve
from yusuan.landing.acquisition.download import Downloaded, save, too_large
from yusuan.landing.acquisition.errors import AcquisitionError
from yusuan.landing.acquisition.http import Limits
from yusuan.landing.acquisition.sources import Source
from yusuan.landing.folder import is_disclosure

MAX_OBJECTS = 100_000
CHUNK = 1 << 20


@dataclass(frozen=True)
class Object:
    key: str
    etag: str
    bytes: int


class Bucket:
    """For one source of the kind bucket. Raises AcquisitionError."""

    def __init__(self, source: Source, allowed: Sequence[Network] = (), limits: Limits | None = None) -> None:
        self._source = source
        self._limits = limits or Limits()
        self._url = bucket_url(source)
        self._client = _client(source, allowed, self._limits)

    def url_of(self, found: Object) -> str:
        return self._url + quote(found.key)

    def objects(self) -> Iterator[Object]:
        """Every object under the prefix that can be a disclosure."""
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._source.bucket, Prefix=self._source.prefix)
        number = 0
        with _explained(self._url):
            for page in pages:
                for found in page.get("Contents", ()):
                    number += 1
                    if number > MAX_OBJECTS:
                        raise AcquisitionError(f"{self._url} 中的文件超过 {MAX_OBJECTS:,} 个；请在 sources.yml 中用 prefix 分开。")
                    if not found["Key"].endswith("/") and is_disclosure(PurePosixPath(found["Key"].lstrip("/"))):
                        yield Object(found["Key"], found["ETag"], found["Size"])

    def download(self, found: Object, target: Path) -> Downloaded:
        """The bytes that were listed; when they have been replaced since, the next build gets the new ones."""
        if found.bytes > self._source.max_bytes:
            raise too_large(self._source.max_bytes)
        with _explained(self.url_of(found)):
            answer = self._client.get_object(Bucket=self._source.bucket, Key=found.key, IfMatch=found.etag)
            return save(self._chunks(answer["Body"]), target, self._source.max_bytes)

    def _chunks(self, body: Any) -> Iterator[bytes]:
        deadline = time.monotonic() + self._limits.total_seconds
        with body:
            for chunk in body.iter_chunks(CHUNK):
                if time.monotonic() > deadline:
                    raise AcquisitionError(f"下载超过 {self._limits.total_seconds:g} 秒，已中断；请人工下载后放入 raw/。")
                yield chunk


def bucket_url(source: Source) -> str:
    """With the endpoint, because two stores may have buckets of one name."""
    return f"{source.endpoint_url.rstrip('/')}/{source.bucket}/" if source.endpoint_url else f"s3://{source.bucket}/"


def _client(source: Source, allowed: Sequence[Network], limits: Limits) -> Any:
    try:
        import boto3
        from botocore import UNSIGNED
        from botocore.config import Config
        from botocore.exceptions import BotoCoreError
    except ModuleNotFoundError:
        raise AcquisitionError("读取对象存储需要 boto3；请运行 pip install 'yusuan[s3]'。") from None
    config = Config(
        connect_timeout=limits.connect_seconds,
        read_timeout=limits.read_seconds,
        retries={"mode": "standard", "total_max_attempts": limits.attempts},
        signature_version=UNSIGNED if source.anonymous else None,
        # Most stores other than Amazon's have no name for each bucket.
        s3={"addressing_style": "path" if source.endpoint_url else "auto"},
        # Other stores do not know Amazon's newer checksums.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
    try:
        client = boto3.client("s3", endpoint_url=source.endpoint_url, region_name=source.region or "us-east-1", config=config)
    except (BotoCoreError, ValueError) as error:
        raise AcquisitionError(f"不能访问对象存储 {source.bucket}：{error}；请核对 sources.yml。") from error

    def check(request: Any, **_: Any) -> None:
        """Before every request, also one that the store has sent elsewhere. boto3 resolves the name once more by itself:
        unlike with web addresses, a name that changes its answer in between is not caught."""
        url = urlsplit(request.url)
        resolve(url.hostname or "", url.port or (80 if url.scheme == "http" else 443), allowed)

    client.meta.events.register("before-send.s3", check)
    return client


@contextmanager
def _explained(url: str) -> Iterator[None]:
    """boto3's errors as ours."""
    from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError

    try:
        yield
    except NoCredentialsError as error:
        advice = "请设置 AWS_ACCESS_KEY_ID 和 AWS_SECRET_ACCESS_KEY，或在 sources.yml 中写 anonymous: true"
        raise AcquisitionError(f"{url} 需要凭据；{advice}。") from error
    except ClientError as error:
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
        code = error.response.get("Error", {}).get("Code", "")
        raise AcquisitionError(f"对象存储拒绝了 {url}（{code}）；请核对 sources.yml 中的名称和权限。", status) from error
    except BotoCoreError as error:
        raise AcquisitionError(f"访问 {url} 失败（{type(error).__name__}）；请检查网络，或稍后再试。") from error
