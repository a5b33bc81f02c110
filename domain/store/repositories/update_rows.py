"""Rows of the inbox as they are read, and the line of each chat."""

from __future__ import annotations

from typing import Final

from sqlalchemy import bindparam, literal_column, select, text, update
from sqlalchemy.sql.elements import ColumnElement

from domain.privacy.sealing import BrokenSeal, DataKey
from domain.store.context import Context
from domain.store.instants import from_stored
from domain.store.records import UpdateRow
from domain.store.schema import WAITING, updates
from domain.store.statements import Row, Statement

PAYLOAD_PLACE: Final = "updates.payload"
ERROR_PLACE: Final = "updates.error"

AT_ONCE: Final[ColumnElement[int]] = literal_column("0")
"""The `due_at` of what has waited for nothing but its turn: no jump of the clock can put it off."""

UPDATE_ROW = select(
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
"""What `UpdateRows._read` needs."""

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
MOVE_UP = Statement(
    update(updates).where(updates.c.id == _FIRST, updates.c.due_at.is_(None)).values(due_at=AT_ONCE)
)


class UpdateRows:
    """What arriving, handling and deciding have in common."""

    __slots__ = ("_context",)

    def __init__(self, context: Context) -> None:
        self._context = context

    def _move_up(self, row: UpdateRow) -> None:
        # Whoever stores an update of this chat meanwhile sees that it is the first, or is seen here.
        self._context.lock_name("updates", row.channel, row.order_key)
        self._context.sql.change(MOVE_UP, of_channel=row.channel, of_key=row.order_key)

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
            _opened(key, payload, PAYLOAD_PLACE),
            from_stored(received_at),
            state,
            attempts,
            _opened(key, error, ERROR_PLACE),
            followed,
        )


def _opened(key: DataKey, sealed: bytes | None, place: str) -> str:
    """What was tampered with reads as empty: whoever handles it fails, and it ends up on the operator's desk."""
    try:
        return "" if sealed is None else key.open(sealed, place)
    except BrokenSeal:
        return ""
