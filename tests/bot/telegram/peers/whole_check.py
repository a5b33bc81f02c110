"""A whole self-check on somebody else's telephone, beside the same conversation in this process, screen by screen."""

from __future__ import annotations

import html
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from bot.telegram.callback_data import Press, unpack
from tests.support.conversation import Person
from tests.support.self_check import Told, checks

SECONDS: Final = 20
_TAG: Final = re.compile(r"<[^>]+>")


@dataclass(frozen=True)
class Shown:
    """A message on the telephone, as it is now."""

    id: int
    text: str
    data: tuple[str, ...]

    @property
    def plain(self) -> str:
        """Its words alone, without white space."""
        return _plain(html.unescape(_TAG.sub("", self.text)))

    @property
    def keys(self) -> dict[str, str]:
        """The data of its buttons, by the choice they stand for."""
        presses = {one: unpack(one) for one in self.data}
        return {press.choice: one for one, press in presses.items() if isinstance(press, Press)}

    @property
    def place(self) -> tuple[int, int, int]:
        """The message, and the conversation and revision of the screen it shows."""
        for one in self.data:
            press = unpack(one)
            if isinstance(press, Press):
                return self.id, press.conversation, press.revision
        return self.id, 0, 0


class Telephone(Protocol):
    """What somebody chats with."""

    def types(self, text: str) -> None:
        """Send a text or a command."""

    def presses(self, data: str, on: int) -> None:
        """Press a button of a message."""

    def shown(self) -> Sequence[Shown]:
        """The messages of the bot, the oldest first."""


class Chat:
    """A telephone, and somebody who waits for the answer to everything they do."""

    def __init__(self, phone: Telephone) -> None:
        self._phone = phone
        self.screens = 0

    @property
    def screen(self) -> Shown | None:
        """The latest message with buttons of a conversation."""
        return next((one for one in reversed(self._phone.shown()) if one.place[1]), None)

    def types(self, text: str) -> Shown:
        """Type, and wait for the next screen."""
        before = self.screen
        self._phone.types(text)
        return self._next(before)

    def chooses(self, key: str) -> Shown:
        """Press the button of a choice that is shown, and wait for the next screen."""
        before = self.screen
        assert before is not None
        assert key in before.keys, f"no button for {key} under {before.plain}"
        self._phone.presses(before.keys[key], before.id)
        return self._next(before)

    def _next(self, before: Shown | None) -> Shown:
        end = time.monotonic() + SECONDS
        while (now := self.screen) is None or (before is not None and now.place == before.place):
            assert time.monotonic() < end, f"nothing came after {before}"
            time.sleep(0.02)
        self.screens += 1
        return now


def whole_self_check(
    chat: Chat, beside: Person, programme: str, told: Mapping[str, Told], most: int = 120
) -> Shown:
    """From a deep link to the result; every screen asks what is asked beside it. Gives the screen of the result."""
    checks(beside, programme)
    shown = chat.types(f"/start check_{programme}")
    shown = chat.chooses("no")
    shown = chat.chooses("gaps")
    for _ in range(most):
        screen = beside.now_sees
        assert _plain(screen.title) in shown.plain, f"{screen.title} is not asked, but {shown.plain}"
        if not screen.state.startswith("f:"):
            return shown
        steps = told.get(screen.state.removeprefix("f:"), "[@unsure")
        for step in (steps,) if isinstance(steps, str) else steps:
            if step.startswith("["):
                key = beside.button(step[1:]).key
                beside.presses(key)
                shown = chat.chooses(key)
            else:
                beside.says(step)
                shown = chat.types(step)
    raise AssertionError(f"more than {most} questions")


def _plain(text: str) -> str:
    return "".join(text.split())
