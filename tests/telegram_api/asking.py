"""Asking the Bot API without a library, to read its answers to the letter."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx

from tests.support.telegram_api import TelegramApi


def ask(api: TelegramApi, method: str, token: str | None = None, **parameters: Any) -> dict[str, Any]:
    """The JSON that answers a call with a JSON body."""
    with httpx.Client(trust_env=False) as client:
        response = client.post(f"{api.url}/bot{token or api.token}/{method}", json=parameters)
    answer: dict[str, Any] = response.json()
    assert response.status_code == answer.get("error_code", 200)
    return answer


async def asked(api: TelegramApi, method: str, token: str | None = None, **parameters: Any) -> dict[str, Any]:
    """`ask`, without holding up an event loop."""
    return await asyncio.to_thread(ask, api, method, token, **parameters)


def refusal(api: TelegramApi, method: str, **parameters: Any) -> str:
    """The words of a refusal."""
    answer = ask(api, method, **parameters)
    assert answer["ok"] is False, answer
    return str(answer["description"])
