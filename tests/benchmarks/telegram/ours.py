"""This product with the dialog of the benchmark: inside the process of the benchmark, every update, turn and delivery on the disk."""

from __future__ import annotations

import asyncio
import gc
import json
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Final

from bot import lean
from bot.house import House
from bot.telegram.request import ApiRequest
from dialogs.directory import HOME
from dialogs.engine.choosing import ChooseOne, Option
from dialogs.engine.dialog import Dialog, State
from dialogs.library import Library
from dialogs.menu import menu
from dialogs.world import World
from domain.clock import SystemClock
from locales.words import Words
from tests.benchmarks.telegram.crowd import Crowd
from tests.benchmarks.telegram.desk import Desk
from tests.benchmarks.telegram.script import ANSWERS, DIALOG, DONE, QUESTIONS, question
from tests.support.inside import Inside, inside
from tests.support.platform import Platform

_LAST: Final = "done"


class Wire(Platform):
    """The platform inside this process, whose messages a crowd hears. python-telegram-bot's request interface."""

    def __init__(self, crowd: Crowd) -> None:
        super().__init__(remember=False)
        self._desk = Desk(crowd)

    # Telegram's answers are read as the product reads them.
    parse_json_payload = staticmethod(ApiRequest.parse_json_payload)

    async def answer(self, called: str, given: dict[str, Any]) -> tuple[int, bytes]:
        return 200, json.dumps({"ok": True, "result": self._desk.answer(called, given)}).encode()


@cache
def _dialog(words: Words) -> Dialog:
    """The dialog in one language. It depends on nothing else, so it is put together once, as the others' handlers are."""
    names = [*(str(number) for number in range(QUESTIONS)), _LAST]
    options = tuple(Option(label, label, f"a{place}") for place, label in enumerate(ANSWERS))
    states = [
        State(name, question(number), ChooseOne(words, options), names[number + 1])
        for number, name in enumerate(names[:-1])
    ]
    again = ChooseOne(words, (Option("again", "再来一次", "again"),))
    return Dialog(DIALOG, 1, "", names[0], (*states, State(_LAST, DONE, again, "end")), {"end": lambda _: ()})


def ten_questions(world: World) -> Dialog:
    """The dialog, in the product's own form."""
    return _dialog(world.words)


def only_ten_questions(house: House) -> None:
    """Let the assistant know this dialog alone."""
    timed: Any = house.assistant
    assistant = timed.answering
    known: Library = assistant.library
    assistant.library = Library(
        known.programmes,
        known.vocabulary,
        known.catalogues,
        known.examiner,
        {HOME: menu, DIALOG: ten_questions},
        HOME,
        known.kept_for_days,
    )


@contextmanager
def _as_served() -> Iterator[None]:
    """The collector as `zhuoyue serve` sets it, and for the others as Python does."""
    before = gc.get_threshold()
    lean.rest_the_collector()
    try:
        yield
    finally:
        gc.unfreeze()
        gc.set_threshold(*before)


@asynccontextmanager
async def running(folder: Path, crowd: Crowd) -> AsyncIterator[Inside]:
    """The product over the database of a folder, at work."""
    async with inside(folder, Wire(crowd), clock=SystemClock()) as channel:
        only_ten_questions(channel.house)
        channel.intake._handled = channel.courier.wake
        channel.intake._taking_in._expected = channel.courier.expect
        parts = [asyncio.create_task(part.run()) for part in (channel.intake, channel.courier)]
        try:
            with _as_served():
                yield channel
        finally:
            channel.intake.stop()
            channel.courier.stop()
            await asyncio.gather(*parts)
        if channel.troubles:
            raise AssertionError(channel.troubles[:3])


async def talk(folder: Path, crowd: Crowd) -> float:
    """Let a crowd talk to the product until it is done; gives the processor time of what is measured, in seconds."""
    async with running(folder, crowd) as channel:
        changed = asyncio.Event()
        crowd.changed = changed.set
        busy = time.process_time()

        def counting() -> None:
            nonlocal busy
            busy = time.process_time()

        crowd.counting = counting
        crowd.begin()
        while not crowd.is_done:
            pause = crowd.release()
            changed.clear()
            if batch := crowd.batch():
                await channel.keeper.keep(batch)
                continue
            try:
                await asyncio.wait_for(changed.wait(), 0.5 if pause is None else pause)
            except TimeoutError:
                if channel.troubles:
                    raise AssertionError(channel.troubles[:3]) from None
        return time.process_time() - busy
