"""The dates of a chat as a calendar: as a file, on a page that makes a private address, and under that address.

The address holds a random token and nothing else; the store knows only its hash, and no log has it. Whoever knows it sees
the dates of the chat, nothing more, until it is let go.
"""

from __future__ import annotations

import hashlib
import re
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from bot.house import House
from bot.web.errors import NOT_FOUND, WebError
from bot.web.guard import refuse_foreign_reader, require_own_page
from bot.web.limits import Paces, Rates, address_of, read_body, too_long
from bot.web.sessions import SessionRules
from bot.web.words import known_language, page_words
from dialogs.reminders import CALENDAR_PAGE, CALENDAR_PATH
from domain.privacy import hash_token, new_token
from domain.store import Transaction

FEED_PATH: Final = f"{CALENDAR_PAGE}/{{name}}"
_NAME: Final = re.compile(r"([A-Za-z0-9_-]{43})\.ics", re.ASCII)

MEDIA_TYPE: Final = "text/calendar; charset=utf-8"
FILE_NAME: Final = "zhuoyue-dates.ics"
FRESH_SECONDS: Final = 3600
"""How long a calendar program may show what it has without asking."""

FETCHES_PER_MINUTE: Final = 60
"""From one address: programs of a whole office, and far too few to guess a token."""

PERSONAL: Final = {"Cache-Control": "no-store"}


class Calendars:
    """The endpoints of calendars."""

    def __init__(self, house: House, rules: SessionRules, looks: Paces) -> None:
        self._house = house
        self._rules = rules
        self._looks = looks
        self._fetches = Rates(FETCHES_PER_MINUTE)
        templates = Environment(
            loader=PackageLoader("bot.web"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
        )
        self._template = templates.get_template("calendar.html")

    @property
    def routes(self) -> tuple[Route, ...]:
        """Their addresses."""
        return (
            Route(CALENDAR_PATH, self.file),
            Route(CALENDAR_PAGE, self.page),
            Route(f"{CALENDAR_PAGE}/address", self.make, methods=["POST"]),
            Route(f"{CALENDAR_PAGE}/close", self.close, methods=["POST"]),
            Route(FEED_PATH, self.feed),
        )

    async def file(self, request: Request) -> Response:
        """The dates of this chat as a file."""
        refuse_foreign_reader(request)
        token_hash = self._rules.token_hash(request)
        self._looks.require(token_hash, address_of(request))

        def work(tx: Transaction) -> bytes:
            now = self._house.clock.now()
            session = self._rules.required(tx, token_hash, now)
            return self._house.calendars.of_chat(tx, tx.chats.get(session.chat_id), now)

        content = await self._house.database.read(work)
        disposition = f'attachment; filename="{FILE_NAME}"'
        return Response(
            content, media_type=MEDIA_TYPE, headers={**PERSONAL, "Content-Disposition": disposition}
        )

    async def page(self, request: Request) -> Response:
        """Where a private address is made, made anew or let go."""
        refuse_foreign_reader(request)
        token_hash = self._rules.token_hash(request)
        self._looks.require(token_hash, address_of(request))

        def work(tx: Transaction) -> tuple[str, bool]:
            session = self._rules.required(tx, token_hash, self._house.clock.now())
            return tx.chats.get(session.chat_id).language, tx.feeds.since(session.chat_id) is not None

        stored_language, in_use = await self._house.database.read(work)
        words = self._house.catalogues.words(known_language(stored_language, self._house.settings.language))
        say = words.say
        html = self._template.render(
            language=words.language,
            page=page_words(words),
            title=say("My dates in a calendar"),
            in_use=in_use,
            what=say(
                "A calendar program that knows the private address shows your dates and keeps them up to date."
            ),
            secret=say(
                "Whoever has the address sees your dates. It is shown once, now; share it with nobody, and let it go when somebody has seen it."
            ),
            exists=say("An address is in use. For safety it cannot be shown again."),
            make=say("Make a new address; the one before then works no more")
            if in_use
            else say("Make a private address"),
            close=say("Let the address work no more"),
            address=say("Your private address"),
            copy=say("Copy"),
            copied=say("Copied."),
            closed=say("The address works no more."),
            failed=say("That did not work. Please try again."),
            file=say("Or take the dates as a file"),
            file_path=CALENDAR_PATH,
        )
        return HTMLResponse(html, headers=PERSONAL)

    async def make(self, request: Request) -> Response:
        """Make a new address; the one before works no more. The only time it is shown."""
        token_hash = await self._posted(request)
        token = new_token()

        def work(tx: Transaction) -> None:
            now = self._house.clock.now()
            session = self._rules.required(tx, token_hash, now)
            tx.feeds.open(session.chat_id, hash_token(token), now)
            tx.audit.append("calendar_address_made", {"chat": session.chat_id}, now)

        await self._house.database.run(work)
        return JSONResponse({"path": f"{CALENDAR_PAGE}/{token}.ics"}, headers=PERSONAL)

    async def close(self, request: Request) -> Response:
        """Let the address work no more."""
        token_hash = await self._posted(request)

        def work(tx: Transaction) -> bool:
            now = self._house.clock.now()
            session = self._rules.required(tx, token_hash, now)
            return tx.feeds.revoke(session.chat_id, now)

        return JSONResponse({"closed": await self._house.database.run(work)}, headers=PERSONAL)

    async def feed(self, request: Request) -> Response:
        """The dates behind a private address. An address that never was and one that was let go look the same."""
        if wait := self._fetches.take(address_of(request)):
            raise WebError(429, "too_fast", NOT_FOUND, retry_after=wait)
        named = _NAME.fullmatch(request.path_params["name"])

        def work(tx: Transaction) -> bytes | None:
            chat_id = tx.feeds.find(hash_token(named[1])) if named is not None else None
            if chat_id is None:
                return None
            return self._house.calendars.of_chat(tx, tx.chats.get(chat_id), self._house.clock.now())

        content = await self._house.database.read(work)
        if content is None:
            raise WebError(404, "not_found", NOT_FOUND)
        return _cached(request, content)

    async def _posted(self, request: Request) -> str | None:
        settings = self._house.settings
        require_own_page(request, settings.public_url)
        token_hash = self._rules.token_hash(request)
        self._looks.require(token_hash, address_of(request))
        await read_body(request, settings.max_body_bytes, too_long(settings.max_message_chars))
        return token_hash


def _cached(request: Request, content: bytes) -> Response:
    """The calendar, or that it is the one the program has."""
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {
        "Cache-Control": f"private, max-age={FRESH_SECONDS}",
        "ETag": tag,
        "X-Robots-Tag": "noindex, nofollow",
        "Content-Disposition": f'inline; filename="{FILE_NAME}"',
    }
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=MEDIA_TYPE, headers=headers)
