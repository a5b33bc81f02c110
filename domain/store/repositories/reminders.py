"""Reminders that are planned, were said, or are not to be said any more; what they are about is sealed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import bindparam, delete, func, literal_column, select, text, update

from domain.reminders.kept import reminder_from_json, reminder_to_json
from domain.reminders.model import Reminder, ReminderState, StoredReminder
from domain.store.context import Context
from domain.store.instants import from_stored, to_stored
from domain.store.schema import SAID_OR_OVER, TO_SAY
from domain.store.schema import planned_reminders as planned
from domain.store.statements import Row, Statement
from domain.store.upserts import insert

CONTENT_PLACE = "planned_reminders.content"

_COLUMNS = (
    planned.c.id,
    planned.c.chat_id,
    planned.c.content,
    planned.c.state,
    planned.c.send_at,
    planned.c.reason,
    planned.c.told,
    planned.c.told_at,
    planned.c.bundle,
    planned.c.failures,
)
_TO_SAY = text(f"({TO_SAY})")
_GET = Statement(select(*_COLUMNS).where(planned.c.id == bindparam("id")))
_OF_CHAT = Statement(
    select(*_COLUMNS).where(planned.c.chat_id == bindparam("chat")).order_by(planned.c.send_at, planned.c.id)
)
_UPCOMING = Statement(
    select(*_COLUMNS)
    .where(planned.c.chat_id == bindparam("chat"), _TO_SAY)
    .order_by(planned.c.send_at, planned.c.id)
)
_DUE = Statement(
    select(*_COLUMNS)
    .where(planned.c.chat_id == bindparam("chat"), _TO_SAY, planned.c.send_at <= bindparam("now"))
    .order_by(planned.c.send_at, planned.c.id)
)
_BUNDLE = Statement(
    select(*_COLUMNS)
    .where(planned.c.chat_id == bindparam("chat"), planned.c.bundle == bindparam("first"))
    .order_by(planned.c.due, planned.c.id)
)
_DUE_CHATS = Statement(
    select(planned.c.chat_id)
    .where(_TO_SAY, planned.c.send_at <= bindparam("now"))
    .order_by(planned.c.send_at, planned.c.chat_id)
    .limit(bindparam("most"))
)
_OVERDUE = Statement(
    select(func.count(), func.min(planned.c.send_at)).where(_TO_SAY, planned.c.send_at <= bindparam("now"))
)
_NEXT = Statement(
    select(*_COLUMNS).where(_TO_SAY).order_by(planned.c.send_at, planned.c.chat_id).limit(bindparam("most"))
)
_SET_ASIDE = Statement(
    select(*_COLUMNS)
    .where(text(f"({SAID_OR_OVER})"), planned.c.state == literal_column("'set_aside'"))
    .order_by(planned.c.due)
    .limit(bindparam("most"))
)
_ADD = Statement(
    insert(planned)
    .values(
        chat_id=bindparam("chat_id"),
        key=bindparam("key"),
        thread=bindparam("thread"),
        kind=bindparam("kind"),
        programme=bindparam("programme"),
        due=bindparam("due"),
        content=bindparam("content"),
        send_at=bindparam("send_at"),
        state=bindparam("state"),
        reason=bindparam("reason"),
        told=literal_column("0"),
        failures=literal_column("0"),
    )
    .on_conflict_do_nothing(index_elements=["chat_id", "key"])
)
_PLAN = Statement(
    update(planned)
    .where(planned.c.id == bindparam("one"))
    .values(
        content=bindparam("new_content"),
        send_at=bindparam("new_send_at"),
        state=bindparam("new_state"),
        reason="",
    )
)
_END = Statement(
    update(planned)
    .where(planned.c.id == bindparam("one"), _TO_SAY)
    .values(state=bindparam("new_state"), reason=bindparam("new_reason"))
)
_SENT = Statement(
    update(planned)
    .where(planned.c.id == bindparam("one"), _TO_SAY)
    .values(
        state="sent",
        reason="",
        told=planned.c.told + literal_column("1"),
        told_at=bindparam("now"),
        bundle=bindparam("first"),
        message=bindparam("in_message"),
        failures=literal_column("0"),
    )
)
_PUT_OFF = Statement(
    update(planned)
    .where(planned.c.id == bindparam("one"), _TO_SAY)
    .values(send_at=bindparam("later"), failures=planned.c.failures + bindparam("failed"))
)
_SNOOZE = Statement(
    update(planned)
    .where(planned.c.id == bindparam("one"), text("state IN ('sent', 'snoozed')"))
    .values(state="snoozed", send_at=bindparam("later"))
)
_DONE = Statement(
    update(planned)
    .where(planned.c.chat_id == bindparam("chat"), planned.c.thread == bindparam("of_thread"))
    .where(text("state <> 'done'"))
    .values(state="done")
)
_PURGE = Statement(delete(planned).where(text(f"({SAID_OR_OVER})"), planned.c.due < bindparam("before")))


class Reminders:
    """`tx.reminders`. Whoever changes reminders of a chat holds the chat (`tx.chats.lock`)."""

    __slots__ = ("_context",)

    def __init__(self, context: Context) -> None:
        self._context = context

    def get(self, reminder_id: int) -> StoredReminder | None:
        """The reminder with this id, whosever it is."""
        row = self._context.sql.row(_GET, id=reminder_id)
        return None if row is None else self._read(row)

    def of_chat(self, chat_id: int) -> tuple[StoredReminder, ...]:
        """Every reminder kept for a chat, the earliest first."""
        return self._rows(_OF_CHAT, chat=chat_id)

    def upcoming(self, chat_id: int) -> tuple[StoredReminder, ...]:
        """What is to be said in a chat, the next first."""
        return self._rows(_UPCOMING, chat=chat_id)

    def bundle(self, chat_id: int, first_id: int) -> tuple[StoredReminder, ...]:
        """What was said together in one message of a chat, the nearest date first."""
        return self._rows(_BUNDLE, chat=chat_id, first=first_id)

    def due(self, chat_id: int, now: datetime) -> tuple[StoredReminder, ...]:
        """What is to be said in a chat by now."""
        return self._rows(_DUE, chat=chat_id, now=to_stored(now))

    def due_chats(self, now: datetime, most: int) -> tuple[int, ...]:
        """The chats in which something is due by now, the longest waiting first; `most` reminders are read at most.

        Reads nothing but what is due.
        """
        rows = self._context.sql.rows(_DUE_CHATS, now=to_stored(now), most=most)
        return tuple(dict.fromkeys(row[0] for row in rows))

    def overdue(self, now: datetime) -> tuple[int, datetime | None]:
        """How many reminders are due and not said, and since when the first of them is."""
        count, first = self._context.sql.one(_OVERDUE, now=to_stored(now))
        return int(count), None if first is None else from_stored(first)

    def next(self, most: int) -> tuple[StoredReminder, ...]:
        """What is said next, in any chat; for operators."""
        return self._rows(_NEXT, most=most)

    def set_aside(self, most: int) -> tuple[StoredReminder, ...]:
        """What could not be said although it was tried again and again; for operators."""
        return self._rows(_SET_ASIDE, most=most)

    def add(
        self,
        chat_id: int,
        reminder: Reminder,
        send_at: datetime,
        *,
        state: ReminderState = "planned",
        reason: str = "",
    ) -> bool:
        """Keep a reminder; False when its key is known already, and then nothing happens."""
        return (
            self._context.sql.change(
                _ADD,
                chat_id=chat_id,
                key=reminder.key,
                thread=reminder.thread,
                kind=reminder.kind,
                programme=reminder.programme,
                due=reminder.due.isoformat(),
                content=self._seal(chat_id, reminder),
                send_at=to_stored(send_at),
                state=state,
                reason=reason,
            )
            > 0
        )

    def plan_again(self, stored: StoredReminder, reminder: Reminder, send_at: datetime) -> None:
        """Say it then, in the form it has now; a snoozed one stays snoozed, any other is planned."""
        self._context.sql.change(
            _PLAN,
            one=stored.id,
            new_content=self._seal(stored.chat_id, reminder),
            new_send_at=to_stored(send_at),
            new_state="snoozed" if stored.state == "snoozed" else "planned",
        )

    def end(self, reminder_id: int, state: ReminderState, reason: str = "") -> bool:
        """Do not say it; False when it was said or ended before."""
        return self._context.sql.change(_END, one=reminder_id, new_state=state, new_reason=reason) > 0

    def sent(self, reminder_ids: Iterable[int], message_id: int, now: datetime) -> None:
        """These were said in one message, put into the outbox in this transaction."""
        ids = tuple(reminder_ids)
        first = ids[0] if len(ids) > 1 else None
        for reminder_id in ids:
            self._context.sql.change(
                _SENT, one=reminder_id, now=to_stored(now), first=first, in_message=message_id
            )

    def put_off(self, reminder_id: int, until: datetime, *, failed: bool = False) -> None:
        """Say it not before then: it is quiet, or making the message failed."""
        self._context.sql.change(_PUT_OFF, one=reminder_id, later=to_stored(until), failed=int(failed))

    def snooze(self, reminder_id: int, until: datetime) -> bool:
        """Say it once more then; False when it was never said, or is done."""
        return self._context.sql.change(_SNOOZE, one=reminder_id, later=to_stored(until)) > 0

    def done(self, stored: StoredReminder) -> bool:
        """What it is about is done: nothing of its thread is said any more. False when that was known."""
        changed = self._context.sql.change(_DONE, chat=stored.chat_id, of_thread=stored.reminder.thread)
        return changed > 0 and stored.state != "done"

    def purge(self, before: date) -> int:
        """Forget what was said or ended and was about days before one; gives how many those were."""
        return self._context.sql.change(_PURGE, before=before.isoformat())

    def _seal(self, chat_id: int, reminder: Reminder) -> bytes:
        return self._context.chat_key(chat_id).seal(reminder_to_json(reminder), CONTENT_PLACE)

    def _rows(self, statement: Statement, **values: int) -> tuple[StoredReminder, ...]:
        return tuple(map(self._read, self._context.sql.rows(statement, **values)))

    def _read(self, row: Row) -> StoredReminder:
        reminder_id, chat_id, content, state, send_at, reason, told, told_at, bundle, failures = row
        return StoredReminder(
            id=reminder_id,
            chat_id=chat_id,
            reminder=reminder_from_json(self._context.chat_key(chat_id).open(content, CONTENT_PLACE)),
            state=state,
            send_at=from_stored(send_at),
            reason=reason,
            told=told,
            told_at=None if told_at is None else from_stored(told_at),
            bundle=bundle,
            failures=failures,
        )
