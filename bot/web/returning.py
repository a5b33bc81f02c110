"""Coming back: a return code opens a new session of the chat it belongs to."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.house import House
from bot.web.errors import NO_SUCH_CODE, TOO_MANY_TRIES, WebError
from bot.web.guard import require_own_page
from bot.web.limits import Rates, address_of, read_body, too_long
from bot.web.requests import read_return
from bot.web.sessions import SessionRules
from bot.web.talk import CHANNEL
from domain.privacy import ReturnCode, hash_token, new_token, read_return_code
from domain.store import Transaction

TRIES_PER_MINUTE: Final = 5
"""Codes one address may try: enough for typing errors. With 80 bits a code cannot be guessed at any pace."""

TRIES_PER_CHAT: Final = 20
"""Codes that may be tried for one chat at once, from all addresses together; then one a minute."""


class Returning:
    """The endpoint for people who have been here before."""

    def __init__(self, house: House, rules: SessionRules) -> None:
        self._house = house
        self._rules = rules
        self._of_address = Rates(TRIES_PER_MINUTE)
        self._of_chat = Rates(1, TRIES_PER_CHAT)

    async def come_back(self, request: Request) -> Response:
        """Give the page a session of the chat whose code it knows; the session it had is over.

        What is answered to a code that is not right says nothing about the chat it names, nor whether there is one.
        """
        settings = self._house.settings
        require_own_page(request, settings.public_url)
        _take(self._of_address, address_of(request))
        body = await read_body(request, settings.max_body_bytes, too_long(settings.max_message_chars))
        code = read_return_code(read_return(body))
        if code is None:
            raise _not_right()
        _take(self._of_chat, str(code.chat_id))
        # Looking comes before writing, so that a wrong code takes as long as one for a chat that is not there.
        if not await self._house.database.read(lambda tx: tx.return_codes.fits(code, CHANNEL)):
            raise _not_right()
        before, token = self._rules.token_hash(request), new_token()
        await self._house.database.run(lambda tx: self._open(tx, code, before, token))
        response = JSONResponse({"returned": True}, headers={"Cache-Control": "no-store"})
        self._rules.set_cookie(response, token)
        return response

    def _open(self, tx: Transaction, code: ReturnCode, before: str | None, token: str) -> None:
        now = self._house.clock.now()
        chat = tx.chats.lock(code.chat_id)
        # It may have been erased since it was looked at.
        if not tx.return_codes.fits(code, CHANNEL):
            raise _not_right()
        if before is not None:
            tx.sessions.revoke(before)
        tx.sessions.create(hash_token(token), chat.id, now, now + self._rules.absolute)
        tx.conversations.touch(chat.id, now)
        tx.audit.append("returned_by_code", {"chat": chat.id, "person": chat.person_id}, now)


def _take(rates: Rates, key: str) -> None:
    if wait := rates.take(key):
        raise WebError(429, "too_many_tries", TOO_MANY_TRIES, {"n": wait}, wait)


def _not_right() -> WebError:
    return WebError(403, "no_such_code", NO_SUCH_CODE)
