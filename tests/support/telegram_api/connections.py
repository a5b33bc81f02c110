"""The connections and requests of the server, so that they can be cut off in the middle."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from uvicorn.protocols.http.h11_impl import H11Protocol

Answer = Callable[[Request], Awaitable[Response]]


class Connections:
    """The open connections by the address of whoever is at the other end."""

    def __init__(self) -> None:
        self._open: dict[tuple[str, int], asyncio.Transport] = {}
        self._answering: set[asyncio.Task[Any]] = set()

    def protocol(self) -> type[H11Protocol]:
        """uvicorn's protocol that enters its connections here."""
        connections = self._open

        class Entered(H11Protocol):
            def connection_made(self, transport: Any) -> None:
                connections[transport.get_extra_info("peername")[:2]] = transport
                super().connection_made(transport)

            def connection_lost(self, exc: Exception | None) -> None:
                if self.client is not None:
                    connections.pop(self.client, None)
                super().connection_lost(exc)

        return Entered

    async def drop(self, request: Request) -> None:
        """Cut the connection of a request; returns when the server has noticed."""
        assert request.client is not None
        transport = self._open.get((request.client.host, request.client.port))
        if transport is not None:
            transport.abort()
        while (await request.receive())["type"] != "http.disconnect":
            pass

    def endable(self, answer: Answer) -> Answer:
        """A way to answer requests that ends when everything is cut, however long it would have waited."""

        async def answered(request: Request) -> Response:
            task = asyncio.current_task()
            assert task is not None
            self._answering.add(task)
            try:
                return await answer(request)
            except asyncio.CancelledError:
                return Response(status_code=503)  # nobody is there to read it
            finally:
                self._answering.discard(task)

        return answered

    def drop_all(self) -> None:
        """Cut every connection and end what is being answered."""
        for transport in list(self._open.values()):
            transport.abort()
        for task in list(self._answering):
            task.cancel()
