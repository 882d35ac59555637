"""Serves the page: marimo in this process, on the loopback address only, and a browser that may load nothing from elsewhere."""

import contextlib
import os
import socket
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, NoReturn

from yusuan.settings import Settings, YusuanError, project_files
from yusuan.warehouse.query import snapshot

HOST = "127.0.0.1"
# Seconds that an answer under way may take when the server is told to end.
GRACE = 3
# 'unsafe-eval' is how Vega compiles its expressions; everything comes from this server or is written into the page.
POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self' ws://127.0.0.1:* ws://localhost:*",
        "worker-src 'self' blob:",
        "frame-ancestors 'none'",
        "form-action 'self'",
    )
)
HEADERS = ((b"content-security-policy", POLICY.encode()), (b"x-content-type-options", b"nosniff"), (b"referrer-policy", b"no-referrer"))
LOOPBACK = ("127.0.0.1", "localhost")

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]


def serve(settings: Settings, port: int) -> NoReturn:
    """Until it is interrupted; then the process ends."""
    _refuse_what_is_missing()
    snapshot(settings).close()
    os.environ.update(settings.environment)
    import uvicorn

    app = application()
    with _listening(port) as listener:
        address = f"http://{HOST}:{listener.getsockname()[1]}"
        print(f"{address}  (Ctrl+C ends it)", flush=True)
        config = uvicorn.Config(app, log_level="warning", access_log=False, timeout_graceful_shutdown=GRACE)
        server = uvicorn.Server(config)
        with contextlib.suppress(KeyboardInterrupt):
            server.run(sockets=[listener])
    # Pages that are still open leave kernels of marimo behind, in threads that nothing wakes: an orderly exit waits for them for ever.
    os._exit(0 if server.started else 1)


def _refuse_what_is_missing() -> None:
    try:
        import altair  # noqa: F401 - imported now, so that the first page does not wait for it
        import marimo  # noqa: F401
        import PIL.Image  # noqa: F401
    except ModuleNotFoundError as error:
        raise YusuanError(f'the page needs {error.name}: pip install "yusuan[explore]"') from None


def _listening(port: int) -> socket.socket:
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        # Before the address is told: who is fast waits in the queue and is not turned away.
        listener.listen()
    except OSError as error:
        listener.close()
        raise YusuanError(f"port {port} cannot be used, name another with --port: {error.strerror}") from None
    return listener


def application() -> Application:
    """The page as an ASGI application."""
    import marimo

    page = str(project_files("explorer") / "app.py")
    return marimo.create_asgi_app(quiet=True).with_app(path="", root=page, middleware=[Guard]).build()


class Guard:
    """Answers only what this machine's own pages ask: no foreign site may read through a visitor's browser. Adds HEADERS."""

    def __init__(self, app: Application) -> None:
        self.app = app

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            return await self.app(scope, receive, send)
        headers = dict(scope["headers"])
        if not _is_loopback(headers.get(b"host", b"")) or not _is_loopback(
            headers.get(b"origin", b"http://127.0.0.1").partition(b"://")[2]
        ):
            return await _refuse(scope["type"], send)

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message["headers"], *HEADERS]}
            await send(message)

        return await self.app(scope, receive, with_headers)


def _is_loopback(host: bytes) -> bool:
    return host.decode("latin-1").rsplit(":", 1)[0] in LOOPBACK


async def _refuse(kind: str, send: Send) -> None:
    if kind == "websocket":
        await send({"type": "websocket.close", "code": 1008})
        return
    await send({"type": "http.response.start", "status": 403, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": b"this page is only for the machine that it runs on"})
