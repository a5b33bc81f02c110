"""People who chat in bad weather with a bot of this process; afterwards what it did is compared with what was said."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.bot.telegram.faults.crowd import Crowd
from tests.bot.telegram.faults.looking_back import Ledger, look_back
from tests.bot.telegram.faults.repeats import repeats
from tests.bot.telegram.faults.rest import REST_SECONDS, settings_of
from tests.bot.telegram.faults.weather import bad_weather
from tests.support.telegram import Bot
from tests.support.telegram_api import TelegramApi


@dataclass
class Chatting:
    """The bot and the crowd; once the crowd is done, `compared` says what was found."""

    bot: Bot
    crowd: Crowd
    struck: Callable[[], str]
    """What the weather did."""
    longest: float = 0.0
    """The seconds somebody waited at most for the next answer after something was done to the bot."""
    compared: str = ""

    def goes_on_after(self, act: Callable[[], None]) -> None:
        """Do something to the bot while everything is well, and wait until somebody is answered."""
        self.crowd.waits_for_life()
        before = time.monotonic()
        act()
        self.crowd.waits_for_life()
        self.longest = max(self.longest, time.monotonic() - before)


@contextmanager
def chatting(folder: Path, people: int) -> Iterator[Chatting]:
    """So many people chat while the body runs; then all is answered, and nothing was lost and nothing came twice unexplained."""
    with TelegramApi() as api:
        struck = bad_weather(api)
        ledger, crowd = Ledger(api), Crowd(api, people)
        bot = Bot(folder / "data", api)
        bot.start()
        crowd.begin()
        scene = Chatting(bot, crowd, struck)
        yield scene
        crowd.ends()
        api.wait_until(lambda: bot.read(lambda tx: not tx.updates.list("waiting")), REST_SECONDS)
        api.wait_until(
            lambda: bot.read(lambda tx: not tx.deliveries.list("waiting") + tx.deliveries.list("sending")),
            REST_SECONDS,
        )
        bot.stop()
        left, compared = look_back(settings_of(folder / "data"), folder / "replay", crowd, ledger, api)
        found = repeats(api.record, [], left.chats)
    scene.compared = f"{compared}; {found}"
    assert found.unexplained == ()
