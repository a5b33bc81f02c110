"""Chats: where people talk to the assistant."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects.postgresql import insert

from domain.store.context import Context
from domain.store.errors import NotFound
from domain.store.instants import from_stored, to_stored
from domain.store.records import Chat
from domain.store.repositories.people import add_person, remove_person
from domain.store.schema import chats, people
from domain.store.statements import Row, Statement

_CHAT = select(
    chats.c.id,
    chats.c.channel,
    chats.c.address,
    chats.c.person_id,
    chats.c.language,
    chats.c.created_at,
    people.c.data_key,
).join_from(chats, people, chats.c.person_id == people.c.id)

_GET = Statement(_CHAT.where(chats.c.id == bindparam("id")))
_LOCK = Statement(_CHAT.where(chats.c.id == bindparam("id")).with_for_update(of=chats))
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
            person_id = add_person(self._context)
            added = sql.row(
                _ADD,
                channel=channel,
                address=address,
                person_id=person_id,
                language=language,
                created_at=to_stored(now),
            )
            if added is None:  # another process opened it in between
                remove_person(self._context, person_id)
            row = sql.one(_AT_ADDRESS, channel=channel, address=address)
        return self._chat(row)

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

    def set_language(self, chat_id: int, language: str) -> None:
        """Change the language of a chat. Raises NotFound."""
        if not self._context.sql.change(_SET_LANGUAGE, chat=chat_id, new_language=language):
            raise NotFound(f"chat {chat_id}")

    def _one(self, statement: Statement, chat_id: int) -> Chat:
        row = self._context.sql.row(statement, id=chat_id)
        if row is None:
            raise NotFound(f"chat {chat_id}")
        return self._chat(row)

    def _chat(self, row: Row) -> Chat:
        chat_id, channel, address, person_id, language, created_at, data_key = row
        self._context.remember_chat_key(chat_id, person_id, data_key)
        return Chat(chat_id, channel, address, person_id, language, from_stored(created_at))
