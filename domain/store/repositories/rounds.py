"""Rounds of programmes, and the record of every change made to them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import ColumnElement, bindparam, exists, func, insert, literal_column, or_, select, update

from domain.rounds import DAYS, Change, Round, RoundAct, RoundState
from domain.rounds.kept import terms_from, terms_from_json, terms_to_json, texts_to_json
from domain.store.context import Context
from domain.store.errors import StaleRevision
from domain.store.instants import from_stored, to_stored
from domain.store.records import RoundChange
from domain.store.schema import chats, people, receipts, round_changes, rounds, subscriptions
from domain.store.statements import Row, Statement

_WAS_ANNOUNCED = exists().where(
    round_changes.c.round_id == rounds.c.id, round_changes.c.act == literal_column("'announce'")
)
_COLUMNS = (
    rounds.c.id,
    rounds.c.programme,
    rounds.c.district,
    rounds.c.state,
    rounds.c.revision,
    rounds.c.texts,
    rounds.c.source_link,
    ((rounds.c.state == literal_column("'cancelled'")) & ~_WAS_ANNOUNCED).label("never_announced"),
    *(rounds.c[name] for name in DAYS),
)
_GET = Statement(select(*_COLUMNS).where(rounds.c.id == bindparam("id")))
_OF_PROGRAMME = Statement(
    select(*_COLUMNS).where(rounds.c.programme == bindparam("programme")).order_by(rounds.c.id)
)
_ALL = Statement(select(*_COLUMNS).order_by(rounds.c.programme, rounds.c.id))
_PUBLIC = Statement(select(*_COLUMNS).where(_WAS_ANNOUNCED).order_by(rounds.c.programme, rounds.c.id))


def _asked(wanted: int) -> ColumnElement[bool]:
    return exists().where(
        subscriptions.c.chat_id == chats.c.id,
        subscriptions.c.programme == bindparam("programme"),
        subscriptions.c.wanted == wanted,
    )


_CONCERNED = Statement(
    select(func.count())
    .join_from(chats, people, chats.c.person_id == people.c.id)
    .where(
        chats.c.blocked_at.is_(None),
        chats.c.moved_to.is_(None),
        or_(
            _asked(1),
            # Without consent what somebody said serves their conversation only: their self-checks decide nothing.
            (people.c.consent == literal_column("'given'"))
            & exists().where(receipts.c.chat_id == chats.c.id, receipts.c.programme == bindparam("programme"))
            & ~_asked(0),
        ),
    )
)
_ADD = Statement(
    insert(rounds)
    .values(
        programme=bindparam("programme"),
        district=bindparam("district"),
        state=bindparam("state"),
        texts=bindparam("texts"),
        source_link=bindparam("source_link"),
        revision=bindparam("revision"),
        created_at=bindparam("created_at"),
        **{name: bindparam(name) for name in DAYS},
    )
    .returning(rounds.c.id)
)
_SAVE = Statement(
    update(rounds)
    .where(rounds.c.id == bindparam("round"), rounds.c.revision == bindparam("expected"))
    .values(
        state=bindparam("new_state"),
        texts=bindparam("new_texts"),
        source_link=bindparam("new_source_link"),
        revision=bindparam("new_revision"),
        **{name: bindparam(f"new_{name}") for name in DAYS},
    )
)
_NOTE = Statement(
    insert(round_changes).values(
        round_id=bindparam("round"),
        revision=bindparam("revision"),
        act=bindparam("act"),
        reason=bindparam("reason"),
        before=bindparam("before"),
        after=bindparam("after"),
        staff_id=bindparam("staff"),
        at=bindparam("at"),
    )
)
_CHANGES = Statement(
    select(
        round_changes.c.revision,
        round_changes.c.act,
        round_changes.c.reason,
        round_changes.c.before,
        round_changes.c.after,
        round_changes.c.staff_id,
        round_changes.c.at,
    )
    .where(round_changes.c.round_id == bindparam("round"))
    .order_by(round_changes.c.revision)
)


class Rounds:
    """`tx.rounds`. What may be done with a round is decided by `domain.rounds`; here it is carried out."""

    __slots__ = ("_context",)

    def __init__(self, context: Context) -> None:
        self._context = context

    def get(self, round_id: int) -> Round | None:
        """The round with this id."""
        row = self._context.sql.row(_GET, id=round_id)
        return None if row is None else _round(row)

    def of_programme(self, programme: str) -> tuple[Round, ...]:
        """The rounds of a programme in every state, oldest first."""
        return tuple(_round(row) for row in self._context.sql.rows(_OF_PROGRAMME, programme=programme))

    def all(self) -> tuple[Round, ...]:
        """Every round in every state, by programme."""
        return tuple(_round(row) for row in self._context.sql.rows(_ALL))

    def public(self) -> tuple[Round, ...]:
        """Every round people were told of, by programme."""
        return tuple(_round(row) for row in self._context.sql.rows(_PUBLIC))

    def concerned(self, programme: str) -> int:
        """How many chats asked to hear of a programme, or checked it and did not refuse to hear of it.

        Self-checks of people who did not consent lead to no reminder and are not counted. Chats that nothing reaches are not counted.
        """
        return int(self._context.sql.one(_CONCERNED, programme=programme)[0])

    def carry_out(self, change: Change, staff_id: int | None, at: datetime) -> Round:
        """Store a change with its reason, and give the round as it is now.

        Raises StaleRevision when somebody else changed the round since `change.before` was read.
        """
        after = change.after
        stored = {
            "texts": texts_to_json(after.terms),
            "source_link": after.terms.source_link or None,
            **{name: _iso(getattr(after.terms, name)) for name in DAYS},
        }
        if change.before is None:
            row = self._context.sql.one(
                _ADD,
                programme=after.programme,
                district=after.district,
                state=after.state.value,
                revision=after.revision,
                created_at=to_stored(at),
                **stored,
            )
            after = replace(after, id=row[0])
        else:
            saved = self._context.sql.change(
                _SAVE,
                round=after.id,
                expected=change.before.revision,
                new_state=after.state.value,
                new_revision=after.revision,
                **{f"new_{name}": value for name, value in stored.items()},
            )
            if not saved:
                raise StaleRevision(f"round {after.id}")
        self._context.sql.change(
            _NOTE,
            round=after.id,
            revision=after.revision,
            act=change.act.value,
            reason=change.reason,
            before=None if change.before is None else terms_to_json(change.before.terms),
            after=terms_to_json(after.terms),
            staff=staff_id,
            at=to_stored(at),
        )
        return after

    def changes(self, round_id: int) -> tuple[RoundChange, ...]:
        """Every change of a round, oldest first."""
        return tuple(_change(row) for row in self._context.sql.rows(_CHANGES, round=round_id))


def _round(row: Row) -> Round:
    round_id, programme, district, state, revision, texts, source_link, never_announced, *days = row
    opens, closes_safe, closes_outer, decision_due = days
    return Round(
        id=round_id,
        programme=programme,
        district=district,
        state=RoundState(state),
        revision=revision,
        never_announced=bool(never_announced),
        terms=terms_from(texts, (opens, closes_safe, closes_outer, decision_due), source_link or ""),
    )


def _change(row: Row) -> RoundChange:
    revision, act, reason, before, after, staff_id, at = row
    return RoundChange(
        revision=revision,
        act=RoundAct(act),
        reason=reason,
        before=None if before is None else terms_from_json(before),
        after=terms_from_json(after),
        staff_id=staff_id,
        at=from_stored(at),
    )


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
