"""People who answer ten questions again and again, in one of two ways. Needs nothing but Python.

In a closed loop everybody sends the next update when the answer to the last one has come: that shows how much a bot can do.
In an open loop updates come at a fixed rate whatever the bot does, and how long an answer takes is counted from when its
update was to be sent, so that a bot that falls behind cannot hide it.
"""

from __future__ import annotations

import re
import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from tests.benchmarks.telegram.script import ANSWERS, DIALOG, QUESTIONS

STEPS: Final = QUESTIONS + 1
"""Updates of one way through the dialog: the start, and an answer to each question."""

_QUESTION: Final = re.compile(r"问题 (\d+)：")

BATCH: Final = 100
"""Updates one getUpdates brings at most."""


@dataclass(slots=True)
class Person:
    """Somebody, and where they are."""

    id: int
    sent: int = 0
    asked: float | None = None
    """When the update that is not answered yet was to be sent."""
    message_id: int = 0
    expected: int = 0
    """The question that is to come next, counted from 1; 0 where there is none."""

    buttons: list[str] = field(default_factory=list)
    late: deque[float] = field(default_factory=deque)
    """When further updates were to be sent, had the answer come in time."""


class Crowd(ABC):
    """What both ways have in common. `changed` is called when there is something to fetch."""

    def __init__(self, warm: int = 0) -> None:
        self.waiting: deque[dict[str, Any]] = deque()
        self.changed: Callable[[], None] = lambda: None
        self.counting: Callable[[], None] = lambda: None
        """Called once, when the first `warm` answers have come and what follows is measured."""
        self.total = 0
        """Updates in all."""

        self.answered = 0
        self.astray = 0
        """Answers that were not the next question."""
        self.took: list[float] = []
        """Seconds from when an update was to be sent to its answer, of those measured."""
        self.began = self.ended = 0.0
        self._warm = warm
        self._people: dict[int, Person] = {}
        self._number = 0
        self._messages = 1_000

    @property
    @abstractmethod
    def is_done(self) -> bool:
        """Whether nobody has anything left to say or to hear."""

    @property
    def per_second(self) -> float:
        """Answers a second, of those measured."""
        return len(self.took) / (self.ended - self.began)

    @abstractmethod
    def begin(self) -> None:
        """Let them talk."""

    def release(self) -> float | None:
        """Say what is due by now; gives the seconds until more is, None when answers alone bring more."""
        return None

    def batch(self) -> list[dict[str, Any]]:
        """What getUpdates brings now."""
        return [self.waiting.popleft() for _ in range(min(BATCH, len(self.waiting)))]

    def next_message(self) -> int:
        """The number of the next message, whoever writes it: as on Telegram, what stands lower in a chat has a higher one."""
        self._messages += 1
        return self._messages

    def hear(self, chat: int, message_id: int, buttons: list[str], text: str) -> None:
        """A message of the bot has come."""
        person = self._people.get(chat)
        if person is None or person.asked is None:
            return
        now = time.perf_counter()
        self.answered += 1
        self.ended = now
        if self.answered > self._warm:
            if not self._warm or person.sent > 1:
                self.took.append(now - person.asked)
        elif self.answered == self._warm:
            self._count_from(now)
        found = _QUESTION.search(text)
        shown = int(found[1]) if found else 0
        if shown != person.expected:
            self.astray += 1
        person.expected = (shown + 1) % STEPS
        person.asked = None
        person.message_id, person.buttons = message_id, buttons
        self._after(person)

    @abstractmethod
    def _after(self, person: Person) -> None: ...

    def _count_from(self, now: float) -> None:
        self.began = now
        self.counting()

    def _say(self, person: Person, scheduled: float) -> None:
        self._number += 1
        person.asked = scheduled
        step = person.sent % STEPS
        person.sent += 1
        sender = {"id": person.id, "is_bot": False, "first_name": "王芳", "language_code": "zh-hans"}
        chat = {"id": person.id, "type": "private", "first_name": "王芳"}
        message: dict[str, Any] = {"message_id": person.message_id, "date": 1_700_000_000, "chat": chat}
        if step == 0 or len(person.buttons) < len(ANSWERS):
            person.expected = 1
            message |= {
                "message_id": self.next_message(),
                "from": sender,
                "text": f"/start {DIALOG}",
                "entities": [{"type": "bot_command", "offset": 0, "length": 6}],
            }
            update = {"update_id": self._number, "message": message}
        else:
            query = {
                "id": str(self._number),
                "from": sender,
                "chat_instance": "1",
                "data": person.buttons[1],
                "message": message | {"text": "?"},
            }
            update = {"update_id": self._number, "callback_query": query}
        self.waiting.append(update)
        self.changed()


class ClosedLoop(Crowd):
    """So many people in all, so many of them at once, each saying so many things."""

    def __init__(self, people: int = 300, updates_each: int = STEPS, at_once: int = 0, warm: int = 0) -> None:
        super().__init__(warm)
        self._each = updates_each
        self._at_once = min(at_once or people, people)
        self._coming: Iterator[int] = iter(range(1, people + 1))
        self.total = people * updates_each

    @property
    def is_done(self) -> bool:
        return self.answered == self.total

    def begin(self) -> None:
        if not self._warm:
            self._count_from(time.perf_counter())
        for _ in range(self._at_once):
            self._come()

    def _come(self) -> None:
        number = next(self._coming, None)
        if number is not None:
            person = self._people[number] = Person(number)
            self._say(person, time.perf_counter())

    def _after(self, person: Person) -> None:
        if person.sent < self._each:
            self._say(person, time.perf_counter())
        else:
            del self._people[person.id]
            self._come()


class OpenLoop(Crowd):
    """Updates at a fixed rate, of so many people in turns; those of the first seconds are not measured, nor anybody's first."""

    def __init__(self, rate: float, seconds: float, people: int = 300, warm_seconds: float = 2.0) -> None:
        # The first update of everybody finds a bot cold.
        super().__init__(max(int(rate * warm_seconds), people) if warm_seconds else 0)
        self._rate = rate
        self.total = self._warm + max(1, int(rate * seconds))
        self._people = {number: Person(number) for number in range(1, people + 1)}
        self._released = 0
        self._start = 0.0

    @property
    def is_done(self) -> bool:
        return self.answered == self.total

    def begin(self) -> None:
        self._start = time.perf_counter()
        if not self._warm:
            self._count_from(self._start)
        self.release()

    def release(self) -> float | None:
        now = time.perf_counter()
        while self._released < self.total:
            due = self._start + self._released / self._rate
            if due > now:
                return due - now
            person = self._people[self._released % len(self._people) + 1]
            self._released += 1
            if person.asked is None:
                self._say(person, due)
            else:
                person.late.append(due)
        return None

    def _after(self, person: Person) -> None:
        if person.late:
            self._say(person, person.late.popleft())


def percentile(values: list[float], percent: float) -> float:
    """The value that so many percent do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * int(percent * 10) // 1000) - 1)]
