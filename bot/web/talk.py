"""What a person says: opening a session, and one turn at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.house import House
from bot.web.bell import Bell
from bot.web.errors import TOO_MANY_NEW, WebError, request_language
from bot.web.guard import require_own_page
from bot.web.limits import Paces, Rates, address_of, read_body, too_long
from bot.web.requests import read_post
from bot.web.sessions import SessionRules
from dialogs.incoming import Command, Handled, Incoming
from domain.privacy import hash_token, new_token
from domain.store import Transaction
from locales.words import Language

CHANNEL: Final = "web"


@dataclass(frozen=True, slots=True)
class _Opened:
    chat: int
    language: str
    fresh: bool
    token: str | None


class Talk:
    """The endpoints a page posts to."""

    def __init__(
        self, house: House, rules: SessionRules, bell: Bell, rates: Paces, looks: Paces, new_chats: Rates
    ) -> None:
        self._house = house
        self._rules = rules
        self._bell = bell
        self._rates = rates
        self._looks = looks
        self._new_chats = new_chats

    async def open(self, request: Request) -> Response:
        """Find the session of the page or begin one; a chat that is empty begins with a welcome."""
        settings = self._house.settings
        require_own_page(request, settings.public_url)
        await read_body(request, settings.max_body_bytes, too_long(settings.max_message_chars))
        token_hash = self._rules.token_hash(request)
        language = request_language(request, settings.language)
        known = await self._house.database.read(
            lambda tx: self._rules.living(tx, token_hash, self._house.clock.now()) is not None
        )
        if known:
            self._looks.require(token_hash, address_of(request))
        elif wait := self._new_chats.take(address_of(request)):
            raise WebError(429, "too_many_new", TOO_MANY_NEW, {"n": wait}, wait)
        opened = await self._house.database.run(lambda tx: self._open(tx, token_hash, language))
        self._bell.ring(opened.chat)
        response = JSONResponse(
            {"fresh": opened.fresh, "language": opened.language}, headers={"Cache-Control": "no-store"}
        )
        if opened.token is not None:
            self._rules.set_cookie(response, opened.token)
        return response

    async def say(self, request: Request) -> Response:
        """Take one thing a person said; answered only once it is committed, with the ids of what it led to."""
        settings = self._house.settings
        require_own_page(request, settings.public_url)
        token_hash = self._rules.token_hash(request)
        self._rates.require(token_hash, address_of(request))
        body = await read_body(request, settings.max_body_bytes, too_long(settings.max_message_chars))
        key, content = read_post(body, settings.max_message_chars)
        self._house.figures.web_received += 1

        def work(tx: Transaction) -> tuple[int, Handled]:
            now = self._house.clock.now()
            session = self._rules.required(tx, token_hash, now)
            tx.sessions.touch(session.token_hash, now)
            return session.chat_id, self._house.assistant.handle(tx, Incoming(session.chat_id, key, content))

        chat, handled = await self._house.database.run(work)
        self._bell.ring(chat)
        return JSONResponse(
            {"ids": list(handled.outbox_ids), "duplicate": handled.duplicate},
            202,
            headers={"Cache-Control": "no-store"},
        )

    def _open(self, tx: Transaction, token_hash: str | None, language: Language) -> _Opened:
        now = self._house.clock.now()
        session = self._rules.living(tx, token_hash, now)
        token = None
        if session is None:
            token = new_token()
            chat = tx.chats.open(CHANNEL, uuid4().hex, language, now)
            tx.sessions.create(hash_token(token), chat.id, now, now + self._rules.absolute)
        else:
            chat = tx.chats.get(session.chat_id)
            tx.sessions.touch(session.token_hash, now)
        if not tx.outbox.recent(chat.id, 1):
            self._house.assistant.handle(tx, Incoming(chat.id, f"opened:{uuid4().hex}", Command("start")))
        return _Opened(chat.id, chat.language, token is not None, token)
