"""What the repositories of one transaction share: the connection, and whose key opens what."""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b
from typing import Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import bindparam, func, select

from domain.privacy.keys import MasterKey
from domain.privacy.sealing import DataKey, unwrap
from domain.store.errors import NotFound
from domain.store.records import Visit
from domain.store.schema import chats, organisations, people
from domain.store.statements import SqlSession, Statement
from domain.store.visits import Known

KEPT_KEYS: Final = 256
"""Unwrapped data keys kept in memory, so that a busy chat need not unwrap its key on every turn.

Each takes about 3 kB; to unwrap one takes 6 microseconds.
"""

_CHAT_KEY = Statement(
    select(chats.c.channel, people.c.id, people.c.data_key)
    .join_from(chats, people, chats.c.person_id == people.c.id)
    .where(chats.c.id == bindparam("id"))
)
_PERSON_KEY = Statement(select(people.c.data_key).where(people.c.id == bindparam("id")))
_ORGANISATION_KEY = Statement(select(organisations.c.data_key).where(organisations.c.id == bindparam("id")))
_LOCK_NAME = Statement(select(func.pg_advisory_xact_lock(bindparam("name"))))
_LOCK_CHAT = Statement(select(chats.c.id).where(chats.c.id == bindparam("id")).with_for_update())


class Keys:
    """The master key, and the data keys it lately unwrapped."""

    def __init__(self, master: MasterKey) -> None:
        self.master = master
        self._queueing = AESGCM(master.queueing)
        self._unwrapped = lru_cache(KEPT_KEYS)(self._unwrap)

    def person(self, wrapped: bytes, person_id: int) -> DataKey:
        """The data key of a person."""
        return self._unwrapped(wrapped, "person", person_id)

    def organisation(self, wrapped: bytes, organisation_id: int) -> DataKey:
        """The data key of an organisation."""
        return self._unwrapped(wrapped, "organisation", organisation_id)

    def update(self, channel: str, update_id: int) -> DataKey:
        """The key of what a platform delivered, before anybody knows whose it is."""
        return DataKey(self._queueing, f"update:{channel}:{update_id}")

    def forget(self) -> None:
        """Drop what is kept in memory; called when a key was destroyed."""
        self._unwrapped.cache_clear()

    def _unwrap(self, wrapped: bytes, kind: str, owner_id: int) -> DataKey:
        return unwrap(self.master, wrapped, kind, owner_id)


class Context:
    """One transaction as the repositories see it."""

    __slots__ = ("_channels", "_chat_keys", "_locked_chats", "keys", "shared", "sql")

    def __init__(self, sql: SqlSession, keys: Keys) -> None:
        self.sql = sql
        self.keys = keys
        self.shared = sql.back_end == "postgresql"
        """Whether other transactions write at the same time, and may wait for this one."""
        self._chat_keys: dict[int, DataKey] = {}
        self._channels: dict[int, str] = {}
        self._locked_chats: set[int] = set()

    def lock_chat(self, chat_id: int) -> None:
        """Let turns of one chat follow each other. SQLite has one writer anyway; PostgreSQL locks the row."""
        if self.shared and chat_id not in self._locked_chats:
            if self.sql.row(_LOCK_CHAT, id=chat_id) is None:
                raise NotFound(f"chat {chat_id}")
            self.chat_is_locked(chat_id)

    def lock_name(self, *parts: str) -> None:
        """Let transactions that work on the same thing, whatever rows it has, follow each other. As `lock_chat`."""
        if self.shared:
            digest = blake2b("\0".join(parts).encode(), digest_size=8).digest()
            self.sql.row(_LOCK_NAME, name=int.from_bytes(digest, signed=True))

    def chat_is_locked(self, chat_id: int) -> None:
        """Remember that this transaction holds the row of the chat."""
        self._locked_chats.add(chat_id)

    def chat_key(self, chat_id: int) -> DataKey:
        """The data key of the person behind a chat."""
        key = self._chat_keys.get(chat_id)
        if key is None:
            row = self.sql.row(_CHAT_KEY, id=chat_id)
            if row is None:
                raise NotFound(f"chat {chat_id}")
            key = self.remember_chat(chat_id, *row)
        return key

    def channel(self, chat_id: int) -> str:
        """The channel of a chat."""
        if chat_id not in self._channels:
            self.chat_key(chat_id)
        return self._channels[chat_id]

    def remember_chat(self, chat_id: int, channel: str, person_id: int, wrapped: bytes) -> DataKey:
        """Keep the channel and the key that came along with the row of a chat."""
        self._channels[chat_id] = channel
        key = self._chat_keys[chat_id] = self.keys.person(wrapped, person_id)
        return key

    def remember_visit(self, known: Known) -> Visit:
        """Keep the channel and the key that came along with a visit that was known."""
        visit = known.visit
        self._channels[visit.chat.id] = visit.chat.channel
        self._chat_keys[visit.chat.id] = known.key
        return visit

    def person_key(self, person_id: int) -> DataKey:
        """The data key of a person."""
        row = self.sql.row(_PERSON_KEY, id=person_id)
        if row is None:
            raise NotFound(f"person {person_id}")
        return self.keys.person(row[0], person_id)

    def organisation_key(self, organisation_id: int) -> DataKey:
        """The data key of an organisation."""
        row = self.sql.row(_ORGANISATION_KEY, id=organisation_id)
        if row is None:
            raise NotFound(f"organisation {organisation_id}")
        return self.keys.organisation(row[0], organisation_id)

    def forget_keys(self) -> None:
        """Drop keys from memory after one was destroyed."""
        self._chat_keys.clear()
        self._channels.clear()
        self.keys.forget()
