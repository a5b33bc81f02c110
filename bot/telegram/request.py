"""The way to the Bot API: python-telegram-bot's request interface.

What is asked with every update (an object in JSON or nothing, to be answered by another) goes over connections of our own;
files, in both directions, and whatever goes by a proxy, over aiohttp (decision 0021).

The address of a request holds the bot's token, and so may the texts of errors of HTTP libraries: none of them leaves this
file. What is raised says in its own words what happened, and above all whether the request may have arrived.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any, Final, cast
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
from pydantic_core import from_json, to_json
from telegram.error import BadRequest, InvalidToken, NetworkError, RetryAfter, TelegramError
from telegram.request import BaseRequest, RequestData

from bot.telegram.connection import LARGEST_ANSWER
from bot.telegram.connections import CLOSED, Connections, is_plain
from bot.telegram.failures import AnswerLostError, NotSentError, NotTelegramError, TooLargeError

CONNECT_SECONDS: Final = 5.0
ANSWER_SECONDS: Final = 15.0
FILE_SECONDS: Final = 60.0
"""What sending a file may take."""

ONE_FILE_SECONDS: Final = 90.0
"""What fetching a file may take."""

_JSON: Final = {"Content-Type": "application/json"}

_NOBODY_KNOWS: Final = frozenset({408, 499, 504})
"""What says that the answer took too long: whether the request was carried out is not told."""

_NUMBERS: Final = ("migrate_to_chat_id", "retry_after")


class ApiRequest(BaseRequest):
    """One pool of connections to each server. Proxies are taken from the environment (`HTTPS_PROXY`, `NO_PROXY`) or given."""

    def __init__(
        self, connections: int = 64, proxy: str | None = None, answer_seconds: float = ANSWER_SECONDS
    ) -> None:
        self._connections = connections
        self._proxy = proxy
        self._answer_seconds = answer_seconds
        self._session: aiohttp.ClientSession | None = None
        self._proxies: dict[str, str | None] = {}
        self._plain: dict[str, Connections | None] = {}

    @property
    def read_timeout(self) -> float | None:
        """Seconds an answer may take."""
        return self._answer_seconds

    async def initialize(self) -> None:
        """Get ready; doing it twice does no harm."""
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self._connections, ttl_dns_cache=300),
                # It would look for proxies anew, and in threads, with every request.
                trust_env=False,
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": self.USER_AGENT},
                auto_decompress=True,
            )

    async def shutdown(self) -> None:
        """Close all connections."""
        session, self._session = self._session, None
        while self._plain:
            _, connections = self._plain.popitem()
            if connections is not None:
                await connections.close()
        if session is not None:
            await session.close()

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """The object Telegram answered with, which has a result or says why it has none; `TelegramError` for anything else, whose
        text goes nowhere.
        """
        try:
            # What people wrote is not to stay in memory.
            parsed = from_json(payload, cache_strings="keys")
        except ValueError:
            try:
                # What is no character at all may stand in what people wrote.
                parsed = json.loads(payload.decode("utf-8", "replace"))
            except (ValueError, RecursionError):
                raise TelegramError("Invalid server response") from None
        if not isinstance(parsed, dict) or not ("result" in parsed or "description" in parsed):
            raise TelegramError("Invalid server response")
        return parsed

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Send one request; gives the status and the body, which is Telegram's where it is a refusal."""
        status, body = await self._asked(
            url, method, request_data, read_timeout, write_timeout, connect_timeout, pool_timeout
        )
        if not 200 <= status < 300:
            _see_who_refuses(status, body)
        return status, body

    async def _asked(
        self,
        url: str,
        method: str,
        request_data: RequestData | None,
        read_timeout: Any,
        write_timeout: Any,
        connect_timeout: Any,
        pool_timeout: Any,
    ) -> tuple[int, bytes]:
        if self._session is None:
            raise NotSentError(CLOSED)
        has_files = request_data is not None and bool(request_data.multipart_data)
        writing = _seconds(write_timeout, FILE_SECONDS if has_files else 0)
        reading = _seconds(read_timeout, self._answer_seconds)
        connecting = _seconds(connect_timeout, CONNECT_SECONDS)
        waiting = _seconds(pool_timeout, self._answer_seconds)
        if not has_files and method == "POST":
            server, path = _server_and_path(url)
            connections = self._connections_to(server)
            if connections is not None and is_plain(path):
                return await connections.post(
                    path,
                    None if request_data is None else in_json(request_data.parameters),
                    waiting=waiting,
                    connecting=connecting,
                    answering=None if reading is None else reading + (writing or 0),
                )
        return await self._over_aiohttp(
            self._session,
            method,
            url,
            data=_body(request_data, has_files=has_files),
            headers=None if request_data is None or has_files else _JSON,
            timeout=_timeout(writing, reading, connecting, waiting),
        )

    async def _over_aiohttp(
        self, session: aiohttp.ClientSession, method: str, url: str, **given: Any
    ) -> tuple[int, bytes]:
        # Raised where the library's error, which names the address, is no longer at hand.
        failure: NetworkError
        try:
            async with session.request(
                method, url, proxy=self._proxy or self._proxy_for(url), allow_redirects=False, **given
            ) as response:
                return response.status, await _read(response)
        except (
            aiohttp.ConnectionTimeoutError,
            aiohttp.ClientConnectorError,
            # The proxy was asked for a way to Telegram and gave none.
            aiohttp.ClientHttpProxyError,
            aiohttp.InvalidURL,
        ) as error:
            failure = NotSentError(f"no connection to Telegram ({type(error).__name__})")
        except TimeoutError:
            failure = AnswerLostError("no answer from Telegram in time")
        except (aiohttp.ClientError, OSError) as error:
            failure = AnswerLostError(f"the connection to Telegram broke ({type(error).__name__})")
        raise failure

    async def fetch(self, url: str, most: int) -> bytes:
        """A file of up to `most` bytes; a larger one is not read to its end (`TooLargeError`)."""
        if self._session is None:
            raise NotSentError(CLOSED)
        timeout = aiohttp.ClientTimeout(total=ONE_FILE_SECONDS, sock_connect=CONNECT_SECONDS)
        body = bytearray()
        try:
            async with self._session.get(
                url, timeout=timeout, proxy=self._proxy or self._proxy_for(url), allow_redirects=False
            ) as response:
                if response.status != 200:
                    raise _file_trouble(response)
                async for chunk in response.content.iter_any():
                    body += chunk
                    if len(body) > most:
                        raise TooLargeError("a file is larger than allowed")
            return bytes(body)
        except (aiohttp.ClientError, OSError, ValueError) as error:
            kind = type(error).__name__
        # Neither its cause nor raised while it is handled: its text may hold the address, and that the token.
        raise NetworkError(f"a file did not arrive ({kind})")

    def _connections_to(self, server: str) -> Connections | None:
        """Ours to a server; None where a proxy is to be asked, or its address is written in an unusual way."""
        if server not in self._plain:
            by_proxy = self._proxy or self._proxy_for(server)
            self._plain[server] = (
                None if by_proxy else Connections.to(server, self._connections, self.USER_AGENT)
            )
        return self._plain[server]

    def _proxy_for(self, url: str) -> str | None:
        """The proxy that the environment names for the server of an address."""
        server, _ = _server_and_path(url)
        if server not in self._proxies:
            parts = urlsplit(server)
            bypassed = parts.hostname is None or proxy_bypass(parts.hostname)
            self._proxies[server] = None if bypassed else getproxies().get(parts.scheme)
        return self._proxies[server]


