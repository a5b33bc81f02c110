"""The webhook: the same updates, brought by Telegram. It answers 200 only after the commit."""

from __future__ import annotations

import hmac
import json
from typing import Final

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from bot.telegram.polling import Keeping
from domain.store import StoreError

PATH: Final = "/telegram/webhook"
PROOF_HEADER: Final = "x-telegram-bot-api-secret-token"
LARGEST_BODY: Final = 1024 * 1024
"""An update is a few kilobytes; with quoted messages some tens."""

_log = structlog.get_logger(__name__)


class Webhook:
    """The endpoint Telegram posts to."""

    def __init__(self, secret: str, keeping: Keeping) -> None:
        self._secret = secret.encode()
        self._keeping = keeping

    async def receive(self, request: Request) -> Response:
        """Take one update in. Who does not know the secret learns nothing."""
        given = request.headers.get(PROOF_HEADER, "").encode()
        if not self._secret or not hmac.compare_digest(given, self._secret):
            return Response(status_code=403)
        body = await _body(request)
        if body is None:
            return Response(status_code=413)
        try:
            update = json.loads(body)
        except (ValueError, RecursionError):
            return Response(status_code=400)
        try:
            await self._keeping.keep([update])
        except StoreError as error:
            # Telegram brings it again.
            _log.warning("updates cannot be stored; they stay with telegram", code=error.code)
            return Response(status_code=503, headers={"Retry-After": "5"})
        return Response(status_code=200)


async def _body(request: Request) -> bytes | None:
    """The body, no further than the limit; None for one beyond it."""
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > LARGEST_BODY:
                return None
    except ClientDisconnect:
        return b""
    return bytes(body)
