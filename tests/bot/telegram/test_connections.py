"""The connections to one server: a request is sent once at most, and connections are kept, shared, given back and closed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import cast

import pytest

from bot.telegram import connections as of_all
from bot.telegram.connection import Answer
from bot.telegram.connections import Connections
from bot.telegram.failures import AnswerLostError, NotSentError
from tests.support.asking import HI, a_while, ask, asking, nothing_goes_wrong_unseen, served
from tests.support.raw_server import AT_THE_GATE, OK, Accepted, Deed, Script, until

READ, PAUSE, GATE, CLOSE, RESET, AGAIN = Deed.READ, Deed.PAUSE, Deed.GATE, Deed.CLOSE, Deed.RESET, Deed.AGAIN
LATE = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlate"


def under_way(connections: Connections) -> int:
    return sum(connection._waiting is not None for connection in connections._all)


def which(accepted: list[Accepted], path: str) -> int:
    """Over which connection it came."""
    (found,) = [n for n, one in enumerate(accepted) if path.encode() + b" " in one.came]
    return found


@pytest.fixture(autouse=True)
async def _nothing_goes_wrong_unseen() -> AsyncIterator[None]:
    async with nothing_goes_wrong_unseen():
        yield


# Sent once ------------------------------------------------------------------------------------------------

ENDS: dict[str, Script] = {
    "closed unread": (GATE, CLOSE),
    "reset unread": (GATE, RESET),
    "closed": (READ, CLOSE),
    "reset": (READ, RESET),
    "closed in the head": (READ, OK[:20], PAUSE, CLOSE),
    "reset in the head": (READ, OK[:20], PAUSE, RESET),
    "closed in the body": (READ, OK[:-1], PAUSE, CLOSE),
    "reset in the body": (READ, OK[:-1], PAUSE, RESET),
    "reset before the end": (READ, b"HTTP/1.1 200 OK\r\n\r\nhi", PAUSE, RESET),
    "garbage": (READ, b"?"),
    "packed": (READ, b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n"),
}


@pytest.mark.parametrize("is_kept", [False, True], ids=["fresh", "kept"])
@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
async def test_however_a_connection_ends_a_request_was_sent_once(end: Script, is_kept: bool) -> None:
    async with served((READ, OK, *end) if is_kept else end, (READ, OK, AGAIN), most=1) as (
        server,
        connections,
    ):
        if is_kept:
            assert await ask(connections, "/before") == HI
        lost = asking(connections, "/lost")
        await until(lambda: server.accepted and (lost.done() or under_way(connections)))
        server.accepted[0].gate.set()
        with pytest.raises(AnswerLostError):
            await lost
        await a_while()
        assert len(server.accepted) == 1
        assert server.times(b"POST /lost ") == (0 if end[0] is GATE else 1)
        # And the next is none the worse for it.
        assert await ask(connections, "/next") == HI
        assert which(server.accepted, "/next") == 1
        assert server.times(b"POST /lost ") <= 1


@pytest.mark.parametrize("end", [(CLOSE,), (RESET,)], ids=["closed", "reset"])
async def test_who_is_hung_up_on_at_once_does_not_try_again(end: Script) -> None:
    async with served(end) as (server, connections):
        with pytest.raises(AnswerLostError):
            await ask(connections)
        await a_while()
        assert len(server.accepted) == 1


@pytest.mark.parametrize(
    "end", [(CLOSE,), (RESET,), (LATE,), (b"HTTP/1.1 408 ",)], ids=["closed", "reset", "answer", "half"]
)
async def test_what_is_ended_or_spoken_over_while_idle_is_not_used_again(end: Script) -> None:
    async with served((READ, OK, GATE, *end), (READ, OK, AGAIN)) as (server, connections):
        assert await ask(connections) == HI
        assert len(connections._all) == 1
        server.accepted[0].gate.set()
        await until(lambda: not connections._all)
        assert await ask(connections, "/next") == HI
        assert server.times(b"POST /next ") == 1
        assert which(server.accepted, "/next") == 1


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi",
        b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nhi",
        OK + LATE,
    ],
    ids=["said to be the last", "an old server", "another glued on"],
)
async def test_what_the_server_will_not_keep_is_closed(answer: bytes) -> None:
    async with served((READ, answer), (READ, OK, AGAIN)) as (server, connections):
        assert await ask(connections) == HI
        await until(lambda: not server.still_open)
        assert await ask(connections, "/next") == HI
        assert which(server.accepted, "/next") == 1


async def test_an_answer_to_the_end_of_its_connection_arrives() -> None:
    async with served((READ, b"HTTP/1.1 200 OK\r\n\r\nh", PAUSE, b"i", CLOSE)) as (_, connections):
        assert await ask(connections) == HI


# Kept -----------------------------------------------------------------------------------------------------


async def test_one_after_another_uses_one_connection() -> None:
    async with served() as (server, connections):
        for n in range(20):
            assert await ask(connections, f"/{n}") == HI
        assert [request.split()[1] for request in server.requests] == [b"/%d" % n for n in range(20)]
        assert len(server.accepted) == 1


async def test_so_many_at_once_as_may_be_and_the_others_wait() -> None:
    async with served(AT_THE_GATE, most=3) as (server, connections):
        tasks = [asking(connections, f"/{n}") for n in range(8)]
        await until(lambda: len(server.requests) == 3)
        await a_while()
        assert len(server.requests) == len(server.accepted) == 3
        while not all(task.done() for task in tasks):
            for accepted in server.accepted:
                accepted.gate.set()
            await asyncio.sleep(0.002)
        assert [task.result() for task in tasks] == [HI] * 8
        assert len(server.accepted) == 3
        assert sorted(request.split()[1] for request in server.requests) == [b"/%d" % n for n in range(8)]


async def test_who_has_waited_long_enough_for_a_free_one_has_sent_nothing() -> None:
    async with served(AT_THE_GATE, most=1) as (server, connections):
        first = asking(connections, "/first")
        await until(lambda: server.requests)
        for seconds in (0, 0.05):
            with pytest.raises(NotSentError):
                await ask(connections, "/second", waiting=seconds)
        server.accepted[0].gate.set()
        assert await first == HI
        # What is free costs no waiting.
        server.accepted[0].gate.set()
        assert await ask(connections, "/third", waiting=0) == HI
        assert server.times(b"/second") == 0
        assert len(server.accepted) == 1


async def test_the_last_used_is_used_first() -> None:
    async with served(AT_THE_GATE) as (server, connections):
        tasks = [asking(connections, f"/{n}") for n in range(3)]
        await until(lambda: len(server.requests) == 3)
        for path in ("/1", "/2", "/0"):
            server.accepted[which(server.accepted, path)].gate.set()
            assert await tasks[int(path[1:])] == HI
        newest = which(server.accepted, "/0")
        for n in range(3, 6):
            server.accepted[newest].gate.set()
            assert await ask(connections, f"/{n}") == HI
            assert which(server.accepted, f"/{n}") == newest
        further = [asking(connections, f"/more{n}") for n in range(2)]
        await until(lambda: len(server.requests) == 8)
        assert which(server.accepted, "/more1") == which(server.accepted, "/2")
        for accepted in server.accepted:
            accepted.gate.set()
        assert await asyncio.gather(*further) == [HI, HI]


async def test_what_was_kept_for_too_long_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(of_all, "KEPT_SECONDS", 0.0)
    async with served() as (server, connections):
        # Nothing sweeps between the two.
        assert [await ask(connections, path) for path in ("/first", "/second")] == [HI, HI]
        assert which(server.accepted, "/second") == 1
        await until(lambda: not server.still_open)


async def test_what_nobody_uses_is_closed_when_its_time_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    async with served(AT_THE_GATE) as (server, connections):
        tasks = [asking(connections, f"/{n}") for n in range(3)]
        await until(lambda: len(server.requests) == 3)
        for path, seconds in (("/0", 0.05), ("/2", 0.1), ("/1", 60)):
            monkeypatch.setattr(of_all, "KEPT_SECONDS", seconds)
            server.accepted[which(server.accepted, path)].gate.set()
            await tasks[int(path[1:])]
        await until(lambda: server.still_open == 1)
        await until(lambda: len(connections._all) == 1)
        kept = which(server.accepted, "/1")
        server.accepted[kept].gate.set()
        assert await ask(connections, "/next") == HI
        assert which(server.accepted, "/next") == kept


# Given up -------------------------------------------------------------------------------------------------


async def test_a_late_answer_is_never_the_answer_to_another_question() -> None:
    async with served((READ, GATE, LATE, AGAIN), (READ, OK, AGAIN), most=1) as (server, connections):
        with pytest.raises(AnswerLostError):
            await ask(connections, "/first", answering=0.05)
        await until(lambda: server.requests)
        server.accepted[0].gate.set()
        assert await ask(connections, "/second") == HI
        assert which(server.accepted, "/second") == 1
        await until(lambda: not server.accepted[0].is_open)
        assert server.times(b"/first") == 1


async def test_who_gives_up_leaves_nothing_behind() -> None:
    async with served((READ, GATE, LATE, AGAIN), (READ, OK, AGAIN), most=1) as (server, connections):
        first = asking(connections, "/first")
        await until(lambda: server.requests)
        first.cancel()
        second = asking(connections, "/second")
        with pytest.raises(asyncio.CancelledError):
            await first
        server.accepted[0].gate.set()
        assert await second == HI
        assert which(server.accepted, "/second") == 1
        await until(lambda: not server.accepted[0].is_open)
        assert server.times(b"/first") == 1


async def test_who_gives_up_as_the_answer_comes_leaves_no_connection_that_nobody_has(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with served((READ, GATE, OK, READ, OK), (READ, OK), most=1) as (server, connections):
        given_up = asking(connections)
        await until(lambda: server.requests)
        (connection,) = connections._all
        complete = connection._complete

        def complete_and_cancel(waiting: asyncio.Future[Answer]) -> None:
            # The answer is there, and whoever asked has not been told yet.
            complete(waiting)
            given_up.cancel()

        monkeypatch.setattr(connection, "_complete", complete_and_cancel)
        server.accepted[0].gate.set()
        with pytest.raises(asyncio.CancelledError):
            await given_up
        assert await ask(connections) == HI
        await until(lambda: len(connections._all) == server.still_open == 1)


async def test_who_gives_up_waiting_leaves_their_place_to_others() -> None:
    async with served(AT_THE_GATE, most=1) as (server, connections):
        first, second, third = (asking(connections, path) for path in ("/first", "/second", "/third"))
        await until(lambda: server.requests)
        second.cancel()
        for task in (first, third):
            server.accepted[0].gate.set()
            assert await task == HI
        assert second.cancelled()
        assert server.times(b"/second") == 0


# Closed ---------------------------------------------------------------------------------------------------


async def test_closing_tells_everybody_what_became_of_their_request() -> None:
    async with served((READ, GATE), (READ, OK), most=2) as (server, connections):
        lost = asking(connections, "/lost")
        await until(lambda: server.requests)
        assert await ask(connections, "/kept") == HI
        second = asking(connections, "/lost/too")
        await until(lambda: under_way(connections) == 2)
        waiting = [asking(connections, "/waiting") for _ in range(3)]
        await a_while()
        await connections.close()
        assert not connections._all
        told = await asyncio.gather(lost, second, *waiting, return_exceptions=True)
        assert [type(error) for error in told] == [AnswerLostError] * 2 + [NotSentError] * 3
        for accepted in server.accepted:
            accepted.gate.set()
        await until(lambda: not server.still_open)
        assert server.times(b"/waiting") == 0
        await connections.close()


async def test_closing_does_not_wait_for_a_request_to_be_taken() -> None:
    async with served((GATE,)) as (server, connections):
        # More than fits on the way.
        lost = asyncio.create_task(ask(connections, body=b" " * 2**24))
        await until(lambda: server.accepted and under_way(connections))
        await connections.close()
        assert not connections._all
        with pytest.raises(AnswerLostError):
            await lost


async def test_nothing_is_opened_after_closing() -> None:
    async with served(AT_THE_GATE, most=1) as (server, connections):
        tasks = [asking(connections) for _ in range(3)]
        await until(lambda: server.requests)
        await connections.close()
        await asyncio.gather(*tasks, return_exceptions=True)
        with pytest.raises(NotSentError):
            await ask(connections)
        await a_while()
        assert len(server.accepted) == 1


async def test_what_ended_while_the_event_loop_stood_still_is_not_used() -> None:
    async with served((Deed.READ, OK, Deed.GATE, Deed.CLOSE), (Deed.READ, OK), most=1) as (
        server,
        connections,
    ):
        assert await ask(connections) == HI
        (connection,) = connections._all
        server.accepted[0].gate.set()
        # The end is there, and the event loop tells nobody of it yet.
        cast("asyncio.Transport", connection._transport).pause_reading()
        await until(lambda: not server.accepted[0].is_open)
        await until(connection.has_news)
        assert connection.is_open
        assert await ask(connections) == HI
        assert [len(one.requests) for one in server.accepted] == [1, 1]
