"""A fake Bot API, and python-telegram-bot talking to it: somebody else's idea of what the answers look like."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
from telegram import Bot
from telegram.request import HTTPXRequest

from tests.support.telegram_api import Person, TelegramApi


@pytest.fixture(autouse=True)
def spans_of_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """python-telegram-bot warns where it still gives seconds as bare numbers."""
    monkeypatch.setenv("PTB_TIMEDELTA", "1")


@pytest.fixture
def api() -> Iterator[TelegramApi]:
    with TelegramApi() as running:
        yield running


@pytest.fixture
async def bot(api: TelegramApi) -> AsyncIterator[Bot]:
    async with bot_of(api) as running:
        yield running


@pytest.fixture
def wang(api: TelegramApi) -> Person:
    """Somebody who has pressed the start button, which the bot has not read."""
    person = api.person("王芳")
    person.start()
    return person


def bot_of(api: TelegramApi, token: str | None = None) -> Bot:
    return Bot(
        token or api.token,
        base_url=f"{api.url}/bot",
        base_file_url=f"{api.url}/file/bot",
        request=HTTPXRequest(connection_pool_size=8, httpx_kwargs={"trust_env": False}),
        get_updates_request=HTTPXRequest(httpx_kwargs={"trust_env": False}),
    )
