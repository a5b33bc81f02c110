"""Deliveries: how messages of the outbox fare on their way to the chats they are carried to.

A worker claims what is due under a lease, sends it, and says what came of it. Only who claimed it last may
say so (the fence), so a worker that was away too long changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Text, bindparam, case, literal_column, select, text, update
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.types import TypeEngine

from domain.store.errors import NotFound
from domain.store.instants import to_stored
from domain.store.outcomes import Done
from domain.store.records import ClaimedDelivery, Lane, Living
from domain.store.repositories.chats import Chats
from domain.store.repositories.delivery_claims import DeliveryClaims
from domain.store.repositories.delivery_desk import DeliveryDesk, seal_error
from domain.store.repositories.lines import move_up, move_up_all
from domain.store.schema import Whole, deliveries, outbox
from domain.store.statements import Statement

_CHAT_OF = Statement(select(deliveries.c.chat_id).where(deliveries.c.outbox_id == bindparam("id")))
_MINE = (deliveries.c.outbox_id == bindparam("id"), deliveries.c.fence == bindparam("of_fence"))
_BACK = (deliveries.c.chat_id, deliveries.c.lane)
_MAY_HAVE_ARRIVED: Final = text("state IN ('sending', 'waiting', 'unknown', 'dropped')")
"""Where nobody took it since, what a worker knows is the truth, however late it says so: also of what was dropped meanwhile, for an
operator may have that sent again."""

_ARRIVED = Statement(
    update(deliveries)
    .where(*_MINE, _MAY_HAVE_ARRIVED)
    .values(state="sent", due_at=None, lease_until=None, error=None, message_ref=bindparam("new_message_ref"))
    .returning(*_BACK)
)
_TOGETHER: Final = 16
"""Messages whose arrival is stored with one statement."""

_PLACES: Final = range(_TOGETHER)
_NAMED = tuple(bindparam(f"id{place}", type_=Whole) for place in _PLACES)


def _of_each(name: str, kind: TypeEngine[Any]) -> ColumnElement[Any]:
    """What is given for each of them, of one kind."""
    given = [(one, bindparam(f"{name}{place}", type_=kind)) for place, one in enumerate(_NAMED)]
    return case(*given, value=deliveries.c.outbox_id)


_ARRIVED_TOGETHER = Statement(
    update(deliveries)
    .where(
        deliveries.c.outbox_id.in_(_NAMED),
        deliveries.c.fence == _of_each("fence", Whole),
        _MAY_HAVE_ARRIVED,
    )
    .values(state="sent", due_at=None, lease_until=None, error=None, message_ref=_of_each("ref", Text()))
)
_END = Statement(
    update(deliveries)
    .where(*_MINE, text("state = 'sending'"))
    .values(state=bindparam("new_state"), due_at=None, lease_until=None, error=bindparam("new_error"))
    .returning(*_BACK)
)
_LATER = Statement(
    update(deliveries)
    .where(*_MINE, text("state = 'sending'"))
    .values(
        state="waiting",
        due_at=bindparam("new_due"),
        lease_until=None,
        attempts=deliveries.c.attempts - bindparam("uncounted"),
        error=bindparam("new_error"),
    )
)
_ANSWERED_SINCE = Statement(
    select(outbox.c.id)
    .where(outbox.c.chat_id == bindparam("chat"), outbox.c.id > bindparam("latest"), outbox.c.lane == "reply")
    .limit(literal_column("1"))
)


class Deliveries(DeliveryClaims, DeliveryDesk):
    """`tx.deliveries`: what came of what was claimed. Claiming and the operator's desk are in files of their own."""

    __slots__ = ()

    def sent(self, outbox_id: int, fence: int, message_ref: str) -> bool:
        """It arrived. False, as from all the others: somebody else has taken it since, nothing was changed."""
        self._lock(outbox_id)
        row = self._context.sql.row(_ARRIVED, id=outbox_id, of_fence=fence, new_message_ref=message_ref)
        return self._ended(row)

    def arrived(self, batch: Sequence[tuple[ClaimedDelivery, str, Living | None]]) -> list[ClaimedDelivery]:
        """These arrived, each as the platform's message of this id, and with what is edited in place from now on (None: as before).

        Gives those which somebody else has taken since.
        """
        sql, chats = self._context.sql, Chats(self._context)
        # Chat after chat in one order, so that two processes that store what arrived in the same chats never wait for each
        # other: both of these hold the row of the chat.
        ordered = sorted(batch, key=lambda one: one[0].chat.id)
        if not self._alone_here() or not isinstance(sql.alone(lambda: self._arrived_together(ordered)), Done):
            lost = []
            for delivery, ref, living in ordered:
                if living is not None:
                    chats.set_living(delivery.chat.id, living)
                if not self.sent(delivery.outbox_id, delivery.fence, ref):
                    lost.append(delivery)
            return lost
        chats.set_living_of([(one.chat.id, living) for one, _, living in ordered if living is not None])
        return []

    def _alone_here(self) -> bool:
        """Whether nobody else writes, so that no chat has to be held."""
        return not self._context.shared

    def _arrived_together(self, batch: Sequence[tuple[ClaimedDelivery, str, Living | None]]) -> None:
        """All of it at once. Raises NotFound, and nothing of it stays, when some of it is not ours any more."""
        changed = 0
        for first in range(0, len(batch), _TOGETHER):
            lot = batch[first : first + _TOGETHER]
            named: dict[str, int | str] = {}
            for place in _PLACES:
                # Where there are fewer, the last one is named again.
                one, ref, _ = lot[min(place, len(lot) - 1)]
                named[f"id{place}"], named[f"fence{place}"], named[f"ref{place}"] = (
                    one.outbox_id,
                    one.fence,
                    ref,
                )
            changed += self._context.sql.change(_ARRIVED_TOGETHER, **named)
        if changed != len(batch):
            raise NotFound("a delivery that was taken over")
        move_up_all(self._context, [(one.chat.channel, one.chat.id, one.lane) for one, _, _ in batch])

    def retry(self, outbox_id: int, fence: int, not_before: datetime, error: str) -> bool:
        """It did not arrive and will be tried again; those behind it in its line wait for it."""
        return self._later(outbox_id, fence, not_before, error, uncounted=0)

    def release(self, outbox_id: int, fence: int, not_before: datetime, error: str = "") -> bool:
        """It was not tried at all (the platform asked to wait): the attempt does not count."""
        return self._later(outbox_id, fence, not_before, error, uncounted=1)

    def unknown(self, outbox_id: int, fence: int, error: str) -> bool:
        """It may have arrived and is not to be repeated; the line goes on."""
        return self._end(outbox_id, fence, "unknown", error)

    def dead(self, outbox_id: int, fence: int, error: str) -> bool:
        """It will never arrive: it is set aside for an operator, and the line goes on."""
        return self._end(outbox_id, fence, "dead", error)

    def gone(self, delivery: ClaimedDelivery, now: datetime, error: str) -> bool:
        """The chat is closed to us: it is blocked, and this and all that waits for it is dropped.

        Unless the person wrote while the message was under way, and so opened the chat again (a reply was put
        after the claim): then this one is tried again.
        """
        chat_id = delivery.chat.id
        self._lock(delivery.outbox_id)
        if self._context.sql.row(_ANSWERED_SINCE, chat=chat_id, latest=delivery.latest) is not None:
            return self.retry(delivery.outbox_id, delivery.fence, now, error)
        if not self._end(delivery.outbox_id, delivery.fence, "dropped", error):
            return False
        Chats(self._context).block(chat_id, now)
        return True

    def _later(self, outbox_id: int, fence: int, not_before: datetime, error: str, *, uncounted: int) -> bool:
        changed = self._context.sql.change(
            _LATER,
            id=outbox_id,
            of_fence=fence,
            new_due=to_stored(not_before),
            uncounted=uncounted,
            new_error=self._sealed(outbox_id, error),
        )
        return changed > 0

    def _end(self, outbox_id: int, fence: int, state: str, error: str) -> bool:
        self._lock(outbox_id)
        row = self._context.sql.row(
            _END, id=outbox_id, of_fence=fence, new_state=state, new_error=self._sealed(outbox_id, error)
        )
        return self._ended(row)

    def _ended(self, row: tuple[int, Lane] | None) -> bool:
        if row is None:
            return False
        move_up(self._context, *row)
        return True

    def _sealed(self, outbox_id: int, error: str) -> bytes | None:
        chat = self._context.sql.row(_CHAT_OF, id=outbox_id) if error else None
        return None if chat is None else seal_error(self._context, chat[0], error)

    def _lock(self, outbox_id: int) -> None:
        """Lock the chat of a message, so that nobody joins its line unseen. (SQLite has one writer anyway.)"""
        if self._context.sql.back_end == "postgresql":
            row = self._context.sql.row(_CHAT_OF, id=outbox_id)
            if row is not None:
                self._context.lock_chat(row[0])