def _server_and_path(url: str) -> tuple[str, str]:
    """`https://host:port` and the rest of an address."""
    end = url.find("/", url.find("//") + 2)
    return (url, "") if end < 0 else (url[:end], url[end:])


def _see_who_refuses(status: int, body: bytes) -> None:
    """Raise where a refusal is none of Telegram's, or does not say that nothing was done."""
    if status in _NOBODY_KNOWS:
        raise AnswerLostError(f"no answer from Telegram in time ({status})")
    try:
        answer = ApiRequest.parse_json_payload(body)
    except TelegramError:
        answer = {}
    said, parameters = answer.get("description"), answer.get("parameters") or {}
    if not (
        isinstance(said, str)
        and isinstance(parameters, dict)
        and all(type(parameters.get(name, 0)) is int for name in _NUMBERS)
    ):
        # What it says goes nowhere: it may name the address that was asked for.
        raise NotTelegramError(f"something else than Telegram answered ({status})")


def _file_trouble(response: aiohttp.ClientResponse) -> TelegramError:
    match response.status:
        case 401:
            return InvalidToken("telegram refuses the token")
        case 404:
            return BadRequest("the address of the file is no longer good")
        case 429:
            after = response.headers.get("Retry-After", "")
            return RetryAfter(int(after) if after.isascii() and after.isdigit() else 1)
        case status:
            return NetworkError(f"a file was not handed out ({status})")


async def _read(response: aiohttp.ClientResponse) -> bytes:
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) > LARGEST_ANSWER:
            raise AnswerLostError("the answer has no end")
    return bytes(body)


def _seconds(given: Any, otherwise: float) -> float | None:
    """A time-out as python-telegram-bot passes it on: the default, a number, or None for no end."""
    if given is BaseRequest.DEFAULT_NONE:
        return otherwise
    return None if given is None else float(given)


@lru_cache(64)
def _timeout(
    writing: float | None, reading: float | None, connecting: float | None, waiting: float | None
) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(
        # From when there is a connection: waiting for one of ours to be free has a bound of its own.
        total=None
        if reading is None or writing is None
        else (connecting or 0) + (waiting or 0) + writing + reading,
        connect=None if waiting is None or connecting is None else waiting + connecting,
        sock_connect=connecting,
        sock_read=None if reading is None else reading + (writing or 0),
    )


def in_json(value: object) -> bytes:
    """A value as JSON."""
    try:
        return to_json(value)
    except ValueError:
        # Half a character cannot be written as it is.
        return json.dumps(value).encode()


def _body(request_data: RequestData | None, *, has_files: bool) -> aiohttp.FormData | bytes | None:
    if request_data is None:
        return None
    if not has_files:
        return in_json(request_data.parameters)
    form = aiohttp.FormData(quote_fields=False)
    for name, value in request_data.json_parameters.items():
        form.add_field(name, value)
    for name, file in request_data.multipart_data.items():
        filename, content, media_type = cast("tuple[str, bytes, str]", file)
        form.add_field(name, content, filename=filename, content_type=media_type)
    return form
