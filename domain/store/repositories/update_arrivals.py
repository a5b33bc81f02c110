"""How updates come in: stored before they are acknowledged, each once, in the order in which they were said."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from sqlalchemy import Text, bindparam, case, delete, exists, func, literal_column, select, text

from domain.store.instants import to_stored
from domain.store.repositories.update_rows import AT_ONCE, MOVE_UP, PAYLOAD_PLACE, UpdateRows
from domain.store.schema import WAITING, updates
from domain.store.statements import Insertion, Statement
from domain.store.upserts import insert

LATE: Final = 500
"""How much smaller the id of an update that comes late may be: a webhook is called a hundred times at once at most. What is
farther away is of a new count, which platforms begin after a long silence."""

FEW_LINES: Final = 200
"""Lines that are looked through at once, to see who waits in none of them."""

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
        due_at=case((_SOMETHING_IN_LINE, literal_column("NULL")), else_=AT_ONCE),
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
_LAST = Statement(
    select(updates.c.update_id)
    # Keeps the planner from collecting all rows of the channel: it walks back over the rows as they came.
    .where(literal_column("channel || ''", Text) == bindparam("channel"))
    .order_by(updates.c.id.desc())
    .limit(literal_column("1"))
)


class UpdateArrivals(UpdateRows):
    """The part of `tx.updates` that takes in."""

    __slots__ = ()

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
            sealed = self._key(channel, update_id).seal(payload_json, PAYLOAD_PLACE)
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

    def last_update_id(self, channel: str) -> int | None:
        """The platform's id of the update that was stored last."""
        row = self._context.sql.row(_LAST, channel=channel)
        return None if row is None else int(row[0])

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
        sql.change(MOVE_UP, of_channel=channel, of_key=order_key)
        for _, other_id, payload, received_at in later:
            self._store(channel, other_id, order_key, payload, received_at)
