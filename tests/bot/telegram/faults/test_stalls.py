"""The event loop stands still for five seconds, again and again, while people chat: nothing is lost, nothing comes twice."""

from __future__ import annotations

import time
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

STALLS = size(1, 20)
PEOPLE = size(8, 100)
STALL_SECONDS = 5.0


@pytest.mark.timeout(patience(300, 14_400))
def test_an_event_loop_that_stands_still_loses_nothing(tmp_path: Path, tell: Tell) -> None:
    with TelegramApi() as api:
        struck = bad_weather(api)
        ledger, crowd = Ledger(api), Crowd(api, PEOPLE)
        bot = Bot(tmp_path / "data", api)
        bot.start()
        crowd.begin()
        longest = 0.0
        for _ in range(STALLS):
            crowd.waits_for_life()
            assert bot._loop is not None
            before = time.monotonic()
            bot._loop.call_soon_threadsafe(time.sleep, STALL_SECONDS)
            time.sleep(STALL_SECONDS)
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
        f"{STALLS} stalls of {STALL_SECONDS:.0f} s, {struck()}; the next answer came after {longest:.1f} s at most; "
        f"{compared}; {found}"
    )
    assert found.unexplained == ()
