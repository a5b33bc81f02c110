"""Whether the process lives, and whether it can serve."""

from __future__ import annotations

import asyncio
from time import monotonic
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.house import House
from domain.store import StoreError, Transaction

READY_SECONDS: Final = 5.0

FRESH_SECONDS: Final = 1.0
"""How long an answer about the database holds, so that asking again and again writes nothing again and again."""

OK: Final = "ok"

NO_STORE: Final = {"Cache-Control": "no-store"}

_CHANNEL: Final = "telegram"


class Health:
    """The endpoints of whoever watches us."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._asking = asyncio.Lock()
        self._found: dict[str, Any] = {}
        self._found_at = -FRESH_SECONDS

    async def alive(self, _request: Request) -> Response:
        """The event loop answers; nothing else is asked."""
        return JSONResponse({"alive": True}, headers=NO_STORE)

    async def ready(self, _request: Request) -> Response:
        """The database can be written to and stands at our migration, Telegram is heard, and no reply waits too long."""
        async with self._asking:
            if monotonic() - self._found_at >= FRESH_SECONDS:
                self._found = {"database": await self._database()} | await self._telegram()
                self._found_at = monotonic()
            found = self._found
        ready = all(found[part] == OK for part in ("database", "telegram", "replies") if part in found)
        return JSONResponse({"ready": ready, **found}, 200 if ready else 503, NO_STORE)

    async def _database(self) -> str:
        try:
            async with asyncio.timeout(READY_SECONDS):
                await self._house.database.ready()
        except StoreError as error:
            return error.code
        except TimeoutError:
            return "slow"
        return OK

    async def _telegram(self) -> dict[str, Any]:
        """How Telegram is doing, where this process serves it; ages in whole seconds."""
        settings = self._house.settings
        silence = self._house.pulse.silence(_CHANNEL)
        if silence is None:
            return {}
        silent = settings.telegram_mode == "polling" and silence > settings.ready_silence_seconds
        found: dict[str, Any] = {"telegram": "silent" if silent else OK, "telegram_silent_for": int(silence)}
        try:
            async with asyncio.timeout(READY_SECONDS):
                waiting = await self._house.database.read(self._oldest_reply)
        except (StoreError, TimeoutError):
            return found  # the database says so itself
        late = waiting > settings.ready_reply_seconds
        return found | {"replies": "late" if late else OK, "oldest_reply_waits": int(waiting)}

    def _oldest_reply(self, tx: Transaction) -> float:
        """Seconds the oldest reply that may go out has waited, however often it was tried."""
        since = tx.deliveries.oldest_reply(_CHANNEL)
        return 0.0 if since is None else (self._house.clock.now() - since).total_seconds()
