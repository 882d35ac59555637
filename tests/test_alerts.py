"""Alerts against real servers on loopback: grouped, not repeated, retried, and without a secret in any text."""

import importlib
import json
import logging
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import pytest

pytest.importorskip("apprise")

import requests
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from yusuan import alerts
from yusuan.alerts.channels import build, send
from yusuan.alerts.config import Channel, read_alerts
from yusuan.automation import failure_alert
from yusuan.cli import main
from yusuan.doctor import examine
from yusuan.progress import Progress
from yusuan.settings import Settings, YusuanError

SECRET = "s3cret-t0ken-0f-the-bureau"
NOW = datetime(2026, 11, 21)

Finding = tuple[str, str, str, str]
A: Finding = ("a", "one", "error", "甲表合计不符")
B: Finding = ("b", "one", "warning", "乙表合计不符")
C: Finding = ("c", "two", "warning", "丙表合计不符")
D: Finding = ("d", "two", "info", "丁表为空表")


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("YUSUAN_EXPECTATIONS", str(tmp_path / "own"))
    (tmp_path / "own").mkdir()
    return Settings.load(raw=tmp_path / "raw", home=tmp_path / "home")


def configure(settings: Settings, *channels: dict[str, Any], **general: Any) -> None:
    quick = [{"retries": 0, "wait_seconds": 0, **channel} for channel in channels]
    settings.alerts.write_text(json.dumps({"channels": quick, **general}), encoding="utf-8")


def publish(
    settings: Settings,
    *findings: Finding,
    acknowledged: str = "",
    quarantined: tuple[str, ...] = (),
    asked: tuple[tuple[str, datetime, str | None], ...] = (),
) -> None:
    """A snapshot with what alerts read of it."""
    settings.home.mkdir(exist_ok=True)
    settings.published.unlink(missing_ok=True)
    with duckdb.connect(str(settings.published)) as connection:
        connection.execute("create schema quality; create schema marts; create schema staging")
        connection.execute(
            "create table quality.findings (fingerprint varchar, document_id varchar, severity varchar, message varchar,"
            " verdict varchar, acknowledged boolean, state varchar, table_number integer, line integer)"
        )
        for fingerprint, document, severity, message in findings:
            row = [fingerprint, document, severity, message, "source_error", fingerprint == acknowledged, "new", 1, 1]
            connection.execute(f"insert into quality.findings values ({', '.join('?' * 9)})", row)
        connection.execute(
            "create table marts.dim_document (document_id varchar, document_title varchar, file_name varchar, source_url varchar)"
        )
        for document in ("one", "two"):
            connection.execute(
                "insert into marts.dim_document values (?, ?, ?, ?)", [document, f"{document}局2023年预算", f"{document}.pdf", None]
            )
        connection.execute("create table staging.register (document_id varchar, relative_path varchar, reason varchar, status varchar)")
        for document in quarantined:
            connection.execute("insert into staging.register values (?, ?, '文件为空', 'quarantined')", [document, f"{document}.pdf"])
        connection.execute("create table staging.acquisitions (source varchar, started_at timestamp, error varchar)")
        for row in asked:
            connection.execute("insert into staging.acquisitions values (?, ?, ?)", list(row))


