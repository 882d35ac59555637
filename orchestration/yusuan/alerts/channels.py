"""Sends one message to one channel through Apprise, and says in one sentence without secrets why it could not.

Apprise knows the services, splits what is too long and retries; what is said and to whom is decided elsewhere.
"""

import logging
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

from yusuan.alerts.config import Channel
from yusuan.settings import YusuanError

if TYPE_CHECKING:
    from apprise import Apprise, NotifyBase

VARIABLE = re.compile(r"\$\{(\w+)\}")
HIDDEN = "***"
# A shorter value hides nothing: it would black out the words of every message.
SHORTEST_SECRET = 4
# These accept everything with HTTP 200 and refuse in the body ({"code": 9499, "msg": "Bad Request"}; DingTalk and WeCom: errcode and
# errmsg), which Apprise does not read.
REFUSING_IN_BODY = ("feishu", "lark", "dingtalk", "wecombot")
CODES, REASONS = ("errcode", "code", "StatusCode"), ("errmsg", "msg", "StatusMessage")
BAD_GATEWAY = 502
INSTALL = "alerts need the Python package apprise: pip install 'yusuan[alerts]'"


def send(channel: Channel, title: str, body: str, is_failure: bool = False) -> str | None:
    """None when it was delivered, else why not."""
    apprise = _apprise()
    notifier, secrets = build(channel)
    with _Heard() as heard, _refusals(channel):
        kind = apprise.NotifyType.FAILURE if is_failure else apprise.NotifyType.INFO
        delivered = notifier.notify(body=body, title=title, notify_type=kind, body_format=apprise.NotifyFormat.TEXT)
    if delivered:
        return None
    return _hidden(" ".join(heard.lines) or "the service did not accept the message", secrets)


@contextmanager
def _refusals(channel: Channel) -> Iterator[None]:
    """Answers that refuse in their body become failures, so that Apprise tries again and the message counts as undelivered."""
    if channel.url.partition(":")[0] not in REFUSING_IN_BODY:
        yield
        return
    import requests

    as_it_is = requests.Session.send

    def send(session: requests.Session, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        answer = as_it_is(session, request, **options)
        if answer.ok and (refusal := _refusal(answer)):
            logging.getLogger("apprise").warning(refusal)
            answer.status_code = BAD_GATEWAY
        return answer

    # Plugins call requests.post, which makes a session of its own each time: there is no other place to look at an answer.
    requests.Session.send = send  # type: ignore[method-assign, assignment]
    try:
        yield
    finally:
        requests.Session.send = as_it_is  # type: ignore[method-assign]


def _refusal(answer: Any) -> str | None:
    try:
        body = answer.json()
    except ValueError:
        return None
    if not isinstance(body, dict) or not (code := next((body[name] for name in CODES if body.get(name)), 0)):
        return None
    reason = next((str(body[name]) for name in REASONS if body.get(name)), "")
    return f"the service refused the message: {code} {reason}".rstrip()


def build(channel: Channel) -> tuple["Apprise", set[str]]:
    """The notifier of a channel, and the secrets in its address. Raises YusuanError, which names neither address nor secret."""
    apprise = _apprise()
    address, values = _filled(channel)
    asset = apprise.AppriseAsset(
        app_id="yusuan",
        app_desc="预算公开核查",
        app_url="",
        # Messages show no pictures from other people's servers.
        image_url_mask=None,
        image_url_logo=None,
        default_service_retry=channel.retries,
        default_service_wait=channel.wait_seconds,
        storage_mode=apprise.PersistentStoreMode.MEMORY,
    )
    with _Heard():
        plugin = apprise.Apprise.instantiate(address, asset=asset)
    if plugin is None:
        raise YusuanError(
            f"alerts channel {channel.name}: Apprise does not understand its address (its kind, or a token of the wrong form)"
        )
    private = _private(plugin, address)
    written = VARIABLE.sub("", channel.url)
    if any(secret in written or quote(secret, safe="") in written for secret in private):
        raise YusuanError(
            f"alerts channel {channel.name} carries a secret: put it into an environment variable and write ${{NAME}} in its place"
        )
    notifier = apprise.Apprise(asset=asset)
    notifier.add(plugin)
    return notifier, private | {value for value in values if len(value) >= SHORTEST_SECRET}


def _apprise() -> Any:
    try:
        import apprise
    except ImportError:
        raise YusuanError(INSTALL) from None
    return apprise


def _filled(channel: Channel) -> tuple[str, list[str]]:
    """The address with its variables, and their values."""
    names = VARIABLE.findall(channel.url)
    if missing := [name for name in names if not os.environ.get(name)]:
        raise YusuanError(f"alerts channel {channel.name}: the environment variable {', '.join(missing)} is not set")
    return VARIABLE.sub(lambda found: os.environ[found.group(1)], channel.url), [os.environ[name] for name in names]


def _private(plugin: "NotifyBase", address: str) -> set[str]:
    """The parts of an address that Apprise itself calls private."""
    parsed = type(plugin).parse_url(address) or {}
    # A token may be described again among the arguments, as an alias that says nothing of privacy.
    described = [*plugin.template_tokens.items(), *plugin.template_args.items()]
    names = {each for name, about in described if about.get("private") for each in (name, about.get("map_to", name))}
    found: set[str] = set()
    for name in names:
        # Some plugins keep their parsed tokens under the name, some as attributes, some in a list.
        for value in (parsed.get(name), getattr(plugin, name, None)):
            found |= {unquote(each) for each in (value if isinstance(value, list | tuple | set) else [value]) if isinstance(each, str)}
    return {value for value in found if len(value) >= SHORTEST_SECRET}


def _hidden(text: str, secrets: set[str]) -> str:
    for secret in sorted(secrets, key=len, reverse=True):
        for form in (secret, quote(secret), quote(secret, safe="")):
            text = text.replace(form, HIDDEN)
    return text


class _Heard(logging.Handler):
    """What Apprise and the libraries below it log is heard here and nowhere else: at its lowest levels it prints addresses whole."""

    NAMES = ("apprise", "urllib3", "requests", "smtplib")

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())

    def __enter__(self) -> "_Heard":
        loggers = [logging.getLogger(name) for name in self.NAMES]
        self._before = [(logger, logger.level, logger.propagate) for logger in loggers]
        for logger in loggers:
            logger.addHandler(self)
            logger.propagate = False
            logger.setLevel(logging.WARNING)
        return self

    def __exit__(self, *_: object) -> None:
        for logger, level, propagate in self._before:
            logger.removeHandler(self)
            logger.setLevel(level)
            logger.propagate = propagate
