"""How much one session or one address may ask for."""

from __future__ import annotations

import asyncio
import math
from collections import OrderedDict
from collections.abc import Callable
from time import monotonic
from typing import Final

from starlette.requests import ClientDisconnect, Request

from bot.web.errors import BAD_REQUEST, TOO_FAST, TOO_LARGE, WebError

BODY_SECONDS: Final = 10.0
"""How long a request may take to hand over its body."""

REMEMBERED_KEYS: Final = 10_000

STRANGERS_PER_MINUTE: Final = 300
"""What one address may ask with cookies not seen lately: an office coming back after a restart, not a flood."""


class Rates:
    """One token bucket per key: `per_minute` on average, `burst` at once."""

    def __init__(
        self, per_minute: int, burst: int | None = None, *, seconds: Callable[[], float] = monotonic
    ) -> None:
        self._per_second = per_minute / 60
        self._burst = float(burst if burst is not None else max(1, per_minute))
        self._seconds = seconds
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, key: str) -> int:
        """Take one token: 0 when it was there, else the whole seconds until it will be."""
        now = self._seconds()
        left, at = self._buckets.pop(key, (self._burst, now))
        left = min(self._burst, left + (now - at) * self._per_second)
        allowed = left >= 1
        self._buckets[key] = (left - 1 if allowed else left, now)
        while len(self._buckets) > REMEMBERED_KEYS:
            self._buckets.popitem(last=False)
        return 0 if allowed else max(1, math.ceil((1 - left) / self._per_second))

    def knows(self, key: str) -> bool:
        """Whether this key took a token lately."""
        return key in self._buckets


class Paces:
    """One budget for each session; and one for each address, for who shows no cookie or one not seen lately.

    Without the second, made-up cookies would each begin a budget of their own.
    """

    def __init__(self, per_minute: int, *, seconds: Callable[[], float] = monotonic) -> None:
        self._sessions = Rates(per_minute, seconds=seconds)
        self._strangers = Rates(max(STRANGERS_PER_MINUTE, per_minute), seconds=seconds)

    def require(self, token_hash: str | None, address: str) -> None:
        """Take a token; `WebError` 429 with the seconds to wait when there is none."""
        wait = 0
        if token_hash is None or not self._sessions.knows(token_hash):
            wait = self._strangers.take(address)
        if token_hash is not None and not wait:
            wait = self._sessions.take(token_hash)
        if wait:
            raise WebError(429, "too_fast", TOO_FAST, {"n": wait}, wait)


def too_long(most: int) -> WebError:
    """The answer to a message of more than `most` characters."""
    return WebError(413, "too_large", TOO_LARGE, {"n": most})


def address_of(request: Request) -> str:
    """Where a request comes from."""
    return request.client.host if request.client else ""


async def read_body(
    request: Request, limit: int, too_large: WebError, seconds: float = BODY_SECONDS
) -> bytes:
    """The body of a request, read as it arrives and no further than `limit` bytes."""
    stated = request.headers.get("content-length", "")
    if stated.isdigit() and int(stated) > limit:
        raise too_large
    body = bytearray()
    try:
        async with asyncio.timeout(seconds):
            async for chunk in request.stream():
                body += chunk
                if len(body) > limit:
                    raise too_large
    except TimeoutError:
        raise WebError(408, "too_slow", BAD_REQUEST) from None
    except ClientDisconnect:
        # Nobody hears the answer: the page was left in the middle, or the line broke.
        raise WebError(400, "bad_request", BAD_REQUEST) from None
    return bytes(body)
