"""What the repositories give and take: frozen values, no rows and no SQL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

Json = bool | int | float | str | None | list["Json"] | dict[str, "Json"]
"""Anything JSON can say. The store keeps it and gives it back, and never looks inside."""

Source = Literal["self_stated", "document", "verified"]
"""How a fact is known."""

ConversationStatus = Literal["active", "parked", "ended"]
"""A chat has one active conversation at most; parked ones can be resumed; ended ones are history."""

Lane = Literal["reply", "reminder", "broadcast"]
"""The order in which what is sent goes out: replies first, broadcasts last."""


@dataclass(frozen=True, slots=True)
class Chat:
    """Where one person talks to the assistant: an address on a channel."""

    id: int
    channel: str
    address: str
    person_id: int
    language: str
    created_at: datetime

    @property
    def mirrors(self) -> bool:
        """Whether the channel must show itself what the person typed or pressed."""
        return self.channel == "web"


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """One answer of a conversation: the state that asked, the value, what the person said, and when."""

    state: str
    value_json: Json
    said: str
    at: datetime


@dataclass(frozen=True, slots=True)
class StoredConversation:
    """A conversation as it is kept: the list of answers; where it stands is folded from them.

    `version` is the version of the dialog; `revision` counts the saves and is what buttons carry.
    """

    id: int
    chat_id: int
    dialog: str
    version: int
    subject: Mapping[str, Json]
    answers: tuple[StoredAnswer, ...]
    revision: int
    status: ConversationStatus
    started_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class FactStatement:
    """What was stated about an organisation, when, how it is known, and by whom (an id, never a name)."""

    id: int
    fact: str
    value_json: Json
    stated_at: datetime
    source: Source
    stated_by: str


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """A message on its way to a chat; ids only ever grow within a chat."""

    id: int
    message_json: str
    created_at: datetime
    lane: Lane


@dataclass(frozen=True, slots=True)
class StoredReceipt:
    """A receipt of an evaluation: its exact JSON text, and what is needed to find it."""

    id: int
    chat_id: int
    organisation_id: int | None
    programme: str
    version: str
    content_hash: str
    as_of: date
    verdict: str
    receipt_json: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Session:
    """A web session. Only the SHA-256 of its token is known here; whether it has ended is the edge's question."""

    token_hash: str
    chat_id: int
    created_at: datetime
    used_at: datetime
    absolute_end: datetime


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One line of the audit trail; `subject_ids` are ids only."""

    sequence: int
    kind: str
    subject_ids: Mapping[str, int | str]
    at: datetime
