"""The outbox: what is on its way to a chat, sealed like the answers."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, delete, exists, func, insert, null, select, text

from domain.privacy.sealing import DataKey
from domain.store.context import Context
from domain.store.instants import from_stored, to_stored
from domain.store.records import PUSHED, Lane, OutboxRow
from domain.store.repositories.lines import queue
from domain.store.repositories.taking_back import TakingBack
from domain.store.schema import UNDER_WAY, deliveries, outbox
from domain.store.statements import Insertion, Row, Statement

MESSAGE_PLACE = "outbox.message"

_MESSAGE = select(outbox.c.id, outbox.c.message, outbox.c.created_at, outbox.c.lane)
_PUT = Insertion(
    insert(outbox).values(
        chat_id=bindparam("chat_id"),
        lane=bindparam("lane"),
        message=bindparam("message"),
        created_at=bindparam("created_at"),
        unique_key=bindparam("unique_key"),
    )
)
_PUT_AS = Insertion(
    insert(outbox).values(
        id=bindparam("id"),
        chat_id=bindparam("chat_id"),
        lane=bindparam("lane"),
        message=bindparam("message"),
        created_at=bindparam("created_at"),
        unique_key=null(),
    )
)
_WITH_KEY = Statement(select(outbox.c.id).where(outbox.c.unique_key == bindparam("unique_key")))
_AFTER = Statement(
    _MESSAGE.where(outbox.c.chat_id == bindparam("chat"), outbox.c.id > bindparam("last"))
    .order_by(outbox.c.id)
    .limit(bindparam("most"))
)
_RECENT = Statement(
    _MESSAGE.where(outbox.c.chat_id == bindparam("chat"))
    .order_by(outbox.c.id.desc())
    .limit(bindparam("most"))
)
_ALL = Statement(_MESSAGE.where(outbox.c.chat_id == bindparam("chat")).order_by(outbox.c.id))
_LAST = Statement(select(func.max(outbox.c.id)).where(outbox.c.chat_id == bindparam("chat")))
_PURGE = Statement(
    delete(outbox).where(
        outbox.c.created_at < bindparam("before"),
        ~exists().where(deliveries.c.outbox_id == outbox.c.id, text(f"({UNDER_WAY})")),
    )
)


class Outbox(TakingBack):
    """`tx.outbox`."""

    __slots__ = ("_context",)

    def __init__(self, context: Context) -> None:
        self._context = context

    def put(
        self,
        chat_id: int,
        message_json: str,
        now: datetime,
        lane: Lane = "reply",
        *,
        not_before: datetime | None = None,
        unique_key: str | None = None,
        repeatable: bool = True,
        not_after: datetime | None = None,
    ) -> int:
        """Queue a message and give its id, larger than that of any message before it in this chat.

        Where messages are carried to the chat it is also put on its way: now, in the order of its lane, or not
        before an instant, in no order. With a `unique_key` that is known nothing happens, and the id is that of
        the message it belongs to. `repeatable`: send it again when nobody knows whether it arrived.
        `not_after`: what was not sent by then is not sent but taken back (`TakingBack`).
        """
        # Holding the chat keeps ids in the order of commits: who read up to an id misses nothing smaller.
        self._context.lock_chat(chat_id)
        if unique_key is not None:
            known = self._context.sql.row(_WITH_KEY, unique_key=unique_key)
            if known is not None:
                return int(known[0])
        message_id = self._add(
            chat_id,
            lane,
            self._context.chat_key(chat_id).seal(message_json, MESSAGE_PLACE),
            to_stored(now),
            unique_key,
        )
        if self._context.channel(chat_id) in PUSHED:
            planned_for = not_before if not_before is not None and not_before > now else None
            queue(
                self._context,
                message_id,
                chat_id,
                lane,
                planned_for,
                repeatable=repeatable,
                not_after=not_after,
            )
        return message_id

    def _add(self, chat_id: int, lane: Lane, message: bytes, now: int, unique_key: str | None) -> int:
        sql = self._context.sql
        message_id = sql.next_message() if unique_key is None else None
        if message_id is None:
            return sql.added(
                _PUT, chat_id=chat_id, lane=lane, message=message, created_at=now, unique_key=unique_key
            )
        sql.later(
            "messages", _PUT_AS, id=message_id, chat_id=chat_id, lane=lane, message=message, created_at=now
        )
        return message_id

    def after(self, chat_id: int, last_id: int, limit: int) -> tuple[OutboxRow, ...]:
        """The messages after an id, oldest first, at most `limit`."""
        return self._rows(_AFTER, chat_id, last=last_id, most=limit)

    def recent(self, chat_id: int, limit: int) -> tuple[OutboxRow, ...]:
        """The latest messages, at most `limit`, oldest first."""
        return self._rows(_RECENT, chat_id, most=limit)[::-1]

    def all(self, chat_id: int) -> tuple[OutboxRow, ...]:
        """Every message that is still kept, oldest first."""
        return self._rows(_ALL, chat_id)

    def last_id(self, chat_id: int) -> int:
        """The id of the latest message of a chat, 0 when there is none."""
        row = self._context.sql.row(_LAST, chat=chat_id)
        return 0 if row is None or row[0] is None else int(row[0])

    def purge(self, before: datetime) -> int:
        """Remove the messages queued before an instant, but none still on its way, and say how many those were."""
        return self._context.sql.change(_PURGE, before=to_stored(before))

    def _rows(self, statement: Statement, chat_id: int, **values: int) -> tuple[OutboxRow, ...]:
        rows = self._context.sql.rows(statement, chat=chat_id, **values)
        return tuple(_message(row, self._context.chat_key(chat_id)) for row in rows)


def _message(row: Row, key: DataKey) -> OutboxRow:
    message_id, message, created_at, lane = row
    return OutboxRow(message_id, key.open(message, MESSAGE_PLACE), from_stored(created_at), lane)
