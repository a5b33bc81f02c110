"""How updates come in: polled or brought, and never lost on the way."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from bot.telegram.webhook import LARGEST_BODY, PATH, PROOF_HEADER
from tests.support.inside import inside
from tests.support.telegram import Bot, Chatter, a_bot
from tests.support.telegram_api import Fault

SECRET = "a-secret-of-the-tests-01"
PROOF = {PROOF_HEADER: SECRET}


def test_the_offset_moves_only_after_the_updates_are_stored(bot: Bot) -> None:
    wang = Chatter(bot)
    wang.starts()
    wang.types("/help")
    ids = bot.read(lambda tx: [row.update_id for row in tx.updates.list("done")])
    offsets = [int(request.parameters.get("offset") or 0) for request in bot.api.record.of("getUpdates")]
    assert all(offset - 1 in ids for offset in offsets if offset)


def test_an_update_that_comes_twice_is_answered_once(bot: Bot) -> None:
    wang = Chatter(bot)
    wang.begins("zhengzhou-incubation-base")
    bot.api.faults.plan(Fault.DROP_AFTER, method="getUpdates", times=1)
    revision = wang.screen.revision
    wang.chooses("@unsure")
    assert wang.screen.revision == revision + 1


@pytest.mark.parametrize(
    "fault", [Fault.SERVER_ERROR, Fault.GARBAGE, Fault.DROP_BEFORE, Fault.TOO_MANY_REQUESTS]
)
def test_polling_goes_on_whatever_telegram_answers(bot: Bot, fault: Fault) -> None:
    wang = Chatter(bot)
    wang.starts()
    bot.api.faults.plan(fault, method="getUpdates", times=3, seconds=1)
    wang.types("/help")
    wang.sees("随时可以输入")


def test_another_poller_is_told_to_the_operator_and_outlived(bot: Bot) -> None:
    wang = Chatter(bot)
    wang.starts()
    with httpx.Client(base_url=f"{bot.api.url}/bot{bot.api.token}/") as other:
        other.get("getUpdates", params={"timeout": 1})
    wang.types("/help")
    assert "another process polls" in bot.log.getvalue()


def test_a_webhook_that_is_still_set_is_told_to_the_operator(bot: Bot) -> None:
    with httpx.Client(base_url=f"{bot.api.url}/bot{bot.api.token}/") as operator:
        assert operator.get("setWebhook", params={"url": "https://example.org/hook"}).json()["ok"]
        bot.api.wait_until(lambda: "delete-webhook" in bot.log.getvalue(), what="the operator was not told")
        assert operator.get("deleteWebhook").json()["ok"]
    Chatter(bot).starts()


@pytest.fixture
def hooked(tmp_path: Path) -> Iterator[Bot]:
    options = {
        "telegram_mode": "webhook",
        "telegram_webhook_secret": SECRET,
        "public_url": "https://quality.example.org",
    }
    with a_bot(tmp_path / "data", **options) as running:
        yield running


def deliver(bot: Bot, body: bytes, headers: dict[str, str] | None = None) -> int:
    """Bring something to the webhook, as a proxy in front of it does."""
    given = {"Host": "quality.example.org", **(headers if headers is not None else PROOF)}
    return httpx.post(
        f"http://127.0.0.1:{bot.port}{PATH}", content=body, headers=given, timeout=10
    ).status_code


def update(number: int, person: int, text: str) -> bytes:
    sender = f'{{"id":{person},"is_bot":false,"first_name":"王","language_code":"zh-hans"}}'
    chat = f'{{"id":{person},"type":"private"}}'
    message = f'{{"message_id":{number},"date":0,"chat":{chat},"from":{sender},"text":"{text}"}}'
    return f'{{"update_id":{number},"message":{message}}}'.encode()


def test_the_webhook_takes_updates_from_those_who_know_the_secret(hooked: Bot) -> None:
    wang = Chatter(hooked)
    wang.person.start()
    assert deliver(hooked, update(5, wang.person.id, "/start")) == 200
    wang.person.wait_for("您想做什么")
    assert deliver(hooked, update(5, wang.person.id, "/start")) == 200, "once more, and nothing happens"
    assert len(hooked.read(lambda tx: tx.updates.list("done"))) == 1


async def test_what_the_webhook_brings_out_of_order_is_handled_in_order(tmp_path: Path) -> None:
    said = ["/start check_zhengzhou-incubation-base", "暂不留资料", "快速结论", "郑州市", "不清楚"]
    updates = [json.loads(update(number, 7, text)) for number, text in enumerate(said, 1)]
    shown: list[list[str]] = []
    for order in ((1, 2, 3, 4, 5), (3, 1, 5, 2, 4)):
        folder = tmp_path / "".join(map(str, order))
        folder.mkdir()
        async with inside(folder) as channel:
            await asyncio.gather(*(channel.keeper.keep([updates[number - 1]]) for number in order))
            await channel.bring()
            shown.append([one.text for one in channel.platform.shown[7]])
    assert shown[0] == shown[1]
    assert "郑州市" in shown[0][-1]


@pytest.mark.parametrize("headers", [{}, {PROOF_HEADER: "wrong"}, {PROOF_HEADER: SECRET + "1"}])
def test_nobody_else_brings_anything(hooked: Bot, headers: dict[str, str]) -> None:
    assert deliver(hooked, update(6, 1, "x"), headers) == 403
    assert hooked.read(lambda tx: tx.updates.last_update_id("telegram")) is None


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"", 400), (b"{", 400), (b"[" * 100_000, 400), (b"x" * (LARGEST_BODY + 1), 413), (b"[]", 200)],
)
def test_what_is_no_update_does_no_harm(hooked: Bot, body: bytes, status: int) -> None:
    assert deliver(hooked, body) == status


def test_where_updates_are_polled_there_is_no_webhook(bot: Bot) -> None:
    answer = httpx.post(f"http://127.0.0.1:{bot.port}{PATH}", content=b"{}", headers=PROOF)
    assert answer.status_code in {403, 404}
