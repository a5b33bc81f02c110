"""What can go wrong between the page and the assistant, and how the person is told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.web.words import known_language, preferred_language
from domain.store import StoreError
from locales.words import Catalogues, Language, Words, mark

LANGUAGE_HEADER: Final = "x-zhuoyue-language"
"""The page names its language here. A form of another site cannot set this header."""

STORE_RETRY_SECONDS: Final = 5

BAD_REQUEST: Final = mark("That could not be read. Nothing was changed. Please reload the page.")
FOREIGN: Final = mark("This came from another site and was not accepted.")
NOT_JSON: Final = mark("Only JSON is accepted here.")
NOT_A_FILE: Final = mark("Only files are accepted here.")
TOO_LARGE: Final = mark(
    "That is too long: at most %(n)s characters at once. Nothing was changed; please shorten it."
)
FILE_TOO_LARGE: Final = mark("That file is too large: at most %(size)s. Nothing was changed.")
TOO_MANY_FILES: Final = mark(
    "Many files are on their way at the moment. Yours goes out by itself in a few seconds."
)
TOO_FAST: Final = mark(
    "That was a lot in a short time. What you said is kept and goes out by itself in %(n)s seconds."
)
TOO_MANY_NEW: Final = mark(
    "Many new chats began here within a minute. This one begins by itself in %(n)s seconds."
)
NO_SESSION: Final = mark("This chat has ended. Please reload the page to begin a new one.")
NOT_FOUND: Final = mark("There is nothing here. It may have been erased, or belong to another chat.")
NO_SUCH_CODE: Final = mark(
    "This code does not open a chat. Please compare it with what you wrote down; after erasing, an old code no longer works."
)
TOO_MANY_TRIES: Final = mark("Those were many tries in a short time. Please try again in %(n)s seconds.")
TOO_MANY_STREAMS: Final = mark("Very many people are here at the moment. This page connects again by itself.")
WRONG_HOST: Final = mark(
    "This address is not known to the assistant. Whoever operates it can allow it with ZHUOYUE_PUBLIC_URL."
)
FAILED: Final = mark("Something went wrong on our side. What you said is kept and will be tried again.")

_log = structlog.get_logger(__name__)


class WebError(Exception):
    """A request that is not served: the status, a stable code for programs, and a message id for people."""

    def __init__(
        self,
        status: int,
        code: str,
        message_id: str,
        values: Mapping[str, object] | None = None,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.message_id = message_id
        self.values = values or {}
        self.retry_after = retry_after

    def response(self, words: Words) -> Response:
        """The answer to the page, in the language of the person."""
        body = {"error": self.code, "message": words.say(self.message_id, **self.values)}
        headers = {"Cache-Control": "no-store"}
        if self.retry_after is not None:
            headers["Retry-After"] = str(self.retry_after)
        return JSONResponse(body, self.status, headers)


def store_error(error: StoreError) -> WebError:
    """What a person is told when the database cannot do its work; nothing of theirs was half-written."""
    return WebError(503, error.code, error.message_id, retry_after=STORE_RETRY_SECONDS)


def request_language(request: Request, default: Language) -> Language:
    """The language of the page a request comes from, else what its browser prefers."""
    preferred = preferred_language(request.headers.get("accept-language", ""), default)
    return known_language(request.headers.get(LANGUAGE_HEADER, ""), preferred)


class Boundary:
    """Turns every exception into an answer in the person's language, and logs what is unexpected."""

    def __init__(self, app: ASGIApp, catalogues: Catalogues, language: Language) -> None:
        self._app = app
        self._catalogues = catalogues
        self._language = language

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except WebError as problem:
            answer = problem
        except StoreError as error:
            _log.warning("web request met a store error", code=error.code)
            answer = store_error(error)
        except Exception:  # noqa: BLE001 - the last line of defence; the log has the places it went through
            _log.exception("web request failed")
            answer = WebError(500, "failed", FAILED, retry_after=STORE_RETRY_SECONDS)
        else:
            return
        if not started:
            words = self._catalogues.words(request_language(Request(scope), self._language))
            await answer.response(words)(scope, receive, send)
