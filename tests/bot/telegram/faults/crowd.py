"""Many people at once who answer self-check after self-check, each at their own pace, by what Telegram shows them."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from bot.telegram.callback_data import Paper, Press, unpack
from tests.support.size import SEED, patience
from tests.support.telegram_api import Person, TelegramApi
from tests.support.telegram_api.sight import Seen, seen

PROGRAMMES: Final = (
    "zhengzhou-incubation-base",
    "hangzhou-quality-award",
    "national-quality-benchmark",
    "wuhu-incubation-pool",
)
ANSWERS: Final = frozenset({"@unsure", "@none", "@done"})
"""What begins with @ and answers a question all the same."""

REMINDERS: Final = frozenset({"remind", "reminders"})
"""Ways to what the clockwork has planned by then: it runs by itself, so no replay shows the same. It has faults of its own."""

TEXTS: Final = ("3", "1 2 3", "2021年5月", "500万", "不太清楚怎么说", "没有")
AGAIN: Final = 0.1
"""How often a button is pressed twice at once."""

STALE: Final = 0.05
"""How often somebody scrolls up and presses an old button instead."""

LIFE_SECONDS: Final = patience(60, 300)
END_SECONDS: Final = patience(120, 1_200)
"""A hundred people take that much longer than ten, and the machine may be slow."""

LOOKED_CLOSER: Final = 0.7
"""How often somebody with a result goes on from there, instead of beginning another check."""


@dataclass
class Chatting:
    """Somebody who does whole quick self-checks."""

    person: Person
    number: int
    chance: random.Random
    acted_on: tuple[int, int, int] = (0, 0, 0)
    old: list[tuple[Seen, str]] = field(default_factory=list)
    acts: int = 0
    did: list[str] = field(default_factory=list)
    """The last things they did."""
    checks: int = 0
    done: bool = False
    moved_at: float = 0.0

    def begins(self) -> None:
        programme = self.chance.choice(PROGRAMMES)
        self._does(lambda: self.person.start(f"check_{programme}"), f"start {programme}")

    def looks(self, *, stopping: bool) -> None:
        """Look at the chat, and do something about a screen that was not there before."""
        found = self._newest()
        if found is None or found[0] == self.acted_on:
            return
        place, message, keys = found
        again = place[1:] == self.acted_on[1:]
        self.acted_on = place
        if any(isinstance(unpack(button.data or ""), Paper) for button in message.buttons):
            self.checks += 1
            ways = [key for key in keys if not key.startswith("@") and key not in REMINDERS]
            if stopping:
                self.done = True
            elif ways and self.chance.random() < LOOKED_CLOSER:
                key = self.chance.choice(ways)
                self._does(lambda: self.person.press_data(message, keys[key]), keys[key])
            else:
                self.begins()
            return
        if stopping and not {"quick", "@unsure", "@none", "@done", "no"} & keys.keys():
            self.begins()
            return
        self._answers(message, keys, in_doubt=again)

    def _answers(self, message: Seen, keys: dict[str, str], *, in_doubt: bool) -> None:
        answers = [
            key for key in keys if (not key.startswith("@") or key in ANSWERS) and key not in REMINDERS
        ]
        if "quick" in keys:
            key = "quick"
        elif {"yes", "no"} == set(answers):
            key = "no"
        elif not answers:
            self.begins()
            return
        elif not in_doubt and self.chance.random() < (0.5 if answers == ["@unsure"] else 0.05):
            text = self.chance.choice(TEXTS)
            self._does(lambda: self.person.type(text), text)
            return
        elif in_doubt and "@unsure" in keys:
            key = "@unsure"
        else:
            key = self.chance.choice(answers)
        if self.old and self.chance.random() < STALE:
            where, data = self.chance.choice(self.old)
            self._does(lambda: self.person.press_data(where, data), f"old {data}")
        self._does(lambda: self.person.press_data(message, keys[key]), keys[key])
        if self.chance.random() < AGAIN:
            self._does(lambda: self.person.press_data(message, keys[key]), keys[key])
        self.old = [*self.old[-20:], (message, keys[key])]

    def _does(self, act: Callable[[], object], what: str) -> None:
        act()
        self.did = [*self.did[-9:], what]
        self.acts += 1
        self.moved_at = time.monotonic()

    def looked(self) -> tuple[int, int, int] | None:
        """The place of the latest screen."""
        found = self._newest()
        return None if found is None else found[0]

    def _newest(self) -> tuple[tuple[int, int, int], Seen, dict[str, str]] | None:
        """The last screen in the chat: message, conversation and revision, with its keys."""
        world = self.person.world
        with world.lock:
            for message in reversed(self.person.chat.messages.values()):
                if message.sender is not world.bot:
                    continue
                shown = seen(message, world.bot)
                carried = [(unpack(button.data or ""), button.data or "") for button in shown.buttons]
                presses = [(press, data) for press, data in carried if isinstance(press, Press)]
                if presses:
                    first = presses[0][0]
                    keys = {press.choice: data for press, data in presses}
                    return (message.id, first.conversation, first.revision), shown, keys
        return None


class Crowd:
    """Everybody, moved by one thread that notices what changes in the chats."""

    def __init__(self, api: TelegramApi, size: int, pause: tuple[float, float] = (0.0, 0.3)) -> None:
        self._api = api
        self._pause = pause
        self._chance = random.Random(SEED)  # noqa: S311 - a script, not a secret
        self.people = [
            Chatting(
                api.person(f"人{number}", language="zh-hans" if number % 3 else "en"),
                number,
                random.Random(SEED + number),  # noqa: S311 - a script, not a secret
            )
            for number in range(size)
        ]
        self._changed = [threading.Event() for _ in self.people]
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._move, name="crowd", daemon=True)
        self.failure: BaseException | None = None

    @property
    def acts(self) -> int:
        """What everybody did so far."""
        return sum(one.acts for one in self.people)

    @property
    def checks(self) -> int:
        """Self-checks brought to their result."""
        return sum(one.checks for one in self.people)

    def begin(self) -> None:
        """Everybody comes."""
        for one, changed in zip(self.people, self._changed, strict=True):
            self._api.world.watch(changed.set, one.person.chat)
            one.begins()
        self._thread.start()

    def waits_for_life(self, seconds: float = LIFE_SECONDS) -> None:
        """Until somebody was answered and did something."""
        before, end = self.acts, time.monotonic() + seconds
        while self.acts == before:
            assert self.failure is None, self.failure
            assert time.monotonic() < end, f"nobody was answered within {seconds:.0f} s: {self._standing()}"
            time.sleep(0.005)

    def ends(self, seconds: float = END_SECONDS) -> None:
        """Everybody brings the check they are at to its result, and then the chats come to rest."""
        self._stopping.set()
        end = time.monotonic() + seconds
        while not all(one.done for one in self.people):
            assert self.failure is None, self.failure
            assert time.monotonic() < end, f"not done within {seconds:.0f} s: {self._standing()}"
            time.sleep(0.02)
        self._thread.join(10)

    def _standing(self) -> str:
        """Where some of those who are not done stand."""
        left = [one for one in self.people if not one.done]
        shown = [
            (one.number, one.acted_on, one.looked(), one.did, one.person.last.buttons) for one in left[:3]
        ]
        return f"{len(left)} people, {len(self._api.updates)} updates not fetched; {shown}"

    def _move(self) -> None:
        try:
            due = [0.0] * len(self.people)
            while not all(one.done for one in self.people):
                now = time.monotonic()
                for index, one in enumerate(self.people):
                    if one.done:
                        continue
                    if self._changed[index].is_set():
                        self._changed[index].clear()
                        due[index] = due[index] or now + self._chance.uniform(*self._pause)
                    if due[index] and due[index] <= now:
                        due[index] = 0.0
                        one.looks(stopping=self._stopping.is_set())
                time.sleep(0.002)
        except BaseException as error:  # noqa: BLE001 - shown by the test
            self.failure = error
