"""The Telegram channel in a thread of its own, talking to a Bot API of ours; and people who answer whole self-checks."""

from __future__ import annotations

import asyncio
import io
import threading
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from pydantic import SecretStr

from bot import logging as product_log
from bot.assembly import open_house
from bot.house import House
from bot.settings import Settings
from bot.telegram.callback_data import Fill, Look, Press, pack, unpack
from bot.telegram.channel import TelegramChannel
from bot.telegram.notes import Turned, outgoing
from bot.telegram.reception import CHANNEL
from bot.web.server import WebServer, listen
from dialogs.engine.screen import Screen, ScreenMessage
from domain.clock import FixedClock
from domain.store import Transaction
from tests.support.conversation import THE_DAY
from tests.support.self_check import Told
from tests.support.telegram_api import Person, TelegramApi
from tests.support.telegram_api.sight import Seen

T = TypeVar("T")

SECONDS = 15


class RunningClock:
    """A clock that begins at noon of a day and runs on."""

    def __init__(self, day: date = THE_DAY) -> None:
        self._start = FixedClock(day).now()
        self._began = time.monotonic()

    def now(self) -> datetime:
        return (self._start + timedelta(seconds=time.monotonic() - self._began)).astimezone(UTC)

    def today(self) -> date:
        return FixedClock(self.now()).today()

    def advance(self, by: timedelta) -> None:
        self._start += by


@dataclass
class Bot:
    """The product with its Telegram channel, over a data folder; it can be stopped, killed and started again."""

    data_dir: Path
    api: TelegramApi
    settings: dict[str, Any] = field(default_factory=dict)
    clock: RunningClock = field(default_factory=RunningClock)
    house: House | None = None
    port: int = 0
    log: io.StringIO = field(default_factory=io.StringIO)

    def __post_init__(self) -> None:
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ending: asyncio.Event | None = None

    def start(self) -> None:
        """Start; returns when updates are taken in."""
        started: Future[None] = Future()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve(started)), daemon=True)
        self._thread.start()
        started.result(timeout=20)

    def stop(self) -> None:
        """Stop as SIGTERM does."""
        if self._loop is not None and self._ending is not None and self._thread is not None:
            self._loop.call_soon_threadsafe(self._ending.set)
            self._thread.join(timeout=20)
            assert not self._thread.is_alive(), "the bot did not stop"
        self._loop = self._ending = self._thread = self.house = None

    def restart(self) -> None:
        """Stop and start again on the same data."""
        self.stop()
        self.start()

    def run(self, work: Callable[[House], Awaitable[T]]) -> T:
        """Do something with the house of the running bot, in its event loop."""
        assert self._loop is not None
        assert self.house is not None
        return asyncio.run_coroutine_threadsafe(_awaited(work(self.house)), self._loop).result(timeout=20)

    def read(self, work: Callable[[Transaction], T]) -> T:
        """Look something up in the database."""
        return self.run(lambda house: house.database.read(work))

    async def _serve(self, started: Future[None]) -> None:
        try:
            settings = Settings(
                data_dir=self.data_dir,
                telegram_token=SecretStr(self.api.token),
                telegram_api_url=self.api.url,
                telegram_chat_per_second=1_000,
                telegram_per_second=1_000,
                telegram_chat_burst=100,
                _env_file=None,
                **{"telegram_group_per_minute": 1_000, **self.settings},
            )
            product_log.configure("console", "info", self.log)
            self._loop, self._ending = asyncio.get_running_loop(), asyncio.Event()
            async with open_house(settings, self.clock) as house:
                self.house = house
                channel = TelegramChannel(house, poll_seconds=2, pauses=(0.05,))
                listener = listen("127.0.0.1", self.port)
                self.port = listener.getsockname()[1]
                web = WebServer(house, more=channel.routes)
                page = asyncio.create_task(web.run(listener))
                running = asyncio.create_task(channel.run())
                started.set_result(None)
                await self._ending.wait()
                running.cancel()
                web.stop()
                ended = await asyncio.gather(page, running, return_exceptions=True)
                listener.close()
                for one in ended:
                    if isinstance(one, Exception):
                        raise one
        except BaseException as error:
            if not started.done():
                started.set_exception(error)
            raise


async def _awaited(result: Awaitable[T]) -> T:
    return await result


@contextmanager
def a_bot(data_dir: Path, **options: Any) -> Iterator[Bot]:
    """A running bot with a Bot API of its own; settings may be given by name."""
    with TelegramApi() as api:
        bot = Bot(data_dir, api, options)
        bot.start()
        try:
            yield bot
        finally:
            bot.stop()


