"""A connection without a network, and what a server may say over it."""

from __future__ import annotations

import asyncio
from typing import Any, NamedTuple

from bot.telegram.connection import Answer, Connection

REQUEST = b"POST /bot1:x/getMe HTTP/1.1\r\nContent-Length: 0\r\n\r\n"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"
HI = Answer(200, b"hi")


class Said(NamedTuple):
    """What a server says, whether it hangs up after it, and whether the connection can be used again."""

    answer: bytes
    is_end: bool
    meant: Answer
    keeps: bool = True


def head(*lines: str, status: str = "200 OK", version: str = "1.1") -> bytes:
    """The head of an answer."""
    return "\r\n".join([f"HTTP/{version} {status}", *lines, "", ""]).encode()


CHUNKED = head("Transfer-Encoding: chunked")

ANSWERS = {
    "a length": Said(OK, False, HI),
    "a length of nothing": Said(head("Content-Length: 0", status="502 Bad Gateway"), False, Answer(502, b"")),
    "names in any letters": Said(head("cOnTeNt-LeNgTh: 2") + b"hi", False, HI),
    "chunks": Said(CHUNKED + b"1\r\nh\r\n1\r\ni\r\n0\r\n\r\n", False, HI),
    "chunks with more": Said(
        CHUNKED + b'1;a=b;c="d"\r\nh\r\n001\r\ni\r\n0;last\r\nA: b\r\nC: d\r\n\r\n', False, HI
    ),
    "chunks like heads": Said(CHUNKED + b"%x\r\n%b\r\n0\r\n\r\n" % (len(OK), OK), False, Answer(200, OK)),
    "to the end": Said(head() + b"hi", True, HI, keeps=False),
    "nothing to the end": Said(head("Connection: close"), True, Answer(200, b""), keeps=False),
    "no content": Said(head(status="204 No Content"), False, Answer(204, b"")),
    "not modified": Said(head("Content-Length: 7", status="304 Not Modified"), False, Answer(304, b"")),
    "an old server": Said(head("Content-Length: 2", version="1.0") + b"hi", False, HI, keeps=False),
    "an old server that keeps": Said(
        head("Connection: keep-alive", "Content-Length: 2", version="1.0") + b"hi", False, HI
    ),
    "an old server to the end": Said(head(version="1.0") + b"hi", True, HI, keeps=False),
    "the last one": Said(head("Connection: close", "Content-Length: 2") + b"hi", False, HI, keeps=False),
    "the last one in chunks": Said(
        head("Connection: Close", "Transfer-Encoding: chunked") + b"2\r\nhi\r\n0\r\n\r\n",
        False,
        HI,
        keeps=False,
    ),
    "go on first": Said(head(status="100 Continue") + OK, False, HI),
    "hints first": Said(
        head("Link: </a>", status="103 Early Hints") * 2 + head(status="100 Continue") + OK, False, HI
    ),
    "hints, then to the end": Said(head(status="103 Early Hints") + head() + b"hi", True, HI, keeps=False),
    "an offer of another protocol": Said(
        head("Upgrade: h2c", "Connection: Upgrade", "Content-Length: 2") + b"hi", False, HI
    ),
    "not packed": Said(head("Content-Encoding: Identity ", "Content-Length: 2") + b"hi", False, HI),
    "packed in no way": Said(head("Content-Encoding:", "Content-Length: 2") + b"hi", False, HI),
    "empty lines before": Said(b"\r\n\r\n" + OK, False, HI),
    "another glued on": Said(OK + head("Content-Length: 6") + b"second", False, HI, keeps=False),
    "another glued on the last": Said(
        head("Connection: close", "Content-Length: 2") + b"hi" + OK, False, HI, keeps=False
    ),
    "too short a length": Said(head("Content-Length: 2") + b"high", False, HI, keeps=False),
}

LOST = {
    "nothing": b"",
    "the first line alone": b"HTTP/1.1 200 OK\r\n",
    "half a head": b"HTTP/1.1 200 OK\r\nContent-Len",
    "a head without its end": b"HTTP/1.1 200 OK\r\nA: b\r\n",
    "a length cut short": head("Content-Length: 3") + b"hi",
    "a length and nothing": head("Content-Length: 3"),
    "the last chunk missing": CHUNKED + b"2\r\nhi\r\n",
    "a chunk cut short": CHUNKED + b"3\r\nhi",
    "chunks whose end is cut short": CHUNKED + b"2\r\nhi\r\n0\r\n",
    "only go on": head(status="100 Continue"),
    "only hints": head("Link: </a>", status="103 Early Hints"),
    "hints and half a head": head(status="103 Early Hints") + b"HTTP/1.1 200 OK\r\n",
    "another protocol": head("Upgrade: h2c", "Connection: Upgrade", status="101 Switching Protocols") + OK,
    "another protocol without its name": head(status="101 Switching Protocols"),
    "packed": head("Content-Encoding: gzip", "Content-Length: 2") + b"hi",
    "packed on the way": head("Transfer-Encoding: gzip") + b"hi",
    "packed on the way, in chunks": head("Transfer-Encoding: chunked, gzip") + b"2\r\nhi\r\n0\r\n\r\n",
    "two lengths": head("Content-Length: 2", "Content-Length: 3") + b"hi",
    "a length and chunks": head("Content-Length: 2", "Transfer-Encoding: chunked") + b"2\r\nhi\r\n0\r\n\r\n",
    "no length": head("Content-Length: two") + b"hi",
    "less than nothing": head("Content-Length: -1") + b"hi",
    "more than can be": head("Content-Length: 99999999999999999999") + b"hi",
    "no size of a chunk": CHUNKED + b"hi\r\n",
    "a request": REQUEST,
    "garbage": b"\x16\x03\x01\x02\x00\x01\x00",
    "a page": b"<html>hi</html>",
    "no status": b"HTTP/1.1 OK\r\nContent-Length: 2\r\n\r\nhi",
    "four digits": b"HTTP/1.1 2000 OK\r\nContent-Length: 2\r\n\r\nhi",
    "the next protocol": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
}


class Wire(asyncio.Transport):
    """What a connection stands on; the other side speaks by hand."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[bytes] = []
        self.unwritten = 0
        self.connection = Connection()
        self._is_closing = False
        self.connection.connection_made(self)

    def write(self, data: bytes | bytearray | memoryview[Any]) -> None:
        self.written.append(bytes(data))

    def get_write_buffer_size(self) -> int:
        return self.unwritten

    def is_usable(self) -> bool:
        """For another question."""
        return self.connection.is_open

    def is_closing(self) -> bool:
        return self._is_closing

    def close(self) -> None:
        self.break_off(None)

    def abort(self) -> None:
        self.break_off(None)

    def break_off(self, error: Exception | None) -> None:
        if not self._is_closing:
            self._is_closing = True
            asyncio.get_running_loop().call_soon(self.connection.connection_lost, error)

    def ask(self, seconds: float | None = None) -> asyncio.Task[Answer]:
        return asyncio.create_task(self.connection.ask(REQUEST, seconds))

    async def say(self, *pieces: bytes) -> None:
        """As an event loop would, which delivers nothing of a connection that was closed."""
        await asyncio.sleep(0)
        for piece in pieces:
            if piece and not self._is_closing:
                self.connection.data_received(piece)
            await asyncio.sleep(0)
        await asyncio.sleep(0)

    async def end(self) -> None:
        if not self._is_closing:
            self.connection.eof_received()
            self.close()
        await self.connection.gone
