"""To whom announcements went is forgotten: with the person, with the result that decided it, or when its time is over."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, case, select, text, update

from domain.announcements import RecipientState
from domain.store.context import Context
from domain.store.instants import to_stored
from domain.store.schema import announcement_recipients, announcements, chats, people
from domain.store.statements import Statement

_rows = announcement_recipients
_FORGET = Statement(
    update(_rows)
    .where(
        _rows.c.chat_id.is_not(None),
        _rows.c.announcement_id.in_(
            select(announcements.c.id).where(announcements.c.ended_at < bindparam("before"))
        ),
        text("state <> 'queued'"),
    )
    .values(chat_id=None)
)
_FORGET_CHATS_OF = Statement(
    update(_rows)
    .where(_rows.c.chat_id.in_(select(chats.c.id).where(chats.c.person_id == bindparam("person"))))
    .values(
        chat_id=None,
        outbox_id=None,
        state=case((text("state IN ('waiting', 'queued')"), RecipientState.GONE.value), else_=_rows.c.state),
    )
)
_FORGET_RESULTS = Statement(
    update(_rows)
    .where(
        _rows.c.chat_id.in_(
            select(chats.c.id)
            .join_from(chats, people, chats.c.person_id == people.c.id)
            .where(people.c.consent != "given")
        ),
        _rows.c.announcement_id.in_(
            select(announcements.c.id).where(
                announcements.c.verdict != "", announcements.c.ended_at < bindparam("before")
            )
        ),
        text("state <> 'queued'"),
    )
    .values(chat_id=None)
)


def forget_recipient(context: Context, person_id: int) -> None:
    """A person is erased: what was announced to them is theirs no more, and the numbers stay."""
    context.sql.change(_FORGET_CHATS_OF, person=person_id)


def forget_recipients(context: Context, before: datetime) -> int:
    """Forget to whom announcements went that were over before an instant; the numbers stay."""
    return context.sql.change(_FORGET, before=to_stored(before))


def forget_results(context: Context, before: datetime) -> int:
    """Forget of people who gave no consent that they got what was meant for one result of a self-check."""
    return context.sql.change(_FORGET_RESULTS, before=to_stored(before))
