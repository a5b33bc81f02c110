"""Claiming: which messages go out next, and who may send them until when."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import bindparam, exists, literal_column, or_, select, text, update

from domain.privacy.sealing import BrokenSeal
from domain.store.errors import NotFound
from domain.store.instants import from_stored, to_stored
from domain.store.records import LANES, Claimed, ClaimedDelivery, Lane
from domain.store.repositories.chats import CHAT_COLUMNS, read_chat
from domain.store.repositories.holds import Holds
from domain.store.repositories.lines import AT_ONCE, move_up
from domain.store.repositories.outbox import MESSAGE_PLACE
from domain.store.schema import WAITING, chats, deliveries, outbox, people
from domain.store.statements import Row, Statement

_SENDING = deliveries.alias("other")
_DUE = Statement(
    select(deliveries.c.outbox_id, deliveries.c.chat_id)
    .where(
        deliveries.c.channel == bindparam("channel"),
        deliveries.c.lane == bindparam("lane"),
        text("deliveries.state = 'waiting'"),
        deliveries.c.due_at <= bindparam("now"),
        or_(deliveries.c.not_after.is_(None), deliveries.c.not_after > bindparam("now")),
        ~exists().where(_SENDING.c.chat_id == deliveries.c.chat_id, text("other.state = 'sending'")),
    )
    .order_by(deliveries.c.due_at, deliveries.c.outbox_id)
    .limit(bindparam("most"))
    .offset(bindparam("skipped"))
)
_NEXT_DUE = Statement(
    select(deliveries.c.due_at)
    .where(
        deliveries.c.channel == bindparam("channel"),
        deliveries.c.lane == bindparam("lane"),
        text(WAITING),
        deliveries.c.due_at > bindparam("now"),
    )
    .order_by(deliveries.c.due_at)
    .limit(literal_column("1"))
)
_TOGETHER: Final = 16
"""Messages that are taken with one statement."""

_NAMES: Final = tuple(f"id{number}" for number in range(_TOGETHER))
_TAKING = (
    update(deliveries)
    .where(deliveries.c.outbox_id.in_([bindparam(name) for name in _NAMES]), text(WAITING))
    .values(
        state="sending",
        attempts=deliveries.c.attempts + literal_column("1"),
        fence=deliveries.c.fence + literal_column("1"),
        lease_until=bindparam("new_lease"),
    )
)
_TAKE_KNOWN = Statement(_TAKING)
_TAKE = Statement(
    _TAKING.returning(
        deliveries.c.outbox_id,
        deliveries.c.attempts,
        deliveries.c.fence,
        deliveries.c.repeatable,
        deliveries.c.not_after,
    )
)
_LATEST = outbox.alias("latest")
_CONTENT_OF = (
    select(
        outbox.c.id,
        outbox.c.message,
        select(_LATEST.c.id)
        .where(_LATEST.c.chat_id == outbox.c.chat_id)
        .order_by(_LATEST.c.id.desc())
        .limit(literal_column("1"))
        .scalar_subquery(),
        *CHAT_COLUMNS,
    )
    .join_from(outbox, chats, outbox.c.chat_id == chats.c.id)
    .join(people, chats.c.person_id == people.c.id)
    .where(outbox.c.id.in_([bindparam(name) for name in _NAMES]))
)
_CONTENT = Statement(_CONTENT_OF)
_STANDING = Statement(
    _CONTENT_OF.add_columns(
        deliveries.c.attempts + literal_column("1"),
        deliveries.c.fence + literal_column("1"),
        deliveries.c.repeatable,
        deliveries.c.not_after,
    ).join(deliveries, deliveries.c.outbox_id == outbox.c.id)
)
"""The content, and how each stands once it is taken: where nobody else writes, that is known before."""

_EXPIRED = Statement(
    select(
        deliveries.c.channel,
        deliveries.c.outbox_id,
        deliveries.c.chat_id,
        deliveries.c.lane,
        deliveries.c.repeatable,
    ).where(text("state = 'sending'"), deliveries.c.lease_until <= bindparam("now"))
)
_GIVE_UP_LEASE = Statement(
    update(deliveries)
    .where(deliveries.c.outbox_id == bindparam("id"), text("state = 'sending'"))
    .values(state=bindparam("new_state"), due_at=bindparam("new_due"), lease_until=None)
)
_EXTEND = Statement(
    update(deliveries)
    .where(
        deliveries.c.outbox_id == bindparam("id"),
        deliveries.c.fence == bindparam("of_fence"),
        text("state = 'sending'"),
    )
    .values(lease_until=bindparam("new_lease"))
)
_HASTEN = Statement(
    update(deliveries)
    .where(
        deliveries.c.channel == bindparam("of_channel"),
        text(WAITING),
        deliveries.c.due_at > bindparam("farthest"),
        text("(planned = 0 OR attempts > 0)"),
    )
    .values(due_at=literal_column(str(AT_ONCE)))
)
_SHORTEN = Statement(
    update(deliveries)
    .where(text("state = 'sending'"), deliveries.c.lease_until > bindparam("farthest"))
    .values(lease_until=bindparam("new_lease"))
)


class DeliveryClaims(Holds):
    """The part of `tx.deliveries` that hands out work."""

    __slots__ = ()

    def claim(
        self,
        channel: str,
        now: datetime,
        lease: timedelta,
        room: Mapping[Lane, int],
        busy: Collection[int] = (),
    ) -> Claimed:
        """Take what is due and may be sent: replies first, broadcasts last, of each chat one message at most.

        `room` says how many of each lane are wanted, the first number being also that of all together; `busy`
        are chats to leave alone. Leases that ended are taken back first: what is repeatable waits again, the
        rest is left as unknown.
        """
        # One claim at a time: claims are short, and two at once could take two messages of one chat.
        self._context.lock_name("deliveries", channel)
        stored = to_stored(now)
        self._take_back_expired(channel, stored, busy)
        holds = self.holds(channel, now)
        if any(hold.chat_id is None for hold in holds):
            return Claimed((), None, holds)
        left_alone = {*busy, *(hold.chat_id for hold in holds if hold.chat_id is not None)}
        taken: list[ClaimedDelivery] = []
        next_due: list[int] = []
        for lane in LANES:
            wanted = room.get(lane, 0) - len(taken)
            ids = self._due(channel, lane, stored, wanted, left_alone)
            for first in range(0, len(ids), _TOGETHER):
                taken += self._take(ids[first : first + _TOGETHER], lane, stored + _length(lease))
            later = None
            if len(ids) < wanted:
                later = self._context.sql.row(_NEXT_DUE, channel=channel, lane=lane, now=stored)
            if later is not None:
                next_due.append(later[0])
        return Claimed(tuple(taken), from_stored(min(next_due)) if next_due else None, holds)

    def extend(self, claimed: Iterable[ClaimedDelivery], until: datetime) -> None:
        """These are still being sent by whoever claimed them; what was taken over meanwhile stays with the other."""
        for delivery in claimed:
            self._context.sql.change(
                _EXTEND, id=delivery.outbox_id, of_fence=delivery.fence, new_lease=to_stored(until)
            )

    def recover(self, channel: str, now: datetime, *, longest_wait: timedelta, lease: timedelta) -> int:
        """After the clock was set back: nothing waits, and no lease or hold lasts, longer than can have been
        meant."""
        sql, stored = self._context.sql, to_stored(now)
        self.recover_holds(channel, now, tolerance=lease)
        hastened = sql.change(_HASTEN, of_channel=channel, farthest=stored + _length(longest_wait))
        # Twice the lease: the clocks of two machines may differ a little.
        return hastened + sql.change(
            _SHORTEN,
            farthest=stored + 2 * _length(lease),
            new_lease=stored + _length(lease),
        )

    def _take_back_expired(self, channel: str, now: int, busy: Collection[int]) -> None:
        for of_channel, outbox_id, chat_id, lane, repeatable in self._context.sql.rows(_EXPIRED, now=now):
            if of_channel != channel or chat_id in busy:
                continue
            self._context.lock_chat(chat_id)
            state, due = ("waiting", AT_ONCE) if repeatable else ("unknown", None)
            self._context.sql.change(_GIVE_UP_LEASE, id=outbox_id, new_state=state, new_due=due)
            move_up(self._context, chat_id, lane)

    def _due(self, channel: str, lane: Lane, now: int, wanted: int, left_alone: set[int]) -> list[int]:
        """The first messages of a lane that are due, of chats not left alone; their chats are added to those."""
        found: list[int] = []
        page, skipped = wanted + len(left_alone), 0
        while len(found) < wanted:
            rows = self._context.sql.rows(
                _DUE, channel=channel, lane=lane, now=now, most=page, skipped=skipped
            )
            for outbox_id, chat_id in rows:
                if chat_id not in left_alone and len(found) < wanted:
                    left_alone.add(chat_id)
                    found.append(outbox_id)
            if len(rows) < page:
                break
            skipped += page
        return found

    def _take(self, ids: Sequence[int], lane: Lane, lease_until: int) -> list[ClaimedDelivery]:
        """Take some, at most as many as go together, in their order."""
        sql = self._context.sql
        # Where there are fewer, the last one is named again.
        named = {name: ids[min(place, len(ids) - 1)] for place, name in enumerate(_NAMES)}
        if self._context.shared:
            taken = {row[0]: row for row in sql.rows(_TAKE, **named, new_lease=lease_until)}
            contents = {row[0]: row for row in sql.rows(_CONTENT, **named)}
        else:
            # For SQLite to give back what it changed costs more than the change; and it gives row after row.
            standing = sql.rows(_STANDING, **named)
            taken = {row[0]: (row[0], *row[-4:]) for row in standing}
            contents = {row[0]: row[:-4] for row in standing}
            changed = sql.change(_TAKE_KNOWN, **named, new_lease=lease_until)
            if not changed == len(standing) == len(ids):
                raise NotFound("a row that has to be there is missing")
        if not contents.keys() >= taken.keys():
            raise NotFound("a row that has to be there is missing")
        opened = [self._open(taken[one], contents[one], lane) for one in ids if one in taken]
        return [delivery for delivery in opened if delivery is not None]

    def _open(self, taken: Row, content: Row, lane: Lane) -> ClaimedDelivery | None:
        outbox_id, attempt, fence, repeatable, not_after = taken
        _, message, latest, *columns = content
        chat = read_chat(self._context, tuple(columns))
        try:
            said = self._context.chat_key(chat.id).open(message, MESSAGE_PLACE)
        except BrokenSeal:
            # Tampered with. Left in its place it would stop everything behind it.
            self._context.lock_chat(chat.id)
            self._context.sql.change(_GIVE_UP_LEASE, id=outbox_id, new_state="dead", new_due=None)
            move_up(self._context, chat.id, lane)
            return None
        return ClaimedDelivery(
            outbox_id, chat, said, lane, attempt, fence, bool(repeatable), latest, not_after is not None
        )


def _length(span: timedelta) -> int:
    return span // timedelta(microseconds=1)
