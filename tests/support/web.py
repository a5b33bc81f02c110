"""A web chat on a port of its own, and people who visit it: over plain HTTP, or with a browser."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import Future
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self, TypeVar
from uuid import uuid4

import httpx

from bot import logging as product_log
from bot.house import House
from bot.settings import Settings
from bot.web.server import WebServer, listen
from dialogs.engine.screen import Card, Message, Said, Screen, ScreenMessage, message_from_json
from domain.clock import Clock, SystemClock
from domain.privacy import load_or_create
from domain.store import Database
from locales.words import Catalogues
from tests.support.scripted import ScriptedAssistant, ScriptedCalendars, ScriptedReceipts

T = TypeVar("T")

OpenHouse = Callable[[Settings, Clock], AbstractAsyncContextManager[House]]


@asynccontextmanager
async def scripted_house(settings: Settings, clock: Clock) -> AsyncIterator[House]:
    """A house with the small assistant of the tests."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    async with await Database.open(
        settings.database,
        master_key=load_or_create(settings.master_key_file),
        busy_timeout_ms=settings.busy_timeout_ms,
    ) as database:
        yield House(
            settings,
            clock,
            Catalogues.load(),
            database,
            ScriptedAssistant(clock),
            ScriptedReceipts(),
            ScriptedCalendars(),
        )


@dataclass
class Served:
    """A web server in a thread of its own, over a data folder; it can be stopped and started again."""

    data_dir: Path
    open_house: OpenHouse = scripted_house
    clock: Clock = field(default_factory=SystemClock)
    settings: dict[str, Any] = field(default_factory=dict)
    port: int = 0
    new_chats_per_minute: int = 10_000
    house: House | None = None

    def __post_init__(self) -> None:
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._server: WebServer | None = None

    @property
    def url(self) -> str:
        """The address of the server."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start serving; returns when the port is open."""
        started: Future[None] = Future()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve(started)), daemon=True)
        self._thread.start()
        started.result(timeout=20)

    def stop(self) -> None:
        """Stop as SIGTERM does."""
        if self._loop is not None and self._server is not None and self._thread is not None:
            self._loop.call_soon_threadsafe(self._server.stop)
            self._thread.join(timeout=20)
            assert not self._thread.is_alive(), "the server did not stop"
        self._loop = self._server = self._thread = None

    def restart(self) -> None:
        """Stop and start again on the same port and data."""
        self.stop()
        self.start()

    def run(self, work: Callable[[House], Awaitable[T]]) -> T:
        """Do something with the house of the running server, in its event loop."""
        assert self._loop is not None
        assert self.house is not None
        return asyncio.run_coroutine_threadsafe(_awaited(work(self.house)), self._loop).result(timeout=20)

    async def _serve(self, started: Future[None]) -> None:
        try:
            settings = Settings(data_dir=self.data_dir, port=self.port, _env_file=None, **self.settings)
            product_log.configure("console", "info")
            async with self.open_house(settings, self.clock) as house:
                self.house = house
                listener = listen("127.0.0.1", self.port)
                self.port = listener.getsockname()[1]
                self._server = WebServer(house, self.new_chats_per_minute)
                self._loop = asyncio.get_running_loop()
                self._loop.call_soon(started.set_result, None)
                await self._server.run(listener)
        except BaseException as error:
            if not started.done():
                started.set_exception(error)
            raise


async def _awaited(result: Awaitable[T]) -> T:
    return await result


@contextmanager
def serve(data_dir: Path, open_house: OpenHouse = scripted_house, **options: Any) -> Iterator[Served]:
    """A running web chat; `clock` and settings may be given by name."""
    clock = options.pop("clock", None) or SystemClock()
    new_chats = options.pop("new_chats_per_minute", 10_000)
    served = Served(data_dir, open_house, clock, options, new_chats_per_minute=new_chats)
    served.start()
    try:
        yield served
    finally:
        served.stop()


OWN_PAGE = {"Sec-Fetch-Site": "same-origin", "X-Zhuoyue-Language": "zh_CN"}


class Visitor:
    """Somebody who speaks the protocol of the page without a browser."""

    def __init__(self, url: str, language: str = "zh_CN") -> None:
        self.url = url
        self.client = httpx.Client(
            base_url=url,
            headers={"Origin": url, **OWN_PAGE, "X-Zhuoyue-Language": language},
            timeout=20,
            trust_env=False,
        )
        self.last_id = 0
        self.screen: Screen | None = None
        self.said: list[str] = []
        self.cards: dict[str, Card] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()

    def open(self) -> httpx.Response:
        """Open the chat as the page does."""
        response = self.client.post("/session", json={})
        assert response.status_code == 200, response.text
        return response

    def post(self, content: dict[str, Any], key: str | None = None) -> httpx.Response:
        """Say something, whatever comes of it."""
        return self.client.post("/chat", json={"key": key or uuid4().hex, "content": content})

    def type(self, text: str, key: str | None = None) -> httpx.Response:
        """Type a text."""
        return self.post({"kind": "typed", "text": text}, key)

    def press(self, choice: str, key: str | None = None, revision: int | None = None) -> httpx.Response:
        """Press a button of the screen at hand."""
        assert self.screen is not None
        content = {
            "kind": "pressed",
            "conversation": self.screen.conversation,
            "revision": self.screen.revision if revision is None else revision,
            "choice": choice,
        }
        return self.post(content, key)

    def messages(self, after: int | None = None, *, header: bool = False) -> list[tuple[int, Message]]:
        """Everything after an id (by default what was not read yet), up to the present.

        As on the page, what was said before everything was erased is forgotten.
        """
        since = self.last_id if after is None else after
        options: dict[str, Any] = (
            {"headers": {"Last-Event-ID": str(since)}} if header else {"params": {"after": since}}
        )
        found: list[tuple[int, Message]] = []
        with self.client.stream("GET", "/chat/events", **options) as response:
            assert response.status_code == 200, response.read()
            for event in events(response.iter_lines()):
                if event.kind == "ready":
                    break
                if event.kind == "erased":
                    self.screen = None
                    self.said.clear()
                    found.clear()
                    continue
                found.append((event.id, message_from_json(event.data)))
        for number, message in found:
            self.last_id = max(self.last_id, number)
            match message:
                case ScreenMessage(screen=screen):
                    self.screen = screen
                case Said(text=text):
                    self.said.append(text)
                case Card():
                    self.cards[message.card] = message
        return found


@dataclass
class Event:
    """One server-sent event."""

    kind: str = "message"
    id: int = 0
    data: str = ""


def events(lines: Iterator[str]) -> Iterator[Event]:
    """The events in a stream of lines."""
    event = Event()
    for line in lines:
        name, _, value = line.partition(": ")
        match name:
            case "":
                if event.data:
                    yield event
                event = Event(id=event.id)
            case "id":
                event.id = int(value)
            case "event":
                event.kind = value
            case "data":
                event.data += value
            case _:
                continue


def body(response: httpx.Response) -> dict[str, Any]:
    """The JSON of an answer."""
    parsed: dict[str, Any] = json.loads(response.text)
    return parsed
