"""Web sessions: a random token in a cookie; the store knows only its hash."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from bot.web.errors import NO_SESSION, WebError
from domain.privacy import hash_token
from domain.store import Session, Transaction

LONGEST_TOKEN: Final = 100


@dataclass(frozen=True, slots=True)
class SessionRules:
    """How long a session lasts and how its cookie is set."""

    idle: timedelta
    absolute: timedelta
    https: bool

    @property
    def cookie(self) -> str:
        """The cookie's name. The prefix makes browsers refuse it over plain http and from other hosts."""
        return "__Host-zhuoyue" if self.https else "zhuoyue"

    def token_hash(self, request: Request) -> str | None:
        """What the store calls the session of a request; None without a plausible cookie."""
        token = request.cookies.get(self.cookie, "")
        return hash_token(token) if 0 < len(token) <= LONGEST_TOKEN else None

    def set_cookie(self, response: Response, token: str) -> None:
        """Give a browser its token."""
        response.set_cookie(
            self.cookie,
            token,
            max_age=int(self.absolute.total_seconds()),
            path="/",
            secure=self.https,
            httponly=True,
            samesite="strict",
        )

    def living(self, tx: Transaction, token_hash: str | None, now: datetime) -> Session | None:
        """The session behind a hash, unless it was idle too long or has reached its end."""
        session = tx.sessions.find(token_hash) if token_hash else None
        if session is None or now >= session.absolute_end or now >= session.used_at + self.idle:
            return None
        return session

    def required(self, tx: Transaction, token_hash: str | None, now: datetime) -> Session:
        """The living session behind a hash; `WebError` 401 when there is none."""
        session = self.living(tx, token_hash, now)
        if session is None:
            raise WebError(401, "no_session", NO_SESSION)
        return session
