"""Answers that are none of Telegram's, or say less than they seem to: nothing is lost, doubled or told for them."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from typing import Any

import pytest
from telegram.error import TelegramError

from bot.telegram.api import open_api
from bot.telegram.calls import Calls
from bot.telegram.failures import NotSentError
from bot.telegram.polling import Poller
from bot.telegram.request import ApiRequest
from bot.telegram.verdicts import LONGEST_HALT_SECONDS, Floods, verdict
from scheduler.sending import Gone, Receipt, Refused, TryAgain, Unsure, Wait
from tests.support.raw_server import Deed, raw_server, until

TOKEN = "1234567:secret-part"
ADDRESS = f"/bot{TOKEN}/sendMessage".encode()


def http(status: int, body: bytes = b"") -> bytes:
    return b"HTTP/1.1 %d Told\r\nContent-Length: %d\r\n\r\n%b" % (status, len(body), body)


ODD = {
    "nothing": http(200, b"{}"),
    "no object": http(200, b"[]"),
    "no body": b"HTTP/1.1 204 No Content\r\n\r\n",
    "a result within something else": http(200, b'{"x":{"result":1}}'),
    "no success and no result": http(200, b'{"ok":false,"description":"x"}'),
    "a description that is a list": http(503, b'{"description":["down"]}'),
    "parameters that are a word": http(503, b'{"description":"x","parameters":"x"}'),
    "parameters that are a list": http(400, b'{"description":"x","parameters":[1]}'),
    "a time to wait that is a word": http(429, b'{"description":"x","parameters":{"retry_after":"soon"}}'),
    "a chat that is a word": http(400, b'{"description":"x","parameters":{"migrate_to_chat_id":"x"}}'),
    "a page": http(404, b"<html>no route for " + ADDRESS),
    "somewhere else": b"HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n",
    "updates that are none": http(200, b'{"ok":true,"result":[null]}'),
}


async def what_becomes_of(answer: bytes) -> Receipt:
    """What a message that may not be repeated comes to."""
    async with raw_server((Deed.READ, answer, Deed.AGAIN)) as server, open_api(TOKEN, server.url, 4) as api:
        with pytest.raises(TelegramError) as raised:
            await Calls(api.bot).send({"chat_id": 1, "text": "x"})
    return verdict(raised.value, 1, Floods())


@pytest.mark.parametrize("answer", ODD.values(), ids=ODD)
async def test_whatever_is_answered_updates_are_asked_for_again(answer: bytes) -> None:
    class Nowhere:
        async def keep(self, updates: Sequence[Any]) -> None:
            pass

    async with raw_server((Deed.READ, answer, Deed.AGAIN)) as server, open_api(TOKEN, server.url, 4) as api:
        polling = asyncio.create_task(Poller(api, Nowhere(), seconds=0, pause=0.01).run())
        await until(lambda: len(server.requests) > 2 or polling.done())
        assert not polling.done(), polling.exception()
        polling.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await polling


@pytest.mark.parametrize("answer", ODD.values(), ids=ODD)
async def test_whatever_is_answered_nobody_is_taken_for_gone_and_no_message_for_refused(
    answer: bytes,
) -> None:
    receipt = await what_becomes_of(answer)
    assert isinstance(receipt, TryAgain | Unsure)
    assert "secret-part" not in repr(receipt)


async def test_what_a_gateway_says_is_not_what_telegram_says() -> None:
    page = b"<h1>Forbidden</h1>You may not have " + ADDRESS
    for status in (400, 401, 403, 404, 409):
        assert await what_becomes_of(http(status, page)) == TryAgain(
            f"something else than Telegram answered ({status})"
        )
    told = b'{"ok":false,"error_code":403,"description":"Forbidden: bot was blocked by the user"}'
    assert await what_becomes_of(http(403, told)) == Gone("Forbidden: bot was blocked by the user")
    told = b'{"ok":false,"error_code":400,"description":"Bad Request: message text is empty"}'
    assert await what_becomes_of(http(400, told)) == Refused("Message text is empty")


@pytest.mark.parametrize("status", [408, 499, 504])
async def test_where_the_answer_took_too_long_on_the_way_nobody_knows_whether_it_arrived(status: int) -> None:
    for body in (b"", b"<html>", b'{"ok":false,"description":"Gateway Timeout"}'):
        assert isinstance(await what_becomes_of(http(status, body)), Unsure)


async def test_no_halt_is_longer_than_a_date_can_tell() -> None:
    asked = b'{"ok":false,"description":"Too Many Requests","parameters":{"retry_after":%d}}'
    assert await what_becomes_of(http(429, asked % 10**12)) == Wait(LONGEST_HALT_SECONDS, "chat")
    assert await what_becomes_of(http(429, asked % 90_000)) == Wait(90_000, "chat")


@pytest.mark.parametrize("status", [403, 407, 502, 503])
async def test_a_proxy_that_gives_no_way_to_telegram_has_sent_nothing(status: int) -> None:
    async with raw_server((Deed.READ, http(status))) as proxy:
        request = ApiRequest(4, proxy=proxy.url)
        await request.initialize()
        try:
            with pytest.raises(NotSentError) as raised:
                await request.do_request(f"https://api.telegram.org{ADDRESS.decode()}", "POST")
        finally:
            await request.shutdown()
        assert proxy.requests[0].startswith(b"CONNECT api.telegram.org:443 ")
        assert raised.value.__cause__ is raised.value.__context__ is None, (
            "what the library says names the token"
        )
