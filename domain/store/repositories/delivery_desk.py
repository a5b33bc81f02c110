"""What an operator sees of the messages on their way, and may do about them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, case, func, literal_column, select, text, update

from domain.store.context import Context
from domain.store.instants import from_stored, to_stored
from domain.store.records import DeliveryRow, DeliveryState, Depth
from domain.store.repositories.lines import AT_ONCE, move_up
from domain.store.schema import OPEN, deliveries, outbox
from domain.store.statements import Row, Statement

_ERROR_PLACE = "deliveries.error"

_ROW = select(
    deliveries.c.outbox_id,
    deliveries.c.chat_id,
    deliveries.c.channel,
    deliveries.c.lane,
    deliveries.c.state,
    outbox.c.created_at,
    deliveries.c.due_at,
    deliveries.c.attempts,
    deliveries.c.error,
    deliveries.c.message_ref,
).join_from(deliveries, outbox, deliveries.c.outbox_id == outbox.c.id)
_BY_LANE = (
    deliveries.c.channel,
    deliveries.c.lane,
    deliveries.c.state,
    deliveries.c.due_at,
    deliveries.c.outbox_id,
)
_OF_OPEN = _ROW.where(text(f"({OPEN})")).order_by(*_BY_LANE).limit(bindparam("most"))
_LIST_OPEN = Statement(_OF_OPEN)
_LIST_STATE = Statement(_OF_OPEN.where(deliveries.c.state == bindparam("state")))
_LIST_SETTLED = Statement(
    _ROW.where(deliveries.c.state == bindparam("state"))
    .order_by(deliveries.c.outbox_id.desc())
    .limit(bindparam("most"))
)
_GET = Statement(_ROW.where(deliveries.c.outbox_id == bindparam("id")))
_AGAIN = Statement(
    update(deliveries)
    .where(deliveries.c.outbox_id == bindparam("id"), text("state IN ('dead', 'unknown', 'dropped')"))
    # Its line has gone on without it: it has no place there any more.
    .values(
        state="waiting",
        planned=literal_column("1"),
        due_at=literal_column(str(AT_ONCE)),
        attempts=0,
        error=None,
    )
)
_AT_ONCE = Statement(
    update(deliveries)
    .where(
        deliveries.c.outbox_id == bindparam("id"), text("state = 'waiting'"), deliveries.c.due_at.is_not(None)
    )
    .values(due_at=literal_column(str(AT_ONCE)))
)
_DROP = Statement(
    update(deliveries)
    .where(deliveries.c.outbox_id == bindparam("id"), text("state IN ('waiting', 'dead', 'unknown')"))
    .values(state="dropped", due_at=None)
    .returning(deliveries.c.chat_id, deliveries.c.lane)
)
_PLANNED_FOR_LATER = func.coalesce(deliveries.c.due_at, literal_column("0")) > bindparam("now")
_DEPTHS = Statement(
    select(
        deliveries.c.lane,
        deliveries.c.state,
        func.count(),
        func.min(case((_PLANNED_FOR_LATER, literal_column("NULL")), else_=deliveries.c.outbox_id)),
    )
    .where(deliveries.c.channel == bindparam("channel"), text(f"({OPEN})"))
    .group_by(deliveries.c.lane, deliveries.c.state)
    .order_by(deliveries.c.lane, deliveries.c.state)
)
_OLDEST_REPLY = Statement(
    select(func.min(deliveries.c.outbox_id)).where(
        deliveries.c.channel == bindparam("channel"),
        deliveries.c.lane == literal_column("'reply'"),
        text(f"({OPEN})"),
        text("state IN ('waiting', 'sending')"),
        deliveries.c.planned == literal_column("0"),
    )
)
_PUT_AT = Statement(select(outbox.c.created_at).where(outbox.c.id == bindparam("id")))


class DeliveryDesk:
    """The part of `tx.deliveries` for operators."""

    __slots__ = ()

    _context: Context

    def list(self, state: DeliveryState | None = None, limit: int = 100) -> tuple[DeliveryRow, ...]:
        """The messages in a state, or (None) all that are neither sent nor dropped; at most `limit`.

        Lane by lane; of those sent or dropped the latest.
        """
        sql = self._context.sql
        if state is None:
            rows = sql.rows(_LIST_OPEN, most=limit)
        elif state in {"sent", "dropped"}:
            rows = sql.rows(_LIST_SETTLED, state=state, most=limit)
        else:
            rows = sql.rows(_LIST_STATE, state=state, most=limit)
        return tuple(self._row(row) for row in rows)

    def get(self, outbox_id: int) -> DeliveryRow | None:
        """The message with this id, if it is or was on its way."""
        row = self._context.sql.row(_GET, id=outbox_id)
        return None if row is None else self._row(row)

    def again(self, outbox_id: int) -> bool:
        """Send it as soon as may be, whatever became of it before. False: it was sent, is being sent, or has to
        wait for those before it.
        """
        sql = self._context.sql
        return sql.change(_AGAIN, id=outbox_id) + sql.change(_AT_ONCE, id=outbox_id) > 0

    def drop(self, outbox_id: int) -> bool:
        """Send it no more. False: it was sent, is being sent, or was dropped before."""
        known = self.get(outbox_id)
        if known is None:
            return False
        self._context.lock_chat(known.chat_id)
        row = self._context.sql.row(_DROP, id=outbox_id)
        if row is None:
            return False
        move_up(self._context, *row)
        return True

    def depths(self, channel: str, now: datetime) -> tuple[Depth, ...]:
        """How many messages are in each lane and state that is neither sent nor dropped."""
        sql = self._context.sql
        return tuple(
            Depth(lane, state, count, None if first is None else from_stored(sql.one(_PUT_AT, id=first)[0]))
            for lane, state, count, first in sql.rows(_DEPTHS, channel=channel, now=to_stored(now))
        )

    def oldest_reply(self, channel: str) -> datetime | None:
        """Since when the oldest reply waits that is not planned for later, tried before or not; None: none waits."""
        row = self._context.sql.row(_OLDEST_REPLY, channel=channel)
        if row is None or row[0] is None:
            return None
        return from_stored(self._context.sql.one(_PUT_AT, id=row[0])[0])

    def _row(self, row: Row) -> DeliveryRow:
        outbox_id, chat_id, channel, lane, state, created_at, due_at, attempts, error, message_ref = row
        return DeliveryRow(
            outbox_id,
            chat_id,
            channel,
            lane,
            state,
            from_stored(created_at),
            None if due_at is None else from_stored(due_at),
            attempts,
            "" if error is None else self._context.chat_key(chat_id).open(error, _ERROR_PLACE),
            message_ref or "",
        )


def seal_error(context: Context, chat_id: int, error: str) -> bytes:
    """What went wrong, sealed: it may repeat what the message says."""
    return context.chat_key(chat_id).seal(error, _ERROR_PLACE)
