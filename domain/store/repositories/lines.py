"""Lines: the messages of a lane of a chat go out one after another, so only the first of them is ever due."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import bindparam, case, exists, insert, literal_column, select, text, update

from domain.store.context import Context
from domain.store.instants import to_stored
from domain.store.records import Lane
from domain.store.schema import UNDER_WAY, WAITING, chats, deliveries
from domain.store.statements import Statement

AT_ONCE = 0
"""The `due_at` of what has waited for nothing but its turn: no jump of the clock can put it off."""

_BLOCKED = select(chats.c.blocked_at).where(chats.c.id == bindparam("chat_id")).scalar_subquery()
_SOMEBODY_IN_LINE = exists().where(
    deliveries.c.chat_id == bindparam("chat_id"),
    deliveries.c.lane == bindparam("lane"),
    text("planned = 0"),
    text(f"({UNDER_WAY})"),
)
_QUEUE = insert(deliveries).values(
    outbox_id=bindparam("outbox_id"),
    channel=bindparam("channel"),
    chat_id=bindparam("chat_id"),
    lane=bindparam("lane"),
    planned=literal_column("0"),
    state=case((_BLOCKED.is_(None), literal_column("'waiting'")), else_=literal_column("'dropped'")),
    due_at=case((_SOMEBODY_IN_LINE, literal_column("NULL")), else_=literal_column(str(AT_ONCE))),
    attempts=literal_column("0"),
    fence=literal_column("0"),
    repeatable=bindparam("repeatable"),
    not_after=bindparam("not_after"),
)
_QUEUE_AT_ONCE = Statement(_QUEUE)
_QUEUE_PLANNED = Statement(_QUEUE.values(planned=literal_column("1"), due_at=bindparam("due_at")))

_FIRST = (
    select(deliveries.c.outbox_id)
    .where(
        deliveries.c.chat_id == bindparam("chat"),
        deliveries.c.lane == bindparam("of_lane"),
        text("planned = 0"),
        text(f"({UNDER_WAY})"),
    )
    .order_by(deliveries.c.outbox_id)
    .limit(literal_column("1"))
    .scalar_subquery()
)
_MOVE_UP = Statement(
    update(deliveries)
    .where(deliveries.c.outbox_id == _FIRST, text(WAITING), deliveries.c.due_at.is_(None))
    .values(due_at=literal_column(str(AT_ONCE)))
)
_SOMEBODY_BEHIND = Statement(
    select(deliveries.c.outbox_id)
    .where(
        deliveries.c.channel == bindparam("channel"),
        deliveries.c.lane == bindparam("lane"),
        text("deliveries.state = 'waiting'"),
        deliveries.c.due_at.is_(None),
    )
    .limit(literal_column("1"))
)
_EARLIER = deliveries.alias("earlier")
_MEND = Statement(
    update(deliveries)
    .where(
        text("deliveries.state = 'waiting'"),
        deliveries.c.due_at.is_(None),
        ~exists().where(
            _EARLIER.c.chat_id == deliveries.c.chat_id,
            _EARLIER.c.lane == deliveries.c.lane,
            text("earlier.planned = 0"),
            text("(earlier.state = 'waiting' OR earlier.state = 'sending')"),
            _EARLIER.c.outbox_id < deliveries.c.outbox_id,
        ),
    )
    .values(due_at=literal_column(str(AT_ONCE)))
)


def queue(
    context: Context,
    outbox_id: int,
    chat_id: int,
    lane: Lane,
    planned_for: datetime | None,
    *,
    repeatable: bool,
    not_after: datetime | None,
) -> None:
    """Put a message of the outbox on its way; for a chat that is blocked it is dropped at once.

    Without `planned_for` it stands in the line of its lane; the chat has to be locked.
    """
    values = {
        "outbox_id": outbox_id,
        "channel": context.channel(chat_id),
        "chat_id": chat_id,
        "lane": lane,
        "repeatable": int(repeatable),
        "not_after": None if not_after is None else to_stored(not_after),
    }
    if planned_for is None:
        context.sql.later("messages", _QUEUE_AT_ONCE, **values)
    else:
        context.sql.change(_QUEUE_PLANNED, **values, due_at=to_stored(planned_for))


def move_up(context: Context, chat_id: int, lane: Lane) -> None:
    """Let the next in line be due, when nobody is before it any more; the chat has to be locked."""
    context.sql.change(_MOVE_UP, chat=chat_id, of_lane=lane)


def move_up_all(context: Context, of: Iterable[tuple[str, int, Lane]]) -> None:
    """As `move_up`, of several lines, each named by channel, chat and lane. Only for where no other transaction writes."""
    lines = tuple(of)
    # Mostly nobody stands behind anybody, which is one question for all of them.
    waited_for = {
        (channel, lane)
        for channel, lane in {(channel, lane) for channel, _, lane in lines}
        if context.sql.row(_SOMEBODY_BEHIND, channel=channel, lane=lane) is not None
    }
    behind = [(chat_id, lane) for channel, chat_id, lane in lines if (channel, lane) in waited_for]
    context.sql.change_all(_MOVE_UP, [{"chat": chat_id, "of_lane": lane} for chat_id, lane in behind])


def mend(context: Context) -> None:
    """Let the first of every line be due, after messages were removed from wherever they stood."""
    context.sql.change(_MEND)
