"""The web server, in the product's own event loop."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

import uvicorn
from starlette.routing import Route

from bot.house import House
from bot.web.application import STREAMS_PER_SESSION, web_application
from bot.web.bell import Bell
from bot.web.patience import PatientProtocol

GRACE_SECONDS: Final = 3
"""How long what is being answered may take once the server is told to stop."""

KEEP_ALIVE_SECONDS: Final = 5
"""How long a connection without a request stays open after an answer."""

BACKLOG: Final = 512

NEW_CHATS_PER_MINUTE: Final = 30
"""Enough for an office behind one address, too little to fill a disk with empty chats."""


class QuietServer(uvicorn.Server):
    """uvicorn without its own signal handling: it would end the process before the database is closed."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; `OSError` when the address cannot be had. Port 0 takes any free one."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(BACKLOG)
        listener.set_inheritable(False)
    except OSError:
        listener.close()
        raise
    return listener


class WebServer:
    """The web chat of one house, running until it is told to stop."""

    def __init__(
        self, house: House, new_chats_per_minute: int = NEW_CHATS_PER_MINUTE, more: Sequence[Route] = ()
    ) -> None:
        self._bell = Bell(STREAMS_PER_SESSION, house.settings.max_streams)
        self._server = QuietServer(
            uvicorn.Config(
                web_application(house, self._bell, new_chats_per_minute, more),
                http=PatientProtocol,
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                # Behind a proxy the address of the visitor is in its headers; without one anybody could write them.
                proxy_headers=house.settings.public_url is not None,
                timeout_keep_alive=KEEP_ALIVE_SECONDS,
                timeout_graceful_shutdown=GRACE_SECONDS,
            )
        )

    async def run(self, listener: socket.socket) -> None:
        """Serve on a listening socket until `stop`, and finish what is being answered then."""
        await self._server.serve(sockets=[listener])

    def stop(self) -> None:
        """End the open streams at once and take no new requests. Call it in the loop's own thread."""
        self._bell.close()
        self._server.should_exit = True