class Chatter:
    """Somebody on Telegram who waits for the answer to everything they do."""

    def __init__(
        self, bot: Bot, name: str = "王芳", language: str = "zh-hans", person: Person | None = None
    ) -> None:
        self.bot = bot
        self.person = person or bot.api.person(name, language=language)

    # Doing things -------------------------------------------------------------------------------

    def starts(self, argument: str | None = None) -> Seen:
        return self._after(lambda: self.person.start(argument))

    def types(self, text: str) -> Seen:
        return self._after(lambda: self.person.type(text))

    def sends(self, content: dict[str, Any]) -> Seen:
        return self._after(lambda: self.person.send(content))

    def presses(self, label: str, on: Seen | None = None) -> Seen:
        """Press a button by what is written on it."""
        return self._after(lambda: self.person.press(label, on))

    def chooses(self, key: str, on: Seen | None = None, screen: Screen | None = None) -> Seen:
        """Press the button of a choice by its key."""
        shown = screen or self.screen
        data = pack(Press(shown.conversation, shown.revision, key))
        return self._after(lambda: self.person.press_data(on or self.living, data))

    def _after(self, act: Callable[[], object]) -> Seen:
        before = self.last_id
        act()
        self.waits_until(lambda: self.last_id > before and self.is_quiet)
        return self.person.last

    # Seeing -------------------------------------------------------------------------------------

    @property
    def chat(self) -> int | None:
        """The number of the chat in the store."""
        found = self.bot.read(lambda tx: tx.chats.find(CHANNEL, str(self.person.id)))
        return None if found is None else found.id

    @property
    def last_id(self) -> int:
        """The latest message that was put into the outbox."""
        chat = self.chat
        return 0 if chat is None else self.bot.read(lambda tx: tx.outbox.last_id(chat))

    @property
    def screen(self) -> Screen:
        """The screen the conversation stands at."""
        chat = self.chat
        assert chat is not None, "they have not met yet"
        for row in reversed(self.bot.read(lambda tx: tx.outbox.recent(chat, 10))):
            match outgoing(row.message_json):
                case ScreenMessage(screen=screen) | Turned(screen=screen):
                    return screen
                case _:
                    continue
        raise AssertionError("nothing was shown yet")

    @property
    def state(self) -> str:
        return self.screen.state

    @property
    def living(self) -> Seen:
        """The message with the buttons of the present screen."""
        screen = self.screen
        for message in reversed(self.person.received()):
            for button in message.buttons:
                carried = unpack(button.data or "")
                if isinstance(carried, Press | Look | Fill) and (carried.conversation, carried.revision) == (
                    screen.conversation,
                    screen.revision,
                ):
                    return message
        raise AssertionError(f"no message has the buttons of {screen.state}")

    def sees(self, *texts: str) -> None:
        """Every one of these texts is in what was said last, in one message or several."""
        shown = "\n".join(self.person.texts()[-6:])
        for text in texts:
            assert text in shown, f"{text!r} is not in:\n{shown}"

    def waits_until(self, condition: Callable[[], bool]) -> None:
        end = time.monotonic() + SECONDS
        while not condition():
            assert time.monotonic() < end, f"nothing came; the last was {self.person.texts()[-2:]}"
            time.sleep(0.005)

    @property
    def is_quiet(self) -> bool:
        """Nothing of this chat waits to be handled or sent."""
        chat, address = self.chat, str(self.person.id)

        def work(tx: Transaction) -> bool:
            waiting = tx.updates.of_chat(CHANNEL, address)
            unsent = [
                row
                for state in ("waiting", "sending")
                for row in tx.deliveries.list(state)
                if row.chat_id == chat
            ]
            return not waiting and not unsent

        return self.bot.read(work)

    # Whole self-checks ------------------------------------------------------------------------------

    def begins(self, programme: str, mode: str = "gaps") -> None:
        """From a deep link to the first question, without leaving anything."""
        self.starts(f"check_{programme}")
        if self.state == "consent":
            self.chooses("no")
        if self.state == "mode":
            self.chooses(mode)

    def answers(self, told: Mapping[str, Told]) -> None:
        """Answer the question at hand; what is not told is answered "not sure"."""
        steps = told.get(self.state.removeprefix("f:"), "[@unsure")
        for step in (steps,) if isinstance(steps, str) else steps:
            if step.startswith("["):
                self.chooses(step[1:])
            else:
                self.types(step)

    def answers_everything(self, told: Mapping[str, Told], most: int = 120) -> None:
        """Answer question after question until there are no more."""
        for _ in range(most):
            if not self.state.startswith("f:"):
                return
            self.answers(told)
        raise AssertionError(f"more than {most} questions")
