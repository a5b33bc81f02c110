"""The same ten questions with aiogram_dialog, written as its documentation shows it; runs in an environment of its own.

`python -m … URL [--redis SOCKET]` polls a platform; `python -m … inside CROWD [--redis SOCKET]` talks to a crowd (as JSON) inside
its own process and tells what came out.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import sys
import time
from typing import Any

from aiogram import Bot, Dispatcher, Router
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.session.base import BaseSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.filters import CommandStart
from aiogram.fsm.state import State, StatesGroup
from aiogram.fsm.storage.base import DefaultKeyBuilder
from aiogram.fsm.storage.memory import MemoryStorage
from aiogram.fsm.storage.redis import RedisStorage
from aiogram_dialog import Dialog, DialogManager, StartMode, Window, setup_dialogs
from aiogram_dialog.widgets.kbd import Button, Column
from aiogram_dialog.widgets.text import Const
from redis.asyncio import BlockingConnectionPool, Redis

from tests.benchmarks.telegram.crowd import ClosedLoop, Crowd, OpenLoop, percentile
from tests.benchmarks.telegram.desk import Desk
from tests.benchmarks.telegram.script import ANSWERS, DONE, QUESTIONS, TOKEN, question


class Inside(BaseSession):  # type: ignore[misc]
    """Aiogram's way to the platform inside this process."""

    def __init__(self, crowd: Crowd) -> None:
        super().__init__()
        self._desk = Desk(crowd)

    async def close(self) -> None:
        """There is nothing to close."""

    async def make_request(self, bot: Any, method: Any, timeout: int | None = None) -> Any:  # noqa: ASYNC109 -- its name
        """What aiohttp's session does, without the network."""
        files: dict[str, Any] = {}
        given = {
            key: prepared
            for key, value in method.model_dump(warnings=False).items()
            if (prepared := self.prepare_value(value, bot=bot, files=files))
        }
        answer = {"ok": True, "result": self._desk.answer(method.__api_method__, given)}
        return self.check_response(bot, method, 200, json.dumps(answer)).result

    async def stream_content(self, *_: Any, **__: Any) -> Any:
        """No files here."""
        yield b""


def dispatcher_of(redis: str | None) -> Any:
    """The dialog, with its states in memory or in a Redis at a socket."""
    names = [f"q{number}" for number in range(QUESTIONS)]
    group: Any = type("Ten", (StatesGroup,), {name: State() for name in [*names, "done"]})

    async def pressed(_: Any, button: Any, manager: DialogManager) -> None:
        context = manager.current_context()
        context.dialog_data[str(context.state)] = button.widget_id
        await manager.next()

    windows = [
        Window(
            Const(question(number)),
            Column(
                *(
                    Button(Const(label), id=f"a{place}", on_click=pressed)
                    for place, label in enumerate(ANSWERS)
                )
            ),
            state=getattr(group, name),
        )
        for number, name in enumerate(names)
    ]
    router = Router()

    async def start(_: Any, dialog_manager: DialogManager) -> None:
        await dialog_manager.start(group.q0, mode=StartMode.RESET_STACK)

    router.message.register(start, CommandStart())
    storage: Any = MemoryStorage()
    if redis is not None:
        # Who finds all connections taken waits: by default that is an error, and an update is lost.
        pool = BlockingConnectionPool.from_url(f"unix://{redis}", max_connections=100, timeout=60)
        storage = RedisStorage(Redis(connection_pool=pool), key_builder=DefaultKeyBuilder(with_destiny=True))
    dispatcher = Dispatcher(storage=storage)
    dispatcher.include_router(router)
    dispatcher.include_router(Dialog(*windows, Window(Const(DONE), state=group.done)))
    setup_dialogs(dispatcher)
    return dispatcher


async def poll(url: str, redis: str | None) -> None:
    """Poll until told to stop."""
    bot = Bot(TOKEN, session=AiohttpSession(api=TelegramAPIServer.from_base(url)))
    await dispatcher_of(redis).start_polling(bot)


async def inside(told: dict[str, Any], redis: str | None) -> None:
    """Talk to a crowd inside this process."""
    crowd: Crowd = (
        ClosedLoop(told["people"], told["each"], warm=told["warm"])
        if told["loop"] == "closed"
        else OpenLoop(told["rate"], told["seconds"], told["people"], told["warm_seconds"])
    )
    dispatcher = dispatcher_of(redis)
    bot = Bot(TOKEN, session=Inside(crowd))
    await dispatcher.emit_startup(bot=bot, dispatcher=dispatcher)
    busy = time.process_time()

    def counting() -> None:
        nonlocal busy
        busy = time.process_time()

    crowd.counting = counting
    crowd.begin()
    while not crowd.is_done:
        pause = crowd.release()
        batch = crowd.batch()
        if not batch:
            await asyncio.sleep(pause or 0)
        elif redis is None:
            for raw in batch:
                await dispatcher.feed_raw_update(bot, raw)
                crowd.release()
        else:
            # While one waits for Redis others can be handled.
            await asyncio.gather(*(dispatcher.feed_raw_update(bot, raw) for raw in batch))
    busy = time.process_time() - busy
    await dispatcher.emit_shutdown(bot=bot, dispatcher=dispatcher)
    await dispatcher.storage.close()
    result = {
        "done": True,
        "per_second": crowd.per_second,
        "per_processor_second": len(crowd.took) / busy,
        "p50": percentile(crowd.took, 50),
        "p99": percentile(crowd.took, 99),
        "astray": crowd.astray,
    }
    sys.stdout.write(json.dumps(result) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    logging.getLogger("aiogram").setLevel(logging.WARNING)
    parser = argparse.ArgumentParser()
    parser.add_argument("where")
    parser.add_argument("crowd", nargs="?")
    parser.add_argument("--redis")
    given = parser.parse_args()
    if given.where == "inside":
        asyncio.run(inside(json.loads(given.crowd), given.redis))
    else:
        asyncio.run(poll(given.where, given.redis))
