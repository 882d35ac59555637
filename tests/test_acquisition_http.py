"""One web address to one file, against a real server: conditional, patient, polite, bounded, and never inwards."""

import ipaddress
import socket
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from web_server import LOOPBACK, WebServer, half, in_turn, redirect, say, serving, slowly, text, with_etag
from yusuan.landing.acquisition import addresses
from yusuan.landing.acquisition.errors import AcquisitionError
from yusuan.landing.acquisition.hosts import Hosts
from yusuan.landing.acquisition.http import Fetcher, Limits, Validators

CONTENT = "2024年部门预算公开\n".encode() * 100
OURS = (ipaddress.ip_network(f"{LOOPBACK}/32"),)
QUICK = Limits(connect_seconds=2, read_seconds=2, total_seconds=5, attempts=3, first_pause_seconds=0.01)


@pytest.fixture
def server() -> Iterator[WebServer]:
    with serving() as server:
        yield server


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "acquired" / "预算.pdf"


def fetcher(limits: Limits = QUICK, allowed: tuple[addresses.Network, ...] = OURS, between: float = 0, most: int = 1_000_000) -> Fetcher:
    return Fetcher(Hosts(), allowed, between, most, limits)


def reason(server: WebServer, target: Path, path: str, **changes: object) -> str:
    with pytest.raises(AcquisitionError) as caught:
        fetcher(**changes).fetch(server.address + path, target)  # type: ignore[arg-type]
    assert caught.value.reason.endswith("。")
    assert not target.exists() and list(target.parent.glob("*")) + list(target.parent.glob(".*")) == []
    return caught.value.reason


def test_a_file_is_fetched_with_its_validators(server: WebServer, target: Path):
    server.answers["/a.pdf"] = text(CONTENT, ETag='"1"', Last_Modified="Sat, 21 Nov 2026 08:00:00 GMT")

    fetched = fetcher().fetch(f"{server.address}/a.pdf", target)

    assert target.read_bytes() == CONTENT
    assert fetched.http_status == 200 and fetched.downloaded and fetched.downloaded.bytes == len(CONTENT)
    assert fetched.validators == Validators('"1"', "Sat, 21 Nov 2026 08:00:00 GMT")


def test_what_has_not_changed_is_not_sent_again(server: WebServer, target: Path):
    server.answers["/a.pdf"] = with_etag(CONTENT, '"1"')
    first = fetcher().fetch(f"{server.address}/a.pdf", target)

    second = fetcher().fetch(f"{server.address}/a.pdf", target, first.validators)

    assert (second.http_status, second.downloaded, second.validators.etag) == (304, None, '"1"')
    assert target.read_bytes() == CONTENT


def test_other_bytes_take_the_place_of_the_first(server: WebServer, target: Path):
    server.answers["/a.pdf"] = in_turn(with_etag(CONTENT, '"1"'), with_etag(b"new", '"2"'))
    first = fetcher().fetch(f"{server.address}/a.pdf", target)

    fetcher().fetch(f"{server.address}/a.pdf", target, first.validators)

    assert target.read_bytes() == b"new"


@pytest.mark.parametrize(("status", "word"), [(404, "没有这个文件"), (403, "拒绝访问"), (410, "撤下"), (204, "没有给出文件")])
def test_a_refusal_is_final_and_told_with_advice(server: WebServer, target: Path, status: int, word: str):
    server.answers["/a.pdf"] = lambda handler: say(handler, status)

    assert word in reason(server, target, "/a.pdf")
    assert server.paths() == ["/a.pdf"]


@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_server_in_trouble_is_asked_again(server: WebServer, target: Path, status: int):
    server.answers["/a.pdf"] = in_turn(lambda handler: say(handler, status), text(CONTENT))

    fetched = fetcher().fetch(f"{server.address}/a.pdf", target)

    assert (fetched.attempts, target.read_bytes()) == (2, CONTENT)


def test_patience_ends_after_the_last_try(server: WebServer, target: Path):
    server.answers["/a.pdf"] = lambda handler: say(handler, 500)

    assert "HTTP 500" in reason(server, target, "/a.pdf")
    assert len(server.paths()) == QUICK.attempts


@pytest.mark.parametrize("printed", ["1", format_datetime(datetime.now(UTC) + timedelta(hours=1))], ids=["seconds", "date"])
def test_a_server_that_says_when_to_come_back_is_obeyed_or_left_alone(server: WebServer, target: Path, printed: str):
    server.answers["/a.pdf"] = in_turn(lambda handler: say(handler, 503, Retry_After=printed), text(CONTENT))

    if printed == "1":
        fetcher().fetch(f"{server.address}/a.pdf", target)
        first, second = (each.at for each in server.asked if each.path == "/a.pdf")
        assert second - first >= 1
    else:
        assert "稍后再试" in reason(server, target, "/a.pdf")
        assert server.paths() == ["/a.pdf"]


