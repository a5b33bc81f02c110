"""Updates: what platforms delivered, stored before it is acknowledged and handled in the order of each chat.

A turn needs no lease: it claims, handles and finishes its update in one transaction, whose end gives the
update back or settles it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, exists, func, literal_column, select, text, update

from domain.store.instants import from_stored, to_stored
from domain.store.records import UpdateRow, UpdateState
from domain.store.repositories.update_arrivals import UpdateArrivals
from domain.store.repositories.update_desk import UpdateDesk
from domain.store.repositories.update_rows import AT_ONCE, ERROR_PLACE, UPDATE_ROW
from domain.store.schema import WAITING, updates
from domain.store.statements import Statement

_BEHIND = updates.alias("behind")
_CLAIM = Statement(
    UPDATE_ROW.add_columns(
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
_POSTPONE = Statement(
    update(updates)
    .where(updates.c.id == bindparam("of_id"), text(WAITING), updates.c.due_at.is_not(None))
    .values(due_at=bindparam("new_due"))
)
_PURGE = Statement(
    delete(updates).where(updates.c.received_at < bindparam("before"), text("state <> 'waiting'"))
)
_HASTEN = Statement(
    update(updates)
    .where(
        updates.c.channel == bindparam("of_channel"), text(WAITING), updates.c.due_at > bindparam("farthest")
    )
    .values(due_at=AT_ONCE)
)


class Updates(UpdateArrivals, UpdateDesk):
    """`tx.updates`."""

    __slots__ = ()

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

    def purge(self, before: datetime) -> int:
        """Forget what was received before an instant, but nothing that waits, and say how many those were."""
        return self._context.sql.change(_PURGE, before=to_stored(before))

    def recover(self, channel: str, now: datetime, *, longest_wait: timedelta) -> int:
        """After the clock was set back: nothing waits longer than it can have been meant to."""
        return self._context.sql.change(_HASTEN, of_channel=channel, farthest=to_stored(now + longest_wait))

    def _failed(
        self, claimed: UpdateRow, attempt: int, state: UpdateState, due_at: int | None, error: str
    ) -> bool:
        sealed = self._key(claimed.channel, claimed.update_id).seal(error, ERROR_PLACE)
        changed = self._context.sql.change(
            _FAILED, of_id=claimed.id, attempt=attempt, new_state=state, new_due=due_at, new_error=sealed
        )
        return changed > 0
