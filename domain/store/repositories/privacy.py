"""What people may ask of their data: to see all of it, to have it erased, and that it does not outstay."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    Table,
    and_,
    bindparam,
    delete,
    exists,
    literal_column,
    select,
    text,
    update,
)

from domain.store.context import Context
from domain.store.instants import to_stored
from domain.store.records import PUSHED, Json
from domain.store.repositories.announcement_forgetting import forget_recipient
from domain.store.repositories.export import export_person
from domain.store.repositories.lines import mend
from domain.store.repositories.organisations import remove_if_nobodys
from domain.store.repositories.people import People, add_person, remove_person
from domain.store.schema import (
    HOLDS,
    NOT_KEPT,
    announcement_stops,
    chats,
    conversations,
    facts,
    feeds,
    files,
    inbox,
    outbox,
    people,
    planned_reminders,
    receipts,
    reminder_preferences,
    replans,
    sessions,
    staff,
    subscriptions,
    updates,
)
from domain.store.statements import Statement

_THEIR_CHATS = select(chats.c.id).where(chats.c.person_id == bindparam("person"))
_ERASE_OF_CHATS = tuple(
    Statement(delete(table).where(table.c.chat_id.in_(_THEIR_CHATS)))
    for table in (
        files,
        receipts,
        outbox,
        conversations,
        planned_reminders,
        reminder_preferences,
        subscriptions,
        replans,
        feeds,
        announcement_stops,
    )
)
_NEW_PERSON = Statement(
    update(chats).where(chats.c.person_id == bindparam("person")).values(person_id=bindparam("successor"))
)
_FORGET_LIVING = Statement(
    update(chats)
    .where(chats.c.person_id == bindparam("person"))
    .values(living_conversation=None, living_message=None, heard=None)
)
_FORGOTTEN: dict[str, str | None] = {"state": "done", "order_key": "", "payload": None, "error": None}
_FORGET_SET_ASIDE = Statement(
    update(updates)
    .where(
        text("updates.state = 'set_aside'"),
        exists().where(
            chats.c.person_id == bindparam("person"),
            chats.c.channel == updates.c.channel,
            chats.c.address == updates.c.order_key,
        ),
    )
    .values(**_FORGOTTEN)
)
_ANONYMISE_FACTS = Statement(
    update(facts).where(facts.c.stated_by == bindparam("stater")).values(stated_by="erased")
)

_UNCONSENTED_CHATS = (
    select(chats.c.id)
    .join_from(chats, people, chats.c.person_id == people.c.id)
    .where(people.c.consent != "given")
)
_PURGE_OF_UNCONSENTED = tuple(
    Statement(delete(table).where(table.c.chat_id.in_(_UNCONSENTED_CHATS), instant < bindparam("before")))
    for table, instant in (
        (receipts, receipts.c.created_at),
        (outbox, outbox.c.created_at),
        (conversations, conversations.c.updated_at),
        (inbox, inbox.c.accepted_at),
    )
)
_PURGE_FILES = Statement(
    delete(files).where(
        files.c.chat_id.in_(_UNCONSENTED_CHATS),
        files.c.created_at < bindparam("before"),
        # What staff sent to others is an announcement's; it goes when its author is erased.
        text(NOT_KEPT),
        # A conversation that goes on may still name it.
        ~exists().where(conversations.c.chat_id == files.c.chat_id, conversations.c.status != "ended"),
    )
)
_PURGE_OF_SET_ASIDE = Statement(
    update(updates)
    .where(
        text("updates.state = 'set_aside'"),
        updates.c.received_at < bindparam("before"),
        ~exists().where(
            chats.c.channel == updates.c.channel,
            chats.c.address == updates.c.order_key,
            chats.c.person_id == people.c.id,
            people.c.consent == "given",
        ),
    )
    .values(**_FORGOTTEN)
)
_PUSHED: list[ColumnElement[str]] = [literal_column(f"'{channel}'") for channel in sorted(PUSHED)]
_ABANDONED = Statement(
    select(chats.c.id, chats.c.person_id)
    .join_from(chats, people, chats.c.person_id == people.c.id)
    .where(
        and_(
            people.c.consent != "given",
            chats.c.created_at < bindparam("before"),
            *(
                ~exists().where(table.c.chat_id == chats.c.id)
                for table in (files, receipts, outbox, conversations, inbox, sessions)
            ),
            ~exists().where(staff.c.person_id == chats.c.person_id, text(HOLDS)),
            # Whoever asked to hear of a programme is told, as long as messages can be carried to them.
            ~exists().where(
                subscriptions.c.chat_id == chats.c.id,
                subscriptions.c.wanted > literal_column("0"),
                chats.c.channel.in_(_PUSHED),
                chats.c.blocked_at.is_(None),
            ),
            # A calendar that somebody follows goes on.
            ~exists().where(feeds.c.chat_id == chats.c.id, feeds.c.revoked_at.is_(None)),
        )
    )
)
_REMOVE_CHAT = Statement(delete(chats).where(chats.c.id == bindparam("chat")))
_HAS_CHAT = Statement(select(chats.c.id).where(chats.c.person_id == bindparam("person")).limit(1))


def _of_theirs(table: Table) -> Select[Any]:
    return (
        select(table.c.chat_id)
        .join_from(table, chats, table.c.chat_id == chats.c.id)
        .where(chats.c.person_id == people.c.id)
    )


_SILENT = Statement(
    select(people.c.id)
    .where(
        people.c.consent == "given",
        people.c.consent_at < bindparam("before"),
        *(
            ~_of_theirs(table).where(instant >= bindparam("before")).exists()
            for table, instant in (
                (sessions, sessions.c.used_at),
                (inbox, inbox.c.accepted_at),
                (conversations, conversations.c.updated_at),
                (receipts, receipts.c.created_at),
            )
        ),
        ~exists().where(
            facts.c.organisation_id == people.c.organisation_id, facts.c.stated_at >= bindparam("before")
        ),
    )
    .order_by(people.c.id)
    .limit(bindparam("most"))
)


class Privacy:
    """`tx.privacy`."""

    __slots__ = ("_context",)

    def __init__(self, context: Context) -> None:
        self._context = context

    def export(self, person_id: int) -> dict[str, Json]:
        """Everything kept about a person, opened, ready for JSON. Raises NotFound."""
        self._context.sql.takes_long()
        return export_person(self._context, person_id)

    def erase(self, person_id: int) -> None:
        """Erase a person: the data key, contact details, conversations, messages, files, receipts and reminders. Raises NotFound.

        Messages on their way to them and updates that were set aside go too; what they said that waits to be
        handled they said after asking for this, so it stays.

        The organisation and its facts go too, unless somebody else speaks for it. Their chats stay usable,
        with a new person nobody knows anything about behind them: start afresh, the active conversation is
        gone. After the commit the overwritten pages leave the log file as well.
        """
        sql = self._context.sql
        # Every page of theirs is overwritten, those of their files too.
        sql.takes_long()
        person = People(self._context).get(person_id)
        forget_recipient(self._context, person_id)
        for statement in (*_ERASE_OF_CHATS, _FORGET_SET_ASIDE, _FORGET_LIVING):
            sql.change(statement, person=person_id)
        sql.change(_NEW_PERSON, person=person_id, successor=add_person(self._context))
        remove_person(self._context, person_id)
        if person.organisation_id is not None:
            remove_if_nobodys(self._context, person.organisation_id)
        sql.change(_ANONYMISE_FACTS, stater=f"person:{person_id}")
        self._context.forget_keys()
        sql.after_commit_checkpoint()

    def silent(self, before: datetime, most: int) -> tuple[int, ...]:
        """Consenting people, at most `most`, who gave no sign of life since an instant.

        Signs of life are consent, sessions, updates, conversations, results, and facts of their organisation.
        """
        rows = self._context.sql.rows(_SILENT, before=to_stored(before), most=most)
        return tuple(row[0] for row in rows)

    def purge_unconsented(self, before: datetime) -> int:
        """Remove what people who gave no consent left behind before an instant, and say how many rows.

        Conversations that ended or were last touched before it, older messages (also those that could not be
        delivered yet), receipts, files no conversation needs, and updates, but none that waits to be handled, and chats (with their address) in which then nothing is left and no session is
        open. Somebody who holds a role keeps it, and the chat by which they hold it.
        """
        sql, instant = self._context.sql, to_stored(before)
        removed = sum(
            sql.change(statement, before=instant)
            for statement in (*_PURGE_OF_UNCONSENTED, _PURGE_FILES, _PURGE_OF_SET_ASIDE)
        )
        if removed:
            mend(self._context)
        abandoned: list[tuple[Any, ...]] = sql.rows(_ABANDONED, before=instant)
        for chat_id, person_id in abandoned:
            removed += sql.change(_REMOVE_CHAT, chat=chat_id)
            if sql.row(_HAS_CHAT, person=person_id) is None:
                remove_person(self._context, person_id)
        if removed:
            self._context.forget_keys()
            sql.after_commit_checkpoint()
        return removed
