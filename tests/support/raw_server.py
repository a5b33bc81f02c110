"""A server that does to each connection what a script says, byte by byte, and remembers all it was sent."""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import cast

from tests.support.certificates import Certificate

PATIENCE_SECONDS = 10.0
"""After which what should have happened has not."""

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"


class Deed(Enum):
    """What the server does besides saying bytes. When a script is at its end it reads on and says nothing."""

    READ = auto()
    """Read one request to its end; until then nothing is taken off the connection."""
    PAUSE = auto()
    """Let what was said go out by itself."""
    GATE = auto()
    """Wait until the test sets the gate of the connection."""
    CLOSE = auto()
    RESET = auto()
    AGAIN = auto()
    """Begin the script anew."""


Script = Sequence[bytes | Deed]

USUAL: Script = (Deed.READ, OK, Deed.AGAIN)
ONE_EACH: Script = (Deed.READ, b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi")
"""A connection for each request."""

AT_THE_GATE: Script = (Deed.READ, Deed.GATE, OK, Deed.AGAIN)


@dataclass(eq=False)
class Accepted:
    """A connection as the server sees it."""

    came: bytearray = field(default_factory=bytearray)
    requests: list[bytes] = field(default_factory=list)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    is_open: bool = True


class RawServer:
    """The scripts are for one connection after another; the last is for all further ones."""

    def __init__(self, scripts: Sequence[Script], scheme: str) -> None:
        self._scripts = scripts
        self._scheme = scheme
        self._tasks: list[asyncio.Task[None]] = []
        self.port = 0
        self.host = "127.0.0.1"
        self.accepted: list[Accepted] = []
        """What has come, in this order, a handshake included."""
        self.names: list[str | None] = []
        """Host names that were asked for in TLS."""

    @property
    def url(self) -> str:
        """As it stands before the path of a request."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self._scheme}://{host}:{self.port}"

    @property
    def requests(self) -> list[bytes]:
        """All that were read to their end."""
        return [request for accepted in self.accepted for request in accepted.requests]

    @property
    def still_open(self) -> int:
        """How many connections neither side has ended."""
        return sum(accepted.is_open for accepted in self.accepted)

    def times(self, part: bytes) -> int:
        """How often that came, in whatever connection and whether or not a request was whole."""
        return sum(accepted.came.count(part) for accepted in self.accepted)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        _transport(writer).pause_reading()
        accepted = Accepted()
        self.accepted.append(accepted)
        script = self._scripts[min(len(self.accepted), len(self._scripts)) - 1]
        self._tasks.append(asyncio.create_task(_serve(script, accepted, reader, writer)))

    async def _stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        for trouble in await asyncio.gather(*self._tasks, return_exceptions=True):
            if isinstance(trouble, Exception):
                raise trouble


async def _serve(
    script: Script, accepted: Accepted, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    try:
        await _act(script, accepted, reader, writer)
    except (OSError, asyncio.IncompleteReadError):
        # The other side has ended it.
        pass
    finally:
        accepted.is_open = False
        writer.transport.abort()


async def _act(
    script: Script, accepted: Accepted, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    transport = _transport(writer)
    at = 0
    while at < len(script):
        step = script[at]
        at += 1
        match step:
            case bytes():
                writer.write(step)
                await writer.drain()
            case Deed.READ:
                transport.resume_reading()
                accepted.requests.append(await _one_request(accepted, reader))
                transport.pause_reading()
            case Deed.PAUSE:
                await asyncio.sleep(0.01)
            case Deed.GATE:
                await accepted.gate.wait()
                accepted.gate.clear()
            case Deed.CLOSE:
                writer.close()
                # In TLS both sides say goodbye.
                transport.resume_reading()
                await writer.wait_closed()
                return
            case Deed.RESET:
                plug: socket.socket = writer.get_extra_info("socket")
                plug.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                return
            case Deed.AGAIN:
                at = 0
    transport.resume_reading()
    while more := await reader.read(65536):
        accepted.came += more


def _transport(writer: asyncio.StreamWriter) -> asyncio.Transport:
    return cast("asyncio.Transport", writer.transport)


async def _one_request(accepted: Accepted, reader: asyncio.StreamReader) -> bytes:
    """All is noted as it comes, so that half a request is known too."""
    request = bytearray()
    missing = 1
    while missing > 0:
        more = await reader.read(missing)
        if not more:
            raise asyncio.IncompleteReadError(bytes(request), None)
        accepted.came += more
        request += more
        head, end, body = bytes(request).partition(b"\r\n\r\n")
        missing = _length(head) - len(body) if end else 1
    return bytes(request)


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


@asynccontextmanager
async def raw_server(
    *scripts: Script, host: str = "127.0.0.1", tls: Certificate | None = None
) -> AsyncIterator[RawServer]:
    """One that runs; without scripts it answers every request with `OK`."""
    server = RawServer(scripts or (USUAL,), "http" if tls is None else "https")
    server.host = host
    context = None
    if tls is not None:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(tls.chain)
        # Asks for nothing: only the name is noted.
        context.sni_callback = lambda _, name, __: server.names.append(name)
    running = await asyncio.start_server(server._accept, host, 0, ssl=context)
    server.port = running.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        running.close()
        await server._stop()
        await running.wait_closed()


async def until(happened: Callable[[], object]) -> None:
    """Wait for it."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        # There is nothing that would tell.
        while not happened():  # noqa: ASYNC110
            await asyncio.sleep(0.002)
