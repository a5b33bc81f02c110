"""How a bot is told about updates on its own server."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from telegram import Bot
from telegram.error import BadRequest, Conflict

from tests.support.telegram_api import Person, TelegramApi
from tests.telegram_api.asking import ask, asked

SECRET = "a-secret_of-the-bot"


@dataclass
class Listener:
    """A server of a bot: it writes down what it is told and answers as it is made to."""

    port: int = 0
    told: list[dict[str, Any]] = field(default_factory=list)
    secrets: list[str | None] = field(default_factory=list)
    answers: list[bytes] = field(default_factory=list)
    pause: float = 0.0
    callers: dict[asyncio.Task[None], asyncio.StreamWriter] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.callers[task] = writer
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                headers = httpx.Headers(
                    [
                        (name, value.strip())
                        for name, _, value in (
                            line.partition(":") for line in head.decode().split("\r\n")[1:] if line
                        )
                    ]
                )
                body = await reader.readexactly(int(headers["content-length"]))
                self.told.append(json.loads(body))
                self.secrets.append(headers.get("x-telegram-bot-api-secret-token"))
                await asyncio.sleep(self.pause)
                writer.write(self.answers.pop(0) if self.answers else answer(200))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def hang_up(self) -> None:
        for writer in self.callers.values():
            writer.close()
        await asyncio.gather(*self.callers)

    def numbers(self) -> list[int]:
        return [update["update_id"] for update in self.told]


def answer(status: int, body: bytes = b"", *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status} Status", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


@pytest.fixture
async def listener() -> AsyncIterator[Listener]:
    served = Listener()
    server = await asyncio.start_server(served.serve, "127.0.0.1", 0)
    served.port = server.sockets[0].getsockname()[1]
    yield served
    server.close()
    await served.hang_up()


@pytest.fixture
async def hooked(api: TelegramApi, bot: Bot, listener: Listener) -> AsyncIterator[Listener]:
    api.webhooks.second = 0.02
    await bot.set_webhook(listener.url, secret_token=SECRET)
    yield listener
    await bot.delete_webhook()


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - several kinds of things are waited for
            await asyncio.sleep(0.01)


async def info(api: TelegramApi) -> dict[str, Any]:
    result: dict[str, Any] = (await asked(api, "getWebhookInfo"))["result"]
    return result


async def test_updates_are_posted_with_the_secret(api: TelegramApi, hooked: Listener, wang: Person) -> None:
    wang.type("您好")
    await until(lambda: len(hooked.told) == 2)
    assert [update["message"]["text"] for update in hooked.told] == ["/start", "您好"]
    assert hooked.secrets == [SECRET, SECRET]
    await until(lambda: not len(api.updates))


async def test_what_was_waiting_is_posted_when_the_webhook_is_set(
    api: TelegramApi, bot: Bot, listener: Listener, wang: Person
) -> None:
    assert (await bot.get_webhook_info()).pending_update_count == 1
    await bot.set_webhook(listener.url)
    await until(lambda: len(listener.told) == 1)
    assert listener.secrets == [None]


async def test_what_was_waiting_can_be_dropped(
    api: TelegramApi, bot: Bot, listener: Listener, wang: Person
) -> None:
    await bot.set_webhook(listener.url, drop_pending_updates=True)
    wang.type("新的")
    await until(lambda: len(listener.told) == 1)
    assert listener.told[0]["message"]["text"] == "新的"
    listener.answers = [answer(500)] * 50
    wang.type("扔掉")
    await bot.delete_webhook(drop_pending_updates=True)
    assert (await bot.get_webhook_info()).pending_update_count == 0


async def test_a_refused_update_is_posted_again_in_the_order_of_its_chat(
    api: TelegramApi, hooked: Listener, wang: Person
) -> None:
    await until(lambda: len(hooked.told) == 1)
    hooked.answers = [answer(500), answer(404), answer(302), answer(204)]
    wang.type("一")
    wang.type("二")
    await until(lambda: len(hooked.told) == 6)
    first = hooked.numbers()[1]
    assert hooked.numbers()[1:] == [first] * 4 + [first + 1]
    told = await info(api)
    assert told["last_error_message"] == "Wrong response from the webhook: 302 Status"
    assert told["last_error_date"] <= api.clock.date()


async def test_a_broken_connection_is_an_error_like_others(
    api: TelegramApi, hooked: Listener, wang: Person
) -> None:
    await until(lambda: not len(api.updates))
    hooked.answers = [b"nonsense\r\n\r\n"]
    wang.type("一")
    await until(lambda: len(hooked.told) == 3)
    assert hooked.numbers()[1] == hooked.numbers()[2]


async def test_an_answer_that_takes_too_long_is_an_error_like_others(
    api: TelegramApi, bot: Bot, listener: Listener, wang: Person
) -> None:
    api.webhooks.answer_seconds, api.webhooks.second = 0.2, 0.01
    listener.pause = 0.5
    await bot.set_webhook(listener.url)
    await until(lambda: len(listener.told) >= 2)
    assert (await info(api))["last_error_message"] == "Read timeout expired"
    assert (await info(api))["pending_update_count"] == 1


async def test_one_chat_does_not_wait_for_another_but_only_so_many_calls_are_open(
    api: TelegramApi, bot: Bot, listener: Listener
) -> None:
    listener.pause = 0.1
    people = [api.person(str(number)) for number in range(9)]
    for person in people:
        person.start()
    await bot.set_webhook(listener.url, max_connections=3)
    await until(lambda: not len(api.updates))
    assert api.webhooks.busiest == 3


async def test_presses_of_a_person_do_not_wait_for_their_messages(
    api: TelegramApi, bot: Bot, hooked: Listener, wang: Person
) -> None:
    await until(lambda: not len(api.updates))
    sent = await bot.send_message(wang.id, "选一个")
    hooked.answers = [answer(500)]
    api.webhooks.second = 1
    hooked.pause = 0.2
    wang.type("一")
    wang.press_data(wang.last, "a")
    await until(lambda: len(hooked.told) == 4)
    kinds = ["callback_query" if "callback_query" in update else "message" for update in hooked.told[1:]]
    assert kinds.index("callback_query") < 2
    assert sent.message_id


async def test_an_answer_may_call_a_method(api: TelegramApi, hooked: Listener, wang: Person) -> None:
    await until(lambda: not len(api.updates))
    reply = json.dumps({"method": "sendMessage", "chat_id": wang.id, "text": "收到"}).encode()
    hooked.answers = [answer(200, reply, "Content-Type: application/json")]
    wang.type("您好")
    assert (await wang.see("收到")).from_bot
    assert len(api.record.sends()) == 1


async def test_updates_may_be_posted_twice(api: TelegramApi, hooked: Listener, wang: Person) -> None:
    await until(lambda: not len(api.updates))
    api.disorder.duplicates = 0.5
    for number in range(20):
        wang.type(str(number))
    await until(lambda: not len(api.updates))
    numbers = hooked.numbers()
    assert len(set(numbers)) == 21
    assert 25 < len(numbers) < 80
    assert numbers == sorted(numbers)


async def test_asking_for_updates_is_a_conflict_while_a_webhook_is_set(
    bot: Bot, api: TelegramApi, hooked: Listener
) -> None:
    with pytest.raises(Conflict, match="can't use getUpdates method while webhook is active"):
        await bot.get_updates()
    await bot.delete_webhook()
    assert await bot.get_updates() == ()


async def test_setting_a_webhook_ends_a_poll(bot: Bot, api: TelegramApi, listener: Listener) -> None:
    waiting = asyncio.create_task(bot.get_updates(timeout=10))
    await asyncio.sleep(0.3)
    await bot.set_webhook(listener.url)
    with pytest.raises(Conflict, match="terminated by setWebhook request"):
        await waiting


async def test_how_the_webhook_goes_can_be_asked(bot: Bot, listener: Listener) -> None:
    assert (await bot.get_webhook_info()).url == ""
    await bot.set_webhook(listener.url, max_connections=7, allowed_updates=["message", "callback_query"])
    told = await bot.get_webhook_info()
    assert (told.url, told.max_connections, told.pending_update_count) == (listener.url, 7, 0)
    assert told.allowed_updates == ("callback_query", "message")


def test_what_was_done_is_described(api: TelegramApi) -> None:
    url = "http://127.0.0.1:9/hook"
    assert ask(api, "setWebhook", url=url)["description"] == "Webhook was set"
    assert ask(api, "setWebhook", url=url)["description"] == "Webhook is already set"
    assert ask(api, "setWebhook", url="")["description"] == "Webhook was deleted"
    assert ask(api, "deleteWebhook")["description"] == "Webhook is already deleted"


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"url": "http://example.com/hook"}, "Bad webhook: an https url must be provided for webhook"),
        (
            {"url": "https://example.com:1234/hook"},
            "Bad webhook: webhook can be set up only on ports 80, 88, 443",
        ),
        ({"url": "ftp://example.com"}, "Invalid webhook url specified"),
        (
            {"url": "https://example.com/", "secret_token": "a b"},
            "Secret token contains unallowed characters",
        ),
        ({"url": "https://example.com/", "secret_token": "x" * 257}, "Secret token is too long"),
    ],
)
async def test_addresses_and_secrets_have_rules(
    bot: Bot, api: TelegramApi, parameters: dict[str, str], words: str
) -> None:
    api.webhooks.https_only = True
    with pytest.raises(BadRequest, match=f"(?i){words}"):
        await bot.set_webhook(**parameters)  # type: ignore[arg-type]


async def test_a_webhook_outlives_a_stop_of_the_server(
    api: TelegramApi, hooked: Listener, wang: Person
) -> None:
    await until(lambda: not len(api.updates))
    await asyncio.to_thread(api.stop)
    wang.type("还在吗")
    await asyncio.to_thread(api.start)
    await until(lambda: len(hooked.told) == 2)
