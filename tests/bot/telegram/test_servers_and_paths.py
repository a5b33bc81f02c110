"""Servers and paths as they are written, and how a request is written for them."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator

import pytest

from bot.telegram.connections import Connections, is_plain
from bot.telegram.failures import NotSentError
from tests.support.asking import HI, ask, connections_to, nothing_goes_wrong_unseen, served


@pytest.fixture(autouse=True)
async def _nothing_goes_wrong_unseen() -> AsyncIterator[None]:
    async with nothing_goes_wrong_unseen():
        yield


@pytest.mark.parametrize(
    ("server", "host", "port", "secure"),
    [
        ("https://api.telegram.org", "api.telegram.org", 443, True),
        ("http://127.0.0.1", "127.0.0.1", 80, False),
        ("http://localhost:8081", "localhost", 8081, False),
        ("https://localhost:65535", "localhost", 65535, True),
        ("http://[::1]:8081", "::1", 8081, False),
        ("https://[2001:db8::a]", "2001:db8::a", 443, True),
    ],
)
async def test_a_server_is_reached_as_it_is_written(server: str, host: str, port: int, secure: bool) -> None:
    connections = Connections.to(server, 1, "tests")
    assert connections is not None
    assert (connections._host, connections._port, connections._secure) == (host, port, secure)
    assert f"Host: {server.partition('//')[2]}\r\n".encode() in connections._greeting


@pytest.mark.parametrize(
    "server",
    [
        "",
        "api.telegram.org",
        "ftp://localhost",
        "http://",
        "http://:80",
        "http://user@localhost",
        "http://user:word@localhost",
        "http://localhost:",
        "http://localhost:http",
        "http://localhost:0",
        "http://localhost:65536",
        "http://localhost:100000",
        "http://localhost:-1",
        "http://localhost:８０",
        "http://localhost/",
        "http://localhost?a",
        "http://localhost#a",
        "http://卓越.test",
        "http://local host",
        "http://localhost\r\nA: b",
        "http://localhost\n",
        "http://::1",
        "http://[::1",
        "http://[fe80::1%25lo]",
        "unix:///tmp/socket",
    ],
)
def test_a_server_written_in_an_unusual_way_is_none_of_ours(server: str) -> None:
    assert Connections.to(server, 1, "tests") is None


def test_only_what_can_stand_in_a_request_is_a_plain_path() -> None:
    for path in ("/", "/bot1:x/getMe", "/bot1:x/test/getMe?a=b&c=%20", "/~!$'()*,;@"):
        assert is_plain(path)
    for path in (
        "",
        "bot1:x/getMe",
        "/a b",
        "/a\r\nA: b",
        "/a\r",
        "/a\n",
        "/a#b",
        "/卓",
        "/é",
        "/\x7f",
        "/\0",
        "/\t",
    ):
        assert not is_plain(path)


@pytest.mark.parametrize(
    "body", [None, b"", b'{"a": 1}', b"\r\n\r\n\0" * 50_000], ids=["none", "empty", "json", "long"]
)
async def test_a_request_arrives_as_it_was_meant(body: bytes | None) -> None:
    async with served() as (server, connections):
        assert (
            await connections.post("/bot1:x/getMe?a", body, waiting=None, connecting=None, answering=None)
            == HI
        )
        (request,) = server.requests
        head, _, came = request.partition(b"\r\n\r\n")
        kind = [] if body is None else [b"Content-Type: application/json"]
        assert head.split(b"\r\n") == [
            b"POST /bot1:x/getMe?a HTTP/1.1",
            b"Host: 127.0.0.1:%d" % server.port,
            b"User-Agent: tests",
            b"Accept: */*",
            b"Accept-Encoding: identity",
            *kind,
            b"Content-Length: %d" % len(body or b""),
        ]
        assert came == (body or b"")


def has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as trial:
            trial.bind(("::1", 0))
    except OSError:
        return False
    return True


async def test_an_address_of_ipv6_works_where_the_machine_has_one_and_is_told_where_not() -> None:
    if not has_ipv6():
        async with connections_to("http://[::1]:9") as connections:
            with pytest.raises(NotSentError):
                await ask(connections)
        return
    async with served(host="::1") as (server, connections):
        assert await ask(connections) == HI
        assert b"\r\nHost: [::1]:%d\r\n" % server.port in server.requests[0]