def test_a_body_that_never_ends_is_cut_off(server: WebServer, target: Path):
    server.answers["/a.pdf"] = slowly(CONTENT, pause=0.05)
    started = time.monotonic()

    assert "秒，已中断" in reason(server, target, "/a.pdf", limits=Limits(read_seconds=1, total_seconds=0.5, attempts=3))
    assert time.monotonic() - started < 3
    assert server.paths() == ["/a.pdf"]


def test_headers_that_never_end_are_cut_off_too(target: Path):
    with socket.create_server((LOOPBACK, 0)) as listener:
        port = listener.getsockname()[1]

        def dribble() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(4096)
                try:
                    for byte in b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 1000:
                        connection.send(bytes([byte]))
                        time.sleep(0.05)
                except OSError:
                    return

        thread = threading.Thread(target=dribble)
        thread.start()
        with pytest.raises(AcquisitionError, match="秒，已中断"):
            fetcher(limits=Limits(read_seconds=1, total_seconds=0.4)).fetch(f"http://{LOOPBACK}:{port}/a.pdf", target)
        thread.join()


def test_silence_is_waited_for_only_so_long(server: WebServer, target: Path):
    server.answers["/a.pdf"] = lambda handler: time.sleep(0.5)

    assert "下载时中断" in reason(server, target, "/a.pdf", limits=Limits(read_seconds=0.1, attempts=1))


@pytest.mark.parametrize("announced", [True, False])
def test_too_large_a_file_is_not_kept(server: WebServer, target: Path, announced: bool):
    server.answers["/a.pdf"] = text(CONTENT) if announced else lambda handler: _unannounced(handler)

    assert "max_megabytes" in reason(server, target, "/a.pdf", most=1000)


def _unannounced(handler) -> None:  # type: ignore[no-untyped-def]
    handler.send_response(200)
    handler.end_headers()
    handler.wfile.write(CONTENT)


def test_half_a_download_leaves_no_file(server: WebServer, target: Path):
    server.answers["/a.pdf"] = half(CONTENT)

    assert "中断" in reason(server, target, "/a.pdf")
    assert len(server.paths()) == QUICK.attempts


def test_half_a_download_leaves_the_file_that_was_there(server: WebServer, target: Path):
    target.parent.mkdir(parents=True)
    target.write_bytes(b"before")
    server.answers["/a.pdf"] = in_turn(half(CONTENT))

    with pytest.raises(AcquisitionError):
        fetcher().fetch(f"{server.address}/a.pdf", target)

    assert target.read_bytes() == b"before" and list(target.parent.iterdir()) == [target]


def test_robots_txt_is_asked_once_and_obeyed(server: WebServer, target: Path):
    server.answers["/robots.txt"] = text(b"User-agent: *\nDisallow: /private\n")
    server.answers["/private/a.pdf"] = server.answers["/a.pdf"] = text(CONTENT)
    ours = fetcher()

    ours.fetch(f"{server.address}/a.pdf", target)
    with pytest.raises(AcquisitionError, match=r"robots\.txt"):
        ours.fetch(f"{server.address}/private/a.pdf", target)

    assert server.paths(robots=True) == ["/robots.txt", "/a.pdf"]


def test_robots_txt_that_cannot_be_had_forbids(server: WebServer, target: Path):
    server.answers["/robots.txt"] = lambda handler: say(handler, 503)
    server.answers["/a.pdf"] = text(CONTENT)

    assert "robots.txt" in reason(server, target, "/a.pdf")
    assert server.paths() == []


def test_a_redirect_to_what_robots_txt_forbids_is_not_followed(server: WebServer, target: Path):
    server.answers["/robots.txt"] = text(b"User-agent: yusuan\nDisallow: /private\n")
    server.answers["/a.pdf"] = redirect("/private/a.pdf")
    server.answers["/private/a.pdf"] = text(CONTENT)

    assert "robots.txt" in reason(server, target, "/a.pdf")
    assert server.paths() == ["/a.pdf"]


