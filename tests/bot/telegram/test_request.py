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
from telegram.request import RequestData
from telegram.request._requestparameter import RequestParameter

from bot.telegram.api import Api, open_api
from bot.telegram.failures import AnswerLostError, NotSentError
from bot.telegram.request import ApiRequest, in_json
from tests.support.raw_server import raw_server, until
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
    for payload in (
        b"",
        b"null",
        b"[]",
        b"{}",
        b'{"ok":true}',
        b"\xff",
        b"{",
        b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
    ):
        with pytest.raises(TelegramError, match="Invalid server response"):
            ApiRequest.parse_json_payload(payload)


async def test_what_is_no_character_goes_both_ways_as_it_can() -> None:
    half = "\ud83d"
    assert ApiRequest.parse_json_payload(
        b'{"result": "' + half.encode("utf-16", "surrogatepass")[2:] + b'"}'
    ) == {"result": "=\ufffd"}
    assert ApiRequest.parse_json_payload(rb'{"result": "\ud83d"}') == {"result": half}
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


OURS = b"\r\nAccept-Encoding: identity\r\n"
"""What a request over our own connections says, and one over aiohttp does not."""

A_FILE = RequestData([RequestParameter.from_input("document", InputFile(b"<p>", filename="a.html"))])


@asynccontextmanager
async def a_request(proxy: str | None = None) -> AsyncIterator[ApiRequest]:
    request = ApiRequest(proxy=proxy)
    await request.initialize()
    try:
        yield request
    finally:
        await request.shutdown()


async def test_what_is_asked_with_every_update_goes_over_connections_of_our_own() -> None:
    data = RequestData([RequestParameter.from_input("offset", 7)])
    async with raw_server() as server, a_request() as request:
        for given_data in (data, RequestData(), None):
            assert await request.do_request(f"{server.url}/bot1:x/getMe", "POST", given_data) == (200, b"hi")
        assert all(OURS in came for came in server.requests)
        assert [came.partition(b"\r\n\r\n")[2] for came in server.requests] == [b'{"offset":7}', b"{}", b""]
        assert len(server.accepted) == 1


@pytest.mark.parametrize(
    ("user", "path", "method", "data"),
    [
        ("", "/bot1:x/sendDocument", "POST", A_FILE),
        ("", "/bot1:x/getMe", "GET", None),
        ("somebody:word@", "/bot1:x/getMe", "POST", None),
        ("", "/bot1:x/get Me", "POST", None),
        ("", "/bot1:x/获取", "POST", None),
        ("", "/bot1:x/getMe#here", "POST", None),
    ],
    ids=["a file", "get", "somebody", "a space", "no ascii", "a fragment"],
)
async def test_what_is_not_plain_goes_over_aiohttp(
    user: str, path: str, method: str, data: RequestData | None
) -> None:
    async with raw_server() as server, a_request() as request:
        url = server.url.replace("//", f"//{user}") + path
        assert await request.do_request(url, method, data) == (200, b"hi")
        (came,) = server.requests
        assert came.startswith(f"{method} /bot1:x/".encode())
        assert OURS not in came


async def test_no_path_says_more_than_a_path() -> None:
    async with raw_server() as server, a_request() as request:
        path = "/bot1:x/getMe HTTP/1.1\r\nA: b\r\n\r\n"
        # Whether it is refused or made harmless.
        await asyncio.gather(request.do_request(server.url + path, "POST"), return_exceptions=True)
        assert server.times(b"\r\nA: b") == 0
        assert len(server.requests) <= 1


async def test_a_proxy_is_asked_over_aiohttp() -> None:
    async with raw_server() as server, a_request(proxy=server.url) as request:
        assert await request.do_request(f"{CLOSED}/bot1:x/getMe", "POST") == (200, b"hi")
        (came,) = server.requests
        assert came.startswith(f"POST {CLOSED}/bot1:x/getMe ".encode())
        assert OURS not in came


async def test_after_its_end_nothing_is_sent_until_it_begins_anew() -> None:
    async with raw_server() as server, a_request() as request:
        for turn in range(1, 3):
            for method in ("POST", "GET", "POST"):
                assert await request.do_request(f"{server.url}/bot1:x/getMe", method) == (200, b"hi")
            assert (server.still_open, len(server.accepted)) == (2, 2 * turn)
            await request.shutdown()
            await until(lambda: not server.still_open)
            with pytest.raises(NotSentError):
                await request.do_request(f"{server.url}/bot1:x/getMe", "POST")
            with pytest.raises(NotSentError):
                await request.fetch(f"{server.url}/file/bot1:x/a", 100)
            assert len(server.requests) == 3 * turn
            await request.initialize()
