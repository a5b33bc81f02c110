"""What the doctor says of the bot, against a Bot API of our own."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.doctor import clock, telegram
from bot.doctor.findings import Finding, Grade, Patient
from bot.telegram.api import open_api
from bot.telegram.polling import Poller
from bot.telegram.updates import ALLOWED
from domain.clock import FixedClock, SystemClock
from tests.support.doctor import finding, patient
from tests.support.telegram_api import Fault, TelegramApi

URL = "https://quality.example.org"
SECRET = "a-secret-of-the-tests-01"


@pytest.fixture
def api() -> Iterator[TelegramApi]:
    with TelegramApi() as running:
        yield running


@pytest.fixture
def polling(api: TelegramApi, tmp_path: Path) -> Patient:
    return patient(tmp_path, clock=SystemClock(), telegram_token=api.token, telegram_api_url=api.url, port=0)


@pytest.fixture
def hooked(api: TelegramApi, tmp_path: Path) -> Patient:
    return patient(
        tmp_path,
        clock=SystemClock(),
        telegram_token=api.token,
        telegram_api_url=api.url,
        telegram_mode="webhook",
        telegram_webhook_secret=SECRET,
        public_url=URL,
    )


def set_webhook(api: TelegramApi, url: str = f"{URL}/telegram/webhook", **more: Any) -> None:
    given = {"url": url, "allowed_updates": list(ALLOWED), **more}
    assert httpx.post(f"{api.url}/bot{api.token}/setWebhook", json=given, trust_env=False).json()["ok"]


def test_a_token_telegram_takes_is_fine(api: TelegramApi, polling: Patient) -> None:
    found = telegram.token(polling)
    assert found.grade is Grade.FINE
    assert f"@{api.username}" in found.found
    assert "may join groups" in found.found


def test_a_bot_that_is_given_all_of_a_group_is_told(tmp_path: Path) -> None:
    with TelegramApi(privacy=False) as running:
        of = patient(tmp_path, telegram_token=running.token, telegram_api_url=running.url)
        found = telegram.token(of)
    assert found.grade is Grade.LOOK
    assert "/setprivacy" in found.remedy


def test_a_refused_token_is_told_and_never_repeated(api: TelegramApi, tmp_path: Path) -> None:
    wrong = api.token[:-4] + "9999"
    found = telegram.token(patient(tmp_path, telegram_token=wrong, telegram_api_url=api.url))
    assert found.grade is Grade.BROKEN
    assert "@BotFather" in found.remedy
    assert "ZHUOYUE_TELEGRAM_TOKEN" in found.remedy
    assert wrong.partition(":")[2] not in found.found + found.remedy


def test_a_telegram_that_cannot_be_reached_is_told(api: TelegramApi, polling: Patient) -> None:
    api.stop()
    found = telegram.token(polling)
    assert found.grade is Grade.BROKEN
    assert "HTTPS_PROXY" in found.remedy
    assert api.token.partition(":")[2] not in found.found
    assert clock.against_telegram(polling).grade is Grade.LEFT_OUT


@pytest.mark.parametrize(
    "fault", [Fault.SERVER_ERROR, Fault.GARBAGE, Fault.TOO_MANY_REQUESTS, Fault.DROP_AFTER]
)
def test_a_telegram_in_trouble_is_told(api: TelegramApi, polling: Patient, fault: Fault) -> None:
    api.faults.plan(fault, method="getMe", times=None)
    found = telegram.token(polling)
    assert found.grade in {Grade.LOOK, Grade.BROKEN}
    assert found.remedy


def test_without_a_token_there_is_nothing_to_ask(tmp_path: Path) -> None:
    for look in (telegram.token, telegram.updates, telegram.poller, clock.against_telegram):
        assert finding(look, patient(tmp_path)).grade is Grade.LEFT_OUT


def test_updates_that_are_polled_as_the_settings_say_are_fine(polling: Patient) -> None:
    found = telegram.updates(polling)
    assert (found.grade, found.found) == (Grade.FINE, "polled; 0 wait at Telegram")


def test_a_webhook_in_the_way_of_polling_is_told(api: TelegramApi, polling: Patient) -> None:
    set_webhook(api)
    found = telegram.updates(polling)
    assert found.grade is Grade.BROKEN
    assert "zhuoyue telegram delete-webhook" in found.remedy
    assert finding(telegram.poller, polling).grade is Grade.LEFT_OUT


def test_a_webhook_that_was_never_set_is_told(hooked: Patient) -> None:
    found = telegram.updates(hooked)
    assert found.grade is Grade.BROKEN
    assert "zhuoyue telegram set-webhook" in found.remedy
    assert finding(telegram.poller, hooked).grade is Grade.LEFT_OUT


def test_a_webhook_as_the_settings_say_is_fine(api: TelegramApi, hooked: Patient) -> None:
    set_webhook(api)
    assert telegram.updates(hooked).grade is Grade.FINE


@pytest.mark.parametrize("url", ["https://old.example.org/telegram/webhook", f"{URL}/elsewhere"])
def test_a_webhook_that_leads_elsewhere_is_told(api: TelegramApi, hooked: Patient, url: str) -> None:
    set_webhook(api, url)
    found = telegram.updates(hooked)
    assert (found.grade, found.remedy) == (Grade.BROKEN, "zhuoyue telegram set-webhook")
    assert url in found.found


def test_a_webhook_for_other_kinds_of_updates_is_told(api: TelegramApi, hooked: Patient) -> None:
    set_webhook(api, allowed_updates=["message"])
    found = telegram.updates(hooked)
    assert (found.grade, found.remedy) == (Grade.LOOK, "zhuoyue telegram set-webhook")


def test_a_webhook_that_fails_is_told_while_it_is_news(api: TelegramApi, hooked: Patient) -> None:
    # Nobody listens there: Telegram itself finds that out.
    set_webhook(api, "http://127.0.0.1:1/telegram/webhook")
    here = replace(hooked, given=hooked.settings.model_copy(update={"public_url": "http://127.0.0.1:1"}))
    api.person().start()
    api.wait_until(lambda: "failure" in telegram.updates(here).found)
    found = telegram.updates(here)
    assert found.grade is Grade.LOOK
    assert "1 waits at Telegram" in found.found
    tomorrow = replace(here, clock=FixedClock(datetime.now(UTC) + timedelta(days=1)))
    assert telegram.updates(tomorrow).grade is Grade.FINE


def test_what_piles_up_at_telegram_is_told(
    api: TelegramApi, polling: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telegram, "MANY_WAITING", 1)
    wang = api.person()
    wang.start()
    wang.type("您好")
    found = telegram.updates(polling)
    assert found.grade is Grade.LOOK
    assert "zhuoyue serve" in found.remedy


def test_nobody_else_who_polls_is_fine_and_nothing_is_confirmed(
    api: TelegramApi, polling: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telegram, "POLL_SECONDS", 1)
    assert telegram.poller(polling).grade is Grade.FINE
    api.person().start()
    assert telegram.poller(polling).grade is Grade.FINE
    assert len(api.updates) == 1


def test_another_who_polls_is_found(
    api: TelegramApi, polling: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telegram, "POLL_SECONDS", 4)
    with polled_by_another(api):
        found = telegram.poller(polling)
    assert found.grade is Grade.LOOK
    assert "another process polls" in found.found


def test_the_clock_is_compared_with_that_of_the_bot_api(api: TelegramApi, polling: Patient) -> None:
    def apart(by: timedelta) -> Finding:
        return clock.against_telegram(replace(polling, clock=FixedClock(datetime.now(UTC) + by)))

    assert apart(timedelta(0)).grade is Grade.FINE
    assert apart(timedelta(seconds=20)).grade is Grade.FINE
    found = apart(timedelta(seconds=-95))
    assert found.grade is Grade.LOOK
    assert "timedatectl" in found.remedy
    assert apart(timedelta(hours=25)).grade is Grade.BROKEN
    # The token was not needed for it.
    assert api.record.requests == []


@contextmanager
def polled_by_another(api: TelegramApi) -> Iterator[None]:
    """While this lasts, somebody else polls with the token, and does not give way."""

    class Nowhere:
        async def keep(self, updates: object) -> None:
            assert updates is not None

    async def poll() -> None:
        async with open_api(api.token, api.url) as theirs:
            await Poller(theirs, Nowhere(), pause=0.05).run()

    loop = asyncio.new_event_loop()
    task = loop.create_task(poll())

    def run() -> None:
        with contextlib.suppress(asyncio.CancelledError):
            loop.run_until_complete(task)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        api.wait_until(lambda: api.polls > 0)
        yield
    finally:
        loop.call_soon_threadsafe(task.cancel)
        thread.join()
        loop.close()
