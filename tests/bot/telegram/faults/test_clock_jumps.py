"""Somebody sets the clock a day on, and a day back, while people chat."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path

import pytest

from tests.bot.telegram.faults.crowd import Crowd
from tests.bot.telegram.faults.looking_back import Ledger, look_back
from tests.bot.telegram.faults.repeats import repeats
from tests.bot.telegram.faults.rest import REST_SECONDS, settings_of
from tests.bot.telegram.faults.weather import bad_weather
from tests.support.figures import Tell
from tests.support.size import patience, size
from tests.support.telegram import Bot
from tests.support.telegram_api import TelegramApi

JUMPS = size(4, 40)
PEOPLE = size(8, 100)
DAY = timedelta(days=1)


@pytest.mark.timeout(patience(300, 14_400))
def test_a_day_on_and_a_day_back_change_nothing(tmp_path: Path, tell: Tell) -> None:
    with TelegramApi() as api:
        struck = bad_weather(api)
        ledger, crowd = Ledger(api), Crowd(api, PEOPLE)
        bot = Bot(tmp_path / "data", api)
        bot.start()
        crowd.begin()
        longest = 0.0
        for number in range(JUMPS):
            crowd.waits_for_life()
            time.sleep(1.0)
            bot.clock.advance(DAY if number % 2 == 0 else -DAY)
            before = time.monotonic()
            crowd.waits_for_life()
            longest = max(longest, time.monotonic() - before)
        crowd.ends()
        api.wait_until(lambda: bot.read(lambda tx: not tx.updates.list("waiting")), REST_SECONDS)
        api.wait_until(
            lambda: bot.read(lambda tx: not tx.deliveries.list("waiting") + tx.deliveries.list("sending")),
            REST_SECONDS,
        )
        bot.stop()
        left, compared = look_back(settings_of(tmp_path / "data"), tmp_path / "replay", crowd, ledger, api)
        found = repeats(api.record, [], left.chats)
    tell(
        f"{JUMPS} jumps of a day, on and back, {struck()}; nobody waited longer than {longest:.1f} s for the next "
        f"answer; {compared}; {found}"
    )
    assert found.unexplained == ()
