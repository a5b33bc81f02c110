"""The requests to the Bot API: what is sent, what comes back, and whether it may have arrived."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram import Bot, InputFile
from telegram.error import BadRequest, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError

from bot.telegram.api import Api, open_api
from bot.telegram.failures import AnswerLostError, NotSentError
from bot.telegram.request import ApiRequest, in_json
from tests.support.telegram_api import Fault, TelegramApi

CLOSED = "http://127.0.0.1:9"

SIMPLE = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
)


@asynccontextmanager
async def an_api(api: TelegramApi) -> AsyncIterator[Api]:
    async with open_api(api.token, api.url) as opened:
        yield opened


async def test_methods_and_files_go_through() -> None:
    with TelegramApi() as fake:
        wang = fake.person()
        wang.start()
        async with an_api(fake) as api:
            assert (await api.identity()).username == fake.username
            file = InputFile(b"<p>\xe5\x8d\x93</p>", filename="结果.html")
            await api.bot.send_document(wang.id, file, caption="卓越 & Co")
        assert wang.last.file_name == "结果.html"
        assert wang.last.text == "卓越 & Co"


async def test_many_at_once_share_their_connections() -> None:
    with TelegramApi() as fake:
        wang = fake.person()
        wang.start()
        async with an_api(fake) as api:
            await asyncio.gather(*(api.bot.send_message(wang.id, f"第 {n} 条") for n in range(200)))
        assert len(wang.received()) == 200


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault.DROP_BEFORE, AnswerLostError),
        (Fault.DROP_AFTER, AnswerLostError),
        (Fault.HANG_BEFORE, AnswerLostError),
        (Fault.SERVER_ERROR, NetworkError),
        (Fault.SERVER_ERROR_JSON, NetworkError),
        (Fault.GARBAGE, TelegramError),
        (Fault.TOO_MANY_REQUESTS, RetryAfter),
    ],
)
async def test_every_fault_has_an_error_of_its_kind(fault: Fault, error: type[TelegramError]) -> None:
    with TelegramApi() as fake:
        fake.faults.plan(fault, method="getMe", seconds=2)
        async with an_api(fake) as api:
            with pytest.raises(error) as raised:
                await api.bot.get_me(read_timeout=0.5)
            assert not isinstance(raised.value, NotSentError)
            assert fake.token not in str(raised.value)


async def test_what_was_never_sent_is_told_apart() -> None:
    async with open_api(TelegramApi().token, CLOSED) as api:
        with pytest.raises(NotSentError):
            await api.identity()
    with pytest.raises(NotSentError):
        await Bot("1:x", request=ApiRequest()).get_me()


@pytest.mark.parametrize(
    ("ask", "error"),
    [
        (lambda bot: bot.send_message(1, "x"), BadRequest),
        (lambda bot: bot.send_message(5_000_000_001, "x"), Forbidden),
    ],
)
async def test_refusals_keep_their_kind(
    ask: Callable[[Bot], Awaitable[object]], error: type[TelegramError]
) -> None:
    with TelegramApi() as fake:
        wang = fake.person()
        wang.start()
        wang.block()
        async with an_api(fake) as api:
            with pytest.raises(error):
                await ask(api.bot)


async def test_a_wrong_token_is_refused_without_being_named() -> None:
    with TelegramApi() as fake:
        wrong = fake.token[:-4] + "9999"
        async with open_api(wrong, fake.url) as api:
            with pytest.raises(InvalidToken) as raised:
                await api.identity()
        assert wrong not in str(raised.value)


async def test_an_answer_that_is_no_object_is_no_answer() -> None:
    for payload in (b"", b"null", b"[]", b"\xff", b"{", b'{"a":' * 5_000 + b"1" + b"}" * 5_000):
        with pytest.raises(TelegramError, match="Invalid server response"):
            ApiRequest.parse_json_payload(payload)


async def test_what_is_no_character_goes_both_ways_as_it_can() -> None:
    half = "\ud83d"
    assert ApiRequest.parse_json_payload(
        b'{"text": "' + half.encode("utf-16", "surrogatepass")[2:] + b'"}'
    ) == {"text": "=\ufffd"}
    assert ApiRequest.parse_json_payload(rb'{"text": "\ud83d"}') == {"text": half}
    assert json.loads(in_json({"text": half})) == {"text": half}


@given(st.recursive(SIMPLE, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_what_is_written_is_what_is_read(value: object) -> None:
    assert json.loads(in_json(value)) == value
    assert ApiRequest.parse_json_payload(in_json({"result": value})) == {"result": value}
    assert ApiRequest.parse_json_payload(json.dumps({"result": value}).encode()) == {"result": value}


async def test_a_proxy_that_is_not_there_is_no_connection() -> None:
    request = ApiRequest(proxy=CLOSED)
    await request.initialize()
    try:
        with pytest.raises(NotSentError):
            await Bot("1:x", base_url="http://127.0.0.1:10/bot", request=request).get_me()
    finally:
        await request.shutdown()


async def test_a_proxy_is_taken_from_the_environment_for_whom_it_is_meant(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("http_proxy", CLOSED)
    monkeypatch.setenv("no_proxy", "")
    with TelegramApi() as fake:
        async with an_api(fake) as api:
            with pytest.raises(NotSentError):
                await api.identity()
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        async with an_api(fake) as api:
            assert (await api.identity()).username == fake.username


async def test_an_api_prints_nothing_of_its_token() -> None:
    async with open_api("1234567:secret-part", CLOSED) as api:
        assert "secret-part" not in repr(api)
