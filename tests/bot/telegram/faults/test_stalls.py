"""The event loop stands still for five seconds, again and again, while people chat: nothing is lost, nothing comes twice."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.bot.telegram.faults.chatting import chatting
from tests.support.figures import Tell
from tests.support.size import patience, size

STALLS = size(1, 20)
PEOPLE = size(8, 100)
STALL_SECONDS = 5.0


@pytest.mark.timeout(patience(300, 14_400))
def test_an_event_loop_that_stands_still_loses_nothing(tmp_path: Path, tell: Tell) -> None:
    with chatting(tmp_path, PEOPLE) as scene:
        loop = scene.bot._loop
        assert loop is not None

        def stall() -> None:
            loop.call_soon_threadsafe(time.sleep, STALL_SECONDS)
            time.sleep(STALL_SECONDS)

        for _ in range(STALLS):
            scene.goes_on_after(stall)
    tell(
        f"{STALLS} stalls of {STALL_SECONDS:.0f} s, {scene.struck()}; the next answer came after {scene.longest:.1f} s "
        f"at most; {scene.compared}"
    )
