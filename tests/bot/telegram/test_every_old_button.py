"""Every button of every earlier screen, in every dialog, pressed again and twice at once: the conversation stays where it is."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from itertools import count
from pathlib import Path
from typing import Any, Final

import pytest

from bot.telegram.callback_data import CardPress, Paper, Press, unpack
from tests.support.figures import Tell
from tests.support.inside import Inside, inside
from tests.support.platform import Shown
from tests.support.size import patience, size

PERSON: Final = 77
ZZ: Final = "zhengzhou-incubation-base"
QUESTIONS: Final = size(8, 60)
"""How far into a self-check the buttons are pressed again."""

WHERE_THINGS_STAND: Final = "这个按钮属于前面的一步，没有改动。"

WALKS: Final[dict[str, tuple[str, ...]]] = {
    "menu": ("/start", "/language en", "/language zh_CN"),
    "organisation": ("/start", "[organisation", "[yes", "示例精工", "[@skip", "[@skip", "[@skip"),
    "programme": ("/start " + ZZ, "[conditions", "[@back", "[conditions"),
    "check": (f"/start check_{ZZ}", "[no", "[gaps", *["[@unsure"] * QUESTIONS),
    "results": (f"/start check_{ZZ}", "[no", "[quick", *["[@unsure"] * 60, "[given"),
    "all programmes": ("/start", "[suit", "[no", "[quick", *["[@unsure"] * QUESTIONS),
    "answers": ("/start", "[organisation", "[yes", "示例精工", "/answers"),
    "data": ("/data", "[erase"),
    "several": (f"/start check_{ZZ}", "[no", "[gaps", "[@unsure", "/menu", "/data", "/where", "/help"),
}

WITH_BUTTONS: Final = tuple(name for name, steps in WALKS.items() if any(step[0] == "[" for step in steps))


class Wang:
    """Somebody who keeps every message with buttons."""

    def __init__(self, channel: Inside) -> None:
        self.channel = channel
        self.numbers = count(1)

    async def does(self, step: str) -> bool:
        """Type a text, or press the button with a key (``[key``); False when there is none now."""
        if step.startswith("["):
            data = next((one for one in self.now.data if _key(one) == step[1:]), None)
            if data is None:
                return False
            await self.channel.bring(self.press(self.now.message_id, data))
        else:
            await self.channel.bring(
                self._update(message={**self._under(900_000), "from": self._me, "text": step})
            )
        return True

    def press(self, message_id: int, data: str) -> dict[str, Any]:
        """A press of a button of any message."""
        query = {"id": "1", "from": self._me, "message": self._under(message_id), "data": data}
        return self._update(callback_query=query)

    @property
    def now(self) -> Shown:
        """The message with buttons that was shown last; below it may stand a line that asks to write."""
        return next(one for one in reversed(self.channel.platform.shown[PERSON]) if one.data)

    @property
    def _me(self) -> dict[str, Any]:
        return {"id": PERSON, "is_bot": False, "language_code": "zh-hans"}

    def _update(self, **content: Any) -> dict[str, Any]:
        return {"update_id": next(self.numbers), **content}

    @staticmethod
    def _under(message_id: int) -> dict[str, Any]:
        return {"message_id": message_id, "date": 1, "chat": {"id": PERSON, "type": "private"}}


def _key(data: str) -> str:
    button = unpack(data)
    return button.choice if isinstance(button, Press) else ""


def _place(data: tuple[str, ...]) -> tuple[int, int] | None:
    """The conversation and revision the buttons of a message belong to."""
    for one in data:
        button = unpack(one)
        if button is not None and not isinstance(button, Paper | CardPress):
            return button.conversation, button.revision
    return None


@pytest.fixture
async def wang(tmp_path: Path) -> AsyncIterator[Wang]:
    async with inside(tmp_path) as channel:
        yield Wang(channel)


@pytest.mark.timeout(patience(300, 14_400))
@pytest.mark.parametrize("dialog", WALKS)
async def test_every_button_of_every_earlier_screen_leaves_the_conversation_where_it_is(
    wang: Wang, dialog: str, tell: Tell
) -> None:
    earlier: dict[str, int] = {}
    screens: set[tuple[str, ...]] = set()
    taken = 0
    for step in WALKS[dialog]:
        taken += await wang.does(step)
        screens.add(wang.now.data)
        for data in wang.now.data:
            earlier.setdefault(data, wang.now.message_id)
    assert taken >= 2
    standing = await wang.channel.standing(PERSON)
    assert standing is not None
    here = (standing.id, standing.revision)
    old = {data: under for data, under in earlier.items() if _place((data,)) not in (here, None)}
    assert old or dialog == "menu"
    for data, under in old.items():
        await wang.channel.bring(wang.press(under, data), wang.press(under, data))
        assert await wang.channel.standing(PERSON) == standing, data
        assert WHERE_THINGS_STAND in wang.now.text, data
        assert _place(wang.now.data) == here, data
    assert wang.channel.troubles == []
    tell(
        f"old buttons, {dialog}, one of {len(WALKS)} walks: {len(screens)} screens, {len(earlier)} buttons, {len(old)} of them old, "
        f"{2 * len(old)} presses, none of which changed anything"
    )


@pytest.mark.parametrize("waiting", [False, True], ids=["handled as they come", "from their line"])
@pytest.mark.parametrize("dialog", WITH_BUTTONS)
async def test_every_button_pressed_twice_at_once_counts_once(
    wang: Wang, dialog: str, waiting: bool, tell: Tell
) -> None:
    pressed = 0
    for step in WALKS[dialog]:
        if not step.startswith("["):
            await wang.does(step)
            continue
        data = next((one for one in wang.now.data if _key(one) == step[1:]), None)
        if data is None:
            continue
        before = await wang.channel.standing(PERSON)
        under = wang.now.message_id
        pressed += 1
        twice = [wang.press(under, data), wang.press(under, data)]
        if waiting:
            await _stored(wang, twice)
            assert await wang.channel.intake.turn()
            once = await wang.channel.standing(PERSON)
        else:
            await wang.channel.keeper.keep(twice)
            once = await wang.channel.standing(PERSON)
            assert before is not None
            assert once is not None
            assert once.id != before.id or once.revision <= before.revision + 1, "answered once"
        await wang.channel.bring()
        assert await wang.channel.standing(PERSON) == once
        if before is None or once is None or (once.id, once.revision) != (before.id, before.revision):
            assert WHERE_THINGS_STAND in wang.now.text
    assert wang.channel.troubles == []
    assert pressed
    how = "from their line" if waiting else "as they come"
    tell(
        f"buttons pressed twice at once, {dialog}, {how}: {pressed} buttons, {2 * pressed} presses, none counted twice"
    )


async def _stored(wang: Wang, updates: list[dict[str, Any]]) -> None:
    """Updates that wait in their line, as those of a process that ended before it could handle them."""
    batch = [(one["update_id"], str(PERSON), json.dumps(one)) for one in updates]
    house = wang.channel.house
    await house.database.run(lambda tx: tx.updates.store("telegram", batch, house.clock.now()))
