"""How much waits and for how long, for whoever watches the product run.

One look costs a bounded number of rows, however many are stored and however many wait: what waits is counted so far and no
further, and the oldest is looked for among the first only. Everything is found through indexes over what is still open.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Select,
    Subquery,
    Table,
    TextClause,
    bindparam,
    func,
    literal_column,
    select,
    text,
)

from domain.store.context import Context
from domain.store.instants import from_stored, to_stored
from domain.store.records import LANES, DeliveryState, Lane
from domain.store.schema import (
    OPEN,
    TO_SAY,
    WAITING,
    announcement_recipients,
    announcements,
    deliveries,
    outbox,
    planned_reminders,
    replans,
    updates,
)
from domain.store.statements import Statement

MOST: Final = 10_000
"""Messages and people are counted so far, because an index alone answers; such a count says "so much or more"."""

MOST_ROWS: Final = 1_000
"""The same for what is counted row by row: updates, reminders, and chats to plan for."""

LOOKED_AT: Final = 1_000
"""Heads of lines among which the oldest is looked for. They come in the order of what is due first, and of what was never
tried the oldest is the very first; only among more chats than this that are all being tried again may an older one be missed.
"""

OPEN_STATES: Final[tuple[DeliveryState, ...]] = ("waiting", "sending", "unknown", "dead")
"""The states of messages that are counted: those that are neither sent nor dropped."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many wait, counted up to `MOST_ROWS`, and since when the first of them does."""

    count: int
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Standing:
    """How things stand at one moment."""

    inbox: Waiting
    """Updates of platforms that were not handled yet."""

    set_aside: int
    """Updates that failed again and again."""

    outbox: Mapping[tuple[Lane, DeliveryState], int]
    oldest: Mapping[Lane, datetime | None]
    """Since when the oldest message of a lane that may go out is in the outbox, tried before or not."""

    reminders: Waiting
    """Reminders that are due and not said."""

    plans: Waiting
    """Chats that have to be planned for."""

    announcements: int
    """Announcements that are being sent."""

    recipients: Mapping[str, int]
    """Of these: people whose message is ``due``, put off to ``later``, or ``queued``."""


def _counted(
    of: Table, *where: ColumnElement[bool] | TextClause, most: int = MOST_ROWS
) -> ColumnElement[int]:
    """How many rows meet a condition, up to `most`."""
    rows: Select[Any] = select(literal_column("1").label("one")).select_from(of).where(*where)
    first = rows.limit(literal_column(str(most))).subquery()
    return select(func.count()).select_from(first).scalar_subquery()


def _first(rows: Select[Any]) -> Subquery:
    """So many of the rows as are looked at; conditions that no index answers come after this."""
    return rows.limit(literal_column(str(LOOKED_AT))).subquery()


def _smallest(rows: Select[Any]) -> ColumnElement[int]:
    """The smallest value of the first rows."""
    return select(func.min(_first(rows).c[0])).scalar_subquery()


def _put_at(outbox_id: ColumnElement[int]) -> ColumnElement[int]:
    """When a message was put into the outbox."""
    return select(outbox.c.created_at).where(outbox.c.id == outbox_id).scalar_subquery()


def _in_outbox(lane: Lane, state: DeliveryState) -> tuple[ColumnElement[bool] | TextClause, ...]:
    return (
        deliveries.c.channel == bindparam("channel"),
        deliveries.c.lane == literal_column(f"'{lane}'"),
        text(f"({OPEN})"),
        deliveries.c.state == literal_column(f"'{state}'"),
    )


def _waiting(lane: Lane) -> Subquery:
    """The heads of lines that wait, and what is planned for a time of its own; those due first."""
    return _first(
        select(deliveries.c.outbox_id, deliveries.c.due_at, deliveries.c.planned)
        .where(*_in_outbox(lane, "waiting"), deliveries.c.due_at >= literal_column("0"))
        .order_by(deliveries.c.due_at, deliveries.c.outbox_id)
    )


def _head(lane: Lane) -> ColumnElement[int]:
    """Since when the oldest head of a line is in the outbox, due or to be tried again."""
    rows = _waiting(lane)
    return _put_at(
        select(func.min(rows.c.outbox_id)).where(rows.c.planned == literal_column("0")).scalar_subquery()
    )


