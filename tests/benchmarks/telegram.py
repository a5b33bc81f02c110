"""Updates a second on Telegram: ten questions with buttons, 300 people at once, beside bots that keep nothing or little.

Everybody sends their next update when the answer to the last one has come (closed loop). The platform is one inside this process,
the same for all, so that what is counted is the work of the bot. This product commits every turn to the disk (fsync) before it
answers, and every answer once more when it is settled; the others keep their conversations in memory.
"""

from __future__ import annotations

import asyncio
import json
import logging
import tempfile
import time
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any, Final

import structlog

from dialogs.directory import HOME
from dialogs.engine.choosing import ChooseOne, Option
from dialogs.engine.dialog import Dialog, State
from dialogs.menu import menu
from dialogs.talk import Library
from dialogs.world import World
from domain.clock import SystemClock
from domain.store import StoredAnswer, Transaction
from tests.benchmarks._peers import by_conversation_handler
from tests.benchmarks._script import ANSWERS, QUESTIONS, question
from tests.support.inside import Inside, inside
from tests.support.platform import Platform

PEOPLE: Final = 300
ROUNDS: Final = 1
"""How often everybody answers all questions, in one measurement."""

TIMES: Final = 3
"""Measurements of each, taken in turns; the middle one counts."""

BATCH: Final = 100
"""Updates one getUpdates brings at most."""

DIALOG: Final = "organisation"
"""The name of the dialog: one that a link leads to."""

_DONE: Final = "done"


class Crowd(Platform):
    """People who press the second button of whatever they are shown, and begin again after the last question."""

    def __init__(self, rounds: int = ROUNDS) -> None:
        super().__init__(remember=False)
        self.waiting: deque[dict[str, Any]] = deque()
        self.answered = 0
        self.woken = asyncio.Event()
        self._left = dict.fromkeys(range(1, PEOPLE + 1), rounds * (QUESTIONS + 1))
        self._asked: dict[int, int] = {}
        self._number = 0

    @property
    def total(self) -> int:
        """How many updates there are in all."""
        return sum(self._left.values()) + self.answered

    @property
    def is_done(self) -> bool:
        """Whether everybody got their last answer."""
        return not self._asked and not any(self._left.values())

    def begin(self) -> None:
        """Everybody sends the first update."""
        for person in self._left:
            self._next(person, 0, None)

    def _message(self, called: str, given: dict[str, Any]) -> dict[str, Any]:
        made = super()._message(called, given)
        if called in {"sendMessage", "editMessageText"}:
            person = int(given["chat_id"])
            markup = given.get("reply_markup") or {}
            if isinstance(markup, str):
                markup = json.loads(markup)
            rows = markup.get("inline_keyboard", [])
            self.take(person, made["message_id"], [key["callback_data"] for row in rows for key in row])
        return made

    def take(self, person: int, message_id: int, data: list[str]) -> None:
        """An answer has come."""
        if self._asked.pop(person, None) is None:
            return
        self.answered += 1
        self._next(person, message_id, data[1] if len(data) >= len(ANSWERS) else None)
        self.woken.set()

    def _next(self, person: int, message_id: int, data: str | None) -> None:
        if not self._left[person]:
            return
        self._left[person] -= 1
        self._number += 1
        self._asked[person] = self._number
        sender = {"id": person, "is_bot": False, "first_name": "王芳", "language_code": "zh-hans"}
        chat = {"id": person, "type": "private"}
        message: dict[str, Any] = {"message_id": message_id or 1, "date": 1_700_000_000, "chat": chat}
        if self._left[person] % (QUESTIONS + 1) == QUESTIONS or data is None:
            message |= {
                "message_id": 1_000_000 + self._number if message_id == 0 else message_id,
                "from": sender,
                "text": f"/start {DIALOG}",
                "entities": [{"type": "bot_command", "offset": 0, "length": 6}],
            }
            self.waiting.append({"update_id": self._number, "message": message})
        else:
            query = {"id": str(self._number), "from": sender, "chat_instance": "1", "data": data}
            self.waiting.append(
                {"update_id": self._number, "callback_query": {**query, "message": {**message, "text": "?"}}}
            )

    def batch(self) -> list[dict[str, Any]]:
        """What getUpdates brings now."""
        return [self.waiting.popleft() for _ in range(min(BATCH, len(self.waiting)))]


