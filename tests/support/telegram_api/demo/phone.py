"""The addresses of the page that shows a telephone, and what can be done there."""

from __future__ import annotations

import asyncio
import base64
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from tests.support.telegram_api.answers import Json
from tests.support.telegram_api.api import TelegramApi
from tests.support.telegram_api.faults import Fault
from tests.support.telegram_api.person import Person

_HERE: Final = Path(__file__).parent
_FILES: Final = {"phone.css": "text/css", "phone.js": "text/javascript"}
_NAMES: Final = ("王芳", "李强", "陈静", "刘洋", "Anna", "周敏")
_FAULTS: Final = {
    Fault.DELAY: "迟到 5 秒",
    Fault.DROP_BEFORE: "执行前断线",
    Fault.DROP_AFTER: "执行后断线",
    Fault.HANG_BEFORE: "未执行，无回音",
    Fault.HANG_AFTER: "已执行，无回音",
    Fault.SERVER_ERROR: "502",
    Fault.SERVER_ERROR_JSON: "502（JSON）",
    Fault.GARBAGE: "已执行，回音是乱码",
    Fault.TOO_MANY_REQUESTS: "429，等 5 秒",
}
_LONGEST_LOOK_SECONDS: Final = 20
_MOST_REQUESTS: Final = 60


class Phone:
    """Telephones of some people, on one page."""

    def __init__(self, api: TelegramApi) -> None:
        self._api = api
        self._people: dict[int, Person] = {}
        self._version = 0
        self._toasts: dict[int, int] = {}
        api.world.watch(self._changed)

    def routes(self) -> list[Route]:
        """The addresses of the page."""
        return [
            Route("/", self.page),
            Route("/favicon.ico", self.no_icon),
            Route("/phone/screen", self._api.connections.endable(self.screen)),
            Route("/phone/act", self.act, methods=["POST"]),
            Route("/phone/faults", self.faults),
            Route("/phone/{name}", self.file),
        ]

    async def page(self, _request: Request) -> Response:
        """The page."""
        return FileResponse(_HERE / "phone.html", headers={"Content-Security-Policy": "default-src 'self'"})

    async def no_icon(self, _request: Request) -> Response:
        """Browsers ask for one."""
        return Response(status_code=204)

    async def file(self, request: Request) -> Response:
        """What the page is made of."""
        name = request.path_params["name"]
        if name not in _FILES:
            return PlainTextResponse("", status_code=404)
        return FileResponse(_HERE / name, media_type=_FILES[name])

    async def faults(self, _request: Request) -> Response:
        """What can be made to go wrong."""
        return JSONResponse([{"name": fault.name, "words": words} for fault, words in _FAULTS.items()])

    async def screen(self, request: Request) -> Response:
        """What a telephone shows, as soon as it is something else than the page knows."""
        person = self._person(request.query_params.get("person", ""))
        known = int(request.query_params.get("version", "-1"))
        loop, rung = asyncio.get_running_loop(), asyncio.Event()

        def ring() -> None:
            loop.call_soon_threadsafe(rung.set)

        forget = self._api.world.watch(ring)
        try:
            async with asyncio.timeout(_LONGEST_LOOK_SECONDS):
                while self._version == known:
                    rung.clear()
                    await rung.wait()
        except TimeoutError:
            pass
        finally:
            forget()
        return JSONResponse(self._screen(person))

    async def act(self, request: Request) -> Response:
        """Something somebody does with a telephone."""
        wanted: Json = json.loads(await request.body())
        person = self._person(str(wanted.get("person") or ""))
        try:
            done = self._done(person, wanted)
        except AssertionError as refused:
            return JSONResponse({"done": False, "why": str(refused)})
        self._api.world.changed()
        return JSONResponse({"done": True, **done})

    def _done(self, person: Person, wanted: Json) -> Json:
        match wanted["action"]:
            case "type":
                person.type(wanted["text"])
            case "press":
                shown = next(message for message in person.screen() if message.id == wanted["message"])
                person.press_data(shown, wanted["data"])
            case "contact":
                person.send_contact()
            case "file":
                content = base64.b64decode(wanted["content"])
                if wanted["type"] in {"image/png", "image/jpeg"}:
                    person.send_photo(content)
                else:
                    person.send_document(
                        wanted["name"], content, wanted["type"] or "application/octet-stream"
                    )
            case "block":
                if person.chat.blocked:
                    person.restart()
                else:
                    person.block()
            case "person":
                return {"person": self._newcomer().id}
            case "fault" if wanted["fault"]:
                self._api.faults.plan(Fault[wanted["fault"]], method="sendMessage editMessageText", seconds=5)
            case _:
                pass
        return {"person": person.id}

    def _screen(self, person: Person) -> Json:
        world = self._api.world
        with world.lock:
            version = self._version
            messages = [
                {
                    "id": message.id,
                    "from_bot": message.from_bot,
                    "content": message.content,
                    "rows": [
                        [{"text": button.text, "data": button.data, "url": button.url} for button in row]
                        for row in message.rows
                    ],
                    "edited": message.edited,
                }
                for message in person.screen()
            ]
            toasts = person.toasts
            fresh = [text for text in toasts[self._toasts.get(person.id, 0) :] if text]
            self._toasts[person.id] = len(toasts)
            requests = [
                {
                    "time": datetime.fromtimestamp(request.at, UTC).strftime("%H:%M:%S"),
                    "method": request.method,
                    "answer": " ".join(
                        str(part)
                        for part in (request.status or "✂", request.description, request.fault)
                        if part
                    ),
                    "ok": request.ok,
                }
                for request in self._api.record.latest(_MOST_REQUESTS)
                if request.method.lower() != "getupdates"
            ]
            return {
                "version": version,
                "person": person.id,
                "people": [
                    {"id": known.id, "name": known.user.first_name} for known in self._people.values()
                ],
                "bot": world.bot.first_name,
                "blocked": person.chat.blocked,
                "typing": any(world.clock.now() - since < 5 for since, _ in person.chat.typing),
                "toast": " ".join(fresh),
                "messages": messages,
                "keyboard": person.chat.reply_keyboard,
                "menu": person.menu,
                "requests": requests[::-1],
            }

    def _person(self, number: str) -> Person:
        if number.isdigit() and int(number) in self._people:
            return self._people[int(number)]
        return next(iter(self._people.values()), None) or self._newcomer()

    def _newcomer(self) -> Person:
        name = _NAMES[len(self._people) % len(_NAMES)]
        person = self._api.person(name, language="en" if name.isascii() else "zh-hans")
        self._people[person.id] = person
        return person

    def _changed(self) -> None:
        self._version += 1
