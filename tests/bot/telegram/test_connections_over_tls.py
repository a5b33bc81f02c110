"""Connections over TLS: to whom they are made, and that nothing is sent to anybody else."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from unittest.mock import AsyncMock

import pytest

from bot.telegram import connections as of_all
from bot.telegram.connection import READ_FOR_CERTAIN, Answer, Connection
from bot.telegram.failures import AnswerLostError, NotSentError
from tests.support.asking import (
    HI,
    a_while,
    ask,
    asking,
    connections_to,
    ends_with_nothing_sent,
    nothing_goes_wrong_unseen,
    served,
)
from tests.support.certificates import Certificate, certificate
from tests.support.raw_server import OK, ONE_EACH, PATIENCE_SECONDS, USUAL, Deed, raw_server, until


@pytest.fixture(autouse=True)
async def _nothing_goes_wrong_unseen() -> AsyncIterator[None]:
    async with nothing_goes_wrong_unseen():
        yield


@pytest.fixture
def trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Certificate]:
    made = certificate(tmp_path / "trusted", "localhost")
    monkeypatch.setenv("SSL_CERT_FILE", str(made.authority))
    of_all._trust.cache_clear()
    yield made
    of_all._trust.cache_clear()


async def test_over_tls_the_name_is_said_and_the_connection_kept(trusted: Certificate) -> None:
    async with raw_server(tls=trusted) as server:
        async with connections_to(f"https://localhost:{server.port}") as connections:
            for n in range(3):
                assert await ask(connections, f"/{n}") == HI
            assert server.names == ["localhost"]
            assert len(server.accepted) == 1
            assert b"\r\nHost: localhost:%d\r\n" % server.port in server.requests[0]
        await until(lambda: not server.still_open)


async def test_over_tls_what_is_given_up_in_the_moment_it_stands_is_gone_at_once(
    trusted: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = Connection.connection_made
    asked: list[asyncio.Task[Answer]] = []
    stood: list[Connection] = []

    def made_and_given_up(connection: Connection, transport: asyncio.BaseTransport) -> None:
        made(connection, transport)
        stood.append(connection)
        asked[0].cancel()

    monkeypatch.setattr(Connection, "connection_made", made_and_given_up)
    # Nothing is read from the connection, no farewell either.
    async with served((Deed.GATE,), url="https://localhost:{port}", tls=trusted) as (_, connections):
        asked.append(asking(connections))
        with pytest.raises(asyncio.CancelledError):
            await asked[0]
        async with asyncio.timeout(PATIENCE_SECONDS):
            await stood[0].gone


@pytest.mark.parametrize("tls", [False, True])
async def test_whoever_refuses_a_large_request_may_not_have_read_it_and_is_asked_on_another_connection(
    trusted: Certificate, tls: bool
) -> None:
    refusal = b"HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno"
    early = (Deed.GATE, refusal, Deed.READ, b"HTTP/1.1 400 Bad\r\nContent-Length: 0\r\n\r\n")
    url = f"http{'s' if tls else ''}://localhost:{{port}}"
    async with served(early, USUAL, most=1, url=url, tls=trusted if tls else None) as (server, connections):
        large = asyncio.create_task(ask(connections, "/first", b" " * (READ_FOR_CERTAIN + 1)))
        await until(lambda: server.accepted)
        await a_while()
        server.accepted[0].gate.set()
        assert await large == Answer(413, b"no")
        assert await ask(connections, "/second") == HI
        assert len(server.accepted) == 2


async def test_a_small_request_that_is_refused_costs_no_connection() -> None:
    refusal = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 2\r\n\r\nno"
    async with served((Deed.READ, refusal, Deed.AGAIN)) as (server, connections):
        for _ in range(3):
            assert await ask(connections) == Answer(400, b"no")
        assert len(server.accepted) == 1


async def test_over_tls_an_answer_to_the_end_is_told_from_one_that_breaks_off(trusted: Certificate) -> None:
    begun = (Deed.READ, b"HTTP/1.1 200 OK\r\n\r\nhi", Deed.PAUSE)
    async with raw_server((*begun, Deed.CLOSE), (*begun, Deed.RESET), (), tls=trusted) as server:
        async with connections_to(f"https://localhost:{server.port}") as connections:
            assert await ask(connections) == HI
            with pytest.raises(AnswerLostError):
                await ask(connections)
        assert len(server.accepted) == 2


@pytest.mark.parametrize("wrong", ["its authority is unknown", "it is for another name"])
async def test_to_whom_cannot_be_trusted_nothing_is_sent(
    trusted: Certificate, wrong: str, tmp_path: Path
) -> None:
    strange = certificate(tmp_path / "strange", "localhost")
    host = "127.0.0.1" if "name" in wrong else "localhost"
    async with raw_server(tls=trusted if "name" in wrong else strange) as server:
        async with connections_to(f"https://{host}:{server.port}", most=1) as connections:
            for _ in range(2):
                with pytest.raises(NotSentError):
                    await ask(connections)
        assert server.names
        assert not server.requests
        assert server.times(b"POST") == 0


async def test_a_handshake_that_nobody_answers_ends_with_nothing_sent() -> None:
    # It reads what comes and says nothing.
    async with served((), url="https://127.0.0.1:{port}", most=1) as (server, connections):
        given_up = asking(connections)
        await until(lambda: server.accepted and server.accepted[0].came)
        given_up.cancel()
        with pytest.raises(asyncio.CancelledError):
            await given_up
        await until(lambda: not server.still_open)
        for _ in range(2):
            with pytest.raises(NotSentError):
                await ask(connections, connecting=0.1)
        await until(lambda: not server.still_open)
        assert server.times(b"POST") == 0


async def test_a_server_that_does_not_speak_tls_is_sent_nothing() -> None:
    async with raw_server((OK, Deed.CLOSE)) as server:
        async with connections_to(f"https://127.0.0.1:{server.port}") as connections:
            with pytest.raises(NotSentError):
                await ask(connections)
        assert server.times(b"POST") == 0


async def test_closing_ends_shaking_hands() -> None:
    async with served((), url="https://127.0.0.1:{port}") as (server, connections):
        task = asking(connections)
        await until(lambda: server.accepted and server.accepted[0].came)
        await connections.close()
        await ends_with_nothing_sent([task])
        await until(lambda: not server.still_open)


async def test_an_address_with_which_only_tcp_works_is_passed_over(
    trusted: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    for script in ((Deed.RESET,), (Deed.CLOSE,), ()):
        async with raw_server(script) as broken, raw_server(ONE_EACH, tls=trusted) as server:
            found = [
                (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", one.port))
                for one in (broken, server)
            ]
            looked_up = AsyncMock(return_value=found)
            monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", looked_up)
            async with connections_to("https://localhost:9", most=1) as connections:
                connecting = PATIENCE_SECONDS if script else 0.3
                assert await ask(connections, connecting=connecting) == HI
                # Whoever comes next does not begin with it.
                assert await ask(connections, connecting=connecting) == HI
            assert len(broken.accepted) == 1
            assert not broken.requests
            assert len(server.requests) == 2


async def test_where_no_address_works_over_tls_nothing_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    async with raw_server((Deed.RESET,)) as one, raw_server((Deed.CLOSE,)) as other:
        found = [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", server.port)) for server in (one, other)
        ]
        monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", AsyncMock(return_value=found))
        async with connections_to("https://localhost:9", most=1) as connections:
            for _ in range(2):
                with pytest.raises(NotSentError):
                    await ask(connections)
        assert (len(one.accepted), len(other.accepted)) == (2, 2)
