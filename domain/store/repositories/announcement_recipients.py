"""Those an announcement is for, and what became of each one's message."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import bindparam, case, delete, func, literal_column, or_, select, text, update

from domain.announcements import Announcement, Progress, RecipientState
from domain.store.context import Context
from domain.store.instants import to_stored
from domain.store.repositories.announcement_candidates import REACHED, portion_of
from domain.store.repositories.announcement_forgetting import forget_recipients, forget_results
from domain.store.repositories.lines import AT_ONCE, move_up
from domain.store.schema import (
    ON_ITS_WAY,
    TO_QUEUE,
    announcement_recipients,
    chats,
    deliveries,
    outbox,
)
from domain.store.statements import Statement
from domain.store.upserts import insert

LONGEST_WAIT: Final = timedelta(days=15)
"""Longer than quiet hours and days off ever last: what waits longer was put off by a clock that was ahead."""

_rows = announcement_recipients
_LIST = Statement(
    insert(_rows)
    .values(
        announcement_id=bindparam("announcement_id"),
        chat_id=bindparam("chat_id"),
        state=RecipientState.WAITING.value,
        due_at=literal_column(str(AT_ONCE)),
    )
    .on_conflict_do_nothing(index_elements=["announcement_id", "chat_id"])
)
_WAITING = (
    select(_rows.c.id)
    .where(_rows.c.announcement_id == bindparam("announcement"), text(TO_QUEUE), _rows.c.chat_id.is_not(None))
    .order_by(_rows.c.due_at, _rows.c.id)
    .limit(bindparam("most"))
)
_DUE = Statement(_WAITING.where(_rows.c.due_at <= bindparam("now")))
_PUT_OFF_TOO_FAR = Statement(_WAITING.where(_rows.c.due_at > bindparam("farthest")))
_CHAT_OF = Statement(select(_rows.c.chat_id).where(_rows.c.id == bindparam("id")))
_TAKE = Statement(
    update(_rows)
    .where(_rows.c.id == bindparam("of_id"), text(TO_QUEUE))
    .values(state=bindparam("new_state"), outbox_id=bindparam("new_outbox"))
)
_TAKEN = Statement(
    select(_rows.c.id).where(_rows.c.id == bindparam("of_id"), text(TO_QUEUE)).with_for_update()
)
_PUT_OFF = Statement(
    update(_rows).where(_rows.c.id == bindparam("of_id"), text(TO_QUEUE)).values(due_at=bindparam("later"))
)
_UNDER_WAY = Statement(
    select(_rows.c.id, _rows.c.chat_id, _rows.c.outbox_id)
    .where(_rows.c.announcement_id == bindparam("announcement"), text(ON_ITS_WAY))
    .order_by(_rows.c.id)
)
_COUNT_UNDER_WAY = Statement(
    select(func.count())
    .select_from(_rows)
    .where(_rows.c.announcement_id == bindparam("announcement"), text(ON_ITS_WAY))
)
_STOP_DELIVERY = Statement(
    update(deliveries)
    .where(deliveries.c.outbox_id == bindparam("message"), text("state = 'waiting'"))
    .values(state="dropped", due_at=None)
)
_REMOVE_MESSAGE = Statement(delete(outbox).where(outbox.c.id == bindparam("message")))
_BACK = Statement(
    update(_rows)
    .where(_rows.c.id == bindparam("of_id"), text(ON_ITS_WAY))
    .values(state=bindparam("new_state"), outbox_id=None)
)
_WITHDRAW = Statement(
    update(_rows)
    .where(_rows.c.announcement_id == bindparam("announcement"), text(TO_QUEUE))
    .values(state=RecipientState.WITHDRAWN.value)
)
_OUTCOME = case(
    (text("deliveries.state = 'sent'"), RecipientState.DELIVERED.value),
    (text("deliveries.state = 'unknown'"), RecipientState.UNCERTAIN.value),
    (text("deliveries.state = 'dropped' AND chats.blocked_at IS NOT NULL"), RecipientState.BLOCKED.value),
    else_=RecipientState.FAILED.value,
)
_SETTLED = Statement(
    select(_rows.c.id, _OUTCOME)
    .select_from(
        _rows.outerjoin(deliveries, deliveries.c.outbox_id == _rows.c.outbox_id).outerjoin(
            chats, chats.c.id == _rows.c.chat_id
        )
    )
    .where(
        text("announcement_recipients.state = 'queued'"),
        or_(
            deliveries.c.outbox_id.is_(None),
            text("deliveries.state IN ('sent', 'unknown', 'dead', 'dropped')"),
        ),
    )
    # The order of the index over what is on its way: nothing else is read.
    .order_by(_rows.c.announcement_id, _rows.c.id)
    .limit(bindparam("most"))
)
_SETTLE = Statement(
    update(_rows)
    .where(_rows.c.id == bindparam("of_id"), text(ON_ITS_WAY))
    .values(state=bindparam("new_state"), outbox_id=None)
)
_LOST = Statement(
    update(_rows)
    .where(
        _rows.c.announcement_id == bindparam("announcement"),
        text(TO_QUEUE),
        # Not `IS NULL`: that would be looked up among all rows that ever lost their chat.
        func.coalesce(_rows.c.chat_id, literal_column("0")) == literal_column("0"),
    )
    .values(state=RecipientState.GONE.value)
)
_ANY_WAITING = Statement(
    select(_rows.c.id)
    .where(_rows.c.announcement_id == bindparam("announcement"), text(TO_QUEUE))
    .limit(literal_column("1"))
)
_PROGRESS = Statement(
    select(_rows.c.state, func.count())
    .where(_rows.c.announcement_id == bindparam("announcement"))
    .group_by(_rows.c.state)
)
_RECEIVED = Statement(
    select(_rows.c.id).where(
        _rows.c.announcement_id == bindparam("announcement"),
        _rows.c.chat_id == bindparam("chat"),
        text("state NOT IN ('waiting', 'refused', 'withdrawn')"),
    )
)
_REACHED = Statement(
    select(_rows.c.id).where(
        _rows.c.announcement_id == bindparam("announcement"),
        _rows.c.chat_id == bindparam("chat"),
        text(f"announcement_recipients.{REACHED}"),
    )
)
_REPEATED = Statement(
    select(_rows.c.id)
    .select_from(
        _rows.join(outbox, outbox.c.chat_id == _rows.c.chat_id).join(
            deliveries, deliveries.c.outbox_id == outbox.c.id
        )
    )
    .where(
        _rows.c.announcement_id == bindparam("announcement"),
        _rows.c.chat_id == bindparam("chat"),
        text("announcement_recipients.state = 'failed'"),
        outbox.c.unique_key == bindparam("key"),
        text("deliveries.state IN ('sent', 'unknown')"),
    )
)
_OF_CHAT = Statement(
    select(_rows.c.announcement_id, _rows.c.state)
    .where(_rows.c.chat_id == bindparam("chat"))
    .order_by(_rows.c.announcement_id)
)


class Recipients:
    """`tx.recipients`."""

    __slots__ = ("_context",)

    def __init__(self, context: Context) -> None:
        self._context = context

    # Whom it is for -------------------------------------------------------------------------------

    def list_more(self, announcement: Announcement, after: int) -> tuple[int, int | None]:
        """List a portion of those it is for: how many, and up to which chat; None when these were the last."""
        found, reached = portion_of(self._context, announcement.audience, after)
        for chat_id in found:
            self._context.sql.change(_LIST, announcement_id=announcement.id, chat_id=chat_id)
        return len(found), reached

    # Sending -------------------------------------------------------------------------------------

    @staticmethod
    def key_of(announcement_id: int, chat_id: int) -> str:
        """The key of the message that brings an announcement to a chat: there is one at most."""
        return f"announcement:{announcement_id}:{chat_id}"

    def due(self, announcement_id: int, now: datetime, most: int) -> tuple[int, ...]:
        """Rows whose message may be put on its way now, the longest waiting first."""
        rows, farthest = self._context.sql.rows, to_stored(now + LONGEST_WAIT)
        due = rows(_DUE, announcement=announcement_id, now=to_stored(now), most=most)
        if len(due) < most:
            left = most - len(due)
            due += rows(_PUT_OFF_TOO_FAR, announcement=announcement_id, farthest=farthest, most=left)
        return tuple(row[0] for row in due)

    def chat_of(self, recipient: int) -> int | None:
        """The chat of a row; None for one that belongs to nobody any more."""
        row = self._context.sql.row(_CHAT_OF, id=recipient)
        return None if row is None else row[0]

    def lock(self, recipient: int) -> bool:
        """Hold a row whose message still waits; False when somebody else has seen to it."""
        return self._context.sql.row(_TAKEN, of_id=recipient) is not None

    def queued(self, recipient: int, outbox_id: int) -> bool:
        """Its message is on its way. False: somebody else has seen to it."""
        return self._take(recipient, RecipientState.QUEUED, outbox_id)

    def end(self, recipient: int, state: RecipientState) -> bool:
        """It needs no message any more, or has it already. False: somebody else has seen to it."""
        return self._take(recipient, state, None)

    def put_off(self, recipient: int, until: datetime) -> None:
        """Its message may not go out before an instant."""
        self._context.sql.change(_PUT_OFF, of_id=recipient, later=to_stored(until))

    def under_way(self, announcement_id: int) -> int:
        """How many of its messages are on their way."""
        return int(self._context.sql.one(_COUNT_UNDER_WAY, announcement=announcement_id)[0])

    def pull_back(self, announcement_id: int, *, for_good: bool) -> int:
        """Take back messages that nobody began to send; gives how many. The announcement has to be locked.

        They wait again, or are withdrawn `for_good` with those that were not on their way yet. What is being sent at this
        moment is sent.
        """
        state = RecipientState.WITHDRAWN if for_good else RecipientState.WAITING
        taken = 0
        rows = self._context.sql.rows(_UNDER_WAY, announcement=announcement_id)
        held = [row for row in rows if row[1] is not None and row[2] is not None]
        # In the order of chats, as whoever else holds several does.
        for recipient, chat_id, message in sorted(held, key=lambda row: int(row[1])):
            self._context.lock_chat(chat_id)
            if not self._context.sql.change(_STOP_DELIVERY, message=message):
                continue
            self._context.sql.change(_BACK, of_id=recipient, new_state=state.value)
            # With the message its key goes too: when it goes on, the same key brings the same message once.
            self._context.sql.change(_REMOVE_MESSAGE, message=message)
            move_up(self._context, chat_id, "broadcast")
            taken += 1
        if for_good:
            taken += self._context.sql.change(_WITHDRAW, announcement=announcement_id)
        return taken

    def settle(self, most: int) -> int:
        """Note what became of messages that were on their way; gives how many those are."""
        rows = self._context.sql.rows(_SETTLED, most=most)
        return sum(
            self._context.sql.change(_SETTLE, of_id=recipient, new_state=state) for recipient, state in rows
        )

    def let_go(self, announcement_id: int) -> int:
        """Rows that wait for people who are gone wait no more."""
        return self._context.sql.change(_LOST, announcement=announcement_id)

    # Seeing --------------------------------------------------------------------------------------

    def is_open(self, announcement_id: int) -> bool:
        """Whether somebody's message still waits or is on its way."""
        waiting = self._context.sql.row(_ANY_WAITING, announcement=announcement_id)
        return waiting is not None or self.under_way(announcement_id) > 0

    def progress(self, announcement_id: int) -> Progress:
        """How many people are how far."""
        rows = self._context.sql.rows(_PROGRESS, announcement=announcement_id)
        return Progress({RecipientState(state): count for state, count in rows})

    def received(self, announcement_id: int, chat_id: int) -> bool:
        """Whether a message of it was put on its way to a chat."""
        return self._context.sql.row(_RECEIVED, announcement=announcement_id, chat=chat_id) is not None

    def reached(self, announcement_id: int, chat_id: int) -> bool:
        """Whether it went to a chat, as far as anybody knows."""
        row, place = self._context.sql.row, {"announcement": announcement_id, "chat": chat_id}
        if row(_REACHED, **place) is not None:
            return True
        # What failed and was sent again by an operator is not counted anew; the card is there all the same.
        return row(_REPEATED, key=self.key_of(announcement_id, chat_id), **place) is not None

    def of_chat(self, chat_id: int) -> tuple[tuple[int, str], ...]:
        """The announcements a chat was listed for, and what became of each."""
        return tuple((number, state) for number, state in self._context.sql.rows(_OF_CHAT, chat=chat_id))

    def forget(self, before: datetime) -> int:
        """Forget to whom announcements went that were over before an instant; the numbers stay."""
        return forget_recipients(self._context, before)

    def forget_results(self, before: datetime) -> int:
        """Forget of people who gave no consent that they got what was meant for one result of a self-check, as the
        result itself is forgotten; of announcements that were over before an instant.
        """
        return forget_results(self._context, before)

    def _take(self, recipient: int, state: RecipientState, outbox_id: int | None) -> bool:
        return (
            self._context.sql.change(_TAKE, of_id=recipient, new_state=state.value, new_outbox=outbox_id) > 0
        )
