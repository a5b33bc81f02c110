"""``zhuoyue telegram`` against a Bot API of our own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.command_line import surroundings
from tests.support.command_line import call
from tests.support.telegram_api import TelegramApi

URL = "https://quality.example.org"
SECRET = "a-secret-of-the-tests-01"


@pytest.fixture
def api(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TelegramApi]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ZHUOYUE_DATA_DIR", str(tmp_path))
    surroundings.settings.cache_clear()
    with TelegramApi() as running:
        monkeypatch.setenv("ZHUOYUE_TELEGRAM_API_URL", running.url)
        monkeypatch.setenv("ZHUOYUE_TELEGRAM_TOKEN", running.token)
        yield running
    surroundings.settings.cache_clear()


def reachable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHUOYUE_PUBLIC_URL", URL)
    monkeypatch.setenv("ZHUOYUE_TELEGRAM_WEBHOOK_SECRET", SECRET)


def test_info_tells_who_the_bot_is_and_how_updates_come(api: TelegramApi) -> None:
    called = call("telegram", "info")
    assert called.status == 0
    assert called.out.splitlines() == [
        f"Bot: @{api.username} (number {api.world.bot.id})",
        f"Link: https://t.me/{api.username}",
        "Webhook: none, updates are polled",
        "Waiting at Telegram: 0",
    ]


def test_a_webhook_is_set_with_its_secret_and_deleted_again(
    api: TelegramApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    reachable(monkeypatch)
    called = call("telegram", "set-webhook")
    assert called.status == 0
    assert f"{URL}/telegram/webhook" in called.out
    assert "ZHUOYUE_TELEGRAM_MODE=webhook" in called.err
    asked = api.record.of("setWebhook")[-1].parameters
    assert asked["secret_token"] == SECRET
    assert "callback_query" in str(asked["allowed_updates"])
    assert f"Webhook: {URL}/telegram/webhook" in call("telegram", "info").out
    assert call("telegram", "delete-webhook").status == 0
    assert "updates are polled" in call("telegram", "info").out


def test_a_webhook_needs_an_address_and_a_secret(api: TelegramApi, monkeypatch: pytest.MonkeyPatch) -> None:
    called = call("telegram", "set-webhook")
    assert (called.status, "ZHUOYUE_PUBLIC_URL" in called.err) == (2, True)
    monkeypatch.setenv("ZHUOYUE_PUBLIC_URL", URL)
    surroundings.settings.cache_clear()
    called = call("telegram", "set-webhook")
    assert (called.status, "ZHUOYUE_TELEGRAM_WEBHOOK_SECRET" in called.err) == (2, True)
    assert api.record.of("setWebhook") == []


def test_without_a_token_it_says_where_to_put_one(api: TelegramApi, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ZHUOYUE_TELEGRAM_TOKEN")
    called = call("telegram", "info")
    assert (called.status, called.err) == (
        2,
        "There is no token: set ZHUOYUE_TELEGRAM_TOKEN to what BotFather gave you.\n",
    )
    assert api.record.requests == []


@pytest.mark.parametrize("command", ["info", "delete-webhook"])
def test_a_token_telegram_refuses_is_never_repeated(
    api: TelegramApi, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    wrong = api.token[:-4] + "9999"
    monkeypatch.setenv("ZHUOYUE_TELEGRAM_TOKEN", wrong)
    called = call("telegram", command)
    assert (called.status, called.err) == (2, "Telegram refuses the token; check ZHUOYUE_TELEGRAM_TOKEN.\n")
    api.stop()
    surroundings.settings.cache_clear()
    called = call("telegram", command)
    assert called.status == 2
    assert called.err.startswith("Telegram says: no connection to Telegram")
    assert wrong.partition(":")[2] not in called.err


@pytest.mark.parametrize("token", ["secret-of-mine", "123456:" + "x" * 19 + "!", "987654321"])
def test_what_is_no_token_is_refused_without_being_shown(
    api: TelegramApi, monkeypatch: pytest.MonkeyPatch, token: str
) -> None:
    monkeypatch.setenv("ZHUOYUE_TELEGRAM_TOKEN", token)
    called = call("telegram", "info")
    assert called.status == 2
    assert called.err.startswith("ZHUOYUE_TELEGRAM_TOKEN: must be the token")
    assert token not in called.err
    assert api.record.requests == []


def test_the_settings_show_that_there_is_a_token_and_not_which(api: TelegramApi) -> None:
    called = call("settings")
    assert called.status == 0
    assert api.token.partition(":")[2] not in called.out
