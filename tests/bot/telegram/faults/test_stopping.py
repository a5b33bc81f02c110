"""SIGTERM under load, again and again, and a process that stands still for a while."""

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
from tests.support.figures import Tell
from tests.support.size import SEED, patience, size
from tests.support.telegram_api import TelegramApi

STOPS = size(5, 100)
PEOPLE = size(10, 100)
STILL_SECONDS = 5.0


@pytest.mark.timeout(patience(300, 14_400))
def test_stopped_under_load_it_ends_in_time_and_nothing_is_lost_or_doubled(
    tmp_path: Path, tell: Tell
) -> None:
    chance = random.Random(SEED)  # noqa: S311 - a script, not a secret
    with TelegramApi() as api:
        api.disorder.duplicates, api.disorder.mixed = 0.1, True
        ledger, crowd = Ledger(api), Crowd(api, PEOPLE)
        serving = Serving(tmp_path / "data", api)
        serving.start()
        crowd.begin()
        took: list[float] = []
        while len(took) < STOPS:
            crowd.waits_for_life()
            time.sleep(chance.uniform(0.0, 1.0))
            took.append(serving.terminate())
            serving.start()
        serving.pause()
        time.sleep(STILL_SECONDS)
        serving.resume()
        crowd.ends()
        settings = settings_of(tmp_path / "data")
        comes_to_rest(settings)
        took.append(serving.terminate())
        left, compared = look_back(settings, tmp_path / "replay", crowd, ledger, api)
        found = repeats(api.record, [], left.chats)
    tell(
        f"{len(took)} stops, {max(took):.1f} s at most, and {STILL_SECONDS:.0f} s of standing still; {compared}; {found}"
    )
    assert found.unexplained == ()
