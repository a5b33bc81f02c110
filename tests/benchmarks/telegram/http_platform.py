"""A quick Bot API over HTTP, in a process of its own: no checks, no limits, just enough of HTTP/1.1 for the clients measured.

It holds the crowd, so times are taken where Telegram stands. It is told what to do by one JSON object as its argument, and
tells in lines of JSON: its port, when counting begins, and what came out. Needs nothing but Python.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
import time
from collections import deque
from typing import Any, Final
from urllib.parse import parse_qs

from tests.benchmarks.telegram.crowd import ClosedLoop, Crowd, OpenLoop, percentile
from tests.benchmarks.telegram.desk import Desk

_LENGTH: Final = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")
_ESCAPED: Final = re.compile(rb"(?:%[0-9A-Fa-f]{2})+")
_COMMON: Final = ((b"+", b" "), *((b"%%%02X" % sign, bytes((sign,))) for sign in b'"{}[]:, <>/\\'))
"""What JSON and HTML are full of; replaced at once, for most of the time would go there."""

_NEEDED: Final = frozenset({b"chat_id", b"message_id", b"text", b"reply_markup"})


class Platform:
    """What all connections share: the desk, and the one getUpdates that waits."""

    def __init__(self, crowd: Crowd) -> None:
        self.desk = Desk(crowd)
        self.asked_first = asyncio.Event()
        self.heard = asyncio.Event()
        self._crowd = crowd
        self._unconfirmed: deque[dict[str, Any]] = deque()
        self._waiting: Connection | None = None
        crowd.changed = self._changed

    def call(self, connection: Connection, target: bytes, head: bytes, body: bytes) -> None:
        """Answer a call; getUpdates when there is something to bring."""
        path, _, query = target.partition(b"?")
        called = path.rpartition(b"/")[2].decode()
        if called == "getUpdates":
            self._poll(connection, f"{query.decode()}&{body.decode()}")
            return
        result = self.desk.answer(called, _given(head, body))
        connection.answer(json.dumps({"ok": True, "result": result}).encode())
        self.heard.set()

    def forget(self, connection: Connection) -> None:
        """A connection is gone."""
        if self._waiting is connection:
            self._waiting = None

    def _poll(self, connection: Connection, parameters: str) -> None:
        self.asked_first.set()
        given = parse_qs(parameters)
        if "offset" in given:
            offset = int(given["offset"][0])
            while self._unconfirmed and self._unconfirmed[0]["update_id"] < offset:
                self._unconfirmed.popleft()
        self._waiting = connection
        if given.get("timeout", ["0"])[0] == "0" or self._unconfirmed:
            self._bring()
        else:
            self._changed()

    def _changed(self) -> None:
        # What comes in within one turn of the loop goes out together.
        if self._crowd.waiting and self._waiting is not None:
            asyncio.get_running_loop().call_soon(self._bring)

    def _bring(self) -> None:
        connection, self._waiting = self._waiting, None
        if connection is not None:
            self._unconfirmed.extend(self._crowd.batch())
            batch = [self._unconfirmed[place] for place in range(min(100, len(self._unconfirmed)))]
            connection.answer(json.dumps({"ok": True, "result": batch}).encode())


class Connection(asyncio.Protocol):
    """One connection that is kept open; requests on it follow each other."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._buffer = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        self._platform.forget(self)
        self._transport = None

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head = self._buffer[:end]
            length = _LENGTH.search(head)
            whole = end + 4 + (int(length[1]) if length else 0)
            if len(self._buffer) < whole:
                return
            body, self._buffer = self._buffer[end + 4 : whole], self._buffer[whole:]
            self._platform.call(self, head.split(b" ", 2)[1], head, body)

    def answer(self, body: bytes) -> None:
        """Send an answer."""
        if self._transport is not None:
            self._transport.write(
                b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"
                % (len(body), body)
            )


def _given(head: bytes, body: bytes) -> dict[str, Any]:
    """The parameters this platform looks at, from a form or from JSON."""
    if not body:
        return {}
    if body[:1] == b"{":
        given: dict[str, Any] = json.loads(body)
        return given
    if b"multipart/form-data" in head:
        raise ValueError("no files here")
    return {
        name.decode(): _unquoted(value)
        for name, _, value in (part.partition(b"=") for part in body.split(b"&"))
        if name in _NEEDED
    }