def _planned(lane: Lane) -> ColumnElement[int]:
    """Since when the first message is due that was planned for a time of its own."""
    rows = _waiting(lane)
    due = select(func.min(rows.c.due_at)).where(
        rows.c.planned == literal_column("1"),
        rows.c.due_at > literal_column("0"),
        rows.c.due_at <= bindparam("now"),
    )
    return due.scalar_subquery()


def _sending(lane: Lane) -> ColumnElement[int]:
    """Since when the oldest message that is being sent is in the outbox."""
    return _put_at(_smallest(select(deliveries.c.outbox_id).where(*_in_outbox(lane, "sending"))))


_OF_CHANNEL = updates.c.channel == bindparam("channel")
_TO_SAY = text(f"({TO_SAY})")
_REMINDER_DUE = planned_reminders.c.send_at <= bindparam("now")
_PLAN_DUE = replans.c.due_at <= bindparam("now")
_BEING_SENT = announcement_recipients.c.announcement_id.in_(
    select(announcements.c.id).where(text("announcements.state = 'sending'"))
)
_TO_QUEUE = text("announcement_recipients.state = 'waiting'")

_COLUMNS: Final[Mapping[str, ColumnElement[int]]] = {
    "inbox": _counted(updates, _OF_CHANNEL, text(WAITING)),
    "inbox since": _smallest(
        select(updates.c.received_at)
        .where(_OF_CHANNEL, text(WAITING), updates.c.due_at >= literal_column("0"))
        .order_by(updates.c.due_at, updates.c.id)
    ),
    "set aside": _counted(updates, _OF_CHANNEL, text("state = 'set_aside'")),
    **{
        f"{lane} {state}": _counted(deliveries, *_in_outbox(lane, state), most=MOST)
        for lane in LANES
        for state in OPEN_STATES
    },
    **{f"{lane} head": _head(lane) for lane in LANES},
    **{f"{lane} planned": _planned(lane) for lane in LANES},
    **{f"{lane} oldest": _sending(lane) for lane in LANES},
    "reminders": _counted(planned_reminders, _TO_SAY, _REMINDER_DUE),
    "reminders since": select(planned_reminders.c.send_at)
    .where(_TO_SAY, _REMINDER_DUE)
    .order_by(planned_reminders.c.send_at)
    .limit(literal_column("1"))
    .scalar_subquery(),
    "plans": _counted(replans, _PLAN_DUE),
    "plans since": _smallest(
        select(func.coalesce(replans.c.marked_at, replans.c.due_at))
        .where(_PLAN_DUE)
        .order_by(replans.c.due_at, replans.c.chat_id)
    ),
    "announcements": _counted(announcements, text("announcements.state = 'sending'")),
    "due": _counted(
        announcement_recipients,
        _BEING_SENT,
        _TO_QUEUE,
        announcement_recipients.c.due_at <= bindparam("now"),
        most=MOST,
    ),
    "later": _counted(
        announcement_recipients,
        _BEING_SENT,
        _TO_QUEUE,
        announcement_recipients.c.due_at > bindparam("now"),
        most=MOST,
    ),
    "queued": _counted(
        announcement_recipients, _BEING_SENT, text("announcement_recipients.state = 'queued'")
    ),
}
_LOOK = Statement(select(*(value.label(f"c{place}") for place, value in enumerate(_COLUMNS.values()))))


class Standings:
    """`tx.standings`."""

    __slots__ = ("_context",)

    def __init__(self, context: Context) -> None:
        self._context = context

    def look(self, channel: str, now: datetime) -> Standing:
        """How things stand now; inbox and outbox are those of one channel."""
        row = self._context.sql.one(_LOOK, channel=channel, now=to_stored(now))
        found: dict[str, int | None] = dict(zip(_COLUMNS, row, strict=True))

        def count(name: str) -> int:
            return found[name] or 0

        def since(*names: str) -> datetime | None:
            known = [stored for name in names if (stored := found[name]) is not None]
            return from_stored(min(known)) if known else None

        return Standing(
            inbox=Waiting(count("inbox"), since("inbox since")),
            set_aside=count("set aside"),
            outbox={(lane, state): count(f"{lane} {state}") for lane in LANES for state in OPEN_STATES},
            oldest={lane: since(f"{lane} head", f"{lane} planned", f"{lane} oldest") for lane in LANES},
            reminders=Waiting(count("reminders"), since("reminders since")),
            plans=Waiting(count("plans"), since("plans since")),
            announcements=count("announcements"),
            recipients={name: count(name) for name in ("due", "later", "queued")},
        )
