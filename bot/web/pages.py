"""Pages and files a browser gets: the chat page, a printable result, one's own data, and the static files."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from bot.house import House
from bot.signs import mark_words
from bot.web.errors import NOT_FOUND, WebError, request_language
from bot.web.guard import refuse_foreign_reader
from bot.web.limits import Paces, address_of
from bot.web.markup import draw_all
from bot.web.requests import read_id
from bot.web.sessions import SessionRules
from bot.web.words import known_language, page_words, page_words_json
from domain.store import Json, StoredReceipt, Transaction

MEDIA_TYPES: Final[Mapping[str, str]] = {
    "calendar.css": "text/css; charset=utf-8",
    "calendar.js": "text/javascript; charset=utf-8",
    "cards.js": "text/javascript; charset=utf-8",
    "chat.js": "text/javascript; charset=utf-8",
    "comeback.js": "text/javascript; charset=utf-8",
    "delivery.js": "text/javascript; charset=utf-8",
    "invitation.js": "text/javascript; charset=utf-8",
    "fields.js": "text/javascript; charset=utf-8",
    "kept_files.js": "text/javascript; charset=utf-8",
    "line.js": "text/javascript; charset=utf-8",
    "screen.js": "text/javascript; charset=utf-8",
    "trouble.js": "text/javascript; charset=utf-8",
    "upload.js": "text/javascript; charset=utf-8",
    "chat.css": "text/css; charset=utf-8",
    "result.css": "text/css; charset=utf-8",
    "icon.svg": "image/svg+xml",
}
"""Every file that is served, and nothing else is."""

PERSONAL: Final = {"Cache-Control": "no-store"}


class Pages:
    """The endpoints a person opens."""

    def __init__(self, house: House, rules: SessionRules, looks: Paces) -> None:
        self._house = house
        self._rules = rules
        self._looks = looks
        self._templates = Environment(
            loader=PackageLoader("bot.web"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
        )
        self._words_json = page_words_json(house.catalogues)
        static = files("bot.web") / "static"
        self._static = {name: (static / name).read_bytes() for name in MEDIA_TYPES}

    async def chat(self, request: Request) -> Response:
        """The chat page. It holds nothing personal: what was said arrives as events."""
        language = request_language(request, self._house.settings.language)
        words = self._house.catalogues.words(language)
        html = self._templates.get_template("page.html").render(
            language=language,
            page=page_words(words),
            words_json=self._words_json,
            noscript=words.say("This chat needs JavaScript. All of it comes from this server."),
            max_message_chars=self._house.settings.max_message_chars,
        )
        return HTMLResponse(html, headers={"Cache-Control": "no-cache", "Vary": "Accept-Language"})

    async def static(self, request: Request) -> Response:
        """A style sheet, a script or the icon."""
        return self._file(request, request.path_params["name"])

    async def icon(self, request: Request) -> Response:
        """The icon where browsers look for it on pages that name none."""
        return self._file(request, "icon.svg")

    def _file(self, request: Request, name: str) -> Response:
        content = self._static.get(name)
        if content is None:
            raise WebError(404, "not_found", NOT_FOUND)
        tag = f'"{hashlib.sha256(content).hexdigest()[:20]}"'
        headers = {"Cache-Control": "no-cache", "ETag": tag}
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers=headers)
        return Response(content, headers=headers, media_type=MEDIA_TYPES[name])

    async def result(self, request: Request) -> Response:
        """One receipt of this chat, made to be printed."""
        refuse_foreign_reader(request)
        receipt_id = read_id(request.path_params["id"])
        token_hash = self._rules.token_hash(request)
        self._looks.require(token_hash, address_of(request))

        def work(tx: Transaction) -> tuple[StoredReceipt, str]:
            session = self._rules.required(tx, token_hash, self._house.clock.now())
            receipt = tx.receipts.get(receipt_id)
            if receipt is None or receipt.chat_id != session.chat_id:
                raise WebError(404, "not_found", NOT_FOUND)
            return receipt, tx.chats.get(session.chat_id).language

        receipt, stored_language = await self._house.database.read(work)
        language = known_language(stored_language, self._house.settings.language)
        words = self._house.catalogues.words(language)
        html = self._templates.get_template("result.html").render(
            page=page_words(words),
            title=words.say("Self-check result"),
            body=draw_all(self._house.receipts.blocks(receipt, words), mark_words(words)),
            footer=words.say(
                "Receipt %(id)s · made %(made)s · content %(hash)s",
                id=receipt.id,
                made=words.datetime(receipt.created_at),
                hash=receipt.content_hash,
            ),
        )
        return HTMLResponse(html, headers=PERSONAL)

    async def my_data(self, request: Request) -> Response:
        """Everything that is stored about the person, as a file."""
        refuse_foreign_reader(request)
        token_hash = self._rules.token_hash(request)
        self._looks.require(token_hash, address_of(request))

        def work(tx: Transaction) -> Mapping[str, Json]:
            session = self._rules.required(tx, token_hash, self._house.clock.now())
            return tx.privacy.export(tx.chats.get(session.chat_id).person_id)

        data = await self._house.database.read(work)
        return Response(
            json.dumps(data, ensure_ascii=False, indent=2) + "\n",
            media_type="application/json",
            headers={**PERSONAL, "Content-Disposition": 'attachment; filename="zhuoyue-my-data.json"'},
        )
