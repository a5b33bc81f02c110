"""Somebody sets the clock a day on, and a day back, while people chat."""

from __future__ import annotations

import time
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from tests.bot.telegram.faults.chatting import chatting
from tests.support.figures import Tell
from tests.support.size import patience, size

JUMPS = size(4, 40)
PEOPLE = size(8, 100)
DAY = timedelta(days=1)


@pytest.mark.timeout(patience(300, 14_400))
def test_a_day_on_and_a_day_back_change_nothing(tmp_path: Path, tell: Tell) -> None:
    with chatting(tmp_path, PEOPLE) as scene:
        for number in range(JUMPS):
            time.sleep(1.0)
            scene.goes_on_after(partial(scene.bot.clock.advance, DAY if number % 2 == 0 else -DAY))
    tell(
        f"{JUMPS} jumps of a day, on and back, {scene.struck()}; nobody waited longer than {scene.longest:.1f} s for "
        f"the next answer; {scene.compared}"
    )
