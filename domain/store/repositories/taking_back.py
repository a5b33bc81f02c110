"""Taking back what may not be sent any more for now: quiet hours began, or the day is over of which it speaks.

The message is removed, with its key. What it said waits to be said again as if it had never been queued: whoever said it
decides anew, when it may be said and whether it still matters.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, case, delete, exists, literal_column, select, text, update

from domain.store.context import Context
from domain.store.instants import to_stored
from domain.store.repositories.lines import move_up
from domain.store.repositories.replanning import Replanning
from domain.store.schema import (
    KEEPS_QUIET,
    announcement_recipients,
    announcements,
    deliveries,
    outbox,
    planned_reminders,
)
from domain.store.statements import Statement

_OVERDUE = Statement(
    select(deliveries.c.outbox_id)
    .where(text(KEEPS_QUIET), deliveries.c.not_after <= bindparam("now"))
    .order_by(deliveries.c.not_after)
    .limit(bindparam("most"))
)
_CHAT_OF = Statement(
    select(deliveries.c.chat_id, deliveries.c.lane).where(deliveries.c.outbox_id == bindparam("message"))
)
_STOP = Statement(
    update(deliveries)
    .where(
        deliveries.c.outbox_id == bindparam("message"),
        text(KEEPS_QUIET),
        deliveries.c.not_after <= bindparam("now"),
    )
    .values(state="dropped", due_at=None)
)
_REMOVE = Statement(delete(outbox).where(outbox.c.id == bindparam("message")))
_NEVER_TOLD = (
    update(planned_reminders)
    .where(planned_reminders.c.chat_id == bindparam("chat"), text("planned_reminders.state = 'sent'"))
    .values(
        told=planned_reminders.c.told - literal_column("1"),
        told_at=case((text("told > 1"), planned_reminders.c.told_at), else_=literal_column("NULL")),
        bundle=None,
        message=None,
    )
)
_UNSAID = Statement(
    _NEVER_TOLD.where(planned_reminders.c.message == bindparam("of_message")).values(
        state=case((text("told > 1"), "snoozed"), else_="planned")
    )
)
_DROPPED_ON_ITS_WAY = Statement(
    _NEVER_TOLD.where(
        exists().where(
            deliveries.c.outbox_id == planned_reminders.c.message, text("deliveries.state = 'dropped'")
        )
    ).values(state="dropped", reason="blocked")
)
_WITHDRAWN = (
    select(announcements.c.id)
    .where(
        announcements.c.id == announcement_recipients.c.announcement_id,
        announcements.c.state == literal_column("'withdrawn'"),
    )
    .exists()
)
_NOT_ANNOUNCED = Statement(
    update(announcement_recipients)
    .where(
        announcement_recipients.c.chat_id == bindparam("chat"),
        announcement_recipients.c.outbox_id == bindparam("of_message"),
        text("state = 'queued'"),
    )
    .values(state=case((_WITHDRAWN, "withdrawn"), else_="waiting"), outbox_id=None)
)
_DOUBT = update(deliveries).where(text(KEEPS_QUIET)).values(not_after=literal_column("0"))
_DOUBT_ALL = Statement(_DOUBT)
_DOUBT_CHAT = Statement(
    _DOUBT.where(deliveries.c.chat_id == bindparam("chat"), deliveries.c.lane == literal_column("'reminder'"))
)


def forget_dropped(context: Context, chat_id: int) -> None:
    """Messages of a chat were dropped on their way, as nothing reaches it any more: what they said was not heard."""
    context.sql.change(_DROPPED_ON_ITS_WAY, chat=chat_id)


class TakingBack:
    """The part of `tx.outbox` that takes back."""

    __slots__ = ()

    _context: Context

    def overdue(self, now: datetime, most: int) -> tuple[int, ...]:
        """Messages that were to be sent before now or not at all, at most `most`. Reads nothing else."""
        return tuple(row[0] for row in self._context.sql.rows(_OVERDUE, now=to_stored(now), most=most))

    def take_back(self, message_id: int, now: datetime) -> bool:
        """Remove such a message and let what it said wait to be said again; False when it is being sent, or gone."""
        sql = self._context.sql
        row = sql.row(_CHAT_OF, message=message_id)
        if row is None:
            return False
        chat_id, lane = row
        self._context.lock_chat(chat_id)
        if not sql.change(_STOP, message=message_id, now=to_stored(now)):
            return False
        if sql.change(_UNSAID, chat=chat_id, of_message=message_id):
            # What followed from its having been said (that a date moved since) follows no more.
            Replanning(self._context).mark(chat_id, "time", now)
        sql.change(_NOT_ANNOUNCED, chat=chat_id, of_message=message_id)
        sql.change(_REMOVE, message=message_id)
        move_up(self._context, chat_id, lane)
        return True

    def doubt(self, chat_id: int | None = None) -> int:
        """Take back, with the next look, all that waits although it might not be said: the clock was wrong when it was
        queued. Of a chat: its reminders, as its person wants to hear of other things, or at other times.
        """
        if chat_id is None:
            return self._context.sql.change(_DOUBT_ALL)
        return self._context.sql.change(_DOUBT_CHAT, chat=chat_id)
