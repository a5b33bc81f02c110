"""Chats: where people talk to the assistant."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, bindparam, case, func, select, text, update

from domain.store.context import Context
from domain.store.errors import NotFound
from domain.store.instants import from_stored, to_stored
from domain.store.records import Chat, Living, Visit
from domain.store.repositories.conversations import CONVERSATION_COLUMNS, IS_ACTIVE, read_conversation
from domain.store.repositories.people import PERSON_COLUMNS, add_person, read_person, remove_person
from domain.store.repositories.taking_back import forget_dropped
from domain.store.schema import WAITING, Whole, chats, conversations, deliveries, people
from domain.store.statements import Row, Statement
from domain.store.upserts import insert
from domain.store.visits import Known

CHAT_COLUMNS = (
    chats.c.id,
    chats.c.channel,
    func.coalesce(chats.c.moved_to, chats.c.address),
    chats.c.person_id,
    chats.c.language,
    chats.c.created_at,
    chats.c.blocked_at,
    chats.c.living_conversation,
    chats.c.living_message,
    chats.c.heard,
    people.c.data_key,
)
"""What `read_chat` needs, of a chat joined with its person."""

_CHAT = select(*CHAT_COLUMNS).join_from(chats, people, chats.c.person_id == people.c.id)

_GET = Statement(_CHAT.where(chats.c.id == bindparam("id")))
_LOCK = Statement(_CHAT.where(chats.c.id == bindparam("id")).with_for_update(of=chats))
_VISIT = (
    select(*CHAT_COLUMNS, *PERSON_COLUMNS, *CONVERSATION_COLUMNS)
    .join_from(chats, people, chats.c.person_id == people.c.id)
    .outerjoin(conversations, and_(conversations.c.chat_id == chats.c.id, IS_ACTIVE))
)
_VISIT_OF = Statement(_VISIT.where(chats.c.id == bindparam("id")))
_VISIT_AT = Statement(
    _VISIT.where(chats.c.channel == bindparam("channel"), chats.c.address == bindparam("address"))
)
_PERSON_FROM = len(CHAT_COLUMNS)
_CONVERSATION_FROM = _PERSON_FROM + len(PERSON_COLUMNS)
_AT_ADDRESS = Statement(
    _CHAT.where(chats.c.channel == bindparam("channel"), chats.c.address == bindparam("address"))
)
_ADD = Statement(
    insert(chats)
    .values(
        channel=bindparam("channel"),
        address=bindparam("address"),
        person_id=bindparam("person_id"),
        language=bindparam("language"),
        created_at=bindparam("created_at"),
    )
    .on_conflict_do_nothing(index_elements=["channel", "address"])
    .returning(chats.c.id)
)
_SET_LANGUAGE = Statement(
    update(chats).where(chats.c.id == bindparam("chat")).values(language=bindparam("new_language"))
)
_BLOCK = Statement(
    update(chats)
    .where(chats.c.id == bindparam("chat"))
    .values(blocked_at=func.coalesce(chats.c.blocked_at, bindparam("now")))
)
_DROP_WAITING = Statement(
    update(deliveries)
    .where(deliveries.c.chat_id == bindparam("chat"), text(WAITING))
    .values(state="dropped", due_at=None, error=None)
)
_REVIVE = Statement(
    update(chats)
    .where(chats.c.id == bindparam("chat"), chats.c.blocked_at.is_not(None))
    .values(blocked_at=None)
)
_MOVE = Statement(
    update(chats)
    .where(chats.c.id == bindparam("chat"))
    .values(address=bindparam("new_address"), moved_to=None)
)
_SEND_TO = Statement(
    update(chats).where(chats.c.id == bindparam("chat")).values(moved_to=bindparam("new_address"))
)
_SET_LIVING = Statement(
    update(chats)
    .where(chats.c.id == bindparam("chat"))
    .values(
        # Whoever wrote while it was being sent wrote below it.
        living_conversation=case(
            (chats.c.heard > bindparam("place", type_=Whole), 0),
            else_=bindparam("conversation", type_=Whole),
        ),
        living_message=bindparam("message_ref"),
    )
)
_HEARD = Statement(
    update(chats)
    .where(chats.c.id == bindparam("chat"))
    .values(
        heard=case(
            (chats.c.heard > bindparam("number", type_=Whole), chats.c.heard), else_=bindparam("number")
        ),
        living_conversation=case((chats.c.living_conversation.is_not(None), 0)),
    )
)
_ANYWHERE = 2**62
"""A place below everything, for messages that are not counted."""


class Chats:
    """`tx.chats`."""

    __slots__ = ("_context",)

    def __init__(self, context: Context) -> None:
        self._context = context

    def open(self, channel: str, address: str, language: str, now: datetime) -> Chat:
        """The chat at this address; a new one, with a new person behind it, when there is none yet.

        `language` counts for a new chat only.
        """
        sql = self._context.sql
        row = sql.row(_AT_ADDRESS, channel=channel, address=address)
        if row is None:
            self._add(channel, address, language, now)
            row = sql.one(_AT_ADDRESS, channel=channel, address=address)
        return read_chat(self._context, row)

    def find(self, channel: str, address: str) -> Chat | None:
        """The chat at this address, if there is one."""
        row = self._context.sql.row(_AT_ADDRESS, channel=channel, address=address)
        return None if row is None else read_chat(self._context, row)

    def get(self, chat_id: int) -> Chat:
        """The chat with this id. Raises NotFound."""
        return self._one(_GET, chat_id)

    def lock(self, chat_id: int) -> Chat:
        """The chat, held until the transaction ends: turns of one chat follow each other. Raises NotFound.

        Call it first in every turn. (On SQLite there is one writer at a time anyway.)
        """
        chat = self._one(_LOCK, chat_id)
        self._context.chat_is_locked(chat_id)
        return chat

    def visit(self, chat_id: int) -> Visit:
        """The chat, held as by `lock`, with who is there and what they are in. Raises NotFound."""
        if self._context.shared:
            # Only what is read after the row is held is sure to be the latest.
            self.lock(chat_id)
        visits = self._context.sql.visits
        if visits is not None and (known := visits.of(chat_id)) is not None:
            return self._context.remember_visit(known)
        row = self._context.sql.row(_VISIT_OF, id=chat_id)
        if row is None:
            raise NotFound(f"chat {chat_id}")
        return self._visit(row, None)

    def visit_at(self, channel: str, address: str, language: str, now: datetime) -> Visit:
        """As `visit`, of the chat at this address; as `open` when there is none yet."""
        if self._context.shared:
            return self.visit(self.open(channel, address, language, now).id)
        sql = self._context.sql
        visits = sql.visits
        if visits is not None and (known := visits.at(channel, address)) is not None:
            return self._context.remember_visit(known)
        row = sql.row(_VISIT_AT, channel=channel, address=address)
        if row is None:
            self._add(channel, address, language, now)
            row = sql.one(_VISIT_AT, channel=channel, address=address)
        return self._visit(row, (channel, address))

    def set_language(self, chat_id: int, language: str) -> None:
        """Change the language of a chat. Raises NotFound."""
        if not self._context.sql.change(_SET_LANGUAGE, chat=chat_id, new_language=language):
            raise NotFound(f"chat {chat_id}")

    def block(self, chat_id: int, now: datetime) -> None:
        """Nothing reaches this chat any more: what waits for it is dropped. Raises NotFound."""
        self._context.lock_chat(chat_id)
        if not self._context.sql.change(_BLOCK, chat=chat_id, now=to_stored(now)):
            raise NotFound(f"chat {chat_id}")
        self._context.sql.change(_DROP_WAITING, chat=chat_id)
        forget_dropped(self._context, chat_id)

    def revive(self, chat_id: int) -> bool:
        """Something came from the chat: messages reach it again. True when it was blocked before."""
        return self._context.sql.change(_REVIVE, chat=chat_id) > 0

    def migrate(self, chat_id: int, address: str) -> None:
        """Follow a chat to its new address. Raises NotFound.

        When somebody already wrote from there, that is a chat of its own and stays one: this one then only
        sends there.
        """
        there = self._context.sql.row(_AT_ADDRESS, channel=self._context.channel(chat_id), address=address)
        taken = there is not None and there[0] != chat_id
        self._context.sql.change(_SEND_TO if taken else _MOVE, chat=chat_id, new_address=address)

    def set_living(self, chat_id: int, living: Living | None) -> None:
        """Remember which message of the chat is edited in place; None: the next one is sent anew."""
        visits = self._context.sql.visits
        # Running the statement forgets it.
        before = None if visits is None else visits.peek(chat_id)
        self._context.sql.change(
            _SET_LIVING,
            chat=chat_id,
            conversation=None if living is None else living.conversation,
            message_ref=None if living is None else living.message_ref,
            place=_ANYWHERE if living is None or living.place is None else living.place,
        )
        if visits is not None and before is not None:
            visits.shown(before, living)

    def set_living_of(self, batch: Sequence[tuple[int, Living]]) -> None:
        """As `set_living`, of several chats."""
        visits = self._context.sql.visits
        before = [] if visits is None else [visits.peek(chat_id) for chat_id, _ in batch]
        self._context.sql.change_all(
            _SET_LIVING,
            [
                {
                    "chat": chat_id,
                    "conversation": living.conversation,
                    "message_ref": living.message_ref,
                    "place": _ANYWHERE if living.place is None else living.place,
                }
                for chat_id, living in batch
            ],
        )
        if visits is not None:
            for (_, living), known in zip(batch, before, strict=True):
                if known is not None:
                    visits.shown(known, living)

    def heard(self, chat_id: int, number: int) -> None:
        """A message with this number came from the chat: what was shown before it is not edited in place any more."""
        visits = self._context.sql.visits
        before = None if visits is None else visits.peek(chat_id)
        self._context.sql.change(_HEARD, chat=chat_id, number=number)
        if visits is not None and before is not None:
            visits.heard(before, number)

    def _add(self, channel: str, address: str, language: str, now: datetime) -> None:
        person_id = add_person(self._context)
        added = self._context.sql.row(
            _ADD,
            channel=channel,
            address=address,
            person_id=person_id,
            language=language,
            created_at=to_stored(now),
        )
        if added is None:  # another process opened it in between
            remove_person(self._context, person_id)

    def _visit(self, row: Row, place: tuple[str, str] | None) -> Visit:
        chat = read_chat(self._context, row[:_PERSON_FROM])
        person = read_person(self._context, chat.person_id, row[_PERSON_FROM:_CONVERSATION_FROM])
        active = row[_CONVERSATION_FROM:]
        key = self._context.chat_key(chat.id)
        visit = Visit(chat, person, None if active[0] is None else read_conversation(active, key))
        if self._context.sql.visits is not None:
            self._context.sql.visits.keep(Known(visit, key), place)
        return visit

    def _one(self, statement: Statement, chat_id: int) -> Chat:
        row = self._context.sql.row(statement, id=chat_id)
        if row is None:
            raise NotFound(f"chat {chat_id}")
        return read_chat(self._context, row)


def read_chat(context: Context, row: Row) -> Chat:
    """The chat of a row of `CHAT_COLUMNS`."""
    visits = context.sql.visits
    if visits is not None and (known := visits.peek(row[0])) is not None:
        return context.remember_visit(known[0]).chat
    (
        chat_id,
        channel,
        address,
        person_id,
        language,
        created_at,
        blocked_at,
        conversation,
        message,
        heard,
        key,
    ) = row
    context.remember_chat(chat_id, channel, person_id, key)
    return Chat(
        chat_id,
        channel,
        address,
        person_id,
        language,
        from_stored(created_at),
        None if blocked_at is None else from_stored(blocked_at),
        None if conversation is None else Living(conversation, message),
        heard,
    )
