"""One HTTP/1.1 connection to the Bot API, over which one request is under way at a time.

A request is written once. Whatever becomes of it, it is not written again here: only whoever keeps what is to be said can know
whether saying it twice does harm (decision 0021).
"""

from __future__ import annotations

import asyncio
import select
from typing import Final, NamedTuple, NoReturn, cast

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

from bot.telegram.failures import AnswerLostError, NotSentError

LARGEST_HEAD: Final = 64 * 1024
"""Bytes of an answer that are not its body, interim answers among them."""

LARGEST_ANSWER: Final = 32 * 1024 * 1024
"""Bytes of an answer's body. A hundred updates are far smaller; a broken proxy may send anything."""

READ_FOR_CERTAIN: Final = 16 * 1024
"""Bytes of a request that whoever refuses it has read to its end. Of a larger one the rest may still be on its way, and would be taken
for the next request."""

_AS_IT_IS: Final = frozenset({b"", b"identity"})
_LENGTH: Final = frozenset({b"content-length", b"transfer-encoding"})


class Answer(NamedTuple):
    """What came back."""

    status: int
    body: bytes


class _UnreadableError(Exception):
    """What comes is no answer to what was asked."""


class Connection(asyncio.Protocol):
    """A connection from when it stands. `on_…` are the parser's calls."""

    def __init__(self) -> None:
        self.gone: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Done when nothing is left of the connection."""
        self._transport: asyncio.Transport | None = None
        self._parser: HttpResponseParser | None = None
        self._waiting: asyncio.Future[Answer] | None = None
        self._unread: select.poll | None = None
        self._keeps = True
        self._asked = 0
        self._begin()

    @property
    def is_open(self) -> bool:
        """Whether the next request can be written."""
        return self._keeps and self._transport is not None and not self._transport.is_closing()

    async def ask(self, request: bytes, seconds: float | None) -> Answer:
        """Write a request, and give the answer if it comes within so many seconds (None: whenever it comes).

        Raises NotSentError where the connection is closed already, else AnswerLostError. Who gives up waiting leaves it closed.
        """
        if not self.is_open:
            raise NotSentError("the connection to Telegram is closed")
        loop = asyncio.get_running_loop()
        self._begin()
        waiting: asyncio.Future[Answer] = loop.create_future()
        self._waiting = waiting
        self._asked = len(request)
        timer = None if seconds is None else loop.call_later(seconds, self._late)
        cast("asyncio.Transport", self._transport).write(request)
        try:
            return await waiting
        except asyncio.CancelledError:
            # Nobody has the connection any more, even if the answer is there.
            self._lose("")
            raise
        finally:
            if timer is not None:
                timer.cancel()
            # An error holds on to this frame, and is held by what it was told through.
            del waiting

    def has_news(self) -> bool:
        """Whether something has come that the event loop has not told yet: nobody asked for it, so it can only be the end."""
        return self._unread is not None and bool(self._unread.poll(0))

    def abort(self) -> None:
        """End it at once; an answer that is waited for is lost."""
        self._lose("the connection to Telegram was closed")

    # What the event loop tells ------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It stands."""
        self._transport = cast("asyncio.Transport", transport)
        reached = transport.get_extra_info("socket")
        if reached is not None and hasattr(select, "poll"):
            self._unread = select.poll()
            self._unread.register(reached.fileno(), select.POLLIN)
        self._parser = HttpResponseParser(self)

    def data_received(self, data: bytes) -> None:
        """Some of an answer came, or what nobody asked for."""
        if self._waiting is None or self._parser is None:
            self._lose("")
            return
        self._came += len(data)
        try:
            self._parser.feed_data(data)
        except (HttpParserError, HttpParserUpgrade):
            self._lose("the answer cannot be read")
        else:
            # Interim answers, and what stands around the parts of a body, count too.
            if self._came > LARGEST_HEAD + (LARGEST_ANSWER if self._status >= 200 else 0):
                self._lose("the answer has no end")

    def eof_received(self) -> None:
        """The other side says no more; that may be how an answer ends."""
        self._keeps = False
        if self._waiting is None:
            return
        if self._status >= 200 and not self._has_length:
            self._complete(self._waiting)
        else:
            # Nothing is read any more, while what is left of a large request would still be written.
            self._lose("the connection to Telegram broke")

    def connection_lost(self, exc: Exception | None) -> None:
        """It is gone."""
        self._lose("the connection to Telegram broke")
        self._transport = self._parser = self._unread = None
        if not self.gone.done():
            self.gone.set_result(None)

    # What the parser tells ----------------------------------------------------------------------------

    def on_message_begin(self) -> None:
        """The answer begins, or a second one that nobody asked for."""
        if self._waiting is None:
            self._refuse()

    def on_header(self, name: bytes, value: bytes) -> None:
        """A field of the head."""
        name = name.lower()
        if name in _LENGTH:
            self._has_length = True
        elif name == b"content-encoding" and value.strip().lower() not in _AS_IT_IS:
            self._refuse()

    def on_headers_complete(self) -> None:
        """The head is there."""
        self._status = cast("HttpResponseParser", self._parser).get_status_code()

    def on_body(self, body: bytes) -> None:
        """Some of the body."""
        self._size += len(body)
        if self._size > LARGEST_ANSWER:
            self._refuse()
        self._body.append(body)

    def on_message_complete(self) -> None:
        """The answer is whole. One of 1xx only says that there will be another."""
        if self._status < 200:
            self._begin(self._came)
        elif self._waiting is not None:
            # Whoever answers before everything was said hears the rest as something else. How much is left to be written only
            # a plain connection knows, and what the system has taken over none.
            self._keeps = (
                cast("HttpResponseParser", self._parser).should_keep_alive()
                and not cast("asyncio.Transport", self._transport).get_write_buffer_size()
                and (self._status < 300 or self._asked <= READ_FOR_CERTAIN)
            )
            self._complete(self._waiting)

    # ----------------------------------------------------------------------------------------------------

    def _begin(self, came: int = 0) -> None:
        self._status = self._size = 0
        self._came = came
        self._has_length = False
        self._body: list[bytes] = []

    def _complete(self, waiting: asyncio.Future[Answer]) -> None:
        self._waiting = None
        if not waiting.done():
            waiting.set_result(Answer(self._status, b"".join(self._body)))

    def _refuse(self) -> NoReturn:
        raise _UnreadableError

    def _late(self) -> None:
        if self._waiting is not None:
            self._lose("no answer from Telegram in time")

    def _lose(self, why: str) -> None:
        waiting, self._waiting = self._waiting, None
        self._keeps = False
        if self._transport is not None:
            self._transport.abort()
        if waiting is not None and not waiting.done():
            waiting.set_exception(AnswerLostError(why))
