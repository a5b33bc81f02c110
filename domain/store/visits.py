"""What the one who writes read lately of people in their chats, so that the next turn need not read and open it again.

It lies beside one connection of SQLite and is only as good as what that connection knows: it is emptied whenever another one
has written, whenever anything is undone, and whenever anything is erased. A statement that writes to what a visit shows
drops the chats it touches, whoever runs it; who knows what the visit is afterwards may say so.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from sqlalchemy.sql.dml import Delete, Insert, Update
from sqlalchemy.sql.elements import ClauseElement

from domain.made_often import made_often
from domain.privacy.sealing import DataKey
from domain.store.records import Chat, Living, StoredConversation, Visit

KEPT: Final = 1_000
"""Chats at most: those somebody spoke in last."""

_SHOWN: Final = frozenset({"chats", "people", "conversations"})
"""The tables a visit is read from."""


@made_often(frozen=True, slots=True)
class Known:
    """A visit, and with whose key what belongs to it is sealed."""

    visit: Visit
    key: DataKey


class Visits:
    """The visits that are known."""

    __slots__ = ("_by_chat", "_by_conversation", "_places", "_seen")

    def __init__(self) -> None:
        self._by_chat: OrderedDict[int, tuple[Known, tuple[str, str] | None]] = OrderedDict()
        self._by_conversation: dict[int, int] = {}
        self._places: dict[tuple[str, str], int] = {}
        self._seen: int | None = None

    def __len__(self) -> int:
        return len(self._by_chat)

    def others_wrote(self, version: int) -> None:
        """Before anything is read: at which version of the file we are. It changes when another connection writes."""
        if version != self._seen:
            self.clear()
            self._seen = version

    def forget(self) -> None:
        """Forget everything, and the version of the file too: the next connection counts anew."""
        self.clear()
        self._seen = None

    def clear(self) -> None:
        """Forget everything."""
        if self._by_chat:
            self._by_chat.clear()
            self._by_conversation.clear()
            self._places.clear()

    def at(self, channel: str, address: str) -> Known | None:
        """The visit of the chat that is found at this address."""
        chat_id = self._places.get((channel, address))
        return None if chat_id is None else self.of(chat_id)

    def of(self, chat_id: int) -> Known | None:
        """The visit of this chat."""
        kept = self._by_chat.get(chat_id)
        if kept is None:
            return None
        self._by_chat.move_to_end(chat_id)
        return kept[0]

    def keep(self, known: Known, place: tuple[str, str] | None) -> None:
        """Remember what was just read, of the chat found at this place."""
        chat_id = known.visit.chat.id
        if chat_id in self._by_chat:
            self.drop(chat_id)
        self._by_chat[chat_id] = (known, place)
        if known.visit.conversation is not None:
            self._by_conversation[known.visit.conversation.id] = chat_id
        if place is not None:
            self._places[place] = chat_id
        if len(self._by_chat) > KEPT:
            self.drop(next(iter(self._by_chat)))

    def drop(self, chat_id: int) -> tuple[Known, tuple[str, str] | None] | None:
        """Forget this chat; gives what was known of it."""
        kept = self._by_chat.pop(chat_id, None)
        if kept is not None:
            conversation = kept[0].visit.conversation
            if conversation is not None:
                self._by_conversation.pop(conversation.id, None)
            if kept[1] is not None:
                self._places.pop(kept[1], None)
        return kept

    def peek(self, chat_id: int) -> tuple[Known, tuple[str, str] | None] | None:
        """What is known of this chat, and where it is found."""
        return self._by_chat.get(chat_id)

    def saved(
        self, before: tuple[Known, tuple[str, str] | None] | None, saved: StoredConversation
    ) -> StoredConversation:
        """Answers were saved; gives the conversation as it is kept from now on."""
        if before is None:
            return saved
        known, place = before
        visit = known.visit
        stood = visit.conversation
        if stood is None or stood.id != saved.id:
            return saved
        kept = saved
        if not (
            stood.subject is saved.subject
            and stood.started_at is saved.started_at
            and stood.dialog == saved.dialog
            and stood.status == saved.status
            and stood.chat_id == saved.chat_id
        ):
            kept = replace(
                stood,
                version=saved.version,
                answers=saved.answers,
                revision=saved.revision,
                updated_at=saved.updated_at,
            )
        self.keep(Known(Visit(visit.chat, visit.person, kept), known.key), place)
        return kept if kept is saved or kept == saved else saved

    def shown(self, before: tuple[Known, tuple[str, str] | None], living: Living | None) -> None:
        """Another message is edited in place from now on, unless something was heard since it was sent."""
        heard = before[0].visit.chat.heard
        below = living is not None and living.place is not None and heard is not None and heard > living.place
        self._with(before, living.buried if below and living is not None else living, heard)

    def heard(self, before: tuple[Known, tuple[str, str] | None], number: int) -> None:
        """A message with this number came from a chat."""
        chat = before[0].visit.chat
        living = None if chat.living is None else chat.living.buried
        self._with(before, living, max(chat.heard or 0, number))

    def _with(
        self, before: tuple[Known, tuple[str, str] | None], living: Living | None, heard: int | None
    ) -> None:
        known, place = before
        visit = known.visit
        was = visit.chat
        # Written out: `replace` asks for every field by its name, and this is done for every message that arrives.
        chat = Chat(
            was.id,
            was.channel,
            was.address,
            was.person_id,
            was.language,
            was.created_at,
            was.blocked_at,
            living,
            heard,
        )
        self.keep(Known(Visit(chat, visit.person, visit.conversation), known.key), place)

    def drop_person(self, person_id: int) -> None:
        """Forget the chats of a person."""
        for chat_id, (known, _) in tuple(self._by_chat.items()):
            if known.visit.person.id == person_id:
                self.drop(chat_id)

    def drop_conversation(self, conversation_id: int) -> None:
        """Forget the chat that is in this conversation."""
        chat_id = self._by_conversation.get(conversation_id)
        if chat_id is not None:
            self.drop(chat_id)


Upset = Callable[[Visits, Mapping[str, Any]], None]
"""Forgets whatever a statement with these values has touched."""


def upset_by(statement: ClauseElement, names: frozenset[str]) -> Upset | None:
    """What a statement that has parameters of these names makes doubtful; None: no visit.

    The parameters of statements that change one chat, person or conversation alone are called so.
    """
    if not isinstance(statement, Insert | Update | Delete):
        return None
    table = str(statement.table.description)
    if isinstance(statement, Delete):
        # Rows of other tables go with it, and what was erased is not to stay in memory.
        return _everything if table in _SHOWN | {"organisations"} else None
    if table not in _SHOWN:
        return None
    if isinstance(statement, Insert) and table != "conversations":
        # Of a chat or person nobody knew there is nothing to forget.
        return None
    for name, forget in (
        ("chat", Visits.drop),
        ("chat_id", Visits.drop),
        ("person", Visits.drop_person),
        ("conversation", Visits.drop_conversation),
    ):
        if name in names:
            return _named(name, forget)
    return _everything


def _named(name: str, forget: Callable[[Visits, int], object]) -> Upset:
    def upset(visits: Visits, values: Mapping[str, Any]) -> None:
        forget(visits, values[name])

    return upset


def _everything(visits: Visits, _values: Mapping[str, Any]) -> None:
    visits.clear()
