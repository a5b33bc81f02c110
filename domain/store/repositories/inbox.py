"""The inbox: which updates were taken in, so that none is applied twice."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, delete

from domain.store.context import Context
from domain.store.instants import to_stored
from domain.store.schema import inbox
from domain.store.statements import Statement
from domain.store.upserts import insert

_ACCEPT = Statement(
    insert(inbox)
    .values(
        chat_id=bindparam("chat_id"), update_key=bindparam("update_key"), accepted_at=bindparam("accepted_at")
    )
    .on_conflict_do_nothing(index_elements=["chat_id", "update_key"])
)
_PURGE = Statement(delete(inbox).where(inbox.c.accepted_at < bindparam("before")))


class Inbox:
    """`tx.inbox`."""

    __slots__ = ("_context",)

    def __init__(self, context: Context) -> None:
        self._context = context

    def accept(self, chat_id: int, update_key: str, now: datetime) -> bool:
        """Take in an update. False: it was taken in before, and must not be applied again."""
        added = self._context.sql.change(
            _ACCEPT, chat_id=chat_id, update_key=update_key, accepted_at=to_stored(now)
        )
        return added > 0

    def purge(self, before: datetime) -> int:
        """Forget the updates taken in before an instant, and say how many those were."""
        return self._context.sql.change(_PURGE, before=to_stored(before))
