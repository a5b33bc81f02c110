"""Conversations: the answers given so far, sealed with the key of the person who gave them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy import bindparam, delete, insert, select, text, update

from domain.privacy.sealing import DataKey
from domain.store.context import Context
from domain.store.errors import NotFound, StaleRevision
from domain.store.instants import from_stored, to_stored
from domain.store.records import ConversationStatus, Json, StoredAnswer, StoredConversation
from domain.store.schema import conversations
from domain.store.statements import Insertion, Row, Statement

_SUBJECT_PLACE = "conversations.subject"
_ANSWERS_PLACE = "conversations.answers"
_to_json = json.JSONEncoder(ensure_ascii=False).encode

CONVERSATION_COLUMNS = (
    conversations.c.id,
    conversations.c.chat_id,
    conversations.c.dialog,
    conversations.c.version,
    conversations.c.subject,
    conversations.c.answers,
    conversations.c.revision,
    conversations.c.status,
    conversations.c.started_at,
    conversations.c.updated_at,
)
"""What `read_conversation` needs."""

IS_ACTIVE = text("conversations.status = 'active'")
"""Written out, so that the index over active conversations is used."""

_CONVERSATION = select(*CONVERSATION_COLUMNS)
_GET = Statement(_CONVERSATION.where(conversations.c.id == bindparam("id")))
_ACTIVE = Statement(_CONVERSATION.where(conversations.c.chat_id == bindparam("chat"), IS_ACTIVE))
_PARKED = Statement(
    _CONVERSATION.where(
        conversations.c.chat_id == bindparam("chat"), conversations.c.status == "parked"
    ).order_by(conversations.c.updated_at.desc(), conversations.c.id.desc())
)
_OF_CHAT = Statement(
    _CONVERSATION.where(conversations.c.chat_id == bindparam("chat")).order_by(conversations.c.id)
)
_ADD = Insertion(
    insert(conversations).values(
        chat_id=bindparam("chat_id"),
        dialog=bindparam("dialog"),
        version=bindparam("version"),
        subject=bindparam("subject"),
        answers=bindparam("answers"),
        revision=0,
        status="active",
        started_at=bindparam("started_at"),
        updated_at=bindparam("started_at"),
    )
)
_SAVE = Statement(
    update(conversations)
    .where(
        conversations.c.id == bindparam("conversation"),
        conversations.c.chat_id == bindparam("chat"),
        conversations.c.revision == bindparam("expected"),
    )
    .values(
        dialog=bindparam("new_dialog"),
        version=bindparam("new_version"),
        subject=bindparam("new_subject"),
        answers=bindparam("new_answers"),
        revision=bindparam("new_revision"),
        status=bindparam("new_status"),
        updated_at=bindparam("new_updated_at"),
    )
)
_SAVE_ANSWERS = Statement(
    update(conversations)
    .where(
        conversations.c.id == bindparam("conversation"),
        conversations.c.chat_id == bindparam("chat"),
        conversations.c.revision == bindparam("expected"),
    )
    .values(
        version=bindparam("new_version"),
        answers=bindparam("new_answers"),
        revision=bindparam("new_revision"),
        updated_at=bindparam("new_updated_at"),
    )
)
_SET_STATUS = Statement(
    update(conversations)
    .where(conversations.c.id == bindparam("conversation"))
    .values(status=bindparam("new_status"))
)
_TOUCH_ACTIVE = Statement(
    update(conversations)
    .where(conversations.c.chat_id == bindparam("chat"), IS_ACTIVE)
    .values(updated_at=bindparam("new_updated_at"))
)
_PARK_ACTIVE = Statement(
    update(conversations)
    .where(conversations.c.chat_id == bindparam("chat"), IS_ACTIVE)
    .values(status="parked")
)
_PURGE_ENDED = Statement(
    delete(conversations).where(
        conversations.c.status == "ended", conversations.c.updated_at < bindparam("before")
    )
)


class Conversations:
    """`tx.conversations`."""

    __slots__ = ("_context",)

    def __init__(self, context: Context) -> None:
        self._context = context

    def active(self, chat_id: int) -> StoredConversation | None:
        """The conversation the chat is in, if any."""
        row = self._context.sql.row(_ACTIVE, chat=chat_id)
        return None if row is None else read_conversation(row, self._context.chat_key(chat_id))

    def get(self, conversation_id: int) -> StoredConversation | None:
        """The conversation with this id, of whatever chat and status: ids also come from old buttons."""
        row = self._context.sql.row(_GET, id=conversation_id)
        return None if row is None else read_conversation(row, self._context.chat_key(row[1]))

    def parked(self, chat_id: int) -> tuple[StoredConversation, ...]:
        """The conversations the chat can resume, latest first."""
        return self._all(_PARKED, chat_id)

    def of_chat(self, chat_id: int) -> tuple[StoredConversation, ...]:
        """Every conversation of a chat, oldest first."""
        return self._all(_OF_CHAT, chat_id)

    def start(
        self, chat_id: int, dialog: str, version: int, subject: Mapping[str, Json], now: datetime
    ) -> StoredConversation:
        """Start a conversation at revision 0; the active one, if any, is parked."""
        self._context.lock_chat(chat_id)
        self._context.sql.change(_PARK_ACTIVE, chat=chat_id)
        key = self._context.chat_key(chat_id)
        conversation_id = self._context.sql.added(
            _ADD,
            chat_id=chat_id,
            dialog=dialog,
            version=version,
            subject=_seal_subject(key, subject),
            answers=_seal_answers(key, ()),
            started_at=to_stored(now),
        )
        return StoredConversation(
            conversation_id, chat_id, dialog, version, dict(subject), (), 0, "active", now, now
        )

    def save(self, conversation: StoredConversation, expected_revision: int) -> StoredConversation:
        """Store the conversation as given, at revision `expected_revision` + 1, and give it back so.

        Raises StaleRevision, and stores nothing, when the stored one is at another revision or is gone.
        The id, the chat and the start never change.
        """
        key = self._context.chat_key(conversation.chat_id)
        saved = conversation
        if saved.revision != expected_revision + 1:
            saved = replace(conversation, revision=expected_revision + 1)
        changed = self._context.sql.change(
            _SAVE,
            conversation=saved.id,
            chat=saved.chat_id,
            expected=expected_revision,
            new_dialog=saved.dialog,
            new_version=saved.version,
            new_subject=_seal_subject(key, saved.subject),
            new_answers=_seal_answers(key, saved.answers),
            new_revision=saved.revision,
            new_status=saved.status,
            new_updated_at=to_stored(saved.updated_at),
        )
        if not changed:
            raise StaleRevision(f"conversation {saved.id} is not at revision {expected_revision}")
        return saved

    def save_answers(self, conversation: StoredConversation, expected_revision: int) -> StoredConversation:
        """As `save`, for a conversation of which only answers, version and time have changed."""
        saved = conversation
        if saved.revision != expected_revision + 1:
            saved = replace(saved, revision=expected_revision + 1)
        sql = self._context.sql
        visits = sql.visits
        # Running the statement forgets it.
        before = None if visits is None else visits.peek(saved.chat_id)
        values = {
            "conversation": saved.id,
            "chat": saved.chat_id,
            "expected": expected_revision,
            "new_version": saved.version,
            "new_answers": _seal_answers(self._context.chat_key(saved.chat_id), saved.answers),
            "new_revision": saved.revision,
            "new_updated_at": to_stored(saved.updated_at),
        }
        known = None if before is None else before[0].visit.conversation
        if known is not None and (known.id, known.revision) == (saved.id, expected_revision):
            # It is certain what is stored, so there is nothing to wait for.
            sql.later("answers", _SAVE_ANSWERS, **values)
        elif not sql.change(_SAVE_ANSWERS, **values):
            raise StaleRevision(f"conversation {saved.id} is not at revision {expected_revision}")
        return saved if visits is None else visits.saved(before, saved)

    def touch(self, chat_id: int, now: datetime) -> None:
        """Note a sign of life in the active conversation; its revision, and so its buttons, stay as they are."""
        self._context.sql.change(_TOUCH_ACTIVE, chat=chat_id, new_updated_at=to_stored(now))

    def park(self, conversation_id: int) -> None:
        """Put a conversation aside, to be resumed later. Raises NotFound."""
        self._set_status(conversation_id, "parked")

    def resume(self, conversation_id: int) -> StoredConversation:
        """Make a conversation the active one of its chat; the one that was is parked. Raises NotFound."""
        conversation = self.get(conversation_id)
        if conversation is None:
            raise NotFound(f"conversation {conversation_id}")
        self._context.lock_chat(conversation.chat_id)
        self._context.sql.change(_PARK_ACTIVE, chat=conversation.chat_id)
        self._set_status(conversation_id, "active")
        return replace(conversation, status="active")

    def end(self, conversation_id: int) -> None:
        """End a conversation; it stays as history until its retention period is over. Raises NotFound."""
        self._set_status(conversation_id, "ended")

    def purge_ended(self, before: datetime) -> int:
        """Remove the ended conversations nothing was said in since an instant, and say how many those were."""
        return self._context.sql.change(_PURGE_ENDED, before=to_stored(before))

    def _set_status(self, conversation_id: int, status: ConversationStatus) -> None:
        if not self._context.sql.change(_SET_STATUS, conversation=conversation_id, new_status=status):
            raise NotFound(f"conversation {conversation_id}")

    def _all(self, statement: Statement, chat_id: int) -> tuple[StoredConversation, ...]:
        rows = self._context.sql.rows(statement, chat=chat_id)
        return tuple(read_conversation(row, self._context.chat_key(chat_id)) for row in rows)


def _seal_subject(key: DataKey, subject: Mapping[str, Json]) -> bytes:
    return key.seal(_to_json(dict(subject)), _SUBJECT_PLACE)


def _seal_answers(key: DataKey, answers: Iterable[StoredAnswer]) -> bytes:
    # Only the new one was not written before.
    content = ", ".join([answer._written or answer.written() for answer in answers])  # noqa: SLF001
    return key.seal(f"[{content}]", _ANSWERS_PLACE)


def read_conversation(row: Row, key: DataKey) -> StoredConversation:
    """The conversation of a row of `CONVERSATION_COLUMNS`."""
    conversation_id, chat_id, dialog, version, subject, answers, revision, status, started_at, updated_at = (
        row
    )
    return StoredConversation(
        conversation_id,
        chat_id,
        dialog,
        version,
        json.loads(key.open(subject, _SUBJECT_PLACE)),
        tuple(
            StoredAnswer(state, value, said, from_stored(at))
            for state, value, said, at in json.loads(key.open(answers, _ANSWERS_PLACE))
        ),
        revision,
        status,
        from_stored(started_at),
        from_stored(updated_at),
    )
