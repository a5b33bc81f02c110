"""Serves `/metrics` on a port of its own, never on that of the web chat: what stands behind a public proxy stays apart."""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import structlog
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.house import House
from bot.metrics.collecting import Collecting
from bot.metrics.lag import measure
from bot.settings import Settings
from bot.web.guard import allowed_hosts, host_name
from bot.web.patience import PatientProtocol
from bot.web.server import QuietServer

PATH: Final = "/metrics"
GRACE_SECONDS: Final = 3
MOST_AT_ONCE: Final = 20
"""Connections; a few scrapers need a few."""

_log = structlog.get_logger(__name__)


class Metrics:
    """The endpoint a Prometheus asks."""

    def __init__(self, settings: Settings, collecting: Collecting) -> None:
        token = settings.metrics_token
        self._token = None if token is None else f"Bearer {token.get_secret_value()}".encode()
        self._hosts = allowed_hosts(settings.metrics_host, None)
        self._collecting = collecting

    async def give(self, request: Request) -> Response:
        """The metrics. Who does not know the token, or comes by a page that calls itself by our address, learns nothing."""
        refused = self._refused(request)
        if refused is not None:
            return refused
        body, content_type = await self._collecting.scrape(request.headers.get("accept", ""))
        return Response(body, headers={"Content-Type": content_type, "Cache-Control": "no-store"})

    def _refused(self, request: Request) -> Response | None:
        if self._token is None:
            named = request.headers.getlist("host")
            if len(named) != 1 or host_name(named[0]) not in self._hosts:
                return PlainTextResponse("not the name of this server\n", 421)
        elif not hmac.compare_digest(request.headers.get("authorization", "").encode(), self._token):
            return PlainTextResponse("a token is needed\n", 401, {"WWW-Authenticate": "Bearer"})
        return None


def metrics_application(settings: Settings, collecting: Collecting) -> Starlette:
    """The application: one address."""
    return Starlette(routes=[Route(PATH, Metrics(settings, collecting).give)])


@asynccontextmanager
async def metrics_served(house: House, listener: socket.socket) -> AsyncIterator[Collecting]:
    """Serve the metrics of a house on a listening socket for as long as this lasts; whatever happens to it, the rest goes on."""
    collecting = Collecting(house)
    server = QuietServer(
        uvicorn.Config(
            metrics_application(house.settings, collecting),
            http=PatientProtocol,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            limit_concurrency=MOST_AT_ONCE,
            timeout_graceful_shutdown=GRACE_SECONDS,
        )
    )
    serving = asyncio.create_task(server.serve(sockets=[listener]), name="metrics")
    serving.add_done_callback(_tell)
    lag = asyncio.create_task(measure(house.figures.loop_lag), name="event loop lag")
    try:
        yield collecting
    finally:
        server.should_exit = True
        lag.cancel()
        with contextlib.suppress(asyncio.CancelledError, Exception):
            await serving
        await asyncio.gather(lag, return_exceptions=True)
        await collecting.looking.close()


def _tell(serving: asyncio.Task[None]) -> None:
    if not serving.cancelled() and (error := serving.exception()) is not None:
        _log.error("metrics are not served any more", error=type(error).__name__)
