"""One web address to one file: asked politely, only for what changed, again when it is worth it, and never beyond the limits.

Redirects are followed here, hop by hop, because each hop is a new address to be checked. Which addresses are fetched when is
decided in acquire.py; connections are made in network.py.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

import httpx
from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt, wait_exponential

from yusuan.landing.acquisition.addresses import Network
from yusuan.landing.acquisition.download import Downloaded, save, too_large
from yusuan.landing.acquisition.errors import AcquisitionError, HostDownError, TemporaryError
from yusuan.landing.acquisition.hosts import Hosts
from yusuan.landing.acquisition.network import CONNECT_ERRORS, NETWORK_ERRORS, CheckedTransport
from yusuan.landing.acquisition.robots import Robots

AGENT = "yusuan"
HEADERS = {"User-Agent": f"{AGENT} (warehouse of budget disclosures)", "Accept": "*/*", "Accept-Encoding": "identity"}
MAX_HOPS = 6
ROBOTS_BYTES = 512 * 1024
TEMPORARY = (408, 425, 429)
ADVICE = {
    401: "要求登录；公开的文件不应如此，请核对地址",
    403: "拒绝访问；请核对地址，或请发布单位提供",
    404: "没有这个文件；请核对 sources.yml 中的地址",
    410: "文件已撤下；请核对 sources.yml 中的地址",
}


@dataclass(frozen=True)
class Limits:
    """Seconds are for one try; what is due takes at most `attempts` tries with pauses between them that double."""

    connect_seconds: float = 10
    read_seconds: float = 30
    total_seconds: float = 600
    attempts: int = 4
    first_pause_seconds: float = 1
    longest_pause_seconds: float = 120


@dataclass(frozen=True)
class Validators:
    """What the server said about its bytes, to be asked whether they are the same still."""

    etag: str | None = None
    last_modified: str | None = None

    def as_headers(self) -> dict[str, str]:
        printed = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in printed.items() if value}


@dataclass(frozen=True)
class Fetched:
    """`downloaded` is None when the server says that nothing changed."""

    http_status: int
    downloaded: Downloaded | None
    validators: Validators
    attempts: int


class Fetcher:
    """For one source. `hosts` is shared by all sources of a run."""

    def __init__(
        self,
        hosts: Hosts,
        allowed: Sequence[Network] = (),
        seconds_between_requests: float = 1.0,
        max_bytes: int = 200_000_000,
        limits: Limits | None = None,
    ) -> None:
        self._hosts = hosts
        self._allowed = allowed
        self._between = seconds_between_requests
        self._max_bytes = max_bytes
        self._limits = limits or Limits()
        self._context = httpx.create_ssl_context()
        self._robots = Robots(AGENT, self._robots_text)

    def fetch(self, address: str, target: Path, known: Validators | None = None) -> Fetched:
        """The bytes at `target`, or the news that they have not changed since `known`; raises AcquisitionError."""
        url = httpx.URL(address)
        if reason := self._hosts.down.get(url.host):
            raise AcquisitionError(f"{reason}（本次不再访问该主机）")
        number = 0
        try:
            for attempt in self._tries():
                with attempt:
                    number = attempt.retry_state.attempt_number
                    return self._try(url, target, known or Validators(), number)
        except AcquisitionError as error:
            error.attempts = number
            if isinstance(error, HostDownError):
                self._hosts.down[error.host] = error.reason
            raise
        raise AssertionError("tenacity returns or raises")

    def _tries(self) -> Retrying:
        backoff = wait_exponential(multiplier=self._limits.first_pause_seconds, max=self._limits.longest_pause_seconds)

        def pause(state: RetryCallState) -> float:
            error = state.outcome.exception() if state.outcome else None
            return max(backoff(state), error.pause if isinstance(error, TemporaryError) else 0.0)

        def worth_it(error: BaseException) -> bool:
            return isinstance(error, TemporaryError) and error.pause <= self._limits.longest_pause_seconds

        stop = stop_after_attempt(self._limits.attempts)
        return Retrying(retry=retry_if_exception(worth_it), wait=pause, stop=stop, sleep=self._hosts.sleep, reraise=True)

    def _try(self, url: httpx.URL, target: Path, known: Validators, attempt: int) -> Fetched:
        with self._answer(url, known.as_headers()) as response:
            status = response.status_code
            said = Validators(response.headers.get("etag"), response.headers.get("last-modified"))
            if status == httpx.codes.NOT_MODIFIED and known.as_headers():
                return Fetched(status, None, Validators(said.etag or known.etag, said.last_modified or known.last_modified), attempt)
            _refuse(response)
            if int(response.headers.get("content-length") or 0) > self._max_bytes:
                raise too_large(self._max_bytes)
            return Fetched(status, save(response.iter_bytes(), target, self._max_bytes), said, attempt)

    def _robots_text(self, address: httpx.URL) -> str:
        with self._answer(address, {}, ask_robots=False) as response:
            status = response.status_code
            if response.is_server_error or status in TEMPORARY:
                raise HostDownError(f"{address} 取不到（HTTP {status}），按惯例不访问该网站；请稍后再试。", address.host, status)
            return _beginning(response).decode("utf-8", "replace") if status == httpx.codes.OK else ""

    @contextmanager
    def _answer(self, url: httpx.URL, headers: Mapping[str, str], ask_robots: bool = True) -> Iterator[httpx.Response]:
        """The answer at the end of all redirects. Errors of the network inside become ours, also while the body is read."""
        deadline = time.monotonic() + self._limits.total_seconds
        timeout = httpx.Timeout(self._limits.read_seconds, connect=self._limits.connect_seconds)
        transport = CheckedTransport(self._context, self._allowed, deadline)
        try:
            with httpx.Client(transport=transport, timeout=timeout, headers=HEADERS, trust_env=False) as client:
                for _ in range(MAX_HOPS):
                    between = self._between
                    if ask_robots:
                        if not self._robots.allows(url):
                            raise AcquisitionError(f"{url.host} 的 robots.txt 不允许自动访问这个地址；请人工下载后放入 raw/。")
                        between = max(between, self._robots.delay(url))
                    self._hosts.wait_turn(url.host, between)
                    with client.stream("GET", url, headers=dict(headers)) as response:
                        if not response.has_redirect_location:
                            yield response
                            return
                    url = _next_hop(url, response.headers["location"])
            raise AcquisitionError(f"重定向超过 {MAX_HOPS - 1} 次；请核对 sources.yml 中的地址。")
        except NETWORK_ERRORS as error:
            if time.monotonic() >= deadline:
                raise AcquisitionError(f"下载超过 {self._limits.total_seconds:g} 秒，已中断；请人工下载后放入 raw/。") from error
            if isinstance(error, CONNECT_ERRORS):
                raise HostDownError(f"连接不上 {url.host}（{error}）；请检查地址和网络，或稍后再试。", url.host) from error
            raise TemporaryError(f"从 {url.host} 下载时中断（{error or type(error).__name__}）；请稍后再试。") from error
        except httpx.DecodingError as error:
            raise AcquisitionError("服务器返回的压缩内容已损坏；请人工下载后放入 raw/。") from error


def _next_hop(url: httpx.URL, location: str) -> httpx.URL:
    try:
        following = url.join(location)
    except httpx.InvalidURL as error:
        raise AcquisitionError("服务器的重定向地址有误；请核对 sources.yml 中的地址。") from error
    if following.scheme not in ("http", "https") or not following.host:
        raise AcquisitionError(f"服务器重定向到 {following.scheme}: 地址，没有访问；请核对 sources.yml 中的地址。")
    # A password in a redirect is never ours.
    return following.copy_with(userinfo=b"", fragment=None)


def _refuse(response: httpx.Response) -> None:
    status = response.status_code
    if status == httpx.codes.OK:
        return
    if response.is_server_error or status in TEMPORARY:
        pause = _asked_pause(response.headers.get("retry-after"))
        raise TemporaryError(f"服务器暂时不能提供（HTTP {status}）；请稍后再试。", status, pause)
    raise AcquisitionError(f"服务器{ADVICE.get(status, '没有给出文件；请核对 sources.yml 中的地址')}（HTTP {status}）。", status)


def _asked_pause(printed: str | None) -> float:
    """Retry-After: seconds, or a date."""
    if not printed:
        return 0.0
    if printed.strip().isdigit():
        return float(printed)
    try:
        until = parsedate_to_datetime(printed)
    except ValueError:
        return 0.0
    return max(0.0, (until - datetime.now(until.tzinfo or UTC)).total_seconds()) if until.tzinfo else 0.0


def _beginning(response: httpx.Response) -> bytes:
    content = b""
    for chunk in response.iter_bytes():
        content += chunk
        if len(content) >= ROBOTS_BYTES:
            break
    return content[:ROBOTS_BYTES]
