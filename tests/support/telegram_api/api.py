"""The fake as tests use it: a Bot API on a port of its own, in a thread, with people who use the bot."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Final, Self

import uvicorn
from starlette.routing import Route

from tests.support.telegram_api.clock import DrivenTime
from tests.support.telegram_api.connections import Connections
from tests.support.telegram_api.faults import Faults
from tests.support.telegram_api.group import Group
from tests.support.telegram_api.limits import Limits
from tests.support.telegram_api.model import ChatKind, Standing, User
from tests.support.telegram_api.person import Person
from tests.support.telegram_api.record import Record
from tests.support.telegram_api.server import Api, application
from tests.support.telegram_api.updates import Disorder, UpdateQueue
from tests.support.telegram_api.webhook import WebhookRules
from tests.support.telegram_api.world import World

TOKEN: Final = "7000000001:AAF0imaginary-Token_of-the-Tests-01"
FIRST_PERSON: Final = 5_000_000_001


class _Server(uvicorn.Server):
    """uvicorn without its own signal handling, for it runs in a thread."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class TelegramApi:
    """A Bot API for one bot.

    ``url`` is its address; python-telegram-bot takes ``base_url=f"{url}/bot"`` and
    ``base_file_url=f"{url}/file/bot"``.
    """

    def __init__(
        self,
        *,
        token: str = TOKEN,
        username: str = "zhuoyue_test_bot",
        name: str = "卓越助手",
        privacy: bool = True,
    ) -> None:
        self.token = token
        self.username = username
        bot = User(int(token.partition(":")[0]), name, username=username, is_bot=True)
        self.world = World(bot, privacy=privacy)
        self.faults = Faults()
        self.limits = Limits()
        self.record = Record()
        self.webhooks = WebhookRules()
        self.port = 0
        self.more_routes: Callable[[], list[Route]] = list
        self.connections = Connections()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None
        self._api: Api | None = None
        self._people = 0

    @property
    def url(self) -> str:
        """The address of the server."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def clock(self) -> DrivenTime:
        """The time of the fake."""
        return self.world.clock

    @property
    def updates(self) -> UpdateQueue:
        """What waits for the bot."""
        return self.world.updates

    @property
    def disorder(self) -> Disorder:
        """How untidily updates come."""
        return self.world.disorder

    @property
    def polls(self) -> int:
        """How often the bot asked for updates."""
        return self._api.polling.polls if self._api else 0

    # --- people ---

    def person(
        self,
        name: str = "王芳",
        *,
        username: str = "",
        language: str = "zh-hans",
        last_name: str = "",
        is_bot: bool = False,
        id: int | None = None,  # noqa: A002 - the word of the Bot API
    ) -> Person:
        """Somebody with an account who has not met the bot yet."""
        with self.world.lock:
            self._people += 1
            number = id or FIRST_PERSON + self._people - 1
            user = User(number, name, last_name, username, language, is_bot)
            return Person(self.world, self.world.add_user(user))

    def group(
        self, title: str = "质量交流群", *people: Person, kind: ChatKind = "group", bot: Standing = "member"
    ) -> Group:
        """A group with people in it, and the bot unless it is `left`; a channel when its kind says so."""
        with self.world.lock:
            return Group.found(self.world, title, people, kind, bot)

    # --- running ---

    def start(self) -> Self:
        """Start serving; returns when the port is open. After a stop it opens the same port again."""
        started: Future[None] = Future()
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._serve(started)), name="telegram-api", daemon=True
        )
        self._thread.start()
        started.result(timeout=20)
        return self

    def stop(self) -> None:
        """Stop serving at once: every connection is cut. What the world holds stays."""
        if self._loop is None or self._server is None or self._thread is None:
            return
        self._server.should_exit = True
        self._loop.call_soon_threadsafe(self.connections.drop_all)
        self._thread.join(timeout=20)
        assert not self._thread.is_alive(), "the server did not stop"
        self._loop = self._server = self._thread = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    async def _serve(self, started: Future[None]) -> None:
        try:
            listener = socket.socket()
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(("127.0.0.1", self.port))
            listener.listen(512)
            self.port = listener.getsockname()[1]
            self._api = Api(
                self.token,
                self.world,
                self.faults,
                self.limits,
                self.record,
                self.connections,
                self.webhooks,
            )
            config = uvicorn.Config(
                application([*self._api.routes(), *self.more_routes()]),
                http=self.connections.protocol(),
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                timeout_keep_alive=60,
                timeout_graceful_shutdown=1,
            )
            self._server = _Server(config)
            self._loop = asyncio.get_running_loop()
            self._loop.call_soon(started.set_result, None)
            await self._server.serve(sockets=[listener])
            await self._api.webhook.stop()
        except BaseException as error:
            if not started.done():
                started.set_exception(error)
            raise

    # --- waiting ---

    def wait_until(self, condition: Callable[[], bool], seconds: float = 10, what: str = "") -> None:
        """Wait until something holds; fails after a time."""
        end = time.monotonic() + seconds
        rung = threading.Event()
        forget = self.world.watch(rung.set)
        try:
            while not condition():
                rung.clear()
                left = end - time.monotonic()
                assert left > 0, what or f"not within {seconds} s"
                rung.wait(min(left, 0.05))
        finally:
            forget()
