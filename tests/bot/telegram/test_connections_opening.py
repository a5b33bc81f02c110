"""How connections to a server come to stand: its name and its addresses; and that nothing was sent if they do not."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from bot.telegram import connections as of_all
from bot.telegram.connection import Connection
from bot.telegram.failures import NotSentError
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
from tests.support.raw_server import ONE_EACH, raw_server, until


@contextmanager
def nobody_there() -> Iterator[int]:
    """A port that refuses."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


@contextmanager
def nobody_answers() -> Iterator[int]:
    """A port on which connections come to nothing: who listens has as many as it can hold."""
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        callers: list[socket.socket] = []
        try:
            # One is let in, and one may be waiting to be.
            for _ in range(4):
                callers.append(socket.socket())
                callers[-1].setblocking(False)
                callers[-1].connect_ex(full.getsockname())
            yield full.getsockname()[1]
        finally:
            for caller in callers:
                caller.close()


class Names:
    """What the looking up of a name gives, one time after another; the last for ever."""

    def __init__(self, *found: list[int] | Exception) -> None:
        self.asked = self.ended = 0
        self.known = asyncio.Event()
        self.known.set()
        self._found = found
        # In place of the loop's own.
        asyncio.get_running_loop().getaddrinfo = self._look_up  # type: ignore[method-assign]

    async def _look_up(self, host: object, port: object, **_: Any) -> Any:
        assert host == "telegram.test"
        self.asked += 1
        found = self._found[min(self.asked, len(self._found)) - 1]
        try:
            await self.known.wait()
        except asyncio.CancelledError:
            self.ended += 1
            raise
        if isinstance(found, Exception):
            raise found
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port)) for port in found]


NAMED = "http://telegram.test"


@pytest.fixture(autouse=True)
async def _nothing_goes_wrong_unseen() -> AsyncIterator[None]:
    async with nothing_goes_wrong_unseen():
        yield


async def test_who_is_refused_has_sent_nothing() -> None:
    with nobody_there() as port:
        async with connections_to(f"http://127.0.0.1:{port}", most=1) as connections:
            for _ in range(3):
                with pytest.raises(NotSentError):
                    await ask(connections)


async def test_who_gets_no_answer_to_connecting_has_sent_nothing() -> None:
    with nobody_answers() as port:
        async with connections_to(f"http://127.0.0.1:{port}", most=1) as connections:
            for _ in range(2):
                with pytest.raises(NotSentError):
                    await ask(connections, connecting=0.05)


async def test_looking_up_may_take_no_longer_than_connecting() -> None:
    async with served(url=NAMED, most=1) as (server, connections):
        names = Names([server.port])
        names.known.clear()
        with pytest.raises(NotSentError):
            await ask(connections, connecting=0.05)
        names.known.set()
        assert await ask(connections) == HI
        assert names.asked == 1


@pytest.mark.parametrize("trouble", [socket.gaierror(-2, "?"), OSError(), UnicodeError()], ids=repr)
async def test_a_name_that_is_not_found_is_looked_up_anew(trouble: Exception) -> None:
    async with served(url=NAMED, most=3) as (server, connections):
        names = Names(trouble, trouble, [server.port])
        with pytest.raises(NotSentError):
            await ask(connections)
        told = await asyncio.gather(*(asking(connections) for _ in range(3)), return_exceptions=True)
        assert [type(error) for error in told] == [NotSentError] * 3
        assert names.asked == 2
        assert await ask(connections) == HI
        assert names.asked == 3
        assert len(server.accepted) == 1


async def test_a_name_that_cannot_be_one_is_not_found() -> None:
    async with connections_to("http://a..b") as connections:
        with pytest.raises(NotSentError):
            await ask(connections)