def ten_questions(world: World) -> Dialog:
    """The dialog, in the product's own form."""
    names = [*(str(number) for number in range(QUESTIONS)), _DONE]
    options = tuple(Option(label, label, f"a{place}") for place, label in enumerate(ANSWERS))
    states = [
        State(name, question(number), ChooseOne(world.words, options), names[number + 1])
        for number, name in enumerate(names[:-1])
    ]
    again = ChooseOne(world.words, (Option("again", "再来一次", "again"),))
    return Dialog(
        DIALOG, 1, "", names[0], (*states, State(_DONE, "谢谢！", again, "end")), {"end": lambda _: ()}
    )


def only_ten_questions(channel: Inside) -> None:
    """Let the assistant know this dialog alone."""
    assistant: Any = channel.house.assistant
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


async def by_this_product(crowd: Crowd, stored: int = 0) -> float:
    """Updates a second, every turn on the disk."""
    with tempfile.TemporaryDirectory(prefix="zhuoyue-bench-") as folder:
        async with AsyncExitStack() as stack:
            channel = await stack.enter_async_context(inside(Path(folder), crowd, clock=SystemClock()))
            only_ten_questions(channel)
            await fill(channel, stored)
            channel.intake._handled = channel.courier.wake
            channel.keeper._wake = channel.intake.wake
            running = [asyncio.create_task(part.run()) for part in (channel.intake, channel.courier)]
            began = time.perf_counter()
            crowd.begin()
            while not crowd.is_done:
                if batch := crowd.batch():
                    await channel.keeper.keep(batch)
                else:
                    crowd.woken.clear()
                    await asyncio.wait_for(crowd.woken.wait(), 30)
            took = time.perf_counter() - began
            channel.intake.stop()
            channel.courier.stop()
            await asyncio.gather(*running)
            if channel.troubles:
                raise AssertionError(channel.troubles[:3])
            return crowd.answered / took


async def fill(channel: Inside, stored: int) -> None:
    """Conversations of other people, answered to the end."""
    now = channel.house.clock.now()
    answers = tuple(StoredAnswer(str(number), ANSWERS[1], ANSWERS[1], now) for number in range(QUESTIONS))

    def some(first: int, tx: Transaction) -> None:
        for number in range(first, min(first + 1_000, stored)):
            chat = tx.chats.open("telegram", str(10_000_000 + number), "zh_CN", now)
            conversation = tx.conversations.start(chat.id, DIALOG, 1, {}, now)
            tx.conversations.save(replace(conversation, answers=answers), conversation.revision)

    for first in range(0, stored, 1_000):
        await channel.house.database.run(lambda tx, first=first: some(first, tx))  # type: ignore[misc]


def measured(bot: Callable[[Crowd], Awaitable[float]]) -> float:
    """One measurement."""

    async def run() -> float:
        return await bot(Crowd())

    return asyncio.run(run())


def measure() -> list[tuple[str, float, str]]:
    """Rows of name, value and unit."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    with tempfile.TemporaryDirectory(prefix="zhuoyue-bench-") as folder:
        bots: dict[str, Callable[[Crowd], Awaitable[float]]] = {
            "this product, durable": by_this_product,
            "PTB ConversationHandler, in memory": lambda crowd: by_conversation_handler(crowd, None),
            "PTB ConversationHandler, PicklePersistence": lambda crowd: by_conversation_handler(
                crowd, Path(folder) / "pickle"
            ),
        }
        figures: dict[str, list[float]] = {name: [] for name in bots}
        for _ in range(TIMES):
            for name, bot in bots.items():
                figures[name].append(measured(bot))
    ours = median(figures["this product, durable"])
    rows = [(name, median(values), "updates/s") for name, values in figures.items()]
    rows += [
        (f"this product / {name}", ours / median(values), "times")
        for name, values in figures.items()
        if name != "this product, durable"
    ]
    for stored in (1_000, 100_000):
        value = measured(lambda crowd, stored=stored: by_this_product(crowd, stored))  # type: ignore[misc]
        rows.append((f"this product, {stored:,} conversations stored", value, "updates/s"))
    return rows
