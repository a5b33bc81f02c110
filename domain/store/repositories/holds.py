"""Holds: what a platform asked us to wait for, kept so that a process that starts anew waits too."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, select, update

from domain.store.context import Context
from domain.store.instants import from_stored, to_stored
from domain.store.records import Hold
from domain.store.schema import holds
from domain.store.statements import Statement
from domain.store.upserts import insert

_ALL_CHATS = 0

_ADD = insert(holds).values(
    channel=bindparam("channel"),
    chat_id=bindparam("chat_id"),
    asked_at=bindparam("asked_at"),
    until=bindparam("until"),
)
_HOLD = Statement(
    _ADD.on_conflict_do_update(
        index_elements=["channel", "chat_id"],
        set_={"asked_at": _ADD.excluded.asked_at, "until": _ADD.excluded.until},
        where=_ADD.excluded.until > holds.c.until,
    )
)
_HELD = Statement(
    select(holds.c.chat_id, holds.c.until).where(
        holds.c.channel == bindparam("channel"), holds.c.until > bindparam("now")
    )
)
_OVER = Statement(
    delete(holds).where(holds.c.channel == bindparam("channel"), holds.c.until <= bindparam("now"))
)
_BEGIN_ANEW = Statement(
    update(holds)
    .where(holds.c.channel == bindparam("of_channel"), holds.c.asked_at > bindparam("farthest"))
    .values(asked_at=bindparam("now"), until=bindparam("now") + holds.c.until - holds.c.asked_at)
)


class Holds:
    """The part of `tx.deliveries` that keeps holds."""

    __slots__ = ("_context",)

    def __init__(self, context: Context) -> None:
        self._context = context

    def hold(self, channel: str, chat_id: int | None, until: datetime, now: datetime) -> None:
        """Send nothing until then, in one chat or (None) at all; a longer hold stays as it is."""
        sql, asked_at = self._context.sql, to_stored(now)
        sql.change(_OVER, channel=channel, now=asked_at)
        sql.change(
            _HOLD,
            channel=channel,
            chat_id=_ALL_CHATS if chat_id is None else chat_id,
            asked_at=asked_at,
            until=to_stored(until),
        )

    def holds(self, channel: str, now: datetime) -> tuple[Hold, ...]:
        """The holds that are not over."""
        rows = self._context.sql.rows(_HELD, channel=channel, now=to_stored(now))
        return tuple(
            Hold(None if chat_id == _ALL_CHATS else chat_id, from_stored(until)) for chat_id, until in rows
        )

    def recover_holds(self, channel: str, now: datetime, *, tolerance: timedelta) -> int:
        """After the clock was set back: what was asked for in the future was asked for now.

        So no hold is cut short, and none lasts longer than twice what was asked for.
        """
        return self._context.sql.change(
            _BEGIN_ANEW, of_channel=channel, farthest=to_stored(now + tolerance), now=to_stored(now)
        )
