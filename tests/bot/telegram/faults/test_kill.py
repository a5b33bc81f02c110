"""`kill -9` at random moments under chatting people: no answer is lost, none is applied twice."""

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
from tests.support.size import SEED, patience, size
from tests.support.telegram_api import TelegramApi

KILLS = size(8, 50)
PEOPLE = size(10, 100)


@pytest.mark.timeout(patience(300, 14_400))
def test_killed_again_and_again_it_loses_nothing_and_repeats_nothing(tmp_path: Path, tell: Tell) -> None:
    chance = random.Random(SEED)  # noqa: S311 - a script, not a secret
    with TelegramApi() as api:
        struck = bad_weather(api)
        ledger, crowd = Ledger(api), Crowd(api, PEOPLE)
        serving = Serving(tmp_path / "data", api)
        serving.start()
        begun = time.monotonic()
        kills: list[float] = []
        crowd.begin()
        while len(kills) < KILLS:
            crowd.waits_for_life()
            time.sleep(chance.uniform(0.0, 1.0))
            serving.kill()
            kills.append(api.clock.now())
            serving.spawn() if chance.random() < 0.3 else serving.start()
        crowd.ends()
        settings = settings_of(tmp_path / "data")
        comes_to_rest(settings)
        seconds = time.monotonic() - begun
        ended_in = serving.terminate()
        left, compared = look_back(settings, tmp_path / "replay", crowd, ledger, api)
        found = repeats(api.record, kills, left.chats)
    tell(f"{KILLS} kills in {seconds:.0f} s, {struck()}; {compared}; {found}; stopped in {ended_in:.1f} s")
    assert found.unexplained == ()
    assert crowd.checks >= PEOPLE
