"""Web sessions, known by the hash of their token only."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, delete, insert, or_, select, update

from domain.store.context import Context
from domain.store.instants import from_stored, to_stored
from domain.store.records import Session
from domain.store.schema import sessions
from domain.store.statements import Statement

_CREATE = Statement(
    insert(sessions).values(
        token_hash=bindparam("token_hash"),
        chat_id=bindparam("chat_id"),
        created_at=bindparam("created_at"),
        used_at=bindparam("created_at"),
        absolute_end=bindparam("absolute_end"),
    )
)
_FIND = Statement(
    select(sessions.c.chat_id, sessions.c.created_at, sessions.c.used_at, sessions.c.absolute_end).where(
        sessions.c.token_hash == bindparam("hash")
    )
)
_TOUCH = Statement(
    update(sessions)
    .where(sessions.c.token_hash == bindparam("hash"))
    .values(used_at=bindparam("new_used_at"))
)
_REVOKE = Statement(delete(sessions).where(sessions.c.token_hash == bindparam("hash")))
_PURGE = Statement(
    delete(sessions).where(
        or_(sessions.c.absolute_end <= bindparam("now"), sessions.c.used_at < bindparam("idle_before"))
    )
)


class Sessions:
    """`tx.sessions`. `token_hash` is `domain.privacy.hash_token(token)`; the token itself is never stored."""

    __slots__ = ("_context",)

    def __init__(self, context: Context) -> None:
        self._context = context

    def create(self, token_hash: str, chat_id: int, now: datetime, absolute_end: datetime) -> None:
        """Open a session that ends at `absolute_end` whatever happens."""
        self._context.sql.change(
            _CREATE,
            token_hash=token_hash,
            chat_id=chat_id,
            created_at=to_stored(now),
            absolute_end=to_stored(absolute_end),
        )

    def find(self, token_hash: str) -> Session | None:
        """The session of a token. Whether it has ended by now is for the caller to say."""
        row = self._context.sql.row(_FIND, hash=token_hash)
        if row is None:
            return None
        chat_id, created_at, used_at, absolute_end = row
        return Session(
            token_hash, chat_id, from_stored(created_at), from_stored(used_at), from_stored(absolute_end)
        )

    def touch(self, token_hash: str, now: datetime) -> None:
        """Note that the session was used."""
        self._context.sql.change(_TOUCH, hash=token_hash, new_used_at=to_stored(now))

    def revoke(self, token_hash: str) -> None:
        """End a session for good."""
        self._context.sql.change(_REVOKE, hash=token_hash)

    def purge(self, now: datetime, idle_before: datetime | None = None) -> int:
        """Remove the sessions past their end, and those not used since `idle_before`; say how many."""
        return self._context.sql.change(
            _PURGE,
            now=to_stored(now),
            idle_before=-(2**62) if idle_before is None else to_stored(idle_before),
        )