class Endpoint:
    """A web hook: remembers what is posted to it and answers with the next status, the last one for ever."""

    def __init__(self, port: int) -> None:
        self.port, self.statuses = port, [200]
        self.answers: list[bytes] = [b""]
        self.posted: list[dict[str, Any]] = []

    @property
    def url(self) -> str:
        return f"json://127.0.0.1:{self.port}/hook"

    @property
    def titles(self) -> list[str]:
        return [message["title"] for message in self.posted]


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            there.posted.append(json.loads(body))
            self.send_response(there.statuses.pop(0) if len(there.statuses) > 1 else there.statuses[0])
            answer = there.answers.pop(0) if len(there.answers) > 1 else there.answers[0]
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            """Nothing on the terminal."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    there = Endpoint(server.server_port)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield there
    server.shutdown()
    server.server_close()
    thread.join()


@contextmanager
def mail_server(password: str) -> Iterator[tuple[int, list[Any]]]:
    """A real SMTP server with authentication; the messages that it accepted."""
    received: list[Any] = []

    class Handler:
        async def handle_DATA(self, _server: object, _session: object, envelope: Any) -> str:
            received.append(message_from_bytes(envelope.content, policy=policy.default))
            return "250 OK"

    def authenticate(_server: object, _session: object, _envelope: object, _mechanism: str, data: Any) -> AuthResult:
        return AuthResult(success=data.password.decode() == password)

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(
        Handler(), hostname="127.0.0.1", port=port, authenticator=authenticate, auth_require_tls=False, auth_required=True
    )
    controller.start()
    try:
        yield port, received
    finally:
        controller.stop()


def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *arguments: str) -> tuple[int, str]:
    monkeypatch.setattr(sys, "argv", ["yusuan", *arguments])
    code = 0
    try:
        main()
    except SystemExit as exit_:
        code = int(exit_.code or 0)
    captured = capsys.readouterr()
    return code, captured.out + captured.err


def test_findings_come_as_one_message_a_document_with_counts_and_link_and_one_digest(settings: Settings, endpoint: Endpoint):
    configure(settings, {"name": "hook", "url": endpoint.url}, link="https://budget.example/{document_id}")
    publish(settings, A, B, C, D)

    assert alerts.published(settings) == {"hook": 3}

    one, two, digest = endpoint.posted
    assert one["title"] == "one局2023年预算：新发现2项"
    assert "错误1项，提醒1项" in one["message"] and "https://budget.example/one" in one["message"]
    assert "[错误]甲表合计不符\n[提醒]乙表合计不符" in one["message"]
    assert two["title"] == "two局2023年预算：新发现1项" and "丁表" not in two["message"]
    assert digest["title"] == "预算公开核查汇总：新发现和再次出现3项"
    assert "涉及2份文件" in digest["message"] and "- one局2023年预算：错误1项，提醒1项" in digest["message"]


def test_what_is_known_is_not_repeated_and_what_comes_back_is_told_as_such(settings: Settings, endpoint: Endpoint):
    configure(settings, {"name": "hook", "url": endpoint.url})
    publish(settings, A, B)
    alerts.published(settings)
    endpoint.posted.clear()

    alerts.published(settings)
    assert endpoint.posted == []

    publish(settings, A)
    alerts.published(settings)
    assert "已消除1项" in endpoint.posted.pop()["message"] and endpoint.posted == []

    publish(settings, A, B)
    alerts.published(settings)
    assert endpoint.posted[0]["title"] == "one局2023年预算：再次出现1项"
    assert "[提醒]（再次出现）乙表合计不符" in endpoint.posted[0]["message"]


def test_a_new_finding_of_a_known_document_is_told_alone(settings: Settings, endpoint: Endpoint):
    configure(settings, {"name": "hook", "url": endpoint.url})
    publish(settings, A)
    alerts.published(settings)
    endpoint.posted.clear()

    publish(settings, A, B)
    alerts.published(settings)

    assert "乙表" in endpoint.posted[0]["message"] and "甲表" not in endpoint.posted[0]["message"]


def test_each_channel_has_its_own_threshold_subjects_and_memory(settings: Settings, endpoint: Endpoint):
    configure(
        settings,
        {"name": "errors", "url": endpoint.url, "severity": "error", "about": ["findings"]},
        {"name": "everything", "url": endpoint.url, "severity": "info", "about": ["digest"]},
    )
    publish(settings, A, B, D)

    assert alerts.published(settings) == {"errors": 1, "everything": 1}

    assert "乙表" not in endpoint.posted[0]["message"]
    assert endpoint.titles == ["one局2023年预算：新发现1项", "预算公开核查汇总：新发现和再次出现3项"]


def test_what_a_person_has_acknowledged_is_neither_news_nor_gone(settings: Settings, endpoint: Endpoint):
    configure(settings, {"name": "hook", "url": endpoint.url})
    publish(settings, A, B, acknowledged="b")
    alerts.published(settings)
    assert all("乙表" not in message["message"] for message in endpoint.posted)
    endpoint.posted.clear()

    publish(settings, A, B, acknowledged="a")
    alerts.published(settings)

    assert "甲表" not in str(endpoint.posted) and "已消除0项" in endpoint.posted[-1]["message"]


def test_with_too_many_documents_only_the_digest_is_sent(settings: Settings, endpoint: Endpoint):
    configure(settings, {"name": "hook", "url": endpoint.url}, documents_per_run=1)
    publish(settings, A, C)

    assert alerts.published(settings) == {"hook": 1}
    assert "涉及2份文件" in endpoint.posted[0]["message"]
    assert alerts.published(settings) == {"hook": 0}


def test_quarantined_files_are_told_once(settings: Settings, endpoint: Endpoint):
    configure(settings, {"name": "hook", "url": endpoint.url})
    publish(settings, quarantined=("bad",))

    alerts.published(settings)
    alerts.published(settings)

    [message] = endpoint.posted
    assert "新隔离1份文件" in message["message"] and "bad.pdf：文件为空" in message["message"]


def test_a_channel_that_fails_is_retried_at_once(settings: Settings, endpoint: Endpoint):
    configure(settings, {"name": "hook", "url": endpoint.url, "retries": 2, "about": ["findings"]})
    publish(settings, A)
    endpoint.statuses = [503, 503, 200]

    assert alerts.published(settings) == {"hook": 1}
    assert len(endpoint.posted) == 3


def test_a_channel_that_stays_down_fails_nothing_is_asked_once_a_run_and_told_after_the_next(settings: Settings, endpoint: Endpoint):
    said: list[str] = []
    configure(settings, {"name": "down", "url": endpoint.url}, {"name": "up", "url": endpoint.url + "?method=post", "about": ["digest"]})
    publish(settings, A, C)
    endpoint.statuses = [500, 200]

    assert alerts.published(settings, said.append) == {"down": 0, "up": 1}
    assert len(endpoint.posted) == 2
    assert len(said) == 1 and said[0].startswith("alerts: channel down was not told") and "500" in said[0]

    assert alerts.published(settings, said.append) == {"down": 3, "up": 0}


def test_a_failure_is_told_once_until_a_run_succeeds(settings: Settings, endpoint: Endpoint):
    configure(settings, {"name": "hook", "url": endpoint.url}, {"name": "quiet", "url": endpoint.url, "about": ["digest"]})
    publish(settings)

    assert alerts.failed(settings, "dbt: no space left") == {"hook": 1}
    assert alerts.failed(settings, "dbt: no space left") == {"hook": 0}
    alerts.published(settings)
    assert alerts.failed(settings, "dbt: no space left") == {"hook": 1}

    assert endpoint.titles == ["预算数据构建失败，未发布新版本"] * 2
    assert "dbt: no space left" in endpoint.posted[0]["message"] and endpoint.posted[0]["type"] == "failure"


def test_a_run_that_fails_in_dagster_tells_of_it(settings: Settings, endpoint: Endpoint):
    configure(settings, {"name": "hook", "url": endpoint.url})

    @dg.op
    def landing() -> None:
        raise YusuanError("there is no directory raw: put the disclosures there")

    @dg.job(hooks={failure_alert(settings, Progress())})
    def job() -> None:
        landing()

    assert not job.execute_in_process(raise_on_error=False).success
    [message] = endpoint.posted
    assert message["message"].startswith("there is no directory raw: put the disclosures there")


def test_a_source_that_has_become_stale_is_told_once(settings: Settings, endpoint: Endpoint):
    configure(settings, {"name": "hook", "url": endpoint.url}, stale_after_days=7)
    settings.raw.mkdir()
    declared = [{"name": name, "folder": "/srv/share"} for name in ("js", "sh", "gd")]
    (settings.raw / "sources.yml").write_text(json.dumps({"sources": declared}), encoding="utf-8")
    old, fresh = datetime.now() - timedelta(days=9), datetime.now() - timedelta(days=1)
    publish(
        settings, asked=(("js", old, None), ("js", fresh, "503"), ("sh", fresh, None), ("gd", fresh, "no such host"), ("gone", old, None))
    )

    alerts.published(settings)
    alerts.published(settings)

    assert endpoint.titles == ["数据来源gd已失去更新", "数据来源js已失去更新"]
    assert "503" in endpoint.posted[1]["message"]


def test_mail_arrives_with_title_and_text_through_a_server_that_asks_for_a_password(settings: Settings, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MAIL_PASSWORD", SECRET)
    publish(settings, A)
    with mail_server(SECRET) as (port, received):
        url = f"mailto://bureau:${{MAIL_PASSWORD}}@127.0.0.1:{port}?from=yusuan@example.org&to=bureau@example.org&mode=insecure"
        configure(settings, {"name": "mail", "url": url})

        assert alerts.published(settings) == {"mail": 2}

    message = received[0]
    assert message["subject"] == "one局2023年预算：新发现1项" and "bureau@example.org" in message["to"]
    text = message.get_body(("plain",)).get_content()
    assert "甲表合计不符" in text


def test_no_secret_stands_in_what_is_said_logged_or_kept(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
):
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("MAIL_PASSWORD", SECRET)
    monkeypatch.setenv("HOOK", f"json://user:{SECRET}@127.0.0.1:1/{SECRET}/?+Authorization={SECRET}")
    monkeypatch.setenv("FEISHU", "f1e2d3c4-1111-2222-3333-444455556666")
    publish(settings, A)
    said: list[str] = []

    def refuse(*arguments: object, **_: object) -> None:
        raise requests.ConnectionError(f"Max retries exceeded with url: {arguments}")

    # Nobody listens on port 1.
    configure(
        settings,
        {"name": "mail", "url": "mailto://u:${MAIL_PASSWORD}@127.0.0.1:1?from=a@b.org&to=a@b.org&mode=insecure"},
        {"name": "hook", "url": "${HOOK}"},
        {"name": "feishu", "url": "feishu://${FEISHU}"},
        {"name": "wrong", "url": "nosuchkind://${MAIL_PASSWORD}"},
    )
    with monkeypatch.context() as patch:
        patch.setattr(requests, "post", refuse)
        patch.setattr(requests, "request", refuse)
        sent = alerts.published(settings, said.append)
        code, printed = run(capsys, monkeypatch, "alert", "--test", "--home", str(settings.home))

    assert sent == {"mail": 0, "hook": 0, "feishu": 0, "wrong": 0} and code == 1
    everything = "\n".join([*said, caplog.text, printed, settings.delivered.read_text(encoding="utf-8")])
    assert len(said) == 4 and "mail: " in printed
    assert SECRET not in everything and "f1e2d3c4" not in everything


UUID, HEX, SLACK = (
    "abcdefab-1111-2222-3333-444455556666",
    "abcdefab111122223333444455556666",
    "T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ",
)
OFFICES: list[tuple[str, str, str, Callable[[dict[str, Any]], str]]] = [
    ("feishu://${TOKEN}", UUID, f"https://open.feishu.cn/open-apis/bot/v2/hook/{UUID}", lambda body: body["content"]["text"]),
    ("dingtalk://${TOKEN}", HEX, f"https://oapi.dingtalk.com/robot/send?access_token={HEX}", lambda body: body["text"]["content"]),
    ("wecombot://${TOKEN}", UUID, f"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={UUID}", lambda body: body["text"]["content"]),
    ("slack://${TOKEN}/#budget", SLACK, f"https://hooks.slack.com/services/{SLACK}", lambda body: json.dumps(body, ensure_ascii=False)),
]


@pytest.mark.parametrize(("url", "token", "address", "words"), OFFICES, ids=["feishu", "dingtalk", "wecom", "slack"])
def test_the_services_of_offices_get_the_message_at_their_address(
    monkeypatch: pytest.MonkeyPatch, url: str, token: str, address: str, words: Callable[[dict[str, Any]], str]
):
    monkeypatch.setenv("TOKEN", token)
    posted: list[tuple[str, dict[str, Any]]] = []

    def accept(to: str, data: str, **_: object) -> requests.Response:
        posted.append((to, json.loads(data)))
        answer = requests.Response()
        answer.status_code, answer._content = 200, b"ok"
        return answer

    monkeypatch.setattr(requests, "post", accept)
    monkeypatch.setattr(requests, "request", lambda _method, to, **sent: accept(to, **sent))

    problem = send(Channel(name="office", url=url, retries=0), "one局：新发现1项", "甲表合计不符")

    assert problem is None
    [(to, body)] = posted
    assert to.rstrip("/") == address
    assert "one局：新发现1项" in words(body) and "甲表合计不符" in words(body)
    # No picture from anybody's server.
    assert "http" not in json.dumps(body)


REFUSALS = [
    (
        "feishu",
        UUID,
        b'{"code": 19024, "msg": "Key Words Not Found", "data": {}}',
        b'{"code": 0, "msg": "success"}',
        "19024 Key Words Not Found",
    ),
    ("dingtalk", HEX, b'{"errcode": 310000, "errmsg": "keywords not in content"}', b'{"errcode": 0, "errmsg": "ok"}', "310000 keywords"),
    ("wecombot", UUID, b'{"errcode": 93000, "errmsg": "invalid webhook url"}', b'{"errcode": 0, "errmsg": "ok"}', "93000 invalid webhook"),
]


@pytest.mark.parametrize(("service", "token", "refused", "accepted", "reason"), REFUSALS, ids=[refusal[0] for refusal in REFUSALS])
def test_an_answer_that_refuses_in_its_body_is_a_failure_and_is_tried_again(
    monkeypatch: pytest.MonkeyPatch, endpoint: Endpoint, service: str, token: str, refused: bytes, accepted: bytes, reason: str
):
    plugin = importlib.import_module(f"apprise.plugins.{service}")
    (own,) = [
        each
        for each in vars(plugin).values()
        if isinstance(each, type) and each.__module__ == plugin.__name__ and "notify_url" in vars(each)
    ]
    monkeypatch.setattr(own, "notify_url", f"http://127.0.0.1:{endpoint.port}/hook")
    # The pause that the service asks for between two messages is not waited for.
    monkeypatch.setattr(own, "request_rate_per_sec", 0)
    monkeypatch.setenv("TOKEN", token)
    channel = Channel(name="office", url=f"{service}://${{TOKEN}}", retries=1, wait_seconds=0)

    endpoint.answers = [refused, accepted]
    assert send(channel, "one局", "甲表合计不符") is None
    assert len(endpoint.posted) == 2

    endpoint.answers = [refused]
    problem = send(channel, "one局", "甲表合计不符")
    assert problem is not None and reason in problem and token not in problem
    assert len(endpoint.posted) == 4


@pytest.mark.parametrize(
    "url",
    [
        "feishu://abcdefab-1111-2222-3333-444455556666",
        "mailto://user:password123@example.org",
        "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#budget",
        "dingtalk://abcdefab111122223333444455556666",
        "wecombot://abcdefab-1111-2222-3333-444455556666",
    ],
)
def test_a_secret_in_the_file_is_refused(url: str):
    with pytest.raises(YusuanError, match="environment variable") as error:
        build(Channel(name="office", url=url))

    assert "abcdefab" not in str(error.value) and "password123" not in str(error.value) and "TIiajk" not in str(error.value)


def test_a_variable_that_is_not_set_is_named():
    with pytest.raises(YusuanError, match="NO_SUCH_TOKEN is not set"):
        build(Channel(name="office", url="feishu://${NO_SUCH_TOKEN}"))


@pytest.mark.parametrize(
    ("content", "mistake"),
    [
        ("channels: [{name: a, url: 'json://h', colour: red}]", "is not known here"),
        ("channels: [{name: a, url: 'json://h'}, {name: a, url: 'json://h'}]", "a stands twice"),
        ("channels: [{name: a, url: 'json://h', severity: fatal}]", "severity"),
        ("link: 'https://h/{nobody}'", "no other braces"),
        ("channels: [", "no YAML"),
    ],
)
def test_mistakes_in_the_file_are_one_sentence(settings: Settings, content: str, mistake: str):
    settings.alerts.write_text(content, encoding="utf-8")
    said: list[str] = []

    with pytest.raises(YusuanError, match=mistake):
        read_alerts(settings.alerts)
    assert alerts.published(settings, said.append) == {} and len(said) == 1


def test_without_the_extra_it_is_said_how_to_get_it_and_the_run_goes_on(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, endpoint: Endpoint
):
    configure(settings, {"name": "hook", "url": endpoint.url})
    publish(settings, A)
    monkeypatch.setitem(sys.modules, "apprise", None)
    said: list[str] = []

    assert alerts.published(settings, said.append) == {"hook": 0}
    assert "pip install 'yusuan[alerts]'" in said[0]


def test_the_test_command_tries_every_channel(
    settings: Settings, endpoint: Endpoint, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    code, told = run(capsys, monkeypatch, "alert", "--test")
    assert code == 1 and "no channel is configured" in told

    configure(settings, {"name": "hook", "url": endpoint.url}, {"name": "unset", "url": "feishu://${NO_SUCH_TOKEN}"})
    code, told = run(capsys, monkeypatch, "alert", "--test")

    assert code == 1 and "hook: delivered" in told and "NO_SUCH_TOKEN is not set" in told
    assert endpoint.titles == ["yusuan 告警测试"]


def test_the_doctor_looks_at_the_channels_and_sends_nothing(settings: Settings, endpoint: Endpoint):
    def found() -> tuple[bool, str]:
        finding = next(finding for finding in examine(settings) if finding.name == "alerts.yml")
        return finding.works, finding.detail

    assert found() == (True, f"no channel is configured in {settings.alerts}")
    configure(settings, {"name": "hook", "url": endpoint.url, "severity": "error"})
    assert found() == (True, "hook (error)")
    configure(settings, {"name": "hook", "url": "feishu://${NO_SUCH_TOKEN}"})
    assert not found()[0] and endpoint.posted == []
