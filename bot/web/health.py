"""Whether the process lives, and whether it can serve."""

from __future__ import annotations

import asyncio
from time import monotonic
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.house import House
from domain.store import StoreError

READY_SECONDS: Final = 5.0

FRESH_SECONDS: Final = 1.0
"""How long an answer about the database holds, so that asking again and again writes nothing again and again."""

OK: Final = "ok"

NO_STORE: Final = {"Cache-Control": "no-store"}


class Health:
    """The endpoints of whoever watches us."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._asking = asyncio.Lock()
        self._found = ""
        self._found_at = -FRESH_SECONDS

    async def alive(self, _request: Request) -> Response:
        """The event loop answers; nothing else is asked."""
        return JSONResponse({"alive": True}, headers=NO_STORE)

    async def ready(self, _request: Request) -> Response:
        """The database can be written to and stands at the migration this program works with."""
        async with self._asking:
            if monotonic() - self._found_at >= FRESH_SECONDS:
                self._found = await self._database()
                self._found_at = monotonic()
            found = self._found
        ready = found == OK
        return JSONResponse({"ready": ready, "database": found}, 200 if ready else 503, NO_STORE)

    async def _database(self) -> str:
        try:
            async with asyncio.timeout(READY_SECONDS):
                await self._house.database.ready()
        except StoreError as error:
            return error.code
        except TimeoutError:
            return "slow"
        return OK