def test_one_host_is_not_asked_faster_than_allowed(server: WebServer, target: Path):
    server.answers["/robots.txt"] = text(b"User-agent: *\nCrawl-delay: 0.3\n")
    server.answers["/a.pdf"] = text(CONTENT)
    ours = fetcher(between=0.1)

    for _ in range(2):
        ours.fetch(f"{server.address}/a.pdf", target)

    robots, first, second = (each.at for each in server.asked)
    assert first - robots >= 0.29 and second - first >= 0.29


def test_redirects_are_followed_to_the_end(server: WebServer, target: Path):
    server.answers["/a.pdf"] = redirect("b.pdf")
    server.answers["/b.pdf"] = redirect(f"{server.address}/c.pdf")
    server.answers["/c.pdf"] = text(CONTENT)

    fetcher().fetch(f"{server.address}/a.pdf", target)

    assert target.read_bytes() == CONTENT


@pytest.mark.parametrize(
    ("location", "word"),
    [
        ("/a.pdf", "重定向超过"),
        ("file:///etc/passwd", "file: 地址"),
        ("ftp://example.com/a", "ftp: 地址"),
        ("http://127.0.0.2/a.pdf", "内部地址 127.0.0.2"),
        ("http://10.0.0.1/a.pdf", "内部地址 10.0.0.1"),
        ("http://169.254.169.254/latest/meta-data", "内部地址 169.254.169.254"),
        ("http://[::1]/a.pdf", "内部地址 ::1"),
        ("http://[::ffff:192.168.0.1]/a.pdf", "内部地址"),
        ("http://2130706434/a.pdf", "内部地址 127.0.0.2"),
        ("http://0x7f.2/a.pdf", "内部地址 127.0.0.2"),
    ],
)
def test_a_redirect_into_the_inner_network_is_refused(server: WebServer, target: Path, location: str, word: str):
    server.answers["/a.pdf"] = redirect(location)

    assert word in reason(server, target, "/a.pdf")


def test_private_addresses_are_refused_unless_the_settings_allow_them(server: WebServer, target: Path):
    assert "YUSUAN_ALLOW_PRIVATE_ADDRESSES" in reason(server, target, "/a.pdf", allowed=())
    assert server.asked == []


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.1.1", "100.64.0.1", "0.0.0.0", "224.0.0.1", "255.255.255.255",
     "::1", "::", "fe80::1", "fc00::1", "ff02::1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::", "2001:0:a00:1::", "192.0.2.1"],
)  # fmt: skip
def test_no_address_but_public_ones_is_permitted(address: str):
    assert not addresses.permitted(ipaddress.ip_address(address), ())
    assert addresses.permitted(ipaddress.ip_address(address), (ipaddress.ip_network("0.0.0.0/0"), ipaddress.ip_network("::/0")))


@pytest.mark.parametrize("address", ["8.8.8.8", "223.5.5.5", "2400:3200::1", "64:ff9b::808:808"])
def test_public_addresses_are_permitted(address: str):
    assert addresses.permitted(ipaddress.ip_address(address), ())


def test_a_name_that_answers_otherwise_the_second_time_is_connected_to_the_address_that_was_checked(
    server: WebServer, target: Path, monkeypatch: pytest.MonkeyPatch
):
    server.answers["/a.pdf"] = text(CONTENT)
    answers = iter([LOOPBACK, LOOPBACK])
    real = socket.getaddrinfo

    def rebinding(host: str, port: int, *arguments: object, **named: object) -> list:
        # Once for robots.txt, once for the file; a third question would be answered with another address.
        return real(next(answers, "127.0.0.2") if host == "rebinding.example" else host, port, *arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)

    fetcher().fetch(f"http://rebinding.example:{server.port}/a.pdf", target)

    assert target.read_bytes() == CONTENT
    assert next(answers, None) is None


def test_a_host_that_does_not_answer_is_left_alone_for_the_rest_of_the_run(tmp_path: Path):
    with socket.create_server((LOOPBACK, 0)) as closed:
        port = closed.getsockname()[1]
    ours = fetcher()
    reasons = []
    for name in ("a", "b"):
        with pytest.raises(AcquisitionError) as caught:
            ours.fetch(f"http://{LOOPBACK}:{port}/{name}.pdf", tmp_path / name)
        reasons.append((caught.value.attempts, caught.value.reason))

    assert reasons[0][0] == QUICK.attempts and "连接不上" in reasons[0][1]
    assert "不再访问" in reasons[1][1]


def test_a_name_that_does_not_exist_is_told_as_such(tmp_path: Path):
    with pytest.raises(AcquisitionError, match="找不到主机"):
        fetcher().fetch("http://no-such-host.invalid/a.pdf", tmp_path / "a.pdf")