async def test_many_at_once_look_up_once_and_who_gives_up_leaves_it_to_the_others() -> None:
    async with served(url=NAMED, most=6) as (server, connections):
        names = Names([server.port])
        names.known.clear()
        first, *others = [asking(connections) for _ in range(6)]
        await until(lambda: names.asked)
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        names.known.set()
        assert await asyncio.gather(*others) == [HI] * 5
        assert names.asked == 1
        assert len(server.accepted) == 5


async def test_addresses_are_remembered_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    async with served(ONE_EACH, url=NAMED) as (server, connections):
        names = Names([server.port])
        for _ in range(3):
            assert await ask(connections) == HI
        assert names.asked == 1
    async with served(ONE_EACH, url=NAMED) as (server, connections):
        monkeypatch.setattr(of_all, "ADDRESSES_SECONDS", 0.0)
        names = Names([server.port])
        for _ in range(3):
            assert await ask(connections) == HI
        assert names.asked == 3


async def test_addresses_where_nobody_is_any_more_are_forgotten() -> None:
    async with raw_server(ONE_EACH) as moved_to, connections_to(NAMED) as connections:
        async with raw_server(ONE_EACH) as server:
            names = Names([server.port], [moved_to.port])
            assert await ask(connections) == HI
        with pytest.raises(NotSentError):
            await ask(connections)
        assert not moved_to.accepted
        assert await ask(connections) == HI
        assert names.asked == 2
        assert len(moved_to.requests) == 1


async def test_if_one_address_does_not_serve_another_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(of_all, "NEXT_ADDRESS_SECONDS", 0.01)
    for trouble in (nobody_there, nobody_answers):
        async with raw_server() as server:
            with trouble() as port:
                async with connections_to(NAMED) as connections:
                    Names([port, server.port])
                    assert await ask(connections) == HI
                    assert len(server.requests) == 1


async def test_who_gives_up_before_there_is_a_connection_leaves_their_place(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(of_all, "ADDRESSES_SECONDS", 0.0)
    async with served(url=NAMED, most=1) as (server, connections):
        with nobody_answers() as port:
            names = Names([port], [port], [server.port])
            names.known.clear()
            # Looking up.
            given_up = asking(connections, "/first")
            await until(lambda: names.asked)
            given_up.cancel()
            with pytest.raises(asyncio.CancelledError):
                await given_up
            names.known.set()
            await until(lambda: connections._looking is None or connections._looking.done())
            # Connecting.
            given_up = asking(connections, "/second")
            await until(lambda: names.asked == 2)
            await a_while()
            assert not given_up.done()
            given_up.cancel()
            with pytest.raises(asyncio.CancelledError):
                await given_up
            assert await ask(connections, "/third") == HI
            assert [request.split()[1] for request in server.requests] == [b"/third"]


async def test_closing_ends_looking_up() -> None:
    async with connections_to(NAMED, most=1) as connections:
        names = Names([1])
        names.known.clear()
        # One looks up, one waits for its turn.
        tasks = [asking(connections) for _ in range(2)]
        await until(lambda: names.asked)
        await connections.close()
        await ends_with_nothing_sent(tasks)
        assert (names.asked, names.ended) == (1, 1)


async def test_closing_ends_connecting() -> None:
    with nobody_answers() as port:
        async with connections_to(f"http://127.0.0.1:{port}") as connections:
            task = asking(connections)
            await a_while()
            await connections.close()
            await ends_with_nothing_sent([task])


async def test_who_gives_up_as_the_connection_comes_to_stand_leaves_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with served(most=1) as (server, connections):
        connect = connections._connect

        async def connect_and_cancel(seconds: float | None) -> Connection:
            connection = await connect(seconds)
            asyncio.get_running_loop().call_soon(given_up.cancel)
            return connection

        monkeypatch.setattr(connections, "_connect", connect_and_cancel)
        given_up = asking(connections)
        with pytest.raises(asyncio.CancelledError):
            await given_up
        await until(lambda: server.accepted and not server.still_open)
        assert not connections._all
        assert not server.requests
        monkeypatch.undo()
        assert await ask(connections) == HI
