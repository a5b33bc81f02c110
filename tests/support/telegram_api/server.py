"""The Bot API over HTTP."""

from __future__ import annotations

import asyncio
import re
from typing import Final

from starlette.applications import Starlette
from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.routing import Route

from tests.support.telegram_api import calls
from tests.support.telegram_api.answers import Granted, Refusal, body_of, too_many_requests
from tests.support.telegram_api.call import Call
from tests.support.telegram_api.connections import Connections
from tests.support.telegram_api.faults import EFFECTIVE, Fault, Faults, Planned
from tests.support.telegram_api.limits import Limits
from tests.support.telegram_api.parameters import Parameters, read
from tests.support.telegram_api.polling import Polling
from tests.support.telegram_api.record import Record, Request
from tests.support.telegram_api.webhook import Webhook, WebhookRules
from tests.support.telegram_api.world import World

LARGEST_BODY: Final = 52 * 1024 * 1024
_TOKEN: Final = re.compile(r"[0-9]{1,16}:[A-Za-z0-9_-]{30,50}")


class Api:
    """Takes requests, lets faults strike, carries methods out and writes everything down."""

    def __init__(
        self,
        token: str,
        world: World,
        faults: Faults,
        limits: Limits,
        record: Record,
        connections: Connections,
        webhook_rules: WebhookRules,
    ) -> None:
        self.token = token
        self.world = world
        self._faults = faults
        self._limits = limits
        self._record = record
        self._connections = connections
        self.polling = Polling(world)
        self.webhook = Webhook(world, self.polling, webhook_rules, self._asked_by_webhook)
        self._waiting_methods = calls.waiting_methods(self.polling, self.webhook)

    def routes(self) -> list[Route]:
        """The addresses of the Bot API."""
        both = ["GET", "POST"]
        return [
            Route("/bot{token}/{method}", self._connections.endable(self.call), methods=both),
            Route("/file/bot{token}/{path:path}", self.download, methods=["GET"]),
        ]

    async def call(self, request: HttpRequest) -> Response:
        """One call of a method."""
        method = request.path_params["method"]
        try:
            self._authorize(request.path_params["token"])
            parameters = await self._parameters(request)
        except Refusal as refusal:
            return _answer(refusal)
        with self.world.lock:
            now = self.world.clock.now()
            written = self._record.begin(method, parameters.integer("chat_id"), now, parameters.jsonable())
            self._limits.note(written, now)
        fault = self._faults.strike(method, written.chat_id)
        status: int | None = None
        try:
            response = await (
                self._faulty(request, written, parameters, fault)
                if fault
                else self._carry_out(written, parameters)
            )
            status = None if response is None else response.status_code
            return response or Response(status_code=500)
        finally:
            with self.world.lock:
                self._record.end(written, status)
                if status != 200:
                    self.world.changed()

    async def download(self, request: HttpRequest) -> Response:
        """One file the bot asked for before, while its address lives."""
        try:
            self._authorize(request.path_params["token"])
        except Refusal as refusal:
            return _answer(refusal)
        if (planned := self._faults.strike("download", None)) is not None:
            match planned.fault:
                case Fault.SERVER_ERROR:
                    return Response("<html>Bad Gateway</html>", planned.status, media_type="text/html")
                case Fault.DELAY:
                    await asyncio.sleep(planned.seconds)
                case _:
                    await self._connections.drop(request)
        with self.world.lock:
            content = calls.content_at(self.world, request.path_params["path"])
        if content is None:
            return _answer(Refusal(404, "Not Found"))
        return Response(content, media_type="application/octet-stream")

    def _authorize(self, token: str) -> None:
        if not _TOKEN.fullmatch(token):
            raise Refusal(404, "Not Found")
        if token != self.token:
            raise Refusal(401, "Unauthorized")

    @staticmethod
    async def _parameters(request: HttpRequest) -> Parameters:
        size = 0
        chunks = []
        async for chunk in request.stream():
            size += len(chunk)
            if size > LARGEST_BODY:
                raise Refusal(413, "Request Entity Too Large")
            chunks.append(chunk)
        return read(request.headers.get("content-type", ""), request.url.query, b"".join(chunks))

    async def _carry_out(self, written: Request, parameters: Parameters) -> Response:
        try:
            granted = await self._granted(written, parameters)
        except Refusal as refusal:
            written.description = refusal.description
            return _answer(refusal)
        written.carried_out = True
        written.result = None if self._record.counting else granted.result
        return _answer(granted)

    async def _granted(self, written: Request, parameters: Parameters) -> Granted:
        waiting = self._waiting_methods.get(written.method.lower())
        if waiting is not None:
            return await waiting(parameters)
        function = calls.known(written.method)
        with self.world.lock:
            chat = self.world.chats.get(written.chat_id or 0)
            if chat is not None:
                self._limits.check(written.method, chat, self.world.clock)
            return function(Call(self.world, parameters))

    async def _asked_by_webhook(self, parameters: Parameters) -> None:
        method = parameters.text("method") or ""
        with self.world.lock:
            now = self.world.clock.now()
            written = self._record.begin(method, parameters.integer("chat_id"), now, parameters.jsonable())
        if not method.lower().startswith("get") and method.lower() not in self._waiting_methods:
            response = await self._carry_out(written, parameters)
            self._record.end(written, response.status_code)

    async def _faulty(
        self, request: HttpRequest, written: Request, parameters: Parameters, planned: Planned
    ) -> Response | None:
        """Carry out a request as a fault has it; None when the connection was dropped."""
        written.fault = planned.fault.name
        response = await self._carry_out(written, parameters) if planned.fault in EFFECTIVE else None
        match planned.fault:
            case Fault.DELAY:
                await asyncio.sleep(planned.seconds)
            case Fault.DROP_BEFORE | Fault.DROP_AFTER:
                await self._connections.drop(request)
                return None
            case Fault.HANG_BEFORE | Fault.HANG_AFTER:
                await asyncio.sleep(planned.seconds)
                await self._connections.drop(request)
                return None
            case Fault.SERVER_ERROR:
                page = f"<html><body><h1>{planned.status} Bad Gateway</h1></body></html>"
                return Response(page, status_code=planned.status, media_type="text/html")
            case Fault.SERVER_ERROR_JSON:
                return _answer(Refusal(planned.status, "Internal Server Error"))
            case Fault.GARBAGE:
                return Response(b'{"ok":true,"resu\xff\xfe', status_code=200, media_type="application/json")
            case Fault.TOO_MANY_REQUESTS:
                self._limits.told_to_wait(planned.chat_id, self.world.clock.now() + planned.seconds)
                return _answer(too_many_requests(int(planned.seconds)))
        return response


def _answer(answer: Granted | Refusal) -> Response:
    status = answer.code if isinstance(answer, Refusal) else 200
    headers: dict[str, str] = {}
    if isinstance(answer, Refusal) and answer.parameters and "retry_after" in answer.parameters:
        headers["Retry-After"] = str(answer.parameters["retry_after"])
    return Response(body_of(answer), status_code=status, media_type="application/json", headers=headers)


def application(routes: list[Route]) -> Starlette:
    """The application with all its addresses; what is at no address gets the API's own 404."""

    async def nothing_here(_request: HttpRequest, _error: Exception) -> Response:
        return _answer(Refusal(404, "Not Found"))

    return Starlette(routes=routes, exception_handlers={404: nothing_here})
