"""`/readyz` beside Telegram: whoever runs us learns that nothing comes in, or that nothing goes out."""

from __future__ import annotations

import time
from typing import Any

import httpx
import pytest

from tests.support.telegram import Bot, Chatter
from tests.support.telegram_api import Fault


@pytest.fixture(autouse=True)
def asked_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.web.health.FRESH_SECONDS", 0)


def ready(bot: Bot) -> tuple[int, dict[str, Any]]:
    answer = httpx.get(f"http://127.0.0.1:{bot.port}/readyz", trust_env=False)
    return answer.status_code, answer.json()


def test_while_telegram_is_heard_and_replies_go_out_the_process_is_ready(bot: Bot) -> None:
    Chatter(bot).starts()
    status, found = ready(bot)
    assert (status, found["telegram"], found["replies"]) == (200, "ok", "ok")
    assert found["telegram_silent_for"] < 15
    assert found["oldest_reply_waits"] == 0


def unheard(bot: Bot) -> None:
    """Telegram fails every poll, and has done so for a while."""
    failing = bot.api.faults.plan(Fault.SERVER_ERROR, method="getUpdates", times=None)
    bot.api.wait_until(lambda: failing.struck > 0, 20)
    assert bot.house is not None
    bot.house.pulse._last["telegram"] -= 200


def test_a_long_silence_of_telegram_is_not_ready_and_its_return_is(bot: Bot) -> None:
    unheard(bot)
    status, found = ready(bot)
    assert (status, found["telegram"], found["database"]) == (503, "silent", "ok")
    assert found["telegram_silent_for"] >= 200
    bot.api.faults.clear()
    bot.api.wait_until(lambda: ready(bot)[0] == 200, 20)


def test_another_process_that_polls_takes_updates_in_and_we_are_ready(bot: Bot) -> None:
    unheard(bot)
    bot.api.faults.clear()
    bot.api.faults.plan(Fault.SERVER_ERROR_JSON, method="getUpdates", times=None, status=409)
    bot.api.wait_until(lambda: ready(bot)[0] == 200, 20)


def test_a_reply_that_waits_too_long_is_not_ready(bot: Bot) -> None:
    wang = Chatter(bot)
    wang.starts()
    bot.api.faults.plan(Fault.SERVER_ERROR, method="sendMessage", times=None)
    wang.person.type("/help")
    bot.api.wait_until(lambda: ready(bot)[1]["oldest_reply_waits"] > 0, 20)
    assert ready(bot)[0] == 200
    assert bot.house is not None
    late = bot.house.settings.model_copy(update={"ready_reply_seconds": 0})
    object.__setattr__(bot.house, "settings", late)
    end = time.monotonic() + 20
    while (found := ready(bot))[0] == 200:
        assert time.monotonic() < end, found
    assert (found[1]["replies"], found[1]["telegram"]) == ("late", "ok")
