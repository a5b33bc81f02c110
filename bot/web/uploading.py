"""Files from the page and back to it: taken as they stream in, looked at, handed to the conversation; given out as attachments."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from typing import Final
from urllib.parse import quote, unquote

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.house import House
from bot.web.bell import Bell
from bot.web.errors import BAD_REQUEST, FILE_TOO_LARGE, NOT_FOUND, TOO_MANY_FILES, WebError
from bot.web.guard import refuse_foreign_reader, require_own_page
from bot.web.limits import Paces, address_of, read_body
from bot.web.sessions import SessionRules
from dialogs.engine.upload import size_words
from dialogs.giving_out import given_out
from dialogs.incoming import Handled, Incoming, Uploaded
from domain.store import StoredFile, Transaction
from domain.uploads import examine

KEY_HEADER: Final = "x-zhuoyue-key"
NAME_HEADER: Final = "x-zhuoyue-name"
"""The name of a file, percent-encoded: a header holds no Chinese, and an address would end up in logs."""

FILE_TYPE: Final = "application/octet-stream"
"""The type of every file in both directions; what a file is, is told by its content."""

FILE_SECONDS: Final = 120.0
AT_ONCE: Final = 8
AT_ONCE_EACH: Final = 2
"""Of one chat; its page hands in one file after the other. Nobody who is slow takes all the places."""

BUSY_SECONDS: Final = 3
LONGEST_NAME: Final = 2_000

_KEY: Final = re.compile(r"[A-Za-z0-9_-]{8,64}")
_STORED: Final = re.compile(r"[0-9a-f]{32}\.[a-z]{3,4}")


class Uploads:
    """The endpoints for files."""

    def __init__(self, house: House, rules: SessionRules, bell: Bell, rates: Paces, looks: Paces) -> None:
        self._house = house
        self._rules = rules
        self._bell = bell
        self._rates = rates
        self._looks = looks
        self._under_way: Counter[int] = Counter()
        """Files by their chat."""

    async def take(self, request: Request) -> Response:
        """Take one file; answered only once its turn is committed, with the ids of what it led to."""
        settings = self._house.settings
        require_own_page(request, settings.public_url, FILE_TYPE)
        token_hash = self._rules.token_hash(request)
        self._rates.require(token_hash, address_of(request))
        key, name = request.headers.get(KEY_HEADER, ""), request.headers.get(NAME_HEADER, "")
        if not _KEY.fullmatch(key) or len(name) > LONGEST_NAME:
            raise WebError(400, "bad_request", BAD_REQUEST)
        # Only who is in a chat may make us read that much.
        who = await self._house.database.read(
            lambda tx: self._rules.required(tx, token_hash, self._house.clock.now()).chat_id
        )
        if self._under_way.total() >= AT_ONCE or self._under_way[who] >= AT_ONCE_EACH:
            raise WebError(503, "too_many_files", TOO_MANY_FILES, retry_after=BUSY_SECONDS)
        self._under_way[who] += 1
        try:
            content = await read_body(request, settings.max_upload_bytes, self._too_large(), FILE_SECONDS)
            self._house.figures.web_received += 1
            file = await asyncio.to_thread(examine, unquote(name), content, settings.uploads)

            def work(tx: Transaction) -> tuple[int, Handled]:
                now = self._house.clock.now()
                session = self._rules.required(tx, token_hash, now)
                tx.sessions.touch(session.token_hash, now)
                said = Incoming(session.chat_id, key, Uploaded((file,)))
                return session.chat_id, self._house.assistant.handle(tx, said)

            chat, handled = await self._house.database.run(work)
        finally:
            self._under_way -= Counter({who: 1})
        self._bell.ring(chat)
        return JSONResponse(
            {"ids": list(handled.outbox_ids), "duplicate": handled.duplicate},
            202,
            headers={"Cache-Control": "no-store"},
        )

    async def give(self, request: Request) -> Response:
        """A file this chat may have, to be saved and never shown by the browser."""
        refuse_foreign_reader(request)
        stored_name = request.path_params["name"]
        token_hash = self._rules.token_hash(request)
        self._looks.require(token_hash, address_of(request))

        def work(tx: Transaction) -> tuple[StoredFile, bytes]:
            session = self._rules.required(tx, token_hash, self._house.clock.now())
            chat = tx.chats.get(session.chat_id)
            given = given_out(tx, chat, stored_name) if _STORED.fullmatch(stored_name) else None
            if given is None:
                raise WebError(404, "not_found", NOT_FOUND)
            return given.file, tx.files.content(given.file.id)

        file, content = await self._house.database.read(work)
        named = f"attachment; filename=\"{file.stored_name}\"; filename*=UTF-8''{quote(file.name, safe='')}"
        return Response(
            content,
            media_type=FILE_TYPE,
            headers={"Cache-Control": "no-store", "Content-Disposition": named},
        )

    def _too_large(self) -> WebError:
        words = self._house.catalogues.words(self._house.settings.language)
        most = size_words(words, self._house.settings.max_upload_bytes)
        return WebError(413, "too_large", FILE_TOO_LARGE, {"size": most})