def _unquoted(value: bytes) -> str:
    """A value of a form. Python's own way takes three times as long."""
    if b"%" in value or b"+" in value:
        for escaped, sign in _COMMON:
            value = value.replace(escaped, sign)
        value = _ESCAPED.sub(lambda found: bytes.fromhex(found[0].replace(b"%", b"").decode()), value)
    return value.decode()


def _crowd(told: dict[str, Any]) -> Crowd:
    if told["loop"] == "closed":
        return ClosedLoop(told["people"], told["each"], told.get("at_once", 0), told.get("warm", 0))
    return OpenLoop(told["rate"], told["seconds"], told["people"], told.get("warm_seconds", 2.0))


def _tell(**values: Any) -> None:
    sys.stdout.write(json.dumps(values) + "\n")
    sys.stdout.flush()


async def _talk(platform: Platform, crowd: Crowd, told: dict[str, Any]) -> None:
    """Let the crowd talk to whoever asks for updates, and tell what came out."""
    await platform.asked_first.wait()
    await asyncio.sleep(told.get("settle", 0.0))
    busy = 0.0

    def counting() -> None:
        nonlocal busy
        busy = time.process_time()
        platform.desk.calls = 0
        platform.desk.sent.clear()
        _tell(counting=True)

    crowd.counting = counting
    platform.desk.note_times = bool(told.get("note_times"))
    crowd.begin()
    while not crowd.is_done:
        pause = crowd.release()
        platform.heard.clear()
        if pause is not None:
            await asyncio.sleep(pause)
            continue
        try:
            await asyncio.wait_for(platform.heard.wait(), told.get("patience", 15.0))
        except TimeoutError:
            # Nothing comes any more: what is not answered is lost.
            break
    if not crowd.took:
        _tell(done=False)
        return
    sent = [moment - crowd.began for moment in platform.desk.sent]
    _tell(
        done=True,
        lost=crowd.total - crowd.answered,
        answered=len(crowd.took),
        seconds=crowd.ended - crowd.began,
        per_second=crowd.per_second,
        p50=percentile(crowd.took, 50),
        p99=percentile(crowd.took, 99),
        astray=crowd.astray,
        busy=(time.process_time() - busy) / (crowd.ended - crowd.began),
        calls=platform.desk.calls,
        sent=sent,
    )


async def _count(platform: Platform, told: dict[str, Any]) -> None:
    """Wait until so many messages have come, and tell how quickly they did."""
    platform.desk.note_times = True
    wanted, seen = told["messages"], -1
    while len(platform.desk.sent) < wanted:
        await asyncio.sleep(0.05)
        if platform.desk.sent and seen < 0:
            seen = 0
            _tell(counting=True)
    sent = platform.desk.sent
    _tell(done=True, messages=len(sent), seconds=sent[wanted - 1] - sent[0])


async def main(told: dict[str, Any]) -> None:
    """Serve until the standard input ends."""
    loop = asyncio.get_running_loop()
    crowd: Crowd = _crowd(told) if told["loop"] != "none" else ClosedLoop(0)
    platform = Platform(crowd)
    server = await loop.create_server(lambda: Connection(platform), "127.0.0.1", 0, backlog=1024)
    ended = asyncio.Event()

    def read() -> None:
        if not os.read(sys.stdin.fileno(), 1):
            ended.set()

    def told_all(task: asyncio.Task[None]) -> None:
        if not task.cancelled() and task.exception() is not None:
            ended.set()

    loop.add_reader(sys.stdin, read)
    _tell(port=server.sockets[0].getsockname()[1])
    work = _talk(platform, crowd, told) if told["loop"] != "none" else _count(platform, told)
    telling = asyncio.create_task(work)
    telling.add_done_callback(told_all)
    await ended.wait()
    telling.cancel()
    server.close()


if __name__ == "__main__":
    asyncio.run(main(json.loads(sys.argv[1])))
