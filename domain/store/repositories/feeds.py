"""Private addresses of calendars, known by the hash of their token only."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, insert, select, text, update

from domain.store.context import Context
from domain.store.instants import from_stored, to_stored
from domain.store.schema import feeds
from domain.store.statements import Statement

_WORKS = text("revoked_at IS NULL")
_OPEN = Statement(
    insert(feeds).values(
        chat_id=bindparam("chat_id"), token_hash=bindparam("token_hash"), created_at=bindparam("created_at")
    )
)
_REVOKE = Statement(
    update(feeds).where(feeds.c.chat_id == bindparam("chat"), _WORKS).values(revoked_at=bindparam("now"))
)
_FIND = Statement(select(feeds.c.chat_id).where(feeds.c.token_hash == bindparam("hash"), _WORKS))
_SINCE = Statement(select(feeds.c.created_at).where(feeds.c.chat_id == bindparam("chat"), _WORKS))


class Feeds:
    """`tx.feeds`. `token_hash` is `domain.privacy.hash_token(token)`; the token itself is never stored."""

    __slots__ = ("_context",)

    def __init__(self, context: Context) -> None:
        self._context = context

    def open(self, chat_id: int, token_hash: str, now: datetime) -> None:
        """Give a chat an address for its calendar; the one before works no more."""
        self._context.lock_chat(chat_id)
        self.revoke(chat_id, now)
        self._context.sql.change(_OPEN, chat_id=chat_id, token_hash=token_hash, created_at=to_stored(now))

    def find(self, token_hash: str) -> int | None:
        """The chat whose calendar has this address; None where it never worked or works no more."""
        row = self._context.sql.row(_FIND, hash=token_hash)
        return None if row is None else int(row[0])

    def since(self, chat_id: int) -> datetime | None:
        """When the address in use was made; None where there is none."""
        row = self._context.sql.row(_SINCE, chat=chat_id)
        return None if row is None else from_stored(row[0])

    def revoke(self, chat_id: int, now: datetime) -> bool:
        """Let the address work no more; False where there was none."""
        return self._context.sql.change(_REVOKE, chat=chat_id, now=to_stored(now)) > 0
