"""Two processes on one PostgreSQL, one of them killed now and then: nothing lost, nothing applied twice."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest

from tests.bot.telegram.faults.crowd import Crowd
from tests.bot.telegram.faults.looking_back import Ledger, look_back
from tests.bot.telegram.faults.repeats import repeats
from tests.bot.telegram.faults.rest import comes_to_rest, settings_of
from tests.bot.telegram.faults.serving import Serving
from tests.bot.telegram.faults.weather import bad_weather
from tests.support.figures import Tell
from tests.support.postgresql import empty_postgresql_url
from tests.support.size import SEED, patience, size
from tests.support.telegram_api import TelegramApi

KILLS = size(3, 50)
PEOPLE = size(8, 100)


@pytest.mark.timeout(patience(300, 14_400))
def test_two_processes_share_the_work_and_lose_nothing(tmp_path: Path, tell: Tell) -> None:
    chance = random.Random(SEED)  # noqa: S311 - a script, not a secret
    data = tmp_path / "data"
    with TelegramApi() as api, empty_postgresql_url() as url:
        struck = bad_weather(api)
        ledger, crowd = Ledger(api), Crowd(api, PEOPLE)
        both = [Serving(data, api, url, name) for name in ("first", "second")]
        for serving in both:
            serving.start()
        crowd.begin()
        begun = time.monotonic()
        kills: list[float] = []
        while len(kills) < KILLS:
            crowd.waits_for_life()
            time.sleep(chance.uniform(0.2, 1.5))
            one = chance.choice(both)
            one.kill()
            kills.append(api.clock.now())
            one.start()
        crowd.ends()
        settings = settings_of(data, url)
        comes_to_rest(settings)
        seconds = time.monotonic() - begun
        for serving in both:
            serving.terminate()
        left, compared = look_back(settings, tmp_path / "replay", crowd, ledger, api)
        found = repeats(api.record, kills, left.chats)
        conflicts = api.record.count("getUpdates", 409)
    tell(
        f"two processes on one PostgreSQL, {KILLS} kills in {seconds:.0f} s, {struck()}; {compared}; {found}; "
        f"{conflicts} times the one took over from the other"
    )
    assert found.unexplained == ()
