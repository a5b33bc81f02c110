"""Whether the process lives, and whether it can serve."""

from __future__ import annotations

import asyncio
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.house import House
from domain.store import StoreError

READY_SECONDS: Final = 5.0

NO_STORE: Final = {"Cache-Control": "no-store"}


class Health:
    """The endpoints of whoever watches us."""

    def __init__(self, house: House) -> None:
        self._house = house

    async def alive(self, _request: Request) -> Response:
        """The event loop answers; nothing else is asked."""
        return JSONResponse({"alive": True}, headers=NO_STORE)

    async def ready(self, _request: Request) -> Response:
        """The database can be written to and stands at the migration this program works with."""
        try:
            async with asyncio.timeout(READY_SECONDS):
                await self._house.database.ready()
        except StoreError as error:
            return JSONResponse({"ready": False, "database": error.code}, 503, NO_STORE)
        except TimeoutError:
            return JSONResponse({"ready": False, "database": "slow"}, 503, NO_STORE)
        return JSONResponse({"ready": True, "database": "ok"}, headers=NO_STORE)
