"""Updates: what platforms delivered, stored before it is acknowledged and handled in the order of each chat.

A turn needs no lease: it claims, handles and finishes its update in one transaction, whose end gives the
update back or settles it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Text, bindparam, case, delete, exists, func, literal_column, select, text, update
from sqlalchemy.sql.elements import ColumnElement

from domain.privacy.sealing import BrokenSeal, DataKey
from domain.store.context import Context
from domain.store.instants import from_stored, to_stored
from domain.store.records import UpdateRow, UpdateState
from domain.store.schema import WAITING, updates
from domain.store.statements import Insertion, Row, Statement
from domain.store.upserts import insert

LATE: Final = 500
"""How much smaller the id of an update that comes late may be: a webhook is called a hundred times at once at most. What is
farther away is of a new count, which platforms begin after a long silence."""

FEW_LINES: Final = 200
"""Lines that are looked through at once, to see who waits in none of them."""

_PAYLOAD_PLACE = "updates.payload"
_ERROR_PLACE = "updates.error"

_AT_ONCE: ColumnElement[int] = literal_column("0")
"""The `due_at` of what has waited for nothing but its turn: no jump of the clock can put it off."""

_SOMETHING_IN_LINE = exists().where(
    updates.c.channel == bindparam("channel"), updates.c.order_key == bindparam("order_key"), text(WAITING)
)
_STORE = Statement(
    insert(updates)
    .values(
        channel=bindparam("channel"),
        update_id=bindparam("update_id"),
        order_key=bindparam("order_key"),
        payload=bindparam("payload"),
        received_at=bindparam("received_at"),
        state="waiting",
        due_at=case((_SOMETHING_IN_LINE, literal_column("NULL")), else_=_AT_ONCE),
        attempts=literal_column("0"),
    )
    .on_conflict_do_nothing(index_elements=["channel", "update_id"])
)
_TAKE_AT_ONCE = Statement(
    insert(updates)
    .from_select(
        ["channel", "update_id", "order_key", "received_at", "state", "attempts"],
        select(
            bindparam("channel"),
            bindparam("update_id"),
            literal_column("''"),
            bindparam("received_at"),
            literal_column("'done'"),
            literal_column("0"),
        ).where(~_SOMETHING_IN_LINE),
    )
    .on_conflict_do_nothing(index_elements=["channel", "update_id"])
)
_NOTE_DONE = Insertion(
    insert(updates).values(
        channel=bindparam("channel"),
        update_id=bindparam("update_id"),
        order_key=literal_column("''"),
        received_at=bindparam("received_at"),
        state=literal_column("'done'"),
        attempts=literal_column("0"),
    )
)
_LINES = Statement(
    select(updates.c.order_key)
    .where(updates.c.channel == bindparam("channel"), text(WAITING))
    .distinct()
    .limit(literal_column(str(FEW_LINES + 1)))
)
_ROW = select(
    updates.c.id,
    updates.c.channel,
    updates.c.update_id,
    updates.c.order_key,
    updates.c.payload,
    updates.c.received_at,
    updates.c.state,
    updates.c.attempts,
    updates.c.error,
)
_BEHIND = updates.alias("behind")
_CLAIM = Statement(
    _ROW.add_columns(
        exists().where(
            _BEHIND.c.channel == updates.c.channel,
            _BEHIND.c.order_key == updates.c.order_key,
            _BEHIND.c.id > updates.c.id,
            text("behind.state = 'waiting'"),
        )
    )
    .where(
        updates.c.channel == bindparam("channel"),
        text("updates.state = 'waiting'"),
        updates.c.due_at <= bindparam("now"),
    )
    .order_by(updates.c.due_at, updates.c.id)
    .limit(bindparam("most"))
    .with_for_update(of=updates, skip_locked=True)
)
_OLDEST = Statement(
    select(func.min(updates.c.received_at)).where(updates.c.channel == bindparam("channel"), text(WAITING))
)
_DONE = {"state": "done", "due_at": None, "order_key": "", "payload": None, "error": None}
_FINISH = Statement(
    update(updates).where(updates.c.id == bindparam("of_id"), text("state <> 'done'")).values(**_DONE)
)
_FIRST = (
    select(updates.c.id)
    .where(
        updates.c.channel == bindparam("of_channel"),
        updates.c.order_key == bindparam("of_key"),
        text(WAITING),
    )
    .order_by(updates.c.id)
    .limit(literal_column("1"))
    .scalar_subquery()
)
_MOVE_UP = Statement(
    update(updates).where(updates.c.id == _FIRST, updates.c.due_at.is_(None)).values(due_at=_AT_ONCE)
)
_FAILED = Statement(
    update(updates)
    .where(
        updates.c.id == bindparam("of_id"),
        text(WAITING),
        updates.c.attempts == bindparam("attempt") - literal_column("1"),
    )
    .values(
        state=bindparam("new_state"),
        attempts=bindparam("attempt"),
        due_at=bindparam("new_due"),
        error=bindparam("new_error"),
    )
)
_NEWEST_NEAR = Statement(
    select(func.max(updates.c.update_id)).where(
        updates.c.channel == bindparam("channel"),
        updates.c.update_id > bindparam("first"),
        updates.c.update_id <= bindparam("until"),
    )
)
_SAID_LATER = Statement(
    select(updates.c.id, updates.c.update_id, updates.c.payload, updates.c.received_at)
    .where(
        updates.c.channel == bindparam("channel"),
        updates.c.order_key == bindparam("order_key"),
        text(WAITING),
        updates.c.attempts == literal_column("0"),
        # The sum keeps the planner in the line, away from all that was ever stored with a larger id.
        updates.c.update_id + literal_column("0") > bindparam("update_id"),
        updates.c.update_id + literal_column("0") <= bindparam("until"),
    )
    # One that is being handled is not waited for: whoever holds it may wait for this line.
    .with_for_update(skip_locked=True)
)
_TAKE_OUT = Statement(delete(updates).where(updates.c.id == bindparam("of_id")))
_BY_LINE = (updates.c.channel, updates.c.order_key, updates.c.id)
_LIST: Mapping[UpdateState, Statement] = {
    "waiting": Statement(_ROW.where(text(WAITING)).order_by(*_BY_LINE).limit(bindparam("most"))),
    "set_aside": Statement(
        _ROW.where(text("state = 'set_aside'")).order_by(*_BY_LINE).limit(bindparam("most"))
    ),
    "done": Statement(
        _ROW.where(text("state = 'done'")).order_by(updates.c.id.desc()).limit(bindparam("most"))
    ),
}
_OF_CHAT = tuple(
    Statement(
        _ROW.where(
            updates.c.channel == bindparam("channel"),
            updates.c.order_key == bindparam("order_key"),
            text(state),
        ).order_by(updates.c.id)
    )
    for state in ("state = 'set_aside'", WAITING)
)
_GET = Statement(_ROW.where(updates.c.id == bindparam("id")))
_WITH_NUMBER = Statement(
    _ROW.where(updates.c.channel == bindparam("channel"), updates.c.update_id == bindparam("update_id"))
)
_AGAIN = Statement(
    update(updates)
    .where(
        updates.c.id == bindparam("of_id"),
        text("(state = 'set_aside' OR (state = 'waiting' AND due_at IS NOT NULL))"),
    )
    .values(state="waiting", due_at=_AT_ONCE)
)
_POSTPONE = Statement(
    update(updates)
    .where(updates.c.id == bindparam("of_id"), text(WAITING), updates.c.due_at.is_not(None))
    .values(due_at=bindparam("new_due"))
)
_LAST = Statement(
    select(updates.c.update_id)
    # Keeps the planner from collecting all rows of the channel: it walks back over the rows as they came.
    .where(literal_column("channel || ''", Text) == bindparam("channel"))
    .order_by(updates.c.id.desc())
    .limit(literal_column("1"))
)
_PURGE = Statement(
    delete(updates).where(updates.c.received_at < bindparam("before"), text("state <> 'waiting'"))
)
_HASTEN = Statement(
    update(updates)
    .where(
        updates.c.channel == bindparam("of_channel"), text(WAITING), updates.c.due_at > bindparam("farthest")
    )
    .values(due_at=_AT_ONCE)
)


class Updates:
    """`tx.updates`."""

    __slots__ = ("_context",)

    def __init__(self, context: Context) -> None:
        self._context = context

    def store(self, channel: str, batch: Iterable[tuple[int, str, str]], now: datetime) -> int:
        """Keep what a platform delivered, each (update id, platform's chat, payload) once; says how many are new.

        What comes late (a webhook may be called out of order) goes before what was said after it and still waits.
        """
        ordered, received_at = sorted(batch), to_stored(now)
        for key in sorted({order_key for _, order_key, _ in ordered}):
            self._context.lock_name("updates", channel, key)
        newest = self._newest_near(channel, ordered[0][0], ordered[-1][0]) if ordered else 0
        stored = 0
        for update_id, order_key, payload_json in ordered:
            sealed = self._key(channel, update_id).seal(payload_json, _PAYLOAD_PLACE)
            if self._store(channel, update_id, order_key, sealed, received_at):
                stored += 1
                if update_id < newest:
                    self._overtake(channel, update_id, order_key)
        return stored

    def take_at_once(self, channel: str, update_id: int, order_key: str, now: datetime) -> bool:
        """Note as done what is handled in this very transaction. False: it is known already, or others wait before it.

        Only for where no other transaction writes: on PostgreSQL somebody might join the line meanwhile.
        """
        taken = self._context.sql.change(
            _TAKE_AT_ONCE,
            channel=channel,
            update_id=update_id,
            order_key=order_key,
            received_at=to_stored(now),
        )
        return taken > 0

    def lines(self, channel: str) -> set[str] | None:
        """The platform's chats of which something waits; None: they are many, and each has to be asked for."""
        found = {row[0] for row in self._context.sql.rows(_LINES, channel=channel)}
        return None if len(found) > FEW_LINES else found

    def note_done(self, channel: str, update_ids: Iterable[int], now: datetime) -> None:
        """As `take_at_once`, of several of which it is known that none of their chats has anything waiting.

        Raises StoreError when one of them is known already.
        """
        self._context.sql.add_all(
            _NOTE_DONE,
            [{"channel": channel, "update_id": one, "received_at": to_stored(now)} for one in update_ids],
        )

    def claim(self, channel: str, now: datetime) -> UpdateRow | None:
        """The update to handle next, held until the transaction ends; finish it before."""
        claimed = self.claim_some(channel, now, 1)
        return claimed[0] if claimed else None

    def claim_some(self, channel: str, now: datetime, most: int) -> tuple[UpdateRow, ...]:
        """The updates to handle next, at most `most` and one of a chat; as `claim`."""
        rows = self._context.sql.rows(_CLAIM, channel=channel, now=to_stored(now), most=most)
        # Where others write at the same time somebody may join the line before this transaction ends.
        shared = self._context.shared
        return tuple(self._read(row[:-1], followed=shared or bool(row[-1])) for row in rows)

    def oldest_waiting(self, channel: str) -> datetime | None:
        """When the oldest update that waits was received; None when none does."""
        row = self._context.sql.row(_OLDEST, channel=channel)
        return None if row is None or row[0] is None else from_stored(row[0])

    def finish(self, claimed: UpdateRow) -> None:
        """It was handled: what it said is forgotten, and the next one of its chat may come."""
        self._context.sql.change(_FINISH, of_id=claimed.id)
        if claimed.followed:
            self._move_up(claimed)

    def retry(self, claimed: UpdateRow, attempt: int, not_before: datetime, error: str) -> bool:
        """Handling it failed for the `attempt`-th time; its chat waits for it. False: somebody else was quicker."""
        return self._failed(claimed, attempt, "waiting", to_stored(not_before), error)

    def set_aside(self, claimed: UpdateRow, attempt: int, error: str) -> bool:
        """It fails again and again: an operator has to decide, and its chat goes on."""
        changed = self._failed(claimed, attempt, "set_aside", None, error)
        if changed:
            self._move_up(claimed)
        return changed

    def list(self, state: UpdateState, limit: int = 100) -> tuple[UpdateRow, ...]:
        """The updates in a state, chat by chat (of those done the latest), at most `limit`."""
        return tuple(self._read(row) for row in self._context.sql.rows(_LIST[state], most=limit))

    def of_chat(self, channel: str, order_key: str) -> tuple[UpdateRow, ...]:
        """What a chat said that was not handled yet."""
        return tuple(
            self._read(row)
            for statement in _OF_CHAT
            for row in self._context.sql.rows(statement, channel=channel, order_key=order_key)
        )

    def get(self, row_id: int) -> UpdateRow | None:
        """The update with this id (ours, not the platform's)."""
        row = self._context.sql.row(_GET, id=row_id)
        return None if row is None else self._read(row)

    def numbered(self, channel: str, update_id: int) -> UpdateRow | None:
        """The update with the platform's id."""
        row = self._context.sql.row(_WITH_NUMBER, channel=channel, update_id=update_id)
        return None if row is None else self._read(row)

    def again(self, row_id: int) -> bool:
        """Handle an update that was set aside, or waits to be tried again, at once. False: there is none.

        The failures so far still count: if it fails now it is set aside again.
        """
        return self._context.sql.change(_AGAIN, of_id=row_id) > 0

    def postpone(self, row_id: int, until: datetime) -> bool:
        """Let the first of a line wait without having failed; `again` ends that. False: it does not wait there."""
        return self._context.sql.change(_POSTPONE, of_id=row_id, new_due=to_stored(until)) > 0

    def drop(self, row_id: int) -> bool:
        """Never handle it. False: it was handled or dropped before."""
        known = self.get(row_id)
        if known is None or known.state == "done":
            return False
        self.finish(known)
        return True

    def last_update_id(self, channel: str) -> int | None:
        """The platform's id of the update that was stored last."""
        row = self._context.sql.row(_LAST, channel=channel)
        return None if row is None else int(row[0])

    def purge(self, before: datetime) -> int:
        """Forget what was received before an instant, but nothing that waits, and say how many those were."""
        return self._context.sql.change(_PURGE, before=to_stored(before))

    def recover(self, channel: str, now: datetime, *, longest_wait: timedelta) -> int:
        """After the clock was set back: nothing waits longer than it can have been meant to."""
        return self._context.sql.change(_HASTEN, of_channel=channel, farthest=to_stored(now + longest_wait))

    def _store(self, channel: str, update_id: int, order_key: str, payload: bytes, now: int) -> bool:
        stored = self._context.sql.change(
            _STORE,
            channel=channel,
            update_id=update_id,
            order_key=order_key,
            payload=payload,
            received_at=now,
        )
        return stored > 0

    def _newest_near(self, channel: str, first: int, last: int) -> int:
        """The largest id that is stored already, of those that come soon after these; 0 when there is none."""
        found: int | None = self._context.sql.one(
            _NEWEST_NEAR, channel=channel, first=first, until=last + LATE
        )[0]
        return found or 0

    def _overtake(self, channel: str, update_id: int, order_key: str) -> None:
        """Let what waits untried and was said after an update join its line once more, behind it."""
        sql = self._context.sql
        later = sql.rows(
            _SAID_LATER, channel=channel, order_key=order_key, update_id=update_id, until=update_id + LATE
        )
        later.sort(key=lambda row: row[1])
        for row in later:
            sql.change(_TAKE_OUT, of_id=row[0])
        sql.change(_MOVE_UP, of_channel=channel, of_key=order_key)
        for _, other_id, payload, received_at in later:
            self._store(channel, other_id, order_key, payload, received_at)

    def _failed(
        self, claimed: UpdateRow, attempt: int, state: UpdateState, due_at: int | None, error: str
    ) -> bool:
        sealed = self._key(claimed.channel, claimed.update_id).seal(error, _ERROR_PLACE)
        changed = self._context.sql.change(
            _FAILED, of_id=claimed.id, attempt=attempt, new_state=state, new_due=due_at, new_error=sealed
        )
        return changed > 0

    def _move_up(self, row: UpdateRow) -> None:
        # Whoever stores an update of this chat meanwhile sees that it is the first, or is seen here.
        self._context.lock_name("updates", row.channel, row.order_key)
        self._context.sql.change(_MOVE_UP, of_channel=row.channel, of_key=row.order_key)

    def _key(self, channel: str, update_id: int) -> DataKey:
        return self._context.keys.update(channel, update_id)

    def _read(self, row: Row, *, followed: bool = True) -> UpdateRow:
        row_id, channel, update_id, order_key, payload, received_at, state, attempts, error = row
        key = self._key(channel, update_id)
        return UpdateRow(
            row_id,
            channel,
            update_id,
            order_key,
            _opened(key, payload, _PAYLOAD_PLACE),
            from_stored(received_at),
            state,
            attempts,
            _opened(key, error, _ERROR_PLACE),
            followed,
        )


def _opened(key: DataKey, sealed: bytes | None, place: str) -> str:
    """What was tampered with reads as empty: whoever handles it fails, and it ends up on the operator's desk."""
    try:
        return "" if sealed is None else key.open(sealed, place)
    except BrokenSeal:
        return ""
