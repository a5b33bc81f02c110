"""What an operator sees of the inbox, and may do about it."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import bindparam, text, update

from domain.store.records import UpdateRow, UpdateState
from domain.store.repositories.update_rows import AT_ONCE, UPDATE_ROW, UpdateRows
from domain.store.schema import WAITING, updates
from domain.store.statements import Statement

_BY_LINE = (updates.c.channel, updates.c.order_key, updates.c.id)
_LIST: Mapping[UpdateState, Statement] = {
    "waiting": Statement(UPDATE_ROW.where(text(WAITING)).order_by(*_BY_LINE).limit(bindparam("most"))),
    "set_aside": Statement(
        UPDATE_ROW.where(text("state = 'set_aside'")).order_by(*_BY_LINE).limit(bindparam("most"))
    ),
    "done": Statement(
        UPDATE_ROW.where(text("state = 'done'")).order_by(updates.c.id.desc()).limit(bindparam("most"))
    ),
}
_OF_CHAT = tuple(
    Statement(
        UPDATE_ROW.where(
            updates.c.channel == bindparam("channel"),
            updates.c.order_key == bindparam("order_key"),
            text(state),
        ).order_by(updates.c.id)
    )
    for state in ("state = 'set_aside'", WAITING)
)
_GET = Statement(UPDATE_ROW.where(updates.c.id == bindparam("id")))
_WITH_NUMBER = Statement(
    UPDATE_ROW.where(updates.c.channel == bindparam("channel"), updates.c.update_id == bindparam("update_id"))
)
_AGAIN = Statement(
    update(updates)
    .where(
        updates.c.id == bindparam("of_id"),
        text("(state = 'set_aside' OR (state = 'waiting' AND due_at IS NOT NULL))"),
    )
    .values(state="waiting", due_at=AT_ONCE)
)


class UpdateDesk(UpdateRows):
    """The part of `tx.updates` that shows what is there."""

    __slots__ = ()

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
