"""What a person is shown, as server-sent events: everything after what the page has, then live."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from time import monotonic
from typing import Final

import structlog
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from bot.house import House
from bot.web.bell import Bell, Stream
from bot.web.errors import TOO_MANY_STREAMS, WebError
from bot.web.guard import refuse_foreign_reader
from bot.web.limits import Paces, address_of
from bot.web.requests import read_id
from bot.web.sessions import SessionRules
from domain.store import OutboxRow, StoreError, Transaction

TRANSCRIPT_MESSAGES: Final = 200
"""How far back a page without any message begins."""

BATCH: Final = 100

POLL_SECONDS: Final = 5.0
"""How soon a stream notices what another process committed."""

HEARTBEAT_SECONDS: Final = 15.0
STREAM_SECONDS: Final = 1800.0
"""After this a stream ends and the page opens the next one, so that the end of a session is noticed."""

RETRY_MILLISECONDS: Final = 1000

FULL_SECONDS: Final = 15
"""When to come back while there are as many streams as may be."""

_log = structlog.get_logger(__name__)


class Events:
    """The endpoint a page listens to."""

    def __init__(self, house: House, rules: SessionRules, bell: Bell, looks: Paces) -> None:
        self._house = house
        self._rules = rules
        self._bell = bell
        self._looks = looks

    async def listen(self, request: Request) -> Response:
        """An endless answer; the id of each event is its place in the outbox."""
        refuse_foreign_reader(request)
        token_hash = self._rules.token_hash(request)
        self._looks.require(token_hash, address_of(request))
        session = await self._house.database.read(
            lambda tx: self._rules.required(tx, token_hash, self._house.clock.now())
        )
        if self._bell.full:
            raise WebError(503, "too_many_streams", TOO_MANY_STREAMS, retry_after=FULL_SECONDS)
        after = max(
            read_id(request.query_params.get("after", "")), read_id(request.headers.get("last-event-id", ""))
        )
        return StreamingResponse(
            self._events(session.chat_id, session.token_hash, after),
            media_type="text/event-stream",
            headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
        )

    async def _events(self, chat: int, session: str, after: int) -> AsyncIterator[str]:
        ends = monotonic() + STREAM_SECONDS
        beat = monotonic() + HEARTBEAT_SECONDS
        replayed = False
        with self._bell.listening(chat, session) as stream:
            yield f"retry: {RETRY_MILLISECONDS}\n\n"
            while not self._bell.closed and monotonic() < ends:
                if stream.displaced:
                    yield "event: elsewhere\ndata: {}\n\n"
                    return
                stream.woken.clear()
                try:
                    rows, erased = await self._house.database.read(partial(_rows, chat, after))
                except StoreError as error:
                    # The page comes back by itself; until then it says that it is connecting again.
                    _log.warning("web stream ended early", code=error.code)
                    return
                if erased:
                    yield "event: erased\ndata: {}\n\n"
                for row in rows:
                    after = row.id
                    yield f"id: {row.id}\ndata: {row.message_json}\n\n"
                if len(rows) >= BATCH:
                    continue
                if not replayed:
                    replayed = True
                    yield "event: ready\ndata: {}\n\n"
                await _wait(stream)
                if monotonic() >= beat:
                    beat = monotonic() + HEARTBEAT_SECONDS
                    yield ": still here\n\n"


def _rows(chat: int, after: int, tx: Transaction) -> tuple[tuple[OutboxRow, ...], bool]:
    """What came after an id, and whether everything up to it is gone: then the page must not show it either."""
    if not after:
        return tx.outbox.recent(chat, TRANSCRIPT_MESSAGES), False
    rows = tx.outbox.after(chat, after, BATCH)
    return rows, bool(rows) and tx.outbox.after(chat, 0, 1)[0].id > after


async def _wait(stream: Stream) -> None:
    try:
        async with asyncio.timeout(POLL_SECONDS):
            await stream.woken.wait()
    except TimeoutError:
        return
