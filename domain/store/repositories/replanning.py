"""Who has to be planned for, and when: marked by whatever changes, taken by the clockwork in portions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from sqlalchemy import (
    BigInteger,
    CompoundSelect,
    Select,
    Text,
    bindparam,
    case,
    cast,
    func,
    literal,
    literal_column,
    select,
    text,
    union,
    update,
)

from domain.store.context import Context
from domain.store.instants import from_stored, to_stored
from domain.store.schema import chats, people, planned_with, receipts, replans, subscriptions
from domain.store.statements import Statement
from domain.store.upserts import insert

CLOCK: Final = "clock"
"""The note of when the clock was looked at last."""

_SECOND: Final = 1_000_000
_TOLERANCE: Final = 15 * 60 * _SECOND
"""Smaller corrections of the clock put nothing off for long; clocks of two machines may differ by as much."""

_SEEN_EVERY: Final = 60 * _SECOND

Why = Literal["check", "facts", "consent", "preferences", "role", "round", "text", "holidays", "time"]
"""What changed: of the first five the person knows, as they did it themselves."""

AT_ONCE: Final = 0
"""The `due_at` of what is marked: no jump of the clock can put it off."""

_ADD = insert(replans).values(
    chat_id=bindparam("chat_id"),
    due_at=literal_column(str(AT_ONCE)),
    marked_at=bindparam("marked_at"),
    why=bindparam("why"),
)
_MARKED = {
    "due_at": literal_column(str(AT_ONCE)),
    "marked_at": case(
        (replans.c.marked_at < text("excluded.marked_at"), replans.c.marked_at),
        else_=text("excluded.marked_at"),
    ),
    "why": case(
        (replans.c.marked_at.is_(None), text("excluded.why")),
        (replans.c.why.contains(text("excluded.why")), replans.c.why),
        else_=replans.c.why.concat(literal(" ")).concat(text("excluded.why")),
    ),
}
_MARK = Statement(_ADD.on_conflict_do_update(index_elements=["chat_id"], set_=_MARKED))


def _mark_all(of: Select[int] | CompoundSelect[int]) -> Statement:
    """Mark every chat of a query, which names them `chat_id`, in one statement however many they are."""
    them = of.subquery("them")
    # SQLite would take the ON of ON CONFLICT for a join's, were there no WHERE before it; PostgreSQL has to be told
    # what a bare value is. Two who mark the same chats lock them in the same order.
    marks = (
        select(
            them.c.chat_id,
            literal_column(str(AT_ONCE)),
            cast(bindparam("marked_at"), BigInteger),
            cast(bindparam("why"), Text),
        )
        .where(them.c.chat_id.is_not(None))
        .order_by(them.c.chat_id)
    )
    add = insert(replans).from_select(["chat_id", "due_at", "marked_at", "why"], marks)
    return Statement(add.on_conflict_do_update(index_elements=["chat_id"], set_=_MARKED))


_CONCERNED = union(
    select(subscriptions.c.chat_id).where(subscriptions.c.programme == bindparam("programme")),
    select(receipts.c.chat_id).where(receipts.c.programme == bindparam("programme")),
)
_CONCERNED_BY_PROGRAMME = Statement(_CONCERNED.order_by("chat_id"))
_MARK_PROGRAMME = _mark_all(_CONCERNED)
_MARK_PERSON = _mark_all(select(chats.c.id.label("chat_id")).where(chats.c.person_id == bindparam("person")))
_MARK_ORGANISATION = _mark_all(
    select(chats.c.id.label("chat_id"))
    .join_from(chats, people, chats.c.person_id == people.c.id)
    .where(people.c.organisation_id == bindparam("organisation"))
)
# Used in several ways in one statement: PostgreSQL has to be told what it is.
_OF_WHY = cast(bindparam("of_why"), Text)
_EVERYBODY = Statement(
    update(replans).values(
        due_at=literal_column(str(AT_ONCE)),
        marked_at=case((replans.c.marked_at < bindparam("now"), replans.c.marked_at), else_=bindparam("now")),
        why=case(
            (replans.c.marked_at.is_(None), _OF_WHY),
            (replans.c.why.contains(_OF_WHY), replans.c.why),
            else_=replans.c.why.concat(literal(" ")).concat(_OF_WHY),
        ),
    )
)
_DUE = Statement(
    select(replans.c.chat_id)
    .where(replans.c.due_at <= bindparam("now"))
    .order_by(replans.c.due_at, replans.c.chat_id)
    .limit(bindparam("most"))
)
_OVERDUE = Statement(
    select(func.count(), func.min(func.coalesce(replans.c.marked_at, replans.c.due_at))).where(
        replans.c.due_at <= bindparam("now")
    )
)
_GET = Statement(
    select(replans.c.due_at, replans.c.marked_at, replans.c.looked_at, replans.c.why).where(
        replans.c.chat_id == bindparam("chat")
    )
)
_PLANNED = Statement(
    update(replans)
    .where(replans.c.chat_id == bindparam("chat"))
    .values(due_at=bindparam("next_look"), marked_at=None, looked_at=bindparam("now"), why="time")
)
_PUT_OFF = Statement(
    update(replans).where(replans.c.chat_id == bindparam("chat")).values(due_at=bindparam("later"))
)
_RECOVER = Statement(
    update(replans).values(
        due_at=literal_column(str(AT_ONCE)),
        marked_at=bindparam("now"),
        looked_at=case((replans.c.looked_at > bindparam("now"), bindparam("now")), else_=replans.c.looked_at),
        why="time",
    )
)
_NOTED = Statement(select(planned_with.c.digest).where(planned_with.c.name == bindparam("name")))
_NOTE = insert(planned_with).values(name=bindparam("name"), digest=bindparam("digest"))
_KEEP_NOTE = Statement(
    _NOTE.on_conflict_do_update(index_elements=["name"], set_={"digest": _NOTE.excluded.digest})
)


@dataclass(frozen=True, slots=True)
class Replan:
    """That a chat has to be planned for, and when: long ago, if it is marked. `marked_at`: since when something changed
    that nobody looked at.
    """

    due_at: datetime
    marked_at: datetime | None
    looked_at: datetime | None
    why: frozenset[str]


class Replanning:
    """`tx.replanning`."""

    __slots__ = ("_context",)

    def __init__(self, context: Context) -> None:
        self._context = context

    def mark(self, chat_id: int, why: Why, now: datetime) -> None:
        """Something changed that matters to a chat."""
        self._context.sql.change(_MARK, chat_id=chat_id, marked_at=to_stored(now), why=why)

    def of_person(self, person_id: int, why: Why, now: datetime) -> int:
        """Mark every chat of a person; gives how many those are."""
        return self._context.sql.change(_MARK_PERSON, person=person_id, marked_at=to_stored(now), why=why)

    def of_organisation(self, organisation_id: int, why: Why, now: datetime) -> int:
        """Mark the chats of everybody who speaks for an organisation; gives how many those are."""
        return self._context.sql.change(
            _MARK_ORGANISATION, organisation=organisation_id, marked_at=to_stored(now), why=why
        )

    def all_of_programme(self, programme: str, why: Why, now: datetime) -> int:
        """Mark the chats of everybody who checked a programme or chose about it; gives how many those are."""
        return self._context.sql.change(
            _MARK_PROGRAMME, programme=programme, marked_at=to_stored(now), why=why
        )

    def concerned_by(self, programme: str) -> tuple[int, ...]:
        """The chats of everybody who checked a programme or chose about it."""
        return tuple(row[0] for row in self._context.sql.rows(_CONCERNED_BY_PROGRAMME, programme=programme))

    def everybody(self, why: Why, now: datetime) -> int:
        """Mark every chat that was ever planned for; gives how many those are."""
        return self._context.sql.change(_EVERYBODY, now=to_stored(now), of_why=why)

    def due(self, now: datetime, most: int) -> tuple[int, ...]:
        """The chats that have to be planned for by now, the longest waiting first. Reads nothing else."""
        return tuple(row[0] for row in self._context.sql.rows(_DUE, now=to_stored(now), most=most))

    def overdue(self, now: datetime) -> tuple[int, datetime | None]:
        """How many chats wait to be planned for, and since when the first of them does."""
        count, first = self._context.sql.one(_OVERDUE, now=to_stored(now))
        return int(count), None if first is None else from_stored(first)

    def get(self, chat_id: int) -> Replan | None:
        """What is known of when a chat is planned for; None for one that never was marked."""
        row = self._context.sql.row(_GET, chat=chat_id)
        if row is None:
            return None
        due_at, marked_at, looked_at, why = row
        return Replan(
            from_stored(due_at),
            None if marked_at is None else from_stored(marked_at),
            None if looked_at is None else from_stored(looked_at),
            frozenset(why.split()),
        )

    def planned(self, chat_id: int, now: datetime, next_look: datetime) -> None:
        """A chat was planned for, in this transaction; look again then though nothing may have changed."""
        self._context.sql.change(_PLANNED, chat=chat_id, now=to_stored(now), next_look=to_stored(next_look))

    def put_off(self, chat_id: int, until: datetime) -> None:
        """Planning for a chat failed: try again then."""
        self._context.sql.change(_PUT_OFF, chat=chat_id, later=to_stored(until))

    def see_clock(self, now: datetime) -> bool:
        """Notice, whichever process saw it last, that the clock was set back; then everybody is planned for anew.

        A time that was put down while the clock was ahead would otherwise hold for as long as it was ahead.
        """
        row = self._context.sql.row(_NOTED, name=CLOCK)
        seen = None if row is None else int(row[0])
        stored = to_stored(now)
        if seen is not None and seen - _TOLERANCE < stored < seen + _SEEN_EVERY:
            return False
        self._context.sql.change(_KEEP_NOTE, name=CLOCK, digest=str(stored))
        if seen is None or stored > seen:
            return False
        self._context.sql.change(_RECOVER, now=stored)
        return True

    def made_with(self, name: str, digest: str) -> bool:
        """Note what plans are made with from now on; False when they were made with the same before."""
        row = self._context.sql.row(_NOTED, name=name)
        if row is not None and row[0] == digest:
            return False
        self._context.sql.change(_KEEP_NOTE, name=name, digest=digest)
        return True
