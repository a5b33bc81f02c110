"""The connections to one server, and how plain requests of the Bot API go over them."""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
from collections import deque
from functools import lru_cache
from typing import Final, Self

from aiohappyeyeballs import AddrInfoType, start_connection

from bot.telegram.connection import Answer, Connection
from bot.telegram.failures import NotSentError

KEPT_SECONDS: Final = 15.0
"""How long a connection stays open when nothing is asked."""

ADDRESSES_SECONDS: Final = 300.0
"""How long the addresses of a server are taken to be its addresses."""

NEXT_ADDRESS_SECONDS: Final = 0.25
"""After which another address is tried beside the one that has not answered yet (RFC 8305)."""

CLOSING_SECONDS: Final = 1.0

CLOSED: Final = "the connection to Telegram is closed"

_SERVER: Final = re.compile(
    r"(?P<scheme>https?)://(?P<host>[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::(?P<port>[0-9]{1,5}))?", re.ASCII
)
_PATH: Final = re.compile(r"/[!-~]*", re.ASCII)


class Connections:
    """Connections to a server, so many at most. One is kept for a while after an answer; the last used is used first."""

    def __init__(self, host: str, port: int, *, secure: bool, most: int, greeting: str) -> None:
        """The greeting is what the head of every request has: names and values, each line with its end."""
        self._host = host
        self._port = port
        self._secure = secure
        self._room = asyncio.Semaphore(most)
        self._greeting = greeting.encode("ascii")
        self._kept: deque[tuple[Connection, float]] = deque()
        self._all: set[Connection] = set()
        self._opening: set[asyncio.Task[Connection]] = set()
        self._sweeping: asyncio.TimerHandle | None = None
        self._looking: asyncio.Task[list[AddrInfoType]] | None = None
        self._known_until = 0.0
        self._is_closed = False

    @classmethod
    def to(cls, server: str, most: int, user_agent: str) -> Self | None:
        """Those to `http://host:port` or `https://…`; None if it is written in any other way."""
        parts = _SERVER.fullmatch(server)
        secure = parts is not None and parts["scheme"] == "https"
        port = int(parts["port"] or (443 if secure else 80)) if parts is not None else 0
        if parts is None or not 0 < port < 65536:
            return None
        authority = server.partition("//")[2]
        greeting = (
            f"Host: {authority}\r\nUser-Agent: {user_agent}\r\nAccept: */*\r\nAccept-Encoding: identity\r\n"
        )
        return cls(parts["host"].strip("[]"), port, secure=secure, most=most, greeting=greeting)

    async def post(
        self,
        path: str,
        body: bytes | None,
        *,
        waiting: float | None,
        connecting: float | None,
        answering: float | None,
    ) -> Answer:
        """Ask, with an object in JSON or nothing, and give the answer.

        Times are in seconds, None is for ever: until one of the connections is free; until it stands, with each address of the
        server; and from then on until the answer is whole.
        Raises NotSentError or AnswerLostError.
        """
        kind = b"" if body is None else b"Content-Type: application/json\r\n"
        request = b"POST %b HTTP/1.1\r\n%b%bContent-Length: %d\r\n\r\n%b" % (
            path.encode("ascii"),
            self._greeting,
            kind,
            len(body or b""),
            body or b"",
        )
        await self._enter(waiting)
        try:
            if self._is_closed:
                raise NotSentError(CLOSED)
            connection = self._take() or await self._open(connecting, waiting)
            answer = await connection.ask(request, answering)
            self._keep(connection)
            return answer
        finally:
            self._room.release()

    async def close(self) -> None:
        """End all of them, for good; answers that are waited for are lost."""
        self._is_closed = True
        if self._sweeping is not None:
            self._sweeping.cancel()
        for connection in self._all:
            connection.abort()
        under_way = {*self._opening} if self._looking is None else {*self._opening, self._looking}
        for task in under_way:
            task.cancel()
        if ends := [*under_way, *(connection.gone for connection in self._all)]:
            await asyncio.wait(ends, timeout=CLOSING_SECONDS)

    async def _enter(self, seconds: float | None) -> None:
        if not self._room.locked():
            await self._room.acquire()
            return
        try:
            async with asyncio.timeout(seconds):
                await self._room.acquire()
        except TimeoutError:
            raise NotSentError("no connection to Telegram was free in time") from None

    # Connections that stand -----------------------------------------------------------------------------

    def _take(self) -> Connection | None:
        now = asyncio.get_running_loop().time()
        while self._kept:
            connection, until = self._kept.pop()
            if connection.is_open and now < until and not connection.has_news():
                return connection
            connection.abort()
        return None

    def _keep(self, connection: Connection) -> None:
        if not connection.is_open:
            connection.abort()
            return
        loop = asyncio.get_running_loop()
        self._kept.append((connection, loop.time() + KEPT_SECONDS))
        if self._sweeping is None:
            self._sweeping = loop.call_later(KEPT_SECONDS, self._sweep)

    def _sweep(self) -> None:
        """Close what was not used for long."""
        loop = asyncio.get_running_loop()
        self._sweeping = None
        while self._kept and (self._kept[0][1] <= loop.time() or not self._kept[0][0].is_open):
            self._kept.popleft()[0].abort()
        if self._kept:
            self._sweeping = loop.call_at(self._kept[0][1], self._sweep)

    # New ones -------------------------------------------------------------------------------------------

    async def _open(self, seconds: float | None, more: float | None) -> Connection:
        """A new one, in as long as one address may take and so much more."""
        opening = asyncio.create_task(self._connect(seconds))
        self._opening.add(opening)
        opening.add_done_callback(self._opening.discard)
        try:
            async with asyncio.timeout(None if seconds is None or more is None else seconds + more):
                connection = await opening
        except asyncio.CancelledError:
            opening.add_done_callback(_abandon)
            task = asyncio.current_task()
            if self._is_closed and (task is None or not task.cancelling()):
                raise NotSentError(CLOSED) from None
            raise
        except (OSError, RuntimeError, ValueError) as error:
            opening.add_done_callback(_abandon)
            # It may have moved.
            self._known_until = 0.0
            raise NotSentError(f"no connection to Telegram ({type(error).__name__})") from None
        return connection

    async def _connect(self, seconds: float | None) -> Connection:
        addresses = await self._addresses()
        left = addresses.copy()
        while True:
            asked: dict[socket.socket, AddrInfoType] = {}

            def ask(address: AddrInfoType, asked: dict[socket.socket, AddrInfoType] = asked) -> socket.socket:
                family, kind, protocol, *_ = address
                made = socket.socket(family, kind, protocol)
                asked[made] = address
                return made

            reached = None
            try:
                async with asyncio.timeout(seconds):
                    reached = await start_connection(
                        left, happy_eyeballs_delay=NEXT_ADDRESS_SECONDS, socket_factory=ask
                    )
                    return await self._begin(reached)
            except OSError:
                if reached is None:
                    raise
                # It is there and does not speak to us; from now on it is the last to be asked.
                left.remove(asked[reached])
                addresses[:] = [*left, *(one for one in addresses if one not in left)]
                if not left:
                    raise

    async def _begin(self, reached: socket.socket) -> Connection:
        connection = Connection()
        try:
            await asyncio.get_running_loop().create_connection(
                lambda: connection,
                sock=reached,
                ssl=_trust() if self._secure else None,
                server_hostname=self._host.rstrip(".") if self._secure else None,
            )
        except BaseException:
            # Given up in the moment in which it came to stand, it would take its leave for half a minute.
            connection.abort()
            raise
        self._all.add(connection)
        connection.gone.add_done_callback(lambda _: self._all.discard(connection))
        return connection

    async def _addresses(self) -> list[AddrInfoType]:
        """Where the server is; who asks while that is being looked up waits for the same answer."""
        now = asyncio.get_running_loop().time()
        if self._looking is None or (self._looking.done() and self._known_until <= now):
            self._looking = asyncio.create_task(self._look_up())
            self._looking.add_done_callback(_seen)
        looking = self._looking
        # Whoever gives up waiting leaves it to the others.
        await asyncio.wait((looking,))
        if looking.cancelled():
            raise ConnectionAbortedError
        return looking.result()

    async def _look_up(self) -> list[AddrInfoType]:
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(
            self._host, self._port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP
        )
        self._known_until = loop.time() + ADDRESSES_SECONDS
        return list(found)


def _abandon(opening: asyncio.Task[Connection]) -> None:
    """Whoever wanted the connection does not want it any more; it may have come to stand all the same."""
    if not opening.cancelled() and opening.exception() is None:
        opening.result().abort()


def _seen(looking: asyncio.Task[list[AddrInfoType]]) -> None:
    """A failure is told to whoever waits; if nobody does, it is nobody's."""
    if not looking.cancelled():
        looking.exception()


@lru_cache(1)
def _trust() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.set_alpn_protocols(["http/1.1"])
    return context


def is_plain(path: str) -> bool:
    """Whether a path (with its query) can stand in a request as it is."""
    return _PATH.fullmatch(path) is not None and "#" not in path
