"""A web server on loopback whose answers a test writes: what was asked is remembered, so that politeness can be tested too."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

LOOPBACK = "127.0.0.1"


@dataclass
class Asked:
    path: str
    headers: dict[str, str]
    at: float


@dataclass
class WebServer:
    """`answers` gives by path the function that answers; without one the answer is 404."""

    port: int
    answers: dict[str, Callable[[BaseHTTPRequestHandler], None]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"http://{LOOPBACK}:{self.port}"

    def paths(self, *, robots: bool = False) -> list[str]:
        return [each.path for each in self.asked if robots or each.path != "/robots.txt"]


def say(handler: BaseHTTPRequestHandler, status: int, content: bytes = b"", **headers: str) -> None:
    handler.send_response(status)
    for name, value in {"Content-Length": str(len(content)), **headers}.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(content)


def text(content: bytes, **headers: str) -> Callable[[BaseHTTPRequestHandler], None]:
    return lambda handler: say(handler, 200, content, **headers)


def with_etag(content: bytes, etag: str) -> Callable[[BaseHTTPRequestHandler], None]:
    """304 for who has these bytes already."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        known = handler.headers.get("If-None-Match") == etag
        say(handler, 304 if known else 200, b"" if known else content, ETag=etag)

    return answer


def in_turn(*answers: Callable[[BaseHTTPRequestHandler], None]) -> Callable[[BaseHTTPRequestHandler], None]:
    """The first answer first, the last one for ever."""
    left = list(answers)
    return lambda handler: (left.pop(0) if len(left) > 1 else left[0])(handler)


def slowly(content: bytes, pause: float) -> Callable[[BaseHTTPRequestHandler], None]:
    """Byte by byte: no single wait is long."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        try:
            for byte in content:
                handler.wfile.write(bytes([byte]))
                handler.wfile.flush()
                time.sleep(pause)
        except OSError:
            # The client has lost its patience, which is what is tested.
            handler.close_connection = True

    return answer


def half(content: bytes) -> Callable[[BaseHTTPRequestHandler], None]:
    """Promises all, gives half and hangs up."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content[: len(content) // 2])
        handler.close_connection = True

    return answer


def redirect(target: str) -> Callable[[BaseHTTPRequestHandler], None]:
    return lambda handler: say(handler, 302, Location=target)


@contextmanager
def serving() -> Iterator[WebServer]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            server.asked.append(Asked(self.path, dict(self.headers), time.monotonic()))
            server.answers.get(self.path, lambda handler: say(handler, 404))(self)

        def log_message(self, *_: object) -> None:
            """Nothing on the terminal."""

    httpd = ThreadingHTTPServer((LOOPBACK, 0), Handler)
    server = WebServer(httpd.server_port)
    thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        httpd.shutdown()
        httpd.server_close()
        thread.join()
